"""Every row of a file judged against the partners that are there and against the rows before it. Changes nothing.

Rows of one partner belong together: offices keep a line for each of its accounts. The first of them leads; what the
others add goes with it, and one that contradicts it is refused.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from libs.contracts.registry.imports import RowTally
from libs.kit.sheets import Row
from services.registry.partner_import.identity import Known, as_known, folded, keys_of_entry, the_same
from services.registry.partner_import.reading import LONGEST_NAME, Account, Columns, Entry, Wrong, read, said

NEW, SAME, CHANGED, REFUSED = "new", "same", "changed", "refused"


@dataclass(frozen=True, slots=True)
class Judged:
    """What would become of a row.

    Attributes:
        number: as spreadsheets show it.
        partner_id: of the partner that it tells of; empty where it is refused.
        entry: what goes in, packed; of a leading row with what others add. Empty where nothing does.
        leads: number of the row whose partner it tells of, where that is an earlier one.
        changes: names of fields that are not as they were.
        stands: the partner was there before the file.
    """

    number: int
    became: str
    name: str = ""
    partner_id: str = ""
    entry: bytes = b""
    leads: int = 0
    wrong: tuple[Wrong, ...] = ()
    changes: tuple[str, ...] = ()
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A partner that is there.

    Attributes:
        ended: it has left, or was refused, or goes on as another.
        differs: names of the fields in which an entry says something else.
    """

    known: Known
    ended: bool
    differs: Callable[[Entry], tuple[str, ...]]


def packed(entry: Entry) -> bytes:
    return orjson.dumps(asdict(entry))


def unpacked(data: bytes) -> Entry:
    told = orjson.loads(data)
    return Entry(**{**told, "accounts": tuple(Account(**account) for account in told["accounts"])})


@dataclass(slots=True)
class _Line:
    """A row in the making; what the file holds of them must be small, for there are 50,000."""

    number: int
    partner_id: str = ""
    entry: bytes = b""
    leads: int = 0
    adds: bool = False
    wrong: tuple[Wrong, ...] = ()
    name: str = ""


