"""What the gateway offers to our own processes."""

from typing import Any

from fastapi import APIRouter, Response

from libs.contracts.topics import Service
from libs.runtime.errors import Refused
from libs.runtime.http import caller_dependency, tenant_of
from services.gateway.context import Gateway
from services.gateway.paths import Id


def router(parts: Gateway) -> APIRouter:
    routes = APIRouter(prefix="/internal", include_in_schema=False)
    From: Any = caller_dependency(parts.tokens)

    @routes.get("/blobs/{blob_id}")
    async def blob(blob_id: Id, caller: From) -> Response:
        """A file that a report names, for reports to take, or one with partners, for the registry."""
        if caller.service not in (Service.REPORTS, Service.REGISTRY):
            raise Refused("forbidden")
        found = await parts.uploads.stored(tenant_of(caller), blob_id)
        return Response(found.data, media_type=found.media_type)

    @routes.get("/blobs/{blob_id}/preview")
    async def preview(blob_id: Id, caller: From) -> Response:
        if caller.service != Service.REPORTS:
            raise Refused("forbidden")
        return Response(await parts.uploads.preview(tenant_of(caller), blob_id), media_type="image/jpeg")

    @routes.get("/blobs/{blob_id}/original")
    async def original(blob_id: Id, caller: From) -> Response:
        """The file as it was sent, for reports to keep. Nobody is shown it: it may carry anything."""
        if caller.service != Service.REPORTS:
            raise Refused("forbidden")
        return Response(await parts.uploads.original(tenant_of(caller), blob_id), media_type="application/octet-stream")

    return routes
