import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from deploy.local.chat.accounts import read
from deploy.local.chat.phone import ChatLog, ChatProvider, Phone
from deploy.local.chat.server import create_app
from deploy.local.ports import HOST
from deploy.local.secrets import Secrets
from tests.unit.local.chat.site import OFFICE, Gateway, Site, free_port, gateway_server


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with gateway_server() as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, gateway: Gateway) -> Iterator[Site]:
    """The provider as it runs, on a port of its own, with one office."""
    secrets = Secrets(tmp_path / "secrets")
    secrets.add_channels([OFFICE])
    port = free_port()
    address = f"http://{HOST}:{port}"
    app = create_app(tmp_path / "chat", secrets.channels, address=address, gateway=gateway.address)
    # Without a configuration of logs of its own, which would stay for whatever is tested after it.
    config = uvicorn.Config(app, host=HOST, port=port, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    directory = read(json.loads(secrets.channels.read_text()))
    with httpx.Client(base_url=address, timeout=20, trust_env=False) as client:
        yield Site(
            client=client,
            provider=ChatProvider(address),
            log=ChatLog(tmp_path / "chat"),
            number=directory.whatsapp[0],
            bot=directory.telegram[0],
            gateway=gateway,
        )
    server.should_exit = True
    thread.join()


@pytest.fixture
def budi(site: Site) -> Phone:
    """On WhatsApp, with nothing said yet."""
    return site.provider.phone("6281234567890", office=OFFICE, name="Budi")


@pytest.fixture
def siti(site: Site) -> Phone:
    """On Telegram, with nothing said yet."""
    return site.provider.phone("6281234567891", office=OFFICE, channel="telegram", name="Siti")
