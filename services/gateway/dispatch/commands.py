"""One function for each thing that somebody may want done; the API and the pages call the same ones.

Each takes who wants it, the client's key, and what is wanted. With `wait`, it returns what became of it.

Raises, all of them:
    Refused: the owner said no (only where somebody waited), or `key_reused`.
    Unavailable: not certainly kept; the same key converges.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from libs.contracts import ids
from libs.contracts.directory import TenantRecord
from libs.contracts.envelope import Actor, milliseconds
from libs.contracts.messages import Command, Sealable
from libs.contracts.notify import delivery
from libs.contracts.notify.subject import StopFollowing
from libs.contracts.reads import OutcomeView
from libs.contracts.reports import case, clarification, report
from libs.contracts.reports.parts import Attachment, Draft, Reference
from libs.runtime.errors import NotFound
from services.gateway.access.principals import Officer, Partner
from services.gateway.access.sessions import Ticket
from services.gateway.dispatch.asking import Asking
from services.gateway.dispatch.sending import Wish
from services.gateway.reads import RegistryReads

WAIT = 5.0
"""Seconds that a page waits for an outcome before it says that it is kept and on its way."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`outcome` is None while nobody knows it yet."""

    command_id: UUID
    outcome: OutcomeView | None


@dataclass(frozen=True, slots=True)
class _By:
    tenant: str
    principal: str
    actor: Actor | None


def _officer(who: Officer) -> _By:
    return _By(who.tenant.id, who.id, who.actor)


