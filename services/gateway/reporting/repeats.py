"""The same words sent again from the same browser within a day: led to the report that they became (decision 43).

What shows that it is the same sender is the cookie of their browser: the note lies under a name that is made with it,
and opens with nothing else. Nobody else, and no program, is told of a report that is not theirs.
"""

from datetime import timedelta
from uuid import UUID

from libs.contracts.directory import TenantRecord
from libs.contracts.words import ReportKind
from libs.kit.addresses import addresses
from libs.kit.text import fingerprint
from libs.runtime.errors import Refused, Unavailable
from services.gateway.context import Visited
from services.gateway.dispatch.accepting import Accepted
from services.gateway.reporting.draft import Draft
from services.gateway.shelf import Place

REMEMBERED = timedelta(hours=24)
OVER = frozenset({"withdrawn", "screened_out", "closed"})
"""States of a ticket that takes nothing more: the same words then begin another report."""


def says_more(draft: Draft) -> bool:
    """A picture, or a contact to be told: it becomes a report of its own, which the matcher puts beside the first."""
    return bool(draft.upload) or draft.channel != "code"


async def sent_before(visit: Visited, office: TenantRecord, kind: ReportKind, draft: Draft) -> Accepted | None:
    """The receipt of the report that these words became: sent from this browser within a day, and still open."""
    if says_more(draft):
        return None
    try:
        found = await visit.parts.shelf.get(office.id, _place(visit, kind, draft))
        if found is None:
            return None
        receipt = visit.parts.accepting.receipt(office, UUID(bytes=found))
        ticket = await visit.parts.reports.ticket(office.id, number=receipt.number, code_hash=receipt.code_hash)
    except (Unavailable, Refused):
        # Sent as a report of its own rather than led to one that cannot be shown now.
        return None
    return None if ticket.state in OVER else receipt


async def remember(visit: Visited, office: TenantRecord, kind: ReportKind, draft: Draft) -> None:
    try:
        await visit.parts.shelf.put(office.id, _place(visit, kind, draft), draft.key.bytes, lasting=REMEMBERED)
    except Unavailable:
        # A second sending becomes a report of its own then.
        return


def _place(visit: Visited, kind: ReportKind, draft: Draft) -> Place:
    """Whatever else was told makes another report of it; a fingerprint does not see the links."""
    answers = (f"{question} {answer}" for question, answer in sorted(draft.answers.items()))
    told = "\n".join((draft.text, draft.doubt, draft.area, draft.seen_on, *answers))
    hidden = "hidden" if draft.confidential else "open"
    return Place(("sent", str(kind), hidden, fingerprint(told), *addresses(draft.text)), visit.visitor.encode())
