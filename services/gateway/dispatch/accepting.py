"""A report on its way in: the hot path. One publish, no database, unless a picture comes with it."""

import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from fastapi.exceptions import RequestValidationError

from libs.contracts import ids
from libs.contracts.directory import TenantRecord
from libs.contracts.envelope import Actor, milliseconds
from libs.contracts.notify.subject import FollowerContact, FollowSubject
from libs.contracts.reads import OutcomeView
from libs.contracts.reports.parts import Attachment
from libs.contracts.reports.report import ReportContent, SubmitReport
from libs.contracts.words import Intake
from libs.kit import areas
from libs.runtime.keyring import derive
from services.gateway.dispatch.asking import Asking
from services.gateway.dispatch.sending import Wish
from services.gateway.reporting import questions
from services.gateway.reporting.forms import ReportForm


@dataclass(frozen=True, slots=True)
class Follower:
    """Who is told of a report, and by which way. `conversation_id`: of the chat that the report came from."""

    channel: str
    address: str
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """How a report comes, and who of the office's own brings it; nobody, where the public sends it."""

    intake: Intake = Intake.FORM
    officer: Actor | None = None
    partner: Actor | None = None

    @property
    def actor(self) -> Actor | None:
        return self.officer or self.partner

    @property
    def principal(self) -> str:
        return self.actor.id if self.actor is not None else ids.PUBLIC


PUBLIC_FORM = Origin()


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the reporter is told. `outcome` is set where somebody waited for it and it came in time."""

    report_id: str
    number: str
    tracking_code: str
    code_hash: str
    outcome: OutcomeView | None = None


class Pictures(Protocol):
    """Uploads that a report names."""

    async def claim(self, tenant: str, blobs: tuple[UUID, ...]) -> tuple[Attachment, ...]:
        """
        Raises:
            LookupError: one of them is not there, not this tenant's, or too old.
            Refused: `uploads_unavailable`.
        """
        ...

    def keep(self, tenant: str, blobs: tuple[UUID, ...]) -> None:
        """The report is with the broker: they stay until reports has taken them."""
        ...


class TrackingCodes:
    """The secret half of a ticket: made from the command, kept as a keyed hash."""

    def __init__(self, tracking_key: bytes) -> None:
        self._key = tracking_key
        self._hash_key = derive(tracking_key, "code hashes")

    def make(self, command: UUID) -> str:
        return ids.tracking_code(self._key, command)

    def hashed(self, typed: str) -> str:
        return hmac.digest(self._hash_key, ids.read_code(typed).encode(), "sha256").hex()


def field_error(field: str, code: str) -> RequestValidationError:
    """As pydantic would report it."""
    return RequestValidationError([{"loc": ("body", *field.split(".")), "type": code, "msg": code, "input": None}])


class Accepting:
    def __init__(self, asking: Asking, codes: TrackingCodes, pictures: Pictures) -> None:
        self._asking = asking
        self._codes = codes
        self._pictures = pictures

    async def submit_report(
        self,
        tenant: TenantRecord,
        form: ReportForm,
        key: UUID,
        *,
        wait: float = 0,
        follower: Follower | None = None,
        origin: Origin = PUBLIC_FORM,
    ) -> Accepted:
        """Returns when the broker has the report, and its contact where one was left.

        Args:
            follower: where it is not the form that says so.

        Raises:
            RequestValidationError: an area outside the office's region, an unknown attachment.
            Refused: `key_reused`; with `wait`, whatever reports said. `uploads_unavailable`.
            Unavailable: perhaps kept; the same key and form converge.
        """
        check_area(tenant, form.area)
        command, accepted = self._command(tenant, key, origin), self.receipt(tenant, key, origin)
        attachments = await self._claimed(tenant, form)
        wishes = [Wish(command, _submit(tenant, form, accepted, attachments, origin), _content(tenant, form))]
        if form.contact is not None:
            follower = Follower(form.contact.channel, form.contact.address)
        if follower is not None:
            follow = ids.command_id(tenant.id, FollowSubject.type_name, key, principal=origin.principal)
            contact = FollowerContact(channel=follower.channel, address=follower.address)
            wishes.append(Wish(follow, _follow(form, accepted, follower), contact))
        outcome = await self._asking.send(tenant.id, wishes, body=_body(form), actor=origin.actor, wait=wait)
        if attachments:
            self._pictures.keep(tenant.id, form.attachments)
        return replace(accepted, outcome=outcome)

    def receipt(self, tenant: TenantRecord, key: UUID, origin: Origin = PUBLIC_FORM) -> Accepted:
        """What a report under this key is called and opened with, whether it was sent or not."""
        command = self._command(tenant, key, origin)
        report_id, code = ids.report_id(command), self._codes.make(command)
        number = ids.reference_number(tenant.prefix, report_id)
        return Accepted(str(report_id), number, code, self._codes.hashed(code))

    def _command(self, tenant: TenantRecord, key: UUID, origin: Origin) -> UUID:
        return ids.command_id(tenant.id, SubmitReport.type_name, key, principal=origin.principal)

    async def _claimed(self, tenant: TenantRecord, form: ReportForm) -> tuple[Attachment, ...]:
        if not form.attachments:
            return ()
        try:
            return await self._pictures.claim(tenant.id, form.attachments)
        except LookupError:
            raise field_error("attachments", "attachment_unknown") from None


def check_area(tenant: TenantRecord, area: str | None) -> None:
    if area is not None and not (areas.is_within(area, tenant.region_code) and areas.exists(area)):
        raise field_error("area", "area_unknown")


def _submit(
    tenant: TenantRecord,
    form: ReportForm,
    accepted: Accepted,
    attachments: tuple[Attachment, ...],
    origin: Origin,
) -> SubmitReport:
    return SubmitReport(
        report_id=accepted.report_id,
        kind=form.kind,
        number=accepted.number,
        code_hash=accepted.code_hash,
        prefix=tenant.prefix,
        area=form.area,
        seen_on=form.seen_on,
        forwarded_often=form.forwarded_often,
        anonymous=form.anonymous,
        confidential=form.confidential,
        language=form.language,
        attachments=attachments,
        refused=tuple(str(case) for case in form.refused),
        answer_hours=tenant.settings.answer_hours,
        limit_hours=tenant.settings.limit_hours,
        intake=origin.intake,
        entered_by=origin.officer.id if origin.officer is not None else None,
        partner_id=origin.partner.id if origin.partner is not None else None,
    )


def _content(tenant: TenantRecord, form: ReportForm) -> ReportContent:
    answers = questions.told(tenant, form.kind, form.answers)
    return ReportContent(text=form.text, urls=form.urls, doubt=form.doubt, answers=answers)


def _body(form: ReportForm) -> bytes:
    """What the same key must come with again. Without answers it is as it was before there were any: an older process
    may have taken the first sending."""
    return form.model_dump_json(exclude=None if form.answers else {"answers"}).encode()


def _follow(form: ReportForm, accepted: Accepted, follower: Follower) -> FollowSubject:
    return FollowSubject(
        report_id=accepted.report_id,
        number=accepted.number,
        channel=follower.channel,
        language=form.language,
        confidential=form.confidential,
        consented_at=milliseconds(datetime.now(UTC)),
        kind=form.kind,
        conversation_id=follower.conversation_id,
    )
