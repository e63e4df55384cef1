import json
import re
from dataclasses import replace

import pytest
from jinja2 import UndefinedError

from services.gateway.archive.views import ClarificationPage
from services.gateway.errors.views import ErrorPage
from services.gateway.tickets.views import TicketPage
from services.gateway.web.rendering import CONTENT_SECURITY_POLICY, cited, security_headers
from services.gateway.web.views import wrong
from tests.unit.gateway.web import fixtures, hostile, preview

ALL = pytest.mark.parametrize("name", fixtures.PAGES)
SCRIPT = "</script><script>alert(1)</script>"


@ALL
def test_every_form_that_changes_something_carries_its_key_and_its_csrf_token(name: str) -> None:
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", preview.html(name), re.S)

    bare = [form for form in forms if 'name="key"' not in form or 'name="csrf"' not in form]

    assert bare == []


@ALL
def test_a_page_holds_nothing_that_its_policy_forbids(name: str) -> None:
    html = preview.html(name)

    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", html)
    assert all("application/ld+json" in tag or " src=" in tag for tag in re.findall(r"<script[^>]*>", html))


@ALL
def test_a_page_loads_nothing_from_elsewhere(name: str) -> None:
    html = preview.html(name)

    loads = r"<(?:script|img|use|iframe|link(?! rel=\"(?:canonical|alternate)))[^>]*?(?:src|href)=\"([^\"]*)\""
    loaded = re.findall(loads, html)

    assert [url for url in loaded if not url.startswith("/")] == []


@ALL
def test_a_page_has_one_heading_of_the_first_level_and_unique_ids(name: str) -> None:
    html = preview.html(name)

    assert len(re.findall(r"<h1[ >]", html)) == 1
    ids = re.findall(r"\sid=\"([^\"]+)\"", html)
    assert sorted(ids) == sorted(set(ids))


@ALL
def test_what_a_label_an_error_or_a_hint_points_at_is_there(name: str) -> None:
    html = preview.html(name)
    ids = set(re.findall(r"\sid=\"([^\"]+)\"", html))

    pointed = re.findall(r"(?:aria-describedby|aria-labelledby|\sfor)=\"([^\"]+)\"|href=\"#([^\"]+)\"", html)

    assert {one for pair in pointed for value in pair for one in value.split()} - ids == set()


def test_what_people_typed_is_shown_and_never_run() -> None:
    view = fixtures.step("check", text=SCRIPT)

    html = preview.RENDERER.render("reporting/report.html", fixtures.page(), view)

    assert SCRIPT not in html
    assert "&lt;/script&gt;" in html


def test_an_answer_that_is_offered_says_why_of_its_own_claim() -> None:
    html = " ".join(preview.html("check").split())

    assert (
        "Mengapa ditawarkan: hampir semua kata klaimnya ada, mirip laporan yang sudah ada di sana; "
        "tetapi lembaganya lain, tanggalnya lain." in html
    )
    assert html.count("Mengapa ditawarkan") == 1
    assert "tempatnya lain" not in html
    assert "Why it is offered: nearly all words of the claim are there" in preview.html("check", "en")


def test_a_textarea_gives_back_a_first_line_break() -> None:
    view = fixtures.step("check", text="\nbaris kedua")

    html = preview.RENDERER.render("reporting/report.html", fixtures.page(), view)

    # HTML drops one line break after the tag, so the page has to hold two.
    assert ">\n\nbaris kedua</textarea>" in html


def claim_review_of(view: ClarificationPage) -> dict[str, object]:
    html = preview.RENDERER.render("archive/clarification.html", fixtures.page(), view)
    found = re.search(r"<script type=\"application/ld\+json\">(.*?)</script>", html, re.S)
    assert found
    read: dict[str, object] = json.loads(found[1])
    return read


def test_a_clarification_tells_search_engines_the_claim_and_the_rating() -> None:
    review = claim_review_of(fixtures.CLARIFICATION)

    assert review["@type"] == "ClaimReview"
    assert review["claimReviewed"] == fixtures.WATER.claim
    assert review["reviewRating"] == {
        "@type": "Rating",
        "alternateName": "SALAH",
        "ratingValue": 1,
        "bestRating": 5,
        "worstRating": 1,
    }


def test_a_verdict_that_says_nothing_about_truth_has_no_rating_value() -> None:
    review = claim_review_of(fixtures.as_published(fixtures.CHILD))

    assert review["reviewRating"] == {"@type": "Rating", "alternateName": "BELUM TERBUKTI"}


def test_a_claim_cannot_break_out_of_the_structured_data() -> None:
    review = claim_review_of(fixtures.published(claim=SCRIPT))

    assert review["claimReviewed"] == SCRIPT


def test_a_retracted_clarification_is_no_claim_review() -> None:
    assert "application/ld+json" not in preview.html("clarification-retracted")


def test_a_verdict_this_build_does_not_know_is_printed_as_it_came() -> None:
    view = fixtures.published(verdict="half_true")

    html = preview.RENDERER.render("archive/clarification.html", fixtures.page(), view)

    assert "HALF TRUE" in html


