"""Writes docs/api/openapi.json: `make openapi`. A test compares it with the code."""

import json
from pathlib import Path

from services.gateway.api.openapi import api_document

FILE = Path(__file__).parents[3] / "docs" / "api" / "openapi.json"


def written() -> str:
    return json.dumps(api_document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
