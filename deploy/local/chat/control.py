"""What tests do in the place of people: JSON in, JSON out."""

import base64
import binascii
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.local.chat import bot as telegram
from deploy.local.chat.accounts import WHATSAPP, Account, WhatsAppNumber
from deploy.local.chat.api import json_of
from deploy.local.chat.book import Message
from deploy.local.chat.faults import NoSuchFault
from deploy.local.chat.provider import NotPossible, Provider

Json = dict[str, Any]


class Control:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._book = provider.book

    def routes(self) -> list[Route]:
        return [
            Route("/health", self.health),
            Route("/faults", self.faults, methods=["GET", "POST"]),
            Route("/templates", self.template, methods=["POST"]),
            Route("/handshakes/{office}", self.handshake, methods=["POST"]),
            Route("/phones/{number}", self.phone, methods=["PUT"]),
            Route("/phones/{number}/{office}/{channel}", self.messages, methods=["GET"]),
            Route("/phones/{number}/{office}/{channel}/{act}", self.act, methods=["POST"]),
        ]

    async def health(self, request: Request) -> Response:
        return PlainTextResponse("ok")

    async def faults(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                wanted = await json_of(request)
                self._provider.set_faults(self._provider.faults.changed(wanted if isinstance(wanted, dict) else {}))
            except NoSuchFault as error:
                return PlainTextResponse(str(error), 400)
        return JSONResponse(asdict(self._provider.faults))

    async def template(self, request: Request) -> Response:
        """Approves one: from then on its parameters are counted, and people read its words."""
        wanted = await json_of(request)
        if not isinstance(wanted, dict) or {"name", "language", "body"} - wanted.keys():
            return PlainTextResponse("name, language, body", 400)
        self._book.note("template", {name: str(wanted[name]) for name in ("name", "language", "body")})
        return JSONResponse({})

    async def handshake(self, request: Request) -> Response:
        number = self._provider.accounts.now.of(request.path_params["office"], WHATSAPP)
        if not isinstance(number, WhatsAppNumber):
            return PlainTextResponse("no such number", 404)
        return JSONResponse({"wrong": await self._provider.postman.shake_hands(number)})

    async def phone(self, request: Request) -> Response:
        wanted = await json_of(request)
        try:
            phone = self._provider.make_phone(
                request.path_params["number"],
                str(wanted.get("name", "")),
                on_whatsapp=bool(wanted.get("on_whatsapp", True)),
            )
        except NotPossible as error:
            return PlainTextResponse(str(error), 400)
        return JSONResponse({"number": phone.number, "telegram_id": telegram.user_id(phone.number)})

    async def messages(self, request: Request) -> Response:
        account, number = self._chat(request)
        if account is None:
            return PlainTextResponse("no such account or phone", 404)
        return JSONResponse([asdict(message) for message in self._book.talk(account.key, number)])

    async def act(self, request: Request) -> Response:
        account, number = self._chat(request)
        if account is None:
            return PlainTextResponse("no such account or phone", 404)
        wanted = await json_of(request)
        try:
            message = self._act(account, number, request.path_params["act"], wanted if isinstance(wanted, dict) else {})
        except (NotPossible, binascii.Error) as error:
            return PlainTextResponse(str(error), 400)
        return JSONResponse(asdict(message) if message else {})

    def _act(self, account: Account, number: str, act: str, wanted: Json) -> Message | None:
        match act:
            case "say":
                file = ""
                if wanted.get("content"):
                    content = base64.b64decode(wanted["content"], validate=True)
                    file = self._provider.keep_file(content, wanted["mime"], name=wanted.get("filename", ""))
                options = {name: wanted[name] for name in _SAYING if name in wanted}
                return self._provider.say(account, number, wanted.get("text", ""), file=file, **options)
            case "press":
                return self._provider.press(account, number, wanted.get("message", ""), wanted.get("button", ""))
            case "end-window":
                self._provider.end_window(account, number)
            case "block" | "unblock":
                self._provider.block(account, number, blocked=act == "block")
            case "read":
                self._provider.read(account, number)
            case _:
                raise NotPossible(act)
        return None

    def _chat(self, request: Request) -> tuple[Account | None, str]:
        asked = request.path_params
        account = self._provider.accounts.now.of(asked["office"], asked["channel"])
        return (account if asked["number"] in self._book.phones else None), asked["number"]


_SAYING = ("voice", "forwarded", "replies_to", "kind", "payload")
