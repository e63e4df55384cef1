"""Conventions that a review would have to look for by hand. Each message says how to put it right."""

import ast
import re

import pytest

from libs.contracts.messages import COMMANDS
from libs.contracts.problems import TITLES
from tests.architecture.source import PRODUCT, Module, modules
from tests.architecture.test_layers import PURE

SUBSCRIBER = {
    "batch": "True",
    "ack_policy": "AckPolicy.MANUAL",
    "no_reply": "True",
    "decoder": "raw_decoder",
}
"""libs/runtime/bus.py says why: without these, records are lost, or spin, or answer to a `reply_to` header."""

COLLECTION_CALLS = {
    "find_one", "find_one_and_update", "insert_one", "insert_many", "update_one", "update_many", "replace_one",
    "delete_one", "delete_many", "bulk_write", "count_documents", "list_indexes", "create_index", "create_indexes",
    "aggregate",
}  # fmt: skip

CATCHES_ALL = {
    "services/gateway/reporting/door.py": "an ASGI app of its own, in front of the framework's handlers",
}


def name_of(node: ast.expr) -> str:
    return ast.unparse(node)


def subscribers() -> list[tuple[Module, ast.Call]]:
    return [
        (m, call)
        for m in PRODUCT
        for call in m.calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr == "subscriber"
    ]


def test_every_subscriber_takes_raw_records_and_loses_none() -> None:
    found = subscribers()

    assert found, "no subscriber was found: the test looks for the wrong thing"
    for module, call in found:
        given = {k.arg: name_of(k.value) for k in call.keywords if k.arg}
        wrong = [f"{name}={value}" for name, value in SUBSCRIBER.items() if given.get(name) != value]
        assert not wrong, f"{module.at(call)}: pass {', '.join(wrong)}; consume through libs.runtime.bus.Bus instead"
        assert given.get("parser") == "raw_parser", f"{module.at(call)}: pass parser=raw_parser"
        assert given.get("auto_offset_reset") == "'earliest'", f"{module.at(call)}: a new group must miss nothing"
        assert "group_id" in given, f"{module.at(call)}: without a group nothing is committed"
        assert "group_instance_id" not in given, f"{module.at(call)}: a static member strands its partitions"


def test_brokers_only_read_and_producers_wait_for_every_replica() -> None:
    wanted = {
        "KafkaBroker": {"consumer_only": "True", "allow_auto_create_topics": "False"},
        "AIOKafkaProducer": {"acks": "'all'", "enable_idempotence": "True"},
    }
    for module in PRODUCT:
        for call in module.calls():
            given = {k.arg: name_of(k.value) for k in call.keywords if k.arg}
            for name, value in wanted.get(name_of(call.func), {}).items():
                assert given.get(name) == value, f"{module.at(call)}: pass {name}={value}"


def test_consumers_without_a_group_commit_nothing() -> None:
    for module in PRODUCT:
        for call in module.calls():
            if name_of(call.func) == "AIOKafkaConsumer":
                given = {k.arg: name_of(k.value) for k in call.keywords if k.arg}
                assert given.get("group_id") == "None", f"{module.at(call)}: consume through libs.runtime.bus.Bus"
                assert given.get("enable_auto_commit") == "False", f"{module.at(call)}: pass enable_auto_commit=False"


def test_nobody_publishes_the_schema_of_topics_for_trying_out() -> None:
    found = [
        module.at(call)
        for module in PRODUCT
        for call in module.calls()
        if any(k.arg in ("asyncapi_path", "publish_batch") for k in call.keywords)
        or name_of(call.func).endswith((".publish_batch", "AsgiFastStream"))
    ]

    assert not found, f"asyncapi_path opens anonymous writes; publish_batch shares one set of headers: {found}"


def test_the_database_has_one_door() -> None:
    found = [
        module.at(call)
        for module in PRODUCT
        if module.name != "libs.runtime.mongo"
        for call in module.calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr in COLLECTION_CALLS
    ]
    found += [
        module.at(node)
        for module in PRODUCT
        if module.name != "libs.runtime.mongo"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "_raw"
    ]

    assert not found, f"A raw call may forget the tenant. Add a method to TenantCollection and use that: {found}"


