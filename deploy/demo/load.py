"""Loads the demo through the front door: signed commands, as the gateway sends them, with a past of their own.

Every id is made from the demo's own keys, so loading twice is loading once. Run with the gateway's settings.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid5

from pwdlib import PasswordHash

from deploy.demo import content
from deploy.demo.case import APPROVED, Case, Report, Ruling
from deploy.demo.content import DemoTenant
from deploy.demo.logins import PASSWORD, TOTP_SECRET
from deploy.demo.office import AskedOfReporters
from deploy.demo.partner import Partner
from libs.contracts import ids
from libs.contracts.envelope import Actor
from libs.contracts.messages import Command, Sealable
from libs.contracts.notify.subject import FollowerContact, FollowSubject
from libs.contracts.reads import OutcomeView
from libs.contracts.registry.partner import (
    ContactPoint,
    PartnerIdentity,
    RegisterPartner,
    SetPartnerState,
    SocialAccount,
)
from libs.contracts.registry.questions import Question
from libs.contracts.registry.segments import DefineSegment
from libs.contracts.registry.tenant import (
    AddAgency,
    AddOfficer,
    AllowEmbedding,
    Branding,
    CreateTenant,
    DefineQuestion,
    OfficerIdentity,
    TenantSettings,
)
from libs.contracts.registry.verification import CheckPaper, Paper, PaperNote, TakeVerification
from libs.contracts.reports.case import (
    AddReference,
    ApproveVerdict,
    AskSource,
    CloseCase,
    JudgeSuggestion,
    LeaseCase,
    MergeCase,
    PublishCase,
    SaveDraft,
    TriageCase,
)
from libs.contracts.reports.parts import Attachment, Draft, QuestionAnswer, Reference
from libs.contracts.reports.reads import ReportRow
from libs.contracts.reports.report import ReportContent, SubmitReport
from libs.contracts.topics import OWNERS, Service, journal
from libs.contracts.words import CaseState, PartnerKind, PartnerState, Role
from libs.runtime import logs
from libs.runtime.errors import Refused, Unavailable
from libs.runtime.followers import Follower
from libs.runtime.http import ServiceClient
from libs.runtime.keyring import Keyring
from libs.runtime.mongo import Mongo
from libs.runtime.outbox import KafkaOutbox
from libs.runtime.tokens import Tokens
from services.gateway.dispatch.accepting import TrackingCodes
from services.gateway.dispatch.sending import Sender, Wish
from services.gateway.dispatch.waiting import Waiters, outcome_within
from services.gateway.pictures.uploads import Uploads
from services.gateway.settings import GatewaySettings

WITHIN = 30.0
FOUNDED = timedelta(days=60)
"""How long the offices have been there."""
SETUP = Actor(ids.SETUP, (Role.OPERATOR, Role.TENANT_ADMIN, Role.VERIFIER))
NAMESPACE = uuid5(ids.NAMESPACE, "demo")


def an_id(*parts: str) -> UUID:
    return uuid5(NAMESPACE, "|".join(parts))


@dataclass
class Post:
    """Sends one command and waits until its owner has carried it out."""

    sender: Sender
    waiters: Waiters
    clients: dict[Service, ServiceClient]
    sent: int = 0
    refused: list[str] = field(default_factory=list)

    async def send(
        self,
        tenant: str,
        command: Command,
        *,
        private: Sealable | None = None,
        actor: Actor | None = None,
        at: datetime,
        step: str = "",
    ) -> OutcomeView:
        """Carries on after a refusal: a second load meets what the first one did."""
        wish = Wish(an_id(tenant, command.type_name, command.target, step), command, private)
        client = self.clients[wish.owner]

        async def ask() -> OutcomeView:
            return OutcomeView.model_validate_json(await client.get(f"/outcomes/{wish.id}", tenant=tenant))

        with self.waiters.expecting(wish.id) as told:
            await self.sender.send(tenant, [wish], body_hash=None, actor=actor, at=at)
            outcome = await outcome_within(WITHIN, told, ask)
        if outcome is None:
            raise Unavailable(wish.owner)
        self.sent += 1
        if outcome.state == "refused":
            self.refused.append(f"{command.type_name}: {outcome.problem} {', '.join(outcome.fields)}")
        return outcome


@dataclass(frozen=True)
class Office:
    """One tenant while it is loaded."""

    post: Post
    demo: DemoTenant
    tenant: str
    now: datetime
    codes: TrackingCodes
    password_hash: str
    uploads: Uploads

    def officer(self, key: str) -> Actor:
        officer = next(o for o in self.demo.office.officers if o.key == key)
        return Actor(self.id_of("officer", key), tuple(officer.roles))

    def one_with(self, *roles: Role) -> Actor:
        found = next(o for o in self.demo.office.officers if set(roles) & set(o.roles))
        return self.officer(found.key)

    def id_of(self, kind: str, key: str) -> str:
        return str(an_id(self.tenant, kind, key))

    async def load(self) -> None:
        await self._found()
        await in_turn(self._partner(p, str(n)) for n, p in enumerate(self.demo.partners))
        await self._segment()
        ordered = sorted(self.demo.docket.cases, key=lambda c: (c.merged_into is not None, -c.opened))
        opened: dict[str, str] = {}
        for case in ordered:
            opened[case.key] = await self._open(case)
        for case in ordered:
            await self._work(case, opened)
        for n, voice in enumerate(self.demo.docket.voices):
            await self._submit(voice, f"voice-{n}")

    async def _found(self) -> None:
        office, at = self.demo.office, self.now - FOUNDED
        branding = Branding(
            name=office.service_name,
            office=office.name,
            government=office.government,
            short_office=office.short_name,
            monogram=office.monogram,
            theme=office.theme,
            intro=office.intro.id,
            intro_en=office.intro.en,
            address=office.address,
            hours=office.hours.id,
            hours_en=office.hours.en,
            email=office.email,
        )
        create = CreateTenant(
            tenant_id=self.tenant,
            slug=office.slug,
            region_code=office.region_code,
            prefix=office.prefix,
            branding=branding,
            settings=TenantSettings(timezone=office.timezone),
        )
        await self.post.send(self.tenant, create, actor=SETUP, at=at)
        for agency in office.agencies:
            add = AddAgency(agency_id=self.id_of("agency", agency.key), name=agency.name)
            await self.post.send(self.tenant, add, actor=SETUP, at=at)
        for officer in office.officers:
            command = AddOfficer(
                officer_id=self.id_of("officer", officer.key),
                roles=tuple(officer.roles),
                agency_id=self.id_of("agency", officer.agency) if officer.agency else None,
            )
            identity = self._identity(officer.name, officer.email)
            await self.post.send(self.tenant, command, private=identity, actor=SETUP, at=at)
        for order, asked in enumerate(office.questions):
            question = question_of(asked, order, partial(self.id_of, "question"))
            define = DefineQuestion(tenant_id=self.tenant, question=question)
            await self.post.send(self.tenant, define, actor=SETUP, at=at, step=asked.key)
        if office.embed_hosts:
            allow = AllowEmbedding(tenant_id=self.tenant, hosts="\n".join(office.embed_hosts))
            await self.post.send(self.tenant, allow, actor=SETUP, at=at)

    def _identity(self, name: str, email: str) -> OfficerIdentity:
        return OfficerIdentity(name=name, email=email, password_hash=self.password_hash, totp_secret=TOTP_SECRET)

    async def _partner(self, partner: Partner, key: str) -> None:
        at = self.now - FOUNDED / 2
        contacts = [ContactPoint(channel="email", address=partner.email)] if partner.email else []
        if partner.whatsapp:
            contacts.append(ContactPoint(channel="whatsapp_manual", address=e164(partner.whatsapp)))
        register = RegisterPartner(
            partner_id=self.id_of("partner", key),
            kind=partner.kind,
            area=partner.area,
            run_by_office=partner.run_by_office,
            language=partner.language,
            accounts=tuple(
                SocialAccount(platform=a.platform, handle=a.handle, url=a.url, identity_key=f"{a.platform}:{a.handle}")
                for a in partner.accounts
            ),
            consented_at=at,
            active=partner.state not in (PartnerState.SUBMITTED, PartnerState.ADMINISTRATIVE_REVIEW),
        )
        identity = PartnerIdentity(name=partner.name, contacts=tuple(contacts))
        await self.post.send(self.tenant, register, private=identity, actor=SETUP, at=at)
        if partner.state == PartnerState.ADMINISTRATIVE_REVIEW:
            await self._begin_review(register.partner_id)
        if partner.state == PartnerState.SUSPENDED:
            suspend = SetPartnerState(
                partner_id=register.partner_id, state=partner.state, reason="Menunggu klarifikasi"
            )
            await self.post.send(self.tenant, suspend, actor=SETUP, at=at + timedelta(days=3))

    async def _begin_review(self, partner_id: str) -> None:
        """Taken yesterday; one paper is right, one is missing."""
        at = self.now - timedelta(days=1)
        take = TakeVerification(partner_id=partner_id)
        right = CheckPaper(partner_id=partner_id, paper=Paper.IDENTITY, present=True)
        lacks = CheckPaper(partner_id=partner_id, paper=Paper.ACCOUNTS, present=False)
        note = PaperNote(note="Akun Instagram tidak bisa dibuka; minta tautan yang benar.")
        await self.post.send(self.tenant, take, actor=SETUP, at=at)
        await self.post.send(self.tenant, right, actor=SETUP, at=at)
        await self.post.send(self.tenant, lacks, private=note, actor=SETUP, at=at)

    async def _segment(self) -> None:
        """One for each office: the groups that can be asked."""
        define = DefineSegment(
            segment_id=self.id_of("segment", "groups"),
            name="KIM yang aktif",
            kind=PartnerKind.COMMUNITY_GROUP,
            state=PartnerState.ACTIVE,
        )
        await self.post.send(self.tenant, define, actor=SETUP, at=self.now - FOUNDED / 3)

    async def _submit(self, report: Report, key: str) -> str:
        """Returns the report's id."""
        command_id = an_id(self.tenant, SubmitReport.type_name, self.id_of("report", key), "")
        report_id = self.id_of("report", key)
        at = self.now - report.ago
        number = ids.reference_number(self.demo.office.prefix, UUID(report_id))
        command = SubmitReport(
            report_id=report_id,
            kind=report.kind,
            number=number,
            code_hash=self.codes.hashed(self.codes.make(command_id)),
            prefix=self.demo.office.prefix,
            area=report.area,
            seen_on=report.seen_on,
            forwarded_often=report.forwarded_often,
            confidential=report.confidential,
            attachments=await self._evidence(report, key),
        )
        content_ = ReportContent(
            text=report.text,
            urls=(report.link,) if report.link else (),
            doubt=report.doubt or "",
            answers=tuple(self._answer(asked, answer) for asked, answer in report.answers.items()),
        )
        await self.post.send(self.tenant, command, private=content_, at=at)
        if report.email or report.whatsapp:
            channel = "email" if report.email else "whatsapp_manual"
            follow = FollowSubject(
                report_id=report_id,
                number=number,
                channel=channel,
                confidential=report.confidential,
                consented_at=at,
                kind=report.kind,
            )
            contact = FollowerContact(channel=channel, address=report.email or e164(report.whatsapp or ""))
            await self.post.send(self.tenant, follow, private=contact, at=at)
        return report_id

    async def _evidence(self, report: Report, key: str) -> tuple[Attachment, ...]:
        """Through the door of everybody's files; without ffmpeg the original alone is kept."""
        if report.recording is None:
            return ()
        data = (content.HOME / "recordings" / report.recording).read_bytes()
        kept = await self.uploads.take(self.tenant, an_id(self.tenant, "recording", key), data, client="demo")
        return await self.uploads.claim(self.tenant, [UUID(kept.id)])

    def _answer(self, key: str, answer: str) -> QuestionAnswer:
        asked = next(q for q in self.demo.office.questions if q.key == key)
        return QuestionAnswer(question=self.id_of("question", key), text=asked.text.id, type=asked.type, answer=answer)

    async def _open(self, case: Case) -> str:
        """Submits the reports, oldest first, and brings them into one case where the matcher did not dare to."""
        main = ""
        oldest_first = sorted(case.reports, key=lambda r: -r.ago)
        for n, report in enumerate(oldest_first):
            report_id = await self._submit(report, f"{case.key}-{n}")
            placed = await self._case_of(report_id)
            main = main or placed
            if placed != main and placed == ids.case_id_text(report_id):
                await self._is_open(placed)
                merge = MergeCase(case_id=placed, into=main)
                at = self.now - report.ago + timedelta(minutes=20)
                await self.post.send(self.tenant, merge, actor=self.one_with(Role.VERIFIER), at=at)
        return main

    async def _case_of(self, report_id: str) -> str:
        """The case that a report was placed in, once it was."""
        actor = self.one_with(Role.VERIFIER)
        async with asyncio.timeout(WITHIN):
            while True:
                body = await self.post.clients[Service.REPORTS].get(
                    f"/reports/{report_id}", tenant=self.tenant, actor=actor, within=5
                )
                case_id = ReportRow.model_validate_json(body).case_id
                if case_id is not None:
                    return case_id
                await asyncio.sleep(0.05)

    async def _is_open(self, case_id: str) -> None:
        """Returns once the case is there: it is opened by a follow-up of the report's placing."""
        actor, reports = self.one_with(Role.VERIFIER), self.post.clients[Service.REPORTS]
        async with asyncio.timeout(WITHIN):
            while True:
                try:
                    await reports.get(f"/cases/{case_id}", tenant=self.tenant, actor=actor, within=5)
                    return
                except Refused:
                    await asyncio.sleep(0.05)

    async def _work(self, case: Case, opened: dict[str, str]) -> None:
        """Takes the case as far as its story goes."""
        case_id = opened[case.key]
        verifier = self.officer(case.owner) if case.owner else self.one_with(Role.VERIFIER)
        start = self.now - case.opened

        async def do(command: Command, actor: Actor, at: datetime, step: str = "") -> None:
            await self.post.send(self.tenant, command, actor=actor, at=at, step=step)

        if case.state == CaseState.OPEN:
            return
        triage = TriageCase(
            case_id=case_id, severity=case.severity, topic=case.topic, area=case.area, owner=verifier.id
        )
        await do(triage, verifier, start + timedelta(minutes=45))
        if case.merged_into is not None and opened[case.merged_into] != case_id:
            merge = MergeCase(case_id=case_id, into=opened[case.merged_into])
            await do(merge, verifier, start + timedelta(hours=1), "merged")
        if case.merged_into is not None:
            return
        if case.same_template_as is not None and case.same_template_as in opened:
            judge = JudgeSuggestion(case_id=case_id, other=opened[case.same_template_as], relation="campaign")
            await do(judge, verifier, start + timedelta(minutes=50))
        if case.state == CaseState.TRIAGED:
            return
        await do(LeaseCase(case_id=case_id), verifier, start + timedelta(hours=1))
        if case.question is not None:
            agency = next(a for a in self.demo.office.agencies if a.key == case.question.agency)
            ask = AskSource(
                case_id=case_id,
                party=agency.name,
                question=case.question.text,
                due_at=self.now + case.question.answer_due_in,
            )
            await do(ask, verifier, self.now - case.question.asked)
        if case.ruling is not None:
            await self._rule(case, case.ruling, case_id)

    async def _rule(self, case: Case, ruling: Ruling, case_id: str) -> None:
        author = self.officer(ruling.author)

        async def do(command: Command, actor: Actor, ago: timedelta, step: str = "") -> None:
            await self.post.send(self.tenant, command, actor=actor, at=self.now - ago, step=step)

        decided = ruling.approved or timedelta(minutes=30)
        drafted = decided + timedelta(minutes=40)
        for n, reference in enumerate(ruling.references):
            add = AddReference(
                case_id=case_id,
                reference=Reference(title=reference.title, url=reference.url, publisher=reference.publisher),
            )
            await do(add, author, drafted + timedelta(minutes=20), f"reference-{n}")
        correction = ruling.correction
        draft = Draft(
            claim=case.claim,
            verdict=ruling.verdict,
            about_own_tenant=case.about_own_tenant,
            fact=ruling.fact,
            explanation=correction.explanation_before if correction else ruling.explanation,
        )
        submit = case.state in APPROVED or case.state == CaseState.IN_REVIEW
        await do(SaveDraft(case_id=case_id, draft=draft, expects=0, submit=submit), author, drafted, "1")
        if case.state not in APPROVED:
            return
        await self._approve(case, ruling, case_id, number=1, ago=decided)
        if ruling.published is None:
            return
        await do(PublishCase(case_id=case_id), self.one_with(Role.EDITOR), ruling.published, "1")
        if correction is not None:
            second = draft.model_copy(update={"explanation": ruling.explanation, "change_note": correction.note})
            ago = correction.ago + timedelta(minutes=30)
            await do(SaveDraft(case_id=case_id, draft=second, expects=1, submit=True), author, ago, "2")
            await self._approve(case, ruling, case_id, number=2, ago=correction.ago + timedelta(minutes=10))
            await do(PublishCase(case_id=case_id), self.one_with(Role.EDITOR), correction.ago, "2")
        if case.state == CaseState.CLOSED:
            await do(CloseCase(case_id=case_id, reason="Tidak muncul lagi"), author, timedelta(hours=1))

    async def _approve(self, case: Case, ruling: Ruling, case_id: str, *, number: int, ago: timedelta) -> None:
        for n, approver in enumerate(ruling.approvers[: case.approvals_needed]):
            await self.post.send(
                self.tenant,
                ApproveVerdict(case_id=case_id, expects=number),
                actor=self.officer(approver),
                at=self.now - ago + timedelta(minutes=2 * n),
                step=f"{number}|{approver}",
            )


