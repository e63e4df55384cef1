"""What is reported in the tests: texts as they circulated and screenshots where the data lies beside the repository,
else texts of the demo and a picture drawn here."""

import io
import json
from dataclasses import dataclass
from datetime import date

import pytest
from PIL import Image, ImageDraw, ImageFont

from deploy.demo import content
from deploy.local.layout import CHECKOUT

DATA = CHECKOUT.parent / "shared" / "data"
REPORTS = DATA / "matching" / "reports_to_archive.dev.jsonl"
PICTURES = DATA / "images" / "base"
FITTING = range(80, 400)
"""Characters: long enough for a claim, short enough for a title."""


@dataclass(frozen=True)
class Material:
    text: str
    again: str
    """The same claim, as somebody else forwards it."""
    unlike: str
    picture: bytes
    words: tuple[str, ...] = ()
    """That must be read in the picture."""


def real() -> Material:
    if not (REPORTS.exists() and PICTURES.exists()):
        pytest.skip(f"{DATA} is not there: only the demo's texts are tried")
    rows = map(json.loads, REPORTS.read_text().splitlines())
    fitting = (row["report_text"] for row in rows if len(row["report_text"]) in FITTING)
    text, unlike = next(fitting), next(fitting)
    picture = min(PICTURES.glob("*.jpg")).read_bytes()
    return Material(text, f"Dari grup sebelah. {text}", unlike, picture)


def of_the_demo() -> Material:
    cases = content.load(date(2026, 1, 15)).tenants[0].docket.cases
    text, unlike = cases[0].reports[0].text, cases[1].reports[0].text
    return Material(text, f"Dari grup sebelah. {text}", unlike, drawn("SELEBARAN PALSU"), ("SELEBARAN", "PALSU"))


def drawn(words: str) -> bytes:
    image = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(image).text((40, 100), words, fill="black", font=ImageFont.load_default(size=72))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


MATERIALS = {"real": real, "demo": of_the_demo}
