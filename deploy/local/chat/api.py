"""What the product calls: the message endpoint and media of WhatsApp, the methods and files of a bot."""

import asyncio
import time
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.local.chat import bot as telegram
from deploy.local.chat import graph
from deploy.local.chat.accounts import TELEGRAM, WHATSAPP, TelegramBot, WhatsAppNumber
from deploy.local.chat.faults import AFTER_ACCEPT, Faults
from deploy.local.chat.provider import Provider

HANGS_SECONDS = 60
"""How long an answer that never comes is held, at most."""
URL_SECONDS = 300
"""How long the address of a file is good, as at Meta."""

Json = dict[str, Any]


class Api:
    def __init__(self, provider: Provider, address: str) -> None:
        self._provider = provider
        self._address = address
        self._book = provider.book

    def routes(self) -> list[Route]:
        return [
            Route("/v{version}/{object_id}/messages", self.messages, methods=["POST"]),
            Route("/v{version}/{object_id}/media", self.upload, methods=["POST"]),
            Route("/v{version}/{object_id}", self.media, methods=["GET"]),
            Route("/whatsapp_business/attachments/", self.attachment, methods=["GET"]),
            Route("/bot{token}/{method}", self.method, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self.file, methods=["GET"]),
        ]

    async def messages(self, request: Request) -> Response:
        body, fault, account = await json_of(request), "", ""
        try:
            number = self._number(request)
            account, fault = number.key, self._provider.take_fault(WHATSAPP)
            answer = _whatsapp_fault(fault, self._provider.faults) or JSONResponse(
                await self._provider.send_by_whatsapp(number, body, held=fault == "held")
            )
        except graph.Refused as refusal:
            answer = JSONResponse(refusal.body, refusal.status)
        return await self._answered(answer, account=account, asked="messages", body=body, fault=fault)

    async def upload(self, request: Request) -> Response:
        account = ""
        try:
            account = self._number(request).key
            form = await request.form()
            file = form.get("file")
            if form.get("messaging_product") != "whatsapp" or not isinstance(file, UploadFile):
                raise graph.missing("Parameters 'messaging_product' and 'file' are mandatory.")
            kept = self._provider.keep_file(await file.read(), file.content_type or "application/octet-stream")
            answer = JSONResponse({"id": kept})
        except graph.Refused as refusal:
            answer = JSONResponse(refusal.body, refusal.status)
        return await self._answered(answer, account=account, asked="media", body=None)

    async def media(self, request: Request) -> Response:
        object_id = request.path_params["object_id"]
        file = self._book.files.get(object_id)
        try:
            self._token(request)
            if file is None:
                raise graph.no_such_object(object_id)
            expires = int(time.time()) + URL_SECONDS
            url = f"{self._address}/whatsapp_business/attachments/?mid={file.id}&ext={expires}&hash={file.sha256[:22]}"
            facts = {"url": url, "mime_type": file.mime, "sha256": file.sha256, "file_size": file.size, "id": file.id}
            answer = JSONResponse({**facts, "messaging_product": "whatsapp"})
        except graph.Refused as refusal:
            answer = JSONResponse(refusal.body, refusal.status)
        return await self._answered(answer, account="", asked=f"media {object_id}", body=None)

    async def attachment(self, request: Request) -> Response:
        asked = request.query_params
        file = self._book.files.get(asked.get("mid", ""))
        expires = int(asked.get("ext", "")) if asked.get("ext", "").isdecimal() else 0
        try:
            self._token(request)
        except graph.Refused:
            file = None
        if file is None or expires < time.time() or asked.get("hash") != file.sha256[:22]:
            return PlainTextResponse("Not Found", 404)
        return Response(self._book.content(file), media_type=file.mime)

    async def method(self, request: Request) -> Response:
        given, photo = await _fields(request)
        asked, fault, account = request.path_params["method"], "", ""
        try:
            bot = self._bot(request)
            account = bot.key
            if asked.lower() in ("sendmessage", "sendphoto"):
                fault = self._provider.take_fault(TELEGRAM)
                _refuse_by_telegram(fault, self._provider.faults)
            answer = JSONResponse({"ok": True, "result": await self._done(bot, asked.lower(), given, photo)})
        except telegram.Refused as refusal:
            answer = JSONResponse(refusal.body, refusal.status)
            if seconds := refusal.body.get("parameters", {}).get("retry_after"):
                answer.headers["Retry-After"] = str(seconds)
        return await self._answered(answer, account=account, asked=asked, body=given, fault=fault)

    async def file(self, request: Request) -> Response:
        path = request.path_params["path"]
        file = self._book.file(path.rpartition("file_")[2].partition(".")[0])
        try:
            self._bot(request)
        except telegram.Refused as refusal:
            return JSONResponse(refusal.body, refusal.status)
        if file is None or telegram.file_path(file) != path:
            return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
        return Response(self._book.content(file), media_type="application/octet-stream")

    async def _done(self, bot: TelegramBot, method: str, given: Json, photo: bytes | None) -> Any:
        """The `result` of a method.

        Raises:
            telegram.Refused
        """
        match method:
            case "sendmessage" | "sendphoto":
                return await self._provider.send_by_telegram(bot, given, photo=photo)
            case "getme":
                return telegram.me(bot)
            case "getfile":
                file = self._book.file(str(given.get("file_id", "")))
                if file is None:
                    raise telegram.bad_request("wrong file_id or the file is temporarily unavailable")
                return telegram.file_answer(file)
            case "setwebhook" | "deletewebhook":
                url, secret = telegram.webhook_of(given if method == "setwebhook" else {})
                self._book.note("webhook", {"account": bot.key, "url": url, "secret": secret})
                return True
            case "getwebhookinfo":
                waiting = sum(hook.account == bot.key for hook in self._book.pending.values())
                url = self._provider.postman.url_of(bot)
                return {"url": url, "has_custom_certificate": False, "pending_update_count": waiting}
            case "answercallbackquery" | "sendchataction" | "setmycommands":
                return True
            case _:
                raise telegram.Refused(404, "Not Found")

    async def _answered(self, answer: Response, *, account: str, asked: str, body: Any, fault: str = "") -> Response:
        """The answer as it was, or as a fault leaves it, and noted either way."""
        await asyncio.sleep(self._provider.faults.slow_ms / 1000)
        spoilt = answer.status_code == 200 and fault in AFTER_ACCEPT
        what = {"account": account, "asked": asked, "body": body, "status": answer.status_code}
        self._book.note("request", {**what, "answer": bytes(answer.body).decode(), "fault": fault if spoilt else ""})
        if spoilt and fault == "timeout":
            await asyncio.sleep(HANGS_SECONDS)
            return Response(status_code=504)
        if spoilt:
            return Response(bytes(answer.body)[: len(answer.body) // 2], media_type="application/json")
        return answer

    def _token(self, request: Request) -> str:
        """
        Raises:
            graph.Refused: not one that any number has.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not any(n.access_token == token for n in self._provider.accounts.now.whatsapp):
            raise graph.bad_token()
        return token

    def _number(self, request: Request) -> WhatsAppNumber:
        """
        Raises:
            graph.Refused: no such number, or it is another's.
        """
        token, object_id = self._token(request), request.path_params["object_id"]
        number = self._provider.accounts.now.number(object_id)
        if number is None or number.access_token != token:
            raise graph.no_such_object(object_id)
        return number

    def _bot(self, request: Request) -> TelegramBot:
        """
        Raises:
            telegram.Refused
        """
        token = request.path_params["token"]
        bot = self._provider.accounts.now.bot(token)
        if bot is None:
            raise telegram.unknown_token(token)
        return bot


def _whatsapp_fault(fault: str, faults: Faults) -> Response | None:
    """The answer that a fault gives in place of one of ours.

    Raises:
        graph.Refused
    """
    match fault:
        case "bad_gateway":
            return Response("Bad Gateway", 502, media_type="text/html")
        case "expired_token":
            raise graph.expired_token()
        case "rate_limit":
            body = graph.RATE_LIMIT.answer()
            return JSONResponse(body, 429, headers={"Retry-After": str(faults.retry_after)})
        case _ if fault in graph.FAULTS:
            raise graph.Refused.of(graph.FAULTS[fault])
        case _:
            return None


def _refuse_by_telegram(fault: str, faults: Faults) -> None:
    """
    Raises:
        telegram.Refused
    """
    match fault:
        case "rate_limit":
            raise telegram.too_many(faults.retry_after)
        case "unknown":
            raise telegram.Refused(500, "Internal Server Error")
        case "bad_gateway":
            raise telegram.Refused(502, "Bad Gateway")


async def json_of(request: Request) -> Any:
    """None for what is no JSON."""
    try:
        return await request.json()
    except ValueError:
        return None


async def _fields(request: Request) -> tuple[Json, bytes | None]:
    """Of a Bot API request, from the query, a form or JSON, and the photo that came with it."""
    given: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        body = await json_of(request)
        return given | (body if isinstance(body, dict) else {}), None
    form = await request.form()
    photo = form.get("photo")
    content = await photo.read() if isinstance(photo, UploadFile) else None
    return given | {name: value for name, value in form.items() if isinstance(value, str)}, content