def question_of(asked: AskedOfReporters, order: int, id_of: Callable[[str], str]) -> Question:
    return Question(
        id=id_of(asked.key),
        text=asked.text.id,
        text_en=asked.text.en,
        type=asked.type,
        choices="\n".join(asked.choices),
        kind=asked.kind,
        after=id_of(asked.after) if asked.after else "",
        answer=asked.answer or "",
        order=10 * (order + 1),
    )


def e164(phone: str) -> str:
    return phone.replace(" ", "").replace("-", "")


async def in_turn(steps: Iterable[Awaitable[None]], at_once: int = 16) -> None:
    room = asyncio.Semaphore(at_once)

    async def one(step: Awaitable[None]) -> None:
        async with room:
            await step

    await asyncio.gather(*(one(s) for s in steps))


async def load(settings: GatewaySettings) -> Post:
    demo = content.load(datetime.now(UTC).date())
    keyring = Keyring(settings.secrets_dir, Service.GATEWAY)
    tokens, waiters = Tokens(keyring), Waiters()
    mongo = Mongo(settings.mongo_url, Service.GATEWAY)
    uploads = Uploads(mongo, keyring.single("blobs.key"))
    urls = {
        Service.REGISTRY: settings.registry_url,
        Service.REPORTS: settings.reports_url,
        Service.NOTIFY: settings.notify_url,
    }
    clients = {s: ServiceClient(tokens, service=s, base_url=url, within=5) for s, url in urls.items()}
    outbox = KafkaOutbox(settings, "demo")
    follower = Follower(settings, "demo", [journal(s) for s in OWNERS], waiters.take, from_start=False)
    await outbox.start()
    await follower.start()
    await follower.caught_up()
    post = Post(Sender(outbox, keyring), waiters, clients)
    password_hash = PasswordHash.recommended().hash(PASSWORD)
    now = datetime.now(UTC)
    codes = TrackingCodes(keyring.single("tracking.key"))
    try:
        operator = OfficerIdentity(
            name=demo.operator.name,
            email=demo.operator.email,
            password_hash=password_hash,
            totp_secret=TOTP_SECRET,
        )
        add = AddOfficer(officer_id=str(an_id("operator")), roles=(Role.OPERATOR,))
        await post.send(ids.PLATFORM, add, private=operator, actor=SETUP, at=now - FOUNDED)
        offices = [
            Office(post, t, str(an_id("tenant", t.office.slug)), now, codes, password_hash, uploads)
            for t in demo.tenants
        ]
        await asyncio.gather(*(o.load() for o in offices))
    finally:
        await follower.stop()
        await outbox.stop()
        for client in clients.values():
            await client.close()
        mongo.close()
    return post


def main() -> int:
    logs.configure("demo", "WARNING")
    try:
        post = asyncio.run(load(GatewaySettings()))
    except (Unavailable, Refused, TimeoutError) as error:
        print(f"The demo could not be loaded: {error!r}. Run it again: it goes on where it stopped.", file=sys.stderr)
        return 1
    for line in sorted(set(post.refused)):
        print(f"  refused: {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
