"""One view of each public page in each of its states. All cases and people are invented; the texts are Indonesian."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from libs.contracts.directory import TenantRecord
from libs.contracts.notify.reads import AssignmentView
from libs.contracts.registry.questions import Question
from libs.contracts.registry.reads import OfficerView
from libs.contracts.registry.tenant import Branding, TenantSettings
from libs.contracts.reports.parts import Reference, Why
from libs.contracts.reports.reads import (
    ClaimAnswer,
    ClarificationCard,
    ClarificationView,
    Difference,
    KnownCard,
    KnownMatch,
    MatchAnswer,
    MessageView,
    StatsView,
    VersionView,
)
from libs.contracts.words import ReportKind
from libs.kit.areas import Area
from services.gateway.access.views import ConfirmPage, LoginLinkPage, LoginPage
from services.gateway.archive.views import (
    ClarificationPage,
    ClarificationsPage,
    CorrectionsPage,
    KnownListPage,
    KnownPage,
)
from services.gateway.errors.views import ErrorPage
from services.gateway.front.views import HomePage, OfficesPage, UnsubscribePage
from services.gateway.invited.links import qr_path
from services.gateway.invited.views import InvitedPage
from services.gateway.reporting.draft import Draft
from services.gateway.reporting.views import (
    AskedQuestion,
    CheckPage,
    ClaimOffer,
    KnownAnswer,
    OthersAnswer,
    ReceiptPage,
    StepPage,
)
from services.gateway.tickets.views import (
    Following,
    Receipt,
    ThreadStep,
    TicketLookupPage,
    TicketPage,
    TicketState,
)
from services.gateway.web.i18n import Lang
from services.gateway.web.views import Back, FieldError, Form, PageView, TenantView, Trouble, wrong

NOW = datetime(2026, 11, 24, 2, 14, tzinfo=UTC)
KEY = "7c0f5a6e-4d0e-4a7c-9d7b-0f6a1d7e2b11"
NUMBER = "CRB-4F7K-9XM2"

CIREBON = TenantView(
    slug="cirebon",
    name="Cirebon Saber Hoaks",
    government="Pemerintah Kota Cirebon",
    office="Dinas Komunikasi, Informatika dan Statistik Kota Cirebon",
    short_office="DKIS Kota Cirebon",
    monogram="KC",
    address="Jalan Contoh No. 40, Kota Cirebon",
    hours="Petugas menjawab Senin–Jumat 07.30–16.00 WIB; laporan diterima setiap saat.",
    email="laporan@cirebon.example",
)


def page(
    lang: Lang = "id", url: str = "/cirebon", nav: str = "", tenant: TenantView | None = CIREBON, address: str = ""
) -> PageView:
    return PageView(lang=lang, tenant=tenant, url=url, nav=nav, now=NOW, address=address)


def form(action: str, *carried: tuple[str, str]) -> Form:
    return Form(action=f"/cirebon/{action}", key=KEY, csrf="csrf-token", carried=carried)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 on Cirebon's clock."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


def card(number: str, verdict: str, fact: str, claim: str, when: datetime, demand: int) -> ClarificationCard:
    return ClarificationCard(
        id=number, number=number, version=1, verdict=verdict, fact=fact, claim=claim, published_at=when, demand=demand
    )


R = TypeVar("R", bound=BaseModel)


def but(read: R, **changes: object) -> R:
    """The same read model with something else in it."""
    return read.model_copy(update=changes)


WATER = but(
    card(
        "KLR-2M7Q-0P4C",
        "false",
        "Air PDAM di Harjamukti aman dipakai. Air keruh 21 November karena pergantian pipa.",
        "Air PDAM dicampur zat pembersih pipa, jangan diminum tiga hari",
        at(23, 14, 20),
        137,
    ),
    corrected_at=at(24, 6, 30),
)
AID = card(
    "KLR-9T3X-5H1B",
    "scam",
    "Pemkot tidak memungut biaya admin untuk bantuan apa pun.",
    "Bantuan Rp1,5 juta Kec. Kesambi, biaya admin ke Bank Samudra Jaya, sebelum 15 November",
    at(22, 9),
    12_034,
)
FLOOD = card(
    "KLR-7W2D-8K6N",
    "misleading",
    "Video banjir di Jalan Cipto direkam Januari 2021, bukan pekan ini.",
    "Cipto lumpuh total pagi ini, jangan keluar rumah",
    at(21, 11),
    21,
)
CHILD = card(
    "KLR-1Z5R-3V9J",
    "unproven",
    "Belum ada bukti percobaan penculikan anak di Kesambi. Pemeriksaan berlanjut.",
    "Mobil putih keliling sekolah di Kesambi mencari anak",
    at(20, 16),
    28,
)
DESK = card(
    "KLR-6C8F-4G2S",
    "true",
    "Loket KTP Pekalipan memang pindah ke lantai 2 mulai 1 Desember.",
    "Loket KTP Kecamatan Pekalipan pindah",
    at(19, 8),
    6,
)
VACCINE = card(
    "KLR-5B0A-7E3M",
    "needs_context",
    "Vaksin di sekolah memakai surat izin orang tua.",
    "Anak disuntik tanpa izin orang tua",
    at(18, 8),
    17,
)
STAIRS = card(
    "KLR-3Y9G-2Q8T",
    "satire",
    "Tidak ada rencana eskalator di Balai Kota.",
    "Balai Kota dipasangi eskalator ke laut",
    at(17, 8),
    6,
)
PARK = card(
    "KLR-8D4H-6R1W",
    "not_checkable",
    "Pendapat tentang taman kota tidak kami nilai.",
    "Taman kota paling jelek se-Jawa",
    at(16, 8),
    1,
)

THEIRS = KnownCard(
    id="5f0c1f6e-6f0b-5c55-9d0a-5b1f3f0a8d11",
    publisher="Redaksi Periksa Contoh",
    url="https://periksa.contoh.example/2026/11/bansos-tautan",
    claim="Bansos Rp1,5 juta dibagikan lewat tautan, cukup kirim biaya admin",
    label="SALAH",
    verdict="false",
    fact="Tidak ada bantuan yang meminta biaya admin.",
    published_on=date(2026, 11, 18),
    demand=12,
    shared=True,
)
THEIR_WORD = but(
    THEIRS,
    id="6a1c1f6e-6f0b-5c55-9d0a-5b1f3f0a8d11",
    publisher="Pesisir Terang",
    label="EMPAT PINOKIO",
    verdict=None,
    fact="",
    published_on=None,
    demand=0,
    claim="Kirim biaya admin ke panitia supaya nama Anda masuk daftar",
)

NEWEST = (WATER, AID, FLOOD, CHILD, DESK)
STATS = StatsView(
    at=NOW,
    reports_week=1231,
    answered_week=1187,
    waiting=27,
    ended_week=17,
    median_hours=6.2,
    clarifications=61,
    corrected=3,
    by_verdict={"true": 6, "false": 31, "misleading": 9, "scam": 12, "satire": 3},
)
WEEK = but(STATS, reports_week=231, answered_week=204, waiting=21)
SENT = (
    "Warga Kec. Kesambi dapat bantuan Rp1,5 juta dari Pemkot. Daftar di tautan ini sebelum 30 November, "
    "kirim biaya admin Rp50.000 ke Bank Nusa Raya a.n. panitia."
)
UPLOAD = "0192f0c1-2b7e-4c55-9d0a-5b1f3f0a8d11~1212"


def _asked(id: str, type: str, text: str, *, value: str = "", asked: bool = True, **more: object) -> AskedQuestion:
    question = Question.model_validate({"id": id, "type": type, "text": text} | more)
    when = f"answer-{question.after}" if question.after else ""
    return AskedQuestion(question=question, field=f"answer-{id}", value=value, asked=asked, when=when)


UNANSWERED = FieldError(field="answer-berapa", code="required")
QUESTIONS = (
    _asked("uang", "yes_no", "Apakah Anda diminta mengirim uang?", value="yes", required=True),
    _asked("berapa", "short_text", "Berapa jumlahnya?", required=True, after="uang", answer="yes"),
    _asked("lewat", "choice", "Lewat apa?", choices="Bank\nDompet digital\nPulsa", after="uang", answer="yes"),
    _asked("sejak", "date", "Sejak kapan pesan itu beredar?", value="2026-11-20"),
    _asked("tempat", "place", "Di kecamatan mana Anda melihatnya?"),
    _asked("lagi", "short_text", "Siapa yang meminta?", asked=False, after="uang", answer="no"),
)


def step(action: str, kind: ReportKind = ReportKind.HOAX, back: Back | None = None, **answers: object) -> StepPage:
    """Carries what the first step asked for, as the later ones do."""
    draft = Draft(key=UUID(KEY)).model_copy(update=answers)
    carried = [("text", SENT)] if action != "check" else []
    return StepPage(kind=kind, form=form(action, *carried), draft=draft, areas=AREAS, back=back or Back())


AREAS = tuple(
    Area(code=f"32.74.0{n}", name=name)
    for n, name in enumerate(("Kejaksan", "Lemahwungkuk", "Harjamukti", "Pekalipan", "Kesambi"), 1)
)
REPORT = step("check")
TOO_LARGE = FieldError(field="image", code="image_too_large", value="14,2", limit="10")

OTHERS_ANSWER = OthersAnswer(
    found=KnownMatch(
        card=THEIRS,
        score=0.7,
        differences=(Difference(what="date", theirs="30 November", ours="", same=False),),
    ),
    confirm=form("known/5f0c1f6e/mine"),
)
CHECK = CheckPage(
    draft=Draft(key=UUID(KEY), text=SENT, upload=UPLOAD),
    answers=(
        KnownAnswer(
            found=MatchAnswer(
                card=AID,
                score=0.9,
                differences=(
                    Difference(what="place", theirs="Kec. Kesambi", ours="Kec. Kesambi", same=True),
                    Difference(what="institution", theirs="Bank Nusa Raya", ours="Bank Samudra Jaya", same=False),
                    Difference(what="amount", theirs="Rp1,5 juta", ours="Rp1,5 juta", same=True),
                    Difference(what="date", theirs="30 November", ours="15 November", same=False),
                ),
                reasons=(
                    Why(code="same_words", value=0.93),
                    Why(code="told_before", value=0.71),
                    Why(code="other_institution"),
                    Why(code="other_date"),
                    Why(code="told_other_place"),
                ),
            ),
            confirm=form("clarifications/KLR-9T3X-5H1B/mine"),
        ),
        KnownAnswer(
            found=MatchAnswer(
                card=FLOOD,
                score=0.5,
                differences=(Difference(what="place", theirs="Kec. Kesambi", ours="", same=False),),
            ),
            confirm=form("clarifications/KLR-7W2D-8K6N/mine"),
        ),
    ),
    others=(OTHERS_ANSWER,),
    go_on=form("report/hoax/origin", ("text", SENT), ("upload", "upload-token"), ("refused", "case-1")),
)

SENT_TOO = "Jembatan Kalibaru ditutup setahun penuh mulai Senin karena retak, jangan lewat sana"
CHECK_CLAIMS = replace(
    CHECK,
    claims=(
        ClaimOffer(text=SENT, own=CHECK.answers[0]),
        ClaimOffer(text=SENT_TOO, other=OTHERS_ANSWER),
    ),
    answers=CHECK.answers[1:],
    others=(),
)

RECEIPT = Receipt(number=NUMBER, code="7KQ2M9XD4HTBR6WC")
RECEIVED = ThreadStep(step="received", node="done", at=at(22, 19, 42))
LINKED = ThreadStep(step="linked", node="knot", at=at(22, 20, 5), count=136)
TO_CLOSE = ThreadStep(step="closed", node="todo", at=at(30, 14, 20))


def checking_ticket() -> TicketPage:
    return TicketPage(
        receipt=RECEIPT,
        kind=ReportKind.HOAX,
        state=TicketState.CHECKING,
        live_url="/cirebon/tickets/events",
        steps=(
            RECEIVED,
            LINKED,
            ThreadStep(step="checking", node="now", at=at(22, 20, 30)),
            ThreadStep(step="answered", node="todo", at=at(25, 19, 42)),
        ),
        next_at=at(24, 19, 42),
        sent_text=SENT,
        message=form(f"tickets/{NUMBER}/messages"),
        withdraw=form(f"tickets/{NUMBER}/withdraw"),
        following=Following(channel="email", masked="s…n@…", stop=form(f"tickets/{NUMBER}/stop")),
    )


CHECKING = checking_ticket()
FIRST = replace(
    CHECKING,
    receipt=replace(RECEIPT, first=True),
    state=TicketState.RECEIVED,
    steps=(replace(RECEIVED, node="now"), ThreadStep(step="answered", node="todo", at=at(25, 19, 42))),
    following=None,
)
ANSWERED = replace(
    CHECKING,
    state=TicketState.ANSWERED,
    answer=WATER,
    next_at=None,
    steps=(
        RECEIVED,
        LINKED,
        ThreadStep(step="waiting_party", node="done", at=at(23, 8, 10), party="PDAM Kota Cirebon", until=at(23, 12)),
        ThreadStep(step="answered", node="done", at=at(23, 14, 20)),
        ThreadStep(step="corrected", node="corrected", at=at(24, 6, 30)),
        TO_CLOSE,
    ),
    messages=(
        MessageView(
            by_office=True,
            at=at(22, 19, 46),
            text="Sedang diperiksa. Kabar berikutnya paling lambat Senin, 23 November 2026, 19.42 WIB. "
            "Mohon jangan teruskan dulu.",
        ),
        MessageView(
            by_office=False,
            at=at(22, 20, 31),
            text="Di RT saya air memang keruh sejak Sabtu malam, tapi sekarang sudah bening. Ini fotonya.",
        ),
        MessageView(
            by_office=True, at=at(23, 7, 58), text="Terima kasih, foto Anda kami pakai untuk mencocokkan jamnya."
        ),
    ),
    helped=form(f"tickets/{NUMBER}/helped"),
    not_mine=form(f"tickets/{NUMBER}/not-mine"),
    withdraw=None,
)


def stopped_ticket(state: TicketState, step: str, reason: str = "") -> TicketPage:
    return replace(
        CHECKING,
        state=state,
        reason=reason,
        next_at=None,
        steps=(RECEIVED, ThreadStep(step=step, node="stopped", at=at(23, 9), reason=reason)),
        message=None,
        withdraw=None,
        following=None,
        sent_text="",
    )


CLARIFICATION = ClarificationPage(
    answer=ClarificationView(
        id="answer",
        case_id="case",
        number=WATER.number,
        version=2,
        state="published",
        claim=WATER.claim,
        verdict=WATER.verdict,
        fact=WATER.fact,
        explanation="PDAM mengganti 200 meter pipa di Jalan Kalijaga pada Sabtu, 21 November 2026, pukul 22.00–03.00 "
        "WIB. Endapan yang lepas saat aliran dibuka membuat air keruh di sebagian Kalijaga, Kecapi, dan Larangan. "
        "Tidak ada zat pembersih yang dimasukkan ke jaringan. [1]\n\n"
        "Laboratorium Kesehatan Daerah mengambil contoh air di enam rumah pada Minggu pagi. Kekeruhan 0,6–1,2 NTU "
        "(batas 3) dan sisa klor 0,3 mg/l (batas 0,2–0,5): memenuhi syarat air minum. [2]\n\n"
        "Teks yang sama, dengan nama kota lain, sudah beredar sejak Maret 2024. [3]",
        references=(
            Reference(
                title="Surat keterangan pergantian pipa Jalan Kalijaga",
                url="https://pdam.example/surat",
                publisher="PDAM Kota Cirebon",
                archived_at=at(22, 8),
                sha256="9f2b7c1d5e8a4f3b6c0d",
            ),
            Reference(
                title="Hasil uji enam contoh air Harjamukti",
                url="https://labkesda.example/uji",
                publisher="Laboratorium Kesehatan Daerah",
                archived_at=at(22, 12),
            ),
            Reference(title="Penelusuran pesan serupa 2024–2026", url="https://arsip.example/pesan"),
        ),
        versions=(
            VersionView(version=1, fact=WATER.fact, at=at(23, 14, 20), verdict="false"),
            VersionView(
                version=2,
                fact=WATER.fact,
                at=at(24, 6, 30),
                verdict="false",
                change_note="Versi 1 menulis pergantian pipa selesai pukul 01.00. Yang benar 03.00. Putusan tidak "
                "berubah.",
            ),
        ),
        author="rina",
        approvers=("dimas", "lina"),
        demand=WATER.demand,
        published_at=WATER.published_at,
    ),
    officers=tuple(
        OfficerView(id=who, name="", initials=initials, roles=())
        for who, initials in (("rina", "R.A."), ("dimas", "D.S."), ("lina", "L.W."))
    ),
    site="https://simpul.example/cirebon",
    tag="1",
)


def published(page: ClarificationPage = CLARIFICATION, **changes: object) -> ClarificationPage:
    """The page of an answer that has something else in it."""
    return replace(page, answer=page.answer.model_copy(update=changes))


def as_published(found: ClarificationCard, **changes: object) -> ClarificationPage:
    said = {n: getattr(found, n) for n in ("number", "fact", "claim", "verdict", "published_at", "demand", "state")}
    return published(**{**said, **changes})


def an_office(slug: str, name: str, government: str) -> TenantRecord:
    branding = Branding(name=name, office=name, government=government, monogram="")
    return TenantRecord(
        id=slug, version=1, slug=slug, region_code="", prefix="", branding=branding, settings=TenantSettings()
    )


LATE = AssignmentView(
    id="a",
    partner_id="p",
    state="acknowledged",
    due_at=at(23, 9),
    offered_at=at(22, 9),
    bulletin_id="b",
    case_id="c",
    number=WATER.number,
    claim=WATER.claim,
    verdict=WATER.verdict,
    fact=WATER.fact,
    caption="",
)
LOGIN_ERROR = FieldError(field="email", code="login_failed")

QR, QR_SIZE = qr_path("otpauth://totp/DKIS:sari%40cirebon.example?secret=KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU&issuer=DKIS")
INVITED = InvitedPage(
    form=form("invited/x/done"),
    purpose="invitation",
    opened=True,
    name="Sari Wulandari",
    email="sari@cirebon.example",
    roles=("verifier", "editor"),
    secret="KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU",
    qr=QR,
    qr_size=QR_SIZE,
)
INVITED_ERRORS = {"password": "password_short", "password2": "password_differs", "code": "code_wrong"}

PAGES: dict[str, tuple[str, object]] = {
    "home": ("front/home.html", HomePage(newest=NEWEST, week=WEEK)),
    "home-empty": ("front/home.html", HomePage(newest=())),
    "home-degraded": ("front/home.html", HomePage(newest=None)),
    "report": ("reporting/report.html", REPORT),
    "report-error": ("reporting/report.html", step("check", back=wrong(TOO_LARGE), text=SENT)),
    "report-empty-error": (
        "reporting/report.html",
        step("check", back=wrong(FieldError(field="text", code="one_of")), forwarded_often=True),
    ),
    "report-503": (
        "reporting/report.html",
        step("check", back=Back(trouble=Trouble.UNAVAILABLE), text=SENT, upload=UPLOAD),
    ),
    "report-no-uploads": ("reporting/report.html", step("check", back=Back(trouble=Trouble.UPLOADS_UNAVAILABLE))),
    "report-aspiration": ("reporting/report.html", step("check", ReportKind.ASPIRATION)),
    "report-complaint": ("reporting/report.html", step("check", ReportKind.COMPLAINT)),
    "report-request": ("reporting/report.html", step("check", ReportKind.INFORMATION_REQUEST)),
    "check": ("reporting/check.html", CHECK),
    "origin": ("reporting/origin.html", step("report/hoax/contact")),
    "origin-skipped": (
        "reporting/origin.html",
        step("report/hoax/contact", skipped=True, seen_on="whatsapp", area="32.74.05"),
    ),
    "origin-questions": ("reporting/origin.html", replace(step("report/hoax/contact"), questions=QUESTIONS)),
    "origin-questions-wrong": (
        "reporting/origin.html",
        replace(step("report/hoax/contact", back=Back(status=422, errors=(UNANSWERED,))), questions=QUESTIONS),
    ),
    "origin-complaint": ("reporting/origin.html", step("report/hoax/contact", ReportKind.COMPLAINT)),
    "contact": ("reporting/contact.html", step("report/hoax/send")),
    "contact-error": (
        "reporting/contact.html",
        step(
            "report/hoax/send",
            back=wrong(
                FieldError(field="email", code="email_invalid"), FieldError(field="consent", code="consent_required")
            ),
            channel="email",
            email="siti@",
        ),
    ),
    "contact-503": (
        "reporting/contact.html",
        step(
            "report/hoax/send",
            back=Back(trouble=Trouble.UNAVAILABLE),
            channel="whatsapp_manual",
            phone="0812 0000 0000",
        ),
    ),
    "contact-complaint": ("reporting/contact.html", step("report/hoax/send", ReportKind.COMPLAINT)),
    "embedded-report": ("reporting/report.html", REPORT),
    "embedded": ("reporting/embedded.html", ReceiptPage("CRB-2M7Q-0P4C", "7K3M9QW2X5RT8ZA1")),
    "ticket-first": ("tickets/ticket.html", FIRST),
    "ticket-recording": (
        "tickets/ticket.html",
        replace(FIRST, receipt=RECEIPT, state=TicketState.RECORDING, steps=(), next_at=None, message=None),
    ),
    "ticket-received": ("tickets/ticket.html", replace(FIRST, receipt=RECEIPT)),
    "ticket-checking": ("tickets/ticket.html", CHECKING),
    "ticket-late": ("tickets/ticket.html", replace(CHECKING, next_at=at(24, 8, 40))),
    "ticket-degraded": ("tickets/ticket.html", replace(CHECKING, steps=None, next_at=None)),
    "ticket-not-continued": (
        "tickets/ticket.html",
        replace(
            stopped_ticket(TicketState.NOT_CONTINUED, "not_continued", "Isinya pendapat, bukan kabar."),
            message=form(f"tickets/{NUMBER}/messages"),
        ),
    ),
    "ticket-waiting-party": (
        "tickets/ticket.html",
        replace(
            CHECKING,
            state=TicketState.WAITING_PARTY,
            party="PDAM Kota Cirebon",
            steps=(
                RECEIVED,
                ThreadStep(
                    step="waiting_party", node="now", at=at(23, 8, 10), party="PDAM Kota Cirebon", until=at(25, 12)
                ),
            ),
        ),
    ),
    "ticket-answered": ("tickets/ticket.html", ANSWERED),
    "ticket-replied": (
        "tickets/ticket.html",
        replace(
            ANSWERED,
            kind=ReportKind.COMPLAINT,
            answer=None,
            reply="Lampu jalan di Gang Melati sudah diganti Senin sore.",
            helped=None,
            helpful=False,
            steps=(RECEIVED, ThreadStep(step="answered", node="done", at=at(23, 14, 20)), TO_CLOSE),
            messages=(),
        ),
    ),
    "ticket-closed": (
        "tickets/ticket.html",
        replace(
            ANSWERED,
            state=TicketState.CLOSED,
            reason="clarified",
            helped=None,
            helpful=True,
            message=None,
            steps=(
                RECEIVED,
                ThreadStep(step="reopened", node="done", at=at(23, 12)),
                ThreadStep(step="rematched", node="done", at=at(23, 13)),
                ThreadStep(step="closed", node="done", at=at(24, 9)),
            ),
        ),
    ),
    "ticket-screened": (
        "tickets/ticket.html",
        replace(
            stopped_ticket(TicketState.SCREENED_OUT, "screened_out", "out_of_scope"),
        ),
    ),
    "ticket-withdrawn": ("tickets/ticket.html", stopped_ticket(TicketState.WITHDRAWN, "withdrawn")),
    "ticket-undeliverable": (
        "tickets/ticket.html",
        replace(
            ANSWERED,
            following=Following(
                channel="whatsapp_manual", masked="0812…00", stop=form("tickets/stop"), undeliverable=True
            ),
        ),
    ),
    "ticket-known": ("tickets/ticket.html", replace(checking_ticket(), known=THEIRS)),
    "ticket-unreachable": ("tickets/ticket.html", replace(checking_ticket(), following=None, contact="unreachable")),
    "ticket-lookup": (
        "tickets/ticket_lookup.html",
        TicketLookupPage(form=form("tickets"), lost_form=form("tickets/lost")),
    ),
    "ticket-lookup-error": (
        "tickets/ticket_lookup.html",
        TicketLookupPage(
            form=form("tickets"),
            lost_form=form("tickets/lost"),
            number=NUMBER,
            back=wrong(FieldError(field="code", code="wrong_code")),
        ),
    ),
    "check-claims": ("reporting/check.html", CHECK_CLAIMS),
    "ticket-claims": (
        "tickets/ticket.html",
        replace(checking_ticket(), claims=(ClaimAnswer(text=SENT, card=AID), ClaimAnswer(text=SENT_TOO, card=FLOOD))),
    ),
    "check-others": (
        "reporting/check.html",
        replace(
            CHECK,
            answers=(),
            others=(
                OTHERS_ANSWER,
                OthersAnswer(found=KnownMatch(card=THEIR_WORD, score=0.4), confirm=form("known/6a1c1f6e/mine")),
            ),
        ),
    ),
    "clarifications": (
        "archive/clarifications.html",
        ClarificationsPage(
            rows=(*NEWEST, VACCINE, STAIRS, PARK), older_url="/cirebon/clarifications?after=signed-cursor"
        ),
    ),
    "clarifications-search": (
        "archive/clarifications.html",
        ClarificationsPage(
            rows=(WATER, but(FLOOD, state="retracted"), but(CHILD, state="paused")),
            query="air",
            total=3,
            verdict="false",
        ),
    ),
    "clarifications-others": (
        "archive/clarifications.html",
        ClarificationsPage(
            rows=(), query="bansos", total=0, known=(THEIRS, THEIR_WORD), known_url="/cirebon/known?q=bansos"
        ),
    ),
    "known-list": (
        "archive/known_list.html",
        KnownListPage(rows=(THEIRS, THEIR_WORD), older_url="/cirebon/known?after=signed-cursor"),
    ),
    "known-list-search": ("archive/known_list.html", KnownListPage(rows=(THEIRS,), query="bansos", total=1)),
    "known-list-none": ("archive/known_list.html", KnownListPage(rows=(), query="naga terbang", total=0)),
    "known-list-degraded": ("archive/known_list.html", KnownListPage(rows=None)),
    "known": ("archive/known.html", KnownPage(answer=THEIRS)),
    "known-counted": ("archive/known.html", KnownPage(answer=THEIR_WORD, counted=True)),
    "known-withdrawn": ("archive/known.html", KnownPage(answer=but(THEIRS, withdrawn=True))),
    "clarifications-none": ("archive/clarifications.html", ClarificationsPage(rows=(), query="naga terbang", total=0)),
    "clarifications-degraded": ("archive/clarifications.html", ClarificationsPage(rows=None, query="air")),
    "clarification": ("archive/clarification.html", CLARIFICATION),
    "clarification-counted": (
        "archive/clarification.html",
        replace(as_published(AID, version=1, versions=CLARIFICATION.answer.versions[:1]), counted=True),
    ),
    "clarification-paused": ("archive/clarification.html", as_published(CHILD, state="paused")),
    "clarification-retracted": (
        "archive/clarification.html",
        as_published(
            FLOOD, state="retracted", retraction="Sumber kedua ditarik oleh penerbitnya pada 25 November 2026."
        ),
    ),
    "corrections": (
        "archive/corrections.html",
        CorrectionsPage(
            rows=(
                but(WATER, version=2, change_note="Jam selesai pergantian pipa: pukul 03.00, bukan 01.00."),
                but(
                    FLOOD,
                    state="retracted",
                    corrected_at=at(20, 9),
                    change_note="Sumber kedua ditarik oleh penerbitnya.",
                ),
            ),
            older_url="/cirebon/corrections?after=signed-cursor",
        ),
    ),
    "corrections-empty": ("archive/corrections.html", CorrectionsPage(rows=())),
    "corrections-degraded": ("archive/corrections.html", CorrectionsPage(rows=None)),
    "stats": ("archive/stats.html", STATS),
    "stats-none": (
        "archive/stats.html",
        but(
            STATS,
            reports_week=0,
            answered_week=0,
            waiting=0,
            ended_week=0,
            median_hours=None,
            clarifications=0,
            by_verdict={},
        ),
    ),
    "about": ("front/about.html", None),
    "privacy": ("front/privacy.html", None),
    "unsubscribe": (
        "front/unsubscribe.html",
        UnsubscribePage(form=form("unsubscribe"), subject="report"),
    ),
    "unsubscribe-partner": ("front/unsubscribe.html", UnsubscribePage(form=form("unsubscribe"), subject="partner")),
    "unsubscribe-done": ("front/unsubscribe.html", UnsubscribePage(form=None, subject="report")),
    "unsubscribe-partner-done": ("front/unsubscribe.html", UnsubscribePage(form=None, subject="partner")),
    "offices": (
        "front/offices.html",
        OfficesPage(
            offices=(
                an_office("cirebon", "Cirebon Saber Hoaks", "Pemerintah Kota Cirebon"),
                an_office("jombang", "Jombang Menjawab", "Pemerintah Kabupaten Jombang"),
            )
        ),
    ),
    "login": ("access/officer.html", LoginPage(form=form("login"))),
    "login-joined": ("access/officer.html", LoginPage(form=form("login"), joined=True)),
    "invited": (
        "invited/invited.html",
        InvitedPage(form=form("invited/x"), purpose="invitation", name="Sari", roles=("verifier",)),
    ),
    "invited-opened": ("invited/invited.html", INVITED),
    "invited-wrong": (
        "invited/invited.html",
        replace(INVITED, back=wrong(*(FieldError(field=f, code=c) for f, c in INVITED_ERRORS.items()))),
    ),
    "invited-factor": ("invited/invited.html", replace(INVITED, purpose="factor")),
    "invited-gone": ("invited/invited.html", InvitedPage(form=form("invited/x"), back=Back(status=404))),
    "login-error": (
        "access/officer.html",
        LoginPage(form=form("login"), email="rina@cirebon.example", back=wrong(LOGIN_ERROR)),
    ),
    "login-locked": (
        "access/officer.html",
        LoginPage(form=form("login"), locked_until=at(24, 9, 30), signed_out=True),
    ),
    "login-partner": ("access/partner.html", LoginLinkPage(form=form("login/partner"))),
    "login-partner-sent": ("access/partner.html", LoginLinkPage(form=form("login/partner"), sent=True)),
    "login-partner-expired": ("access/partner.html", LoginLinkPage(form=form("login/partner"), expired=True)),
    "login-partner-left": ("access/partner.html", LoginLinkPage(form=form("login/partner"), left=True)),
    "login-partner-late": ("access/partner.html", LoginLinkPage(form=form("login/partner"), late=LATE)),
    "confirm-login": (
        "access/confirm.html",
        ConfirmPage(form=form("login/confirm"), purpose="login"),
    ),
    "confirm-ticket": ("access/confirm.html", ConfirmPage(form=form("tickets/open"), purpose="ticket")),
    "error-403": ("errors/403.html", ErrorPage(allowed=("approver", "tenant_admin"))),
    "error-404": ("errors/404.html", ErrorPage()),
    "error-422": ("errors/422.html", ErrorPage()),
    "error-429": ("errors/429.html", ErrorPage(retry_seconds=30)),
    "error-503": ("errors/503.html", ErrorPage(retry_seconds=5)),
    "error-503-resend": ("errors/503.html", ErrorPage(form=form("tickets", ("text", SENT)))),
}

WITHOUT_OFFICE = {"offices"}

FOUND = frozenset(
    f"{name}.html"
    for name in (
        "archive/clarification",
        "archive/clarifications",
        "archive/corrections",
        "archive/stats",
        "front/about",
        "front/home",
        "front/offices",
        "front/privacy",
    )
)
"""Pages that search engines may show."""

NAV = {"clarification": "clarifications", "ticket": "tickets", "corrections": "corrections", "about": "about"}


def frame(name: str, lang: Lang, url: str) -> PageView:
    nav = next((entry for start, entry in NAV.items() if name.startswith(start)), "")
    address = f"https://simpul.example/{name}" if PAGES[name][0] in FOUND else ""
    shown = page(lang, url, nav, None if name in WITHOUT_OFFICE else CIREBON, address)
    return replace(shown, framed=name.startswith("embedded"), framers=("https://portal.example",))
