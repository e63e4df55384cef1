import re
from dataclasses import replace
from datetime import timedelta

import pytest

from libs.contracts.reports.reads import Step
from services.gateway.console.case.page import history
from services.gateway.console.review.wishes import PUBLISHED
from services.gateway.console.shift import Frame
from services.gateway.console.views import ClockState, clock_state, share
from services.gateway.dispatch.notices import Notice
from services.gateway.web.rendering import security_headers
from services.reports.case.review import GRAVE
from services.reports.case.work import SEVERITY
from tests.unit.gateway.console import fixtures, preview
from tests.unit.gateway.web import hostile
from tests.unit.gateway.web.reading import words_in
from tests.unit.gateway.web.test_language import ENGLISH, INDONESIAN

ALL = pytest.mark.parametrize("name", fixtures.PAGES)
SCRIPT = "</textarea><script>alert(1)</script>"


@ALL
def test_every_form_that_changes_something_carries_its_key_and_its_csrf_token(name: str) -> None:
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", preview.html(name), re.S)

    assert [form for form in forms if 'name="key"' not in form or 'name="csrf"' not in form] == []


@ALL
def test_a_page_holds_nothing_that_its_policy_forbids(name: str) -> None:
    html = preview.html(name)

    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", html)
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", html))


@ALL
def test_a_page_has_one_heading_of_the_first_level_and_unique_ids(name: str) -> None:
    html = preview.html(name)
    ids = re.findall(r"\sid=\"([^\"]+)\"", html)

    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert sorted(ids) == sorted(set(ids))


@ALL
def test_what_a_label_an_error_or_a_hint_points_at_is_there(name: str) -> None:
    html = preview.html(name)
    ids = set(re.findall(r"\sid=\"([^\"]+)\"", html))

    pointed = re.findall(r"(?:aria-describedby|aria-labelledby|\sfor|data-copy)=\"([^\"]+)\"|href=\"#([^\"]+)\"", html)

    assert {one for pair in pointed for value in pair for one in value.split()} - ids == set()


@ALL
def test_a_comparison_has_no_empty_cell(name: str) -> None:
    """What one of two texts does not name is told apart from what could not be read."""
    assert '<mark class="diff"></mark>' not in preview.html(name)


def test_a_case_that_many_tell_at_once_is_marked_in_the_queue() -> None:
    assert "Lonjakan: 46 laporan dalam 1 jam, biasanya 3" in " ".join(preview.html("queue").split())
    assert "Surge: 46 reports within 1 hour, usually 3" in " ".join(preview.html("queue", "en").split())


def test_a_case_whose_reports_went_to_a_busy_one_says_which() -> None:
    step = Step(what="gathered", at=fixtures.ago(minutes=3), count=16, party="KSS-JBG-0917")
    frame = Frame(counts=None, names={}, now=fixtures.NOW)
    moments = tuple(history(fixtures.case_view(1, state="closed", steps=(step,)), frame, case_url=str))

    said = [
        " ".join(preview.RENDERER.render("console/case/case.html", fixtures.page(lang), view).split())
        for lang, view in ((lang, replace(fixtures.case(), history=moments)) for lang in ("id", "en"))
    ]

    assert "Laporan pindah sendiri ke kasus ramai yang sama isinya: 16" in said[0]
    assert "KSS-JBG-0917" in said[0]
    assert "Reports went by themselves to the busy case that says the same: 16" in said[1]


def test_a_campaign_is_shown_side_by_side_with_what_was_exchanged() -> None:
    html = preview.html("case-campaign")

    assert "Kampanye yang sama, sasaran lain" in html
    assert "BRI → BCA" in html
    assert re.findall(r'<mark class="diff">(Bank \w+)</mark> berhak', html) == ["Bank BRI", "Bank BCA"]
    assert "Same campaign, another target" in preview.html("case-campaign", "en")


