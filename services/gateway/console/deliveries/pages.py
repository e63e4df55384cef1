"""How far an answer has been carried: every delivery, and what the partners said."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from libs.contracts import ids
from libs.contracts.notify.reads import BulletinView, DeliveryRow, LedgerRow
from libs.contracts.reads import OutcomeView, Page
from libs.contracts.registry.reads import PartnerRow
from libs.contracts.reports.reads import ClarificationView
from libs.contracts.words import AssignmentState, Channel, DeliveryState
from libs.runtime.errors import NotFound, Refused
from services.gateway.console import views as console_views
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.case import views as case_views
from services.gateway.console.case.page import OUT, published_view
from services.gateway.console.case.pages import read
from services.gateway.console.deliveries import views
from services.gateway.console.deliveries.wishes import RETRY
from services.gateway.console.serving import add_buttons
from services.gateway.console.shift import Attempt, Done, Frame, OnShift, Said, Shift, of
from services.gateway.console.wishes import WISHES
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button
from services.gateway.paths import Id
from services.gateway.reads import or_missing
from services.gateway.web.pages import Cursor, see

router = APIRouter(include_in_schema=False)

WAY = (
    DeliveryState.QUEUED,
    DeliveryState.ATTEMPTING,
    DeliveryState.SENT,
    DeliveryState.FAILED_TRANSIENT,
    DeliveryState.UNKNOWN,
    DeliveryState.FAILED_PERMANENT,
    DeliveryState.SUPPRESSED,
    DeliveryState.CANCELLED,
)
"""In the order of a message's way."""
FILTERS: Mapping[str, DeliveryState | None] = {
    "all": None,
    "sent": DeliveryState.SENT,
    "failed": DeliveryState.FAILED_PERMANENT,
    "unknown": DeliveryState.UNKNOWN,
}
COLUMNS = (Channel.INBOX, Channel.EMAIL, Channel.WHATSAPP_MANUAL, Channel.WHATSAPP, Channel.TELEGRAM)
PARTNER_PAGE = 50
MOST_PAGES = 40
"""Of 50 ledger rows: about 650 partners on three channels. Beyond it, the table says how many it shows."""

RETRY_ALL = Button(
    "deliveries/{bulletin_id}/retry",
    done=Notice("resend_queued", "Yang gagal masuk antrean kirim. Yang sudah menerima tidak dikirimi lagi."),
)

Choice = Annotated[str, Query(max_length=20)]
Start = Annotated[int, Query(ge=0, le=100_000)]


@router.get("/{slug}/console/cases/{case_id}/deliveries")
async def deliveries_of_case(shift: OnShift, case_id: Id) -> Response:
    return await _of_case(shift, case_id, "deliveries")


@router.get("/{slug}/console/cases/{case_id}/partners")
async def partners_of_case(shift: OnShift, case_id: Id) -> Response:
    return await _of_case(shift, case_id, "partners")


async def _of_case(shift: Shift, case_id: str, tab: str) -> Response:
    """The ledger of the newest version, or a page that says that there is none yet."""
    listed = shift.parts.notify.bulletins(shift.office.id, shift.officer.actor, case_id)
    case, bulletins, frame = await asyncio.gather(read(shift, case_id), or_missing(listed), shift.frame())
    if bulletins:
        newest = shift.url("deliveries", bulletins[0].id)
        return shift.visit.finish(see(newest if tab == "deliveries" else f"{newest}/partners"))
    card = case.clarification
    if card is None and case.state not in OUT:
        raise NotFound("clarification")
    said = card or case.draft
    known = bulletins is not None
    desk, published = shift.desk(frame, Said(), live=True), published_view(shift, case)
    case_url = shift.url("cases", case_id)
    if tab == "deliveries":
        page = views.DeliveriesPage(
            desk=desk, clarification=published, fact=said.fact, case_url=case_url, totals=() if known else None
        )
        return shift.show("deliveries/deliveries", page)
    nobody = views.Funnel(chosen=0, sent=0, acknowledged=0, declined=0, silent=0)
    answers = views.AnswersPage(
        desk=desk,
        clarification=published,
        fact=said.fact,
        case_url=case_url,
        area=case.area or shift.office.region_code,
        funnel=nobody if known else None,
    )
    return shift.show("deliveries/answers", answers)


