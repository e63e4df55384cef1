"""An office changes what it says of itself and how it works, a concern at a time."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from libs.contracts.messages import Command, Event
from libs.contracts.registry.office import (
    CAUTIONS,
    LARGEST_LOGO,
    THEMES,
    TIMEZONES,
    ChangeClocks,
    ChangeLogo,
    ChangeLook,
    ChangePractice,
    ClocksChanged,
    LogoChanged,
    LookChanged,
    PracticeChanged,
)
from libs.contracts.registry.tenant import Branding, TenantSettings
from libs.contracts.words import Role
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused
from services.registry import fields
from services.registry.permissions import require_role

if TYPE_CHECKING:
    from services.registry.tenant import Tenant

COMMANDS = (ChangeLook, ChangeClocks, ChangePractice, ChangeLogo)
CONCERNS: Mapping[type[Command] | type[Event], str] = {
    ChangeLook: "look",
    LookChanged: "look",
    ChangeClocks: "clocks",
    ClocksChanged: "clocks",
    ChangePractice: "practice",
    PracticeChanged: "practice",
    ChangeLogo: "logo",
    LogoChanged: "logo",
}
MOST_HOLIDAYS = 200
JPEG = b"\xff\xd8\xff"
LONGEST_REASON = 300


def decide(state: "Tenant", command: Command, context: Context) -> Event:
    """
    Raises:
        Refused: `role_missing`; `validation`, naming the fields; `version_conflict`: somebody changed this since.
    """
    require_role(context, Role.TENANT_ADMIN)
    match command:
        case ChangeLook():
            branding = Branding.model_validate({**dict(state.branding), **command.look.model_dump()})
            check_branding(branding)
            event: Event = LookChanged(tenant_id=command.tenant_id, branding=branding, reason=_reason(command.reason))
        case ChangeClocks():
            check_settings(_with(state.settings, command.clocks.model_dump()))
            event = ClocksChanged(tenant_id=command.tenant_id, clocks=command.clocks, reason=_reason(command.reason))
        case ChangePractice():
            check_settings(_with(state.settings, command.practice.model_dump()))
            event = PracticeChanged(
                tenant_id=command.tenant_id, practice=command.practice, reason=_reason(command.reason)
            )
        case ChangeLogo():
            event = LogoChanged(
                tenant_id=command.tenant_id,
                logo=_name_of(command.picture),
                picture=command.picture,
                reason=_reason(command.reason),
            )
        case _:
            raise TypeError(command.type_name)
    if command.expects != state.revisions.get(CONCERNS[type(command)], 0):
        raise Refused("version_conflict")
    return event


def changes(state: "Tenant", event: Event) -> Mapping[str, Any] | None:
    """What an event of this part changes; None: it is of another part."""
    match event:
        case LookChanged():
            changed: dict[str, Any] = {"branding": event.branding}
        case ClocksChanged():
            changed = {"settings": _with(state.settings, event.clocks.model_dump())}
        case PracticeChanged():
            changed = {"settings": _with(state.settings, event.practice.model_dump())}
        case LogoChanged():
            changed = {"logo": event.logo, "logo_picture": event.picture}
        case _:
            return None
    return {**changed, "revisions": risen(state, CONCERNS[type(event)])}


def risen(state: "Tenant", *concerns: str) -> Mapping[str, int]:
    return {**state.revisions, **{one: state.revisions.get(one, 0) + 1 for one in concerns}}


def _with(settings: TenantSettings, values: Mapping[str, Any]) -> TenantSettings:
    return settings.model_copy(update=dict(values))


def _reason(text: str) -> str:
    fields.line(text, "reason", longest=LONGEST_REASON, empty=True)
    return text.strip()


def _name_of(picture: str) -> str:
    if not picture:
        return ""
    try:
        data = base64.b64decode(picture, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("validation", "picture") from None
    fields.require(data.startswith(JPEG) and len(data) <= LARGEST_LOGO, "picture")
    return hashlib.sha256(data).hexdigest()[:32]


def check_branding(branding: Branding, of: str = "") -> None:
    """
    Args:
        of: goes before the names of fields, where they are inside another.
    """
    fields.line(branding.name, f"{of}name", longest=80)
    fields.line(branding.office, f"{of}office", longest=160)
    fields.line(branding.government, f"{of}government", longest=120)
    fields.line(branding.short_office, f"{of}short_office", longest=60, empty=True)
    fields.line(branding.monogram, f"{of}monogram", longest=4, empty=True)
    fields.line(branding.channel, f"{of}channel", longest=60, empty=True)
    fields.require(branding.theme in THEMES, f"{of}theme")
    fields.paragraph(branding.intro, f"{of}intro", longest=600)
    fields.paragraph(branding.intro_en, f"{of}intro_en", longest=600)
    fields.paragraph(branding.address, f"{of}address", longest=300)
    fields.paragraph(branding.hours, f"{of}hours", longest=300)
    fields.paragraph(branding.hours_en, f"{of}hours_en", longest=300)
    if branding.email:
        fields.email(branding.email, f"{of}email")


def check_settings(settings: TenantSettings, of: str = "") -> None:
    """Of what has no command of its own."""
    fields.require(settings.timezone in TIMEZONES, f"{of}timezone")
    fields.require(1 <= settings.contact_kept_days <= 365, f"{of}contact_kept_days")
    fields.require(1 <= settings.interim_minutes <= 24 * 60, f"{of}interim_minutes")
    fields.require(1 <= settings.limit_hours <= 30 * 24, f"{of}limit_hours")
    fields.require(1 <= settings.answer_hours <= settings.limit_hours, f"{of}answer_hours")
    fields.require(settings.interim_minutes <= settings.answer_hours * 60, f"{of}interim_minutes")
    fields.require(1 <= settings.partner_answer_hours <= 30 * 24, f"{of}partner_answer_hours")
    fields.require(1 <= settings.partner_review_days <= 60, f"{of}partner_review_days")
    fields.require(len(settings.holidays) <= MOST_HOLIDAYS, f"{of}holidays")
    for day in settings.holidays:
        fields.day(day, f"{of}holidays")
    fields.require(settings.match_caution in CAUTIONS, f"{of}match_caution")
