"""The door for those who chat: notify holds their numbers and speaks for them, as a browser does for its reader."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import ValidationError

from libs.contracts.chat import (
    ChatAddition,
    ChatDemand,
    ChatDone,
    ChatQuestion,
    ChatReport,
    ChatReported,
    ChatWords,
    ChatWordsFound,
)
from libs.contracts.directory import TenantRecord
from libs.contracts.reads import BlobView
from libs.contracts.reports.reads import MatchView
from libs.contracts.reports.report import AddEvidence, AddMessage, MessageContent
from libs.contracts.topics import Service
from libs.contracts.words import Channel, Intake
from libs.runtime.errors import NotFound, Refused, Unavailable
from libs.runtime.http import caller_dependency, tenant_of
from libs.runtime.tokens import Caller
from services.gateway.archive.wishes import count_demand, count_known_demand
from services.gateway.context import Gateway
from services.gateway.dispatch.accepting import Follower, Origin
from services.gateway.dispatch.dispatcher import Reply, by_anybody
from services.gateway.reporting.forms import ReportForm

SEEN_IN = frozenset({Channel.WHATSAPP, Channel.TELEGRAM})
"""What is passed on in a chat was seen there; a mail does not say where."""
WAIT = 3.0
"""Seconds for what is added: its sender is told that it was."""
LONGEST_QUESTION = 6_000


def router(parts: Gateway) -> APIRouter:
    routes = APIRouter(prefix="/internal/chat", include_in_schema=False)
    From: Any = caller_dependency(parts.tokens)

    def office_of(caller: Caller) -> TenantRecord:
        """
        Raises:
            Refused: anybody but notify.
            NotFound: there is no such office, or it is at rest.
        """
        if caller.service != Service.NOTIFY:
            raise Refused("forbidden")
        record = parts.directory.tenants.get(tenant_of(caller))
        if record is None and not parts.knows_everybody:
            raise Unavailable("directory")
        if record is None or not record.active:
            raise NotFound("office")
        return record

    @routes.post("/match")
    async def match(caller: From, question: ChatQuestion) -> MatchView:
        return await parts.reports.match(office_of(caller).id, question.text[:LONGEST_QUESTION])

    @routes.post("/pictures/{key}")
    async def picture(caller: From, key: UUID, request: Request) -> BlobView:
        """The body is the file as the provider handed it out."""
        office = office_of(caller)
        return await parts.uploads.take(office.id, key, await request.body(), client=f"chat {office.id}")

    @routes.post("/reports")
    async def report(caller: From, asked: ChatReport) -> ChatReported:
        office = office_of(caller)
        try:
            form = ReportForm.model_validate(
                {
                    "kind": asked.kind,
                    "text": asked.text,
                    "attachments": asked.pictures,
                    "seen_on": asked.channel if asked.channel in SEEN_IN else None,
                    "forwarded_often": asked.forwarded_often,
                    "refused": asked.refused,
                    "language": asked.language,
                }
            )
        except ValidationError:
            raise Refused("validation") from None
        follower = Follower(asked.channel, asked.address, asked.conversation_id)
        by_mail = Intake.EMAIL_UNPROVEN if asked.unproven else Intake.EMAIL
        origin = Origin(by_mail if asked.channel == Channel.EMAIL else Intake.CHAT)
        accepted = await parts.accepting.submit_report(office, form, asked.key, follower=follower, origin=origin)
        return ChatReported(report_id=accepted.report_id, number=accepted.number, tracking_code=accepted.tracking_code)

    @routes.post("/additions")
    async def addition(caller: From, asked: ChatAddition) -> ChatDone:
        office = office_of(caller)
        by, sent = by_anybody(office.id), list[Reply]()
        if asked.text:
            message = AddMessage(report_id=asked.report_id)
            content = MessageContent(text=asked.text)
            sent.append(await parts.dispatcher.send(by, asked.key, message, private=content, wait=WAIT))
        if asked.pictures:
            try:
                attachments = await parts.uploads.claim(office.id, asked.pictures)
            except LookupError:
                raise Refused("validation", "pictures") from None
            evidence = AddEvidence(report_id=asked.report_id, attachments=attachments)
            sent.append(await parts.dispatcher.send(by, asked.key, evidence, wait=WAIT))
            parts.uploads.keep(office.id, asked.pictures)
        return ChatDone(is_recorded=all(reply.outcome is not None for reply in sent))

    @routes.post("/words")
    async def words(caller: From, asked: ChatWords) -> ChatWordsFound:
        """For the chat that the report came from: whoever holds it was given number and code there."""
        office = office_of(caller)
        opening = await parts.reports.opening(office.id, asked.number)
        if opening.report_id != asked.report_id:
            raise NotFound("ticket")
        ticket = await parts.reports.ticket(office.id, number=asked.number, code_hash=opening.code_hash)
        said = [m.text for m in ticket.messages if m.by_office and m.at == asked.said_at]
        found = next(iter(said), "") if asked.said_at is not None else ticket.answer
        if not found:
            raise NotFound("message")
        return ChatWordsFound(text=found)

    @routes.post("/demands")
    async def demand(caller: From, asked: ChatDemand) -> ChatDone:
        office = office_of(caller)
        if asked.of_others:
            found = await parts.reports.known_one(office.id, asked.clarification_id)
            await count_known_demand(parts, office, asked.key, found, wait=0)
        else:
            await count_demand(parts, office, asked.key, asked.clarification_id, wait=0)
        return ChatDone()

    return routes
