"""The pages of the provider: what is read on them, and what their forms do."""

from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from deploy.local.chat import views
from deploy.local.chat.accounts import WHATSAPP, WhatsAppNumber
from deploy.local.chat.book import Message
from deploy.local.chat.faults import Faults, NoSuchFault
from deploy.local.chat.provider import LONGEST_CONTENT, NotPossible, Provider
from deploy.local.chat.views import Chat, Typed

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""Any other file is saved, not opened: whatever it says it is."""


class Pages:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._book = provider.book

    def routes(self) -> list[Route]:
        chat = "/chat/{office}/{channel}/{number}"
        return [
            Route("/", self.home),
            Route("/style.css", self.style),
            Route("/favicon.ico", self.icon),
            Route("/open", self.open, methods=["POST"]),
            Route(chat, self.chat),
            Route(f"{chat}/messages", self.talk),
            Route(f"{chat}/say", self.say, methods=["POST"]),
            Route(f"{chat}/{{act}}", self.act, methods=["POST"]),
            Route("/files/{file_id}", self.file),
            Route("/faults-page", self.faults, methods=["GET", "POST"]),
            Route("/handshake", self.handshake, methods=["POST"]),
        ]

    async def home(self, request: Request) -> Response:
        number = f"0812 0000 {len(self._book.phones) + 1:04}"
        return self._home(_lang(request), {"number": number, "name": "Warga"})

    async def style(self, request: Request) -> Response:
        return Response(views.STYLE, media_type="text/css")

    async def icon(self, request: Request) -> Response:
        """None: a browser that finds nothing at all says so in its console."""
        return Response(status_code=204)

    async def open(self, request: Request) -> Response:
        form = await request.form()
        lang = views.language(_text(form, "lang"))
        account = self._provider.accounts.now.of(_text(form, "office"), _text(form, "channel"))
        typed = {name: _text(form, name) for name in ("office", "channel", "number", "name")}
        if account is None:
            return self._home(lang, typed, wrong="wrong_office")
        try:
            phone = self._provider.make_phone(typed["number"], typed["name"])
        except NotPossible:
            return self._home(lang, typed, wrong="wrong_number")
        return _to(Chat(account, phone).path, lang)

    async def chat(self, request: Request) -> Response:
        if (chat := self._chat(request)) is None:
            return _missing(request)
        answered = self._book.messages.get(request.query_params.get("reply", ""))
        return self._chat_page(chat, _lang(request), answered=answered)

    async def talk(self, request: Request) -> Response:
        """To look at a chat is to read it."""
        if (chat := self._chat(request)) is None:
            return _missing(request)
        self._provider.read(chat.account, chat.phone.number)
        messages = self._book.talk(chat.account.key, chat.phone.number)
        return _page(views.talk_page(chat, messages, self._book.files, self._book.messages, lang=_lang(request)))

    async def say(self, request: Request) -> Response:
        if (chat := self._chat(request)) is None:
            return _missing(request)
        form = await request.form()
        lang, text, forwarded = (_text(form, name) for name in ("lang", "text", "forwarded"))
        answered = self._book.messages.get(_text(form, "replies_to"))
        upload = form.get("file")
        file, is_voice = "", False
        if isinstance(upload, UploadFile) and upload.size:
            if upload.size > LONGEST_CONTENT:
                typed = Typed(text, forwarded, "wrong_big")
                return self._chat_page(chat, views.language(lang), answered=answered, typed=typed)
            mime = upload.content_type or "application/octet-stream"
            file = self._provider.keep_file(await upload.read(), mime, name=upload.filename or "")
            is_voice = mime.startswith("audio/")
        try:
            self._provider.say(
                chat.account,
                chat.phone.number,
                text.replace("\r\n", "\n"),
                file=file,
                voice=is_voice,
                forwarded=forwarded,
                replies_to=answered.id if answered else "",
            )
        except NotPossible:
            typed = Typed(text, forwarded, "wrong_empty")
            return self._chat_page(chat, views.language(lang), answered=answered, typed=typed)
        return _to(chat.path, views.language(lang))

    async def act(self, request: Request) -> Response:
        if (chat := self._chat(request)) is None:
            return _missing(request)
        form = await request.form()
        number = chat.phone.number
        match request.path_params["act"]:
            case "press":
                try:
                    self._provider.press(chat.account, number, _text(form, "message"), _text(form, "button"))
                except NotPossible:
                    return _missing(request)
            case "end-window":
                self._provider.end_window(chat.account, number)
            case "block" | "unblock" as act:
                self._provider.block(chat.account, number, blocked=act == "block")
            case _:
                return _missing(request)
        return _to(chat.path, views.language(_text(form, "lang")))

    async def file(self, request: Request) -> Response:
        file = self._book.file(request.path_params["file_id"])
        if file is None:
            return _missing(request)
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
        if file.mime not in SHOWN:
            headers["Content-Disposition"] = "attachment"
        kind = file.mime if file.mime in SHOWN else "application/octet-stream"
        return Response(self._book.content(file), media_type=kind, headers=headers)

    async def faults(self, request: Request) -> Response:
        lang = _lang(request)
        if request.method == "POST":
            form = await request.form()
            lang = views.language(_text(form, "lang"))
            try:
                wanted = {} if "well" in form else _faults(form)
                self._provider.set_faults(Faults().changed(wanted))
            except (NoSuchFault, ValueError):
                return _page(views.missing(lang), status=400)
            return _to("/faults-page", lang)
        return self._faults_page(lang)

    async def handshake(self, request: Request) -> Response:
        form = await request.form()
        lang = views.language(_text(form, "lang"))
        number = self._provider.accounts.now.of(_text(form, "office"), WHATSAPP)
        if not isinstance(number, WhatsAppNumber):
            return _page(views.missing(lang), status=404)
        return self._faults_page(lang, result=await self._provider.postman.shake_hands(number))

    def _home(self, lang: str, typed: dict[str, str], *, wrong: str = "") -> Response:
        accounts = self._provider.accounts.now.by_key
        last: dict[tuple[str, str], Message] = {}
        for message in self._book.messages.values():
            last[message.account, message.number] = message
        chats = [
            (Chat(accounts[account], self._book.phones[number]), message)
            for (account, number), message in last.items()
            if account in accounts and number in self._book.phones
        ]
        newest = sorted(chats, key=lambda each: each[1].at, reverse=True)[:100]
        text = views.home(self._offices(), newest, lang=lang, typed=typed, wrong=wrong)
        return _page(text, status=400 if wrong else 200)

    def _chat_page(self, chat: Chat, lang: str, *, answered: Message | None, typed: Typed | None = None) -> Response:
        is_open = self._provider.window_is_open(chat.account, chat.phone.number)
        text = views.chat_page(chat, window_is_open=is_open, answered=answered, typed=typed or Typed(), lang=lang)
        return _page(text, status=400 if typed else 200)

    def _faults_page(self, lang: str, *, result: str | None = None) -> Response:
        pending = len(self._book.pending)
        faults = self._provider.faults
        return _page(views.faults_page(faults, offices=self._offices(), pending=pending, result=result, lang=lang))

    def _offices(self) -> list[str]:
        return sorted({account.office for account in self._provider.accounts.now.by_key.values()})

    def _chat(self, request: Request) -> Chat | None:
        asked = request.path_params
        account = self._provider.accounts.now.of(asked["office"], asked["channel"])
        phone = self._book.phones.get(asked["number"])
        return Chat(account, phone) if account and phone else None


def _faults(form: FormData) -> dict[str, Any]:
    """
    Raises:
        ValueError: text where a number belongs.
    """
    wanted: dict[str, Any] = {}
    for one in fields(Faults):
        match one.default:
            case bool():
                wanted[one.name] = one.name in form
            case int():
                wanted[one.name] = int(_text(form, one.name) or one.default)
            case _:
                wanted[one.name] = _text(form, one.name)
    return wanted


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _lang(request: Request) -> str:
    return views.language(request.query_params.get("lang", ""))


def _to(path: str, lang: str) -> Response:
    return RedirectResponse(f"{path}?{urlencode({'lang': lang})}", 303)


def _missing(request: Request) -> Response:
    return _page(views.missing(_lang(request)), status=404)


def _page(text: str, *, status: int = 200) -> Response:
    headers = {
        "Content-Security-Policy": views.POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(text, status, headers={**headers, "Referrer-Policy": "same-origin"})
