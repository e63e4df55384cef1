"""Parts of a gateway without servers: the broker is a list, everything else is the real thing."""

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from deploy.local.secrets import Secrets
from libs.contracts.directory import TenantRecord
from libs.contracts.reads import OutcomeView
from libs.contracts.registry.tenant import Branding, TenantSettings
from libs.contracts.reports.parts import Attachment
from libs.contracts.topics import OWNERS, Service
from libs.runtime.errors import Unavailable
from libs.runtime.keyring import Keyring
from libs.runtime.outbox import Outgoing
from services.gateway.dispatch.accepting import Accepting, TrackingCodes
from services.gateway.dispatch.asking import Asking
from services.gateway.dispatch.sending import Sender
from services.gateway.dispatch.waiting import Waiters

KEY = b"k" * 32


def secrets_in(folder: Path) -> Path:
    secrets = Secrets(folder)
    secrets.create()
    (secrets.of(Service.GATEWAY) / "tracking.key").write_text(b64encode(KEY).decode())
    return folder


def keyring_in(folder: Path, service: Service = Service.GATEWAY) -> Keyring:
    return Keyring(Secrets(folder).of(service), service)


def an_office(**changes: object) -> TenantRecord:
    plain: dict[str, object] = {
        "version": 1,
        "id": "t1",
        "slug": "cirebon",
        "region_code": "32.74",
        "prefix": "CRB",
        "branding": Branding(name="Saber Hoaks", office="DKIS", government="Kota Cirebon"),
        "settings": TenantSettings(),
    }
    return TenantRecord.model_validate(plain | changes)


class Broker:
    """Keeps what it is given; while `down`, it says that it does not know."""

    def __init__(self) -> None:
        self.messages: list[Outgoing] = []
        self.down = False

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        if self.down:
            raise Unavailable("kafka")
        self.messages += messages


class Owner:
    """A service that is asked for outcomes."""

    def __init__(self) -> None:
        self.answer = OutcomeView(state="pending")
        self.asked = 0

    async def outcome(self, tenant: str, command: UUID, body_hash: str | None) -> OutcomeView:
        self.asked += 1
        return self.answer


class NoPictures:
    def __init__(self, *known: UUID) -> None:
        self.known = known
        self.kept: list[UUID] = []

    async def claim(self, tenant: str, blobs: tuple[UUID, ...]) -> tuple[Attachment, ...]:
        if not set(blobs) <= set(self.known):
            raise LookupError
        return tuple(Attachment(blob_id=str(b), sha256="0", media_type="image/jpeg", size=1) for b in blobs)

    def keep(self, tenant: str, blobs: tuple[UUID, ...]) -> None:
        self.kept += blobs


class System:
    def __init__(self, folder: Path, *known_pictures: UUID) -> None:
        self.keyring = keyring_in(secrets_in(folder))
        self.broker, self.owner, self.waiters = Broker(), Owner(), Waiters()
        self.pictures = NoPictures(*known_pictures)
        self.asking = Asking(Sender(self.broker, self.keyring), self.waiters, dict.fromkeys(OWNERS, self.owner))
        self.accepting = Accepting(self.asking, TrackingCodes(KEY), self.pictures)
