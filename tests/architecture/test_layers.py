"""Who may import whom. Import path = file path; contracts <- runtime <- services/x, kit <- services/x."""

import subprocess
import sys
from pathlib import Path

import pytest

from libs.contracts.catalogue import commands_of
from libs.contracts.topics import Service
from tests.architecture.source import BY_NAME, CHECKOUT, PRODUCT, SERVICES, Module, modules

TOOLS = {"libs.contracts.documents", "libs.contracts.examples", "libs.contracts.compatibility"}
"""Write the generated files at a developer's desk; no process of the product loads them."""

RULES_MAY_IMPORT = ("libs.contracts", "libs.runtime.aggregates", "libs.runtime.errors", "libs.kit", "pydantic", "pyotp")
"""pyotp, for the code of a given step (HOTP): it reckons and reads no clock there."""
IMPURE = frozenset(
    {"asyncio", "http", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "subprocess",
     "tempfile", "threading", "time", "urllib.request"}
)  # fmt: skip
RULES = [m for m in PRODUCT if m.name.startswith("services.") and {"decide", "evolve"} <= m.functions]
FOLLOW_UPS = [m for m in PRODUCT if m.name.startswith("services.") and "libs.runtime.aggregates.FollowUp" in m.imports]


def test_import_linters_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([linter, "--no-cache"], cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert "0 broken" in done.stdout, f"Move what both need one layer down:\n{done.stdout[-3000:]}{done.stderr[-500:]}"
    assert done.returncode == 0


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_imports_no_other(service: str) -> None:
    others = [f"services.{other}" for other in SERVICES if other != service]
    found = {m.file: bad for m in modules(f"services/{service}") if (bad := m.imports_any_of(*others))}

    assert not found, f"Services meet in libs/contracts (meaning) and libs/kit (help) only; move it there: {found}"


def test_contracts_know_nothing_but_values() -> None:
    allowed = {"pydantic", "orjson", "libs", *sys.stdlib_module_names}
    found = {
        m.file: bad
        for m in modules("libs/contracts")
        if m.name not in TOOLS
        and (bad := sorted(i for i in m.imports if i.split(".")[0] not in allowed)
             + m.imports_any_of("libs.runtime", "libs.kit", *TOOLS))
    }  # fmt: skip

    assert not found, f"libs/contracts needs pydantic only; what does something goes to libs/runtime: {found}"


def test_runtime_and_kit_stand_apart_and_know_no_service() -> None:
    found = {
        m.file: bad
        for package, others in (("runtime", ("libs.kit", "services")), ("kit", ("libs.runtime", "services")))
        for m in modules(f"libs/{package}")
        if (bad := m.imports_any_of(*others))
    }

    assert not found, f"contracts <- runtime <- services, kit <- services; what both need goes to contracts: {found}"


def test_no_process_loads_the_generators() -> None:
    found = {m.file: bad for m in PRODUCT if m.name not in TOOLS and (bad := m.imports_any_of(*TOOLS))}

    assert not found, f"These import yaml and are for `make generate` only: {found}"


def test_motor_is_imported_in_one_file() -> None:
    clients = ("motor", "gridfs", "pymongo.MongoClient", "pymongo.AsyncMongoClient", "pymongo.mongo_client")
    users = {m.file: bad for m in PRODUCT if (bad := m.imports_any_of(*clients)) and m.name != "libs.runtime.mongo"}
    allowed = {"libs/runtime/blobs.py": ["gridfs.errors", "gridfs.errors.NoFile"]}

    assert users == allowed, f"MongoDB has one door; add what you need to libs/runtime/mongo.py: {users}"


def _stood_on(modules: list[Module]) -> list[Module]:
    """These, and whatever of their own service they import, however far."""
    found: dict[str, Module] = {}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module.name not in found:
            found[module.name] = module
            waiting += [BY_NAME[name] for name in module.imports if name in BY_NAME and _is_own(module, name)]
    return sorted(found.values(), key=lambda m: m.name)


def _is_own(module: Module, name: str) -> bool:
    service = ".".join(module.name.split(".")[:2])
    return name == service or name.startswith(service + ".")


PURE = _stood_on([*RULES, *FOLLOW_UPS])
"""Rules, follow-ups, and the parts and help that they stand on."""


@pytest.mark.parametrize("module", PURE, ids=lambda m: m.name)
def test_rules_import_nothing_that_does_something(module: Module) -> None:
    found = set(module.imports_any_of(*IMPURE)) | {
        name
        for name in module.imports
        if not _is_own(module, name) and name.split(".")[0] not in sys.stdlib_module_names and not _allowed(name)
    }

    assert not found, (
        f"decide, evolve and follow-ups are pure: time and answers come in with the command. Take these out of "
        f"{module.file} (a handler or `prepare` may fetch what a rule needs): {sorted(found)}"
    )


def _allowed(name: str) -> bool:
    return any(name == a or name.startswith(a + ".") for a in RULES_MAY_IMPORT) or name in ("libs", "libs.runtime")


def test_the_rules_of_every_aggregate_stand_where_its_name_says_and_were_looked_at() -> None:
    """Whatever a command is for is an aggregate: `<service>/<aggregate>.py`, or `rules.py` in a room of that name."""
    aggregates = {(service, command.aggregate) for service in Service for command in commands_of(service).values()}
    found = {m.name.removesuffix(".rules") for m in RULES}

    assert aggregates, "no command was found: this test looks for their aggregates"
    assert found == {f"services.{service}.{aggregate}" for service, aggregate in aggregates}
    assert "services.reports.case.review" in {m.name for m in PURE}, "the parts of a large aggregate are rules as well"


def test_what_follows_an_event_was_looked_at() -> None:
    found = {m.name for m in FOLLOW_UPS}
    ends = (".follow_ups", ".reactions")
    named = {m.name for m in PRODUCT if m.name.startswith("services.") and m.name.endswith(ends)}

    assert found == named, "What makes a FollowUp is pure, and a module of that name"
    assert {name.split(".")[1] for name in found} == {"registry", "reports", "notify"}
