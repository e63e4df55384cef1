"""Pages of an invented morning at one office: nobody and nothing in them is real."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from libs.contracts.notify.reads import AssignmentView, ByHandRow, DeliveryRow, LedgerRow
from libs.contracts.reads import Page
from libs.contracts.registry.import_reads import CellError, ImportRow, PartnerImportView
from libs.contracts.registry.imports import FIELDS, RowTally
from libs.contracts.registry.profile import Profile
from libs.contracts.registry.questions import Question
from libs.contracts.registry.reads import (
    AccountView,
    PaperView,
    PartnerChange,
    PartnerPeople,
    PartnerRow,
    PartnerView,
    ReviewView,
    TermRow,
    TermView,
    VerificationRow,
    VisitView,
)
from libs.contracts.reports.known import ImportTally, RowProblem
from libs.contracts.reports.parts import Draft, Mark, Reference, Snapshot, Why
from libs.contracts.reports.reads import (
    CaseRow,
    CaseView,
    ClarificationCard,
    ClarificationView,
    ImportView,
    MessageView,
    PartnerReport,
    PieceView,
    ReportRow,
    Surge,
)
from libs.contracts.words import ReportKind
from libs.kit import areas
from libs.kit.areas import children
from services.gateway.console import views as console
from services.gateway.console.archive import views as archive
from services.gateway.console.case import views as cases
from services.gateway.console.case.pages import CORRECT
from services.gateway.console.deliveries import views as ledger
from services.gateway.console.embedding import views as embedding_views
from services.gateway.console.entry import views as entry_views
from services.gateway.console.imports import views as importing
from services.gateway.console.partners import sections
from services.gateway.console.partners import views as people
from services.gateway.console.questions import views as questions_views
from services.gateway.console.queue import views as queue_views
from services.gateway.console.requests import views as requests_views
from services.gateway.console.review import views as review_views
from services.gateway.console.review.wishes import APPROVE, PUBLISHED
from services.gateway.console.verifying import views as verifying_views
from services.gateway.console.views import ClockState
from services.gateway.partner import views as p
from services.gateway.reporting.draft import Draft as Told
from services.gateway.web.views import FieldError, Form, PageView, TenantView, wrong
from tests.unit.gateway.console import coverage_fixtures, doubles_fixtures, office_fixtures, segment_fixtures
from tests.unit.gateway.web.fixtures import THEIRS, but

NOW = datetime(2026, 11, 24, 2, 14, tzinfo=UTC)
"""09.14 WIB."""
_SPACE = UUID("5f6c9b52-3f0a-4c86-9a4e-0d9f5a6f2b11")
_SHA = "9f2c64d05b1c7f0e8a3d5b7790c1e2f4a6b8c0d2e4f60718293a4b5c6d7e41aa"

TENANT = TenantView(
    slug="jombang",
    name="Jombang Menjawab",
    government="Pemerintah Kabupaten Jombang",
    office="Dinas Komunikasi dan Informatika Kabupaten Jombang",
    short_office="Diskominfo Kabupaten Jombang",
    monogram="KJ",
    theme="nila",
)
FACT = "Sekolah di Mojoagung dan Peterongan tetap masuk 24–28 November."
CLAIM = "Dinas Pendidikan Jombang meliburkan sekolah di Mojoagung dan Peterongan 24–28 November 2026 karena banjir."
EXPLANATION = (
    "Dinas Pendidikan menyatakan tidak menerbitkan surat libur. Nomor surat pada gambar yang beredar sama dengan "
    "nomor surat lain yang terbit bulan lalu, dan tanda tangannya tempelan.\n\n"
    "Bila menerima gambar surat itu, mohon jangan diteruskan."
)


def page(lang: str = "id", url: str = "/jombang/console/queue") -> PageView:
    return PageView(lang="en" if lang == "en" else "id", tenant=TENANT, url=url, now=NOW)


def ago(**units: float) -> datetime:
    return NOW - timedelta(**units)


def ahead(**units: float) -> datetime:
    return NOW + timedelta(**units)


def action(path: str, *, version: int | None = None, why_not: str = "") -> console.Action:
    return console.Action(
        url=f"/jombang/{path}",
        key=str(uuid5(_SPACE, path)),
        csrf="csrf-of-this-session",
        version=version,
        why_not=why_not,
    )


def desk(name: str = "Rina Astuti", *roles: str, **more: object) -> console.Desk:
    base = console.Desk(
        officer=console.Officer(name=name, roles=roles or ("verifier",)),
        logout=action("logout"),
        waiting=14,
        reviews=3,
        by_hand=4,
        now=NOW,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def filters(path: str, *items: tuple[str, int | None], current: str = "") -> tuple[console.Filter, ...]:
    chosen = current or items[0][0]
    return tuple(
        console.Filter(code=code, url=f"/jombang/{path}?show={code}", count=count, current=code == chosen)
        for code, count in items
    )


def case_row(n: int, **more: object) -> CaseRow:
    base = CaseRow(
        id=f"k{n}",
        number=f"KSS-JBG-090{n}",
        state="open",
        title=CLAIM,
        severity=1,
        topic="",
        area=None,
        askers=1,
        forwarded_often=0,
        owner=None,
        leased_by=None,
        leased_until=None,
        opened_at=ago(hours=2),
        answer_due_at=None,
        limit_at=ahead(hours=34),
    )
    return but(base, **more)


def case_view(n: int, **more: object) -> CaseView:
    base = CaseView(
        id=f"k{n}",
        number=f"KSS-JBG-091{n}",
        state="in_review",
        title=CLAIM,
        severity=4,
        topic="education",
        area="35.17.06",
        askers=137,
        forwarded_often=61,
        last_hour=52,
        first_at=ago(hours=37),
        last_at=ago(minutes=2),
        owner=None,
        leased_by=None,
        leased_until=None,
        answer_due_at=None,
        limit_at=ahead(hours=34),
        references=(),
        draft=Draft(claim=CLAIM, verdict="false", fact=FACT),
        draft_number=9,
        author="o1",
        approvals=(),
        approvals_needed=1,
        reports=Page(items=()),
        steps=(),
    )
    return but(base, **more)


def queue() -> queue_views.QueuePage:
    def row(
        n: int,
        due: timedelta,
        severity: int,
        claim: str,
        topic: str,
        askers: int,
        state: str,
        lease: queue_views.Lease | None = None,
        **more: object,
    ) -> queue_views.QueueRow:
        case = case_row(n, severity=severity, title=claim, topic=topic, askers=askers, state=state, **more)
        return queue_views.QueueRow(
            case=case,
            url=f"/jombang/console/cases/k{n}",
            due_at=NOW + due,
            clock=console.clock_state(NOW + due, now=NOW, paused=case.waiting_for is not None),
            askers=askers,
            askers_share=console.share(askers, 137),
            lease=lease,
            claim_action=None if lease else action(f"console/cases/k{n}/claim", version=n),
        )

    def held(name: str, minutes: int, mine: bool = False) -> queue_views.Lease:
        return queue_views.Lease(name=name, until=ahead(minutes=minutes), mine=mine)

    rows = (
        row(
            1,
            timedelta(minutes=-35),
            4,
            "Sekolah di Mojoagung dan Peterongan libur 24–28 November karena banjir",
            "education",
            137,
            "investigating",
            lease=held("Rina", 26, mine=True),
        ),
        row(
            2,
            timedelta(minutes=-12),
            3,
            "Telur ayam di Pasar Ploso mengandung plastik",
            "health",
            46,
            "open",
            surge=Surge(last_hour=46, usual=3.2),
        ),
        row(
            3,
            timedelta(minutes=40),
            3,
            "Pemkab buka 900 lowongan honorer, biaya berkas Rp250.000",
            "jobs",
            71,
            "open",
        ),
        row(
            4,
            timedelta(hours=1, minutes=55),
            2,
            "Jembatan Ploso ditutup total mulai malam ini",
            "crime",
            22,
            "drafting",
            lease=held("Bagas", 38),
        ),
        row(
            5,
            timedelta(hours=2),
            4,
            "Puskesmas Gudo kehabisan serum antibisa, dua orang meninggal",
            "health",
            38,
            "awaiting_confirmation",
            waiting_for="Dinas Kesehatan",
            waiting_until=ahead(days=1, hours=2),
            lease=queue_views.Lease(name="Yuli", until=None),
        ),
        row(
            6,
            timedelta(hours=3, minutes=10),
            1,
            "Foto antrean gas 3 kg di Diwek terjadi pagi ini",
            "",
            19,
            "open",
        ),
        row(
            7,
            timedelta(hours=5, minutes=20),
            1,
            "Alun-alun Jombang dipasangi tiket masuk Rp10.000",
            "government",
            11,
            "in_review",
            lease=held("Siti", 51),
        ),
        row(
            8,
            timedelta(hours=21),
            2,
            "Bantuan bibit padi hanya untuk pendukung calon kepala desa tertentu",
            "social_aid",
            8,
            "investigating",
            lease=held("Dimas", 30),
        ),
    )
    return queue_views.QueuePage(
        desk=desk(),
        rows=rows,
        filters=filters("console/queue", ("all", 14), ("mine", 3), ("unheld", 5), ("waiting", 4), ("recurring", 1)),
        waiting=14,
        late=2,
        next_url="/jombang/console/queue?after=x",
        next_count=6,
    )


def queue_empty() -> queue_views.QueuePage:
    return queue_views.QueuePage(desk=desk(waiting=0), filters=filters("console/queue", ("all", 0), ("mine", 0)))


def queue_live() -> queue_views.QueuePage:
    return replace(queue(), desk=desk(events_url="/jombang/console/events"))


def queue_stale() -> queue_views.QueuePage:
    return replace(queue(), desk=desk(stale_since=ago(minutes=6)))


def queue_unavailable() -> queue_views.QueuePage:
    return queue_views.QueuePage(desk=desk(waiting=None, reviews=None), available=False)


def a_piece(kind: str = "picture", *, opened: bool = False, failure: str | None = None) -> cases.Piece:
    types = {"picture": "image/jpeg", "voice": "audio/ogg", "video": "video/mp4", "pdf": "image/jpeg"}
    seen = kind != "voice"
    return cases.Piece(
        number="JBG-26-002301",
        piece=PieceView(
            piece=1,
            kind=kind,
            media_type=types[kind],
            size=0 if kind == "video" else 183_000,
            sha256="3f" * 32,
            original_sha256="9c" * 32,
            duration_seconds=42 if kind in ("voice", "video") else None,
            pages=3 if kind == "pdf" else None,
            has_preview=seen,
            brought_at=ago(minutes=18),
            taken_at=ago(minutes=17),
            taken=True,
            failure=failure,
            opened_until=ago(minutes=-9) if opened else None,
        ),
        url="/jombang/console/reports/r2301/evidence/1",
        preview="/picture.svg" if seen else "",
        copy="" if kind == "video" else "/jombang/console/reports/r2301/evidence/1/copy",
        original="/jombang/console/reports/r2301/evidence/1/original" if opened else "",
        openings=(
            cases.Look(who="Rina Kusuma", at=ago(minutes=6), reason="other", note="Diminta penyidik, surat 12/XI"),
        )
        if opened
        else (),
    )


def piece_page(*, opened: bool = False, errors: Mapping[str, str] | None = None) -> cases.PiecePage:
    typed = {"reason": "other", "note": ""} if errors else {}
    return cases.PiecePage(
        desk=desk(errors=errors or {}),
        line=a_piece("voice" if opened else "pdf", opened=opened),
        words="SURAT EDARAN libur sekolah",
        transcript="sekolah libur satu minggu" if opened else "",
        back="/jombang/console/cases/k1",
        custody="/jombang/console/cases/k1/custody",
        open=replace(action("console/reports/r2301/evidence/1/open"), typed=typed),
    )


def custody() -> cases.CustodyPage:
    pieces = (a_piece(), a_piece("voice", opened=True), a_piece("video"), a_piece("pdf", failure="gone"))
    snapshot = Snapshot(page=1, turn=1, at=ago(minutes=15), url="https://pendek.example/libur", sha256="5a" * 32)
    gone = Snapshot(page=2, turn=1, at=ago(minutes=15), url="https://hilang.example/x", failure="not_found")
    return cases.CustodyPage(
        desk=desk(),
        number="JBG-26-000412",
        title="Sekolah libur sepekan karena banjir?",
        case_url="/jombang/console/cases/k1",
        reports=(
            cases.Brought(
                number="JBG-26-002301", received_at=ago(minutes=18), pieces=pieces, snapshots=(snapshot, gone)
            ),
            cases.Brought(
                number="JBG-26-002305",
                received_at=ago(minutes=9),
                intake="walk_in",
                entered_by="Rina Kusuma",
                pieces=(a_piece(),),
            ),
        ),
        references=(Reference(title="Kalender pendidikan", url="https://dinas.example/kalender", sha256="77" * 32),),
        left_off=3,
    )


PAGES_REPORTED = (
    cases.PageLine(
        page=1,
        url="https://pendek.example/libur",
        copies=(
            cases.PageCopy(
                at=ago(minutes=16),
                status=200,
                title="Sekolah libur sepekan karena banjir?",
                description="Surat edaran yang beredar di grup wali murid.",
                final_url="https://kabar.example/2026/11/sekolah-libur-sepekan",
                sha256="9c" * 32,
                file_url="/jombang/console/reports/r2301/pages/1/2/copy",
                picture_url="/picture.svg",
                truncated=True,
            ),
            cases.PageCopy(at=ago(hours=3), failure="timeout"),
        ),
        again=action("console/cases/c1/reports/r2301/pages/1/again"),
    ),
    cases.PageLine(
        page=2,
        url="https://media-sosial.example/p/1",
        copies=(cases.PageCopy(at=ago(minutes=16), status=200, failure="login_wall"),),
        again=action("console/cases/c1/reports/r2301/pages/2/again"),
    ),
    cases.PageLine(page=3, url="https://kabar.example/baru", waits=True),
    cases.PageLine(
        page=4,
        url="https://kabar.example/hilang",
        copies=(
            cases.PageCopy(at=ago(minutes=15), status=404, title="Tidak ditemukan", sha256="4d" * 32, picture="absent"),
        ),
        again=action("console/cases/c1/reports/r2301/pages/4/again"),
    ),
)


REPORTS = (
    cases.ReportLine(
        number="JBG-26-002310",
        sent_at=ago(minutes=2),
        area="Peterongan",
        seen_on="family_group",
        often_forwarded=True,
        text="Apa benar sekolah anak saya di Peterongan libur sepekan? Ini suratnya.",
        pieces=(a_piece(), a_piece("voice")),
        transcript="sekolah libur satu minggu karena banjir",
        picture_text="SURAT EDARAN libur sekolah",
    ),
    cases.ReportLine(
        number="JBG-26-002308",
        sent_at=ago(minutes=5),
        area="Mojoagung",
        seen_on="school_group",
        text="Surat dari grup wali murid, nomornya aneh.",
        confidential=True,
        doubt="biasanya sekolah memberi tahu sendiri",
        reply=action("console/reports/r2308/reply", version=2),
        messages=(
            cases.ReportMessage(text="Boleh kirim foto suratnya?", at=ago(minutes=4), by_office=True),
            cases.ReportMessage(text="Sudah saya hapus, nanti saya minta lagi.", at=ago(minutes=3), by_office=False),
        ),
    ),
    cases.ReportLine(
        number="JBG-26-002301",
        sent_at=ago(minutes=17),
        area="Mojoagung",
        seen_on="facebook",
        text="Mohon kepastian, besok ujian.",
        links=("https://contoh.example/grup/unggahan/18372",),
        masked=1,
        revealed_until=ahead(minutes=12),
        looks=(cases.Look(who="Rina Astuti", at=ago(minutes=3), reason="other", note="diminta pemiliknya"),),
        pages=PAGES_REPORTED,
    ),
    cases.ReportLine(
        number="JBG-26-002296",
        sent_at=ago(hours=13),
        area="Peterongan",
        seen_on="whatsapp",
        text="Surat edaran libur banjir, ada tanda tangan. Tanya Bu Yanti 08••••••••90.",
        wrong_case=True,
        detach=cases.Detach(
            action=action("console/cases/k1/reports/r2296/detach"),
            reason="other_target",
            into="KSS-JBG-0001",
            into_error="case_unknown",
        ),
        masked=1,
        reveal=cases.Reveal(
            action=action("console/cases/k1/reports/r2296/reveal"), purpose="other", note_error="required"
        ),
    ),
)


def references(*, removable: bool = True, missing: bool = True) -> tuple[cases.ReferenceLine, ...]:
    def remove(n: int) -> console.Action | None:
        return action(f"console/cases/k1/references/{n}/remove", version=7) if removable else None

    archived = (
        cases.ReferenceLine(
            id="r1",
            title="Klarifikasi Dinas Pendidikan, 24 November",
            url="https://jombangkab.example/1187",
            publisher="Dinas Pendidikan Jombang",
            archived_at=ago(minutes=16),
            sha256=_SHA,
            remove=remove(1),
        ),
        cases.ReferenceLine(
            id="r2",
            title="Daftar nomor surat keluar November",
            url="",
            publisher="",
            archived_at=ago(minutes=12),
            sha256=_SHA[::-1],
            remove=remove(2),
        ),
    )
    failed = cases.ReferenceLine(
        id="r3",
        title="Unggahan pertama di grup terbuka",
        url="https://contoh.example/grup/18372",
        publisher="Facebook",
        archived_at=None,
        failure="login_wall",
        remove=remove(3),
    )
    return (*archived, failed) if missing else archived


def draft(**more: object) -> cases.Draft:
    base = cases.Draft(
        claim=CLAIM,
        verdict="false",
        about_own_tenant=True,
        fact=FACT,
        explanation=EXPLANATION,
        author="Rina Astuti",
        saved_at=ago(minutes=4),
    )
    return replace(base, **more)  # type: ignore[arg-type]


HISTORY = (
    cases.Moment(kind="opened", state="done", at=ago(hours=37), note="JBG-26-001988"),
    cases.Moment(kind="linked", state="knot", at=ago(minutes=2), count=136),
    cases.Moment(
        kind="taken_out", state="done", at=ago(minutes=9), who="Rina", note="other_target", number="JBG-26-002291"
    ),
    cases.Moment(kind="answered", state="done", at=ago(minutes=19), who="Dinas Pendidikan"),
    cases.Moment(kind="claimed", state="now", at=ago(minutes=12), who="Rina Astuti"),
    cases.Moment(kind="review", state="todo"),
    cases.Moment(kind="publication", state="todo", count=137),
)


def similar(**more: object) -> cases.SimilarCase:
    base = cases.SimilarCase(
        number="KSS-JBG-DQYR-GDQK",
        url="/jombang/console/cases/k884",
        reports=58,
        verdict="false",
        claim="Sekolah di Ngoro dan Gudo libur 17–21 November karena banjir",
        differences=(
            cases.Difference(what="place", ours="Mojoagung, Peterongan", theirs="Ngoro, Gudo", same=False),
            cases.Difference(what="date", ours="24–28 November", theirs="17–21 November", same=False),
            cases.Difference(what="number", ours="420/1187/415.16/2026", theirs="420/1187/415.16/2026", same=True),
            cases.Difference(what="amount", ours="Rp20.000", theirs="", same=False),
        ),
        likely="medium",
        reasons=(
            Why(code="same_words", value=0.74),
            Why(code="told_before", value=0.41),
            Why(code="other_place"),
            Why(code="told_other_date"),
        ),
        same_case=action("console/cases/k1/similar/same", version=7),
        same_campaign=action("console/cases/k1/similar/campaign", version=7),
        different=action("console/cases/k1/similar/different", version=7),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def case(**more: object) -> cases.CasePage:
    base = cases.CasePage(
        desk=desk(),
        number="KSS-JBG-0912",
        url="/jombang/console/cases/k1",
        title="Sekolah di Mojoagung dan Peterongan libur 24–28 November?",
        state="drafting",
        severity=4,
        due_at=ago(minutes=35),
        clock=ClockState.LATE,
        lease=queue_views.Lease(name="Rina", until=ahead(minutes=26), mine=True),
        release=action("console/cases/k1/release", version=7),
        reports=REPORTS,
        report_count=137,
        reports_last_hour=52,
        reports_forwarded=61,
        first_report_at=ago(hours=37),
        reports_url="/jombang/console/cases/k1/reports",
        custody_url="/jombang/console/cases/k1/custody",
        similar=similar(),
        known=(
            cases.OthersAnswer(
                card=THEIRS,
                differences=(cases.Difference(what="date", ours="30 November", theirs="", same=False),),
                likely="high",
                reasons=(Why(code="word_for_word"),),
                adopt=action("console/cases/k1/known/p1/adopt", version=7),
                dismiss=action("console/cases/k1/known/p1/dismiss", version=7),
            ),
        ),
        references=references(),
        new_reference=cases.NewReference(action=action("console/cases/k1/references", version=7)),
        triage=cases.Triage(
            action=action("console/cases/k1/triage", version=7),
            severity=4,
            topic="education",
            area="35.17.13",
            topics=("politics", "government", "health", "disaster", "education", "jobs", "other"),
            areas=(("35.17.13", "Mojoagung"), ("35.17.12", "Peterongan"), ("35.17.02", "Gudo")),
        ),
        draft=draft(),
        unsent=action("console/cases/k1/unsent", version=7),
        save=action("console/cases/k1/draft", version=7),
        submit=action("console/cases/k1/submit", version=7),
        approve=action("console/cases/k1/approve", version=7, why_not="author"),
        clocks=(
            cases.CaseClock(what="interim", due_at=ago(hours=36), state=ClockState.DONE),
            cases.CaseClock(what="screening", due_at=ago(hours=34), state=ClockState.DONE),
            cases.CaseClock(what="answer", due_at=ago(minutes=35), state=ClockState.LATE),
            cases.CaseClock(what="limit", due_at=ahead(hours=34), state=ClockState.RUNNING),
        ),
        question=cases.Question(
            action=action("console/cases/k1/ask", version=7),
            earliest="2026-11-25",
            parties=(("a1", "Dinas Pendidikan"), ("a2", "BPBD"), ("a3", "Dinas Kesehatan")),
        ),
        history=HISTORY,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def published(version: int = 1) -> cases.Published:
    return cases.Published(
        number="KLR-JBG-2026-0091",
        version=version,
        url="/jombang/clarifications/KLR-JBG-2026-0091",
        at=ago(minutes=1),
        answers_url="/jombang/console/clarifications/KLR-JBG-2026-0091/partners",
        deliveries_url="/jombang/console/clarifications/KLR-JBG-2026-0091/deliveries",
    )


def case_new() -> cases.CasePage:
    """Just opened, held by nobody: nothing can be written before somebody takes it."""
    return case(
        state="open",
        severity=None,
        lease=None,
        release=None,
        similar=None,
        matcher_available=False,
        references=(),
        claim_action=action("console/cases/k1/claim", version=1),
        new_reference=cases.NewReference(action=action("console/cases/k1/references", why_not="not_held")),
        triage=replace(
            case().triage,
            action=action("console/cases/k1/triage", why_not="not_held"),
            severity=None,
            topic="",
            area="",
        ),
        draft=cases.Draft(claim=CLAIM),
        save=action("console/cases/k1/draft", why_not="not_held"),
        submit=action("console/cases/k1/submit", why_not="not_held"),
        approve=None,
        question=None,
        history=HISTORY[:2],
        due_at=ahead(minutes=40),
        clock=ClockState.SOON,
    )


def case_conflict() -> cases.CasePage:
    mine = draft(fact="Sekolah di Mojoagung dan Peterongan tetap masuk.")
    return case(
        desk=desk(problem="conflict"),
        draft=mine,
        similar=similar(answered="same_campaign", undo=action("console/cases/k1/similar/undo", version=8)),
        conflict=cases.Conflict(
            by="Bagas Wirawan",
            at=ago(minutes=1),
            mine=mine,
            clashes=(
                cases.Clash(what="fact", mine=mine.fact, theirs="Tidak ada libur sekolah 24–28 November di Jombang."),
                cases.Clash(what="verdict", mine="false", theirs="misleading"),
                cases.Clash(what="about_own_tenant", mine="yes", theirs=""),
            ),
            keep_mine=action("console/cases/k1/draft", version=8),
            take_theirs=action("console/cases/k1/unsent"),
        ),
    )


def case_invalid() -> cases.CasePage:
    return case(
        desk=desk(
            errors={
                "verdict": "verdict_missing",
                "fact": "required",
                "references": "reference_missing",
                "url": "url_invalid",
            }
        ),
        draft=draft(verdict="", fact="", returned_by="Siti Maharani", returned_note="Sebutkan juga kecamatannya."),
        references=(),
        reports=None,
    )


def case_waiting() -> cases.CasePage:
    return case(
        state="awaiting_confirmation",
        question=None,
        confirmation=cases.Confirmation(action=action("console/cases/k1/confirm")),
        waiting_for=queue_views.WaitingFor(party="Dinas Pendidikan", until=ahead(days=1)),
        clock=ClockState.PAUSED,
        closing=cases.Closing(action=action("console/cases/k1/close"), reason="Sama dengan kasus lain"),
    )


def case_in_review() -> cases.CasePage:
    return case(
        state="in_review",
        save=None,
        unsent=None,
        submit=None,
        review_url="/jombang/console/reviews/k1",
        new_reference=None,
        references=references(removable=False),
        similar=None,
    )


def case_published() -> cases.CasePage:
    return case(
        desk=desk(notice=PUBLISHED.word),
        state="published",
        save=None,
        unsent=None,
        submit=None,
        approve=None,
        similar=None,
        published=published(),
        correct=action("console/cases/k1/correct", version=11),
        new_reference=None,
        references=references(removable=False),
        lease=None,
        release=None,
        clock=ClockState.DONE,
        question=None,
    )


def mark(n: int, reason: str, text: str = "") -> cases.CaseMark:
    return cases.CaseMark(
        id=f"JBG-26-00233{n}-1",
        number=f"JBG-26-00233{n}",
        reason=reason,
        at=ago(minutes=10 * n),
        text=text,
        reply=action(f"console/cases/k1/reports/r{n}/reply"),
        settle=action(f"console/cases/k1/reports/r{n}/settle"),
    )


def case_recalled() -> cases.CasePage:
    return replace(
        case_published(),
        desk=desk(),
        marks=(
            mark(1, "not_answered", "Jam berapa airnya menyala lagi di Mojoagung?"),
            mark(2, "not_answered"),
            mark(3, "message", "Tetangga saya menerima pesan yang sama pagi ini."),
            mark(4, "evidence"),
        ),
        marks_count=24,
        buttons={"settle": action("console/cases/k1/settle")},
    )


def case_joined() -> cases.CasePage:
    """Another case was merged into it: its draft and its open question came along."""
    spare = cases.SpareDraft(
        number="KSS-JBG-0907",
        author="Bayu Nugroho",
        draft=draft(fact="Sekolah di tiga kecamatan tetap masuk.", author="Bayu Nugroho"),
        adopt=action("console/cases/k1/drafts/k7/adopt", version=11),
    )
    return replace(
        case_waiting(),
        desk=desk(problem="merged_here"),
        spare_drafts=(spare,),
        also_asked=(cases.AlsoAsked(party="Dinas Pendidikan", until=ahead(hours=20)),),
    )


def case_campaign() -> cases.CasePage:
    def told(bank: str) -> tuple[tuple[str, bool], ...]:
        return (
            ("Pengumuman resmi! Seluruh nasabah ", False),
            (bank, True),
            (" berhak ikut undian akhir tahun. Segera daftar lewat tautan di bawah ini.", False),
        )

    campaign = cases.Campaign(ours=told("Bank BRI"), theirs=told("Bank BCA"), exchanged=(("BRI", "BCA"),))
    institution = cases.Difference(what="institution", ours="Bank BRI", theirs="Bank BCA", same=False)
    return case(similar=similar(campaign=campaign, differences=(institution,)))


def case_correcting() -> cases.CasePage:
    return case(
        desk=desk(notice=CORRECT.done.word),
        state="published",
        published=published(),
        similar=None,
        draft=draft(version=2, change="Jumlah kecamatan: dua, bukan tiga. Putusan tetap."),
        clock=ClockState.DONE,
    )


def case_of_several_claims() -> cases.CasePage:
    return case(
        claims=(
            cases.ClaimLine(
                text="Sekolah libur sepekan karena banjir, surat edarannya sudah ditandatangani bupati",
                number="KSS-JBG-0871",
                url="/jombang/console/cases/k0871",
                title="Sekolah di Jombang libur sepekan?",
                verdict="false",
                likely="high",
                reasons=(Why(code="same_words", value=0.93),),
            ),
            cases.ClaimLine(
                text="Jembatan Ploso ditutup mulai Senin",
                number="KSS-JBG-0902",
                url="/jombang/console/cases/k0902",
                title="Jembatan Ploso ditutup?",
                likely="medium",
            ),
            cases.ClaimLine(text="Bantuan Rp1,5 juta dibagikan lewat tautan", known=THEIRS, likely="low"),
        )
    )


def case_reports() -> cases.CaseReportsPage:
    return cases.CaseReportsPage(
        desk=desk(),
        number="KSS-JBG-0912",
        case_url="/jombang/console/cases/k1",
        title=case().title,
        total=137,
        reports=REPORTS,
        next_url="/jombang/console/cases/k1/reports?after=x",
    )


def reviews() -> review_views.ReviewsPage:
    return review_views.ReviewsPage(
        desk=desk("Siti Maharani", "approver"),
        rows=(
            review_views.ReviewRow(
                case=case_view(1, approvals=("o2",), approvals_needed=2),
                author="Rina Astuti",
                submitted_at=ago(minutes=3),
                due_at=ago(minutes=35),
                clock=ClockState.LATE,
            ),
            review_views.ReviewRow(
                case=case_view(
                    7,
                    draft=Draft(
                        fact="Masuk Alun-alun Jombang tetap gratis.",
                        claim="Alun-alun Jombang dipasangi tiket masuk Rp10.000",
                        verdict="false",
                    ),
                    approvals_needed=2,
                    askers=11,
                ),
                author="Siti Maharani",
                submitted_at=ago(hours=1),
                due_at=ahead(hours=5),
                clock=ClockState.RUNNING,
                mine=True,
            ),
            review_views.ReviewRow(
                case=case_view(
                    9,
                    draft=Draft(
                        claim="Vaksin di posyandu Diwek kedaluwarsa",
                        fact="Vaksin di posyandu Diwek berlaku sampai Agustus 2027.",
                        verdict="misleading",
                    ),
                    askers=24,
                ),
                author="Bagas Wirawan",
                submitted_at=ago(hours=2),
                due_at=ahead(minutes=44),
                clock=ClockState.SOON,
            ),
        ),
    )


def reviews_empty() -> review_views.ReviewsPage:
    return review_views.ReviewsPage(desk=desk("Siti Maharani", "approver", reviews=0))


def review(**more: object) -> review_views.ReviewPage:
    base = review_views.ReviewPage(
        desk=desk("Siti Maharani", "approver"),
        case=case_view(1, approvals_needed=2),
        case_url="/jombang/console/cases/k1",
        draft=draft(),
        submitted_at=ago(minutes=3),
        due_at=ago(minutes=35),
        clock=ClockState.LATE,
        references=references(removable=False, missing=False),
        approvals=(review_views.Approval(name="Dimas Prayoga", at=ago(minutes=1)),),
        partners=12,
        approve=action("console/reviews/k1/approve", version=9),
        return_=action("console/reviews/k1/return", version=9),
        history=HISTORY[:3],
    )
    return replace(base, **more)  # type: ignore[arg-type]


def review_own() -> review_views.ReviewPage:
    return review(
        desk=desk("Rina Astuti", "verifier", "approver"),
        case=case_view(1),
        approvals=(),
        approve=action("console/reviews/k1/approve", why_not="author"),
        return_=action("console/reviews/k1/return", why_not="author"),
    )


def review_wrong_code() -> review_views.ReviewPage:
    return review(desk=desk("Siti Maharani", "approver", errors={"code": "code_wrong"}))


def review_correction() -> review_views.ReviewPage:
    return review(
        case=case_view(1, askers=141),
        draft=draft(version=2, change="Jumlah kecamatan: dua, bukan tiga. Putusan tetap."),
        previous=clarification(fact="Sekolah di tiga kecamatan tetap masuk 24–28 November."),
        approvals=(),
    )


def review_decided() -> review_views.ReviewPage:
    return review(
        desk=desk("Siti Maharani", "approver", notice=APPROVE.buttons[0].done.word),
        case=case_view(1, state="decided", approvals_needed=2),
        approvals=(
            review_views.Approval(name="Dimas Prayoga", at=ago(minutes=1)),
            review_views.Approval(name="Siti Maharani", at=NOW),
        ),
        publish=action("console/cases/k1/publish", version=10),
    )


def clarification(**more: object) -> ClarificationView:
    base = ClarificationView(
        id="c1",
        case_id="k1",
        number="KLR-JBG-2026-0091",
        version=1,
        state="published",
        claim=CLAIM,
        verdict="false",
        fact=FACT,
        explanation=EXPLANATION,
        references=(),
        versions=(),
        author="o1",
        approvers=("o2",),
        demand=137,
        published_at=ago(minutes=41),
    )
    return but(base, **more)


def _delivery(channel: str, state: str, minutes: int = 0, code: str = "", *, manual: bool = False) -> DeliveryRow:
    return DeliveryRow(
        id="d1",
        template="clarification",
        channel=channel,
        state=state,
        recipient="r1",
        recipient_kind="report",
        attempts=4 if code else 1,
        code=code,
        planned_at=ago(minutes=40),
        changed_at=ago(minutes=minutes),
        method="manual" if manual else None,
    )


def resend(count: int = 3) -> ledger.Resend:
    return ledger.Resend(
        action=action("console/clarifications/KLR-JBG-2026-0091/resend", version=1),
        count=count,
        reasons=(("mailbox_full", 2), ("address_unknown", count - 2)),
    )


def answers(**more: object) -> ledger.AnswersPage:
    def partner(
        n: int,
        name: str,
        kind: str,
        area: str,
        mail: DeliveryRow,
        whatsapp: DeliveryRow | None,
        answer: str,
        minutes: int = 0,
        reason: str = "",
    ) -> ledger.PartnerAnswer:
        channels = {"inbox": _delivery("inbox", "delivered", 40), "email": mail}
        if whatsapp:
            channels["whatsapp_manual"] = whatsapp
        given = LedgerRow(delivery=mail, answer=answer, answered_at=ago(minutes=minutes), reason=reason)
        return ledger.PartnerAnswer(
            id=f"p{n}",
            name=name,
            partner=partner_row(n, name, kind, area),
            channels=channels,
            given=given if answer else None,
        )

    base = ledger.AnswersPage(
        desk=desk(),
        clarification=published(),
        fact=FACT,
        case_url="/jombang/console/cases/k1",
        area="35.17.06",
        funnel=ledger.Funnel(chosen=12, sent=10, acknowledged=6, declined=1, silent=3),
        columns=("email", "whatsapp_manual", "inbox"),
        filters=filters(
            "console/clarifications/KLR-JBG-2026-0091/partners",
            ("all", 12),
            ("failed", 3),
            ("silent", 3),
            ("declined", 1),
            ("acknowledged", 6),
        ),
        rows=(
            partner(
                1,
                "Info Mojoagung",
                "activist",
                "35.17.06",
                _delivery("email", "sent", 39),
                _delivery("whatsapp_manual", "sent", 20, manual=True),
                "acknowledged",
                31,
            ),
            partner(
                2,
                "SMPN 2 Peterongan",
                "government_account",
                "35.17.10",
                _delivery("email", "sent", 39),
                None,
                "acknowledged",
                12,
            ),
            partner(
                3,
                "Suara Ploso",
                "activist",
                "35.17.14",
                _delivery("email", "failed_permanent", 38, "mailbox_full"),
                _delivery("whatsapp_manual", "suppressed", 0, "no_consent"),
                "",
            ),
            partner(
                4,
                "KIM Cahaya Diwek",
                "community_group",
                "35.17.08",
                _delivery("email", "sent", 39),
                _delivery("whatsapp_manual", "queued"),
                "offered",
            ),
            partner(
                5,
                "Jombang Sambang Desa",
                "creator",
                "35.17.10",
                _delivery("email", "sent", 39),
                None,
                "declined",
                8,
                "not_fitting",
            ),
            partner(
                6,
                "Radio Suara Wonosalam",
                "media_outlet",
                "35.17.05",
                _delivery("email", "unknown", 38, "timeout"),
                None,
                "offered",
            ),
        ),
        shown_of=12,
        next_url="/jombang/console/clarifications/KLR-JBG-2026-0091/partners?after=x",
        by_hand=4,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def answers_unavailable() -> ledger.AnswersPage:
    return answers(funnel=None, rows=(), by_hand=0)


def deliveries(**more: object) -> ledger.DeliveriesPage:
    def person(recipient: str, *rows: DeliveryRow, partner: str = "") -> ledger.DeliveryPerson:
        return ledger.DeliveryPerson(
            recipient=recipient,
            kind="partner" if partner else "report",
            partner_id=partner or None,
            rows=tuple(ledger.Sending(delivery=row) for row in rows),
        )

    unknown = ledger.Sending(
        delivery=_delivery("email", "unknown", 38, "timeout"),
        resolve=(action("console/deliveries/d3/arrived"), action("console/deliveries/d3/lost")),
    )
    doubtful = person("Radio Suara Wonosalam", _delivery("inbox", "sent", 39), partner="p6")

    base = ledger.DeliveriesPage(
        desk=desk(),
        clarification=published(),
        fact=FACT,
        case_url="/jombang/console/cases/k1",
        totals=(
            ("queued", 6),
            ("sent", 96),
            ("delivered", 12),
            ("failed_permanent", 3),
            ("suppressed", 2),
            ("unknown", 1),
        ),
        filters=filters(
            "console/clarifications/KLR-JBG-2026-0091/deliveries",
            ("all", 120),
            ("failed", 3),
            ("unknown", 1),
            ("reporters", 95),
            ("partners", 25),
        ),
        people=(
            person("JBG-26-002310", _delivery("email", "sent", 39)),
            person("JBG-26-002308", _delivery("whatsapp_manual", "queued")),
            replace(doubtful, rows=(*doubtful.rows, unknown)),
            person("Suara Ploso", _delivery("email", "failed_permanent", 38, "mailbox_full"), partner="p3"),
            person("JBG-26-002296", _delivery("email", "suppressed", 0, "unsubscribed")),
            person(
                "Info Mojoagung",
                _delivery("inbox", "sent", 21),
                _delivery("whatsapp_manual", "sent", 20, manual=True),
                partner="p1",
            ),
        ),
        next_url="/jombang/console/clarifications/KLR-JBG-2026-0091/deliveries?after=x",
        resend=resend(),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def deliveries_clean() -> ledger.DeliveriesPage:
    return deliveries(totals=(("sent", 118), ("delivered", 2)), people=deliveries().people[:1], resend=None)


def by_hand(**more: object) -> ledger.ByHandPage:
    def row(n: int, text: str = "", waited: timedelta = timedelta(), **more: object) -> ByHandRow:
        base = ByHandRow(
            delivery_id=f"h{n}",
            template="clarification",
            recipient_kind="report",
            recipient="r1",
            phone=f"62812000020{n}",
            text=text,
            link=f"https://wa.me/62812000020{n}?text=x",
            planned_at=NOW - waited,
        )
        return but(base, **more)

    def message(n: int, about: str, text: str, waited: timedelta) -> ledger.HandMessage:
        return ledger.HandMessage(row=row(n, text, waited), about=about, sent=action(f"console/by-hand/h{n}/sent"))

    def refusals(*numbers: int) -> ledger.HandRefusals:
        first = f"console/by-hand/h{numbers[0]}"
        return ledger.HandRefusals(
            of=tuple(f"h{n}" for n in numbers),
            wrong_number=action(f"{first}/wrong-number"),
            stop=action(f"{first}/stop"),
        )

    base = ledger.ByHandPage(
        desk=desk("Yuli Hapsari", "editor"),
        people=(
            ledger.HandPerson(
                names=("JBG-26-002308", "JBG-26-002311", "Perumda Air Minum Tirta Kencana Kabupaten Jombang"),
                kind="report",
                hint="41",
                messages=(
                    message(
                        1,
                        "JBG-26-002308",
                        f"Laporan JBG-26-002308 sudah dijawab: {FACT} Baca: simpul.example/jombang/0091. "
                        "Balas STOP untuk berhenti.",
                        timedelta(minutes=41),
                    ),
                    message(
                        2,
                        "JBG-26-002311",
                        "Ada pesan petugas untuk laporan JBG-26-002311. Baca dan balas di sini: simpul.example/jombang",
                        timedelta(minutes=12),
                    ),
                ),
                refusals=refusals(1, 2),
            ),
            ledger.HandPerson(
                names=("KIM Cahaya Diwek",),
                kind="partner",
                hint="07",
                messages=(
                    message(
                        3,
                        "KIM Cahaya Diwek",
                        f"Paket informasi: {FACT} Bersedia membagikan sebelum Selasa, 24 November 2026, "
                        "16.00 WIB? Anda bebas menolak. simpul.example/jombang/m/7K2P",
                        timedelta(minutes=30),
                    ),
                ),
                refusals=refusals(3),
            ),
        ),
        done=(
            ledger.HandDone(
                row=row(4, phone="66", sent_at=ago(minutes=26)), recipient="JBG-26-002271", refusals=refusals(4)
            ),
        ),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def by_hand_empty() -> ledger.ByHandPage:
    return by_hand(people=(), done=())


def partner_row(n: int, name: str, kind: str, area: str, state: str = "active", **more: object) -> PartnerRow:
    base = PartnerRow(id=f"p{n}", name=name, kind=kind, state=state, area=area, run_by_office=False, accounts=())
    return but(base, **more)


ACCOUNTS = (
    AccountView(
        platform="instagram",
        handle="info.mojoagung",
        url="https://instagram.example/info.mojoagung",
        state="verified",
    ),
    AccountView(
        platform="facebook", handle="Info Mojoagung", url="https://facebook.example/infomojoagung", state="claimed"
    ),
)


IMPORT_FILE = PartnerImportView(
    id="f1",
    state="read",
    file_name="kim-2026.xlsx",
    by="rina",
    started_at=NOW,
    rows=140,
    sheet="Mitra",
    others=("Arsip",),
    merged=2,
    header_row=3,
    headings=("No", "Nama KIM", "Kelurahan", "WhatsApp", "Warna kaus"),
    samples=(
        ("1", "KIM Harjamukti", "Harjamukti", "0812 0000 0000", "merah"),
        ("2", "KIM Kecapi", "Kecapi", "8.12E+11", ""),
    ),
    proposed=("", "name", "village", "phone", "attribute"),
)
PLACES = (
    people.Place("list", "/jombang/console/partners", False),
    people.Place("imports", "/jombang/console/imports", True),
)
JUDGED = RowTally(new=118, same=12, changed=6, refused=4)


def imports_list(**more: Any) -> importing.ImportsPage:
    page = importing.ImportsPage(
        desk=desk(),
        nav=PLACES,
        start=action("console/imports"),
        imports=(
            but(IMPORT_FILE, id="f3", state="running", upto=60),
            IMPORT_FILE,
            but(IMPORT_FILE, id="f2", state="failed", rows=0, failure="old_workbook", file_name=""),
        ),
        max_megabytes=20,
        max_rows=50_000,
    )
    return replace(page, **more)


def import_page(**more: Any) -> importing.ImportPage:
    page = importing.ImportPage(
        desk=desk(),
        nav=PLACES,
        file=IMPORT_FILE,
        fields=FIELDS,
        areas=(("32.74.05", "Kec. Kesambi"),),
        map=action("console/imports/f1/columns"),
        run=action("console/imports/f1/run"),
        stop=action("console/imports/f1/stop"),
    )
    return replace(page, **more)


def import_columns(**more: Any) -> importing.ImportPage:
    columns = tuple(
        importing.Column(
            number=number,
            letter="ABCDE"[number],
            heading=heading,
            samples=tuple(row[number] for row in IMPORT_FILE.samples if row[number]),
            field=IMPORT_FILE.proposed[number],
        )
        for number, heading in enumerate(IMPORT_FILE.headings)
    )
    return import_page(columns=columns, **more)


def import_columns_invalid() -> importing.ImportPage:
    return import_columns(desk=desk(errors={"name_missing": "invalid", "kind_missing": "invalid"}))


REFUSED_ROWS = (
    ImportRow(
        number=17,
        became="refused",
        name="KIM Kejaksan",
        errors=(
            CellError(
                cell="C17", column="Kelurahan", field="area", code="area_ambiguous", shown="Kejaksan",
                candidates=("32.74.01", "32.74.01.1001"),
            ),
            CellError(cell="D17", column="WhatsApp", field="phone", code="phone_digits_lost", shown="8.12E+11"),
        ),
    ),
    ImportRow(number=20, became="refused", errors=(CellError(cell="20", code="repeated", candidates=("4",)),)),
)  # fmt: skip


def import_checked(**more: Any) -> importing.ImportPage:
    file = but(IMPORT_FILE, state="checked", judged=JUDGED, fields=IMPORT_FILE.proposed)
    page = import_page(
        file=file,
        filters=filters("console/imports/f1", ("refused", 4), ("new", 118), ("changed", 6)),
        shown="refused",
        rows=REFUSED_ROWS,
        next_url="/jombang/console/imports/f1?became=refused&after=20",
    )
    return replace(page, **more)


def import_checked_invalid() -> importing.ImportPage:
    errors = {"without_refused": "rows_refused", "rows": "invalid"}
    return import_checked(desk=desk(errors=errors), rows=None, run=but_action("console/imports/f1/run", rows="9-3"))


def but_action(path: str, **typed: str) -> console.Action:
    return replace(action(path), typed=typed)


def import_running() -> importing.ImportPage:
    file = but(IMPORT_FILE, state="running", judged=JUDGED, upto=60)
    return import_page(file=file, desk=desk(events_url="/jombang/console/stream"))


def import_done() -> importing.ImportPage:
    rows = (
        ImportRow(number=4, became="new", name="KIM Kecapi", partner_id="p4"),
        ImportRow(number=5, became="changed", name="KIM Drajat", partner_id="p5", changes=("chair", "phone")),
        ImportRow(number=6, became="changed", name="KIM Drajat", partner_id="p5", leads=5),
    )
    file = but(IMPORT_FILE, state="done", upto=140, tally=RowTally(new=100, same=12, changed=6, refused=4, passed=18))
    shown = filters("console/imports/f1", ("new", 100), ("passed", 18))
    return import_page(file=file, filters=shown, shown="new", rows=rows)


def partners(**more: object) -> people.PartnersPage:
    base = people.PartnersPage(
        desk=desk(),
        total=120,
        by_office=64,
        filters=filters("console/partners", ("all", 120), ("by_office", 64), ("independent", 56)),
        rows=(
            partner_row(1, "Info Mojoagung", "activist", "35.17.06", accounts=ACCOUNTS),
            partner_row(4, "KIM Cahaya Diwek", "community_group", "35.17.08", "expiring", accounts=ACCOUNTS),
            partner_row(2, "SMPN 2 Peterongan", "government_account", "35.17.10", run_by_office=True),
            partner_row(8, "Puskesmas Gudo", "government_account", "35.17.02", "suspended", run_by_office=True),
        ),
        areas=children("35.17"),
        platforms=("instagram", "website"),
        next_url="/jombang/console/partners?after=x",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def partners_none_found() -> people.PartnersPage:
    return partners(rows=(), asked={"q": "tidak ada", "kind": "activist"}, found=0, next_url="")


def asked(n: int, **more: object) -> AssignmentView:
    """What a partner is asked to carry."""
    base = AssignmentView(
        id=f"t{n}",
        partner_id="p1",
        state="offered",
        due_at=ahead(hours=6, minutes=46),
        offered_at=ago(minutes=40),
        bulletin_id=f"b{n}",
        case_id="k1",
        number="KLR-JBG-2026-0091",
        claim=CLAIM,
        verdict="false",
        fact=FACT,
        caption="",
    )
    return but(base, **more)


def partner_view(**more: object) -> PartnerView:
    base = PartnerView(
        **partner_row(
            4,
            "KIM Cahaya Diwek",
            "community_group",
            "35.17.08",
            registered_at=ago(days=400),
            accounts=ACCOUNTS,
            channels=("email", "whatsapp_manual"),
        ).model_dump(),
        profile=Profile(
            topics="kesehatan\npertanian",
            level="village",
            members=24,
            decree_number="188/12/KEP/2025",
            decree_signer="Camat Diwek",
            decree_on="2025-03-02",
            term_from="2025-03-02",
            term_until="2028-03-01",
            attributes="Angkatan: 2025",
        ),
        people=PartnerPeople(chair="Siti Aminah", secretary="Slamet", treasurer="Wulan", sections="Liputan: Budi"),
    )
    return but(base, **more)


PARTNER_HISTORY = (
    PartnerChange(
        at=ago(days=2),
        what="partner-described",
        by="o1",
        reason="Pengurus baru menurut SK",
        changed=("chair", "decree_number", "term_until"),
    ),
    PartnerChange(at=ago(days=399), what="partner-state-changed", by="o1", details={"state": "active"}),
    PartnerChange(at=ago(days=400), what="partner-registered"),
)


def partner(view: PartnerView | None = None, *, available: bool = True) -> people.PartnerPage:
    answers = (
        asked(1, state="acknowledged", answered_at=ago(minutes=31)),
        asked(
            2,
            state="declined",
            answered_at=ago(days=9),
            reason="no_time",
            fact="Masuk Alun-alun Jombang tetap gratis.",
        ),
    )
    days = {"decree_on": date(2025, 3, 2), "term_from": date(2025, 3, 2), "term_until": date(2028, 3, 1)}
    days = days if available else {}
    lines = tuple(sections.Line(change=one, who="Yuli Hapsari" if one.by else "") for one in PARTNER_HISTORY)
    return people.PartnerPage(
        desk=desk(),
        partner=view or partner_view(),
        sections=(
            people.Section("facts", sections.Facts(days=days)),
            people.Section("accounts", ()),
            people.Section("answers", sections.Answers(rows=answers if available else None)),
            people.Section("history", sections.History(lines=lines if available else None)),
        ),
        beside=(people.Section("contacts", ()),),
        edit_url="/jombang/console/partners/p4/edit",
    )


def verification_part(*open_: str, **more: object) -> verifying_views.VerificationPart:
    review = ReviewView(
        due_at=ahead(days=2),
        taken_by="o1",
        papers=(
            PaperView(paper="identity", present=True, by="o1", at=ago(hours=2)),
            PaperView(paper="decree", present=False, note="Belum bertanda tangan.", by="o1", at=ago(hours=2)),
            PaperView(paper="board"),
        ),
        visits=(VisitView(visited_on=date(2026, 11, 20), place="Balai desa", person="Siti Aminah", note="Ada papan."),),
        appeal="SK yang benar ada.",
        appeal_until=ahead(days=9),
    )
    base = verifying_views.VerificationPart(
        review=review,
        taken_by="Yuli Hapsari",
        clock=ClockState.RUNNING,
        buttons={word: action(f"console/partners/p4/{word}") for word in open_},
        papers={one.paper: action(f"console/partners/p4/papers/{one.paper}") for one in review.papers},
        names={"o1": "Yuli Hapsari"},
        can_pass=True,
        missing=True,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def partner_verified(state: str, *open_: str, **more: object) -> people.PartnerPage:
    before = TermView(decree_number="188/2/KEP/2022", term_from=date(2022, 3, 2), term_until=date(2025, 3, 1))
    page = partner(partner_view(state=state, terms=(before,)))
    part = people.Section("verification", verification_part(*open_, **more))
    return replace(page, sections=(page.sections[0], part, *page.sections[1:]))


def verifying(**more: object) -> verifying_views.VerifyingPage:
    def waiting(n: int, name: str, state: str, **more: object) -> verifying_views.Waiting:
        row = VerificationRow(
            id=f"p{n}", name=name, kind="community_group", state=state, area="35.17.08", since=ago(days=3)
        )
        clock = ClockState.LATE if more.get("due_at") else None
        return verifying_views.Waiting(row=but(row, **more), clock=clock, taken_by="Yuli Hapsari" if clock else "")

    base = verifying_views.VerifyingPage(
        desk=desk(),
        nav=(people.Place("list", "/jombang/console/partners", False),
             people.Place("verification", "/jombang/console/verifications", True)),
        rows=(
            waiting(1, "KIM Cahaya Diwek", "factual_review", due_at=ago(hours=5)),
            waiting(2, "KIM Wonosalam Berkabar", "submitted"),
        ),
        total=2,
        filters=filters("console/verifications", ("all", None), ("submitted", None), ("appealed", None)),
        asked={"show": "all", "kind": "", "area": ""},
        areas=(("35.17.08", "Diwek"),),
        bulk=action("console/verifications"),
        next_url="/jombang/console/verifications?cursor=x",
        ending=(
            TermRow(id="p4", name="KIM Cahaya Diwek", kind="community_group", state="active", area="35.17.08",
                    until=date(2026, 12, 1)),
            TermRow(id="p5", name="KIM Gudo", kind="community_group", state="expired", area="35.17.02",
                    until=date(2026, 11, 1)),
        ),
        today=date(2026, 11, 24),
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def verifying_wrong() -> verifying_views.VerifyingPage:
    errors = {"partner": "required", "act": "required", "reason": "required"}
    return verifying(desk=desk(errors=errors), left=("KIM Cahaya Diwek",), chosen=frozenset({"p1"}))


def partner_unavailable() -> people.PartnerPage:
    return partner(partner_view(channels=(), accounts=(), agreed=False), available=False)


def partner_form(kind: str = "community_group", **more: object) -> people.PartnerForm:
    base = people.PartnerForm(
        desk=desk(),
        action=action("console/partners/new"),
        kind=kind,
        kinds=(("activist", "/jombang/console/partners/new?kind=activist"),),
        values={"name": "KIM Cahaya Diwek", "area": "35.17.08", "level": "village", "language": "id"},
        errors={},
        region="35.17",
        places=((areas.find("35.17.08"), areas.children("35.17.08")),),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def partner_form_wrong() -> people.PartnerForm:
    errors = {"term_until": "invalid", "phone": "invalid"}
    return partner_form(desk=desk(errors=errors), errors=errors, partner=partner_view(), places=())


def report(n: int, **more: object) -> ReportRow:
    base = ReportRow(
        id=f"r{n}",
        number=f"JBG-26-00233{n}",
        kind="aspiration",
        state="received",
        received_at=ago(hours=3),
        text="Mohon lampu jalan di tikungan Peterongan dinyalakan lagi.",
        area="35.17.10",
    )
    return but(base, **more)


def requests() -> requests_views.RequestsPage:
    return requests_views.RequestsPage(
        desk=desk(others=2),
        filters=filters("console/answers", ("unanswered", 2), ("answered", None), ("all", None)),
        total=2,
        rows=(
            report(1, messages=(MessageView(by_office=True, at=ago(hours=1), text="Tikungan yang mana?"),)),
            report(
                2,
                kind="complaint",
                received_at=ago(days=1),
                text="Sampah pasar menumpuk tiga hari.",
                area="35.17.14",
                confidential=True,
            ),
        ),
    )


def requests_unavailable() -> requests_views.RequestsPage:
    return requests_views.RequestsPage(desk=desk(), rows=None)


def request(**more: object) -> requests_views.RequestPage:
    base = requests_views.RequestPage(
        desk=desk(),
        report=report(1),
        line=cases.ReportLine(
            number="JBG-26-002331",
            sent_at=ago(hours=3),
            area="Peterongan",
            pieces=(a_piece(), a_piece("pdf")),
            picture_text="JALAN GELAP",
            text="Mohon lampu jalan di tikungan Peterongan dinyalakan lagi.",
            reply=action("console/answers/r1/reply"),
            messages=(cases.ReportMessage(text="Tikungan yang mana?", at=ago(hours=1), by_office=True),),
        ),
        answer=action("console/answers/r1/answer"),
        screen_out=action("console/answers/r1/screen"),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def request_reopened() -> requests_views.RequestPage:
    line = replace(
        request().line,
        messages=(cases.ReportMessage(text="Kapan diperbaiki?", at=ago(hours=1), by_office=False, not_answered=True),),
    )
    return request(
        report=report(
            1,
            state="reopened",
            answer="Lampunya sudah dilaporkan ke dinas.",
            marks=(Mark(report_id="r1", n=1, reason="not_answered", at=ago(hours=1)),),
        ),
        line=line,
        settle=action("console/answers/r1/settle"),
        screen_out=None,
    )


def request_invalid() -> requests_views.RequestPage:
    return request(
        desk=desk(errors={"outcome": "required"}),
        answer=replace(action("console/answers/r1/answer"), typed={"text": "Sudah diperbaiki."}),
    )


def partner_desk(**more: object) -> p.PartnerDesk:
    base = p.PartnerDesk(partner="Info Mojoagung", logout=action("partner/logout"), to_answer=1, now=NOW)
    return replace(base, **more)  # type: ignore[arg-type]


def partner_home(**more: object) -> p.HomePage:
    base = p.HomePage(
        desk=partner_desk(),
        open=(asked(1),),
        past=(
            asked(3, state="acknowledged", answered_at=ago(days=9), fact="Masuk Alun-alun Jombang tetap gratis."),
            asked(4, state="lapsed", due_at=ago(days=15), fact="Jembatan Ploso buka dua arah."),
        ),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def partner_home_empty() -> p.HomePage:
    return p.HomePage(desk=partner_desk(to_answer=0, state="suspended"), open=())


def partner_home_unavailable() -> p.HomePage:
    return p.HomePage(desk=partner_desk(to_answer=None), open=None)


def own_profile(**more: object) -> p.ProfilePage:
    days = {"decree_on": date(2025, 3, 2), "term_from": date(2025, 3, 2), "term_until": date(2028, 3, 1)}
    told = tuple(
        one.model_copy(update={"by": by}) for one, by in zip(PARTNER_HISTORY, ("p4", "officer", None), strict=True)
    )
    base = p.ProfilePage(
        desk=partner_desk(to_answer=None),
        partner=partner_view(),
        facts=sections.Facts(days=days),
        ending=p.Ending(on=date(2028, 3, 1), days=30),
        lines=told,
        saved=True,
        edit_url="/jombang/partner/profile/edit",
        leave_url="/jombang/partner/profile/leaving",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def own_form(kind: str = "community_group", **more: object) -> p.DescribePage:
    base = p.DescribePage(
        desk=partner_desk(to_answer=None),
        action=action("partner/profile/description"),
        kind=kind,
        values={"name": "KIM Cahaya Diwek", "area": "35.17.08", "level": "village", "language": "id"},
        errors={},
        region="35.17",
        places=((areas.find("35.17.08"), areas.children("35.17.08")),),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def own_form_wrong() -> p.DescribePage:
    errors = {"phone": "phone_invalid", "area": "area_unknown"}
    return own_form(desk=partner_desk(errors=errors), errors=errors, places=())


def assignment(**more: object) -> p.AssignmentPage:
    base = p.AssignmentPage(
        desk=partner_desk(),
        assignment=asked(1, due_at=ahead(minutes=50)),
        told=clarification(),
        clock=ClockState.SOON,
        area="35.17.06",
        kit=p.Kit(
            message=f"{FACT} Surat edaran libur yang beredar palsu. Cek: simpul.example/jombang/0091",
            captions=(
                "Bapak Ibu wali murid, besok tetap sekolah ya. Surat libur yang beredar itu palsu.",
                "Nomor suratnya sama dengan surat palsu pekan lalu. Sekolah tetap masuk.",
                "Sudah terima suratnya? Jangan diteruskan. Dinas Pendidikan: sekolah tetap masuk.",
            ),
            card_url="/card.png",
            card_shown_url="/card.png",
            card_alt=f"Kartu: {FACT} Klaim surat edaran libur: SALAH.",
            clarification_url="/jombang/clarifications/KLR-JBG-2026-0091",
        ),
        accept=action("partner/assignments/t1/accept", version=1),
        decline=action("partner/assignments/t1/decline", version=1),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def assignment_deciding() -> p.AssignmentPage:
    return assignment(deciding=True, desk=partner_desk(errors={"reason": "required"}))


def assignment_ready() -> p.AssignmentPage:
    return assignment(assignment=asked(1, state="acknowledged", answered_at=ago(minutes=7)), accept=None)


def assignment_declined() -> p.AssignmentPage:
    return assignment(assignment=asked(1, state="declined", answered_at=ago(minutes=7), reason="other"), decline=None)


def assignment_lapsed() -> p.AssignmentPage:
    return assignment(
        assignment=asked(1, state="lapsed", due_at=ago(hours=2)), accept=None, decline=None, clock=ClockState.LATE
    )


def assignment_corrected() -> p.AssignmentPage:
    correction = p.Correction(change="Jumlah kecamatan: dua, bukan tiga. Putusan tetap.", at=ago(minutes=3))
    return assignment(
        assignment=asked(1, state="acknowledged", answered_at=ago(minutes=50)),
        accept=None,
        decline=None,
        correction=correction,
    )


def assignment_without_kit() -> p.AssignmentPage:
    return assignment(told=asked(1), kit=None, desk=partner_desk(problem="unavailable"))


def other_publishers() -> archive.ArchivePage:
    return archive.ArchivePage(
        desk=desk(),
        rows=(
            archive.Entry(card=THEIRS),
            archive.Entry(
                card=but(THEIRS, id="w1", shared=False, label="EMPAT PINOKIO", verdict=None),
                withdraw=action("console/archive/w1/withdraw"),
            ),
        ),
        total=2,
        next_url="/cirebon/console/archive?after=signed-cursor",
        imports=(
            ImportView(id="i2", file_name="arsip-agustus.csv", started_at=NOW, upto=500, tally=ImportTally(new=500)),
            ImportView(
                id="i1",
                file_name="arsip-juli.csv",
                started_at=NOW,
                ended_at=NOW,
                upto=412,
                tally=ImportTally(new=400, changed=2, same=8, bad=2),
                problems=(
                    RowProblem(row=17, column="url", code="url_invalid"),
                    RowProblem(row=90, column="", code="csv"),
                ),
            ),
            ImportView(id="i0", file_name="foto.png", started_at=NOW, ended_at=NOW, failure="encoding"),
        ),
        start=action("console/archive/import"),
        max_megabytes=10,
    )


def other_publishers_invalid() -> archive.ArchivePage:
    return archive.ArchivePage(
        desk=desk(errors={"file": "file_too_large", "publisher": "too_long"}),
        rows=None,
        imports=None,
        start=action("console/archive/import", why_not="role_importer"),
        publisher="Redaksi",
        max_megabytes=10,
    )


def _question(id: str, **more: object) -> questions_views.QuestionForm:
    question = Question.model_validate({"id": id, "type": "yes_no", "text": f"Pertanyaan {id}?"} | more)
    return questions_views.QuestionForm(
        action=action("console/questions"),
        id=id,
        question=question,
        values={"id": id, "text": question.text, "type": question.type, "order": "10"},
        errors={},
    )


def questions() -> questions_views.QuestionsPage:
    rows = (
        _question("uang", required=True, text="Apakah Anda diminta mengirim uang?"),
        _question("lewat", type="choice", choices="Bank\nPulsa", kind="hoax", after="uang", answer="yes"),
        _question("lama", retired=True),
    )
    new = questions_views.QuestionForm(
        action=action("console/questions"),
        id="new",
        question=None,
        values={"text": "", "order": "30"},
        errors={"text": "required", "type": "required"},
        others=tuple(r.question for r in rows[:2] if r.question is not None),
    )
    return questions_views.QuestionsPage(
        desk=desk("Rina Astuti", "verifier", "tenant_admin"), rows=rows, new=new, asked=2, most=20
    )


def embedding(**changes: Any) -> embedding_views.EmbeddingPage:
    address = "https://simpul.example/jombang/embed"
    page = embedding_views.EmbeddingPage(
        desk=desk("Rina Astuti", "verifier", "tenant_admin"),
        action=action("console/embed"),
        hosts="portal.kota.example\nwarga.kota.example:8443",
        allowed=2,
        most=20,
        errors={},
        script=f'<script src="{address}.js" async></script>',
        frame=f'<iframe src="{address}" title="Formulir laporan" width="100%" height="1100"></iframe>',
    )
    return replace(page, **changes)


def entry(**changes: Any) -> entry_views.EntryPage:
    return replace(
        entry_views.EntryPage(
            desk=desk(),
            form=Form(action="/jombang/console/reports/new", key=str(_SPACE), csrf="token"),
            draft=Told(key=_SPACE),
            areas=children("35.17"),
            kind=ReportKind.HOAX,
            intake="",
        ),
        **changes,
    )


def entry_invalid() -> entry_views.EntryPage:
    errors = (
        FieldError(field="intake", code="required"),
        FieldError(field="text", code="one_of"),
        FieldError(field="phone", code="phone_invalid"),
        FieldError(field="consent", code="consent_required"),
    )
    typed = Told(key=_SPACE, channel="whatsapp_manual", phone="0812", doubt="Tidak ada sumbernya.")
    return entry(draft=typed, back=wrong(*errors))


def entry_post() -> entry_views.EntryPage:
    return entry(
        form=Form(action="/jombang/console/reports/new", key=str(_SPACE), csrf="token", carried=(("as", "post"),)),
        intake="post_seen",
        post=True,
        url="tiktok",
        back=wrong(FieldError(field="url", code="url_invalid")),
    )


def entered(**changes: Any) -> entry_views.EnteredPage:
    return replace(
        entry_views.EnteredPage(
            desk=desk(),
            number="JBG-0M3X-7Q2K-9",
            code="7K2PQ9XA4M3T8WZC",
            address="https://simpul.example/jombang/tickets",
        ),
        **changes,
    )


def partner_new(**changes: Any) -> p.NewReportPage:
    base = p.NewReportPage(
        desk=partner_desk(),
        form=Form(action="/jombang/partner/reports/new", key=str(_SPACE), csrf="token"),
        draft=Told(key=_SPACE),
        areas=children("35.17"),
    )
    return replace(base, **changes)


def partner_reports(**changes: Any) -> p.ReportsPage:
    def report(n: int, state: str, **more: Any) -> PartnerReport:
        return PartnerReport(
            id=f"r{n}", number=f"JBG-000{n}-0000", state=state, received_at=ago(days=n), text=CLAIM, **more
        )

    base = p.ReportsPage(
        desk=partner_desk(),
        reports=(
            report(1, "checking", answer_due_at=ahead(hours=5)),
            report(
                2,
                "answered",
                clarification=ClarificationCard.model_validate(
                    {k: v for k, v in clarification().model_dump().items() if k in ClarificationCard.model_fields}
                ),
            ),
            report(3, "not_continued", ended_reason="Bukan kabar tentang Jombang."),
        ),
        sent="JBG-0001-0000",
        next_url="/jombang/partner/reports?after=x",
    )
    return replace(base, **changes)


PAGES: Mapping[str, tuple[str, object]] = {
    **office_fixtures.pages(desk, action, TENANT),
    **doubles_fixtures.pages(desk, action, partner_view),
    **coverage_fixtures.pages(desk),
    **segment_fixtures.pages(desk, action, partner_row),
    "questions": ("console/questions/questions.html", questions()),
    "embed": ("console/embedding/embed.html", embedding()),
    "embed-refused": (
        "console/embedding/embed.html",
        embedding(hosts="*.kota.example", errors={"hosts": "host_invalid"}),
    ),
    "archive": ("console/archive/archive.html", other_publishers()),
    "archive-invalid": ("console/archive/archive.html", other_publishers_invalid()),
    "partner-new": ("partner/new_report.html", partner_new()),
    "partner-new-empty": ("partner/new_report.html", partner_new(back=wrong(FieldError(field="text", code="one_of")))),
    "partner-new-suspended": ("partner/new_report.html", partner_new(desk=partner_desk(state="suspended"))),
    "partner-reports": ("partner/reports.html", partner_reports()),
    "partner-reports-none": ("partner/reports.html", partner_reports(reports=(), sent="", next_url="")),
    "partner-reports-unread": ("partner/reports.html", partner_reports(reports=None, sent="", next_url="")),
    "entry": ("console/entry/entry.html", entry()),
    "entry-invalid": ("console/entry/entry.html", entry_invalid()),
    "entry-post": ("console/entry/entry.html", entry_post()),
    "entered": ("console/entry/entered.html", entered()),
    "entered-post": ("console/entry/entered.html", entered(post=True, code="")),
    "entered-later": ("console/entry/entered.html", entered(code="")),
    "queue": ("console/queue/queue.html", queue()),
    "queue-empty": ("console/queue/queue.html", queue_empty()),
    "queue-live": ("console/queue/queue.html", queue_live()),
    "queue-stale": ("console/queue/queue.html", queue_stale()),
    "queue-unavailable": ("console/queue/queue.html", queue_unavailable()),
    "case": ("console/case/case.html", case()),
    "piece": ("console/case/piece.html", piece_page()),
    "piece-opened": ("console/case/piece.html", piece_page(opened=True)),
    "piece-invalid": ("console/case/piece.html", piece_page(errors={"note": "required"})),
    "custody": ("console/case/custody.html", custody()),
    "case-new": ("console/case/case.html", case_new()),
    "case-conflict": ("console/case/case.html", case_conflict()),
    "case-invalid": ("console/case/case.html", case_invalid()),
    "case-waiting": ("console/case/case.html", case_waiting()),
    "case-in-review": ("console/case/case.html", case_in_review()),
    "case-published": ("console/case/case.html", case_published()),
    "case-recalled": ("console/case/case.html", case_recalled()),
    "case-joined": ("console/case/case.html", case_joined()),
    "case-campaign": ("console/case/case.html", case_campaign()),
    "case-claims": ("console/case/case.html", case_of_several_claims()),
    "case-correcting": ("console/case/case.html", case_correcting()),
    "case-reports": ("console/case/case_reports.html", case_reports()),
    "reviews": ("console/review/reviews.html", reviews()),
    "reviews-empty": ("console/review/reviews.html", reviews_empty()),
    "review": ("console/review/review.html", review()),
    "review-own": ("console/review/review.html", review_own()),
    "review-wrong-code": ("console/review/review.html", review_wrong_code()),
    "review-correction": ("console/review/review.html", review_correction()),
    "review-decided": ("console/review/review.html", review_decided()),
    "answers": ("console/deliveries/answers.html", answers()),
    "answers-unavailable": ("console/deliveries/answers.html", answers_unavailable()),
    "deliveries": ("console/deliveries/deliveries.html", deliveries()),
    "deliveries-clean": ("console/deliveries/deliveries.html", deliveries_clean()),
    "by-hand": ("console/deliveries/by_hand.html", by_hand()),
    "by-hand-empty": ("console/deliveries/by_hand.html", by_hand_empty()),
    "partners": ("console/partners/partners.html", partners()),
    "partners-none-found": ("console/partners/partners.html", partners_none_found()),
    "partner": ("console/partners/partner.html", partner()),
    "partner-unavailable": ("console/partners/partner.html", partner_unavailable()),
    "imports": ("console/imports/imports.html", imports_list()),
    "imports-unread": ("console/imports/imports.html", imports_list(imports=None)),
    "imports-invalid": (
        "console/imports/imports.html",
        imports_list(imports=(), desk=desk(errors={"file": "file_too_large"})),
    ),
    "import-columns": ("console/imports/import.html", import_columns()),
    "import-columns-invalid": ("console/imports/import.html", import_columns_invalid()),
    "import-checked": ("console/imports/import.html", import_checked()),
    "import-checked-invalid": ("console/imports/import.html", import_checked_invalid()),
    "import-running": ("console/imports/import.html", import_running()),
    "import-done": ("console/imports/import.html", import_done()),
    "partner-kinds": ("console/partners/form.html", partner_form(kind="")),
    "partner-new-group": ("console/partners/form.html", partner_form()),
    "partner-new-outlet": ("console/partners/form.html", partner_form("media_outlet")),
    "partner-new-government": ("console/partners/form.html", partner_form("government_account")),
    "partner-edit-wrong": ("console/partners/form.html", partner_form_wrong()),
    "partner-reviewed": (
        "console/partners/partner.html",
        partner_verified("factual_review", "visit", "pass", "revise", "reject", "withdraw"),
    ),
    "partner-review-wrong": (
        "console/partners/partner.html",
        partner_verified(
            "administrative_review",
            "pass",
            "revise",
            "reject",
            errors={"reason": "required"},
            wrong="reject",
            can_pass=False,
        ),
    ),
    "partner-term-wrong": (
        "console/partners/partner.html",
        partner_verified("expired", "term", "withdraw", papers={}, errors={"term_until": "invalid"}, wrong="term"),
    ),
    "partner-appealed": ("console/partners/partner.html", partner_verified("appealed", "grant", "deny", papers={})),
    "partner-rejected": ("console/partners/partner.html", partner_verified("rejected", "appeal", papers={})),
    "partner-draft": ("console/partners/partner.html", partner_verified("draft", "consent", "withdraw", papers={})),
    "partner-suspended": (
        "console/partners/partner.html",
        partner_verified("suspended", "reinstate", "terminate", "withdraw", papers={}, clock=None),
    ),
    "verifying": ("console/verifying/queue.html", verifying()),
    "verifying-wrong": ("console/verifying/queue.html", verifying_wrong()),
    "verifying-none": ("console/verifying/queue.html", verifying(rows=(), total=0, next_url="")),
    "verifying-unavailable": ("console/verifying/queue.html", verifying(rows=(), total=0, available=False)),
    "requests": ("console/requests/requests.html", requests()),
    "requests-unavailable": ("console/requests/requests.html", requests_unavailable()),
    "request": ("console/requests/request.html", request()),
    "request-reopened": ("console/requests/request.html", request_reopened()),
    "request-invalid": ("console/requests/request.html", request_invalid()),
    "partner-home": ("partner/home.html", partner_home()),
    "partner-home-empty": ("partner/home.html", partner_home_empty()),
    "partner-home-unavailable": ("partner/home.html", partner_home_unavailable()),
    "partner-profile": ("partner/profile.html", own_profile()),
    "partner-profile-ended": (
        "partner/profile.html",
        own_profile(desk=partner_desk(state="expired"), ending=p.Ending(on=date(2026, 1, 2), days=-3), saved=False),
    ),
    "partner-profile-waiting": (
        "partner/profile.html",
        own_profile(desk=partner_desk(state="submitted"), ending=None, lines=None),
    ),
    "partner-profile-lacking": (
        "partner/profile.html",
        own_profile(
            resubmit=action("partner/profile/resubmission"),
            desk=partner_desk(state="needs_revision"),
            partner=but(
                partner_view(),
                state="needs_revision",
                review=ReviewView(papers=(PaperView(paper="decree", present=False, note="Tanda tangan tidak ada."),)),
            ),
        ),
    ),
    "partner-profile-rejected": (
        "partner/profile.html",
        own_profile(
            appeal=action("partner/profile/appeal"),
            edit_url="",
            leave_url="",
            desk=partner_desk(state="rejected", errors={"text": "required"}),
            partner=but(partner_view(), state="rejected", review=ReviewView(appeal_until=ago(days=-9))),
        ),
    ),
    "partner-profile-appealed": (
        "partner/profile.html",
        own_profile(
            desk=partner_desk(state="appealed"),
            partner=but(partner_view(), state="appealed", review=ReviewView(appeal="SK kami sudah terbit.")),
        ),
    ),
    "partner-profile-unavailable": (
        "partner/profile.html",
        own_profile(desk=partner_desk(state="rejected"), partner=None, facts=None),
    ),
    "partner-describe": ("partner/describe.html", own_form()),
    "partner-describe-outlet": ("partner/describe.html", own_form("media_outlet")),
    "partner-describe-government": (
        "partner/describe.html",
        own_form("government_account", desk=partner_desk(state="needs_revision")),
    ),
    "partner-describe-wrong": ("partner/describe.html", own_form_wrong()),
    "partner-leaving": (
        "partner/leaving.html",
        p.LeavingPage(desk=partner_desk(to_answer=None), action=action("partner/profile/leaving")),
    ),
    "assignment": ("partner/assignment.html", assignment()),
    "assignment-deciding": ("partner/assignment.html", assignment_deciding()),
    "assignment-ready": ("partner/assignment.html", assignment_ready()),
    "assignment-declined": ("partner/assignment.html", assignment_declined()),
    "assignment-lapsed": ("partner/assignment.html", assignment_lapsed()),
    "assignment-corrected": ("partner/assignment.html", assignment_corrected()),
    "assignment-without-kit": ("partner/assignment.html", assignment_without_kit()),
}
