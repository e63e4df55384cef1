"""Read models of officers, log-ins and partners."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from pydantic import StringConstraints

from libs.contracts.reads import Read
from libs.contracts.registry.profile import Profile

Mark = Annotated[str, StringConstraints(max_length=64, pattern=r"^[0-9A-Za-z_-]*$")]


class OfficerView(Read):
    id: str
    name: str
    initials: str
    roles: tuple[str, ...]
    agency: str | None = None
    active: bool = True
    invited: bool = False
    """Has not come yet."""
    link_until: datetime | None = None
    """Until when the link that was mailed last may be used; None: there is none, or it was."""
    reset_asked_by: str | None = None
    """Who asked that the second factor be renewed; None: nobody, or it is too long ago."""
    successor: str | None = None
    email: str = ""
    """For administrators of the office alone."""


class OfficerNamed(Read):
    """`POST /internal/officer-address`, question."""

    officer_id: Mark


class OfficerAddress(Read):
    email: str


class MailedLink(Read):
    """`POST /internal/mailed-link`, answer about a link that is still good.

    Attributes:
        purpose: invitation or factor.
    """

    purpose: str
    name: str
    email: str
    roles: tuple[str, ...]


class MailedLinkShown(Read):
    """`POST /internal/mailed-link`, question."""

    officer_id: str
    secret: str


class Change(Read):
    """Of one field: `branding.theme`, `settings.answer_hours`, `roles`. Values as text, yes and no; of several one a
    line; empty: there was nothing."""

    field: str
    before: str = ""
    after: str = ""


class HistoryLine(Read):
    """One change of an office, an officer or an agency.

    Attributes:
        by: officer; `setup` where nobody was there yet; None: by itself, or whoever held a mailed link.
        what: name of the event without service and version: `look-changed`.
    """

    at: datetime
    by: str | None = None
    what: str
    reason: str = ""
    changes: tuple[Change, ...] = ()


class Authentication(Read):
    """`POST /internal/authenticate`, question.

    Attributes:
        tenant: the office at whose page it was typed; an officer of another is nobody there.
        client: mark of the network that it comes from; empty where nobody says.
        browser: mark of a browser in which somebody has logged in before.
        officers: who they were.
    """

    email: str
    password: str
    code: str
    tenant: str | None = None
    client: Mark = ""
    browser: Mark = ""
    officers: tuple[Mark, ...] = ()


class Authenticated(Read):
    """`POST /internal/authenticate`, answer to the right three. Else `unauthenticated`, or 429 when locked."""

    officer_id: str
    tenant: str
    roles: tuple[str, ...]
    agency: str | None = None
    name: str


class StepUp(Read):
    """`POST /internal/confirm`: a fresh TOTP code of an officer who is logged in."""

    officer_id: str
    code: str


class AccountView(Read):
    platform: str
    handle: str
    url: str
    state: str
    identity_key: str = ""
    """Names the account in VerifyAccount."""


class PartnerRow(Read):
    id: str
    name: str
    kind: str
    state: str
    area: str
    run_by_office: bool
    accounts: tuple[AccountView, ...]
    channels: tuple[str, ...] = ()
    language: str = "id"
    registered_at: datetime | None = None


class PartnerPeople(Read):
    """Who stands for a partner; where they are reached stays under seal."""

    chair: str = ""
    secretary: str = ""
    treasurer: str = ""
    sections: str = ""
    editor: str = ""
    account_admin: str = ""
    address: str = ""


class PaperView(Read):
    """One paper of the checklist of a partner's kind; `present` is None while nobody has looked."""

    paper: str
    present: bool | None = None
    note: str = ""
    by: str = ""
    at: datetime | None = None


class VisitView(Read):
    visited_on: date
    place: str = ""
    person: str = ""
    note: str = ""
    by: str = ""


class ReviewView(Read):
    """Where the verification of a partner stands.

    Attributes:
        due_at: until when the office has to decide; None while nobody has taken it.
        proposed_by: the first of two officers who must find everything right.
        appeal: what the partner says against its rejection.
        appeal_until: it may say so until then; None: it may not.
    """

    since: datetime | None = None
    due_at: datetime | None = None
    taken_by: str = ""
    papers: tuple[PaperView, ...] = ()
    visits: tuple[VisitView, ...] = ()
    proposed_by: str = ""
    rejected_by: str = ""
    appeal: str = ""
    appeal_until: datetime | None = None


class TermView(Read):
    decree_number: str = ""
    decree_signer: str = ""
    term_from: date | None = None
    term_until: date | None = None


class TermRow(Read):
    """A partner whose term ends soon or has ended."""

    id: str
    name: str
    kind: str
    state: str
    area: str
    until: date


class PartnerView(PartnerRow):
    """
    Attributes:
        agreed: it has agreed itself, or on paper.
        merged_into: id of the partner that goes on for both; `merged_at` since when.
        undo_until: how long that may be undone.
        absorbed: ids of those that were merged into this one.
        apart: ids of those that look like this one, and an officer has said that they are others.
    """

    profile: Profile = Profile()
    people: PartnerPeople = PartnerPeople()
    agreed: bool = True
    review: ReviewView = ReviewView()
    terms: tuple[TermView, ...] = ()
    """Earlier ones, oldest first."""
    merged_into: str = ""
    merged_at: datetime | None = None
    undo_until: datetime | None = None
    absorbed: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


class DoubleView(Read):
    """Two partners that are likely one, the older record first.

    Attributes:
        id: the ids of both.
        score: from 0 to 1.
        reasons: codes, the strongest first: `same_phone`, `name_otherwise_spelled`.
    """

    id: str
    one: PartnerView
    other: PartnerView
    score: float
    reasons: tuple[str, ...]
    at: datetime


class VerificationRow(Read):
    """A partner whose verification waits for the office.

    Attributes:
        since: when it came to its state.
    """

    id: str
    name: str
    kind: str
    state: str
    area: str
    since: datetime
    due_at: datetime | None = None
    taken_by: str = ""


OFFICER = "officer"
"""Stands for every officer, where a partner reads its own history."""


class PartnerChange(Read):
    """One line of a partner's history.

    Attributes:
        what: type of the event, without the service and its version: `partner-described`.
        by: id of an officer (`officer`, where the partner reads it) or of the partner itself; None: the product.
        changed: names of fields.
        details: what else the event says in the open, as text.
    """

    at: datetime
    what: str
    by: str | None = None
    reason: str = ""
    changed: tuple[str, ...] = ()
    details: Mapping[str, str] = {}


class PartnerLookup(Read):
    """`POST /internal/partner-by-contact`, question: an e-mail address as typed."""

    address: str


class PartnerFound(Read):
    partner_id: str
    address: str
    language: str


# Notify
