"""Who had a file as it was sent, and why; what was heard counts as what was read."""

from datetime import timedelta

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.messages import Command, Sealable
from libs.contracts.reports.parts import Attachment
from libs.contracts.reports.report import (
    EvidenceAdded,
    EvidenceTaken,
    MessageContent,
    OpenOriginal,
    OriginalOpened,
    RecordEvidence,
    RevealContent,
)
from libs.runtime.errors import NotFound, Refused
from services.reports.custody import custody_report
from services.reports.placing import told
from services.reports.report import rules
from services.reports.report.masking import Reader
from services.reports.report.reads import report_row
from services.reports.report.rules import REVEALED, Report, opened_until
from tests.unit.reports.builders import NOON, RINA, a_report, context

VOICE = Attachment(
    blob_id="b1", sha256="a" * 64, media_type="audio/ogg", size=9, original_sha256="b" * 64, kind="voice"
)


def with_evidence(*attachments: Attachment, taken: bool = True) -> Report:
    state = a_report().model_copy(update={"attachments": attachments})
    if not taken:
        return state
    for attachment in attachments:
        state = after(state, RecordEvidence(report_id=state.report_id, blob_id=attachment.blob_id, sha256="a" * 64))
    return state


def after(state: Report, command: Command, actor: Actor | None = None, private: Sealable | None = None) -> Report:
    for event in rules.decide(state, command, context(actor, private=private)):
        state = rules.evolve(state, event)
    return state


def opened(state: Report, reason: str = "authorities", note: str = "", piece: int = 1) -> Report:
    command = OpenOriginal(report_id=state.report_id, piece=piece, reason=reason)
    return after(state, command, RINA, RevealContent(note=note))


def test_an_original_is_opened_for_one_officer_and_a_quarter_of_an_hour() -> None:
    state = opened(with_evidence(VOICE), "other", "diminta penyidik")

    assert opened_until(state, VOICE, RINA.id, NOON) == NOON + REVEALED
    assert opened_until(state, VOICE, "another", NOON) is None
    assert opened_until(state, VOICE, RINA.id, NOON + REVEALED) is None
    assert "note" in OriginalOpened.private
    assert "openings" in Report.private


@pytest.mark.parametrize(
    ("state", "piece"),
    [
        (with_evidence(VOICE), 2),
        (with_evidence(VOICE, taken=False), 1),
        (with_evidence(VOICE.model_copy(update={"original_sha256": None})), 1),
    ],
)
def test_what_is_not_there_cannot_be_opened(state: Report, piece: int) -> None:
    with pytest.raises(NotFound):
        opened(state, piece=piece)


def test_what_could_not_be_taken_cannot_be_opened() -> None:
    state = with_evidence(VOICE, taken=False)
    state = after(state, RecordEvidence(report_id=state.report_id, blob_id="b1", sha256="a" * 64, failure="changed"))

    with pytest.raises(NotFound):
        opened(state)


def test_another_reason_needs_words_and_nobody_opens_without_a_role() -> None:
    with pytest.raises(Refused, match="validation"):
        opened(with_evidence(VOICE), "other")
    with pytest.raises(Refused):
        after(with_evidence(VOICE), OpenOriginal(report_id="r", piece=1, reason="verify"))


def test_the_chain_names_digests_times_and_whoever_opened_it() -> None:
    state = with_evidence(VOICE)
    later = NOON + timedelta(hours=2)
    second = VOICE.model_copy(update={"blob_id": "b2", "kind": None, "media_type": "image/jpeg"})
    state = rules.evolve(state, EvidenceAdded(report_id=state.report_id, attachments=(second,), mark=1, at=later))
    state = opened(state)

    first, added = custody_report(state, Reader(RINA.id, NOON)).pieces

    assert (first.kind, first.sha256, first.original_sha256) == ("voice", "a" * 64, "b" * 64)
    assert (first.brought_at, first.taken_at, first.taken) == (state.received_at, NOON, True)
    assert [(o.officer, o.reason, o.at) for o in first.openings] == [(RINA.id, "authorities", NOON)]
    assert first.opened_until == NOON + REVEALED
    assert (added.kind, added.brought_at, added.taken) == ("picture", later, False)
    assert (first.has_preview, added.has_preview) == (False, True)
    assert added.openings == ()


def test_what_a_machine_heard_is_told_like_words_in_a_picture_and_marked_as_heard() -> None:
    state = with_evidence(VOICE, taken=False)
    command = RecordEvidence(report_id=state.report_id, blob_id="b1", sha256="a" * 64, transcribed=True)

    state = after(state, command, private=MessageContent(text="air PDAM beracun"))

    assert "air PDAM beracun" in told(state)
    row = report_row(state)
    assert (row.words, row.transcript) == ("", "air PDAM beracun")


def test_a_history_of_before_says_nothing_of_when_it_was_taken() -> None:
    state = with_evidence(VOICE, taken=False)
    event = EvidenceTaken.model_validate(
        {"report_id": state.report_id, "blob_id": "b1", "sha256": "a" * 64, "complete": True}
    )

    (piece,) = custody_report(rules.evolve(state, event), Reader(RINA.id, NOON)).pieces

    assert (piece.taken, piece.taken_at) == (True, None)
