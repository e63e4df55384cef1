"""Bodies of requests, made from commands: the fields that a client fills in, each held to its limit."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    create_model,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from libs.contracts.envelope import milliseconds
from libs.contracts.fields import Limit
from libs.contracts.messages import Command
from libs.contracts.reports.parts import Part
from libs.kit.visible import is_visible


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def seen(text: str) -> str:
    if not is_visible(text):
        raise PydanticCustomError("required", "nothing of it can be seen")
    return text


def _written(value: Any) -> Any:
    """A time as text only: a bare number would be read as seconds of an epoch nobody named."""
    if not isinstance(value, str):
        raise PydanticCustomError("datetime_type", "a time is written as text")
    return value


def _in_reach(within: timedelta) -> AfterValidator:
    """A date in the year 6307 is a slip of the keyboard, and stops a clock for ever."""

    def checked(value: datetime) -> datetime:
        now = datetime.now(UTC)
        if value <= now:
            raise PydanticCustomError("date_past", "a date to come is needed")
        if value > now + within:
            raise PydanticCustomError("date_far", "a date within a year is needed")
        return milliseconds(value)

    return AfterValidator(checked)


def held_to(kind: Any, limit: Limit) -> Any:
    """The type that takes nothing beyond the limit."""
    if get_origin(kind) is tuple:
        each: Any = _each(get_args(kind)[0], limit)
        return Annotated[tuple[each, ...], Field(max_length=limit.most)]
    if limit.words is not None:
        return limit.words if isinstance(limit.words, type) else Literal[limit.words]
    if kind is bool:
        return StrictBool
    if kind is int:
        return Annotated[StrictInt, Field(ge=limit.least, le=limit.most)]
    if kind is datetime:
        return Annotated[AwareDatetime, BeforeValidator(_written), _in_reach(limit.within or timedelta.max)]
    text = StringConstraints(min_length=limit.shortest, max_length=limit.longest, pattern=limit.pattern)
    return Annotated[(str, text, AfterValidator(seen))] if limit.visible else Annotated[str, text]


def _each(kind: Any, limit: Limit) -> Any:
    """Of several; `most` counts them."""
    return _asked_inside(kind) or held_to(kind, replace(limit, most=None))


def asked(field: FieldInfo) -> Any | None:
    """The strict type of a field with a limit; None for one that no client fills in."""
    limits = [m for m in field.metadata if isinstance(m, Limit)]
    return held_to(field.annotation, limits[0]) if limits else _asked_inside(field.annotation)


def _asked_inside(kind: Any) -> Any | None:
    if get_origin(kind) is Annotated:
        plain, *notes = get_args(kind)
        limits = [n for n in notes if isinstance(n, Limit)]
        return held_to(plain, limits[0]) if limits else None
    if get_origin(kind) in (Union, UnionType):
        found = [_asked_inside(one) for one in get_args(kind) if one is not type(None)]
        return found[0] | None if found and found[0] is not None else None
    return None


def parts_of(command: type[Command]) -> Mapping[str, type[Part]]:
    """Fields that are values of several fields; in a body these stand beside the others."""
    return {
        name: field.annotation
        for name, field in command.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Part)
    }


def _fields(command: type[Command]) -> Iterator[tuple[str, FieldInfo]]:
    """Of the command, with those of a part in its place, and of what goes with it under seal."""
    parts = parts_of(command)
    for name, field in command.model_fields.items():
        yield from parts[name].model_fields.items() if name in parts else [(name, field)]
    if command.private is not None:
        yield from command.private.model_fields.items()


def body_of(
    command: type[Command], name: str, *, about: str = "", defaults: Mapping[str, Any], adds: Mapping[str, Any]
) -> type[Body]:
    """
    Args:
        about: what its documentation says.
        defaults: of fields that the command itself always has.
        adds: name -> type of what is asked beside the command.
    """
    found: dict[str, Any] = {}
    for field_name, field in _fields(command):
        strict = asked(field)
        if strict is not None:
            default = ... if field.is_required() else field.default
            found[field_name] = (strict, defaults.get(field_name, default))
    found |= {added: (kind, ...) for added, kind in adds.items()}
    made: type[Body] = create_model(name, __base__=Body, __doc__=about or None, **found)
    return made
