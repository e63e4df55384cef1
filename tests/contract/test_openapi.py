from services.gateway.api.document import FILE, written


def test_the_committed_openapi_document_is_the_one_that_the_code_makes() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), "run `make openapi` and commit docs/api/openapi.json"
