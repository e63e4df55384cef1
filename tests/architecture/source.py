"""The checkout as text and syntax trees, for tests of conventions."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """One Python file. `name` is its import path, which is its place in the checkout."""

    path: Path

    @property
    def file(self) -> str:
        return str(self.path.relative_to(CHECKOUT))

    @property
    def name(self) -> str:
        return self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(), self.file)

    @cached_property
    def imports(self) -> frozenset[str]:
        """Modules, and names from modules (which may be modules themselves)."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                package = self.name.rsplit(".", node.level)[0] + "." if node.level else ""
                found |= {f"{package}{node.module}", *(f"{package}{node.module}.{a.name}" for a in node.names)}
        return frozenset(found)

    def imports_any_of(self, *packages: str) -> list[str]:
        return sorted(i for i in self.imports if any(i == p or i.startswith(p + ".") for p in packages))

    @property
    def functions(self) -> set[str]:
        return {n.name for n in self.tree.body if isinstance(n, ast.FunctionDef)}

    def calls(self) -> Iterator[ast.Call]:
        return (n for n in ast.walk(self.tree) if isinstance(n, ast.Call))

    def at(self, node: ast.expr | ast.stmt | ast.excepthandler) -> str:
        return f"{self.file}:{node.lineno}"


def modules(*folders: str) -> list[Module]:
    files = sorted(f for folder in folders for f in (CHECKOUT / folder).rglob("*.py"))
    return [Module(f) for f in files]


PRODUCT = modules("libs", "services")
BY_NAME = {m.name: m for m in PRODUCT}
SERVICES = sorted(p.name for p in (CHECKOUT / "services").iterdir() if (p / "__main__.py").exists())


def committed() -> list[Path]:
    """Files of the repository, those not yet added included, those ignored not."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, check=True,
    ).stdout.split(b"\0")  # fmt: skip
    return [f for name in listed if name and (f := CHECKOUT / name.decode()).is_file() and not f.is_symlink()]


def text_of(file: Path) -> str:
    try:
        return file.read_text()
    except UnicodeDecodeError:
        return ""
