"""No report falls out of sight, whatever officers and reporters do to each other's cases, and however late it arrives.

An office of a few cases and reports, driven through the real rules and follow-ups. Commands wait in mailboxes, as in
Kafka: those of one key and mailbox come in order, others in any, each perhaps once more. A page is stale: what an
officer wishes was decided upon what they saw, and is carried out later.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from libs.contracts import ids
from libs.contracts.messages import Command, Event
from libs.contracts.reports.case import (
    AddReference,
    AdoptDraft,
    AdvanceWatch,
    ApproveVerdict,
    CloseCase,
    FinishMerge,
    MergeCase,
    PublishCase,
    SaveDraft,
    SettleRecalls,
    Target,
    TriageCase,
)
from libs.contracts.reports.clarification import RetractClarification
from libs.contracts.reports.parts import Reference
from libs.contracts.reports.report import (
    AddMessage,
    MessageContent,
    MoveReport,
    Placement,
    PlaceReport,
    RateAnswer,
    RatingContent,
    RejectMatch,
    ReportContent,
    SubmitReport,
    WithdrawReport,
)
from libs.contracts.words import CaseState, MatchOutcome, ReportState
from libs.runtime.aggregates import Aggregate
from libs.runtime.errors import Refused
from services.reports.case.rules import index_fields
from services.reports.case.state import Case
from services.reports.clarification.rules import Clarification
from services.reports.kinds import AGGREGATES
from services.reports.looking import end_of
from services.reports.merging import Seen, marks_missing, mend
from services.reports.report.rules import GONE, Report
from services.reports.tickets import ticket_state
from tests.unit.reports.builders import DIMAS, LESTARI, NOON, RINA, a_draft, context

KINDS: dict[str, Aggregate[Any]] = {a.name: a for a in AGGREGATES}
STEPS = 3_000
"""Messages until all must have come to rest. Far more than any run needs; a ring that is never broken needs more."""


@dataclass
class Message:
    id: UUID
    command: Command
    actor: Any = None
    private: Any = None


@dataclass
class Office:
    """One office's aggregates in memory, with mailboxes in between: what the engine does, without its servers."""

    states: dict[tuple[str, str], Any] = field(default_factory=dict)
    seen: dict[tuple[str, str], set[UUID]] = field(default_factory=lambda: defaultdict(set))
    boxes: dict[tuple[str, str], list[Message]] = field(default_factory=lambda: defaultdict(list))
    handled: list[Message] = field(default_factory=list)
    now: Any = NOON

    def of(self, kind: str) -> list[Any]:
        return [s for (k, _), s in sorted(self.states.items()) if k == kind]

    @property
    def cases(self) -> dict[str, Case]:
        return {c.case_id: c for c in self.of("case")}

    @property
    def reports(self) -> list[Report]:
        return self.of("report")

    def carry_out(self, command: Command, actor: Any = None, private: Any = None, id_: UUID | None = None) -> bool:
        """Decides, saves and sends what follows. False where the rules say no."""
        self.now += timedelta(seconds=1)
        id_, target = id_ or uuid4(), (command.aggregate, command.target)
        if id_ in self.seen[target]:
            return True
        kind, asked = KINDS[command.aggregate], context(actor, at=self.now, private=private)._replace(id=id_)
        try:
            events = list(kind.decide(self.states.get(target), command, asked))
        except Refused:
            return False
        for n, event in enumerate(events):
            self.states[target] = kind.evolve(self.states.get(target), event)
            self.seen[target].add(id_)
            self._follow(kind, event, ids.event_id(id_, n), actor)
        return True

    def _follow(self, kind: Aggregate[Any], event: Event, event_id: UUID, actor: Any) -> None:
        # What is sent passes through bytes, as it does on its way.
        told = type(event).model_validate_json(event.model_dump_json(exclude=set(event.private)))
        for follow in kind.follow_ups(told):
            command = follow.command
            if isinstance(command, PlaceReport):
                continue
            message = Message(ids.follow_up_id(event_id, follow.step), command, actor)
            self.boxes[(command.mailbox, command.target)].append(message)

    def deliver(self, which: int) -> None:
        boxes = [box for box in sorted(self.boxes) if self.boxes[box]]
        if boxes:
            message = self.boxes[boxes[which % len(boxes)]].pop(0)
            self.handled.append(message)
            self.carry_out(message.command, message.actor, id_=message.id)

    def deliver_again(self, which: int) -> None:
        if self.handled:
            message = self.handled[which % len(self.handled)]
            self.carry_out(message.command, message.actor, id_=message.id)

    def move_on(self) -> bool:
        """The periodic step of merging, on what lies in memory. True where it had work."""
        worked = False
        for case in self.cases.values():
            if not case.moving or case.merged_into is None:
                continue
            worked = True
            inside = [r for r in self.reports if r.case_id == case.case_id and r.state not in GONE]
            for report in inside:
                move = MoveReport(report_id=report.report_id, into=case.merged_into, out_of=case.case_id)
                self.carry_out(move)
            arriving = any(c.moving and c.merged_into == case.case_id for c in self.cases.values())
            if not inside and not arriving:
                self.carry_out(FinishMerge(case_id=case.case_id, merge=case.merges))
        return worked

    def mend(self) -> bool:
        seen = {
            case_id: Seen(case, sum(r.case_id == case_id and r.state not in GONE for r in self.reports))
            for case_id, case in self.cases.items()
        }
        lost = mend(seen, seen)
        for report in self.reports:
            case = self.cases.get(report.case_id or "")
            if case is not None and report.state not in GONE:
                lost += marks_missing(report, case)
        for command in lost:
            self.carry_out(command)
        return bool(lost)

    def come_to_rest(self) -> None:
        for _ in range(STEPS):
            if any(self.boxes.values()):
                self.deliver(0)
            elif not self.move_on() and not self.mend():
                return
        raise AssertionError("messages go round and round")

    def clarification_of(self, case: Case) -> Clarification | None:
        return next((c for c in self.of("clarification") if c.case_id == case.case_id), None)