@router.get("/{slug}/console/deliveries/{bulletin_id}")
async def deliveries(shift: OnShift, bulletin_id: Id, done: Done, show: Choice = "all", after: Cursor = "") -> Response:
    return await _deliveries(shift, bulletin_id, done, show=show if show in FILTERS else "all", after=after)


async def _deliveries(
    shift: Shift, bulletin_id: str, said: Said, attempt: Attempt | None = None, *, show: str = "all", after: str = ""
) -> Response:
    notify, tenant, actor = shift.parts.notify, shift.office.id, shift.officer.actor
    bulletin, ledger, failed, frame = await asyncio.gather(
        notify.bulletin(tenant, actor, bulletin_id),
        or_missing(notify.ledger(tenant, actor, bulletin_id, state=FILTERS[show] or "", cursor=after)),
        or_missing(notify.ledger(tenant, actor, bulletin_id, state=DeliveryState.FAILED_PERMANENT)),
        shift.frame(),
    )
    partners = await _named(shift, ledger.items if ledger else ())
    base = shift.url("deliveries", bulletin_id)
    page = views.DeliveriesPage(
        desk=shift.desk(frame, attempt.said if attempt else said, live=attempt is None),
        clarification=_published(shift, bulletin),
        fact=bulletin.fact,
        case_url=shift.url("cases", bulletin.case_id),
        totals=tuple((s, bulletin.by_state[s]) for s in WAY if bulletin.by_state.get(s)) if ledger else None,
        filters=tuple(
            console_views.Filter(
                code=code,
                url=f"{base}?show={code}",
                count=bulletin.by_state.get(state, 0) if state else sum(bulletin.by_state.values()),
                current=code == show,
            )
            for code, state in FILTERS.items()
        ),
        people=tuple(_people(shift, bulletin, ledger.items, partners)) if ledger else (),
        next_url=f"{base}?show={show}&after={ledger.next}" if ledger and ledger.next else "",
        resend=_resend(shift, bulletin, failed, attempt),
    )
    return shift.show("deliveries/deliveries", page, status=attempt.status if attempt else 200)


def _published(shift: Shift, bulletin: BulletinView) -> case_views.Published:
    ledger = shift.url("deliveries", bulletin.id)
    return case_views.Published(
        number=bulletin.number,
        version=bulletin.version,
        url=f"/{shift.office.slug}/clarifications/{bulletin.number}",
        answers_url=f"{ledger}/partners",
        deliveries_url=ledger,
        at=bulletin.planned_at,
    )


async def _named(shift: Shift, rows: Iterable[LedgerRow]) -> Mapping[str, PartnerRow]:
    wanted = sorted({r.partner_id for r in rows if r.partner_id})
    return await partners_named(shift, wanted)


async def partners_named(shift: Shift, wanted: Sequence[str]) -> Mapping[str, PartnerRow]:
    """By id; empty where the registry does not answer."""
    chunks = [wanted[at : at + 200] for at in range(0, len(wanted), 200)]
    registry, tenant, actor = shift.parts.registry, shift.office.id, shift.officer.actor
    found = await asyncio.gather(*(or_missing(registry.partners_named(tenant, actor, chunk)) for chunk in chunks))
    return {row.id: row for rows in found for row in rows or ()}


def recipient_name(shift: Shift, kind: str, recipient: str, partners: Mapping[str, PartnerRow]) -> str:
    """A partner's name, or the number on the reporter's ticket, which follows from the report's id."""
    if kind == "partner":
        return partners[recipient].name if recipient in partners else recipient[:8]
    try:
        return ids.reference_number(shift.office.prefix, UUID(recipient))
    except ValueError:
        return recipient[:8]


