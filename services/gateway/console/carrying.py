"""What a sent form of an officers' page leads to: the page that shows what came of it, or itself once more."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.kit.visible import is_visible
from libs.runtime.errors import Refused, Unavailable
from services.gateway.access.limits import TooMany
from services.gateway.access.resuming import only_shown
from services.gateway.console.shift import Attempt, Said, Shift
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.idempotency import read_key
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Posted
from services.gateway.web.pages import see

EXPECTS, VERSION = "expects", "version"
"""A body's number of the draft that somebody had before them, and its name in pages."""


KEPT = Notice("kept", "Tersimpan; hasilnya tampil sebentar lagi.")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button was pressed.

    Attributes:
        send: carries it out under a key; raises what `Wish.send` and the reading of the form raise.
    """

    button: Button
    posted: Posted
    send: Callable[[UUID], Awaitable[Reply]]

    @property
    def form(self) -> FormData:
        return self.posted.form

    @property
    def ids(self) -> Mapping[str, str]:
        return self.posted.ids

    @property
    def what(self) -> str:
        """Names its form on the page (see Attempt)."""
        return self.button.what(self.ids)

    @property
    def pages(self) -> Mapping[str, str]:
        """Field of the body -> field of the page, where they differ."""
        return {EXPECTS: VERSION, **self.button.pages}


_RULES = {"string_too_long": "too_long", "string_too_short": "required", "missing": "required", "int_type": "required"}
_OWN = frozenset(
    {"required", "url_invalid", "url_userinfo", "url_inner", "url_look_alike", "date_past", "date_far", "area_unknown",
     "code_wrong", "file_too_large", "file_type", "email_taken", "last_admin", "host_invalid", "too_many_hosts",
     "phone_invalid"}
)  # fmt: skip


def codes_of(error: RequestValidationError, names: Mapping[str, str]) -> dict[str, str]:
    """Field of the page -> code of its error.

    Args:
        names: field of the model -> field of the page, where they differ.
    """
    found: dict[str, str] = {}
    for problem in error.errors():
        path = [str(part) for part in problem["loc"] if part != "body"]
        name, rule = path[0] if path else "text", str(problem["type"])
        # A pattern of ours forbids control characters and asks for something that is not blank.
        blank = rule == "string_pattern_mismatch" and not is_visible(str(problem.get("input") or ""))
        code = rule if rule in _OWN else "required" if blank else _RULES.get(rule, "invalid")
        found.setdefault(names.get(name, name), code)
    return found


_NOT_YOURS = frozenset({"role_missing", "self_approval", "not_found", "forbidden", "key_invalid", "too_many_requests"})
_OF_FIELDS = {
    "verdict": "verdict_missing", "area": "area_unknown", "areas": "area_unknown", "audience_areas": "area_unknown",
    "term_until": "ends_first", "email": "email_invalid", "phone": "phone_invalid", "chair_phone": "phone_invalid",
    "audience_ages": "ages_invalid", "attributes": "pairs_invalid", "accounts": "account_invalid",
}  # fmt: skip
"""Where an owner refuses a field, what is wrong with it is plain; else it is "invalid"."""
_FIELD_CODES = {
    "draft_incomplete": "required",
    "reference_missing": "reference_missing",
    "validation": "invalid",
    "rows_refused": "rows_refused",
}


def field_codes(refused: Refused, names: Mapping[str, str]) -> dict[str, str] | None:
    """Field of the page -> code of its error, where an owner refuses what a form says; None where it is not that."""
    code = _FIELD_CODES.get(refused.code)
    if code is None:
        return None
    return {names.get(f, f): _OF_FIELDS.get(f, code) for f in refused.fields or ("text",)}


def _refused(refused: Refused, names: Mapping[str, str]) -> tuple[int, Said]:
    """
    Raises:
        Refused: nothing that another try from this page could mend.
    """
    if refused.code in _NOT_YOURS:
        raise refused
    if refused.code == "version_conflict":
        return 409, Said()
    if refused.code in ("code_wrong", "code_used"):
        return 422, Said(errors={"code": refused.code})
    errors = field_codes(refused, names)
    if errors is not None:
        return 422, Said(errors=errors)
    if refused.code == "merged_here":
        return 409, Said(problem="merged_here")
    # Somebody was faster, or the first sending of this key was kept after all: the page shows how it stands.
    return 409, Said(problem="gone")


async def carry_out(
    shift: Shift, pressed: Pressed, *, to: str, again: Callable[[Attempt], Awaitable[Response]]
) -> Response:
    """
    Args:
        to: address of the page that shows what came of it.
        again: shows the form once more, with what was typed.
    """
    key = read_key(pressed.posted.text("key"))

    async def once_more(status: int, said: Said, *, key: UUID = key, conflict: bool = False) -> Response:
        attempt = Attempt(
            what=pressed.what, form=pressed.form, key=str(key), status=status, said=said, conflict=conflict
        )
        return await again(attempt)

    shown = only_shown(shift.visit.request)
    if shown:
        return await once_more(shown, Said(problem="typed_again"))
    try:
        shift.parts.limits.officers.take(shift.officer.id)
        reply = await pressed.send(key)
    except RequestValidationError as error:
        return await once_more(422, Said(errors=codes_of(error, pressed.pages)))
    except TooMany:
        return await once_more(429, Said(problem="too_many"))
    except Unavailable:
        return await once_more(503, Said(problem="unavailable"))
    except Refused as refused:
        status, said = _refused(refused, pressed.pages)
        conflict = refused.code == "version_conflict"
        return await once_more(status, said, key=shift.visit.new_key(), conflict=conflict)
    notice = pressed.button.done if reply.outcome is not None else KEPT
    return shift.visit.finish(see(f"{to}?done={notice.word}"))