def test_only_the_runtime_catches_everything() -> None:
    found = [
        module.at(node)
        for module in PRODUCT
        if not module.name.startswith("libs.runtime.") and module.file not in CATCHES_ALL
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or name_of(node.type) in ("Exception", "BaseException"))
    ]

    assert not found, f"Catch what you can do something about; the runtime has the last net: {found}"


def test_nothing_returns_from_a_finally() -> None:
    found = [
        module.at(inner)
        for module in PRODUCT
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Try)
        for statement in node.finalbody
        for inner in ast.walk(statement)
        if isinstance(inner, ast.Return)
    ]

    assert not found, f"A return in finally swallows the exception; return after it: {found}"


def test_logged_events_are_names_with_keys() -> None:
    found = []
    for module in PRODUCT:
        for call in module.calls():
            if not isinstance(call.func, ast.Attribute) or name_of(call.func.value) != "log":
                continue
            if call.func.attr not in ("debug", "info", "warning", "error", "exception"):
                continue
            event = call.args[0] if call.args else None
            named = isinstance(event, ast.Constant) and re.fullmatch(r"[a-z0-9_]+", str(event.value))
            if not named or len(call.args) > 1 or call.func.attr == "exception":
                found.append(module.at(call))

    assert not found, f"Write log.info('report_accepted', report_id=…): a fixed name, values as keys: {found}"


FORBIDDEN_KEYS = {
    "address", "body", "claim", "contact", "contacts", "document", "email", "event", "key", "message", "password",
    "phone", "private", "secret", "sealed", "text", "token", "url", "value",
}  # fmt: skip


def test_no_personal_value_is_passed_to_a_log() -> None:
    found = [
        f"{module.at(call)} ({keyword.arg})"
        for module in PRODUCT
        for call in module.calls()
        if isinstance(call.func, ast.Attribute) and name_of(call.func.value) == "log"
        for keyword in call.keywords
        if keyword.arg in FORBIDDEN_KEYS
    ]

    assert not found, f"Log ids and counts; never what a person typed: {found}"


CLOCKS = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time|uuid4|uuid1|random\.|secrets\.)")


@pytest.mark.parametrize("module", PURE, ids=lambda m: m.name)
def test_rules_read_no_clock_and_throw_no_dice(module: Module) -> None:
    found = [module.at(c) for c in module.calls() if CLOCKS.match(name_of(c.func))]

    assert not found, f"Take the time from the command's context, ids from libs.contracts.ids: {found}"


def test_every_refusal_is_a_problem_that_a_client_can_be_told() -> None:
    found = []
    for module in PRODUCT:
        for call in module.calls():
            code = call.args[0] if name_of(call.func) == "Refused" and call.args else None
            if isinstance(code, ast.Constant) and code.value not in TITLES:
                found.append(f"{module.at(call)} ({code.value!r})")

    assert not found, f"Add these codes with status and title to libs/contracts/problems.py: {found}"


def test_every_command_has_an_aggregate_that_decides_it() -> None:
    decided = {
        node.value.value
        for module in PRODUCT
        for call in module.calls()
        if name_of(call.func) == "Aggregate" or name_of(call.func).startswith("Aggregate[")
        for node in call.keywords
        if node.arg == "name" and isinstance(node.value, ast.Constant)
    }
    orphans = sorted(name for name, cls in COMMANDS.items() if cls.aggregate not in decided)

    assert not orphans, f"No service has an aggregate for these; add one to its kinds.py: {orphans}"


def test_made_up_words_of_tests_are_letters() -> None:
    """1.5 % of texts with two identifiers held a row of digits that was hidden as somebody's number."""
    hexed = re.compile(r"f\"[^\"]*[a-z?] \{uuid4\(\)\.hex(\[[^]]*\])?\}")
    found = [
        f"{module.file}:{number}"
        for module in modules("tests")
        for number, line in enumerate(module.path.read_text().splitlines(), 1)
        if hexed.search(line)
    ]

    assert not found, f"Take tests.unheard.unheard() for words within a text: {found}"
