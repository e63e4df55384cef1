"""Which verdict of ours a publisher's own word means. What is not listed here is shown as it stands, and is none."""

import re

from libs.contracts.words import Verdict

_WORDS: dict[Verdict, str] = {
    Verdict.FALSE: "salah, hoaks, hoax, hoak, false, fake, palsu, keliru, tidak benar, incorrect, pants on fire, "
    "disinformasi, disinformation, fabricated",
    Verdict.SCAM: "penipuan, scam, fraud, phishing",
    Verdict.MISLEADING: "menyesatkan, misleading, sebagian salah, sebagian benar, partly false, half true, "
    "misinformasi, misinformation, sesat, mixture",
    Verdict.UNPROVEN: "belum terbukti, tidak terbukti, unproven, unverified, belum ada bukti, tidak ada bukti",
    Verdict.NEEDS_CONTEXT: "perlu konteks, klarifikasi, clarification, missing context, konteks hilang, "
    "needs context, out of context",
    Verdict.SATIRE: "satire, satir, parodi, parody",
    Verdict.TRUE: "benar, fakta, true, correct, mostly true, valid",
    Verdict.NOT_CHECKABLE: "bukan klaim faktual, opini, opinion, not checkable",
}
_VERDICTS = {word.strip(): verdict for verdict, words in _WORDS.items() for word in words.split(",")}
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


def verdict_of(label: str) -> Verdict | None:
    """Of a label that is one word of the table, in whatever case and brackets: "[SALAH]". Nothing is guessed."""
    return _VERDICTS.get(" ".join(_AROUND.sub("", label).casefold().split()))
