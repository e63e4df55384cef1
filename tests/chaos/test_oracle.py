"""The judge must see what is wrong: each test plants one fault in a run that was right."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts import ids
from libs.contracts.reports.report import SubmitReport
from libs.contracts.topics import Service, dead_letters, journal, mailbox
from tests.chaos.client import DEFAULTS
from tests.chaos.evidence import Evidence, Kept, Mail, Record, Stored
from tests.chaos.ledger import Answered, Purpose, Sent, Submission, body_hash
from tests.chaos.oracle import Verdict, judge

TENANT, OTHER_TENANT = str(uuid4()), str(uuid4())
KEY = str(uuid4())
COMMAND = ids.command_id(TENANT, SubmitReport.type_name, UUID(KEY))
REPORT = str(ids.report_id(COMMAND))
CASE, DELIVERY, BULLETIN = str(uuid4()), str(uuid4()), str(uuid4())
SAID = {**DEFAULTS, "text": "Jembatan ditutup"}
MAIL = "pelapor@surat.example"


def a_submission(*, key: str = KEY, bad: bool = False, n: int = 1) -> Submission:
    return Submission(n, TENANT, key, body_hash(SAID), MAIL, hoax=True, bad=bad)


def answered(
    one: Submission, status: int, purpose: Purpose = Purpose.REPORT, *, report: str = REPORT, number: str = "UJI-1"
) -> Submission:
    request = len(one.sent)
    one.sent[request] = Sent(one.n, request, purpose, one.tenant, one.key, one.body, one.mail, hoax=True, at=0.0)
    told = {"number": number, "report_id": report, "code": "c"} if status in (201, 202) else {}
    one.answers.append(Answered(one.n, request, status, 0.0, **told))
    return one


def stored(service: Service, kind: str, identity: str, state: dict[str, Any], *causes: UUID) -> Stored:
    history = tuple(Kept(n, str(uuid4()), str(cause), TENANT) for n, cause in enumerate(causes or (uuid4(),), start=1))
    return Stored(service, kind, identity, TENANT, len(history), True, history, state)


def a_run() -> tuple[list[Submission], Evidence]:
    """One report with its case, its answer, and the mail of it."""
    delivery = {
        "state": "sent", "channel": "email", "recipient": REPORT, "recipient_kind": "report", "address": MAIL,
        "template": "answer", "bulletin_id": BULLETIN,
    }  # fmt: skip
    things = [
        stored(Service.REPORTS, "report", REPORT, {**SAID, "number": "UJI-1", "case_id": CASE}, COMMAND, uuid4()),
        stored(Service.REPORTS, "case", CASE, {}),
        stored(Service.NOTIFY, "subject", REPORT, {"following": True, "case_id": CASE}),
        stored(Service.NOTIFY, "bulletin", BULLETIN, {"case_id": CASE, "version": 1}),
        stored(Service.NOTIFY, "delivery", DELIVERY, delivery),
    ]
    records = [
        Record(journal(Service(one.service)), 0, n, kept.id, "an.event", one.tenant, one.identity, kept.n)
        for n, (one, kept) in enumerate((one, kept) for one in things for kept in one.history)
    ]
    command = Record(mailbox(Service.REPORTS), 0, 0, str(COMMAND), SubmitReport.type_name, TENANT, REPORT)
    return [answered(a_submission(), 202)], Evidence(things, frozenset(), [command, *records], [Mail(DELIVERY, MAIL)])


def verdict_of(submissions: list[Submission], evidence: Evidence, **more: Any) -> Verdict:
    return judge(submissions, evidence, **more)


def changed(evidence: Evidence, kind: str, change: Callable[[Stored], Stored | None]) -> Evidence:
    found = [change(one) if one.kind == kind else one for one in evidence.stored]
    return replace(evidence, stored=[one for one in found if one is not None])


def with_state(**fields: Any) -> Callable[[Stored], Stored]:
    return lambda one: replace(one, state={**one.state, **fields})


def gone(one: Stored) -> None:
    return None


def journal_only(evidence: Evidence, keep: Callable[[Record], bool]) -> Evidence:
    return replace(evidence, records=[r for r in evidence.records if r.sequence is None or keep(r)])


def test_a_run_that_was_right_is_clean() -> None:
    verdict = verdict_of(*a_run())

    assert list(verdict.violations) == []
    assert (verdict.accepted, verdict.lost, verdict.duplicated, verdict.unknown) == (1, 0, 0, 0)
    assert verdict.is_clean


def test_an_accepted_report_that_is_nowhere_is_lost() -> None:
    submissions, evidence = a_run()

    verdict = verdict_of(submissions, changed(evidence, "report", gone))

    assert verdict.lost == 1
    assert not verdict.is_clean


def test_a_report_stored_twice_is_doubled() -> None:
    submissions, evidence = a_run()
    twin = replace(evidence.stored[0], identity=str(uuid4()))

    verdict = verdict_of(submissions, replace(evidence, stored=[*evidence.stored, twin]))

    assert verdict.duplicated >= 1


def test_a_mail_taken_twice_is_doubled() -> None:
    submissions, evidence = a_run()

    verdict = verdict_of(submissions, replace(evidence, mails=[*evidence.mails, *evidence.mails]))

    assert verdict.duplicated == 1


def test_one_message_planned_under_two_ids_is_doubled() -> None:
    submissions, evidence = a_run()
    twin = replace(evidence.stored[4], identity=str(uuid4()), history=(Kept(1, str(uuid4()), "", TENANT),))

    verdict = verdict_of(submissions, replace(evidence, stored=[*evidence.stored, twin]))

    assert verdict.duplicated == 1


def test_a_mail_called_sent_that_nobody_took_is_lost() -> None:
    submissions, evidence = a_run()

    verdict = verdict_of(submissions, replace(evidence, mails=[]))

    assert verdict.lost == 1


def test_a_contact_that_nobody_follows_is_lost() -> None:
    submissions, evidence = a_run()

    verdict = verdict_of(submissions, changed(evidence, "subject", gone))

    assert verdict.lost == 1


def test_an_answer_that_was_never_planned_for_its_reporter_is_lost() -> None:
    submissions, evidence = a_run()

    verdict = verdict_of(submissions, replace(changed(evidence, "delivery", gone), mails=[]))

    assert verdict.lost == 1


def test_an_acknowledged_partner_who_is_not_stored_is_lost() -> None:
    verdict = verdict_of(*a_run(), registered=[(TENANT, str(uuid4()))])

    assert verdict.lost == 1


def test_more_unknown_than_kills_allow_is_seen() -> None:
    submissions, evidence = a_run()
    unknown = changed(evidence, "delivery", with_state(state="unknown"))

    assert verdict_of(submissions, unknown, most_unknown=1).is_clean
    assert not verdict_of(submissions, unknown, most_unknown=0).is_clean


def test_unfinished_work_is_stuck() -> None:
    verdict = verdict_of(*a_run(), open_work=3)

    assert verdict.stuck == 3
    assert not verdict.is_clean


def test_a_request_that_was_never_answered_is_stuck() -> None:
    submissions, evidence = a_run()
    submissions[0].sent[7] = replace(submissions[0].sent[0], request=7)

    assert verdict_of(submissions, evidence).stuck == 1


def test_an_unanswered_submission_may_be_stored_or_not() -> None:
    _, evidence = a_run()
    nobody_knows = answered(a_submission(), 503)
    unsent = answered(a_submission(key=str(uuid4()), n=2), 0)

    assert verdict_of([nobody_knows, unsent], evidence).is_clean


def first_two_swapped(evidence: Evidence) -> Evidence:
    command, first, second, *rest = evidence.records
    return replace(evidence, records=[command, second, first, *rest])


PLANTED: dict[str, tuple[str, Callable[[Evidence], Evidence]]] = {
    "another text": ("I1", lambda e: changed(e, "report", with_state(text="Jembatan dibuka"))),
    "another number": ("I1", lambda e: changed(e, "report", with_state(number="UJI-2"))),
    "a report that nobody sent": (
        "I3",
        lambda e: replace(e, stored=[*e.stored, replace(e.stored[0], identity=str(uuid4()), history=(), version=0)]),
    ),
    "an event in no journal": ("I5", lambda e: journal_only(e, lambda r: r.sequence != 2)),
    "an event out of order": ("I5", first_two_swapped),
    "an event in no history": (
        "I5",
        lambda e: replace(e, records=[*e.records, replace(e.records[1], id=str(uuid4()))]),
    ),
    "one id for two events": (
        "I5",
        lambda e: changed(e, "case", lambda one: replace(one, history=(replace(e.stored[2].history[0]),))),
    ),
    "an event in another partition": (
        "I5",
        lambda e: replace(e, records=[*e.records[:2], replace(e.records[2], partition=5), *e.records[3:]]),
    ),
    "a tail that was left": ("I5", lambda e: changed(e, "case", lambda one: replace(one, is_relayed=False))),
    "a taken mail that is called queued": ("I6", lambda e: changed(e, "delivery", with_state(state="queued"))),
    "a mail that nobody planned": ("I6", lambda e: replace(e, mails=[*e.mails, Mail(str(uuid4()), MAIL)])),
    "a mail to another address": ("I6", lambda e: replace(e, mails=[Mail(DELIVERY, "lain@surat.example")])),
    "a state that is not the fold": ("I7", lambda e: changed(e, "case", lambda one: replace(one, is_fold=False))),
    "a history with a gap": (
        "I7",
        lambda e: changed(e, "case", lambda one: replace(one, history=(replace(one.history[0], n=2),))),
    ),
    "an event for another tenant": (
        "I8",
        lambda e: replace(e, records=[e.records[0], replace(e.records[1], tenant=OTHER_TENANT), *e.records[2:]]),
    ),
    "a case of another office": ("I8", lambda e: changed(e, "case", lambda one: replace(one, tenant=OTHER_TENANT))),
    "a dead letter": (
        "I9",
        lambda e: replace(e, records=[*e.records, replace(e.records[0], topic=dead_letters(Service.REPORTS))]),
    ),
    "a command without an end": (
        "I9",
        lambda e: replace(e, records=[*e.records, replace(e.records[0], id=str(uuid4()))]),
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found(name: str) -> None:
    invariant, plant = PLANTED[name]
    submissions, evidence = a_run()

    verdict = verdict_of(submissions, plant(evidence))

    assert invariant in {v.invariant for v in verdict.violations}


def test_a_repeated_record_is_no_fault() -> None:
    submissions, evidence = a_run()

    assert verdict_of(submissions, replace(evidence, records=[*evidence.records, *evidence.records])).is_clean


ANSWERS = {
    "another ticket for the same key": ("I2", 202, Purpose.AGAIN, {"number": "UJI-9"}),
    "a refusal of what was accepted": ("I2", 409, Purpose.AGAIN, {}),
    "a new ticket for another body": ("I2", 201, Purpose.OTHER, {}),
    "a refused report": ("I1", 400, Purpose.REPORT, {}),
    "a broken body taken": ("I3", 202, Purpose.BAD, {}),
    "a server error for a broken body": ("I3", 500, Purpose.BAD, {}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_wrong_answers_are_found(name: str) -> None:
    invariant, status, purpose, told = ANSWERS[name]
    submissions, evidence = a_run()
    answered(submissions[0], status, purpose, **told)

    verdict = verdict_of(submissions, evidence)

    assert invariant in {v.invariant for v in verdict.violations}


def test_a_refused_body_that_was_stored_is_found() -> None:
    _, evidence = a_run()
    refused = answered(a_submission(bad=True), 422, Purpose.BAD)

    verdict = verdict_of([refused], evidence)

    assert "I3" in {v.invariant for v in verdict.violations}
