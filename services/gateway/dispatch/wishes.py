"""What somebody may want done, each declared once, in the `wishes.py` of its room.

    TRIAGE = Wish(
        case.TriageCase,
        "/cases/{case_id}/triage",
        name="triage",
        shape="TriageWish",
        summary="Severity, topic, area, owner",
        about="Whoever triages owns the case until somebody else does. The area must lie in the office's own.",
        may=CHECKERS,
        checks=(area_of_office, active_officer),
        buttons=(Button("cases/{case_id}/triage", done=TRIAGED, needed=("severity", "topic"), fills=as_owner),),
    )

From it follow the route of the API with its body and its documentation, and the routes of the pages' forms. Its owner
decides: whether somebody may is checked there, and said here for pages, documents and people.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData

from libs.contracts.directory import TenantRecord
from libs.contracts.messages import Command, Sealable
from libs.kit.visible import is_visible
from services.gateway.access.principals import Officer, Partner
from services.gateway.context import Gateway
from services.gateway.dispatch.bodies import Body, body_of, parts_of
from services.gateway.dispatch.dispatcher import WAIT, Reply, by_person
from services.gateway.dispatch.notices import Notice

C = TypeVar("C", bound=Command)


def field_problem(name: str, code: str) -> Mapping[str, Any]:
    """As pydantic would report it."""
    return {"loc": (name,), "type": code, "msg": code, "input": ""}


NOTHING: Mapping[str, Any] = {}
_IN_PATH = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Asked(Generic[C]):
    """A wish about to be sent.

    Attributes:
        added: what its body says beside the command.
        command_id: the same for the same key.
    """

    parts: Gateway
    who: Officer | Partner
    command: C
    added: Mapping[str, Any]
    command_id: UUID


Check = Callable[[Asked[C]], Awaitable[None]]
"""Raises RequestValidationError or Refused: what could be known before it is sent is said beside its field."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A form of a page, as it came."""

    parts: Gateway
    office: TenantRecord
    officer: Officer
    form: FormData
    ids: Mapping[str, str]
    """What its address names."""

    def text(self, name: str) -> str:
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""

    def require(self, *names: str) -> None:
        """
        Raises:
            RequestValidationError: the named fields that were left empty, all at once.
        """
        empty = [name for name in names if not is_visible(self.text(name))]
        if empty:
            raise RequestValidationError(
                [{"loc": (n,), "type": "required", "msg": "required", "input": ""} for n in empty]
            )


@dataclass(frozen=True, slots=True)
class Button:
    """A form of a page that carries out a wish.

    Attributes:
        path: below the officers' pages; the wish's target and some of its fields may stand in it.
        done: what the page that it leads to says.
        name: names it on its page; without one, the last word of its path.
        each: the id in its address of which its page shows several.
        pages: field of the body -> field of the page, where they differ.
        needed: fields of the page that must say something, though the body would do without.
        fixed: what this button always says.
        fills: what the page's texts do not say as they stand.
    """

    path: str
    done: Notice
    name: str = ""
    each: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    fills: Callable[[Posted], Mapping[str, Any]] = lambda posted: NOTHING

    @property
    def called(self) -> str:
        return self.name or self.word

    @property
    def word(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def named(self) -> frozenset[str]:
        """What its address names."""
        return frozenset(_IN_PATH.findall(self.path))

    def at(self, ids: Mapping[str, str]) -> str:
        return self.path.format_map(ids)

    def what(self, ids: Mapping[str, str]) -> str:
        """Names its form on the page."""
        return f"{self.called} {ids[self.each]}" if self.each else self.called


@dataclass(frozen=True, eq=False)
class Wish(Generic[C]):
    """
    Attributes:
        path: of the API, below that of its callers; the target stands in it. Empty where none follows from this.
        name: of the API's operation.
        shape: name of its body in the API's document; without one it has none.
        may: roles of which one is needed.
        defaults: of fields that the command always has and a client may leave out.
        adds: what the body asks beside the command's fields: name -> type.
        shape_about: what the document says of the body.
    """

    command: type[C]
    path: str
    name: str
    summary: str
    about: str
    may: frozenset[str]
    shape: str = ""
    shape_about: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    adds: Mapping[str, Any] = field(default_factory=dict)
    checks: tuple[Check[C], ...] = ()
    buttons: tuple[Button, ...] = ()
    body: type[Body] = field(init=False)

    def __post_init__(self) -> None:
        made = body_of(
            self.command,
            self.shape or f"{self.command.__name__}Wish",
            about=self.shape_about,
            defaults=self.defaults,
            adds=self.adds,
        )
        object.__setattr__(self, "body", made)

    def read(self, values: Mapping[str, Any]) -> Body:
        """
        Raises:
            RequestValidationError: a field breaks a rule.
        """
        try:
            return self.body.model_validate(values)
        except ValidationError as error:
            raise RequestValidationError(error.errors(include_url=False)) from None

    def written(self, target: str, body: Body) -> tuple[C, Sealable | None]:
        """The command, and what goes with it under seal."""
        said = body.model_dump(mode="json", exclude=set(self.adds))
        fields: dict[str, Any] = {self.command.target_field: target}
        for name, part in parts_of(self.command).items():
            inner = {key: said.pop(key) for key in part.model_fields if key in said}
            fields |= {name: inner} if inner else {}
        private = self.command.private
        sealed = {key: said.pop(key) for key in private.model_fields if key in said} if private else {}
        command = self.command.model_validate(fields | said)
        return command, private.model_validate(sealed) if private is not None and any(sealed.values()) else None

    async def send(
        self, parts: Gateway, who: Officer | Partner, key: UUID, target: str, body: Body, *, wait: float = WAIT
    ) -> Reply:
        """As `Dispatcher.send`; and what the checks raise."""
        command, private = self.written(target, body)
        by = by_person(who)
        added = {name: getattr(body, name) for name in self.adds}
        asked = Asked(parts, who, command, added, by.command_id(key, command))
        for check in self.checks:
            await check(asked)
        return await parts.dispatcher.send(by, key, command, private=private, wait=wait)


def declared(module: Mapping[str, Any]) -> tuple[Wish[Any], ...]:
    """The wishes of a module, in the order in which they stand there."""
    return tuple(value for value in module.values() if isinstance(value, Wish))
