"""The pages on which one chats like a citizen: HTML from what it shows. No I/O."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from deploy.local.chat.accounts import TELEGRAM, WHATSAPP, Account
from deploy.local.chat.book import Button, File, Message, Phone
from deploy.local.chat.faults import ANSWERS, Faults

REFRESH_SECONDS = 2
"""Of the frame with the messages alone: what is being typed beside it stays."""

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)

STYLE = """
* { box-sizing: border-box; }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 44rem; padding: .75rem; color: #16201d; }
h1 { font-size: 1.25rem; margin: .25rem 0; } h2 { font-size: 1.1rem; } p { margin: .4rem 0; }
a { color: #0b5f4c; } a:focus-visible, input:focus-visible, button:focus-visible, select:focus-visible,
textarea:focus-visible, summary:focus-visible { outline: 3px solid #8a5a00; outline-offset: 1px; }
input, button, select, textarea { font: inherit; padding: .45rem .6rem; max-width: 100%; border: 1px solid #5c6b66;
border-radius: .3rem; background: #fff; color: inherit; }
input[type=file] { border: 0; padding-left: 0; } input[type=checkbox] { width: 1.2rem; height: 1.2rem; }
button { background: #0b5f4c; border-color: #0b5f4c; color: #fff; cursor: pointer; min-height: 2.75rem; }
button.plain { background: #fff; color: #0b5f4c; }
textarea { width: 100%; display: block; } label { font-weight: 600; } .field { margin: .6rem 0; }
nav { display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; }
.row { display: flex; gap: .6rem; flex-wrap: wrap; align-items: end; }
iframe { width: 100%; height: 52vh; min-height: 16rem; border: 1px solid #aab7b2; border-radius: .4rem;
display: block; }
.facts { color: #46544f; } .error { color: #8f1d14; font-weight: 600; }
.quoted { border-left: 4px solid #0b5f4c; padding: .2rem .6rem; background: #f0f4f2; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .5rem .5rem .5rem 0;
border-bottom: 1px solid #c9d3cf; vertical-align: top; } td:last-child { overflow-wrap: anywhere; }
body.talk { background: #e9e4dc; max-width: none; padding: 0; }
body.talk main { height: 100vh; overflow-y: auto; display: flex; flex-direction: column-reverse; padding: .75rem; }
.talk ol { list-style: none; margin: 0; padding: 0; display: flex; flex-direction: column; gap: .5rem; }
.bubble { max-width: 85%; padding: .5rem .7rem; border-radius: .6rem; overflow-wrap: anywhere; background: #fff;
align-self: flex-start; } .bubble.mine { background: #d8f3c9; align-self: flex-end; }
.bubble.failed { background: #fbe3e0; } .bubble p { white-space: pre-wrap; margin: 0; }
.bubble img { max-width: 100%; max-height: 16rem; display: block; border-radius: .3rem; }
.bubble .quoted { font-size: .9rem; margin-bottom: .3rem; }
.mark { font-size: .85rem; color: #46544f; font-style: italic; } .foot { font-size: .85rem; color: #46544f;
display: flex; flex-wrap: wrap; gap: 0 .6rem; justify-content: flex-end; } .read { color: #0b57b0; font-weight: 700; }
.keys { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .4rem; }
"""

WORDS = {
    "id": {
        "title": "Ponsel warga (percobaan)",
        "explain": "WhatsApp dan Telegram tiruan di komputer ini. Tidak ada yang dikirim ke luar.",
        "office": "Kantor",
        "channel": "Kanal",
        "number": "Nomor ponsel",
        "name": "Nama",
        "open": "Buka percakapan",
        "new": "Ponsel baru, atau yang sudah ada",
        "chats": "Percakapan",
        "none": "Belum ada percakapan.",
        "last": "Terakhir",
        "faults": "Gangguan",
        "home": "Semua percakapan",
        "messages": "Pesan",
        "write": "Tulis pesan",
        "attach": "Lampiran (gambar, suara, video, dokumen)",
        "forward": "Diteruskan?",
        "forward_no": "Tidak",
        "forward_once": "Diteruskan",
        "forward_often": "Sering diteruskan",
        "send": "Kirim",
        "reply": "Balas",
        "replying": "Membalas",
        "cancel": "Batal",
        "window_open": "Jendela 24 jam terbuka: kantor boleh membalas bebas.",
        "window_shut": "Jendela 24 jam tertutup: kantor hanya boleh mengirim templat.",
        "end_window": "25 jam berlalu",
        "block": "Blokir bot",
        "unblock": "Buka blokir",
        "blocked": "Bot diblokir: pesannya tidak sampai.",
        "template": "templat",
        "failed": "tidak sampai, galat",
        "accepted": "diterima penyedia",
        "sent": "terkirim",
        "delivered": "sampai",
        "read": "dibaca",
        "file": "Berkas",
        "empty": "Belum ada pesan. Tulis sesuatu di bawah.",
        "wrong_number": "Tulis nomor dengan 7 sampai 15 angka, misalnya 0812 0000 0001.",
        "wrong_office": "Kantor ini tidak punya kanal itu.",
        "wrong_empty": "Tulis pesan atau lampirkan berkas.",
        "wrong_big": "Berkas lebih dari 20 MB.",
        "missing": "Halaman ini tidak ada.",
        "save": "Terapkan",
        "well": "Semua normal",
        "handshake": "Uji alamat webhook",
        "handshake_ok": "Gerbang menjawab dengan benar.",
        "handshake_wrong": "Gerbang tidak lulus: ",
        "pending": "Webhook yang belum diterima gerbang",
        "fault_whatsapp": "Jawaban WhatsApp",
        "fault_telegram": "Jawaban Telegram",
        "fault_times": "Berapa kali (0: sampai dimatikan)",
        "fault_retry_after": "Retry-After (detik)",
        "fault_slow_ms": "Lambat (milidetik)",
        "fault_pair_limit": "Pesan per menit ke satu orang (0: bebas)",
        "fault_shuffle": "Webhook diacak dalam kelompok",
        "fault_batch": "Pesan per amplop",
        "fault_at_once": "Kegagalan langsung dalam jawaban",
        "fault_twice": "Setiap webhook dua kali",
        "fault_wrong_signature": "Tanda tangan salah",
        "normal": "normal",
        "other": "English",
    },
    "en": {
        "title": "A citizen's phone (trial)",
        "explain": "A stand-in for WhatsApp and Telegram on this machine. Nothing leaves it.",
        "office": "Office",
        "channel": "Channel",
        "number": "Phone number",
        "name": "Name",
        "open": "Open chat",
        "new": "A new phone, or one that is there",
        "chats": "Chats",
        "none": "No chats yet.",
        "last": "Last",
        "faults": "Faults",
        "home": "All chats",
        "messages": "Messages",
        "write": "Write a message",
        "attach": "Attachment (picture, voice, video, document)",
        "forward": "Forwarded?",
        "forward_no": "No",
        "forward_once": "Forwarded",
        "forward_often": "Forwarded many times",
        "send": "Send",
        "reply": "Reply",
        "replying": "Replying to",
        "cancel": "Cancel",
        "window_open": "The 24-hour window is open: the office may answer freely.",
        "window_shut": "The 24-hour window is closed: the office may send templates only.",
        "end_window": "25 hours go by",
        "block": "Block the bot",
        "unblock": "Unblock",
        "blocked": "The bot is blocked: its messages do not arrive.",
        "template": "template",
        "failed": "did not arrive, error",
        "accepted": "taken by the provider",
        "sent": "sent",
        "delivered": "delivered",
        "read": "read",
        "file": "File",
        "empty": "No messages yet. Write something below.",
        "wrong_number": "Write a number of 7 to 15 digits, for example 0812 0000 0001.",
        "wrong_office": "This office does not have that channel.",
        "wrong_empty": "Write a message or attach a file.",
        "wrong_big": "The file is larger than 20 MB.",
        "missing": "There is no such page.",
        "save": "Apply",
        "well": "All well",
        "handshake": "Check the webhook's address",
        "handshake_ok": "The gateway answered rightly.",
        "handshake_wrong": "The gateway did not pass: ",
        "pending": "Webhooks that the gateway has not taken yet",
        "fault_whatsapp": "WhatsApp's answer",
        "fault_telegram": "Telegram's answer",
        "fault_times": "How many times (0: until it is switched off)",
        "fault_retry_after": "Retry-After (seconds)",
        "fault_slow_ms": "Slow (milliseconds)",
        "fault_pair_limit": "Messages a minute to one person (0: any)",
        "fault_shuffle": "Webhooks shuffled in groups of",
        "fault_batch": "Messages in one envelope",
        "fault_at_once": "Failures told in the answer",
        "fault_twice": "Every webhook twice",
        "fault_wrong_signature": "Wrong signature",
        "normal": "as it should be",
        "other": "Bahasa Indonesia",
    },
}

CHANNEL_NAMES = {WHATSAPP: "WhatsApp", TELEGRAM: "Telegram"}
TICKS = {"accepted": "…", "sent": "✓", "delivered": "✓✓", "read": "✓✓", "failed": "✗"}
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def language(asked: str) -> str:
    return "en" if asked == "en" else "id"


@dataclass(frozen=True)
class Chat:
    """One person's talk with one office."""

    account: Account
    phone: Phone

    @property
    def path(self) -> str:
        return f"/chat/{self.account.office}/{self.account.channel}/{self.phone.number}"


@dataclass(frozen=True)
class Typed:
    """What comes back with an error, so that nothing is lost."""

    text: str = ""
    forwarded: str = ""
    wrong: str = ""


def home(
    offices: Sequence[str],
    chats: Iterable[tuple[Chat, Message]],
    *,
    lang: str,
    typed: Mapping[str, str],
    wrong: str = "",
) -> str:
    words = WORDS[lang]
    rows = "".join(
        f"<tr><td><a href='{chat.path}?lang={lang}'>{_e(chat.phone.name)}</a><br>{chat.phone.number}</td>"
        f"<td>{_e(chat.account.office)}<br>{CHANNEL_NAMES[chat.account.channel]}</td>"
        f"<td>{_time(last.at)}<br>{_e(_short(last))}</td></tr>"
        for chat, last in chats
    )
    head = "".join(f'<th scope="col">{words[name]}</th>' for name in ("name", "office", "last"))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else f"<p>{words['none']}</p>"
    form = (
        f'<form action="/open" method="post">{_lang(lang)}'
        f"{_select('office', words['office'], [(o, o) for o in offices], typed.get('office', ''))}"
        f"{_select('channel', words['channel'], list(CHANNEL_NAMES.items()), typed.get('channel', ''))}"
        f"{_input('number', words['number'], typed.get('number', ''), wrong=words.get(wrong, ''), kind='tel')}"
        f"{_input('name', words['name'], typed.get('name', ''))}<button>{words['open']}</button></form>"
    )
    return _page(
        f"<nav><a href='/faults-page?lang={lang}'>{words['faults']}</a>{_other('/', lang)}</nav>"
        f"<main><h1>{words['title']}</h1><p>{words['explain']}</p><h2>{words['new']}</h2>{form}"
        f"<h2>{words['chats']}</h2>{table}</main>",
        title=words["title"],
        lang=lang,
    )


def chat_page(chat: Chat, *, window_is_open: bool, answered: Message | None, typed: Typed, lang: str) -> str:
    words = WORDS[lang]
    is_whatsapp = chat.account.channel == WHATSAPP
    choices = [("", words["forward_no"]), ("once", words["forward_once"])]
    choices += [("often", words["forward_often"])] if is_whatsapp else []
    wrong = f'<p class="error" id="wrong">{words[typed.wrong]}</p>' if typed.wrong else ""
    described = ' aria-describedby="wrong" aria-invalid="true"' if typed.wrong else ""
    replying = ""
    if answered:
        replying = (
            f'<p class="quoted">{words["replying"]}: {_e(_short(answered))} '
            f"<a href='{chat.path}?lang={lang}'>{words['cancel']}</a></p>"
            f'<input type="hidden" name="replies_to" value="{_e(answered.id)}">'
        )
    title = f"{chat.phone.name} → {chat.account.shown_as}"
    return _page(
        f"<nav><a href='/?lang={lang}'>{words['home']}</a>{_other(chat.path, lang)}</nav>"
        f"<main><h1>{_e(title)}</h1>"
        f'<p class="facts">{CHANNEL_NAMES[chat.account.channel]} · {_e(chat.account.office)} · {chat.phone.number}</p>'
        f'<iframe src="{chat.path}/messages?lang={lang}" title="{words["messages"]}"></iframe>'
        f'<form action="{chat.path}/say" method="post" enctype="multipart/form-data">{_lang(lang)}{replying}'
        f'<div class="field"><label for="text">{words["write"]}</label>{wrong}'
        f'<textarea id="text" name="text" rows="3"{described} autofocus>{_e(typed.text)}</textarea></div>'
        f'<div class="field"><label for="file">{words["attach"]}</label><br>'
        '<input type="file" id="file" name="file"></div>'
        f'<div class="row">{_select("forwarded", words["forward"], choices, typed.forwarded)}'
        f"<div class='field'><button>{words['send']}</button></div></div></form>"
        f"{_state(chat, window_is_open, lang)}</main>",
        title=title,
        lang=lang,
    )


def talk_page(
    chat: Chat, messages: Sequence[Message], files: Mapping[str, File], known: Mapping[str, Message], *, lang: str
) -> str:
    """The inside of the frame."""
    words = WORDS[lang]
    bubbles = "".join(_bubble(chat, m, files.get(m.file), known.get(m.replies_to), lang) for m in messages)
    inside = f"<ol>{bubbles}</ol>" if bubbles else f"<p>{words['empty']}</p>"
    return _page(
        f'<main tabindex="0" aria-label="{words["messages"]}">{inside}</main>',
        title=words["messages"],
        lang=lang,
        head=f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">',
        kind="talk",
    )


def faults_page(faults: Faults, *, offices: Sequence[str], pending: int, result: str | None, lang: str) -> str:
    """
    Args:
        result: of a handshake; "" when it was passed, None when none was tried.
    """
    words = WORDS[lang]
    fields = []
    for name, value in asdict(faults).items():
        label = words[f"fault_{name}"]
        if name in ANSWERS:
            choices = [("", words["normal"]), *((answer, answer) for answer in ANSWERS[name])]
            fields.append(_select(name, label, choices, value))
        elif isinstance(value, bool):
            checked = " checked" if value else ""
            box = f'<input type="checkbox" id="{name}" name="{name}" value="1"{checked}>'
            fields.append(f'<div class="field">{box} <label for="{name}">{label}</label></div>')
        else:
            fields.append(_input(name, label, str(value), kind="number"))
    told = ""
    if result is not None:
        told = f'<p role="status">{words["handshake_wrong"] + _e(result) if result else words["handshake_ok"]}</p>'
    choices = [(office, office) for office in offices]
    return _page(
        f"<nav><a href='/?lang={lang}'>{words['home']}</a>{_other('/faults-page', lang)}</nav>"
        f"<main><h1>{words['faults']}</h1><p>{words['pending']}: {pending}</p>"
        f'<form action="/faults-page" method="post">{_lang(lang)}{"".join(fields)}<div class="row">'
        f"<button>{words['save']}</button>"
        f'<button class="plain" name="well" value="1">{words["well"]}</button></div></form>'
        f'<h2>{words["handshake"]}</h2>{told}<form action="/handshake" method="post">{_lang(lang)}'
        f"{_select('office', words['office'], choices, '')}<button>{words['handshake']}</button></form></main>",
        title=words["faults"],
        lang=lang,
    )


def missing(lang: str) -> str:
    words = WORDS[lang]
    body = f"<main><h1>{words['missing']}</h1><a href='/?lang={lang}'>{words['home']}</a></main>"
    return _page(body, title=words["missing"], lang=lang)


def _bubble(chat: Chat, message: Message, file: File | None, answered: Message | None, lang: str) -> str:
    words = WORDS[lang]
    quoted = f'<div class="quoted">{_e(_short(answered))}</div>' if answered else ""
    marks = [words[f"forward_{message.forwarded}"]] if message.forwarded else []
    marks += [f"{words['template']} {message.template}"] if message.template else []
    mark = f'<div class="mark">{_e(" · ".join(marks))}</div>' if marks else ""
    text = f"<p>{_linked(message.text)}</p>" if message.text else ""
    keys = "".join(_key(chat, message, button, lang) for button in message.buttons)
    reply = f"<a target='_top' href='{chat.path}?lang={lang}&amp;reply={quote(message.id)}'>{words['reply']}</a>"
    kind = "mine" if message.by_person else ""
    kind += " failed" if message.status == "failed" else ""
    return (
        f'<li class="bubble {kind}">{quoted}{mark}{_attached(file, words["file"])}{text}'
        f"{f'<div class=keys>{keys}</div>' if keys else ''}"
        f'<div class="foot">{reply}<span>{_time(message.at)}</span>{_tick(message, lang)}</div></li>'
    )


def _tick(message: Message, lang: str) -> str:
    words = WORDS[lang]
    if message.account.startswith(TELEGRAM) or message.status not in TICKS:
        return ""
    label = words[message.status] + (f" {message.error}" if message.error else "")
    shown = f" {label}" if message.status == "failed" else ""
    kind = ' class="read"' if message.status == "read" else ""
    return f'<span{kind} role="img" aria-label="{label}" title="{label}">{TICKS[message.status]}{shown}</span>'


def _attached(file: File | None, label: str) -> str:
    if file is None:
        return ""
    address = f"/files/{file.id}"
    if file.width:
        return f'<a target="_top" href="{address}"><img src="{address}" alt="{label}"></a>'
    name = file.name or file.mime
    return f'<a target="_top" href="{address}">{label}: {_e(name)} ({file.size // 1000} kB)</a>'


def _key(chat: Chat, message: Message, button: Button, lang: str) -> str:
    if button.url:
        return f'<a target="_blank" rel="noreferrer" href="{_e(button.url)}">{_e(button.title)}</a>'
    return (
        f'<form action="{chat.path}/press" method="post" target="_top">{_lang(lang)}'
        f'<input type="hidden" name="message" value="{_e(message.id)}">'
        f'<button class="plain" name="button" value="{_e(button.id)}">{_e(button.title)}</button></form>'
    )


def _state(chat: Chat, window_is_open: bool, lang: str) -> str:
    words = WORDS[lang]
    if chat.account.channel == WHATSAPP:
        said, act, label = ("window_open", "end-window", "end_window") if window_is_open else ("window_shut", "", "")
    elif chat.account.key in chat.phone.blocked:
        said, act, label = "blocked", "unblock", "unblock"
    else:
        said, act, label = "", "block", "block"
    button = f'<button class="plain">{words[label]}</button>' if label else ""
    form = f'<form action="{chat.path}/{act}" method="post">{_lang(lang)}{button}</form>' if act else ""
    return (f'<p class="facts">{words[said]}</p>' if said else "") + form


def _short(message: Message) -> str:
    text = message.text or f"[{message.kind}]"
    return text if len(text) <= 80 else f"{text[:79]}…"


def _select(name: str, label: str, choices: Iterable[tuple[str, str]], chosen: str) -> str:
    options = "".join(
        f'<option value="{_e(value)}"{" selected" if value == chosen else ""}>{_e(shown)}</option>'
        for value, shown in choices
    )
    return (
        f'<div class="field"><label for="{name}">{label}</label><br>'
        f'<select id="{name}" name="{name}">{options}</select></div>'
    )


def _input(name: str, label: str, value: str, *, wrong: str = "", kind: str = "text") -> str:
    told = f'<p class="error" id="{name}-wrong">{wrong}</p>' if wrong else ""
    described = f' aria-describedby="{name}-wrong" aria-invalid="true"' if wrong else ""
    least = ' min="0"' if kind == "number" else ""
    return (
        f'<div class="field"><label for="{name}">{label}</label>{told}<br>'
        f'<input type="{kind}" id="{name}" name="{name}" value="{_e(value)}"{least}{described}></div>'
    )


def _lang(lang: str) -> str:
    return f'<input type="hidden" name="lang" value="{lang}">'


def _other(path: str, lang: str) -> str:
    other = "id" if lang == "en" else "en"
    return f'<a href="{path}?{urlencode({"lang": other})}" hreflang="{other}" lang="{other}">{WORDS[lang]["other"]}</a>'


def _time(at: float) -> str:
    moment = datetime.fromtimestamp(at).astimezone()
    return f'<time datetime="{moment.isoformat()}">{moment:%d/%m %H:%M}</time>'


def _linked(text: str) -> str:
    """Escaped, with its addresses to click on."""
    parts, place = [], 0
    for found in _LINK.finditer(text):
        target = _e(found.group())
        parts += [_e(text[place : found.start()])]
        parts += [f'<a href="{target}" target="_blank" rel="noreferrer">{target}</a>']
        place = found.end()
    return "".join([*parts, _e(text[place:])])


def _e(text: Any) -> str:
    return html.escape(str(text))


def _page(body: str, *, title: str, lang: str, head: str = "", kind: str = "") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}<title>{_e(title)}</title>'
        f'<link rel="stylesheet" href="/style.css"></head><body class="{kind}">{body}</body></html>'
    )
