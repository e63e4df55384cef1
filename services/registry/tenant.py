"""A tenant: one local government's communications office."""

import re
from collections.abc import Iterable, Mapping, Sequence

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
from services.registry import tenant_keeping as keeping
from services.registry.permissions import ADMINISTRATION, has_role, require_role
from services.registry.regions import is_region

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_SLUG = 40
RESERVED = frozenset(
    {"api", "console", "docs", "health", "internal", "login", "metrics", "platform", "s", "session", "static"}
)
"""First parts of paths that are not an office's."""
PREFIX = re.compile(r"[A-Z]{3}")


class Tenant(State):
    slug: str
    old_slugs: tuple[str, ...] = ()
    region_code: str
    prefix: str
    branding: Branding
    settings: TenantSettings
    logo: str = ""
    logo_picture: str = ""
    """JPEG in base 64."""
    revisions: Mapping[str, int] = {}


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
    if isinstance(command, keeping.COMMANDS):
        if state is None:
            raise NotFound("tenant_id")
        return [keeping.decide(state, command, context)]
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
    keeping.check_branding(command.branding, "branding.")
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
        keeping.check_branding(command.branding, "branding.")
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


def _check_settings(settings: TenantSettings) -> None:
    keeping.check_settings(settings, "settings.")
    known: tuple[Question, ...] = ()
    for question in settings.questions:
        questions.check(known, question)
        known = questions.with_question(known, question)
    _check_embed_hosts(settings.embed_hosts, "settings.embed_hosts")


def evolve(state: Tenant | None, event: Event) -> Tenant:
    kept = keeping.changes(state, event) if state is not None else None
    if state is not None and kept is not None:
        return state.model_copy(update=dict(kept))
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
                    "revisions": keeping.risen(state, *_changed_concerns(state, event)),
                }
            )
        case QuestionDefined() if state is not None:
            asked = questions.with_question(state.settings.questions, event.question)
            return state.model_copy(update={"settings": state.settings.model_copy(update={"questions": asked})})
        case EmbeddingAllowed() if state is not None:
            allowed = state.settings.model_copy(update={"embed_hosts": event.hosts})
            return state.model_copy(update={"settings": allowed})
    raise TypeError(event.type_name)


def _changed_concerns(state: Tenant, event: TenantChanged) -> Iterable[str]:
    """Those that an operator has changed under an administrator's hands."""
    if event.branding != state.branding:
        yield "look"
    if event.settings != state.settings:
        yield from ("clocks", "practice")
