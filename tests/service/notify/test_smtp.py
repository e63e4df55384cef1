"""What a server says, or fails to say, and what that makes of a delivery; with and without pipelining."""

from collections.abc import AsyncIterator

import pytest

from libs.contracts.words import DeliveryState
from services.notify.channels import smtp
from services.notify.channels.smtp import Answer, Line
from services.notify.settings import Settings
from tests.service.notify.scripted import ScriptedServer

MESSAGE = b"Subject: Laporan\r\n\r\nSatu.\r\n.titik di awal\r\n"


@pytest.fixture(params=[True, False], ids=["pipelined", "stepwise"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer(pipelining=request.param)
    yield server
    await server.stop()


@pytest.fixture
async def line(server: ScriptedServer) -> AsyncIterator[Line]:
    line = Line(Settings(smtp_port=await server.start()))
    assert await line.open()
    yield line
    await line.close()


async def send(line: Line, to: str) -> Answer:
    return await line.send("kabar@simpul.example", to, MESSAGE)


async def test_a_taken_message_is_sent_as_it_was_written(server: ScriptedServer, line: Line) -> None:
    answer = await send(line, "warga@contoh.example")

    assert answer == smtp.SENT
    assert server.messages["warga@contoh.example"] == MESSAGE.replace(b"\r\n.titik", b"\r\n..titik") + b".\r\n"


@pytest.mark.parametrize(
    ("to", "state", "code"),
    [
        ("tempfail@contoh.example", DeliveryState.FAILED_TRANSIENT, "451"),
        ("refused@contoh.example", DeliveryState.FAILED_PERMANENT, "550"),
        ("late-refusal@contoh.example", DeliveryState.FAILED_PERMANENT, "554"),
        ("vanish@contoh.example", DeliveryState.UNKNOWN, ""),
    ],
)
async def test_an_answer_becomes_a_state(line: Line, to: str, state: DeliveryState, code: str) -> None:
    assert await send(line, to) == Answer(state, code)


@pytest.mark.parametrize("first", ["tempfail", "refused", "late-refusal"])
async def test_a_refused_message_does_not_spoil_the_next(server: ScriptedServer, line: Line, first: str) -> None:
    await send(line, f"{first}@contoh.example")

    assert await send(line, "warga@contoh.example") == smtp.SENT
    assert server.connections == 1


async def test_a_silent_server_leaves_it_unknown(server: ScriptedServer) -> None:
    line = Line(Settings(smtp_port=await server.start(), smtp_message_seconds=0.2))
    await line.open()

    assert await send(line, "hangs@contoh.example") == smtp.UNKNOWN


async def test_a_connection_that_broke_is_made_anew(server: ScriptedServer, line: Line) -> None:
    await send(line, "vanish@contoh.example")

    assert await line.open()
    assert await send(line, "warga@contoh.example") == smtp.SENT
    assert server.connections == 2


async def test_a_server_that_is_away_is_said_to_be_away() -> None:
    server = ScriptedServer()
    port = await server.start()
    await server.stop()

    assert not await Line(Settings(smtp_port=port)).open()


async def test_a_message_on_a_closed_connection_was_not_sent(line: Line) -> None:
    await line.close()

    assert await send(line, "warga@contoh.example") == smtp.NOT_SENT
