"""Files of questions for the matcher, as others give them: fields may be missing, empty, numbers, or unknown to us."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from libs.kit.imaging import ImageRefused, ImagingUnavailable, look, ocr, sanitise
from services.reports.matching.engine import Document, Kinds, Matcher

TENANT = "archive"
Id = str | int
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    id: Id
    text: str
    without: frozenset[str]


def rows(file: Path) -> Iterator[Row]:
    """Objects of a JSON Lines file; a line that is none is named on stderr and left out."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if isinstance(row, dict):
                yield row
            else:
                print(f"{file}:{number}: no JSON object", file=sys.stderr)


def id_of(row: Row, *names: str) -> Id | None:
    return next((row[name] for name in names if isinstance(row.get(name), Id) and row[name] != ""), None)


def text_of(row: Row, *names: str) -> str:
    return next((row[name] for name in names if isinstance(row.get(name), str) and row[name].strip()), "")


def texts_of(row: Row, name: str) -> list[str]:
    """The strings of a list; of objects in it, their `text` with their `urls`."""
    given = row.get(name)
    found = []
    for each in given if isinstance(given, list) else [given]:
        text = told(each, "text", "report_text") if isinstance(each, Mapping) else each
        if isinstance(text, str) and text.strip():
            found.append(text)
    return found


def told(row: Row, *names: str) -> str:
    """Text and addresses of a report, put together as the product does."""
    urls = row.get("urls")
    addresses = [url for url in urls if isinstance(url, str)] if isinstance(urls, list) else []
    return "\n".join(part for part in (text_of(row, *names), *addresses) if part)


def words_in(picture: Path) -> str:
    """As the product reads them; nothing where it is no picture or nothing reads here, which is said on stderr."""
    try:
        found = ocr(look(sanitise(picture.read_bytes()).data))
    except (OSError, ImageRefused, ImagingUnavailable) as error:
        print(f"{picture}: {error!r}", file=sys.stderr)
        return ""
    if found is None:
        print(f"{picture}: not read (is tesseract here?)", file=sys.stderr)
    return found.text if found is not None else ""


def fill(matcher: Matcher, archive: Iterable[Row]) -> dict[str, Id]:
    """Adds the answers, the texts linked to them and the open cases; ids of the answers as the file writes them."""
    written: dict[str, Id] = {}
    for number, row in enumerate(archive):
        id = id_of(row, "id", "clarification_id")
        claim = text_of(row, "title_clean", "claim", "title")
        if id is None:
            print(f"archive row {number + 1}: no id", file=sys.stderr)
            continue
        own = str(id)
        if claim:
            body = "\n".join(part for name in ("fact", "explanation", "body") if (part := text_of(row, name)))
            matcher.add(Document(own, TENANT, Kinds.CLARIFICATION, claim, body))
            written[own] = id
            for at, text in enumerate(texts_of(row, "linked_reports")):
                matcher.add(Document(f"linked {at} of {own}", TENANT, Kinds.LINKED, text, answers_to=own))
        for at, text in enumerate(texts_of(row, "open_reports")):
            matcher.add(Document(f"open {at} of {own}", TENANT, Kinds.CASE, text))
    return written


def queries(file: Path) -> Iterator[Query]:
    """Each question once; a second one under the same id is named on stderr and left out."""
    seen = set()
    for number, row in enumerate(rows(file), 1):
        id = id_of(row, "query_id", "report_id", "id")
        if id is None or str(id) in seen:
            print(f"{file}: query {number}: {'no id' if id is None else f'id {id} again'}", file=sys.stderr)
            continue
        seen.add(str(id))
        excluded = row.get("exclude")
        without = frozenset(map(str, excluded)) if isinstance(excluded, list) else frozenset()
        text, picture = told(row, "report_text", "text", "report"), text_of(row, "picture")
        beside = file.parent / picture
        read = words_in(beside if beside.is_file() else Path(picture)) if picture else ""
        yield Query(id, "\n".join(part for part in (text, read) if part), without)


def write(file: Path, found: Iterable[Mapping[str, Any]]) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with file.open("w", encoding="utf-8") as out:
        for row in found:
            print(json.dumps(row, ensure_ascii=False), file=out)
            count += 1
    return count
