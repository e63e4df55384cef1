"""The few words that a chat understands as a wish; everything else is what somebody reports."""

from enum import StrEnum

from libs.kit.text import normalise


class Word(StrEnum):
    SEND = "send"
    ADD = "add"
    CANCEL = "cancel"
    YES = "yes"
    NO = "no"
    HELP = "help"
    STOP = "stop"
    ENGLISH = "english"
    INDONESIAN = "indonesian"


_SPELLED = {
    Word.SEND: ("kirim", "kirimkan", "kirim laporan", "send"),
    Word.ADD: ("tambah", "tambahkan", "balas", "add"),
    Word.CANCEL: ("batal", "batalkan", "hapus", "cancel"),
    Word.YES: ("ya", "iya", "y", "betul", "ya ini", "ya ini yang saya terima", "yes"),
    Word.NO: ("bukan", "bukan ini", "tidak", "tdk", "no"),
    Word.HELP: (
        "halo", "hallo", "hai", "hi", "hello", "menu", "bantuan", "help", "mulai", "start", "p", "tes", "test",
        "assalamualaikum", "permisi", "lapor", "start lapor", "selamat pagi", "selamat siang", "selamat sore",
        "selamat malam",
    ),
    Word.STOP: ("stop", "berhenti", "unsubscribe"),
    Word.ENGLISH: ("english",),
    Word.INDONESIAN: ("indonesia", "bahasa indonesia"),
}  # fmt: skip
_BY_SPELLING = {spelled: word for word, spellings in _SPELLED.items() for spelled in spellings}
_LONGEST = max(map(len, _BY_SPELLING)) + 12


def word_of(text: str) -> Word | None:
    """The wish that a message is; None for anything that says more than that."""
    if len(text) > _LONGEST:
        return None
    return _BY_SPELLING.get(" ".join("".join(c if c.isalnum() else " " for c in normalise(text)).split()))


def choice_of(text: str) -> int | None:
    """Which of the answers shown, from 1; None where the message is no bare number."""
    bare = text.strip().rstrip(".)")
    return int(bare) if bare.isascii() and bare.isdecimal() and len(bare) == 1 and bare != "0" else None
