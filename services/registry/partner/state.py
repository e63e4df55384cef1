"""What a partner is to the registry, and what every part of its rules asks of it."""

from datetime import datetime
from typing import ClassVar

from libs.contracts.registry.partner import ContactPoint, SocialAccount
from libs.contracts.registry.profile import PartnerPapers, Profile
from libs.contracts.words import AccountState, PartnerState, Role
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import NotFound
from services.registry.permissions import has_role

ENDED = frozenset({PartnerState.REJECTED, PartnerState.WITHDRAWN, PartnerState.TERMINATED, PartnerState.MERGED})
LANGUAGES = frozenset({"id", "en"})


class Partner(State):
    """
    Attributes:
        consented_at: None: written down by an officer, it has not agreed yet.
        papers: as last described; None for one that registered before there were any.
    """

    private: ClassVar[frozenset[str]] = frozenset({"name", "contacts", "papers"})

    kind: str
    state: str
    area: str
    run_by_office: bool
    language: str
    accounts: tuple[SocialAccount, ...]
    consented_at: datetime | None
    registered_at: datetime
    profile: Profile = Profile()
    name: str = ""
    contacts: tuple[ContactPoint, ...] = ()
    papers: PartnerPapers | None = None

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(contact.channel for contact in self.contacts))

    @property
    def areas(self) -> tuple[str, ...]:
        """Its own first."""
        return (self.area, *self.profile.further_areas)

    def account(self, identity_key: str) -> SocialAccount:
        """Raises:
        NotFound: the partner has named no such account.
        """
        for account in self.accounts:
            if account.identity_key == identity_key:
                return account
        raise NotFound("identity_key")


def is_themself(partner_id: str, context: Context) -> bool:
    return context.actor is not None and has_role(context, Role.PARTNER) and context.actor.id == partner_id


def with_account(state: Partner, identity_key: str, now: AccountState) -> Partner:
    accounts = tuple(
        account.model_copy(update={"state": now}) if account.identity_key == identity_key else account
        for account in state.accounts
    )
    return state.model_copy(update={"accounts": accounts})
