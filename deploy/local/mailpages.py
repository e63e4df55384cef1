"""The pages on which the mail of the local stack is read."""

import html
import re
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlencode

from deploy.local.mailbox import Entry, Mailbox, text_of

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; color: #16201d; }
h1 { font-size: 1.5rem; } a { color: #0b5f4c; } a:focus, input:focus, button:focus { outline: 3px solid #ffbf47; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .5rem; vertical-align: top;
border-bottom: 1px solid #c9d3cf; overflow-wrap: anywhere; } input, button { font: inherit; padding: .4rem .6rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f3f6f5; padding: 1rem; }
iframe { width: 100%; height: 32rem; border: 1px solid #c9d3cf; } dt { font-weight: 600; } dd { margin: 0 0 .5rem; }
nav { display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; }
"""

PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'"
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)
"""A letter is foreign HTML: it may look as it likes, run nothing, and fetch nothing. Its links open a new tab."""

_WORDS = {
    "id": {
        "title": "Surat keluar (percobaan)",
        "explain": "Surel yang dikirim Simpul di komputer ini. Tidak ada yang dikirim ke luar.",
        "search": "Cari alamat",
        "find": "Cari",
        "at": "Waktu",
        "to": "Kepada",
        "from": "Dari",
        "subject": "Perihal",
        "none": "Belum ada surat.",
        "older": "Surat yang lebih lama",
        "newest": "Terbaru",
        "back": "Kembali ke daftar",
        "text": "Teks",
        "html": "Tampilan HTML",
        "raw": "Berkas asli",
        "missing": "Surat ini tidak ada.",
        "other": "English",
    },
    "en": {
        "title": "Outgoing mail (trial)",
        "explain": "Mail that Simpul sent on this machine. Nothing leaves it.",
        "search": "Search an address",
        "find": "Search",
        "at": "Time",
        "to": "To",
        "from": "From",
        "subject": "Subject",
        "none": "No mail yet.",
        "older": "Older mail",
        "newest": "Newest",
        "back": "Back to the list",
        "text": "Text",
        "html": "HTML view",
        "raw": "Original file",
        "missing": "There is no such letter.",
        "other": "Bahasa Indonesia",
    },
}

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def language(asked: str) -> str:
    return "en" if asked == "en" else "id"


def listing(mailbox: Mailbox, *, address: str, before: int | None, lang: str) -> str:
    words = _WORDS[lang]
    page = mailbox.page(address=address, before=before)
    rows = "".join(_row(entry, lang) for entry in page.entries)
    head = "".join(f'<th scope="col">{words[column]}</th>' for column in ("at", "to", "subject"))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else f"<p>{words['none']}</p>"
    older = _anchor(words["older"], "/", address=address, before=page.older, lang=lang) if page.older else ""
    search = (
        f'<form action="/" role="search"><label for="address">{words["search"]}</label> '
        f'<input id="address" name="address" type="search" value="{html.escape(address)}">'
        f'<input type="hidden" name="lang" value="{lang}"> <button>{words["find"]}</button></form>'
    )
    other = _anchor(words["other"], "/", address=address, lang=_other(lang))
    newest = _anchor(words["newest"], "/", address=address, lang=lang)
    return _page(
        f"<nav>{newest}{other}</nav><main><h1>{words['title']}</h1><p>{words['explain']}</p>{search}{table}{older}</main>",
        title=words["title"],
        lang=lang,
    )


def letter_page(letter: EmailMessage, letter_id: str, *, lang: str) -> str:
    words = _WORDS[lang]
    subject = str(letter.get("Subject", ""))
    headers = {"from": "From", "to": "To", "at": "Date"}
    facts = "".join(
        f"<dt>{words[name]}</dt><dd>{html.escape(str(letter.get(header, '')))}</dd>" for name, header in headers.items()
    )
    plain, rich = text_of(letter, "plain"), text_of(letter, "html")
    text = f"<h2>{words['text']}</h2><pre>{_linked(plain)}</pre>" if plain else ""
    view = (
        f'<h2>{words["html"]}</h2><iframe src="/{letter_id}/html" title="{words["html"]}" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
    )
    back = _anchor(words["back"], "/", lang=lang)
    other = _anchor(words["other"], f"/{letter_id}", lang=_other(lang))
    raw = f'<p><a href="/{letter_id}/raw">{words["raw"]}</a></p>'
    body = f"<main><h1>{html.escape(subject)}</h1><dl>{facts}</dl>{text}{view if rich else ''}{raw}</main>"
    return _page(f"<nav>{back}{other}</nav>{body}", title=subject, lang=lang)


def letter_html(letter: EmailMessage) -> str:
    return f'<base target="_blank">{text_of(letter, "html") or ""}'


def missing(lang: str) -> str:
    words = _WORDS[lang]
    return _page(
        f"<main><h1>{words['missing']}</h1>{_anchor(words['back'], '/', lang=lang)}</main>",
        title=words["missing"],
        lang=lang,
    )


def _row(entry: Entry, lang: str) -> str:
    at = datetime.fromtimestamp(entry.at).astimezone()
    subject = entry.subject or "—"
    return (
        f'<tr><td><time datetime="{at.isoformat()}">{at:%Y-%m-%d %H:%M:%S}</time></td>'
        f"<td>{html.escape(', '.join(entry.to))}</td><td>{_anchor(subject, f'/{entry.id}', lang=lang)}</td></tr>"
    )


def _linked(text: str) -> str:
    """Escaped, with its addresses to click on: a log-in link is read here."""
    parts, place = [], 0
    for found in _LINK.finditer(text):
        target = html.escape(found.group())
        parts += [
            html.escape(text[place : found.start()]),
            f'<a href="{target}" target="_blank" rel="noreferrer">{target}</a>',
        ]
        place = found.end()
    return "".join([*parts, html.escape(text[place:])])


def _anchor(label: str, path: str, **query: str | int | None) -> str:
    asked = urlencode({name: value for name, value in query.items() if value not in (None, "")})
    return f'<a href="{html.escape(f"{path}?{asked}" if asked else path)}">{html.escape(label)}</a>'


def _other(lang: str) -> str:
    return "id" if lang == "en" else "en"


def _page(body: str, *, title: str, lang: str) -> str:
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{html.escape(title)}</title><link rel="stylesheet" href="/style.css"><body>{body}</body></html>'
    )