def test_a_citation_leads_to_its_source_and_a_number_without_one_stays_text() -> None:
    assert cited("Air aman [1], <b> [9]", 2) == 'Air aman <a href="#s1">[1]</a>, &lt;b&gt; [9]'


def test_a_page_that_answers_a_post_offers_no_language_switch() -> None:
    asked, posted = fixtures.page(url="/cirebon/report/hoax"), fixtures.page(url="")

    assert "?lang=en" in preview.RENDERER.render("reporting/report.html", asked, fixtures.REPORT)
    assert "?lang=en" not in preview.RENDERER.render("reporting/report.html", posted, fixtures.REPORT)


def test_consent_is_never_ticked_beforehand() -> None:
    for name in ("contact", "contact-error", "contact-503"):
        assert not re.search(r"<input[^>]*name=\"consent\"[^>]*checked", preview.html(name))


def test_a_form_that_may_have_been_kept_comes_back_with_its_answers_and_its_key() -> None:
    html = preview.html("contact-503")

    assert fixtures.KEY in html
    assert "0812 0000 0000" in html
    assert "tidak tercatat dua kali" in html


def test_the_code_stands_in_groups_that_can_be_read_out() -> None:
    assert fixtures.RECEIPT.groups == ("7KQ2", "M9XD", "4HTB", "R6WC")


def test_a_page_given_the_wrong_view_fails_instead_of_showing_a_hole() -> None:
    with pytest.raises(UndefinedError):
        preview.RENDERER.render("tickets/ticket.html", fixtures.page(), ErrorPage())


def test_public_pages_allow_no_inline_style_script_or_string_markup() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "trusted-types 'none'" in security_headers()["Content-Security-Policy"]
    assert security_headers()["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("view", "heading"),
    [(fixtures.FIRST, "Laporan tersimpan. Simpan kode ini."), (fixtures.ANSWERED, "Laporan Anda sudah dijawab")],
    ids=["just sent", "answered meanwhile"],
)
def test_the_heading_of_a_ticket_tells_the_newest_even_while_its_code_is_shown(view: TicketPage, heading: str) -> None:
    seen = replace(view, receipt=replace(view.receipt, first=True))

    html = preview.RENDERER.render("tickets/ticket.html", fixtures.page(), seen)

    assert f"<h1>{heading}</h1>" in html
    assert all(group in html for group in seen.receipt.groups)


@ALL
def test_an_override_that_somebody_typed_turns_nothing_but_their_own_text(name: str) -> None:
    template, view = fixtures.PAGES[name]

    html = preview.RENDERER.render(template, fixtures.frame(name, "id", f"/id/{name}"), hostile.turned(view))

    assert hostile.leaks(html) == []


def test_what_somebody_typed_comes_back_into_their_form_as_it_was() -> None:
    typed = "air \u202enama\u200b"

    view = fixtures.step("check", back=wrong(fixtures.TOO_LARGE), text=typed)

    html = preview.RENDERER.render("reporting/report.html", fixtures.page(), view)

    assert f">\n{typed}</textarea>" in html


def test_titles_and_data_for_machines_hold_no_hidden_characters() -> None:
    view = fixtures.published(fact="Air \u202eaman", claim="Air \u200bberacun")

    html = preview.RENDERER.render("archive/clarification.html", fixtures.page(), view)

    head = html[: html.index("</head>")]
    assert "<title>Air aman |" in head
    assert not re.search(r"[\u202e\u200b]|\\u20(2e|0b)", head)
    assert "\u202e" not in preview.card_svg(view)


@ALL
def test_a_verdict_stands_on_the_band_of_its_claim_and_never_beside_the_fact(name: str) -> None:
    """ "SALAH" directly under a true headline reads as if the headline were wrong."""
    template, _ = fixtures.PAGES[name]
    html = preview.html(name)

    loose = re.sub(r'<figure class="claim.*?</figure>', "", html, flags=re.S)

    # These two list the verdicts themselves, without any fact.
    assert 'class="verdict' not in loose or template in ("front/about.html", "archive/stats.html")


@ALL
def test_an_appeal_is_not_offered_before_there_is_one(name: str) -> None:
    assert "sanggah" not in preview.html(name).lower()


@pytest.mark.parametrize("name", ["home", "clarifications", "clarification", "corrections", "ticket-answered"])
def test_every_date_names_its_weekday(name: str) -> None:
    shown = re.sub(r"<head>.*?</head>", "", preview.html(name), flags=re.S)
    ours = shown.split("Mengapa")[0]

    dates = re.findall(r"(\w+, )?\b\d{1,2} (?:Oktober|November|Desember) \d{4}", ours)

    assert dates
    assert all(day.strip(", ") in WEEKDAYS for day in dates)


WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def test_a_ticket_whose_number_is_somebody_elses_says_that_nobody_can_be_told() -> None:
    html = preview.html("ticket-unreachable")

    assert "Anda tidak dapat dikabari" in html
    assert "Kabar dikirim" not in html
    assert "Tidak ada alamat untuk dikabari" not in html
