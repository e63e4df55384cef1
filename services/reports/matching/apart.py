"""Texts of which officers have said that another case is not meant. In memory: no hash of a text is stored anywhere."""

from collections.abc import Collection, Iterable

from libs.kit.claims import read
from libs.kit.stems import Stems
from libs.kit.text import fingerprint
from libs.runtime.mongo import key, tenant_of

_STEMS = Stems()


class Apart:
    def __init__(self) -> None:
        self._others: dict[str, frozenset[str]] = {}
        """Document of a case -> what it is not: cases, and answers of other publishers."""
        self._told: dict[str, set[str]] = {}
        """Office and fingerprint of a text -> documents of the cases in which it lies."""

    def put(self, document_id: str, others: Collection[str], texts: Iterable[str]) -> None:
        self.discard(document_id)
        if others:
            self._others[document_id] = frozenset(others)
            for text in texts:
                self.note(document_id, text)

    def note(self, document_id: str, text: str) -> None:
        """One more text of a case. A question without a claim is asked about everything."""
        if document_id in self._others and read(text, _STEMS).has_claim():
            self._told.setdefault(key(tenant_of(document_id), fingerprint(text)), set()).add(document_id)

    def discard(self, document_id: str) -> None:
        if self._others.pop(document_id, None) is not None:
            for text in [text for text, cases in self._told.items() if document_id in cases]:
                self._told[text].discard(document_id)
                if not self._told[text]:
                    del self._told[text]

    def without(self, tenant: str, text: str) -> frozenset[str]:
        """What this text is not about."""
        if not self._told:
            return frozenset()
        cases = self._told.get(key(tenant, fingerprint(text)), ())
        return frozenset().union(*(self._others[case] for case in cases))