def report_of(n: int) -> str:
    return str(ids.report_id(UUID(int=n)))


REPORTS = [report_of(n) for n in range(1, 8)]
AT_FIRST = REPORTS[:4]
"""Each with a case of its own when a run begins."""
some_case, some_report, some = st.integers(0, 4), st.sampled_from(REPORTS), st.integers(0, 50)


class NoReportIsLost(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.office = Office()
        self.wishes: list[tuple[Command, Any]] = []
        self.told: set[tuple[str, int]] = set()

    @initialize(joined=st.booleans())
    def open_cases(self, joined: bool) -> None:
        for report in AT_FIRST:
            self.report(report, None)
        self.office.come_to_rest()
        if joined:
            self.report(REPORTS[4], 0)

    def _case(self, n: int) -> Case | None:
        cases = list(self.office.cases.values())
        return cases[n % len(cases)] if cases else None

    def _seen_end(self, case_id: str) -> Target | None:
        into = {c: case.merged_into for c, case in self.office.cases.items()}
        end = end_of(into, case_id)
        if end is None:
            return None
        return Target(case_id=end, number=self.office.cases[end].number, state=self.office.cases[end].state)

    # Reporters

    @rule(report=some_report, into=st.none() | some_case)
    def report(self, report: str, into: int | None) -> None:
        submit = SubmitReport(report_id=report, kind="hoax", number=report, code_hash="h", prefix="CRB")
        if ("report", report) in self.office.states:
            return
        self.office.carry_out(submit, private=ReportContent(text="Air PDAM dicampur zat pembersih"))
        case = self._case(into) if into is not None else None
        self._place(report, case)

    def _place(self, report: str, case: Case | None) -> None:
        found = self.office.states[("report", report)]
        refused = case is not None and case.case_id in found.refused
        outcome = MatchOutcome.MATCH if case is not None and not refused else MatchOutcome.NONE
        placement = Placement(outcome=outcome, case_id=case.case_id if case is not None and not refused else None)
        self.office.carry_out(PlaceReport(report_id=report, placement=placement))

    @rule(report=some_report)
    def withdraw(self, report: str) -> None:
        self.office.carry_out(WithdrawReport(report_id=report))

    @rule(report=some_report, into=some_case)
    def not_mine(self, report: str, into: int) -> None:
        if self.office.carry_out(RejectMatch(report_id=report)):
            self._place(report, self._case(into))

    @rule(which=some, in_words=st.booleans())
    def belum(self, which: int, in_words: bool) -> None:
        said = RatingContent(text="Jamnya belum terjawab" if in_words else "")
        self._rate(which, helpful=False, private=said)

    @rule(which=some)
    def it_helped(self, which: int) -> None:
        self._rate(which, helpful=True)

    def _rate(self, which: int, *, helpful: bool, private: RatingContent | None = None) -> None:
        answered = [r for r in self.office.reports if self._ticket(r) == "answered"]
        if answered:
            report = answered[which % len(answered)].report_id
            rating = RateAnswer(report_id=report, helpful=helpful, answered=True)
            self.office.carry_out(rating, private=private)

    @rule(report=some_report)
    def write(self, report: str) -> None:
        self.office.carry_out(AddMessage(report_id=report), private=MessageContent(text="Sudah sampai mana?"))

    # Officers, each at a page that may be old

    @rule(of=some_case, into=some_case, later=st.booleans())
    def merge(self, of: int, into: int, later: bool) -> None:
        case, other = self._case(of), self._case(into)
        if case is None or other is None or case.merged_into is not None:
            return
        end = self._seen_end(other.case_id)
        self._wish(MergeCase(case_id=case.case_id, into=other.case_id, end=end), later=later)

    @rule(order=st.permutations([0, 1, 2]))
    def merge_in_a_ring_all_at_once(self, order: list[int]) -> None:
        alive = [c for c in self.office.cases.values() if c.merged_into is None and not c.version][: len(order)]
        if len(alive) < len(order):
            return
        pairs = [(alive[n], alive[(n + 1) % len(alive)]) for n in order]
        merges = [MergeCase(case_id=a.case_id, into=b.case_id, end=self._seen_end(b.case_id)) for a, b in pairs]
        for merge in merges:
            self.office.carry_out(merge, RINA)

    def _wish(self, command: Command, *, later: bool) -> None:
        if later:
            self.wishes.append((command, RINA))
        else:
            self.office.carry_out(command, RINA)

    @rule(of=some_case, later=st.booleans())
    def close(self, of: int, later: bool) -> None:
        if (case := self._case(of)) is not None:
            self._wish(CloseCase(case_id=case.case_id, reason="Tidak ada yang bisa diperiksa"), later=later)

    @rule(of=some_case, later=st.booleans())
    def settle(self, of: int, later: bool) -> None:
        if (case := self._case(of)) is not None:
            self._wish(SettleRecalls(case_id=case.case_id), later=later)

    @precondition(lambda self: self.wishes)
    @rule(which=some)
    def sent_at_last(self, which: int) -> None:
        command, actor = self.wishes.pop(which % len(self.wishes))
        self.office.carry_out(command, actor)

    @rule(report=some_report)
    def reply(self, report: str) -> None:
        self.office.carry_out(AddMessage(report_id=report), RINA, MessageContent(text="Kami sedang memeriksanya."))

    @rule(of=some_case)
    def triage(self, of: int) -> None:
        if (case := self._case(of)) is not None:
            self.office.carry_out(TriageCase(case_id=case.case_id, severity=3, topic="health"), RINA)

    @rule(of=some_case, n=st.integers(0, 3))
    def draft(self, of: int, n: int) -> None:
        if (case := self._case(of)) is not None:
            written = a_draft(explanation=f"Naskah {n}", change_note="Diperjelas")
            self.office.carry_out(SaveDraft(case_id=case.case_id, draft=written, expects=case.draft_number), RINA)

    @rule(of=some_case)
    def adopt(self, of: int) -> None:
        if (case := self._case(of)) is not None and case.spare_drafts:
            adopt = AdoptDraft(case_id=case.case_id, of=case.spare_drafts[0].case_id, expects=case.draft_number)
            self.office.carry_out(adopt, RINA)

    @rule(of=some_case)
    def publish(self, of: int) -> None:
        if (case := self._case(of)) is None:
            return
        source = Reference(title="Uji", url=f"https://air.example/{case.case_id}")
        self.office.carry_out(AddReference(case_id=case.case_id, reference=source), RINA)
        draft = a_draft(change_note="Diperjelas")
        save = SaveDraft(case_id=case.case_id, draft=draft, expects=case.draft_number, submit=True)
        if not self.office.carry_out(save, RINA):
            return
        for approver in (DIMAS, LESTARI):
            self.office.carry_out(ApproveVerdict(case_id=case.case_id, expects=case.draft_number + 1), approver)
        self.office.carry_out(PublishCase(case_id=case.case_id), DIMAS)

    @rule(of=some_case)
    def retract(self, of: int) -> None:
        case = self._case(of)
        if case is not None and (found := self.office.clarification_of(case)) is not None:
            retract = RetractClarification(clarification_id=found.clarification_id, reason="Rujukannya dicabut")
            self.office.carry_out(retract, DIMAS)

    @rule(of=some_case)
    def time_passes(self, of: int) -> None:
        if (case := self._case(of)) is not None:
            self.office.now += timedelta(days=15)
            self.office.carry_out(AdvanceWatch(case_id=case.case_id))

    # Kafka

    @rule(which=st.lists(some, min_size=1, max_size=8))
    def deliver(self, which: list[int]) -> None:
        for one in which:
            self.office.deliver(one)

    @rule(which=some)
    def deliver_once_more(self, which: int) -> None:
        self.office.deliver_again(which)

    @rule()
    def merging_goes_on(self) -> None:
        self.office.move_on()

    @rule()
    def a_quiet_moment(self) -> None:
        self.rest()

    def teardown(self) -> None:
        self.rest()

    # What holds whenever all has come to rest

    def rest(self) -> None:
        self.office.come_to_rest()
        into = {c: case.merged_into for c, case in self.office.cases.items()}
        asked: dict[str, int] = defaultdict(int)
        for case_id, case in self.office.cases.items():
            assert end_of(into, case_id) is not None, "merges in a ring"
            # A case is taken up again by a person or by who asks in it, never by itself.
            assert not case.moving
        for report in self.office.reports:
            if report.state in GONE or report.case_id is None:
                continue
            case = self.office.cases[report.case_id]
            assert case.merged_into is None, "a report lies in a case that is no more"
            asked[case.case_id] += 1
            self._in_sight(report, case)
        for case_id, case in self.office.cases.items():
            if case.merged_into is None:
                assert case.askers == asked[case_id], "what it counts is not what lies in it"

    def _in_sight(self, report: Report, case: Case) -> None:
        state = self._ticket(report)
        worked_on = index_fields(case)["open"]
        assert worked_on or state in ("answered", "closed", "not_continued"), f"{state} in a case that is {case.state}"
        if report.state == ReportState.REOPENED:
            assert worked_on or state == "answered", "a Belum that nobody sees"
        shown = {(m.report_id, m.n) for m in case.marks}
        for mark in report.marks:
            assert (mark.report_id, mark.n) in shown, "what a reporter said reached nobody"
        if state == "not_continued":
            assert case.state == CaseState.CLOSED
            assert case.closed_reason, "an end without a reason"

    def _ticket(self, report: Report) -> str:
        case = None
        if report.case_id is not None:
            into = {c: case.merged_into for c, case in self.office.cases.items()}
            end = end_of(into, report.case_id)
            case = self.office.cases.get(end or "")
        return ticket_state(report, case, self.office.clarification_of(case) if case is not None else None)


NoReportIsLost.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestNoReportIsLost = NoReportIsLost.TestCase
