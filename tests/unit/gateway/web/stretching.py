"""Views whose typed texts are one word of 300 letters, as a link without a blank is."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from pydantic import BaseModel

LINK = "https://contoh.example/" + "a" * 277
WORDS = """change change_note claim doubt explanation fact note ours party picture_text publisher question reason_text
reply reply_text retraction returned_note sent_text text theirs title"""
TYPED = frozenset(WORDS.split())
"""Names of fields that people fill; names of people have blanks and a limit of their own."""


def stretched(view: Any, name: str = "") -> Any:
    if isinstance(view, str):
        return LINK if name in TYPED and view else view
    if isinstance(view, tuple):
        inside = "text" if name in ("links", "captions") else ""
        return tuple(stretched(one, inside) for one in view)
    if isinstance(view, BaseModel):
        return view.model_copy(update={n: stretched(getattr(view, n), n) for n in type(view).model_fields})
    if is_dataclass(view) and not isinstance(view, type):
        # What a constructor does not take is worked out from the rest.
        return replace(view, **{f.name: stretched(getattr(view, f.name), f.name) for f in fields(view) if f.init})
    return view