def test_a_suggestion_says_how_likely_and_why_in_words() -> None:
    html = " ".join(preview.html("case").split())

    assert "Kemungkinan sama: sedang" in html
    assert (
        "Mengapa ditawarkan: sebagian besar kata klaimnya ada, sebagian katanya ada dalam laporan di sana; "
        "tetapi tempatnya lain." in html
    )
    assert "Dibandingkan laporan yang paling mirip di sana: tanggalnya lain." in html
    assert "Kemungkinan sama: tinggi" in html
    assert "0.74" not in html
    assert "Likely the same: fairly" in preview.html("case", "en")


@ALL
def test_a_disabled_button_says_why(name: str) -> None:
    buttons = re.findall(r"<button[^>]* disabled[^>]*>", preview.html(name))

    assert [button for button in buttons if "aria-describedby" not in button] == []


@ALL
def test_a_part_that_is_put_in_place_again_can_be_found(name: str) -> None:
    parts = re.findall(r"<[^>]* data-(?:live|row)(?: [^>]*)?>", preview.html(name))

    assert [part for part in parts if " id=" not in part] == []


@ALL
def test_an_indonesian_page_speaks_no_english(name: str) -> None:
    assert words_in("id", preview.html(name, "id")) & ENGLISH - {"an"} == set()


@ALL
def test_an_english_page_speaks_indonesian_only_where_it_says_so(name: str) -> None:
    html = re.sub(r"(?s)<title>.*?</title>|<textarea.*?</textarea>|alt=\"[^\"]*\"", "", preview.html(name, "en"))

    assert words_in("en", html) & INDONESIAN == set()


def test_what_reporters_brought_back_stands_above_the_case_with_its_reason() -> None:
    html = preview.html("case-recalled")
    came_back = html[html.index('id="marks"') : html.index('class="panes"')]

    assert [came_back.count(word) for word in ("Belum terjawab", "Pesan pelapor", "Bukti baru")] == [2, 1, 1]
    assert "Jam berapa airnya menyala lagi di Mojoagung?" in came_back
    assert "Tanpa keterangan." in came_back
    assert came_back.count("Ditangani") == 4
    assert "20 lagi" in came_back


def test_a_draft_of_a_merged_case_is_shown_and_can_be_taken() -> None:
    html = preview.html("case-joined")

    assert "Sekolah di tiga kecamatan tetap masuk." in html
    assert "Pakai draf ini" in html
    assert "Kasus itu sudah digabung ke kasus ini" in html
    assert "Dinas Pendidikan" in html


def test_a_case_whose_answer_was_retracted_says_that_its_reporters_wait_again() -> None:
    retracted = replace(fixtures.case_published(), retracted=True)

    html = preview.RENDERER.render("console/case/case.html", fixtures.page(), retracted)

    assert "Jawaban ini dicabut; pelapornya menunggu lagi." in html
    assert "Jawaban ini dicabut" not in preview.html("case-published")


def test_a_report_whose_answer_did_not_answer_can_be_answered_again() -> None:
    html = preview.html("request-reopened")

    assert "Lampunya sudah dilaporkan ke dinas." in html
    assert "Kirim jawaban" in html
    assert "Ditangani" in html
    assert "Belum terjawab" in html


def test_the_author_sees_why_they_cannot_approve() -> None:
    html = preview.html("review-own")

    button = re.search(r"<button[^>]*>Setujui</button>", html)
    assert button
    assert "disabled" in button[0]
    assert "Penulis tidak menyetujui tulisannya sendiri." in html
    assert 'name="code"' not in html


def test_the_approver_is_told_how_many_people_will_hear_of_it() -> None:
    assert "Jawaban untuk 137 pelapor" in preview.html("review")


def test_a_conflict_shows_both_texts_and_sends_mine_again_on_top_of_the_newest_version() -> None:
    html = preview.html("case-conflict")
    conflict = fixtures.case_conflict().conflict
    assert conflict is not None
    form = re.search(rf'<form[^>]*action="{conflict.keep_mine.url}">.*?</form>', html, re.S)

    assert all(clash.theirs in html for clash in conflict.clashes if clash.what == "fact")
    assert form
    assert f'name="version" value="{conflict.keep_mine.version}"' in form[0]
    assert conflict.mine.fact in form[0]
    assert 'name="about_own_tenant" value="yes"' in form[0]


