"""What somebody wrote in a mail: without what they quoted, and without what their program put below it."""

import re

_QUOTED = re.compile(r"^\s{0,3}[>|]")
_ATTRIBUTION = re.compile(
    r"""^\s*(?:
        (?:pada|on|am|le|el)\b.{4,200}\b(?:menulis|wrote|schrieb|a\s+écrit|escribió)\s*:?
        | .{2,120}<[^<>\s]+@[^<>\s]+>\s*(?:menulis|wrote)\s*:
        | \d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b.{3,160}<[^<>\s]+@[^<>\s]+>\s*:
    )\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_DIVIDER = re.compile(
    r"""^\s*(?:
        -{2,}\s*(?:original\s+message|pesan\s+asli|forwarded\s+message|pesan\s+terusan|pesan\s+yang\s+diteruskan)\s*-{2,}
        | _{12,}
        | begin\s+forwarded\s+message:
    )\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_HEAD = re.compile(
    r"^\s*\*?(?:from|dari|von|sent|dikirim|tanggal|date|to|kepada|ke|subject|perihal|subjek)\s*:\*?\s", re.I
)
_FORWARDED = re.compile(r"forward|terusan|diteruskan", re.IGNORECASE)
_SENT_FROM = re.compile(
    r"^\s*(?:dikirim\s+dari|terkirim\s+dari|sent\s+from|get\s+outlook|unduh\s+outlook|diposkan\s+dari)\b.{0,120}$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^-- ?$")
_HEADS = 3
"""Lines of a quoted head, one below the other, that make it one: a person may begin a line with "Dari:"."""


def own_words(text: str) -> str:
    """What the sender wrote. What they pass on is kept: it is what they ask about.

    Linear in the text: every line is looked at once, and no pattern goes beyond one.
    """
    lines = [line[:1_000] for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept = lines[: _end(lines)]
    while kept and _QUOTED.match(kept[-1]):
        kept.pop()
    kept = [line for line in kept if not _SENT_FROM.match(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in kept)).strip()


def _end(lines: list[str]) -> int:
    for place, line in enumerate(lines):
        if _SIGNATURE.match(line) and place > 0:
            return place
        if _DIVIDER.match(line) and not _FORWARDED.search(line):
            return place
        if _is_attribution(lines, place) and _only_quotes_below(lines, place + 1):
            return place
        if _is_head(lines, place) and not _is_passed_on(lines, place):
            return place
    return len(lines)


def _is_attribution(lines: list[str], place: int) -> bool:
    """It may be broken into two lines."""
    following = lines[place + 1] if place + 1 < len(lines) else ""
    return any(
        _ATTRIBUTION.match(one) for one in (lines[place], f"{lines[place].rstrip()} {following.lstrip()}"[:1_000])
    )


def _only_quotes_below(lines: list[str], place: int) -> bool:
    """Whoever answers between the lines of a quotation is heard: then it is no end."""
    below = [line for line in lines[place : place + 400] if line.strip()]
    quoted = [line for line in below if _QUOTED.match(line)]
    return not quoted or len(quoted) >= len(below) - 2


def _is_head(lines: list[str], place: int) -> bool:
    return all(_HEAD.match(line) for line in lines[place : place + _HEADS]) and place + _HEADS <= len(lines)


def _is_passed_on(lines: list[str], place: int) -> bool:
    return any(_FORWARDED.search(line) for line in lines[max(0, place - 2) : place])
