"""The provider as a process: `python -m deploy.local.chat.server FOLDER PORT ACCOUNTS GATEWAY`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.local.chat.accounts import Accounts
from deploy.local.chat.api import Api
from deploy.local.chat.book import Book
from deploy.local.chat.control import Control
from deploy.local.chat.pages import Pages
from deploy.local.chat.provider import Provider
from deploy.local.ports import HOST


class FromHere:
    """A page of somewhere else that is open in the same browser says nothing in a citizen's name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        site = dict(scope.get("headers", ())).get(b"sec-fetch-site", b"none")
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD") and site not in (b"none", b"same-origin"):
            await PlainTextResponse("cross-site", 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def create_app(folder: Path, accounts: Path, *, address: str, gateway: str) -> Starlette:
    book = Book(folder)
    provider = Provider(book, Accounts(accounts), gateway=gateway)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        running = asyncio.create_task(provider.run())
        yield
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        book.close()

    routes = [*Pages(provider).routes(), *Control(provider).routes(), *Api(provider, address).routes()]
    return Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(FromHere)])


def main(folder: str, port: str, accounts: str, gateway: str) -> None:
    address = f"http://{HOST}:{port}"
    app = create_app(Path(folder), Path(accounts), address=address, gateway=gateway)
    # An answer that hangs by a fault must not hold up the end.
    uvicorn.run(app, host=HOST, port=int(port), log_level="warning", access_log=False, timeout_graceful_shutdown=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
