"""A partner: who carries an answer, in which area, on which accounts, and how to reach them."""

from collections.abc import Iterable, Mapping

from libs.contracts.messages import Command, Event
from libs.contracts.registry.partner import (
    AccountDisputed,
    AccountVerificationStarted,
    AccountVerified,
    ChangePartnerContacts,
    DescribePartner,
    EnterPartner,
    PartnerContactsChanged,
    PartnerDescribed,
    PartnerEntered,
    PartnerIdentity,
    PartnerRegistered,
    PartnerStateChanged,
    RegisterPartner,
    SetPartnerState,
    SettleAccount,
    VerifyAccount,
)
from libs.contracts.words import AccountState, Channel, PartnerKind, PartnerState
from libs.runtime.aggregates import Context
from libs.runtime.errors import NotFound, Refused
from services.registry import fields
from services.registry.partner import merging, profile, term, verification
from services.registry.partner.accounts import canonical_accounts
from services.registry.partner.state import ENDED, LANGUAGES, Partner, Review, is_themself, with_account
from services.registry.permissions import REGISTRATION, require_office, require_role
from services.registry.regions import lies_in

MOST_ACCOUNTS = 20
MOST_CONTACTS = 6
CONTACT_CHANNELS = frozenset({Channel.EMAIL, Channel.WHATSAPP_MANUAL})

CHANGES: Mapping[str, frozenset[str]] = {
    PartnerState.ACTIVE: frozenset({PartnerState.SUSPENDED}),
    PartnerState.SUSPENDED: frozenset({PartnerState.ACTIVE}),
    PartnerState.TERMINATED: frozenset({PartnerState.SUSPENDED}),
    PartnerState.REJECTED: frozenset({PartnerState.SUBMITTED}),
    PartnerState.WITHDRAWN: frozenset(PartnerState) - ENDED,
}
"""State -> from which it is reached, beside the ways of `verification`."""
MUST_SAY_WHY = frozenset({PartnerState.SUSPENDED, PartnerState.TERMINATED, PartnerState.REJECTED})


class PlacedRegistration(RegisterPartner):
    """A registration with what the decision needs to know of the tenant; the registry itself puts it in."""

    region: str


def decide(state: Partner | None, command: Command, context: Context) -> Iterable[Event]:
    if isinstance(command, RegisterPartner):
        return _registered(state, command, context)
    if isinstance(command, EnterPartner):
        return profile.entered(state, command, context)
    if state is None:
        raise NotFound("partner_id")
    if isinstance(command, merging.COMMANDS):
        return merging.decided(state, command, context)
    if not isinstance(command, SettleAccount):
        merging.refuse_while_leaving(state)
    if isinstance(command, verification.COMMANDS):
        return verification.events_of(state, command, context)
    if isinstance(command, term.COMMANDS):
        return term.events_of(state, command, context)
    match command:
        case SetPartnerState():
            return [_state_changed(state, command, context)]
        case DescribePartner():
            return profile.described(state, command, context)
        case ChangePartnerContacts():
            return [_contacts_changed(state, command, context)]
        case VerifyAccount():
            return [_verification_started(state, command, context)]
        case SettleAccount(partner_id=partner, identity_key=account):
            state.account(account)
            settled = AccountVerified if command.granted else AccountDisputed
            return [settled(partner_id=partner, identity_key=account)]
    raise TypeError(command.type_name)


def _registered(state: Partner | None, command: RegisterPartner, context: Context) -> Iterable[Event]:
    """Somebody registers themself and is submitted, or an officer who has the papers registers them as active."""
    require_office(context)
    if command.active or context.actor is not None:
        require_role(context, *REGISTRATION)
    if state is not None:
        raise Refused("state_conflict")
    if not isinstance(command, PlacedRegistration):
        raise NotFound("tenant")
    fields.identifier(command.partner_id, "partner_id")
    fields.require(command.kind in set(PartnerKind), "kind")
    fields.require(lies_in(command.area, command.region), "area")
    fields.require(command.language in LANGUAGES, "language")
    fields.require(len(command.accounts) <= MOST_ACCOUNTS, "accounts")
    fields.require(command.consented_at.tzinfo is not None, "consented_at")
    identity = _identity(context)
    registered = PartnerRegistered(
        partner_id=command.partner_id,
        kind=command.kind,
        area=command.area,
        run_by_office=command.run_by_office,
        language=command.language,
        accounts=canonical_accounts(command.accounts),
        consented_at=command.consented_at,
        registered_at=context.at,
        name=identity.name.strip(),
        contacts=identity.contacts,
    )
    activated = PartnerStateChanged(
        partner_id=command.partner_id, state=PartnerState.ACTIVE, previous=PartnerState.SUBMITTED, at=context.at
    )
    return [registered, activated] if command.active else [registered]


