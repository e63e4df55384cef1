"""Pages of an invented morning at one office: nobody and nothing in them is real."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from services.gateway.console import views as console
from services.gateway.console.case import views as cases
from services.gateway.console.case.pages import CORRECT
from services.gateway.console.deliveries import views as ledger
from services.gateway.console.partners import views as people
from services.gateway.console.queue import views as queue_views
from services.gateway.console.review import views as review_views
from services.gateway.console.review.wishes import APPROVE, PUBLISHED
from services.gateway.console.views import ClockState
from services.gateway.partner import views as p
from services.gateway.web.views import PageView, TenantView

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


def queue() -> queue_views.QueuePage:
    def row(
        n: int,
        due: timedelta,
        severity: int | None,
        claim: str,
        topic: str,
        askers: int,
        hour: int,
        state: str,
        **more: object,
    ) -> queue_views.QueueRow:
        lease = more.get("lease")
        base = queue_views.QueueRow(
            id=f"k{n}",
            url=f"/jombang/console/cases/k{n}",
            due_at=NOW + due,
            clock=console.clock_state(NOW + due, now=NOW, paused="waiting_for" in more),
            severity=severity,
            claim=claim,
            topic=topic,
            askers=askers,
            askers_last_hour=hour,
            askers_share=console.share(askers, 137),
            state=state,
            claim_action=None if lease else action(f"console/cases/k{n}/claim", version=n),
        )
        return replace(base, **more)  # type: ignore[arg-type]

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
            52,
            "investigating",
            lease=held("Rina", 26, mine=True),
        ),
        row(2, timedelta(minutes=-12), 3, "Telur ayam di Pasar Ploso mengandung plastik", "health", 46, 3, "open"),
        row(
            3,
            timedelta(minutes=40),
            3,
            "Pemkab buka 900 lowongan honorer, biaya berkas Rp250.000",
            "jobs",
            71,
            18,
            "open",
            asks_money=True,
            about_own_tenant=True,
        ),
        row(
            4,
            timedelta(hours=1, minutes=55),
            2,
            "Jembatan Ploso ditutup total mulai malam ini",
            "crime",
            22,
            0,
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
            2,
            "awaiting_confirmation",
            about_own_tenant=True,
            waiting_for=queue_views.WaitingFor(party="Dinas Kesehatan", until=ahead(days=1, hours=2)),
            lease=queue_views.Lease(name="Yuli", until=None),
        ),
        row(
            6,
            timedelta(hours=3, minutes=10),
            None,
            "Foto antrean gas 3 kg di Diwek terjadi pagi ini",
            "",
            19,
            0,
            "open",
        ),
        row(
            7,
            timedelta(hours=5, minutes=20),
            1,
            "Alun-alun Jombang dipasangi tiket masuk Rp10.000",
            "government",
            11,
            0,
            "in_review",
            about_own_tenant=True,
            lease=held("Siti", 51),
        ),
        row(
            8,
            timedelta(hours=21),
            2,
            "Bantuan bibit padi hanya untuk pendukung calon kepala desa tertentu",
            "social_aid",
            8,
            0,
            "investigating",
            about_own_tenant=True,
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


REPORTS = (
    cases.ReportLine(
        number="JBG-26-002310",
        sent_at=ago(minutes=2),
        area="Peterongan",
        seen_on="family_group",
        often_forwarded=True,
        text="Apa benar sekolah anak saya di Peterongan libur sepekan? Ini suratnya.",
        pictures=("/picture.svg",),
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
    ),
    cases.ReportLine(
        number="JBG-26-002296",
        sent_at=ago(hours=13),
        area="Peterongan",
        seen_on="whatsapp",
        text="Surat edaran libur banjir, ada tanda tangan.",
        wrong_case=True,
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
        similar=similar(),
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


def case_correcting() -> cases.CasePage:
    return case(
        desk=desk(notice=CORRECT.done.word),
        state="published",
        published=published(),
        similar=None,
        draft=draft(version=2, change="Jumlah kecamatan: dua, bukan tiga. Putusan tetap."),
        clock=ClockState.DONE,
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
                url="/jombang/console/reviews/k1",
                number="KSS-JBG-0912",
                fact=FACT,
                claim=CLAIM,
                verdict="false",
                author="Rina Astuti",
                submitted_at=ago(minutes=3),
                due_at=ago(minutes=35),
                clock=ClockState.LATE,
                approvals=1,
                needed=2,
                reporters=137,
            ),
            review_views.ReviewRow(
                url="/jombang/console/reviews/k7",
                number="KSS-JBG-0907",
                fact="Masuk Alun-alun Jombang tetap gratis.",
                claim="Alun-alun Jombang dipasangi tiket masuk Rp10.000",
                verdict="false",
                author="Siti Maharani",
                submitted_at=ago(hours=1),
                due_at=ahead(hours=5),
                clock=ClockState.RUNNING,
                approvals=0,
                needed=2,
                reporters=11,
                mine=True,
            ),
            review_views.ReviewRow(
                url="/jombang/console/reviews/k9",
                number="KSS-JBG-0899",
                claim="Vaksin di posyandu Diwek kedaluwarsa",
                fact="Vaksin di posyandu Diwek berlaku sampai Agustus 2027.",
                verdict="misleading",
                author="Bagas Wirawan",
                submitted_at=ago(hours=2),
                due_at=ahead(minutes=44),
                clock=ClockState.SOON,
                approvals=0,
                needed=1,
                reporters=24,
            ),
        ),
    )


def reviews_empty() -> review_views.ReviewsPage:
    return review_views.ReviewsPage(desk=desk("Siti Maharani", "approver", reviews=0))


def review(**more: object) -> review_views.ReviewPage:
    base = review_views.ReviewPage(
        desk=desk("Siti Maharani", "approver"),
        number="KSS-JBG-0912",
        case_url="/jombang/console/cases/k1",
        state="in_review",
        draft=draft(),
        submitted_at=ago(minutes=3),
        due_at=ago(minutes=35),
        clock=ClockState.LATE,
        references=references(removable=False, missing=False),
        needed=2,
        approvals=(review_views.Approval(name="Dimas Prayoga", at=ago(minutes=1)),),
        audience=review_views.Audience(reporters=137, email=81, by_hand=14, code_only=42, partners=12),
        approve=action("console/reviews/k1/approve", version=9),
        return_=action("console/reviews/k1/return", version=9),
        history=HISTORY[:3],
    )
    return replace(base, **more)  # type: ignore[arg-type]


def review_own() -> review_views.ReviewPage:
    return review(
        desk=desk("Rina Astuti", "verifier", "approver"),
        approvals=(),
        needed=1,
        approve=action("console/reviews/k1/approve", why_not="author"),
        return_=action("console/reviews/k1/return", why_not="author"),
        audience=review_views.Audience(reporters=None),
    )


def review_wrong_code() -> review_views.ReviewPage:
    return review(desk=desk("Siti Maharani", "approver", errors={"code": "code_wrong"}))


def review_correction() -> review_views.ReviewPage:
    return review(
        draft=draft(version=2, change="Jumlah kecamatan: dua, bukan tiga. Putusan tetap."),
        previous=draft(fact="Sekolah di tiga kecamatan tetap masuk 24–28 November."),
        audience=review_views.Audience(reporters=141, email=83, partners=12, earlier=149),
        needed=1,
        approvals=(),
    )


def review_decided() -> review_views.ReviewPage:
    return review(
        desk=desk("Siti Maharani", "approver", notice=APPROVE.buttons[0].done.word),
        state="decided",
        approvals=(
            review_views.Approval(name="Dimas Prayoga", at=ago(minutes=1)),
            review_views.Approval(name="Siti Maharani", at=NOW),
        ),
        publish=action("console/cases/k1/publish", version=10),
    )


def _channel(
    channel: str, state: str, minutes: int = 0, reason: str = "", *, manual: bool = False
) -> ledger.ChannelState:
    at = ago(minutes=minutes) if minutes else None
    return ledger.ChannelState(channel=channel, state=state, at=at, reason=reason, manual=manual)


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
        mail: ledger.ChannelState,
        whatsapp: ledger.ChannelState | None,
        answer: str,
        **also: object,
    ) -> ledger.PartnerAnswer:
        channels = {"inbox": _channel("inbox", "delivered", 40), "email": mail}
        if whatsapp:
            channels["whatsapp_manual"] = whatsapp
        base = ledger.PartnerAnswer(
            url=f"/jombang/console/partners/p{n}", name=name, kind=kind, area=area, channels=channels, answer=answer
        )
        return replace(base, **also)  # type: ignore[arg-type]

    base = ledger.AnswersPage(
        desk=desk(),
        clarification=published(),
        fact=FACT,
        claim=CLAIM,
        verdict="false",
        case_url="/jombang/console/cases/k1",
        area="Mojoagung, Peterongan",
        answer_by=ahead(hours=7),
        funnel=ledger.Funnel(chosen=12, sent=10, delivered=None, acknowledged=6, declined=1, silent=3),
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
                "Mojoagung",
                _channel("email", "sent", 39),
                _channel("whatsapp_manual", "sent", 20, manual=True),
                "acknowledged",
                answered_at=ago(minutes=31),
            ),
            partner(
                2,
                "SMPN 2 Peterongan",
                "government_account",
                "Peterongan",
                _channel("email", "sent", 39),
                None,
                "acknowledged",
                answered_at=ago(minutes=12),
            ),
            partner(
                3,
                "Suara Ploso",
                "activist",
                "Ploso",
                _channel("email", "failed_permanent", 38, "mailbox_full"),
                _channel("whatsapp_manual", "suppressed", 0, "no_consent"),
                "not_reached",
            ),
            partner(
                4,
                "KIM Cahaya Diwek",
                "community_group",
                "Diwek",
                _channel("email", "sent", 39),
                _channel("whatsapp_manual", "queued"),
                "silent",
            ),
            partner(
                5,
                "Jombang Sambang Desa",
                "creator",
                "Peterongan",
                _channel("email", "sent", 39),
                None,
                "declined",
                answered_at=ago(minutes=8),
                reason="not_fitting",
            ),
            partner(
                6,
                "Radio Suara Wonosalam",
                "media_outlet",
                "Wonosalam",
                _channel("email", "unknown", 38, "timeout"),
                None,
                "silent",
            ),
        ),
        shown_of=12,
        next_url="/jombang/console/clarifications/KLR-JBG-2026-0091/partners?after=x",
        resend=resend(),
        by_hand=4,
        history=(
            cases.Moment(kind="published", state="done", at=ago(minutes=41), who="Siti Maharani", count=137),
            cases.Moment(kind="partners_asked", state="done", at=ago(minutes=40)),
            cases.Moment(kind="reminded", state="todo", at=ahead(hours=3)),
        ),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def answers_unavailable() -> ledger.AnswersPage:
    return answers(funnel=None, rows=(), resend=None, by_hand=0)


def deliveries(**more: object) -> ledger.DeliveriesPage:
    def person(recipient: str, *states: ledger.ChannelState, partner: str = "") -> ledger.DeliveryPerson:
        return ledger.DeliveryPerson(
            recipient=recipient,
            kind="partner" if partner else "reporter",
            url=f"/jombang/console/partners/{partner}" if partner else "",
            rows=tuple(ledger.DeliveryRow(state=state, attempts=4 if state.reason else 1) for state in states),
        )

    unknown = ledger.DeliveryRow(
        state=_channel("email", "unknown", 38, "timeout"),
        resolve=(action("console/deliveries/d3/arrived"), action("console/deliveries/d3/lost")),
    )
    doubtful = person("Radio Suara Wonosalam", _channel("inbox", "sent", 39), partner="p6")

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
            person("JBG-26-002310", _channel("email", "sent", 39)),
            person("JBG-26-002308", _channel("whatsapp_manual", "queued")),
            replace(doubtful, rows=(*doubtful.rows, unknown)),
            person("Suara Ploso", _channel("email", "failed_permanent", 38, "mailbox_full"), partner="p3"),
            person("JBG-26-002296", _channel("email", "suppressed", 0, "unsubscribed")),
            person(
                "Info Mojoagung",
                _channel("inbox", "sent", 21),
                _channel("whatsapp_manual", "sent", 20, manual=True),
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
    def message(n: int, about: str, text: str, waited: timedelta) -> ledger.HandMessage:
        return ledger.HandMessage(
            id=f"h{n}",
            about=about,
            text=text,
            planned_at=NOW - waited,
            open_url=f"https://wa.me/62812000020{n}?text=x",
            sent=action(f"console/by-hand/h{n}/sent"),
        )

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
                kind="reporter",
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
            ledger.HandDone(id="h4", recipient="JBG-26-002271", hint="66", at=ago(minutes=26), refusals=refusals(4)),
        ),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def by_hand_empty() -> ledger.ByHandPage:
    return by_hand(people=(), done=())


def partners(**more: object) -> people.PartnersPage:
    def row(
        n: int,
        name: str,
        kind: str,
        area: str,
        state: str,
        accounts: int,
        answered: int,
        asked: int,
        by_office: bool = False,
    ) -> people.PartnerRow:
        return people.PartnerRow(
            url=f"/jombang/console/partners/p{n}",
            name=name,
            kind=kind,
            area=area,
            state=state,
            accounts=accounts,
            answered=answered,
            asked=asked,
            run_by_office=by_office,
        )

    base = people.PartnersPage(
        desk=desk(),
        total=120,
        by_office=64,
        filters=filters("console/partners", ("all", 120), ("by_office", 64), ("independent", 56)),
        rows=(
            row(1, "Info Mojoagung", "activist", "Mojoagung", "active", 3, 14, 16),
            row(4, "KIM Cahaya Diwek", "community_group", "Diwek", "expiring", 2, 9, 12),
            row(2, "SMPN 2 Peterongan", "government_account", "Peterongan", "active", 1, 6, 6, True),
            row(8, "Puskesmas Gudo", "government_account", "Gudo", "suspended", 1, 0, 0, True),
        ),
        next_url="/jombang/console/partners?after=x",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def partners_none_found() -> people.PartnersPage:
    return partners(rows=(), query="tidak ada", next_url="")


def partner() -> people.PartnerPage:
    return people.PartnerPage(
        desk=desk(),
        name="Info Mojoagung",
        kind="activist",
        area="Mojoagung",
        state="active",
        since=ago(days=400),
        accounts=(
            people.Account(
                platform="instagram",
                handle="@info.mojoagung",
                url="https://instagram.example/info.mojoagung",
                state="verified",
                verified_at=ago(days=52),
                followers=48_210,
                measured_at=ago(days=3),
            ),
            people.Account(
                platform="facebook",
                handle="Info Mojoagung",
                url="https://facebook.example/infomojoagung",
                state="claimed",
            ),
        ),
        channels=("email", "whatsapp_manual"),
        answers=(
            people.PastAnswer(
                url="/jombang/console/clarifications/KLR-JBG-2026-0091/partners",
                fact=FACT,
                at=ago(minutes=31),
                answer="acknowledged",
            ),
            people.PastAnswer(
                url="/jombang/console/clarifications/KLR-JBG-2026-0077/partners",
                fact="Masuk Alun-alun Jombang tetap gratis.",
                at=ago(days=9),
                answer="declined",
                reason="no_time",
            ),
        ),
        history=(
            cases.Moment(kind="registered", state="done", at=ago(days=402)),
            cases.Moment(kind="activated", state="done", at=ago(days=400)),
        ),
    )


def partner_unavailable() -> people.PartnerPage:
    return replace(partner(), channels=(), answers=None, accounts=())


def requests() -> people.RequestsPage:
    return people.RequestsPage(
        desk=desk(others=2),
        filters=filters("console/answers", ("unanswered", 2), ("answered", None), ("all", None)),
        total=2,
        rows=(
            people.RequestRow(
                url="/jombang/console/answers/r1",
                number="JBG-26-002331",
                kind="aspiration",
                state="received",
                sent_at=ago(hours=3),
                text="Mohon lampu jalan di tikungan Peterongan dinyalakan lagi.",
                area="Peterongan",
                messages=1,
            ),
            people.RequestRow(
                url="/jombang/console/answers/r2",
                number="JBG-26-002330",
                kind="complaint",
                state="received",
                sent_at=ago(days=1),
                text="Sampah pasar menumpuk tiga hari.",
                area="Ploso",
                confidential=True,
            ),
        ),
    )


def requests_unavailable() -> people.RequestsPage:
    return people.RequestsPage(desk=desk(), rows=None)


def request(**more: object) -> people.RequestPage:
    base = people.RequestPage(
        desk=desk(),
        kind="aspiration",
        state="received",
        line=cases.ReportLine(
            number="JBG-26-002331",
            sent_at=ago(hours=3),
            area="Peterongan",
            pictures=("/picture.svg", "/picture.svg"),
            picture_text="JALAN GELAP",
            text="Mohon lampu jalan di tikungan Peterongan dinyalakan lagi.",
            reply=action("console/answers/r1/reply"),
            messages=(cases.ReportMessage(text="Tikungan yang mana?", at=ago(hours=1), by_office=True),),
        ),
        answer=people.Answering(action=action("console/answers/r1/answer")),
        screen_out=action("console/answers/r1/screen"),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def request_reopened() -> people.RequestPage:
    line = replace(
        request().line,
        messages=(cases.ReportMessage(text="Kapan diperbaiki?", at=ago(hours=1), by_office=False, not_answered=True),),
    )
    return request(
        state="reopened",
        line=line,
        answered="Lampunya sudah dilaporkan ke dinas.",
        unread=1,
        not_answered=1,
        settle=action("console/answers/r1/settle"),
        screen_out=None,
    )


def request_invalid() -> people.RequestPage:
    return request(
        desk=desk(errors={"outcome": "required"}),
        answer=people.Answering(action=action("console/answers/r1/answer"), text="Sudah diperbaiki."),
    )


def partner_desk(**more: object) -> p.PartnerDesk:
    base = p.PartnerDesk(partner="Info Mojoagung", logout=action("partner/logout"), to_answer=1, now=NOW)
    return replace(base, **more)  # type: ignore[arg-type]


def partner_home(**more: object) -> p.HomePage:
    base = p.HomePage(
        desk=partner_desk(),
        open=(
            p.OpenAssignment(
                url="/jombang/partner/assignments/t1",
                fact=FACT,
                verdict="false",
                claim=CLAIM,
                answer_by=ahead(hours=6, minutes=46),
                clock=ClockState.RUNNING,
            ),
        ),
        past=(
            p.PastAssignment(
                url="/jombang/partner/assignments/t0",
                fact="Masuk Alun-alun Jombang tetap gratis.",
                state="acknowledged",
                at=ago(days=9),
                corrected=True,
            ),
            p.PastAssignment(
                url="/jombang/partner/assignments/t2",
                fact="Jembatan Ploso buka dua arah.",
                state="lapsed",
                at=ago(days=15),
            ),
        ),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def partner_home_empty() -> p.HomePage:
    return p.HomePage(desk=partner_desk(to_answer=0, suspended=True), open=())


def partner_home_unavailable() -> p.HomePage:
    return p.HomePage(desk=partner_desk(to_answer=None), open=None)


def assignment(**more: object) -> p.AssignmentPage:
    base = p.AssignmentPage(
        desk=partner_desk(),
        number="KLR-JBG-2026-0091",
        fact=FACT,
        claim=CLAIM,
        verdict="false",
        state="offered",
        answer_by=ahead(minutes=50),
        clock=ClockState.SOON,
        offered_at=ago(minutes=40),
        why_you="area",
        area="Mojoagung",
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
            valid_until=ahead(days=4),
        ),
        accept=action("partner/assignments/t1/accept", version=1),
        decline=p.Decline(action=action("partner/assignments/t1/decline", version=1)),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def assignment_deciding() -> p.AssignmentPage:
    return assignment(deciding=True, desk=partner_desk(errors={"reason": "required"}))


def assignment_ready() -> p.AssignmentPage:
    return assignment(state="acknowledged", accept=None, answered_at=ago(minutes=7))


def assignment_declined() -> p.AssignmentPage:
    return assignment(state="declined", decline=None, answered_at=ago(minutes=7), reason="other")


def assignment_lapsed() -> p.AssignmentPage:
    return assignment(state="lapsed", accept=None, decline=None, answer_by=ago(hours=2), clock=ClockState.LATE)


def assignment_corrected() -> p.AssignmentPage:
    correction = p.Correction(change="Jumlah kecamatan: dua, bukan tiga. Putusan tetap.", at=ago(minutes=3))
    return assignment(
        state="acknowledged", accept=None, decline=None, answered_at=ago(minutes=50), correction=correction
    )


def assignment_without_kit() -> p.AssignmentPage:
    return assignment(kit=None, desk=partner_desk(problem="unavailable"))


PAGES: Mapping[str, tuple[str, object]] = {
    "queue": ("console/queue/queue.html", queue()),
    "queue-empty": ("console/queue/queue.html", queue_empty()),
    "queue-live": ("console/queue/queue.html", queue_live()),
    "queue-stale": ("console/queue/queue.html", queue_stale()),
    "queue-unavailable": ("console/queue/queue.html", queue_unavailable()),
    "case": ("console/case/case.html", case()),
    "case-new": ("console/case/case.html", case_new()),
    "case-conflict": ("console/case/case.html", case_conflict()),
    "case-invalid": ("console/case/case.html", case_invalid()),
    "case-waiting": ("console/case/case.html", case_waiting()),
    "case-in-review": ("console/case/case.html", case_in_review()),
    "case-published": ("console/case/case.html", case_published()),
    "case-recalled": ("console/case/case.html", case_recalled()),
    "case-joined": ("console/case/case.html", case_joined()),
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
    "requests": ("console/requests/requests.html", requests()),
    "requests-unavailable": ("console/requests/requests.html", requests_unavailable()),
    "request": ("console/requests/request.html", request()),
    "request-reopened": ("console/requests/request.html", request_reopened()),
    "request-invalid": ("console/requests/request.html", request_invalid()),
    "partner-home": ("partner/home.html", partner_home()),
    "partner-home-empty": ("partner/home.html", partner_home_empty()),
    "partner-home-unavailable": ("partner/home.html", partner_home_unavailable()),
    "assignment": ("partner/assignment.html", assignment()),
    "assignment-deciding": ("partner/assignment.html", assignment_deciding()),
    "assignment-ready": ("partner/assignment.html", assignment_ready()),
    "assignment-declined": ("partner/assignment.html", assignment_declined()),
    "assignment-lapsed": ("partner/assignment.html", assignment_lapsed()),
    "assignment-corrected": ("partner/assignment.html", assignment_corrected()),
    "assignment-without-kit": ("partner/assignment.html", assignment_without_kit()),
}
