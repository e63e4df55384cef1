from datetime import datetime, timedelta
from typing import Any

import pytest

from libs.contracts.reports.parts import Why
from libs.contracts.reports.reads import (
    ClaimMatch,
    ClarificationCard,
    Difference,
    KnownCard,
    KnownMatch,
    MatchAnswer,
    MatchView,
)
from services.notify.conversation.dialogue import LONGEST_TEXT, MOST_FILES, Reading, read, speak
from services.notify.conversation.phrases import why
from services.notify.conversation.rules import Conversation, Does, Draft, Heard, Offer, Turn
from services.notify.conversation.words import Word, choice_of, word_of
from tests.unit.notify.builders import NOW

CLAIM = "Air PDAM dicampur zat pembersih, jangan diminum tiga hari."
OFFER = Offer(clarification_id="k1", case_id="c1", number="KL-1", fact="Air PDAM aman diminum.")
NOTHING = MatchView(outcome="none")


def chat(**more: Any) -> Conversation:
    plain = {"conversation_id": "chat", "channel": "whatsapp", "account": "1065", "draft_since": NOW}
    return Conversation(**{**plain, **more})


def said(text: str = "", second: int = 0, **more: Any) -> Heard:
    at = NOW + timedelta(seconds=second)
    return Heard(**{"id": f"m{second}-{text[:9]}", "kind": "text", "said_at": at, "heard_at": at, "text": text, **more})


def picture(second: int = 0, **more: Any) -> Heard:
    return said(second=second, id=f"p{second}", kind="picture", media="media", **more)


def heard(state: Conversation, *messages: Heard, unread: frozenset[str] = frozenset()) -> Reading:
    blobs = {m.id: None if m.id in unread else f"blob-{m.id}" for m in messages if m.media}
    return read(state, messages, blobs)


def turn(state: Conversation, *messages: Heard, found: MatchView | None = NOTHING, silent: bool = False) -> Turn:
    return speak(
        heard(state, *messages), found, office="Saber Hoaks", link=lambda number: f"/k/{number}", is_silent=silent
    )


def known(*numbers: str, differences: tuple[Difference, ...] = ()) -> MatchView:
    def one(number: str) -> MatchAnswer:
        card = ClarificationCard(
            id=f"id-{number}", case_id=f"case-{number}", number=number, version=1, claim="Air dicampur racun.",
            verdict="false", fact="Air PDAM aman diminum.", published_at=NOW, demand=1,
        )  # fmt: skip
        return MatchAnswer(card=card, score=0.9, differences=differences)

    return MatchView(outcome="suggest", answers=tuple(map(one, numbers)))


def drafted(text: str = CLAIM, at: datetime = NOW, **more: Any) -> Draft:
    return Draft(texts=(text,), last_said_at=at, **more)


def test_nothing_is_sent_before_the_word() -> None:
    told = turn(chat(), said(CLAIM), picture(1), said("https://contoh.example/berita", 2))

    assert told.does == ""
    assert told.draft is not None
    assert (told.draft.texts, told.draft.blobs) == ((CLAIM, "https://contoh.example/berita"), ("blob-p1",))
    assert "KIRIM" in told.reply
    assert "Belum ada yang dikirim" in told.reply


def test_the_word_sends_what_was_said_before_it() -> None:
    told = turn(chat(draft=drafted()), said("Kirim!", 5))

    assert told.does == Does.SUBMIT
    assert told.sends == drafted()
    assert told.draft == Draft()
    assert told.sent_until == NOW + timedelta(seconds=5)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_comes_shuffled_is_read_as_it_was_said(order: tuple[int, int]) -> None:
    messages = (said(CLAIM, 1), said("kirim", 2))

    told = turn(chat(), *(messages[i] for i in order))

    assert told.does == Does.SUBMIT
    assert told.sends is not None
    assert told.sends.text == CLAIM


def test_in_the_same_second_the_report_comes_before_the_wish() -> None:
    assert turn(chat(), said("kirim", 1), said(CLAIM, 1)).does == Does.SUBMIT


def test_a_wish_that_overtook_its_report_is_carried_out_when_it_comes() -> None:
    early = turn(chat(), said("kirim", 5))
    late = turn(chat(eager_until=early.eager_until), said(CLAIM, 4))

    assert (early.does, late.does) == ("", Does.SUBMIT)
    assert "Belum ada yang dapat dikirim" in early.reply


