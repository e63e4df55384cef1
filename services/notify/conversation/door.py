"""The gateway's door, as notify uses it for somebody who chats."""

import contextlib
from collections.abc import Sequence
from uuid import UUID

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
from libs.contracts.reads import BlobView, Read
from libs.contracts.reports.reads import MatchView
from libs.runtime.errors import Refused, TooSoon, Unavailable
from libs.runtime.http import ServiceClient
from services.notify.conversation.rules import Conversation, Draft

MATCHED_WITHIN = 3.0
"""Seconds; beyond, the step is skipped and said to be."""
TAKEN_WITHIN = 60.0
"""For a recording, which is opened and made anew while others wait for their turn."""
MOST_REFUSED = 10
"""As many as a report carries."""
WRITTEN_WITHIN = 4.0
ADDED_WITHIN = 8.0


class Door:
    def __init__(self, gateway: ServiceClient) -> None:
        self._gateway = gateway

    async def match(self, tenant: str, text: str) -> MatchView | None:
        """Published answers that may fit; None where nobody can say now."""
        try:
            found = await self._post("match", tenant, ChatQuestion(text=text), within=MATCHED_WITHIN)
        except (Unavailable, Refused):
            return None
        return MatchView.model_validate_json(found)

    async def file(self, tenant: str, key: UUID, data: bytes) -> str | None:
        """Id of the picture, recording or document; None where it is none of them, or too large.

        Raises:
            Unavailable: it is not known; the same key and file again give the same.
        """
        try:
            answer = await self._gateway.post(
                f"/internal/chat/pictures/{key}", tenant=tenant, content=data, within=TAKEN_WITHIN
            )
        except TooSoon:
            raise Unavailable("gateway") from None
        except Refused as refused:
            if refused.code in ("uploads_unavailable", "unauthenticated", "forbidden", "not_found"):
                raise Unavailable("gateway") from None
            return None
        return BlobView.model_validate_json(answer).id

    async def submit(self, tenant: str, key: UUID, chat: Conversation, draft: Draft, *, language: str) -> ChatReported:
        """
        Raises:
            Refused: such a report cannot be taken.
            Unavailable: perhaps it was taken; the same key again gives the same.
        """
        report = ChatReport(
            key=key,
            kind=draft.kind,
            text=draft.text,
            pictures=_ids(draft.blobs),
            channel=chat.channel,
            address=chat.address,
            conversation_id=chat.conversation_id,
            forwarded_often=draft.forwarded_often,
            unproven=draft.unproven,
            refused=draft.refused[-MOST_REFUSED:],
            language=language,
        )
        return ChatReported.model_validate_json(await self._post("reports", tenant, report))

    async def add(self, tenant: str, key: UUID, report_id: str, draft: Draft) -> bool:
        """As `submit`; True once it stands in the report, False while it is only certain to come there."""
        addition = ChatAddition(key=key, report_id=report_id, text=draft.text, pictures=_ids(draft.blobs))
        found = await self._post("additions", tenant, addition, within=ADDED_WITHIN)
        return ChatDone.model_validate_json(found).is_recorded

    async def demand(self, tenant: str, key: UUID, clarification_id: str, *, of_others: bool) -> None:
        """As `submit`; what is gone meanwhile is not counted."""
        asked = ChatDemand(key=key, clarification_id=clarification_id, of_others=of_others)
        with contextlib.suppress(Refused):
            await self._post("demands", tenant, asked)

    async def words(self, tenant: str, asked: ChatWords) -> str:
        """What the office wrote to one reporter; empty where it is not there.

        Raises:
            Unavailable: it cannot be read now.
        """
        try:
            found = await self._post("words", tenant, asked)
        except Refused:
            return ""
        return ChatWordsFound.model_validate_json(found).text

    async def _post(self, what: str, tenant: str, asked: Read, *, within: float = WRITTEN_WITHIN) -> bytes:
        return await self._gateway.post(
            f"/internal/chat/{what}", tenant=tenant, json=asked.model_dump(mode="json"), within=within
        )


def _ids(blobs: Sequence[str]) -> tuple[UUID, ...]:
    return tuple(UUID(blob) for blob in blobs)
