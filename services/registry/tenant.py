"""A tenant: one local government's communications office."""

import re
from collections.abc import Iterable, Sequence

from libs.contracts.ids import PLATFORM, SHARED
from libs.contracts.messages import Command, Event
from libs.contracts.registry.questions import Question
from libs.contracts.registry.tenant import (
    AllowEmbedding,
    Branding,
    ChangeTenant,
    CreateTenant,
    DefineQuestion,
    EmbeddingAllowed,
    QuestionDefined,
    TenantChanged,
    TenantCreated,
    TenantSettings,
)
from libs.contracts.words import Role
from libs.kit import framing
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import NotFound, Refused
from services.registry import fields, questions
from services.registry.permissions import ADMINISTRATION, has_role, require_role
from services.registry.regions import is_region

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_SLUG = 40
RESERVED = frozenset(
    {"api", "console", "docs", "health", "internal", "login", "metrics", "platform", "s", "session", "static"}
)
"""First parts of paths that are not an office's."""
PREFIX = re.compile(r"[A-Z]{3}")
THEMES = frozenset({"", "nila", "kopi", "batu"})
TIMEZONES = frozenset({"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"})

CAUTIONS = frozenset({"looser", "usual", "stricter"})


class Tenant(State):
    slug: str
    old_slugs: tuple[str, ...] = ()
    region_code: str
    prefix: str
    branding: Branding
    settings: TenantSettings


def decide(state: Tenant | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case CreateTenant():
            return [_created(state, command, context)]
        case ChangeTenant():
            if state is None:
                raise NotFound("tenant_id")
            return [_changed(state, command, context)]
        case DefineQuestion():
            if state is None:
                raise NotFound("tenant_id")
            require_role(context, Role.TENANT_ADMIN)
            questions.check(state.settings.questions, command.question)
            return [QuestionDefined(tenant_id=command.tenant_id, question=command.question)]
        case AllowEmbedding():
            if state is None:
                raise NotFound("tenant_id")
            require_role(context, Role.TENANT_ADMIN)
            hosts = framing.listed(command.hosts)
            _check_embed_hosts(hosts, "hosts")
            return [EmbeddingAllowed(tenant_id=command.tenant_id, hosts=hosts)]
    raise TypeError(command.type_name)


def _created(state: Tenant | None, command: CreateTenant, context: Context) -> TenantCreated:
    require_role(context, Role.OPERATOR)
    if state is not None:
        raise Refused("state_conflict")
    fields.identifier(command.tenant_id, "tenant_id")
    fields.require(command.tenant_id == context.tenant not in (PLATFORM, SHARED), "tenant_id")
    _check_slug(command.slug)
    fields.require(is_region(command.region_code), "region_code")
    fields.require(PREFIX.fullmatch(command.prefix) is not None, "prefix")
    _check_branding(command.branding)
    _check_settings(command.settings)
    return TenantCreated(
        tenant_id=command.tenant_id,
        slug=command.slug,
        region_code=command.region_code,
        prefix=command.prefix,
        branding=command.branding,
        settings=command.settings,
        at=context.at,
    )


def _changed(state: Tenant, command: ChangeTenant, context: Context) -> TenantChanged:
    """An office changes how it looks and how fast it answers; where it is found is the operator's to change."""
    require_role(context, *ADMINISTRATION)
    if (command.slug, command.region_code) != (None, None) and not has_role(context, Role.OPERATOR):
        raise Refused("role_missing")
    if command.slug is not None:
        _check_slug(command.slug)
    if command.region_code is not None:
        fields.require(is_region(command.region_code), "region_code")
    if command.branding is not None:
        _check_branding(command.branding)
    if command.settings is not None:
        _check_settings(command.settings)
    return TenantChanged(
        tenant_id=command.tenant_id,
        slug=command.slug or state.slug,
        region_code=command.region_code or state.region_code,
        branding=command.branding or state.branding,
        settings=_with_what_has_its_own_command(state, command.settings) if command.settings else state.settings,
    )


def _with_what_has_its_own_command(state: Tenant, settings: TenantSettings) -> TenantSettings:
    kept = {"questions": state.settings.questions, "embed_hosts": state.settings.embed_hosts}
    return settings.model_copy(update=kept)


def _check_embed_hosts(hosts: Sequence[str], field: str) -> None:
    fields.require(len(hosts) <= framing.MOST and all(framing.is_host(host) for host in hosts), field)


def _check_slug(slug: str) -> None:
    fits = SLUG.fullmatch(slug) is not None and 2 <= len(slug) <= LONGEST_SLUG
    fields.require(fits and slug not in RESERVED, "slug")


def _check_branding(branding: Branding) -> None:
    fields.line(branding.name, "branding.name", longest=80)
    fields.line(branding.office, "branding.office", longest=160)
    fields.line(branding.government, "branding.government", longest=120)
    fields.line(branding.short_office, "branding.short_office", longest=60, empty=True)
    fields.line(branding.monogram, "branding.monogram", longest=4, empty=True)
    fields.require(branding.theme in THEMES, "branding.theme")
    fields.paragraph(branding.intro, "branding.intro", longest=600)
    fields.paragraph(branding.address, "branding.address", longest=300)
    fields.paragraph(branding.hours, "branding.hours", longest=300)
    if branding.email:
        fields.email(branding.email, "branding.email")


def _check_settings(settings: TenantSettings) -> None:
    fields.require(settings.timezone in TIMEZONES, "settings.timezone")
    fields.require(1 <= settings.contact_kept_days <= 365, "settings.contact_kept_days")
    fields.require(1 <= settings.interim_minutes <= 24 * 60, "settings.interim_minutes")
    fields.require(1 <= settings.answer_hours <= settings.limit_hours <= 30 * 24, "settings.answer_hours")
    fields.require(settings.match_caution in CAUTIONS, "settings.match_caution")
    known: tuple[Question, ...] = ()
    for question in settings.questions:
        questions.check(known, question)
        known = questions.with_question(known, question)
    _check_embed_hosts(settings.embed_hosts, "settings.embed_hosts")
    fields.require(1 <= settings.partner_answer_hours <= 30 * 24, "settings.partner_answer_hours")


def evolve(state: Tenant | None, event: Event) -> Tenant:
    match event:
        case TenantCreated():
            return Tenant(
                slug=event.slug,
                region_code=event.region_code,
                prefix=event.prefix,
                branding=event.branding,
                settings=event.settings,
            )
        case TenantChanged() if state is not None:
            held = (*state.old_slugs, state.slug)
            return state.model_copy(
                update={
                    "slug": event.slug,
                    "old_slugs": tuple(dict.fromkeys(slug for slug in held if slug != event.slug)),
                    "region_code": event.region_code,
                    "branding": event.branding,
                    "settings": event.settings,
                }
            )
        case QuestionDefined() if state is not None:
            asked = questions.with_question(state.settings.questions, event.question)
            return state.model_copy(update={"settings": state.settings.model_copy(update={"questions": asked})})
        case EmbeddingAllowed() if state is not None:
            allowed = state.settings.model_copy(update={"embed_hosts": event.hosts})
            return state.model_copy(update={"settings": allowed})
    raise TypeError(event.type_name)
