"""The words of every message: templates in Indonesian and English, for e-mail (text and HTML) and for WhatsApp.

A template file holds the macros `subject`, `preview`, `body`, `footer` and `chat`; `body` is written once and rendered
with the parts of `blocks.html.j2` and of `blocks.text.j2`. Values are ready texts; a template decides their order only.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from libs.contracts.directory import TenantRecord
from libs.kit import signs
from services.notify.bulletin.rules import Bulletin

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGES = frozenset({"id", "en"})
SOURCE = "id"

_COLOURS = {"": "#0B5563", "nila": "#27406F", "kopi": "#5C4326", "batu": "#37474F"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a verdict looks and what it says; the mark is read before the colour."""

    glyph: str
    word: str
    note: str
    colour: str
    tint: str
    border: str


_LOOKS = {
    "false": ("✕", "#A3212B", "#FBE9E9", "solid"),
    "scam": ("⚠", "#7A1F5C", "#F8E7F2", "solid"),
    "misleading": ("↪", "#9A4A00", "#FFF0DC", "solid"),
    "true": ("✓", "#1B6B3A", "#E4F3E9", "solid"),
    "unproven": ("?", "#4A5A63", "#EBEFF1", "dashed"),
    "needs_context": ("…", "#1F4E9E", "#E6EEFA", "solid"),
    "satire": ("“”", "#5B3FA0", "#EEE9F9", "solid"),
    "not_checkable": ("○", "#3A4248", "#FFFFFF", "solid"),
}
_WORDS = {
    "id": {
        "false": ("SALAH", "Tidak sesuai fakta."),
        "scam": ("PENIPUAN", "Mengincar uang atau data Anda."),
        "misleading": ("MENYESATKAN", "Sebagian benar, kesimpulannya keliru."),
        "true": ("BENAR", "Sesuai fakta."),
        "unproven": ("BELUM TERBUKTI", "Bukti belum cukup."),
        "needs_context": ("PERLU KONTEKS", "Perlu dibaca bersama penjelasan ini."),
        "satire": ("PARODI", "Lelucon, bukan berita."),
        "not_checkable": ("BUKAN KLAIM FAKTUAL", "Pendapat atau pertanyaan; tidak kami nilai."),
    },
    "en": {
        "false": ("FALSE", "It does not match the facts."),
        "scam": ("SCAM", "It is after your money or your data."),
        "misleading": ("MISLEADING", "Partly true; the conclusion is wrong."),
        "true": ("TRUE", "It matches the facts."),
        "unproven": ("UNPROVEN", "There is not enough evidence yet."),
        "needs_context": ("NEEDS CONTEXT", "Read it together with this explanation."),
        "satire": ("SATIRE", "A joke, not news."),
        "not_checkable": ("NOT A FACTUAL CLAIM", "An opinion or a question; we do not judge it."),
    },
}


_REASONS = {
    "id": {
        "spam": "kiriman massal atau iklan",
        "out_of_scope": "di luar wilayah atau wewenang kami",
        "opinion": "pendapat; tidak kami nilai",
        "unclear": "kurang jelas untuk diperiksa",
        "personal": "menyangkut urusan pribadi orang lain",
    },
    "en": {
        "spam": "mass mailing or advertising",
        "out_of_scope": "outside our area or power",
        "opinion": "an opinion; we do not rate it",
        "unclear": "too unclear to check",
        "personal": "it concerns someone’s private affairs",
    },
}


def reason(code: str, language: str) -> str:
    """Why a report is not continued, as its ticket says it; the office's own words stay as they are."""
    return _REASONS[language_of(language)].get(code, code)


def verdict(code: str, language: str) -> Verdict:
    """An unknown code is shown as it came: the enum is open."""
    glyph, colour, tint, border = _LOOKS.get(code, ("", "#3A4248", "#FFFFFF", "solid"))
    word, note = _WORDS[language].get(code, (code.replace("_", " ").upper(), ""))
    return Verdict(glyph, word, note, colour, tint, border)


@dataclass(frozen=True, slots=True)
class Office:
    """Who speaks."""

    name: str
    office: str
    short_office: str
    government: str
    address: str
    colour: str
    reply_to: str

    @classmethod
    def of(cls, record: TenantRecord) -> "Office":
        branding = record.branding
        return cls(
            name=branding.name,
            office=branding.office,
            short_office=branding.short_office or branding.office,
            government=branding.government,
            address=branding.address,
            colour=_COLOURS.get(branding.theme, _COLOURS[""]),
            reply_to=branding.email,
        )


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    html: str


def language_of(asked: str) -> str:
    return asked if asked in LANGUAGES else SOURCE


