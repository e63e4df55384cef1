"""What pages say of what was just done."""

from dataclasses import dataclass

NOTICES: dict[str, str] = {}
"""Word of a notice -> what it says. What is not here cannot be asked of a page by its address."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page says once something was done.

    Attributes:
        word: in the address of the page.
        says: in Indonesian; the catalogues have it in other languages.
    """

    word: str
    says: str

    def __post_init__(self) -> None:
        if NOTICES.setdefault(self.word, self.says) != self.says:
            raise TypeError(f"the notice {self.word} says two things")
