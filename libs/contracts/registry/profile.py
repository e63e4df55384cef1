"""What a partner is and what papers it has: facts for everyone in the office, and beside them, under seal, its people.

Texts of several lines hold one thing each: a code, a topic, `name: value`.
"""

from enum import StrEnum
from typing import Annotated

from libs.contracts.fields import NO_CONTROL, NO_NUL, Flag, Limit
from libs.contracts.messages import Sealable
from libs.contracts.reports.parts import Part

Short = Annotated[str, Limit(longest=160, pattern=NO_CONTROL)]
Lines = Annotated[str, Limit(longest=4_000, pattern=NO_NUL)]
Day = Annotated[str, Limit(longest=10, pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
"""A date as ISO 8601 writes it; empty: not known."""
Phone = Annotated[str, Limit(longest=40, pattern=NO_CONTROL)]


class GroupLevel(StrEnum):
    """Of a community group: whose community it is."""

    REGENCY = "regency"
    DISTRICT = "district"
    VILLAGE = "village"


class PressStatus(StrEnum):
    """How far the press council has verified an outlet."""

    ADMINISTRATIVE = "administrative"
    FACTUAL = "factual"


def lines_of(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class Profile(Part):
    """
    Attributes:
        areas: codes of further areas beside the partner's own, one a line.
        topics: one a line.
        audience_areas: codes of areas where its readers are.
        audience_ages, audience_interests, audience_languages: one a line.
        commercial: takes pay for what it carries.
        level, members: of a community group; 0: not known.
        decree_number, decree_signer, decree_on: the decree (SK) that founds a group, or names an account's admin.
        term_from, term_until: of the decree, the last day included.
        legal_entity, press_status, press_number, press_seen_on: of a media outlet.
        certificate: its editor's (UKW).
        agency_id: of a government account.
        attributes: what the office itself keeps of its partners, `name: value` a line.
    """

    areas: Lines = ""
    topics: Lines = ""
    audience_areas: Lines = ""
    audience_ages: Lines = ""
    audience_interests: Lines = ""
    audience_languages: Lines = ""
    commercial: Flag = False
    level: Annotated[str, Limit(words=("", *GroupLevel))] = ""
    members: Annotated[int, Limit(least=0, most=1_000_000)] = 0
    decree_number: Short = ""
    decree_signer: Short = ""
    decree_on: Day = ""
    term_from: Day = ""
    term_until: Day = ""
    legal_entity: Short = ""
    press_status: Annotated[str, Limit(words=("", *PressStatus))] = ""
    press_number: Short = ""
    press_seen_on: Day = ""
    certificate: Short = ""
    agency_id: Annotated[str, Limit(longest=64, pattern=NO_CONTROL)] = ""
    attributes: Lines = ""

    @property
    def further_areas(self) -> tuple[str, ...]:
        return lines_of(self.areas)


KEPT_BY_OFFICE = frozenset(
    {"decree_number", "decree_signer", "decree_on", "term_from", "term_until", "press_status", "press_number",
     "press_seen_on", "agency_id", "attributes"}
)  # fmt: skip
"""Fields of the profile that a partner itself does not change: the office has seen the papers, or they are its own."""


class PartnerPapers(Sealable):
    """Who a partner is, as somebody typed it.

    Attributes:
        email, phone: where one writes to it; on a change, empty leaves what there is.
        chair, secretary, treasurer: of a community group; `sections`: one a line, `section: name`.
        editor: who answers for an outlet; `account_admin`: whom a decree names.
    """

    name: Annotated[str, Limit(shortest=1, longest=160, pattern=NO_CONTROL, visible=True)]
    email: Annotated[str, Limit(longest=254, pattern=NO_CONTROL)] = ""
    phone: Phone = ""
    address: Annotated[str, Limit(longest=300, pattern=NO_NUL)] = ""
    chair: Short = ""
    chair_phone: Phone = ""
    secretary: Short = ""
    treasurer: Short = ""
    sections: Lines = ""
    editor: Short = ""
    account_admin: Short = ""
