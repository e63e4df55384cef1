"""Types of the fields that somebody fills in, each with its limit.

Only a field with a limit is asked of a client; the gateway makes the body of a request from them and holds it to them.
A command itself is not held to them: what was kept is carried out, though a limit has become narrower since.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from libs.contracts.ids import IDENTIFIER

LONGEST_TEXT = 5_000
LONGEST_NOTE = 1_000

NO_NUL = r"^[^\u0000]*$"
NO_CONTROL = r"^[^\u0000-\u001f\u007f]*$"
_SAYS_SOMETHING = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """
    Attributes:
        shortest, longest: of a text, in characters.
        visible: blanks, zero-width characters and fillers alone say nothing.
        least, most: of a number; of several, how many there may be at most.
        words: the only ones that are taken.
        within: a time to come, not farther away than this.
    """

    shortest: int | None = None
    longest: int | None = None
    pattern: str | None = None
    visible: bool = False
    least: int | None = None
    most: int | None = None
    words: type[StrEnum] | tuple[str, ...] | None = None
    within: timedelta | None = None


Flag = Annotated[bool, Limit()]
Text = Annotated[str, Limit(longest=LONGEST_TEXT, pattern=NO_NUL)]
Note = Annotated[str, Limit(longest=LONGEST_NOTE, pattern=NO_NUL)]
SaidText = Annotated[str, Limit(shortest=1, longest=LONGEST_TEXT, pattern=_SAYS_SOMETHING, visible=True)]
SaidNote = Annotated[str, Limit(shortest=1, longest=LONGEST_NOTE, pattern=_SAYS_SOMETHING, visible=True)]
Line = Annotated[str, Limit(shortest=1, longest=300, pattern=r"^[^\u0000-\u001f\u007f]+$", visible=True)]
Publisher = Annotated[str, Limit(longest=200, pattern=NO_CONTROL)]
Topic = Annotated[str, Limit(longest=60, pattern=NO_CONTROL)]
Url = Annotated[str, Limit(shortest=4, longest=2_000, pattern=r"^[^\s\u0000-\u001f\u007f]+$")]
AreaCode = Annotated[str, Limit(pattern=r"^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$")]
Identity = Annotated[str, Limit(pattern=IDENTIFIER)]
Severity = Annotated[int, Limit(least=1, most=4)]
"""1 slight, 2 moderate, 3 grave, 4 acute."""
Revision = Annotated[int, Limit(least=0, most=1_000_000)]
"""Number of the draft that somebody had before them; another one by now is a version conflict."""
FARTHEST_DUE = timedelta(days=365)
DueTime = Annotated[datetime, Limit(within=FARTHEST_DUE)]
