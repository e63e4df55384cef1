"""Which other sites may show the office's report form."""

from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError

from libs.contracts.registry import tenant
from libs.contracts.words import Role
from libs.kit import framing
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Asked, Button, Posted, Wish, declared, field_problem


def _one_per_line(posted: Posted) -> Mapping[str, Any]:
    """Addresses copied from a browser's bar are meant by their host."""
    lines = framing.listed(posted.text("hosts"))
    return {"hosts": "\n".join(line.removeprefix("https://").removesuffix("/") for line in lines)}


async def hosts_can_frame(asked: Asked[tenant.AllowEmbedding]) -> None:
    hosts = framing.listed(asked.command.hosts)
    secure = asked.parts.settings.is_secure
    if len(hosts) > framing.MOST:
        raise RequestValidationError([field_problem("hosts", "too_many_hosts")])
    if not all(framing.is_host(host) and not (secure and framing.is_own(host)) for host in hosts):
        raise RequestValidationError([field_problem("hosts", "host_invalid")])


ALLOW = Wish(
    tenant.AllowEmbedding,
    "",
    name="allow_embedding",
    shape="EmbeddingWish",
    shape_about="Host names, one a line, without a scheme, path or wildcard; a port where it has one.",
    summary="Say which sites may show the report form",
    about="At most twenty hosts, all of them each time: one that is left out may not show it any more.",
    may=frozenset({Role.TENANT_ADMIN}),
    checks=(hosts_can_frame,),
    buttons=(
        Button(
            "embed",
            done=Notice("embedding_saved", "Daftar situs tersimpan; berlaku sebentar lagi."),
            fills=_one_per_line,
        ),
    ),
)

WISHES = declared(globals())