def _people(
    shift: Shift, bulletin: BulletinView, rows: Iterable[LedgerRow], partners: Mapping[str, PartnerRow]
) -> Iterable[views.DeliveryPerson]:
    """Notify lists the channels of one recipient together."""
    for recipient, group in groupby(rows, key=lambda row: row.delivery.recipient):
        of_one = list(group)
        kind = of_one[0].delivery.recipient_kind
        yield views.DeliveryPerson(
            recipient=recipient_name(shift, kind, recipient, partners),
            kind=kind,
            partner_id=of_one[0].partner_id,
            rows=tuple(_sending(shift, bulletin, row.delivery) for row in of_one),
        )


def _sending(shift: Shift, bulletin: BulletinView, delivery: DeliveryRow) -> views.Sending:
    base, resolve = ("deliveries", bulletin.id, delivery.id), None
    if delivery.state == DeliveryState.UNKNOWN:
        resolve = (shift.action(*base, "arrived"), shift.action(*base, "lost"))
    return views.Sending(delivery=delivery, resolve=resolve)


def _resend(
    shift: Shift, bulletin: BulletinView, failed: Page[LedgerRow] | None, attempt: Attempt | None
) -> views.Resend | None:
    """Reasons are counted where all failures fit on one page of the ledger."""
    count = bulletin.by_state.get(DeliveryState.FAILED_PERMANENT, 0)
    if not count:
        return None
    codes = sorted(r.delivery.code for r in failed.items) if failed is not None and failed.next is None else []
    reasons = [(code, len(list(rows))) for code, rows in groupby(codes) if code]
    return views.Resend(
        action=shift.action("deliveries", bulletin.id, "retry", attempt=of(attempt, "retry")),
        count=count,
        reasons=tuple(sorted(reasons, key=lambda r: -r[1])),
    )


@router.post("/{slug}/console/deliveries/{bulletin_id}/retry")
async def retry(shift: OnShift, bulletin_id: Id, request: Request) -> Response:
    """What failed for good is sent once more; what may have arrived is left to a person, one by one."""
    posted = await shift.received(request, bulletin_id=bulletin_id)
    failed = await _all_rows(shift, bulletin_id, DeliveryState.FAILED_PERMANENT)

    async def retry_all(key: UUID) -> Reply:
        sent = await asyncio.gather(*(_retried(shift, uuid5(key, r.delivery.id), r.delivery.id) for r in failed))
        unknown = any(reply is not None and reply.outcome is None for reply in sent)
        return Reply(key, None if unknown else OutcomeView(state="done"))

    return await _carry(shift, Pressed(RETRY_ALL, posted, retry_all))


async def _retried(shift: Shift, key: UUID, delivery_id: str) -> Reply | None:
    try:
        return await shift.send(RETRY, key, delivery_id, {})
    except Refused as refused:
        if refused.code != "state_conflict":
            raise
        # A colleague has pressed the same button: it is under way.
        return None


async def _all_rows(shift: Shift, bulletin_id: str, state: str = "") -> list[LedgerRow]:
    rows, cursor = list[LedgerRow](), ""
    for _ in range(MOST_PAGES):
        page = await shift.parts.notify.ledger(
            shift.office.id, shift.officer.actor, bulletin_id, state=state, cursor=cursor
        )
        rows += page.items
        cursor = page.next or ""
        if not cursor:
            break
    return rows


async def _carry(shift: Shift, pressed: Pressed) -> Response:
    bulletin_id = pressed.ids["bulletin_id"]
    return await carry_out(
        shift,
        pressed,
        to=shift.url("deliveries", bulletin_id),
        again=lambda attempt: _deliveries(shift, bulletin_id, Said(), attempt),
    )


add_buttons(router, WISHES, "deliveries/", _carry)