def write(name: str, language: str, *, office: Office, values: Mapping[str, Any]) -> Letter:
    """
    Args:
        name: of the template file, `answer.report` for instance.
        values: what the template names; for e-mail, values that differ between recipients are marks.
    """
    text = _render("text", name, language, office, values)
    html = _render("html", name, language, office, values)
    return Letter(subject=text["subject"], text=text["page"], html=html["page"])


def write_chat(name: str, language: str, *, office: Office, values: Mapping[str, Any]) -> str:
    module = _module("text", name, language, office, values)
    return " ".join(str(module.chat()).split())


def _render(form: str, name: str, language: str, office: Office, values: Mapping[str, Any]) -> dict[str, str]:
    environment = _environment(form)
    module = _module(form, name, language, office, values)
    blocks = environment.get_template(f"blocks.{form}.j2").make_module({"office": office})
    safe = Markup if form == "html" else str
    page = environment.get_template(f"layout.{form}.j2").render(
        office=office,
        language=language,
        subject=safe(module.subject()),
        preview=safe(module.preview()),
        body=safe(_tidy(str(module.body(blocks)))),
        footer=safe(module.footer(blocks)),
    )
    return {"subject": signs.plain(" ".join(str(module.subject()).split())), "page": page}


def _module(form: str, name: str, language: str, office: Office, values: Mapping[str, Any]) -> Any:
    template = _environment(form).get_template(f"{language_of(language)}/{name}.j2")
    return template.make_module({"office": office, **values})


def _tidy(text: str) -> str:
    """Without the blank lines that a template's own layout leaves."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


@cache
def _environment(form: str) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=form == "html",
        undefined=StrictUndefined,
        finalize=_isolated,
        auto_reload=False,
    )
    environment.filters |= {
        "sentence": sentence, "paragraphs": paragraphs, "cut": cut, "topic": topic,
    }  # fmt: skip
    environment.tests["web"] = is_web_address
    return environment


def _isolated(value: Any) -> Any:
    """What somebody wrote turns the direction of nothing around it."""
    return signs.closed(value) if type(value) is str else value


def paragraphs(text: str) -> list[list[str]]:
    """The lines of each paragraph, as the officer parted them."""
    parted = re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.replace("\r\n", "\n").strip())
    return [[line.strip() for line in paragraph.split("\n")] for paragraph in parted if paragraph]


SUBJECT = 70
"""Characters of a fact in a subject: with topic and deadline before it, more is seen by nobody."""


def cut(text: str) -> str:
    """At the end of a word."""
    return textwrap.shorten(text, SUBJECT, placeholder="…")


_TOPICS = {
    "id": {
        "politics": "Politik", "government": "Pemerintahan dan kebijakan", "health": "Kesehatan", "disaster": "Bencana",
        "crime": "Kriminalitas", "law": "Hukum", "figure": "Tokoh", "social_aid": "Bantuan sosial", "jobs": "Lowongan",
        "prize_scam": "Hadiah dan penipuan", "religion": "Agama dan SARA", "education": "Pendidikan",
        "economy": "Ekonomi", "other": "Lain-lain",
    },
    "en": {
        "politics": "Politics", "government": "Government and policy", "health": "Health", "disaster": "Disaster",
        "crime": "Crime", "law": "Law", "figure": "Public figures", "social_aid": "Social aid", "jobs": "Job offers",
        "prize_scam": "Prizes and scams", "religion": "Religion and identity", "education": "Education",
        "economy": "Economy", "other": "Other",
    },
}  # fmt: skip


def topic(code: str, language: str) -> str:
    """As the case page names it; an office's own words begin with a capital."""
    text = code.replace("_", " ")
    return _TOPICS[language_of(language)].get(code, text[:1].upper() + text[1:])


def is_web_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def sentence(text: str) -> str:
    """With a full stop, unless it ends with a mark of its own."""
    stripped = text.strip()
    return stripped if stripped.endswith((".", "!", "?", "…", "”")) or not stripped else f"{stripped}."


_CAPTION = {
    "id": "Faktanya: {fact} Klaim “{claim}”: {verdict}. Baca sumbernya: {link}",
    "en": "The facts: {fact} The claim “{claim}”: {verdict}. Read the sources: {link}",
}


def caption(bulletin: Bulletin, language: str, link: str) -> str:
    """What a partner may post, in their own words or in these."""
    word = verdict(bulletin.verdict, language_of(language)).word
    fact, claim = signs.plain(bulletin.fact), signs.plain(bulletin.claim)
    return _CAPTION[language_of(language)].format(fact=sentence(fact), claim=claim.strip(), verdict=word, link=link)
