"""An office, its agencies and its officers; and who runs the platform."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from deploy.demo.fields import STRICT, AreaCode, Email, Key, Phone, Text
from libs.contracts.registry.questions import AnswerType
from libs.contracts.words import ReportKind, Role


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Bilingual:
    id: Text
    en: Text


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Agency:
    key: Key
    name: Text
    short_name: Text
    email: Email


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Officer:
    key: Key
    name: Text
    position: Text
    email: Email
    roles: tuple[Role, ...] = Field(min_length=1)
    agency: Key | None = None
    """The agency a liaison answers for; everyone else belongs to the office itself."""

    def __post_init__(self) -> None:
        if (Role.LIAISON in self.roles) != (self.agency is not None):
            raise ValueError(f"{self.key}: a liaison has an agency, and nobody else has one")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Operator:
    key: Key
    name: Text
    email: Email


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AskedOfReporters:
    key: Key
    text: Bilingual
    type: AnswerType
    choices: tuple[Text, ...] = ()
    kind: ReportKind
    after: Key | None = None
    answer: Text | None = None
    """Of the question that this one is asked after. Quote yes and no."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Office:
    slug: Key
    region_code: AreaCode
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    """Begins every ticket and reference number of the office."""
    government: Text
    name: Text
    short_name: Text
    service_name: Text
    """How the public knows the service; the heading of the office's pages."""
    monogram: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    theme: Literal["", "nila", "kopi", "batu"]
    """Colour of the pages; empty is the platform's own tosca."""
    intro: Bilingual
    address: Text
    hours: Bilingual
    timezone: Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
    email: Email
    whatsapp: Phone
    agencies: tuple[Agency, ...]
    officers: tuple[Officer, ...]
    questions: tuple[AskedOfReporters, ...] = ()
    """In the order in which they are asked."""
    embed_hosts: tuple[Text, ...] = ()
    """Whose pages may show the report form."""
