"""Webhooks of WhatsApp and Telegram. An update is answered once the broker has it; else the provider sends it again.

They speak the providers' formats, so they stand in no document of our API.
"""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from libs.contracts import ids
from libs.contracts.envelope import milliseconds
from libs.contracts.notify.conversation import ChatContent, HearMessage
from libs.contracts.notify.delivery import NoteFailure
from libs.contracts.words import Channel
from libs.kit.chat import telegram, whatsapp
from libs.kit.chat.said import Malformed, Said, Told
from libs.runtime import logs
from libs.runtime.accounts import Account
from libs.runtime.errors import Refused, Unavailable
from services.gateway.context import Gateway, Parts
from services.gateway.dispatch.sending import Wish
from services.gateway.hooks.identities import conversation_id

log = logs.get()

router = APIRouter(prefix="/api/v1/hooks", include_in_schema=False)

FAILED = "failed"
AHEAD = timedelta(minutes=5)
"""What the provider's clock may be ahead of ours: by it is reckoned how long we may write."""
LONGEST_TEXT = 20_000
"""Characters of one message that are taken along: four times what a report holds, so that its sender can be told."""


@router.get("/whatsapp")
async def handshake(
    parts: Parts,
    mode: str = Query("", alias="hub.mode"),
    token: str = Query("", alias="hub.verify_token"),
    challenge: str = Query("", alias="hub.challenge", max_length=200),
) -> Response:
    """The provider asks whether this address is ours, with the word that we chose for it."""
    known = [account.verify_token for account in parts.accounts.whatsapp.values()]
    if mode != "subscribe" or not any(hmac.compare_digest(k.encode(), token.encode()) for k in known):
        raise Refused("forbidden")
    return Response(challenge, media_type="text/plain")


@router.post("/whatsapp")
async def from_whatsapp(parts: Parts, request: Request) -> Response:
    body = await request.body()
    header = request.headers.get("x-hub-signature-256", "")
    try:
        named = whatsapp.accounts_of(body)
    except Malformed:
        raise Refused("unauthenticated") from None
    accounts = [a for name in named if (a := parts.accounts.whatsapp.get(name)) is not None]
    if not all(whatsapp.is_signed(body, header, account.app_secret) for account in accounts):
        raise Refused("unauthenticated")
    if len(accounts) < len(named):
        # Said to nobody: it would tell a stranger which numbers are ours.
        log.warning("hook_of_unknown_account", channel=Channel.WHATSAPP, accounts=sorted(named))
    if accounts:
        update = whatsapp.read(body)
        if update.unread:
            log.warning("hook_unread", channel=Channel.WHATSAPP, count=update.unread)
        await _take(parts, Channel.WHATSAPP, update.said)
        await _take_failures(parts, update.told)
    return Response()


@router.post("/telegram/{bot_id}")
async def from_telegram(parts: Parts, request: Request, bot_id: str) -> Response:
    account = parts.accounts.telegram.get(bot_id)
    header = request.headers.get("x-telegram-bot-api-secret-token", "")
    if account is None or not telegram.is_signed(header, account.secret_token):
        raise Refused("unauthenticated")
    try:
        said = telegram.read(await request.body(), account=bot_id)
    except Malformed:
        # Sent again it would be the same, and hold up what stands behind it.
        log.warning("hook_unread", channel=Channel.TELEGRAM, count=1)
        return Response()
    await _take(parts, Channel.TELEGRAM, [said] if said is not None else [])
    return Response()


async def _take(parts: Gateway, channel: Channel, said: Sequence[Said]) -> None:
    """
    Raises:
        Unavailable: not certainly kept; told again, each is the same command.
    """
    by_office: dict[str, list[Wish]] = {}
    for one in said:
        account = parts.accounts.of(channel, one.account)
        if account is None:
            continue
        tenant = _tenant(parts, account)
        if tenant is None:
            log.warning("hook_of_unknown_office", channel=channel, office=account.office)
        else:
            by_office.setdefault(tenant, []).append(_heard(parts, tenant, channel, one))
    for tenant, wishes in by_office.items():
        await parts.sender.send(tenant, wishes, body_hash=None)


async def _take_failures(parts: Gateway, told: Sequence[Told]) -> None:
    """What did not arrive though it was taken. As `_take`."""
    for one in told:
        account = parts.accounts.whatsapp.get(one.account)
        tenant = _tenant(parts, account) if account is not None else None
        if one.state == FAILED and tenant is not None and ids.is_identifier(one.delivery):
            command = NoteFailure(delivery_id=one.delivery, code=one.code)
            cause = ids.uuid5(ids.NAMESPACE, f"{tenant}|failed|{one.delivery}|{one.code}")
            await parts.sender.send(tenant, [Wish(cause, command)], body_hash=None)


def _tenant(parts: Gateway, account: Account) -> str | None:
    """
    Raises:
        Unavailable: it is not known yet which offices there are.
    """
    record = parts.directory.by_slug(account.office)
    if record is None and not parts.knows_everybody:
        raise Unavailable("directory")
    return record.id if record is not None else None


def _heard(parts: Gateway, tenant: str, channel: Channel, said: Said) -> Wish:
    command = HearMessage(
        conversation_id=conversation_id(parts.chat_key, tenant, channel, said.account, said.address),
        channel=channel,
        account=said.account,
        kind=said.kind,
        said_at=milliseconds(min(said.at, datetime.now(UTC) + AHEAD)),
        media_type=said.media_type,
        forwarded=said.forwarded,
        forwarded_often=said.forwarded_often,
        language="en" if said.language == "en" else "id",
    )
    content = ChatContent(address=said.address, text=said.text[:LONGEST_TEXT], media=said.media)
    return Wish(_message_id(tenant, channel, said), command, content)


def _message_id(tenant: str, channel: Channel, said: Said) -> UUID:
    return ids.uuid5(ids.NAMESPACE, f"{tenant}|{channel}|{said.account}|{said.id}")
