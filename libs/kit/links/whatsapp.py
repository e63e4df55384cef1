"""WhatsApp: numbers, groups' invitations, channels."""

import re
from contextlib import suppress
from urllib.parse import unquote

from libs.kit.links.link import Link, WebAddress, at, not_content, opaque
from libs.kit.phones import NotAPhoneNumber, e164

_CODE = re.compile(r"[\w-]{4,64}", re.ASCII)


def read(link: Link) -> WebAddress:
    path = link.path
    if link.host == "chat.whatsapp.com":
        code = path[-1] if path else ""
        if not _CODE.fullmatch(code):
            return not_content("whatsapp")
        return at("whatsapp", "group_invite", code, f"https://chat.whatsapp.com/{code}")
    match link.words():
        case ("channel", _, *_):
            return at("whatsapp", "channel", path[1], f"https://whatsapp.com/channel/{path[1]}")
        case ("message" | "qr", _, *_):
            return opaque("whatsapp", "/".join(path[:2]), f"https://wa.me/{path[0]}/{path[1]}")
        case ("catalog" | "product", *_, _):
            return _number(path[-1])
        case (_, *_) if link.host == "wa.me":
            # A catalogue and a product name the number last.
            return _number(path[-1])
    return _number(link.query.get("phone", ""))


def _number(typed: str) -> WebAddress:
    digits = unquote(typed).strip()
    # Written with its country and without a plus; people put the form with 0 there too.
    for written in (digits if digits.startswith(("0", "+")) else f"+{digits}", digits):
        with suppress(NotAPhoneNumber):
            number = e164(written)
            return at("whatsapp", "phone", number, f"https://wa.me/{number[1:]}")
    return not_content("whatsapp")
