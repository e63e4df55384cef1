"""Copies of the pages that reports point to: asked of the fetcher, and kept sealed under the key of their report.

A worker does it, never a Kafka handler: one page takes seconds. What cannot be had now is tried again with growing
pauses, and given up with its reason.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid5

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.contracts.ids import NAMESPACE
from libs.contracts.reports.report import RecordSnapshot, SnapshotContent
from libs.fetcher.client import FetcherClient
from libs.fetcher.messages import PASSING, FetchAnswer
from libs.kit.imaging import ImageRefused, ImagingUnavailable, sanitise
from libs.runtime import logs
from libs.runtime.aggregates import Context, Incoming
from libs.runtime.blobs import Blobs
from libs.runtime.bus import pause
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound, Refused, Unavailable
from libs.runtime.mongo import identity_of, key
from services.reports.report.pages import LOGIN_WALL, pages_of
from services.reports.report.rules import Report, pages_due
from services.reports.store import Store

log = logs.get()

LEASE = timedelta(minutes=6)
"""Longer than all pages of a report take at their longest (60 s each)."""
AT_ONCE = 4
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 600.0
MOST_TRIES = 6
"""Over a quarter of an hour: about 30 s, 1, 2, 4 and 8 minutes apart."""
GIVE_UP = timedelta(hours=24)
"""While the fetcher itself is away nothing counts as a try, but what a page said a day ago it says no longer."""
GIVEN_UP, ERASED = "given_up", "erased"
AGAIN = frozenset({429, 500, 502, 503, 504})
"""What a server says when it might answer later."""


class _Later(Exception):
    """Nothing is known yet; `tried`: the other side had its chance."""

    def __init__(self, *, tried: bool) -> None:
        super().__init__()
        self.tried = tried


class Snapshots:
    def __init__(self, engine: Engine, store: Store, blobs: Blobs, fetcher: FetcherClient) -> None:
        self._engine = engine
        self._store = store
        self._blobs = blobs
        self._fetcher = fetcher

    async def screenshot(self, tenant: str, report_id: str, page: int, turn: int) -> bytes:
        """JPEG, made anew from its pixels.

        Raises:
            NotFound: none was taken, or it was erased.
        """
        return await self._kept(tenant, report_id, f"{page}-{turn}.jpg")

    async def warc(self, tenant: str, report_id: str, page: int, turn: int) -> bytes:
        """Raises:
        NotFound: as `screenshot`.
        """
        return await self._kept(tenant, report_id, f"{page}-{turn}.warc.gz")

    async def step(self) -> bool:
        """Looks at some of the pages that wait, oldest report first; True if there was any."""
        now = datetime.now(UTC)
        waiting = await self._engine.collection("report").across_tenants(
            {"ix.pages_due": True, "page_lease": {"$not": {"$gt": now}}},
            sort=(("ix.received", 1),),
            limit=AT_ONCE,
            fields={"tenant": 1, "page_tries": 1},
        )
        mine = [d for d in waiting if await self._lease(d["tenant"], identity_of(d["_id"]), now)]
        reports = await self._store.reports([d["_id"] for d in mine])
        await asyncio.gather(
            *(
                self._look(d["tenant"], reports[d["_id"]], d.get("page_tries") or {})
                for d in mine
                if d["_id"] in reports
            )
        )
        return bool(mine)

    async def _lease(self, tenant: str, report_id: str, now: datetime) -> bool:
        return await self._engine.collection("report").update(
            tenant,
            report_id,
            {"$set": {"page_lease": now + LEASE}},
            where={"page_lease": {"$not": {"$gt": now}}},
        )

    async def _look(self, tenant: str, report: Report, tries: Mapping[str, int]) -> None:
        """`tries`: turn of a page -> how often it was tried in vain."""
        urls = pages_of(report.text, report.urls)
        failed: dict[str, int] = {}
        for page, turn in pages_due(report):
            name = f"{page}-{turn}"
            try:
                command, content = await self._taken(tenant, report, page, turn, urls, tried=tries.get(name, 0))
            except _Later as later:
                failed[name] = tries.get(name, 0) + later.tried
                continue
            await self._apply(tenant, command, content)
        await self._rest(tenant, report, failed)

    async def _rest(self, tenant: str, report: Report, failed: Mapping[str, int]) -> None:
        """What is left waits, the longer the more often it was tried."""
        if failed:
            wait = pause(max(1, *failed.values()), first=FIRST_PAUSE, longest=LONGEST_PAUSE)
            log.info("snapshot_waits", report_id=report.report_id, pages=len(failed), seconds=round(wait))
            change: dict[str, Any] = {
                "$set": {
                    "page_lease": datetime.now(UTC) + timedelta(seconds=wait),
                    **{f"page_tries.{name}": count for name, count in failed.items()},
                }
            }
        else:
            change = {"$unset": {"page_lease": "", "page_tries": ""}}
        await self._engine.collection("report").update(tenant, report.report_id, change)

    async def _taken(
        self, tenant: str, report: Report, page: int, turn: int, urls: tuple[str, ...], *, tried: int
    ) -> tuple[RecordSnapshot, SnapshotContent]:
        """
        Raises:
            _Later: it is worth another try.
        """
        command = RecordSnapshot(report_id=report.report_id, page=page, turn=turn, taken_at=datetime.now(UTC))
        cipher = await self._store.cipher(tenant, report.report_id)
        if cipher is None or page > len(urls):
            return command.model_copy(update={"failure": ERASED}), SnapshotContent(url="")
        url = urls[page - 1]
        try:
            answer = await self._fetcher.fetch(url, tenant=tenant, screenshot=True, fresh=turn > 1)
        except (Unavailable, Refused) as error:
            if datetime.now(UTC) - report.received_at < GIVE_UP or turn > 1:
                log.warning("fetcher_away", report_id=report.report_id, why=type(error).__name__)
                raise _Later(tried=False) from None
            return command.model_copy(update={"failure": GIVEN_UP}), SnapshotContent(url=url)
        if (answer.failure in PASSING or answer.status in AGAIN) and tried + 1 < MOST_TRIES:
            raise _Later(tried=True)
        return await self._kept_as_it_came(tenant, command, answer, cipher)

    async def _kept_as_it_came(
        self, tenant: str, command: RecordSnapshot, answer: FetchAnswer, cipher: AESGCM
    ) -> tuple[RecordSnapshot, SnapshotContent]:
        failure = LOGIN_WALL if answer.wall else answer.failure and str(answer.failure)
        update: dict[str, Any] = {
            "taken_at": answer.fetched_at,
            "status": answer.status,
            "media_type": answer.media_type,
            "failure": failure,
            "screenshot": str(answer.screenshot),
            "truncated": answer.truncated,
        }
        name = f"{command.page}-{command.turn}"
        if answer.warc is not None:
            update["sha256"] = await self._put(tenant, command.report_id, f"{name}.warc.gz", answer.warc, cipher)
        if answer.screenshot_png is not None:
            update |= await self._pictured(tenant, command.report_id, name, answer.screenshot_png, cipher)
        content = SnapshotContent(
            url=answer.url, final_url=_end_of(answer), title=answer.title, description=answer.description
        )
        return command.model_copy(update=update), content

    async def _pictured(self, tenant: str, report_id: str, name: str, png: bytes, cipher: AESGCM) -> Mapping[str, Any]:
        """The picture as it was taken, and the one that people see: made anew, as every picture that comes from
        outside."""
        try:
            shown = await asyncio.to_thread(sanitise, png)
        except (ImageRefused, ImagingUnavailable) as error:
            log.warning("screenshot_not_kept", report_id=report_id, why=error.code)
            return {"screenshot": "failed"}
        digest = await self._put(tenant, report_id, f"{name}.png", png, cipher)
        await self._put(tenant, report_id, f"{name}.jpg", shown.data, cipher)
        return {"screenshot_sha256": digest}

    async def _put(self, tenant: str, report_id: str, name: str, data: bytes, cipher: AESGCM) -> str:
        """What lies there is of a try that was never recorded: the page has changed since, perhaps."""
        blob_id = _name(tenant, report_id, name)
        await self._blobs.delete(blob_id)
        return await self._blobs.put(blob_id, data, cipher=cipher, metadata={})

    async def _kept(self, tenant: str, report_id: str, name: str) -> bytes:
        cipher = await self._store.cipher(tenant, report_id)
        if cipher is None:
            raise NotFound("page")
        return await self._blobs.get(_name(tenant, report_id, name), cipher=cipher)

    async def _apply(self, tenant: str, command: RecordSnapshot, content: SnapshotContent) -> None:
        named = f"snapshot|{tenant}|{command.report_id}|{command.page}|{command.turn}"
        context = Context(id=uuid5(NAMESPACE, named), tenant=tenant, at=datetime.now(UTC), private=content)
        await self._engine.apply([Incoming(command, context)])


def _end_of(answer: FetchAnswer) -> str:
    """Of a log-in wall the page that sent there: that is the post."""
    return answer.hops[-2].url if answer.wall and len(answer.hops) > 1 else answer.final_url


def _name(tenant: str, report_id: str, name: str) -> str:
    return f"{key(tenant, report_id)}/page-{name}"
