"""docs/api/openapi.json, what the gateway offers to programs; `make generate` writes it."""

import json

from services.gateway.api.openapi import api_document

FILE = "docs/api/openapi.json"


def written() -> str:
    return json.dumps(api_document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