def test_what_is_said_after_an_empty_wish_waits_for_another() -> None:
    early = turn(chat(), said("kirim", 5))

    assert turn(chat(eager_until=early.eager_until), said(CLAIM, 9)).does == ""


def test_what_was_said_before_a_report_was_sent_joins_it() -> None:
    sent = chat(report_id="r1", number="CRB-1", sent_until=NOW + timedelta(seconds=9))

    told = turn(sent, said("dan ini tautannya https://contoh.example", 8))

    assert told.does == Does.ADD
    assert told.sends is not None
    assert told.sends.text == "dan ini tautannya https://contoh.example"
    assert told.draft == Draft()


def test_the_same_wish_again_sends_nothing_twice() -> None:
    sent = chat(report_id="r1", number="CRB-1", sent_until=NOW + timedelta(seconds=9))

    told = turn(sent, said("kirim", 9))

    assert (told.does, told.sends, told.eager_until) == ("", None, None)


def test_one_turn_does_one_thing_and_leaves_the_rest() -> None:
    reading = heard(chat(draft=drafted()), said("kirim", 1), said("kabar lain lagi", 2), said("kirim", 3))

    assert (reading.does, reading.answers) == (Does.SUBMIT, ["m1-kirim"])


def test_a_known_answer_is_offered_with_its_differences_and_never_asserted() -> None:
    difference = Difference(what="place", theirs="Surabaya", ours="Cirebon", same=False)

    told = turn(chat(), said(CLAIM), found=known("KL-1", differences=(difference,)))

    assert told.reply.index("Faktanya: Air PDAM aman diminum.") < told.reply.index("Klaim yang kami jawab")
    assert "“Surabaya” pada kiriman Anda, “Cirebon” pada jawaban kami" in told.reply
    assert "Mungkin" in told.reply
    assert "/k/KL-1" in told.reply
    assert [offer.number for offer in told.offers] == ["KL-1"]
    assert told.does == ""


def test_yes_counts_the_answer_and_sends_nothing() -> None:
    told = turn(chat(draft=drafted(), offers=(OFFER,)), said("Ya, ini yang saya terima"))

    assert (told.does, told.demanded, told.draft, told.offers) == (Does.DEMAND, "k1", None, ())
    assert "Tidak ada laporan yang dikirim" in told.reply


def test_yes_to_several_asks_which_and_a_number_chooses() -> None:
    other = OFFER.model_copy(update={"clarification_id": "k2", "number": "KL-2"})
    state = chat(draft=drafted(), offers=(OFFER, other))

    assert turn(state, said("ya")).does == ""
    assert "1, 2" in turn(state, said("ya")).reply
    assert turn(state, said("2")).demanded == "k2"
    assert turn(state, said("7")).does == ""


def test_no_keeps_the_case_from_the_report_and_goes_on() -> None:
    told = turn(chat(draft=drafted(), offers=(OFFER,)), said("bukan"))

    assert told.draft is not None
    assert (told.draft.refused, told.offers) == (("c1",), ())
    assert "KIRIM" in told.reply


def test_an_answer_that_was_refused_is_not_offered_again() -> None:
    told = turn(chat(draft=drafted(refused=("case-KL-1",))), said("tambahan keterangan", 3), found=known("KL-1"))

    assert told.offers == ()
    assert "Belum ada jawaban kami" in told.reply


def known_by(publisher: str) -> KnownMatch:
    card = KnownCard(
        id="k-1", publisher=publisher, url="https://cek.example/air", claim="Air dicampur racun.", label="Keliru"
    )
    return KnownMatch(card=card, score=0.9)


def test_an_answer_of_others_is_offered_under_their_name_and_never_as_ours() -> None:
    found = MatchView(outcome="none", known=(known_by("Cek Bersama"),))

    told = turn(chat(), said(CLAIM), found=found)
    chosen = turn(chat(draft=drafted(), offers=told.offers), said("ya"))

    assert "Dijawab oleh Cek Bersama: Keliru." in told.reply
    assert "https://cek.example/air" in told.reply
    assert "Klaim yang kami jawab" not in told.reply
    assert (chosen.does, chosen.demanded, chosen.of_others) == (Does.DEMAND, "k-1", True)
    assert "Cek Bersama" in chosen.reply