def test_one_part_that_cannot_be_read_leaves_the_rest_of_the_case_usable() -> None:
    html = preview.html("case-invalid")

    assert "Bagian ini sedang tidak tersedia" in html
    assert "Ajukan ke penyetuju" in html


def test_an_error_leads_to_its_field_and_keeps_what_was_typed() -> None:
    html = preview.html("case-invalid")

    assert '<a href="#claim">' not in html
    assert '<a href="#fact">' in html
    assert '<a href="#v-false">' in html
    assert fixtures.CLAIM in html


def test_a_stale_queue_says_from_when_it_is() -> None:
    assert "Data per 09.08 WIB" in re.sub(r"</?b>", "", preview.html("queue-stale"))


def test_a_link_somebody_reported_is_text_and_not_a_link() -> None:
    html = preview.html("case")

    assert "https://contoh.example/grup/unggahan/18372" in html
    assert 'href="https://contoh.example/grup/unggahan/18372"' not in html


def test_a_message_ticked_by_hand_is_sent_and_never_arrived() -> None:
    html = preview.html("by-hand")

    assert "terkirim manual" in html
    assert not re.search(r"<(?:p|b|dd)>sampai", html)


def test_the_messages_of_one_person_stand_under_one_name_and_a_refusal_means_all_of_them() -> None:
    html = preview.html("by-hand")

    person = html[html.index('id="person-h1"') :].split("</li>")[0]
    assert re.findall(r'id="msg-(h\d)"', person) == ["h1", "h2"]
    for step in ("wrong-number", "stop"):
        form = person[person.index(f"/console/by-hand/h1/{step}") :].split("</form>")[0]
        assert re.findall(r'name="of" value="(\w+)"', form) == ["h1", "h2"]


def test_whoever_answers_stop_later_is_found_among_what_was_sent() -> None:
    html = preview.html("by-hand")

    sent = html[html.index("Terkirim 30 hari terakhir") :]
    assert "JBG-26-002271" in sent
    assert "/console/by-hand/h4/stop" in sent


def test_all_channels_of_one_recipient_stand_in_one_row() -> None:
    html = preview.html("deliveries")

    row = html[html.index("Radio Suara Wonosalam") :].split("</tr>")[0]
    assert html.count(">Radio Suara Wonosalam</span></bdi>") == 1
    assert row.index("Kotak masuk") < row.index("Surel")


def test_an_uncertain_delivery_is_sent_again_by_nobody_but_a_person() -> None:
    html = preview.html("deliveries")

    assert "Tidak dikirim ulang sendiri. Sampai?" in html
    assert "/console/deliveries/d3/arrived" in html
    assert "/console/deliveries/d3/lost" in html


def test_a_partner_who_declined_may_still_change_their_mind() -> None:
    assert 'action="/jombang/partner/assignments/t1/accept"' in preview.html("assignment-declined")


def test_a_retracted_clarification_offers_nothing_to_share() -> None:
    corrected = fixtures.assignment_corrected()
    assert corrected.correction is not None

    retracted = replace(corrected, correction=replace(corrected.correction, retracted=True))

    html = preview.RENDERER.render("partner/assignment.html", fixtures.page(), retracted)
    assert "jangan dibagikan lagi" in html
    assert "Salin pesan" not in html


@pytest.mark.parametrize(
    ("name", "view"),
    [
        (
            "console/case/case.html",
            fixtures.case(title=SCRIPT, draft=fixtures.draft(claim=SCRIPT, fact=SCRIPT, explanation=SCRIPT)),
        ),
        (
            "console/case/case.html",
            fixtures.case(reports=tuple(replace(r, text=SCRIPT, doubt=SCRIPT) for r in fixtures.REPORTS)),
        ),
        (
            "console/review/review.html",
            fixtures.review(
                draft=fixtures.draft(claim=SCRIPT, fact=SCRIPT),
                return_=replace(fixtures.review().return_, typed={"note": SCRIPT}),
            ),
        ),
        ("console/deliveries/answers.html", fixtures.answers(fact=SCRIPT, area=SCRIPT)),
        ("partner/assignment.html", fixtures.assignment(told=fixtures.clarification(fact=SCRIPT, claim=SCRIPT))),
    ],
)
def test_what_people_typed_is_text_and_never_markup(name: str, view: object) -> None:
    assert "<script>alert" not in preview.RENDERER.render(name, fixtures.page(), view)


