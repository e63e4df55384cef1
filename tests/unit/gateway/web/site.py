"""The public pages over HTTP, without any server: what the services behind them would say is given."""

from collections.abc import Iterable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import FastAPI

from libs.contracts.directory import TenantRecord
from libs.contracts.reads import Page
from libs.contracts.registry.reads import OfficerView
from libs.contracts.registry.tenant import Branding, TenantSettings
from libs.contracts.reports.parts import Reference
from libs.contracts.reports.reads import (
    AnswerAddress,
    ClarificationCard,
    ClarificationView,
    KnownCard,
    StatsView,
    VersionView,
)
from libs.runtime.directory import Directory
from libs.runtime.errors import NotFound
from services.gateway.access.sessions import Sessions
from services.gateway.archive import pages as archive
from services.gateway.context import Gateway
from services.gateway.errors.pages import error_page
from services.gateway.errors.problems import add_handlers
from services.gateway.front import files
from services.gateway.front import pages as front
from services.gateway.settings import GatewaySettings
from services.gateway.web.pages import Pages

OFFICE = TenantRecord(
    id="cirebon",
    version=1,
    slug="kota-cirebon",
    region_code="32.74",
    prefix="CRB",
    branding=Branding(
        name="Cirebon Saber Hoaks",
        office="Dinas Komunikasi, Informatika dan Statistik Kota Cirebon",
        government="Pemerintah Kota Cirebon",
        short_office="DKIS Kota Cirebon",
        monogram="KC",
    ),
    settings=TenantSettings(),
)
AT = datetime(2026, 11, 23, 7, 20, tzinfo=UTC)


def an_answer(number: str = "CRB-2M7Q-0P4C", **changes: Any) -> ClarificationView:
    values: dict[str, Any] = {
        "id": "answer",
        "case_id": "case",
        "number": number,
        "version": 1,
        "state": "published",
        "claim": "Air PDAM dicampur zat pembersih pipa, jangan diminum tiga hari",
        "verdict": "false",
        "fact": "Air PDAM di Harjamukti aman dipakai.",
        "explanation": "PDAM mengganti pipa. [1]\n\nAirnya diuji.",
        "references": (Reference(title="Surat", url="https://pdam.example/surat"),),
        "versions": (VersionView(version=1, verdict="false", fact="Air", at=AT),),
        "author": "rina",
        "approvers": ("dimas",),
        "demand": 137,
        "published_at": AT,
    }
    return ClarificationView(**{**values, **changes})


NOTHING_YET = StatsView(
    reports_week=0, answered_week=0, waiting=0, clarifications=0, corrected=0, median_hours=None, by_verdict={}
)


class Reports:
    def __init__(
        self,
        answers: Iterable[ClarificationView] = (),
        stats: StatsView | None = None,
        others: Iterable[KnownCard] = (),
    ) -> None:
        self.answers = {a.number: a for a in answers}
        self.numbers = stats or NOTHING_YET
        self.others = {k.id: k for k in others}
        self.asked: list[dict[str, Any]] = []

    async def clarification(self, tenant: str, ref: str) -> ClarificationView:
        found = self.answers.get(ref.upper())
        if found is None:
            raise NotFound("clarification")
        return found

    async def clarifications(self, tenant: str, **asked: Any) -> Page[ClarificationCard]:
        self.asked.append(asked)
        cards = tuple(
            ClarificationCard(**{n: v for n, v in a.model_dump().items() if n in ClarificationCard.model_fields})
            for a in self.answers.values()
        )
        return Page(items=cards, count=len(cards))

    async def known(self, tenant: str, **asked: Any) -> Page[KnownCard]:
        self.asked.append({"known": asked})
        return Page(items=tuple(self.others.values()), count=len(self.others))

    async def known_one(self, tenant: str, known_id: str) -> KnownCard:
        found = self.others.get(known_id)
        if found is None:
            raise NotFound("known")
        return found

    async def answer_addresses(self, tenant: str) -> tuple[AnswerAddress, ...]:
        self.asked.append({"addresses": tenant})
        return tuple(AnswerAddress(number=a.number, at=a.published_at) for a in self.answers.values())

    async def stats(self, tenant: str) -> StatsView:
        return self.numbers


class Registry:
    async def officers(self, tenant: str, ids: Iterable[str]) -> tuple[OfficerView, ...]:
        return ()


def a_site(reports: Reports, *, public_url: str = "https://simpul.example", **settings: Any) -> httpx.AsyncClient:
    directory = Directory()
    directory.put(OFFICE)
    given = dict.fromkeys(Gateway.__dataclass_fields__)
    parts = Gateway(
        **{  # type: ignore[arg-type]
            **given,
            "settings": GatewaySettings(public_url=public_url, **settings),
            "directory": directory,
            "sessions": Sessions(SimpleNamespace(tenants=lambda name: None), b"k" * 32),  # type: ignore[arg-type]
            "reports": reports,
            "registry": Registry(),
            "knows_everybody": True,
        }
    )
    app = FastAPI()
    app.state.gateway = parts
    app.state.pages = Pages()
    app.state.error_page = error_page
    add_handlers(app)
    for room in (files, archive, front):
        app.include_router(room.router)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=public_url)
