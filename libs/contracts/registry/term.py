"""How long a partner's decree holds, and its next one."""

from typing import Annotated

from libs.contracts.fields import Limit
from libs.contracts.messages import Command, Event
from libs.contracts.registry.partner import Why
from libs.contracts.registry.profile import Day, Short
from libs.contracts.reports.parts import Part


class Term(Part):
    """
    Attributes:
        term_from, term_until: the last day included.
    """

    decree_number: str = ""
    decree_signer: str = ""
    decree_on: str = ""
    term_from: str = ""
    term_until: str = ""


class RenewTerm(Command, name="registry.renew-term.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    """A new decree; whoever stands for the partner stays until they are described anew."""

    partner_id: str
    decree_number: Annotated[str, Limit(shortest=1, longest=160, visible=True)]
    decree_signer: Short = ""
    decree_on: Day = ""
    term_from: Day
    term_until: Day
    reason: Why = ""


class TermRenewed(Event, name="registry.term-renewed.v1", of="partner"):
    """
    Attributes:
        before: the term that it follows.
    """

    partner_id: str
    term: Term
    before: Term
    reason: str = ""


class AdvanceTerm(Command, name="registry.advance-term.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    """Sent by the registry's own timer: a day has come on which something is to be said, or the term has ended."""

    partner_id: str


class PartnerTermNearing(Event, name="registry.partner-term-nearing.v1", of="partner"):
    """
    Attributes:
        until: the last day of the term.
        days: until it ends, by which it is told: 60, 30 or 7.
    """

    partner_id: str
    until: str
    days: int
