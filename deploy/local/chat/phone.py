"""A citizen's phone for tests, and what the provider has in its journal."""

import base64
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.local.chat.accounts import WHATSAPP
from deploy.local.chat.book import Button, Entry, Message, entries

POLL_SECONDS = 0.05


class NoReply(AssertionError):
    """Says what there was instead."""


class ChatProvider:
    """The running provider, from outside. Every call blocks."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def phone(
        self, number: str, *, office: str, channel: str = WHATSAPP, name: str = "Warga", on_whatsapp: bool = True
    ) -> "Phone":
        made = self.call("PUT", f"/phones/{number}", {"name": name, "on_whatsapp": on_whatsapp})
        return Phone(self, made["number"], office, channel, telegram_id=made["telegram_id"])

    def faults(self, **wanted: Any) -> None:
        """Those that are named; the others stay as they are. `well()` ends them all."""
        self.call("POST", "/faults", wanted)

    def well(self) -> None:
        self.faults(
            whatsapp="",
            telegram="",
            times=0,
            slow_ms=0,
            at_once=False,
            pair_limit=0,
            twice=False,
            shuffle=0,
            batch=1,
            wrong_signature=False,
        )

    def approve_template(self, name: str, language: str, body: str) -> None:
        """`{{1}}` and so on in it are filled, and counted from now on."""
        self.call("POST", "/templates", {"name": name, "language": language, "body": body})

    def shake_hands(self, office: str) -> str:
        """ "" when the gateway passed Meta's check of its callback URL, else what was wrong."""
        wrong: str = self.call("POST", f"/handshakes/{office}", {})["wrong"]
        return wrong

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = self._client.request(method, path, json=body)
        if not answer.is_success:
            raise ValueError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()


@dataclass(frozen=True)
class Phone:
    """
    Attributes:
        number: digits alone, with the country's.
        telegram_id: by which bots know its owner.
    """

    provider: ChatProvider
    number: str
    office: str
    channel: str
    telegram_id: int

    def say(self, text: str, *, forwarded: str = "", replies_to: str = "") -> Message:
        """
        Args:
            forwarded: "once" or "often".
            replies_to: id of a message of the chat.
        """
        return self._act("say", text=text, forwarded=forwarded, replies_to=replies_to)

    def send_picture(
        self, content: bytes, *, caption: str = "", forwarded: str = "", mime: str = "image/jpeg"
    ) -> Message:
        return self.send_file(content, mime, caption=caption, forwarded=forwarded)

    def send_file(
        self,
        content: bytes,
        mime: str,
        *,
        caption: str = "",
        filename: str = "",
        voice: bool = False,
        forwarded: str = "",
    ) -> Message:
        encoded = base64.b64encode(content).decode()
        return self._act(
            "say", text=caption, content=encoded, mime=mime, filename=filename, voice=voice, forwarded=forwarded
        )

    def press(self, message: Message, title: str) -> Message:
        button = next(b for b in message.buttons if b.title == title)
        return self._act("press", message=message.id, button=button.id)

    def end_window(self) -> None:
        """As if 25 hours had gone by since this person last wrote."""
        self._do("end-window")

    def block(self) -> None:
        self._do("block")

    def unblock(self) -> None:
        self._do("unblock")

    def read(self) -> None:
        self._do("read")

    def messages(self) -> list[Message]:
        """Both sides, the oldest first; of the office's also those that have failed."""
        return [_message(each) for each in self.provider.call("GET", self._path)]

    def replies(self) -> list[Message]:
        """What has reached the phone."""
        return [m for m in self.messages() if not m.by_person and m.status not in ("accepted", "failed")]

    def wait_for_reply(self, containing: str = "", seconds: float = 20, *, after: Message | None = None) -> Message:
        """The first that holds these characters and came after what this person said last, or after `after`.

        Raises:
            NoReply
        """
        deadline = time.monotonic() + seconds
        while True:
            came = list(self._since(after))
            if found := next((m for m in came if containing in m.text), None):
                return found
            if time.monotonic() > deadline:
                raise NoReply(f"{containing!r} was not said within {seconds} s, but {[m.text for m in came]}")
            time.sleep(POLL_SECONDS)

    def _since(self, after: Message | None) -> Iterator[Message]:
        messages = self.messages()
        places = [i for i, m in enumerate(messages) if (m.id == after.id if after else m.by_person)]
        for message in messages[places[-1] + 1 if places else 0 :]:
            if not message.by_person and message.status not in ("accepted", "failed"):
                yield message

    def _act(self, act: str, **wanted: Any) -> Message:
        return _message(self.provider.call("POST", f"{self._path}/{act}", wanted))

    def _do(self, act: str) -> None:
        self.provider.call("POST", f"{self._path}/{act}", {})

    @property
    def _path(self) -> str:
        return f"/phones/{self.number}/{self.office}/{self.channel}"


@dataclass(frozen=True)
class ChatLog:
    """The journal as it lies on the disk: also to be read when the provider is dead."""

    folder: Path

    def requests(self, asked: str = "") -> list[Entry]:
        """What the product called, in order: `account`, `asked`, `body`, `status`, `answer`, `fault`."""
        return [what for what in self._of("request") if asked in ("", what["asked"])]

    def sent_to(self, number: str) -> list[Message]:
        """Every message to this phone that the provider took, delivered or not."""
        return [m for m in map(_message, self._of("message")) if m.number == number and not m.by_person]

    def hooks(self) -> dict[str, list[int | str]]:
        """What was answered to each webhook, in order: a status, or the name of a failure; by its body."""
        bodies = {what["id"]: what["body"] for what in self._of("hook")}
        answers: dict[str, list[int | str]] = {body: [] for body in bodies.values()}
        for what in self._of("hook_tried"):
            answers[bodies[what["id"]]].append(what["answer"])
        return answers

    def _of(self, kind: str) -> Iterator[Entry]:
        return (entry["what"] for entry in entries(self.folder) if entry["kind"] == kind)


def _message(fields: Entry) -> Message:
    return Message(**{**fields, "buttons": tuple(Button(**button) for button in fields["buttons"])})