@router.get("/{slug}/console/deliveries/{bulletin_id}/partners")
async def answers(shift: OnShift, bulletin_id: Id, show: Choice = "all", start: Start = 0) -> Response:
    notify, tenant, actor = shift.parts.notify, shift.office.id, shift.officer.actor
    bulletin, rows, frame = await asyncio.gather(
        notify.bulletin(tenant, actor, bulletin_id), or_missing(_all_rows(shift, bulletin_id)), shift.frame()
    )
    rows = [r for r in rows if r.partner_id] if rows is not None else None
    partners, clarification = await asyncio.gather(
        _named(shift, rows or ()), or_missing(shift.parts.reports.clarification(tenant, bulletin.number))
    )
    page = answers_page(shift, bulletin, rows, partners, clarification, frame, show=show, start=start)
    return shift.show("deliveries/answers", page)


def answers_page(
    shift: Shift,
    bulletin: BulletinView,
    rows: list[LedgerRow] | None,
    partners: Mapping[str, PartnerRow],
    clarification: ClarificationView | None,
    frame: Frame,
    *,
    show: str,
    start: int,
) -> views.AnswersPage:
    by_partner: dict[str, list[LedgerRow]] = {}
    for row in rows or ():
        by_partner.setdefault(row.partner_id or "", []).append(row)
    answered = sorted(
        (_partner_answer(shift, partner, found, partners) for partner, found in by_partner.items()),
        key=lambda a: a.name,
    )
    chosen = [a for a in answered if show == "all" or a.answer == show]
    counts = {code: sum(a.answer == code for a in answered) for code in ("silent", "acknowledged", "declined")}
    base = f"{shift.url('deliveries', bulletin.id)}/partners"
    more = len(chosen) > start + PARTNER_PAGE
    return views.AnswersPage(
        desk=shift.desk(frame, Said(), live=True),
        clarification=_published(shift, bulletin),
        fact=bulletin.fact,
        case_url=shift.url("cases", bulletin.case_id),
        area=(clarification.area if clarification else None) or shift.office.region_code,
        funnel=_funnel(bulletin, answered) if rows is not None else None,
        columns=tuple(c for c in COLUMNS if any(c in a.channels for a in answered)),
        filters=tuple(
            console_views.Filter(
                code=code,
                url=f"{base}?show={code}",
                count=len(answered) if code == "all" else counts[code],
                current=code == show,
            )
            for code in ("all", "acknowledged", "declined", "silent")
        ),
        rows=tuple(chosen[start : start + PARTNER_PAGE]),
        shown_of=bulletin.partners if show == "all" else len(chosen),
        next_url=f"{base}?show={show}&start={start + PARTNER_PAGE}" if more else "",
        by_hand=bulletin.by_channel.get(Channel.WHATSAPP_MANUAL, {}).get(DeliveryState.QUEUED, 0),
    )


def _partner_answer(
    shift: Shift, partner: str, rows: Sequence[LedgerRow], partners: Mapping[str, PartnerRow]
) -> views.PartnerAnswer:
    return views.PartnerAnswer(
        id=partner,
        name=recipient_name(shift, "partner", partner, partners),
        partner=partners.get(partner),
        channels={r.delivery.channel: r.delivery for r in rows},
        given=next((r for r in rows if r.answer), None),
    )


def _funnel(bulletin: BulletinView, answered: Sequence[views.PartnerAnswer]) -> views.Funnel:
    given = bulletin.assignments
    return views.Funnel(
        chosen=bulletin.partners,
        sent=sum(any(d.state == DeliveryState.SENT for d in a.channels.values()) for a in answered),
        acknowledged=given.get(AssignmentState.ACKNOWLEDGED, 0),
        declined=given.get(AssignmentState.DECLINED, 0),
        silent=given.get(AssignmentState.OFFERED, 0) + given.get(AssignmentState.LAPSED, 0),
    )
