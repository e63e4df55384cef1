"""Pages as a browser without scripts uses them: links are followed, and forms sent as they stand."""

import re
from dataclasses import dataclass
from html import unescape

import httpx


@dataclass(frozen=True)
class Form:
    url: str
    fields: dict[str, str]

    async def send(self, browser: httpx.AsyncClient, *, to: str = "", **typed: str) -> httpx.Response:
        """
        Args:
            to: end of another address, for a button with a `formaction` of its own.
        """
        url = f"{self.url.rpartition('/')[0]}/{to}" if to else self.url
        return await browser.post(url, data=self.fields | typed)


def form(html: str, end: str) -> Form:
    """The form whose address ends so, with what is filled in."""
    found = re.search(rf'<form[^>]*action="([^"]*{re.escape(end)})"[^>]*>(.*?)</form>', html, re.DOTALL)
    assert found, f"no form to {end}"
    fields: dict[str, str] = {}
    for given in re.findall(r"<input[^>]*>", found[2]):
        named = dict(re.findall(r'(\w+)="([^"]*)"', given))
        if named.get("type") not in ("radio", "checkbox") or " checked" in given:
            fields[named["name"]] = unescape(named.get("value", ""))
    fields |= {
        name: unescape(text).removeprefix("\n")
        for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', found[2], re.DOTALL)
    }
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', found[2], re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        fields |= {name: unescape(chosen[1])} if chosen else {}
    return Form(unescape(found[1]), fields)
