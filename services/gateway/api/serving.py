"""Routes of the API that follow from wishes."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from inspect import Parameter, Signature
from typing import Any, TypeVar

from fastapi import APIRouter, Response

from services.gateway.api.models import WRITES, CommandAnswer, answered
from services.gateway.context import Key, Parts, SignedInOfficer, StaffWait
from services.gateway.dispatch.wishes import Wish
from services.gateway.paths import Id

F = TypeVar("F", bound=Callable[..., Any])


def add_wishes(router: APIRouter, wishes: Iterable[Wish[Any]], who: Any = SignedInOfficer) -> None:
    """
    Args:
        who: the dependency that says who is asking.
    """
    for wish in wishes:
        if not wish.path:
            continue
        router.add_api_route(
            wish.path,
            _endpoint(wish, who),
            methods=["POST"],
            status_code=202,
            name=wish.name,
            summary=wish.summary,
            description=wish.about,
            responses=WRITES,
        )


def _endpoint(wish: Wish[Any], who: Any) -> Callable[..., Awaitable[CommandAnswer]]:
    async def carried_out(parts: Parts, key: Key, wait: StaffWait, response: Response, **given: Any) -> CommandAnswer:
        body = given.get("wish") or wish.read({})
        return answered(
            await wish.send(parts, given["who"], key, given[wish.command.target_field], body, wait=wait), response
        )

    asked = {"who": who, wish.command.target_field: Id, **({"wish": wish.body} if wish.shape else {})}
    return with_parameters(carried_out, asked, of=CommandAnswer)


def with_parameters(function: F, named: Mapping[str, Any], *, of: Any = Response) -> F:
    """The function as the framework is to see it: with a parameter for each name instead of `**given`.

    These come first: who is asking is said before what is wrong with the question.
    """
    found = [
        p.replace(kind=Parameter.KEYWORD_ONLY)
        for p in Signature.from_callable(function, eval_str=True).parameters.values()
        if p.kind is not Parameter.VAR_KEYWORD
    ]
    added = [Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in named.items()]
    vars(function)["__signature__"] = Signature([*added, *found], return_annotation=of)
    return function
