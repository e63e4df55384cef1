"""Which other sites may show the report form, and the lines that they copy."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.contracts.words import Role
from libs.kit import framing
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.embedding import views
from services.gateway.console.embedding.wishes import ALLOW
from services.gateway.console.serving import values_of
from services.gateway.console.shift import Attempt, Done, OnShift, Said, Shift, of
from services.gateway.console.views import Action
from services.gateway.dispatch.dispatcher import Reply

router = APIRouter(include_in_schema=False)

BUTTON = ALLOW.buttons[0]


@router.get("/{slug}/console/embed")
async def embedding(shift: OnShift, done: Done) -> Response:
    return await _shown(shift, done)


async def _shown(shift: Shift, said: Said, attempt: Attempt | None = None) -> Response:
    office, tried = shift.office, of(attempt, BUTTON.called)
    hosts = office.settings.embed_hosts
    frame = await shift.frame()
    address = f"{shift.visit.parts.settings.public_url}/{office.slug}/embed"
    page = views.EmbeddingPage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        action=Action(
            url=shift.url("embed"),
            key=tried.key if tried else str(shift.visit.new_key()),
            csrf=shift.officer.session.csrf,
            why_not="" if shift.officer.has(Role.TENANT_ADMIN) else "role_admin",
        ),
        hosts=tried.typed("hosts") if tried else "\n".join(hosts),
        allowed=len(hosts),
        most=framing.MOST,
        errors=tried.said.errors if tried else {},
        script=f'<script src="{address}.js" async></script>',
        frame=f'<iframe src="{address}" title="Formulir laporan" width="100%" height="1100"></iframe>',
    )
    return shift.show("embedding/embed", page, status=attempt.status if attempt else 200)


@router.post("/{slug}/console/embed")
async def allow(shift: OnShift, request: Request) -> Response:
    posted = await shift.received(request)

    async def send(key: UUID) -> Reply:
        return await shift.send(ALLOW, key, shift.office.id, values_of(ALLOW, BUTTON, posted))

    return await carry_out(
        shift,
        Pressed(BUTTON, posted, send),
        to=shift.url("embed"),
        again=lambda attempt: _shown(shift, Said(), attempt),
    )