def test_a_code_this_build_does_not_know_is_shown_as_it_came() -> None:
    page = fixtures.deliveries(totals=(("teleported", 3),), people=())

    assert "teleported" in preview.RENDERER.render("console/deliveries/deliveries.html", fixtures.page(), page)


@pytest.mark.parametrize(
    ("minutes", "paused", "done", "state"),
    [
        (-1, False, False, ClockState.LATE),
        (0, False, False, ClockState.LATE),
        (1, False, False, ClockState.SOON),
        (60, False, False, ClockState.SOON),
        (61, False, False, ClockState.RUNNING),
        (-90, True, False, ClockState.PAUSED),
        (-90, False, True, ClockState.DONE),
    ],
)
def test_a_clock_that_nobody_can_move_is_never_late(minutes: int, paused: bool, done: bool, state: ClockState) -> None:
    due_at = fixtures.NOW + timedelta(minutes=minutes)

    assert clock_state(due_at, now=fixtures.NOW, paused=paused, done=done) is state


def test_a_bar_never_leaves_its_frame() -> None:
    assert (share(1, 3), share(5, 3), share(2, 0)) == (33.3, 100.0, 0.0)


def test_only_failures_that_are_final_count_as_failed() -> None:
    page = fixtures.deliveries(totals=(("failed_transient", 4), ("failed_permanent", 3), ("unknown", 1)))

    assert (page.total, page.failed, page.unknown) == (8, 3, 1)


def test_the_pages_need_no_relaxed_policy() -> None:
    assert "trusted-types 'none'" in security_headers()["Content-Security-Policy"]


def test_a_correction_shows_the_approver_what_changed_and_nothing_twice() -> None:
    html = preview.html("review-correction")

    assert "Sekolah di tiga kecamatan tetap masuk 24–28 November." in html
    assert html.count(fixtures.CLAIM) == 1


@ALL
def test_officers_see_the_signs_that_somebody_hid_in_a_text(name: str) -> None:
    template, view = fixtures.PAGES[name]

    html = preview.RENDERER.render(template, fixtures.page("id", f"/id/{name}"), hostile.turned(view))

    assert hostile.leaks(html) == []


def test_a_report_with_hidden_signs_says_so_and_shows_where_they_are() -> None:
    view = fixtures.case()
    assert view.reports is not None
    line = replace(view.reports[0], text="Sekolah libur \u202e11 hari")

    html = preview.RENDERER.render("console/case/case.html", fixtures.page(), replace(view, reports=(line,)))

    assert "Sekolah libur [U+202E]11 hari" in html
    assert "ada karakter tak terlihat" in html
    assert "ada karakter tak terlihat" not in preview.html("case")


def test_a_severity_that_needs_two_approvers_says_so_where_it_is_chosen() -> None:
    html = preview.html("case")

    for level in SEVERITY:
        choice = re.search(rf'<label class="choice" for="sev-{level}">.*?</label>', html, re.S)
        assert choice is not None
        assert ("perlu dua penyetuju" in choice[0]) is (level >= GRAVE)


@pytest.mark.parametrize("name", ["reviews", "partner-home", "review", "assignment"])
def test_a_verdict_stands_on_the_band_of_its_claim(name: str) -> None:
    loose = re.sub(r'<figure class="claim.*?</figure>', "", preview.html(name), flags=re.S)

    assert 'class="verdict' not in loose


def shown_with(notice: str) -> str:
    view = fixtures.case(desk=fixtures.desk(notice=notice))
    return preview.RENDERER.render("console/case/case.html", fixtures.page(), view)


def test_a_notice_is_said_in_words_and_one_that_nothing_has_is_not_repeated() -> None:
    assert "Klarifikasi terbit." in shown_with(PUBLISHED.word)
    assert shown_with("Transfer ke rekening ini") == shown_with("")


def test_a_notice_says_one_thing() -> None:
    with pytest.raises(TypeError, match="says two things"):
        Notice(PUBLISHED.word, "Lain.")