@dataclass(slots=True)
class Judging:
    """One file. Rows come in their order, page by page, each with the partners that are there and may be meant.

    Attributes:
        id_of: a partner's id, made of its strongest key.
    """

    columns: Columns
    id_of: Callable[[str], str]
    _lines: list[_Line] = field(default_factory=list)
    _by_key: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _standing: dict[str, Standing] = field(default_factory=dict)
    _leaders: dict[str, int] = field(default_factory=dict)

    def read(self, rows: Sequence[Row]) -> list[tuple[Row, Entry | None, tuple[Wrong, ...]]]:
        return [(row, *read(row, self.columns)) for row in rows]

    def take(
        self,
        rows: Sequence[tuple[Row, Entry | None, tuple[Wrong, ...]]],
        candidates: Callable[[Entry], Sequence[Standing]],
    ) -> None:
        for row, entry, wrong in rows:
            line = _Line(row.number, wrong=wrong, name=entry.name if entry is not None else self._name_in(row))
            if entry is not None:
                self._place(line, entry, candidates(entry))
            self._lines.append(line)

    def _name_in(self, row: Row) -> str:
        """Of a row that cannot be read, so that a person finds it."""
        fields = self.columns.fields
        return said(row.at(fields.index("name")))[:LONGEST_NAME] if "name" in fields else ""

    def _place(self, line: _Line, entry: Entry, candidates: Sequence[Standing]) -> None:
        earlier = self._earlier(entry)
        if earlier is not None:
            self._join(line, entry, self._lines[earlier])
            return
        standing = {one.known.id: one for one in candidates}
        found = the_same(entry, [one.known for one in candidates])
        if found is not None and found.id in self._leaders:
            self._join(line, entry, self._lines[self._leaders[found.id]])
            return
        if found is not None:
            if standing[found.id].ended:
                line.wrong = (Wrong("partner_ended"),)
                return
            line.partner_id = found.id
            self._standing[found.id] = standing[found.id]
        else:
            line.partner_id = self.id_of(keys_of_entry(entry)[0])
        if line.partner_id in self._leaders:
            # One key, and yet neither the same partner nor another: two people under one number.
            line.wrong = (Wrong("repeated", candidates=(str(self._lines[self._leaders[line.partner_id]].number),)),)
            line.partner_id = ""
            return
        line.entry = packed(entry)
        self._lead(line.partner_id, entry, len(self._lines))

    def _lead(self, partner_id: str, entry: Entry, index: int) -> None:
        self._leaders[partner_id] = index
        alone = (index,)
        for key in keys_of_entry(entry):
            before = self._by_key.get(hash(key), ())
            if index not in before:
                # One value for all keys of a row: 50,000 rows have a quarter of a million.
                self._by_key[hash(key)] = (*before, index) if before else alone

    def _earlier(self, entry: Entry) -> int | None:
        indexes = list(dict.fromkeys(i for key in keys_of_entry(entry) for i in self._by_key.get(hash(key), ())))
        if not indexes:
            return None
        known = {str(i): i for i in indexes}
        found = the_same(entry, [as_known(str(i), unpacked(self._lines[i].entry)) for i in indexes])
        return known[found.id] if found is not None else None

    def _join(self, line: _Line, entry: Entry, leader: _Line) -> None:
        before = unpacked(leader.entry)
        both = joined(before, entry)
        if both is None:
            line.wrong = (Wrong("repeated", candidates=(str(leader.number),)),)
            return
        line.partner_id, line.leads, line.adds = leader.partner_id, leader.number, both != before
        if line.adds:
            leader.entry = packed(both)
            self._lead(leader.partner_id, both, self._leaders[leader.partner_id])

    def judged(self) -> Iterator[Judged]:
        """All rows, once all were taken."""
        for line in self._lines:
            yield self._judged(line)

    def _judged(self, line: _Line) -> Judged:
        if line.wrong:
            return Judged(line.number, REFUSED, name=line.name, wrong=line.wrong)
        if line.leads:
            return Judged(
                line.number,
                CHANGED if line.adds else SAME,
                name=line.name,
                partner_id=line.partner_id,
                leads=line.leads,
                stands=line.partner_id in self._standing,
            )
        standing = self._standing.get(line.partner_id)
        if standing is None:
            return Judged(line.number, NEW, name=line.name, partner_id=line.partner_id, entry=line.entry)
        changes = standing.differs(unpacked(line.entry))
        if "account" in changes:
            # An account of a partner that is there is claimed on its page, where its proof begins.
            return Judged(line.number, REFUSED, name=line.name, wrong=(Wrong("account_new", "account"),))
        return Judged(
            line.number,
            CHANGED if changes else SAME,
            name=line.name,
            partner_id=line.partner_id,
            entry=line.entry if changes else b"",
            changes=changes,
            stands=True,
        )

    def tally(self) -> RowTally:
        """Of the rows so far. What stands already is taken for the same until the end."""
        refused = sum(bool(line.wrong) for line in self._lines)
        new = sum(not line.wrong and not line.leads and line.partner_id not in self._standing for line in self._lines)
        changed = sum(not line.wrong and line.adds for line in self._lines)
        return RowTally(new=new, changed=changed, refused=refused, same=len(self._lines) - new - changed - refused)


def joined(one: Entry, other: Entry) -> Entry | None:
    """What two rows of one partner say together; None where they contradict each other."""
    if folded(one.name) != folded(other.name):
        return None
    if other.kind != one.kind and one.says_kind and other.says_kind:
        return None
    if other.area != one.area and one.says_area and other.says_area:
        return None
    for mine, theirs in ((one.phone, other.phone), (one.email.casefold(), other.email.casefold())):
        if mine and theirs and mine != theirs:
            return None
    values = _joined_values(one.values, other.values)
    if values is None:
        return None
    accounts = {account.identity_key: account for account in (*one.accounts, *other.accounts)}
    return Entry(
        name=one.name,
        kind=one.kind if one.says_kind or not other.says_kind else other.kind,
        area=one.area if one.says_area or not other.says_area else other.area,
        phone=one.phone or other.phone,
        email=one.email or other.email,
        accounts=tuple(accounts.values()),
        values=values,
        says_kind=one.says_kind or other.says_kind,
        says_area=one.says_area or other.says_area,
    )


JOINED = frozenset({"attributes", "topics", "areas", "sections"})
"""Fields of several lines: of two rows both count."""


def _joined_values(one: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = dict(one)
    for name, value in other.items():
        if name not in found:
            found[name] = value
        elif name in JOINED:
            lines = dict.fromkeys((*str(found[name]).split("\n"), *str(value).split("\n")))
            found[name] = "\n".join(lines)
        elif found[name] != value:
            return None
    return found