def test_an_answer_of_others_that_was_refused_is_carried_along() -> None:
    told = turn(chat(), said(CLAIM), found=MatchView(outcome="none", known=(known_by("Cek Bersama"),)))
    refused = turn(chat(draft=told.draft, offers=told.offers), said("bukan"))

    assert refused.draft is not None
    assert refused.draft.refused == ("k-1",)


def test_without_the_matcher_the_step_is_skipped_and_said_so() -> None:
    told = turn(chat(), said(CLAIM), found=None)

    assert "dilewati" in told.reply
    assert "KIRIM" in told.reply


def test_a_greeting_is_no_report() -> None:
    told = turn(chat(), said("Assalamualaikum"))

    assert told.draft == Draft()
    assert "Saber Hoaks" in told.reply


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (said("😱"), "Tulis satu kalimat"),
        (said("x" * 20_000), f"batasnya {LONGEST_TEXT}"),
        (said("", kind="voice"), "tidak dapat dibuka"),
        (said("", kind="other"), "Stiker, lokasi, dan kontak"),
    ],
)
def test_what_cannot_be_taken_is_said_and_not_kept(message: Heard, says: str) -> None:
    told = turn(chat(), message)

    assert says in told.reply
    assert told.draft == Draft()


def test_forty_pictures_are_cut_to_what_a_report_holds_and_that_is_said() -> None:
    told = turn(chat(), *(picture(second) for second in range(40)))

    assert told.draft is not None
    assert len(told.draft.blobs) == MOST_FILES
    assert f"Hanya {MOST_FILES} berkas" in told.reply


def test_a_picture_that_cannot_be_opened_is_said_and_the_rest_kept() -> None:
    reading = heard(chat(), picture(1), picture(2), unread=frozenset({"p1"}))

    assert reading.draft.blobs == ("blob-p2",)
    assert any("tidak dapat dibuka" in note for note in reading.notes)


def test_cancel_leaves_nothing() -> None:
    told = turn(chat(draft=drafted(), offers=(OFFER,)), said("batal"))

    assert (told.does, told.draft, told.offers) == ("", Draft(), ())
    assert "Kiriman ini tidak dikirim" in told.reply


def test_a_word_may_be_part_of_what_is_reported() -> None:
    told = turn(chat(), said("tolong kirim ke semua grup: air PDAM beracun"))

    assert told.does == ""
    assert told.draft is not None
    assert told.draft.says_something


def test_more_can_be_added_to_the_last_report_or_be_a_new_one() -> None:
    state = chat(report_id="r1", number="CRB-1", sent_until=NOW - timedelta(hours=1))

    told = turn(state, said("Kejadiannya di Harjamukti", 3))
    added = turn(state.model_copy(update={"draft": told.draft}), said("tambah", 9))

    assert "TAMBAH" in told.reply
    assert "CRB-1" in told.reply
    assert added.does == Does.ADD


def test_who_is_paced_out_is_told_nothing_and_loses_nothing() -> None:
    told = turn(chat(), said(CLAIM), silent=True)

    assert told.reply == ""
    assert told.draft is not None
    assert told.draft.says_something


def test_english_is_spoken_once_asked_for() -> None:
    told = turn(chat(), said("English"))

    assert told.language == "en"
    assert told.reply.startswith("Hello")
    assert "SEND" in turn(chat(language="en"), said(CLAIM)).reply


def test_three_long_answers_fit_one_message() -> None:
    answers = known("KL-1", "KL-2", "KL-3")
    long = tuple(
        a.model_copy(update={"card": a.card.model_copy(update={"fact": "f" * 1000, "claim": "k" * 1000})})
        for a in answers.answers
    )

    assert len(turn(chat(), said(CLAIM), found=MatchView(outcome="suggest", answers=long)).reply) <= 4096


