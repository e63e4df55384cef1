"""Whether a row tells of a partner that is there: by what it says of it, never by the file that it stands in.

The strongest thing that two have in common decides: an account, else a phone number, a mail address or the number of a
decree, else the name in the same area. What both say differently, of something stronger, keeps them apart.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from libs.contracts.words import PartnerKind
from services.registry.addresses import normalised
from services.registry.partner_import.reading import Entry

ORGANISATIONS = frozenset({PartnerKind.COMMUNITY_GROUP, PartnerKind.MEDIA_OUTLET, PartnerKind.GOVERNMENT_ACCOUNT})
"""Of one name and kind there is one in an area; of people there may be two."""
ACCOUNT, PHONE, EMAIL, DECREE, NAME = "a", "p", "m", "d", "n"


@dataclass(frozen=True, slots=True)
class Known:
    """A partner that is there, as far as an import compares."""

    id: str
    name: str
    kind: str
    area: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    decree: str = ""

    def found_by(self) -> tuple[str, ...]:
        return keys_of(
            name=self.name,
            area=self.area,
            phones=self.phones,
            emails=self.emails,
            accounts=self.accounts,
            decree=self.decree,
        )


def folded(name: str) -> str:
    """Equal for names that differ in case, signs, accents or spaces."""
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())


def keys_of(
    *, name: str, area: str, phones: Iterable[str], emails: Iterable[str], accounts: Iterable[str], decree: str
) -> tuple[str, ...]:
    """What a partner may be found by, the strongest first. To be blinded before it is stored."""
    found = [f"{ACCOUNT}|{one}" for one in accounts]
    found += [f"{PHONE}|{one}" for one in phones]
    found += [f"{EMAIL}|{normalised(one)}" for one in emails]
    if decree:
        found.append(f"{DECREE}|{folded(decree)}")
    found.append(f"{NAME}|{folded(name)}|{area}")
    return tuple(found)


def keys_of_entry(entry: Entry) -> tuple[str, ...]:
    return keys_of(
        name=entry.name,
        area=entry.area,
        phones=[entry.phone] if entry.phone else [],
        emails=[entry.email] if entry.email else [],
        accounts=[account.identity_key for account in entry.accounts],
        decree=str(entry.values.get("decree_number", "")),
    )


def is_same(entry: Entry, known: Known) -> bool:
    """Whether a row tells of this partner, with which it has at least one key in common."""
    accounts = {account.identity_key for account in entry.accounts}
    if accounts & set(known.accounts):
        return True
    other_accounts = bool(accounts and known.accounts)
    named_alike = folded(entry.name) == folded(known.name)
    alike = entry.kind == known.kind and entry.area == known.area
    weaker = (
        entry.phone in known.phones
        or normalised(entry.email) in map(normalised, known.emails)
        or (bool(known.decree) and folded(str(entry.values.get("decree_number", ""))) == folded(known.decree))
    )
    if weaker:
        return named_alike or (alike and not other_accounts)
    if not (named_alike and alike):
        return False
    if entry.kind in ORGANISATIONS:
        return True
    # Two people of one name: what both say of themselves keeps them apart.
    other_phone = bool(entry.phone and known.phones)
    other_email = bool(entry.email and known.emails)
    return not (other_phone or other_email or other_accounts)


def the_same(entry: Entry, candidates: Sequence[Known]) -> Known | None:
    """Of partners with a key in common the one that the row tells of; of several the one with the strongest key."""
    fitting = [one for one in candidates if is_same(entry, one)]
    if not fitting:
        return None
    keys = keys_of_entry(entry)

    def strength(known: Known) -> tuple[int, bool, str]:
        theirs = set(known.found_by())
        first = next((place for place, key in enumerate(keys) if key in theirs), len(keys))
        return first, folded(known.name) != folded(entry.name), known.id

    return min(fitting, key=strength)


def as_known(partner_id: str, entry: Entry) -> Known:
    """A row's partner, once it is entered."""
    return Known(
        id=partner_id,
        name=entry.name,
        kind=entry.kind,
        area=entry.area,
        phones=(entry.phone,) if entry.phone else (),
        emails=(entry.email,) if entry.email else (),
        accounts=tuple(account.identity_key for account in entry.accounts),
        decree=str(entry.values.get("decree_number", "")),
    )
