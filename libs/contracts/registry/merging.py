"""Two records of one partner become one, and two again where that was wrong; or are told apart for good.

MergePartner → PartnerMergeBegun → AbsorbPartner → PartnerAbsorbed | AbsorptionDeclined → EndMerge → PartnerMerged |
PartnerMergeDropped. Back: UnmergePartner → PartnerUnmergeBegun → ReleasePartner → PartnerReleased | ReleaseDeclined →
EndUnmerge → PartnerUnmerged | PartnerUnmergeDropped. Each step may be told more than once; `merge` says of which merge.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from libs.contracts.fields import NO_CONTROL, Identity, Limit
from libs.contracts.messages import Command, Event, Sealable
from libs.contracts.registry.partner import ContactPoint, SocialAccount
from libs.contracts.reports.parts import Part

Because = Annotated[str, Limit(shortest=1, longest=300, pattern=NO_CONTROL, visible=True)]


class TakenAccount(Part):
    """
    Attributes:
        before: as the survivor had it; None: it had it not.
        held: by the merged one, over all offices.
    """

    after: SocialAccount
    before: SocialAccount | None = None
    held: bool = False


class Taken(Sealable):
    """What the survivor took of the merged one, so that just this can be given back.

    Attributes:
        papers, profile: field that was empty -> what stands there since.
        lines: field of the profile -> the lines that were added.
        had_papers: whether there were any before.
    """

    contacts: tuple[ContactPoint, ...] = ()
    papers: Mapping[str, str] = {}
    profile: Mapping[str, str | int | bool] = {}
    lines: Mapping[str, tuple[str, ...]] = {}
    had_papers: bool = True


class MergePartner(Command, name="registry.merge-partner.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    """This one is the same as another, which goes on for both."""

    partner_id: str
    into: Identity
    reason: Because


class PartnerMergeBegun(Event, name="registry.partner-merge-begun.v1", of="partner"):
    partner_id: str
    into: str
    merge: int
    reason: str


class AbsorbPartner(Command, name="registry.absorb-partner.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    """Sent by the registry itself; what there is to take it looks up then."""

    partner_id: str
    absorbed: str
    merge: int


class PartnerAbsorbed(Event, name="registry.partner-absorbed.v1", of="partner", private={"taken"}):
    partner_id: str
    absorbed: str
    merge: int
    accounts: tuple[TakenAccount, ...] = ()
    changed: tuple[str, ...] = ()
    """Names of the fields that were empty and are not any more."""
    taken: Taken | None = None


class AbsorptionDeclined(Event, name="registry.absorption-declined.v1", of="partner"):
    """It has ended, or is on its way into another one itself."""

    partner_id: str
    absorbed: str
    merge: int


class EndMerge(Command, name="registry.end-merge.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    partner_id: str
    merge: int
    done: bool


class PartnerMerged(Event, name="registry.partner-merged.v1", of="partner"):
    partner_id: str
    into: str
    merge: int
    previous: str
    """Its state before."""
    at: datetime | None = None


class PartnerMergeDropped(Event, name="registry.partner-merge-dropped.v1", of="partner"):
    partner_id: str
    into: str
    merge: int


class UnmergePartner(Command, name="registry.unmerge-partner.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    """They are two after all. Within thirty days, to the merged one."""

    partner_id: str
    reason: Because


class PartnerUnmergeBegun(Event, name="registry.partner-unmerge-begun.v1", of="partner"):
    partner_id: str
    into: str
    merge: int
    reason: str


class ReleasePartner(Command, name="registry.release-partner.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    partner_id: str
    absorbed: str
    merge: int


class PartnerReleased(Event, name="registry.partner-released.v1", of="partner"):
    """What it took is given back, but for what has been changed since."""

    partner_id: str
    absorbed: str
    merge: int
    accounts: tuple[TakenAccount, ...] = ()


class ReleaseDeclined(Event, name="registry.release-declined.v1", of="partner"):
    """It has gone into another one itself: that is undone first."""

    partner_id: str
    absorbed: str
    merge: int


class EndUnmerge(Command, name="registry.end-unmerge.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    partner_id: str
    merge: int
    done: bool


class PartnerUnmerged(Event, name="registry.partner-unmerged.v1", of="partner"):
    partner_id: str
    into: str
    merge: int
    state: str
    """That it had before."""


class PartnerUnmergeDropped(Event, name="registry.partner-unmerge-dropped.v1", of="partner"):
    partner_id: str
    into: str
    merge: int


class TellApart(Command, name="registry.tell-apart.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    """An officer has looked: these are two."""

    partner_id: str
    other: Identity
    reason: Annotated[str, Limit(longest=300, pattern=NO_CONTROL)] = ""


class PartnersToldApart(Event, name="registry.partners-told-apart.v1", of="partner"):
    partner_id: str
    other: str
    reason: str = ""


class MoveHold(Command, name="registry.move-hold.v1", of="account_hold", to="identity_key"):
    """What one held another holds; nothing happens where somebody else does."""

    identity_key: str
    held_by: str
    partner_id: str


class HoldMoved(Event, name="registry.hold-moved.v1", of="account_hold"):
    identity_key: str
    held_by: str
    partner_id: str


class MergeStage(Part):
    """Where a partner stands in a merge of its own.

    Attributes:
        into: id of the survivor.
        merge: which of its merges; a step of another one says nothing.
        leaving, returning: the other has not answered yet.
        was: its state before.
        at: when it was merged; None: it is not.
    """

    into: str
    merge: int
    leaving: bool = False
    returning: bool = False
    was: str = ""
    at: datetime | None = None