class Commands:
    def __init__(self, asking: Asking, registry: RegistryReads) -> None:
        self._asking = asking
        self._registry = registry
        self._confirmed: OrderedDict[UUID, None] = OrderedDict()

    async def count_demand(
        self, tenant: TenantRecord, key: UUID, clarification_id: str, *, wait: float = WAIT
    ) -> Reply:
        by = _By(tenant.id, ids.PUBLIC, None)
        return await self._want(by, key, clarification.CountDemand(clarification_id=clarification_id), wait=wait)

    async def add_message(self, ticket: Ticket, key: UUID, text: str, *, wait: float = WAIT) -> Reply:
        command, private = report.AddMessage(report_id=ticket.report_id), report.MessageContent(text=text)
        return await self._want(_holder(ticket), key, command, private=private, wait=wait)

    async def add_evidence(
        self, ticket: Ticket, key: UUID, attachments: tuple[Attachment, ...], *, wait: float = WAIT
    ) -> Reply:
        """The caller has claimed the uploads."""
        command = report.AddEvidence(report_id=ticket.report_id, attachments=attachments)
        return await self._want(_holder(ticket), key, command, wait=wait)

    async def withdraw_report(self, ticket: Ticket, key: UUID, *, wait: float = WAIT) -> Reply:
        return await self._want(_holder(ticket), key, report.WithdrawReport(report_id=ticket.report_id), wait=wait)

    async def rate_answer(
        self, ticket: Ticket, key: UUID, *, helpful: bool, text: str = "", wait: float = WAIT
    ) -> Reply:
        """
        Args:
            text: what is still open, where it did not help.
        """
        command = report.RateAnswer(report_id=ticket.report_id, helpful=helpful)
        private = report.RatingContent(text=text) if text else None
        return await self._want(_holder(ticket), key, command, private=private, wait=wait)

    async def reject_match(self, ticket: Ticket, key: UUID, *, wait: float = WAIT) -> Reply:
        return await self._want(_holder(ticket), key, report.RejectMatch(report_id=ticket.report_id), wait=wait)

    async def stop_following(self, ticket: Ticket, key: UUID, *, wait: float = WAIT) -> Reply:
        return await self._want(_holder(ticket), key, StopFollowing(report_id=ticket.report_id), wait=wait)

    async def unsubscribe(
        self, tenant: TenantRecord, key: UUID, *, recipient: str, recipient_kind: str, channel: str, wait: float = WAIT
    ) -> Reply:
        """The caller has checked the signed link that names the recipient."""
        command = delivery.Unsubscribe(recipient=recipient, recipient_kind=recipient_kind, channel=channel)
        return await self._want(_By(tenant.id, ids.PUBLIC, None), key, command, wait=wait)

    async def lease_case(
        self, who: Officer, key: UUID, case_id: str, *, release: bool = False, wait: float = WAIT
    ) -> Reply:
        return await self._want(_officer(who), key, case.LeaseCase(case_id=case_id, release=release), wait=wait)

    async def triage_case(
        self,
        who: Officer,
        key: UUID,
        case_id: str,
        *,
        severity: int,
        topic: str,
        area: str | None = None,
        owner: str | None = None,
        wait: float = WAIT,
    ) -> Reply:
        command = case.TriageCase(case_id=case_id, severity=severity, topic=topic, area=area, owner=owner)
        return await self._want(_officer(who), key, command, wait=wait)

    async def ask_source(
        self,
        who: Officer,
        key: UUID,
        case_id: str,
        *,
        party: str,
        due_at: datetime,
        question: str = "",
        wait: float = WAIT,
    ) -> Reply:
        command = case.AskSource(case_id=case_id, party=party, question=question, due_at=milliseconds(due_at))
        return await self._want(_officer(who), key, command, wait=wait)

    async def record_confirmation(
        self, who: Officer, key: UUID, case_id: str, text: str, *, wait: float = WAIT
    ) -> Reply:
        return await self._want(_officer(who), key, case.RecordConfirmation(case_id=case_id, text=text), wait=wait)

    async def add_reference(
        self, who: Officer, key: UUID, case_id: str, reference: Reference, *, wait: float = WAIT
    ) -> Reply:
        command = case.AddReference(case_id=case_id, reference=reference)
        return await self._want(_officer(who), key, command, wait=wait)

    async def remove_reference(self, who: Officer, key: UUID, case_id: str, url: str, *, wait: float = WAIT) -> Reply:
        return await self._want(_officer(who), key, case.RemoveReference(case_id=case_id, url=url), wait=wait)

    async def save_draft(
        self,
        who: Officer,
        key: UUID,
        case_id: str,
        draft: Draft,
        *,
        expects: int,
        submit: bool = False,
        wait: float = WAIT,
    ) -> Reply:
        command = case.SaveDraft(case_id=case_id, draft=draft, expects=expects, submit=submit)
        return await self._want(_officer(who), key, command, wait=wait)

    async def return_draft(self, who: Officer, key: UUID, case_id: str, note: str, *, wait: float = WAIT) -> Reply:
        return await self._want(_officer(who), key, case.ReturnDraft(case_id=case_id, note=note), wait=wait)

    async def approve_verdict(
        self, who: Officer, key: UUID, case_id: str, *, expects: int, code: str, wait: float = WAIT
    ) -> Reply:
        """Needs a fresh code of the officer's second factor; a resend under the same key needs no second one.

        Raises:
            Refused: `code_wrong` or `code_used`.
        """
        command = case.ApproveVerdict(case_id=case_id, expects=expects)
        command_id = _command_id(_officer(who), key, command)
        if command_id not in self._confirmed:
            await self._registry.confirm(who.tenant.id, who.id, code)
            self._confirmed[command_id] = None
            if len(self._confirmed) > 1000:
                self._confirmed.popitem(last=False)
        return await self._want(_officer(who), key, command, wait=wait)

    async def publish_case(self, who: Officer, key: UUID, case_id: str, *, wait: float = WAIT) -> Reply:
        return await self._want(_officer(who), key, case.PublishCase(case_id=case_id), wait=wait)

    async def merge_case(self, who: Officer, key: UUID, case_id: str, into: str, *, wait: float = WAIT) -> Reply:
        return await self._want(_officer(who), key, case.MergeCase(case_id=case_id, into=into), wait=wait)

    async def judge_suggestion(
        self, who: Officer, key: UUID, case_id: str, *, other: str, relation: str, wait: float = WAIT
    ) -> Reply:
        command = case.JudgeSuggestion(case_id=case_id, other=other, relation=relation)
        return await self._want(_officer(who), key, command, wait=wait)

    async def adopt_draft(
        self, who: Officer, key: UUID, case_id: str, *, of: str, expects: int, wait: float = WAIT
    ) -> Reply:
        command = case.AdoptDraft(case_id=case_id, of=of, expects=expects)
        return await self._want(_officer(who), key, command, wait=wait)

    async def settle_recalls(
        self, who: Officer, key: UUID, case_id: str, *, report_id: str | None = None, wait: float = WAIT
    ) -> Reply:
        command = case.SettleRecalls(case_id=case_id, report_id=report_id)
        return await self._want(_officer(who), key, command, wait=wait)

    async def settle_report(self, who: Officer, key: UUID, report_id: str, *, wait: float = WAIT) -> Reply:
        return await self._want(_officer(who), key, report.SettleReport(report_id=report_id), wait=wait)

    async def close_case(self, who: Officer, key: UUID, case_id: str, *, reason: str = "", wait: float = WAIT) -> Reply:
        return await self._want(_officer(who), key, case.CloseCase(case_id=case_id, reason=reason), wait=wait)

    async def reply_to_reporter(
        self, who: Officer, key: UUID, report_id: str, text: str, *, wait: float = WAIT
    ) -> Reply:
        command, private = report.AddMessage(report_id=report_id), report.MessageContent(text=text)
        return await self._want(_officer(who), key, command, private=private, wait=wait)

    async def answer_report(
        self, who: Officer, key: UUID, report_id: str, *, outcome: str, text: str, wait: float = WAIT
    ) -> Reply:
        command = report.AnswerReport(report_id=report_id, outcome=outcome)
        return await self._want(_officer(who), key, command, private=report.MessageContent(text=text), wait=wait)

    async def screen_out_report(
        self, who: Officer, key: UUID, report_id: str, reason: str, *, wait: float = WAIT
    ) -> Reply:
        command = report.ScreenOutReport(report_id=report_id, reason=reason)
        return await self._want(_officer(who), key, command, wait=wait)

    async def pause_clarification(
        self, who: Officer, key: UUID, clarification_id: str, *, resume: bool = False, wait: float = WAIT
    ) -> Reply:
        command = clarification.PauseClarification(clarification_id=clarification_id, resume=resume)
        return await self._want(_officer(who), key, command, wait=wait)

    async def retract_clarification(
        self, who: Officer, key: UUID, clarification_id: str, reason: str, *, wait: float = WAIT
    ) -> Reply:
        command = clarification.RetractClarification(clarification_id=clarification_id, reason=reason)
        return await self._want(_officer(who), key, command, wait=wait)

    async def mark_sent_by_hand(self, who: Officer, key: UUID, delivery_id: str, *, wait: float = WAIT) -> Reply:
        return await self._want(_officer(who), key, delivery.MarkSentByHand(delivery_id=delivery_id), wait=wait)

    async def refuse_by_hand(
        self, who: Officer, key: UUID, delivery_id: str, *, reason: str, wait: float = WAIT
    ) -> Reply:
        command = delivery.RefuseByHand(delivery_id=delivery_id, reason=reason)
        return await self._want(_officer(who), key, command, wait=wait)

    async def retry_delivery(self, who: Officer, key: UUID, delivery_id: str, *, wait: float = WAIT) -> Reply:
        return await self._want(_officer(who), key, delivery.RetryDelivery(delivery_id=delivery_id), wait=wait)

    async def answer_assignment(
        self, who: Partner, key: UUID, assignment_id: str, *, ready: bool, reason: str = "", wait: float = WAIT
    ) -> Reply:
        by = _By(who.tenant.id, who.id, who.actor)
        command = delivery.AnswerAssignment(assignment_id=assignment_id, ready=ready, reason=reason)
        return await self._want(by, key, command, wait=wait)

    async def send_login_link(
        self, tenant: TenantRecord, key: UUID, *, partner_id: str, address: str, link: str, language: str
    ) -> None:
        command_id = ids.command_id(tenant.id, f"{delivery.SendLoginLink.type_name}/{partner_id}", key)
        command = delivery.SendLoginLink(
            delivery_id=str(uuid5(command_id, "delivery")), partner_id=partner_id, language=language
        )
        wish = Wish(command_id, command, delivery.LoginAddress(address=address, link=link))
        # Each link is new, so the body may differ under one key: the first that arrives is sent, the rest is seen.
        await self._asking.send(tenant.id, [wish], body=partner_id.encode())

    async def send_ticket_link(
        self, tenant: TenantRecord, key: UUID, *, report_id: str, number: str, address: str, link: str, language: str
    ) -> None:
        command_id = ids.command_id(tenant.id, f"{delivery.SendTicketLink.type_name}/{report_id}", key)
        command = delivery.SendTicketLink(
            delivery_id=str(uuid5(command_id, "delivery")), report_id=report_id, number=number, language=language
        )
        wish = Wish(command_id, command, delivery.LoginAddress(address=address, link=link))
        # As with a log-in's link: each is new, the first that arrives is sent.
        await self._asking.send(tenant.id, [wish], body=report_id.encode())

    async def _want(
        self, by: _By, key: UUID, command: Command, *, private: Sealable | None = None, wait: float
    ) -> Reply:
        if not ids.is_identifier(command.target):
            # From a field of a form: no record of it could be read again, so nothing is published.
            raise NotFound("id")
        command_id = _command_id(by, key, command)
        body = command.model_dump_json().encode() + (private.model_dump_json().encode() if private else b"")
        wish = Wish(command_id, command, private)
        outcome = await self._asking.send(by.tenant, [wish], body=body, actor=by.actor, wait=wait)
        return Reply(command_id, outcome)


def _holder(ticket: Ticket) -> _By:
    return _By(ticket.tenant, ids.PUBLIC, None)


def _command_id(by: _By, key: UUID, command: Command) -> UUID:
    """One key on two things makes two commands: the target stands in the name of the operation."""
    return ids.command_id(by.tenant, f"{command.type_name}/{command.target}", key, principal=by.principal)
