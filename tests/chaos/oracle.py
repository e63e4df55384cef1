"""The judge: joins the ledger with the databases, the journals and the mail sink. Pure, so it can be tested.

I1 a 2xx has exactly one report that says the same · I2 one key, one report, one answer · I3 a 4xx leaves nothing ·
I4 no answer: none or one · I5 each recorded event is in its journal, in order · I6 one message to one recipient at most
once, and what the provider took is sent or unknown · I7 the state is the fold of the history · I8 derived data has the
tenant of its source · I9 no dead letters, no command without an end · I11 nothing is left to do.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from libs.contracts import ids
from libs.contracts.notify.subject import FollowSubject
from libs.contracts.registry.partner import RegisterPartner
from libs.contracts.reports.report import SubmitReport
from libs.contracts.topics import OWNERS, dead_letters, journal, mailboxes
from libs.contracts.words import Channel, DeliveryState
from tests.chaos.evidence import Evidence, Kept, Mail, Record, Stored
from tests.chaos.ledger import FIELDS, Purpose, Submission, body_hash

LEAVES_A_TRACE = {SubmitReport.type_name, FollowSubject.type_name, RegisterPartner.type_name}
"""Commands that always end in an event or a refusal; others may find that there is nothing to do."""
TOLD = {DeliveryState.SENT, DeliveryState.UNKNOWN}
ENDED_UNSENT = {DeliveryState.UNKNOWN, DeliveryState.FAILED_PERMANENT, DeliveryState.SUPPRESSED}


@dataclass(frozen=True)
class Violation:
    invariant: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant:3} {self.where}: {self.what}"


class Lost(Violation):
    """Something accepted that is nowhere."""


class Doubled(Violation):
    """Something that took effect more than once."""


@dataclass(frozen=True)
class Verdict:
    accepted: int
    unknown: int
    stuck: int
    violations: Sequence[Violation]

    @property
    def lost(self) -> int:
        return sum(isinstance(v, Lost) for v in self.violations)

    @property
    def duplicated(self) -> int:
        return sum(isinstance(v, Doubled) for v in self.violations)

    @property
    def is_clean(self) -> bool:
        return not self.violations and not self.stuck


def judge(
    submissions: Iterable[Submission],
    evidence: Evidence,
    *,
    registered: Iterable[tuple[str, str]] = (),
    open_work: int = 0,
    most_unknown: int = 0,
) -> Verdict:
    """
    Args:
        registered: (tenant, partner) whose registration the broker has acknowledged.
        open_work: what was still to be done when the wait was over.
        most_unknown: deliveries that may be unknown: kills of notify times its connections.
    """
    submissions = list(submissions)
    books = Books(evidence)
    unknown = sum(d.state["state"] == DeliveryState.UNKNOWN for d in books.deliveries)
    violations = [
        *_answers(submissions),
        *_reports(submissions, books),
        *_partners(registered, books),
        *_histories(evidence.stored),
        *_journals(evidence),
        *_mails(evidence.mails, submissions, books),
        *_owed(submissions, books),
        *_tenants(books),
        *_ends(evidence),
    ]
    if unknown > most_unknown:
        violations.append(Violation("I6", "deliveries", f"{unknown} unknown, at most {most_unknown} can be"))
    return Verdict(
        accepted=sum(bool(s.accepted) for s in submissions),
        unknown=unknown,
        stuck=open_work + sum(s.unanswered for s in submissions),
        violations=violations,
    )


class Books:
    """The evidence, by what it is looked up with."""

    def __init__(self, evidence: Evidence) -> None:
        self.kinds: dict[str, dict[tuple[str, str], Stored]] = defaultdict(dict)
        for one in evidence.stored:
            self.kinds[one.kind][one.tenant, one.identity] = one
        self.deliveries = list(self.kinds["delivery"].values())
        self.delivery_by_id = {d.identity: d for d in self.deliveries}
        self.sent_ids = Counter(mail.id for mail in evidence.mails)
        self.latest: dict[tuple[str, str], Stored] = {}
        for bulletin in self.kinds["bulletin"].values():
            place = (bulletin.tenant, bulletin.state["case_id"])
            if place not in self.latest or self.latest[place].state["version"] < bulletin.state["version"]:
                self.latest[place] = bulletin
        self.told: dict[tuple[str, str], list[Stored]] = defaultdict(list)
        for delivery in self.deliveries:
            if delivery.state["channel"] == Channel.EMAIL:
                self.told[delivery.tenant, delivery.state["recipient"]].append(delivery)


def said_by(report: Stored) -> str:
    return body_hash({name: report.state[name] for name in FIELDS})


def _answers(submissions: Sequence[Submission]) -> Iterator[Violation]:
    """I2, and what was answered at all."""
    for one in submissions:
        where = f"submission {one.n}"
        if len({(a.number, a.report_id, a.code) for a in one.accepted}) > 1:
            yield Violation("I2", where, "one key was answered with several tickets")
        for answer in one.answers:
            purpose = one.sent[answer.request].purpose
            if answer.status in (0, 429, 503) or answer.status in _RIGHT[Purpose(purpose)]:
                continue
            yield Violation(_OF_PURPOSE[Purpose(purpose)], where, f"{purpose} was answered {answer.status}")


_RIGHT: Mapping[Purpose, tuple[int, ...]] = {
    Purpose.REPORT: (201, 202),
    Purpose.AGAIN: (201, 202),
    # A gateway that has forgotten the first body says 202 and the same ticket; the owner refuses what came second.
    Purpose.OTHER: (422, 202),
    Purpose.BAD: (422,),
}
_OF_PURPOSE = {Purpose.REPORT: "I1", Purpose.AGAIN: "I2", Purpose.OTHER: "I2", Purpose.BAD: "I3"}


def _reports(submissions: Sequence[Submission], books: Books) -> Iterator[Violation]:
    """I1, I3, I4, both ways: from the ledger to the database and back."""
    stored = books.kinds["report"]
    wanted: dict[tuple[str, str], Submission] = {}
    for one in submissions:
        command = ids.command_id(one.tenant, SubmitReport.type_name, UUID(one.key))
        place = (one.tenant, str(ids.report_id(command)))
        wanted[place] = one
        found = stored.get(place)
        where = f"submission {one.n}, report {place[1]}"
        if one.bad and found is not None:
            yield Violation("I3", where, "was refused and is stored")
        if not one.accepted:
            continue
        if any(a.report_id != place[1] for a in one.accepted):
            yield Violation("I1", where, "was answered with another report's id")
        if found is None:
            yield Lost("I1", where, "was accepted and is not stored")
        elif any(a.number != found.state["number"] for a in one.accepted):
            yield Violation("I1", where, "was answered with another number")
    for place, report in stored.items():
        one_ = wanted.get(place)
        if one_ is None:
            yield Violation("I3", report.name, "nobody sent it")
        elif said_by(report) != one_.body:
            yield Violation("I1", f"submission {one_.n}, {report.name}", "does not say what was sent")
    for (tenant, body), times in Counter((r.tenant, said_by(r)) for r in stored.values()).items():
        for _ in range(times - 1):
            yield Doubled("I2", f"body {body[:12]} of {tenant}", "is stored more than once")


def _partners(registered: Iterable[tuple[str, str]], books: Books) -> Iterator[Violation]:
    for place in registered:
        if place not in books.kinds["partner"]:
            yield Lost("I1", f"partner {place[1]}", "registration was acknowledged and is not stored")


def _histories(stored: Iterable[Stored]) -> Iterator[Violation]:
    """I7, and what a history must be in any case."""
    for one in stored:
        if [h.n for h in one.history] != list(range(1, one.version + 1)):
            yield Violation("I7", one.name, f"history is not 1 to {one.version}")
        for _ in range(len(one.history) - len({h.id for h in one.history})):
            yield Doubled("I7", one.name, "an event was recorded twice")
        if one.is_fold is False:
            yield Violation("I7", one.name, "state is not the fold of its history")
        if not one.is_relayed:
            yield Violation("I5", one.name, "it is not known that all of it was relayed")


def _journals(evidence: Evidence) -> Iterator[Violation]:
    """I5: each recorded event is there, first appearances in order, and nothing that was not recorded."""
    recorded: dict[str, tuple[Stored, Kept]] = {}
    for one in evidence.stored:
        for kept in one.history:
            if kept.id in recorded and recorded[kept.id][0] is not one:
                yield Violation("I5", one.name, f"event {kept.id} has the id of one of {recorded[kept.id][0].name}")
            recorded[kept.id] = (one, kept)
    journals = {journal(service) for service in OWNERS}
    seen: set[str] = set()
    last: Counter[str] = Counter()
    lies_in: dict[str, int] = {}
    for record in evidence.records:
        if record.topic not in journals or record.sequence is None:
            continue
        known = recorded.get(record.id)
        if known is None:
            yield Violation("I5", f"event {record.id}", f"{record.type} was published and is in no history")
            continue
        one, kept = known
        if kept.tenant != record.tenant:
            yield Violation("I8", f"event {record.id}", "was published for another tenant")
        if lies_in.setdefault(one.name, record.partition) != record.partition:
            yield Violation("I5", one.name, "its events lie in several partitions")
        if record.id in seen:
            continue
        seen.add(record.id)
        if record.sequence != last[one.name] + 1:
            yield Violation("I5", one.name, f"event {record.sequence} appeared after {last[one.name]}")
        last[one.name] = record.sequence
    for missing in recorded.keys() - seen:
        yield Violation("I5", recorded[missing][0].name, f"event {missing} is in no journal")


def _mails(mails: Sequence[Mail], submissions: Sequence[Submission], books: Books) -> Iterator[Violation]:
    """I6: from the sink to the database and back."""
    tenant_of = {one.mail: one.tenant for one in submissions if one.mail}
    for delivery_id, times in books.sent_ids.items():
        for _ in range(times - 1):
            yield Doubled("I6", f"delivery {delivery_id}", "the same message was taken more than once")
    for mail in mails:
        delivery = books.delivery_by_id.get(mail.id)
        where = f"delivery {mail.id}"
        if delivery is None:
            yield Violation("I6", where, "the provider took it, and nobody planned it")
            continue
        if delivery.state["state"] not in TOLD:
            yield Violation("I6", where, f"the provider took it, and the status says {delivery.state['state']}")
        if delivery.state["address"] not in (mail.to, ""):
            yield Violation("I6", where, "went to another address")
        if tenant_of.get(mail.to, delivery.tenant) != delivery.tenant:
            yield Violation("I8", where, "went to the reporter of another office")
    effects = Counter(
        (d.tenant, d.state["bulletin_id"] or d.state["template"], d.state["recipient"], d.state["channel"])
        for d in books.deliveries
    )
    for effect, times in effects.items():
        for _ in range(times - 1):
            yield Doubled("I6", f"recipient {effect[2]}", f"{effect[1]} was planned more than once")
    for delivery in books.deliveries:
        by_mail = delivery.state["channel"] == Channel.EMAIL
        if by_mail and delivery.state["state"] == DeliveryState.SENT and not books.sent_ids[delivery.identity]:
            yield Lost("I6", delivery.name, "is called sent, and the provider never took it")


def _owed(submissions: Sequence[Submission], books: Books) -> Iterator[Violation]:
    """Every reporter who left an address, and every partner, has what they are owed, or a status says why not."""
    for one in submissions:
        if not one.accepted or not one.mail:
            continue
        place = (one.tenant, one.accepted[0].report_id)
        subject = books.kinds["subject"].get(place)
        where = f"submission {one.n}, report {place[1]}"
        if subject is None or not subject.state["following"]:
            yield Lost("I1", where, "the contact was accepted and nobody follows")
            continue
        answer = books.latest.get((one.tenant, subject.state["case_id"] or ""))
        if answer is not None:
            yield from _fate(where, books, place, answer.identity)
        elif one.hoax and not books.told[place]:
            yield Lost("I6", where, "nothing was ever planned for its reporter")
    for partner in books.kinds["partner"].values():
        if partner.state["contacts"] and partner.state["state"] == "active":
            for bulletin in books.latest.values():
                if bulletin.tenant == partner.tenant:
                    place = (partner.tenant, partner.identity)
                    yield from _fate(f"partner {partner.identity}", books, place, bulletin.identity)


def _fate(where: str, books: Books, recipient: tuple[str, str], bulletin: str) -> Iterator[Violation]:
    planned = [d for d in books.told[recipient] if d.state["bulletin_id"] == bulletin]
    if not planned:
        yield Lost("I6", where, f"bulletin {bulletin} was never planned for them")
    for delivery in planned:
        state = delivery.state["state"]
        if not books.sent_ids[delivery.identity] and state not in ENDED_UNSENT and state != DeliveryState.SENT:
            yield Lost("I6", where, f"bulletin {bulletin} is {state}, in no mailbox")


def _tenants(books: Books) -> Iterator[Violation]:
    """I8: what points at something points into its own office."""
    sources = {"report": ("case", "case_id"), "clarification": ("case", "case_id"), "bulletin": ("case", "case_id")}
    for kind, (of, pointer) in sources.items():
        for one in books.kinds[kind].values():
            target = one.state.get(pointer)
            if target is not None and (one.tenant, target) not in books.kinds[of]:
                yield Violation("I8", one.name, f"its {of} {target} is not in its office")
    for subject in books.kinds["subject"].values():
        if (subject.tenant, subject.identity) not in books.kinds["report"]:
            yield Violation("I8", subject.name, "its report is not in its office")
    for delivery in books.deliveries:
        kind = "subject" if delivery.state["recipient_kind"] == "report" else "partner"
        if (delivery.tenant, delivery.state["recipient"]) not in books.kinds[kind]:
            yield Violation("I8", delivery.name, "its recipient is not in its office")


def _ends(evidence: Evidence) -> Iterator[Violation]:
    """I9: every command has an end, and none of them is a dead letter."""
    causes = {h.cause for one in evidence.stored for h in one.history}
    graves = {dead_letters(service) for service in OWNERS}
    boxes = {topic for service in OWNERS for topic in mailboxes(service)}
    told: set[str] = set()
    for record in evidence.records:
        if record.topic in graves:
            yield Violation("I9", record.topic, _epitaph(record))
        elif record.topic in boxes and record.type in LEAVES_A_TRACE and record.id not in told:
            told.add(record.id)
            if record.id not in causes and record.id not in evidence.refused:
                yield Violation("I9", f"command {record.id}", f"{record.type} has neither event nor refusal")


def _epitaph(record: Record) -> str:
    return f"{record.type or 'a record'} {record.id} is a dead letter"
