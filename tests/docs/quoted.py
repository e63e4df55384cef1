"""What a page of the docs quotes: a block names the file that it is from after its language."""

import re
from dataclasses import dataclass

from tests.architecture.source import CHECKOUT

EXTENDING = "docs/extending.md"
_BLOCK = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Quoted:
    file: str
    text: str

    @property
    def stands(self) -> bool:
        """To the letter, in whole lines."""
        file = CHECKOUT / self.file
        return file.is_file() and f"\n{self.text}" in f"\n{file.read_text(encoding='utf-8')}"


def section(title: str, *, page: str = EXTENDING) -> str:
    """What stands under a heading of the second level."""
    text = (CHECKOUT / page).read_text(encoding="utf-8")
    return text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def quoted(text: str) -> list[Quoted]:
    return [Quoted(file, block) for file, block in _BLOCK.findall(text)]
