"""Containerfiles, read as lists of instructions."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.manifests import IMAGES

NAMES = sorted(file.stem for file in IMAGES.glob("*.Containerfile"))


@dataclass(frozen=True)
class Instruction:
    word: str
    rest: str


@dataclass(frozen=True)
class Containerfile:
    stages: list[list[Instruction]]
    """Each begins with its FROM; what stands before the first is left out."""

    @property
    def final(self) -> list[Instruction]:
        return self.stages[-1]

    @property
    def shipped(self) -> list[Instruction]:
        """All that becomes a layer of the image: the final stage and the stages that it stands on."""
        names = {stage[0].rest.rpartition(" AS ")[2]: stage for stage in self.stages if " AS " in stage[0].rest}
        found, stage = list(self.final), self.final
        while (below := stage[0].rest.partition(" AS ")[0]) in names:
            stage = names[below]
            found = stage + found
        return found

    def value(self, word: str) -> str:
        """Of the only instruction of its kind in the final stage."""
        (found,) = [instruction.rest for instruction in self.final if instruction.word == word]
        return found

    def environment(self) -> dict[str, str]:
        pairs = [pair for i in self.final if i.word == "ENV" for pair in i.rest.split()]
        return dict(pair.split("=", 1) for pair in pairs)

    def copied(self) -> dict[str, str]:
        """From the checkout into a stage: path here → path there."""
        found = {}
        for instruction in (i for stage in self.stages for i in stage):
            if instruction.word == "COPY" and not instruction.rest.startswith("--from"):
                *sources, target = instruction.rest.split()
                for source in sources:
                    found[source] = target + Path(source).name if target.endswith("/") else target
        return found


def read(name: str) -> Containerfile:
    text = (IMAGES / f"{name}.Containerfile").read_text()
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    stages: list[list[Instruction]] = []
    for line in filter(None, lines):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stages.append([])
        if stages:
            stages[-1].append(Instruction(word, rest))
    return Containerfile(stages)
