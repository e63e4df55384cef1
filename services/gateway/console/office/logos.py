"""An office's logo: a picture by the door of all pictures, made small, and sent to its owner."""

import asyncio
import base64
from uuid import UUID

from libs.kit import imaging
from libs.runtime.errors import Refused
from services.gateway.access.principals import Officer
from services.gateway.console.office.wishes import LOGO
from services.gateway.context import Gateway
from services.gateway.dispatch.bodies import Body
from services.gateway.dispatch.dispatcher import WAIT, Reply, by_person


async def made_small(parts: Gateway, tenant: str, blob: str) -> str:
    """In base 64, of a picture that was uploaded.

    Raises:
        NotFound: no such file of this office.
        Refused: `image_type_not_allowed`: it is no picture.
    """
    stored = await parts.uploads.stored(tenant, blob)
    if stored.media_type != imaging.SanitisedImage.content_type:
        raise Refused("image_type_not_allowed", "file")
    made = await asyncio.to_thread(imaging.sanitise, stored.data)
    return base64.b64encode(made.thumbnail).decode()


async def send_logo(parts: Gateway, who: Officer, key: UUID, body: Body, picture: str, *, wait: float = WAIT) -> Reply:
    """As `Dispatcher.send`."""
    command, _ = LOGO.written(who.tenant.id, body)
    whole = command.model_copy(update={"picture": picture})
    return await parts.dispatcher.send(by_person(who), key, whole, wait=wait)
