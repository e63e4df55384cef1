"""schema.org ClaimReview, by which search engines recognise a fact check."""

from libs.contracts.reports.reads import ClarificationView
from libs.kit.signs import plain

RATINGS = {"false": 1, "scam": 1, "misleading": 2, "needs_context": 3, "true": 5}
"""On ClaimReview's scale of 1 to 5. The other verdicts say nothing about truth and carry their name only."""


def claim_review(answer: ClarificationView, *, url: str, office: str, verdict: str) -> dict[str, object]:
    rating: dict[str, object] = {"@type": "Rating", "alternateName": verdict}
    if value := RATINGS.get(answer.verdict):
        rating |= {"ratingValue": value, "bestRating": 5, "worstRating": 1}
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": url,
        "datePublished": answer.published_at.date().isoformat(),
        "claimReviewed": plain(answer.claim),
        "reviewRating": rating,
        "author": {"@type": "GovernmentOrganization", "name": office},
    }
