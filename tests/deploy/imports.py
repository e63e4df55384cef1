"""What a module imports, directly or through other modules of ours, read from the source."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

OURS = ("libs", "services", "deploy")


@dataclass
class Imports:
    files: set[Path] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    """First parts of the names of all other modules, the standard library's among them."""


def imports_of(module: str, root: Path) -> Imports:
    found, waiting = Imports(), [module, f"{module}.__main__"]
    while waiting:
        for file in _files(waiting.pop(), root) - found.files:
            found.files.add(file)
            for name in _imported(file, root):
                if name.split(".")[0] in OURS:
                    waiting.append(name)
                else:
                    found.others.add(name.split(".")[0])
    return found


def _files(name: str, root: Path) -> set[Path]:
    """The module with the packages it lies in; of `package.attribute` only the package."""
    found, place = set(), root
    for part in name.split("."):
        if (place / part).is_dir():
            place = place / part
            found |= {file for file in (place / "__init__.py",) if file.exists()}
        elif (place / f"{part}.py").exists():
            found.add(place / f"{part}.py")
    return found


def _imported(file: Path, root: Path) -> Iterable[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{file}: a relative import"
            yield node.module
            if node.module.split(".")[0] in OURS:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
