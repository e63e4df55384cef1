"""schema.org ClaimReview, by which search engines recognise a fact check."""

from libs.kit.signs import plain
from services.gateway.web.views import ClarificationPage, TenantView

RATINGS = {"false": 1, "scam": 1, "misleading": 2, "needs_context": 3, "true": 5}
"""On ClaimReview's scale of 1 to 5. The other verdicts say nothing about truth and carry their name only."""


def claim_review(view: ClarificationPage, tenant: TenantView, verdict: str) -> dict[str, object]:
    rating: dict[str, object] = {"@type": "Rating", "alternateName": verdict}
    if value := RATINGS.get(view.row.verdict):
        rating |= {"ratingValue": value, "bestRating": 5, "worstRating": 1}
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": view.url,
        "datePublished": view.row.published_at.date().isoformat(),
        "claimReviewed": plain(view.row.claim),
        "reviewRating": rating,
        "author": {"@type": "GovernmentOrganization", "name": tenant.office},
    }
