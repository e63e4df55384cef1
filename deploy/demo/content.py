"""The demo's offices, partners, cases and reports, read from the YAML beside this file.

    offices/<slug>.yaml    the office, its agencies and its officers
    partners/<slug>.yaml   its partners
    cases/<slug>.yaml      its cases with their reports, its other reports, and texts that must find an answer
    platform.yaml          who runs the platform
    recordings/            voice notes that reports bring along

Reading does no more than read: ids, tickets, passwords and times are the loader's. When something happened is given as
its age at loading ("2d 3h"), and dates inside texts are marks (see `times.py`), so that the stories never grow old.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from deploy.demo.case import PUBLIC, Case, Docket, Report
from deploy.demo.fields import STRICT
from deploy.demo.office import Office, Operator
from deploy.demo.partner import Partner, Partners
from deploy.demo.times import with_dates
from libs.contracts.words import ReportKind, Role

HOME = Path(__file__).parent


@dataclass(frozen=True, kw_only=True, config=STRICT)
class DemoTenant:
    office: Office
    partners: tuple[Partner, ...]
    docket: Docket

    def __post_init__(self) -> None:
        for broken in self._broken_rules():
            raise ValueError(f"{self.office.slug}: {broken}")

    @property
    def reports(self) -> tuple[Report, ...]:
        return (*(report for case in self.docket.cases for report in case.reports), *self.docket.voices)

    def _broken_rules(self) -> Iterator[str]:
        yield from self._repeated_names()
        yield from self._unknown_places_and_agencies()
        for case in self.docket.cases:
            yield from self._misfits(case)
        yield from self._unknown_questions()
        for asked in self.docket.asked_again:
            if not any(case.key == asked.expected_match and case.state in PUBLIC for case in self.docket.cases):
                yield f"{asked.expected_match} has no published clarification to match"
        if any(report.kind is ReportKind.HOAX for report in self.docket.voices):
            yield "a hoax report belongs to a case"

    def _repeated_names(self) -> Iterator[str]:
        yield from _repeated("agency", (agency.key for agency in self.office.agencies))
        yield from _repeated("officer", (officer.key for officer in self.office.officers))
        yield from _repeated("case", (case.key for case in self.docket.cases))
        yield from _repeated("partner", (partner.name for partner in self.partners))

    def _unknown_places_and_agencies(self) -> Iterator[str]:
        region = self.office.region_code
        agencies = {agency.key for agency in self.office.agencies}
        for code in self._areas():
            if code != region and not code.startswith(f"{region}."):
                yield f"area {code} lies outside {region}"
        for agency in self._agencies_named():
            if agency not in agencies:
                yield f"no agency {agency}"

    def _misfits(self, case: Case) -> Iterator[str]:
        others = {other.key: other for other in self.docket.cases if other is not case}
        if case.owner and not self._has_role(case.owner, Role.VERIFIER):
            yield f"{case.key}: {case.owner} is no verifier"
        if case.merged_into and (case.merged_into not in others or others[case.merged_into].merged_into):
            yield f"{case.key}: {case.merged_into} cannot take it over"
        if case.same_template_as and case.same_template_as not in others:
            yield f"{case.key}: no other case {case.same_template_as}"
        if case.ruling and not self._has_role(case.ruling.author, Role.VERIFIER, Role.EDITOR):
            yield f"{case.key}: {case.ruling.author} writes no rulings"
        for approver in case.ruling.approvers if case.ruling else ():
            if not self._has_role(approver, Role.APPROVER):
                yield f"{case.key}: {approver} is no approver"

    def _unknown_questions(self) -> Iterator[str]:
        asked = {question.key for question in self.office.questions}
        for report in self.reports:
            for key in report.answers:
                if key not in asked:
                    yield f"no question {key}"

    def _has_role(self, officer_key: str, *roles: Role) -> bool:
        return any(
            role in officer.roles for officer in self.office.officers if officer.key == officer_key for role in roles
        )

    def _areas(self) -> Iterator[str]:
        yield from (partner.area for partner in self.partners)
        yield from (case.area for case in self.docket.cases)
        yield from (report.area for report in self.reports)

    def _agencies_named(self) -> Iterator[str]:
        yield from (officer.agency for officer in self.office.officers if officer.agency)
        yield from (partner.agency for partner in self.partners if partner.agency)
        yield from (case.question.agency for case in self.docket.cases if case.question)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Demo:
    operator: Operator
    tenants: tuple[DemoTenant, ...]

    def __post_init__(self) -> None:
        accounts = (
            account.url for tenant in self.tenants for partner in tenant.partners for account in partner.accounts
        )
        for broken in _repeated("account", accounts):
            raise ValueError(f"{broken}; an account has one holder in the whole platform")

    def tenant(self, slug: str) -> DemoTenant:
        return next(tenant for tenant in self.tenants if tenant.office.slug == slug)


def load(today: date, home: Path = HOME) -> Demo:
    """All of the demo, its texts dated as seen from `today`.

    Raises:
        ValidationError: a file breaks a rule; the note names the file, the message the place in it.
    """
    read = partial(_read, today=today)
    slugs = sorted(path.stem for path in (home / "offices").glob("*.yaml"))
    return Demo(
        operator=read(Operator, home / "platform.yaml"),
        tenants=tuple(
            DemoTenant(
                office=read(Office, home / "offices" / f"{slug}.yaml"),
                partners=read(Partners, home / "partners" / f"{slug}.yaml"),
                docket=read(Docket, home / "cases" / f"{slug}.yaml"),
            )
            for slug in slugs
        ),
    )


def _read(shape: Any, path: Path, *, today: date) -> Any:
    raw = yaml.safe_load(with_dates(path.read_text(encoding="utf-8"), today))
    try:
        return TypeAdapter(shape).validate_python(raw)
    except ValidationError as error:
        error.add_note(f"in {path}")
        raise


def _repeated(what: str, keys: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            yield f"{what} {key} stands twice"
        seen.add(key)
