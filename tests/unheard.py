from uuid import uuid4

_AS_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def unheard() -> str:
    """A word that no other text has, of letters alone: digits may be taken for somebody's number and be hidden."""
    return uuid4().hex.translate(_AS_LETTERS)