@pytest.mark.parametrize(
    ("reasons", "line"),
    [
        (
            (Why(code="same_words", value=0.95), Why(code="told_other_date"), Why(code="other_place")),
            "Hampir semua kata klaimnya ada, tetapi tempatnya lain.",
        ),
        ((Why(code="word_for_word"),), "Klaimnya sama kata demi kata."),
        ((Why(code="told_before", value=0.3), Why(code="other_place")), None),
        ((), None),
    ],
)
def test_an_answer_in_a_chat_says_in_one_line_why_it_is_offered(reasons: tuple[Why, ...], line: str | None) -> None:
    [one] = known("KL-1").answers
    offered = MatchView(outcome="suggest", answers=(one.model_copy(update={"reasons": reasons}),))

    plain = turn(chat(), said(CLAIM), found=known("KL-1")).reply
    reply = turn(chat(), said(CLAIM), found=offered).reply

    assert [told for told in reply.splitlines() if told not in plain.splitlines()] == ([line] if line else [])


def test_every_line_of_why_has_its_english() -> None:
    same = [Why(code="same_words", value=share) for share in (0.3, 0.7, 1.0)]
    same += [Why(code=code) for code in ("word_for_word", "little_said", "told_before")]
    others = ("place", "institution", "amount", "date", "number", "name", "polarity", "time")

    for each in same:
        for other in others:
            reasons = (each, Why(code=f"other_{other}"))
            [indonesian], [english] = why(reasons, "id"), why(reasons, "en")
            assert ", tetapi " in indonesian
            assert ", but " in english


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("KIRIM", Word.SEND), ("kirim.", Word.SEND), ("Kirim laporan", Word.SEND), ("ya", Word.YES), ("Iya!", Word.YES),
        ("/start lapor", Word.HELP), ("STOP", Word.STOP), ("bukan ini", Word.NO), ("kirimkan uang", None), ("", None),
    ],
)  # fmt: skip
def test_words_are_whole_messages(typed: str, word: Word | None) -> None:
    assert word_of(typed) == word


@pytest.mark.parametrize(
    ("typed", "choice"), [("1", 1), (" 3. ", 3), ("0", None), ("12", None), ("²", None), ("x", None)]
)
def test_a_choice_is_one_bare_digit(typed: str, choice: int | None) -> None:
    assert choice_of(typed) == choice


def test_cancel_after_a_report_says_that_it_was_sent() -> None:
    told = turn(chat(report_id="r1", number="CRB-1", draft_since=None), said("batal"))

    assert "CRB-1 sudah terkirim" in told.reply
    assert "tidak ada yang dikirim" not in told.reply.lower()


def test_the_wish_again_after_a_report_says_that_it_is_kept() -> None:
    sent = chat(report_id="r1", number="CRB-1", sent_until=NOW, draft_since=None)

    assert "CRB-1 sudah terkirim" in turn(sent, said("kirim", 5)).reply


def test_what_nobody_can_see_is_no_addition() -> None:
    sent = chat(report_id="r1", number="CRB-1", draft_since=None)

    told = turn(sent, said("\u3164\u3164", 3))

    assert told.draft == Draft()
    assert "Tulis satu kalimat" in told.reply


def test_sixty_texts_that_are_too_many_get_one_word() -> None:
    told = turn(chat(), *(said(f"{n} " + "kabar " * 160, n) for n in range(60)))

    assert told.reply.count("sudah penuh") == 1
    assert len(told.reply) <= 4096


def test_three_answers_of_others_fit_one_message() -> None:
    long = known_by("P" * 100)
    card = long.card.model_copy(update={"url": "https://cek.example/" + "u" * 1900, "fact": "f" * 1000})
    fits = card.model_copy(update={"id": "k-2", "url": "https://cek.example/" + "u" * 200})
    found = MatchView(outcome="none", known=tuple(long.model_copy(update={"card": c}) for c in (card, fits, fits)))

    told = turn(chat(), said(CLAIM), found=found)

    assert len(told.reply) <= 4096
    assert "k-1" not in [offer.clarification_id for offer in told.offers]


def test_what_comes_late_goes_to_its_report_and_what_is_new_waits() -> None:
    sent = chat(report_id="r1", number="CRB-1", sent_until=NOW + timedelta(seconds=9), draft_since=None)

    reading = heard(sent, said("masih soal jembatan tadi", 8), said("Kabar lain sama sekali", 12), said("kirim", 13))

    assert reading.does == Does.ADD
    assert reading.sends is not None
    assert reading.sends.texts == ("masih soal jembatan tadi",)
    assert reading.answers == ["m8-masih soa"]