def _identity(context: Context) -> PartnerIdentity:
    identity = context.private
    if not isinstance(identity, PartnerIdentity):
        raise Refused("validation", "name")
    fields.line(identity.name, "name", longest=160)
    fields.require(1 <= len(identity.contacts) <= MOST_CONTACTS, "contacts")
    for contact in identity.contacts:
        fields.require(contact.channel in CONTACT_CHANNELS, "contacts")
        if contact.channel == Channel.EMAIL:
            fields.email(contact.address, "contacts")
        else:
            fields.phone(contact.address, "contacts")
    return identity


def _state_changed(state: Partner, command: SetPartnerState, context: Context) -> PartnerStateChanged:
    leaves = command.state == PartnerState.WITHDRAWN and is_themself(command.partner_id, context)
    if not leaves:
        require_role(context, *REGISTRATION)
    fields.require(command.state in CHANGES, "state")
    if state.state not in CHANGES[command.state]:
        raise Refused("state_conflict")
    fields.line(command.reason, "reason", longest=300, empty=command.state not in MUST_SAY_WHY)
    return PartnerStateChanged(
        partner_id=command.partner_id,
        state=command.state,
        previous=state.state,
        reason=command.reason.strip(),
        by=context.actor.id if context.actor is not None else None,
        at=context.at,
    )


def _contacts_changed(state: Partner, command: ChangePartnerContacts, context: Context) -> PartnerContactsChanged:
    if not is_themself(command.partner_id, context):
        require_role(context, *REGISTRATION)
    if state.state in ENDED:
        raise Refused("state_conflict")
    identity = _identity(context)
    return PartnerContactsChanged(partner_id=command.partner_id, name=identity.name.strip(), contacts=identity.contacts)


def _verification_started(state: Partner, command: VerifyAccount, context: Context) -> AccountVerificationStarted:
    require_role(context, *REGISTRATION)
    account = state.account(command.identity_key)
    if state.state in ENDED or account.state == AccountState.VERIFIED:
        raise Refused("state_conflict")
    return AccountVerificationStarted(partner_id=command.partner_id, identity_key=command.identity_key)


def evolve(state: Partner | None, event: Event) -> Partner:
    if isinstance(event, PartnerRegistered):
        return Partner(
            kind=event.kind,
            state=PartnerState.SUBMITTED,
            area=event.area,
            run_by_office=event.run_by_office,
            language=event.language,
            accounts=event.accounts,
            consented_at=event.consented_at,
            registered_at=event.registered_at or event.consented_at,
            review=Review(since=event.registered_at or event.consented_at),
            name=event.name,
            contacts=event.contacts,
        )
    if isinstance(event, PartnerEntered):
        return profile.as_entered(event)
    assert state is not None
    if isinstance(event, verification.EVENTS):
        return verification.as_changed(state, event)
    if isinstance(event, merging.EVENTS):
        return merging.evolved(state, event)
    if isinstance(event, term.EVENTS):
        return term.as_changed(state, event)
    match event:
        case PartnerDescribed():
            return profile.as_described(state, event)
        case PartnerStateChanged():
            return state.model_copy(update={"state": event.state, "review": verification.as_moved(state.review, event)})
        case PartnerContactsChanged():
            return state.model_copy(update={"name": event.name, "contacts": event.contacts})
        case AccountVerificationStarted():
            return with_account(state, event.identity_key, AccountState.VERIFYING)
        case AccountVerified():
            return with_account(state, event.identity_key, AccountState.VERIFIED)
        case AccountDisputed():
            return with_account(state, event.identity_key, AccountState.DISPUTED)
    raise TypeError(event.type_name)
