"""A file of partners on its way to the registry: held, and said to be there."""

from uuid import UUID

from libs.contracts import ids
from libs.contracts.registry.imports import StartPartnerImport
from libs.kit.sheets import LARGEST_FILE
from services.gateway.access.principals import Officer
from services.gateway.console.shift import wrong
from services.gateway.context import Gateway
from services.gateway.dispatch.dispatcher import WAIT, Reply, by_person

LONGEST_NAME = 200


def import_id_of(officer: Officer, key: UUID) -> str:
    """The same for the same key: a file that is sent twice is one import."""
    return str(ids.command_id(officer.tenant.id, "partner-import", key, principal=officer.id))


async def started(
    parts: Gateway, officer: Officer, key: UUID, data: bytes, file_name: str, *, wait: float = WAIT
) -> Reply:
    """
    Raises:
        RequestValidationError: no file, or one that is too large.
        Refused: `uploads_unavailable`, `key_reused`; and as the dispatcher says.
    """
    if not data:
        raise wrong("file", "required")
    if len(data) > LARGEST_FILE:
        raise wrong("file", "file_too_large")
    blob, digest = await parts.uploads.hold(officer.tenant.id, key, data)
    start = StartPartnerImport(
        import_id=import_id_of(officer, key),
        blob_id=blob,
        sha256=digest,
        file_name="".join(c for c in file_name if c.isprintable())[:LONGEST_NAME],
    )
    return await parts.dispatcher.send(by_person(officer), key, start, wait=wait)
