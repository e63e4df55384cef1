"""What may stand in a path: anything else names nothing, and is answered with 404 before anybody is asked.

An id goes on into headers of messages, keys and documents, where only these characters are safe.
"""

from typing import Annotated

from fastapi import Path

from libs.contracts.ids import IDENTIFIER

Id = Annotated[str, Path(pattern=IDENTIFIER, description="An id, as another answer gave it.")]
Number = Annotated[
    str,
    Path(
        # As people write it: small letters, blanks, and whatever dash their keyboard makes.
        pattern=r"^[0-9A-Za-z \u2010-\u2015\u2212-]{1,64}$",
        description="A ticket's number, as the receipt says it.",
    ),
]
Position = Annotated[int, Path(ge=0, le=999)]
"""Which of several, from 0."""