def test_nul_does_not_come_into_a_report() -> None:
    told = turn(chat(), said("air\x00 PDAM beracun"))

    assert told.draft is not None
    assert told.draft.text == "air PDAM beracun"


@pytest.mark.parametrize("kind", ["voice", "video", "document"])
def test_a_recording_and_a_document_go_with_the_report(kind: str) -> None:
    told = turn(chat(), said(CLAIM), said("", 1, id="f", kind=kind, media="m"))

    assert told.draft is not None
    assert told.draft.blobs == ("blob-f",)
    assert "teks dan 1 berkas" in told.reply


@pytest.mark.parametrize(("why", "words"), [("unproven", "memastikan"), ("other_address", "alamat lain")])
def test_a_mail_that_is_doubted_is_told_why(why: str, words: str) -> None:
    told = turn(chat(channel="email"), said(CLAIM, doubted=why))

    assert told.draft is not None
    assert told.draft.unproven is (why == "unproven")
    assert words in told.reply
    assert "KIRIM" in told.reply


BRIDGE = "Jembatan Kalijaga ditutup setahun karena retak di tiang tengahnya"


def of_claims(*claims: str, besides: tuple[str, ...] = ()) -> MatchView:
    answers = known(*(f"KL-{n}" for n, _ in enumerate(claims)), *besides).answers
    found = tuple(ClaimMatch(text=c, outcome="match", answer=a) for c, a in zip(claims, answers, strict=False))
    return MatchView(outcome="suggest", answers=answers, claims=found)


def test_each_claim_of_several_has_its_answer_beside_its_words_and_the_rest_may_be_sent() -> None:
    told = turn(chat(), said(f"{CLAIM}\n{BRIDGE}"), found=of_claims(CLAIM, BRIDGE, besides=("KL-9",)))

    assert [(offer.number, offer.claim) for offer in told.offers] == [("KL-0", CLAIM), ("KL-1", BRIDGE), ("KL-9", "")]
    first, second = told.reply.index(f"1. Tentang “{CLAIM}”:"), told.reply.index(f"2. Tentang “{BRIDGE}”:")
    assert first < told.reply.index("/k/KL-0") < second < told.reply.index("/k/KL-1") < told.reply.index("/k/KL-9")
    assert "beberapa klaim" in told.reply
    assert "Balas KIRIM" in told.reply
    assert "BUKAN" not in told.reply


def test_what_answers_one_claim_of_several_is_counted_and_leaves_the_others_to_be_sent() -> None:
    message = f"{CLAIM}\n{BRIDGE}"
    told = turn(chat(), said(message), found=of_claims(CLAIM))

    counted = turn(chat(draft=told.draft, offers=told.offers), said("ya", 5))
    sent = turn(chat(draft=counted.draft, offers=counted.offers), said("kirim", 9))

    assert (counted.does, counted.demanded, counted.offers) == (Does.DEMAND, "id-KL-0", told.offers)
    assert "Balas KIRIM" in counted.reply
    assert "Tidak ada laporan yang dikirim" not in counted.reply
    assert sent.sends is not None
    assert (sent.does, sent.sends.text, sent.sends.refused) == (Does.SUBMIT, message, ())


def test_three_long_answers_to_three_long_claims_fit_one_message() -> None:
    difference = Difference(what="place", theirs="K" * 90, ours="L" * 90, same=False)
    one = known("KL-1", differences=(difference,) * 3).answers[0]
    cards = [one.card.model_copy(update={"id": str(n), "fact": "f " * 700, "claim": "c " * 700}) for n in range(3)]
    answers = [one.model_copy(update={"card": card}) for card in cards]
    long = tuple(ClaimMatch(text="t " * 900, outcome="match", answer=answer) for answer in answers)
    state = chat(report_id="r", number="CRB-0000-0000")

    assert len(turn(state, said(CLAIM), found=MatchView(outcome="suggest", claims=long)).reply) <= 4096


def test_a_chat_in_english_tells_claims_apart_too() -> None:
    told = turn(chat(language="en"), said(CLAIM), found=of_claims(CLAIM))

    assert f"1. About “{CLAIM}”:" in told.reply
    assert "officers check it" in told.reply
