"""Reads one page that is not trusted: a child with limits, because what builds trees of tags can be kept busy for
minutes by a megabyte of them. Imports nothing of ours.

Run by its path: `page_child.py CONTENT-TYPE`, the page on stdin, JSON on stdout.
"""

import codecs
import json
import re
import resource
import sys
from html import unescape

from selectolax.lexbor import LexborHTMLParser

LONGEST = {"title": 300, "description": 1_000, "excerpt": 2_000}
PROCESSOR_SECONDS = 2
MEMORY = 256 * 1024 * 1024
LARGEST = 4_000_000

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_PRESCANNED = 4_096
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SILENT = ["script", "style", "noscript", "template", "svg", "nav", "header", "footer", "form", "iframe", "object"]
_NO_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_LATIN = frozenset({"iso8859-1", "ascii"})


def main(content_type: str) -> None:
    # Set here and not in the parent: a fork of it may not run Python code.
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    found = read(sys.stdin.buffer.read(LARGEST), content_type)
    sys.stdout.write(json.dumps(found))


def read(data: bytes, content_type: str) -> dict[str, str]:
    text = decoded(data, content_type)
    if content_type.strip().lower().startswith("text/plain"):
        return {"excerpt": tidy(text, LONGEST["excerpt"])}
    tree = LexborHTMLParser(text)
    said = _said(tree)
    title = said.get("og:title") or _title(tree) or said.get("twitter:title", "")
    description = said.get("og:description") or said.get("description") or said.get("twitter:description", "")
    return {
        "title": tidy(title, LONGEST["title"]),
        "description": tidy(description, LONGEST["description"]),
        "excerpt": _excerpt(tree),
    }


def decoded(data: bytes, content_type: str) -> str:
    """As browsers guess it: a mark at its beginning, then the header, then what the page says, then UTF-8."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    named = _CHARSET.search(content_type)
    told = named[1] if named else ""
    if not told and (meta := _META.search(data[:_PRESCANNED])):
        told = meta[1].decode("ascii", "replace")
    return data.decode(_codec(told), "replace")


def _codec(told: str) -> str:
    try:
        codec = codecs.lookup(told) if told else None
    except LookupError:
        codec = None
    # A codec that is none of text (base64, zip) would be a way to unpack something.
    if codec is None or not codec._is_text_encoding or codec.name in _NO_TEXT:
        return "utf-8"
    return "cp1252" if codec.name in _LATIN else codec.name


def tidy(text: str, most: int) -> str:
    """On one line, without what nobody sees, cut at a word where one is near."""
    whole = " ".join(_CONTROLS.sub("", unescape(text[: 20 * most])).split())
    if len(whole) <= most:
        return whole
    cut = whole[: most - 1]
    return (cut.rpartition(" ")[0] if " " in cut[-40:] else cut) + "…"


def _said(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta")[:300]:
        name = (node.attributes.get("property") or node.attributes.get("name") or "").strip().lower()
        content = node.attributes.get("content")
        if name and content and name not in found:
            found[name] = content
    return found


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("head > title") or tree.css_first("title")
    return node.text() if node is not None else ""


def _excerpt(tree: LexborHTMLParser) -> str:
    tree.strip_tags(_SILENT)
    best = tree.css_first("article") or tree.css_first("main") or tree.body
    return tidy(best.text(separator=" "), LONGEST["excerpt"]) if best is not None else ""


if __name__ == "__main__":
    main(sys.argv[1])
