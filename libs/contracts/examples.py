"""One believable message of every type: nobody real, one story (a rumour about tap water) told through all of them.

A field's example stands under its name in `WORDS`; where a type means something else by it, under `Type.field`. A new
field without an example fails the contract tests.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from libs.contracts import ids
from libs.contracts.catalogue import owner_of
from libs.contracts.directory import (
    AgencyRecord,
    ContactRecord,
    OfficerRecord,
    PartnerRecord,
    TenantRecord,
    directory_key,
)
from libs.contracts.envelope import Actor, Envelope
from libs.contracts.messages import COMMANDS, EVENTS, Command, Event, Message, Sealable
from libs.contracts.topics import CONTACTS, DIRECTORY, journal, mailbox

STORY = UUID("3b1c7a52-5f0e-5a53-9b44-1d6c2c0f7e10")
"""Every id of the story is made from it."""


def made(what: str) -> str:
    return str(uuid5(STORY, what))


TENANT = made("tenant")
AUTHOR, APPROVER, SECOND_APPROVER = made("author"), made("approver"), made("second approver")
REPORT, OTHER_REPORT = made("report"), made("other report")
CASE, OLD_CASE = made("case"), made("old case")
CLARIFICATION = made("clarification")
PARTNER, OTHER_PARTNER = made("partner"), made("other partner")
BULLETIN, DELIVERY, ASSIGNMENT = made("bulletin"), made("delivery"), made("assignment")
BLOB = made("picture")

MORNING = datetime(2026, 8, 3, 1, 12, 30, 250_000, tzinfo=UTC)
"""08.12 in Cirebon."""
NOON = MORNING + timedelta(hours=4)
TOMORROW = MORNING + timedelta(hours=24)
THIRD_DAY = MORNING + timedelta(hours=72)

CLAIM = "Air PDAM Harjamukti dicampur zat pembersih pipa dan tidak boleh diminum selama tiga hari."
FACT = "Air PDAM di Harjamukti aman; hasil uji laboratorium 3 Agustus 2026 memenuhi baku mutu."
EXPLANATION = (
    "Perumda Air Minum mengganti pipa di Kelurahan Kecapi pada 1 Agustus. Air sempat keruh dua jam karena endapan, "
    "bukan karena zat pembersih. Sampel dari lima titik diuji dan seluruhnya memenuhi syarat."
)
REFERENCE = {
    "title": "Hasil uji kualitas air Kelurahan Kecapi, 3 Agustus 2026",
    "url": "https://air-minum.kota.example/uji/2026-08-03",
    "publisher": "Perumda Air Minum",
    "sha256": "5f2b1c0a9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a",
    "archived_at": NOON,
}
DRAFT = {
    "claim": CLAIM,
    "verdict": "false",
    "about_own_tenant": False,
    "fact": FACT,
    "explanation": EXPLANATION,
    "change_note": "",
}
KNOWN = made("known answer")
ENTRY = {
    "own_id": "2026/08/air-keruh",
    "publisher": "Redaksi Periksa Contoh",
    "url": "https://periksa.contoh.example/2026/08/air-keruh",
    "claim": CLAIM,
    "label": "SALAH",
    "fact": FACT,
    "body": EXPLANATION,
    "published_on": "2026-08-03",
    "language": "id",
}
KNOWN_FOUND = {"id": KNOWN, "scope": ids.SHARED, "score": 0.93, "is_sure": True}
TALLY = {"new": 480, "changed": 12, "same": 5, "withdrawn": 1, "bad": 2}
SHEET = {
    "headings": ("Nama", "Kelurahan", "WhatsApp"),
    "samples": (("KIM Kecapi", "Kecapi", "0812 0000 0000"),),
    "sheet": "Mitra",
    "others": ("Arsip",),
}
JUDGED = {"new": 118, "same": 12, "changed": 6, "refused": 4, "passed": 0}
PROFILE = {
    "areas": "32.74.02.1003",
    "topics": "kesehatan\npertanian",
    "audience_areas": "32.74.02",
    "audience_ages": "18-25\n40+",
    "audience_interests": "kuliner",
    "audience_languages": "id",
    "commercial": False,
    "level": "village",
    "members": 24,
    "decree_number": "188/12/KEP/2026",
    "decree_signer": "Lurah Kecapi",
    "decree_on": "2026-01-05",
    "term_from": "2026-01-05",
    "term_until": "2029-01-04",
    "legal_entity": "",
    "press_status": "",
    "press_number": "",
    "press_seen_on": "",
    "certificate": "",
    "agency_id": "",
    "attributes": "Angkatan: 2025",
}
PAPERS = {
    "name": "KIM Kecapi",
    "email": "kim.kecapi@contoh.example",
    "phone": "+6281200000000",
    "address": "Jalan Contoh 1",
    "chair": "Ketua Contoh",
    "chair_phone": "+6281200000001",
    "secretary": "Sekretaris Contoh",
    "treasurer": "Bendahara Contoh",
    "sections": "Liputan: Anggota Contoh",
    "editor": "",
    "account_admin": "",
}
CANDIDATE = {"id": CLARIFICATION, "kind": "clarification", "case_id": OLD_CASE, "score": 0.61, "relation": "campaign"}
MARK = {"report_id": REPORT, "n": 1, "reason": "not_answered", "at": NOON}
ACCOUNT = {
    "platform": "instagram",
    "handle": "kim.kecapi",
    "url": "https://www.instagram.com/kim.kecapi",
    "identity_key": "instagram:kim.kecapi",
    "state": "claimed",
}
CONVERSATION, MESSAGE_SAID = made("conversation"), made("chat message")
TURN = '{"reply":"Belum ada jawaban kami yang cocok. Balas KIRIM untuk mengirimnya ke petugas."}'
CONTACT = {"channel": "email", "address": "kim.kecapi@warga.example"}
QUESTION = {
    "id": "since",
    "text": "Sejak kapan pesan itu beredar?",
    "text_en": "Since when has it been going round?",
    "type": "date",
    "choices": "",
    "required": False,
    "kind": "hoax",
    "after": "",
    "answer": "",
    "order": 10,
    "retired": False,
}
LOOK = {
    "name": "Cirebon Saber Hoaks",
    "office": "Dinas Komunikasi, Informatika dan Statistik Kota Cirebon",
    "government": "Pemerintah Kota Cirebon",
    "channel": "Lapor Kabar",
    "theme": "nila",
}
CLOCKS = {"interim_minutes": 15, "answer_hours": 24, "limit_hours": 72, "partner_answer_hours": 24}
PRACTICE = {
    "timezone": "Asia/Jakarta", "contact_kept_days": 30, "match_caution": "usual", "archive_links": True
}  # fmt: skip
EMBED_HOSTS = ["portal.kota.example", "warga.kota.example:8443"]
ANSWER = {"question": "since", "text": QUESTION["text"], "type": "date", "answer": "2026-08-02"}
SEALED = "AXVudWsgY29udG9oIHNhamE6IG5pbGFpIGluaSB0aWRhayBkYXBhdCBkaWJ1a2E="
"""Only its shape is right: a sealed value cannot be made twice alike."""

TAKEN_ACCOUNT = {"after": ACCOUNT, "before": None, "held": True}
TAKEN = {
    "contacts": ({"channel": "email", "address": "kim.contoh@surel.example"},),
    "papers": {"chair": "Sari Contoh"},
    "profile": {},
    "lines": {"topics": ("air",)},
    "had_papers": True,
}


WORDS: dict[str, Any] = {
    "absorbed": OLD_CASE,
    "look": LOOK,
    "link_hash": "9c" * 32,
    "InviteOfficer.roles": ["verifier", "editor"],
    "purpose": "invitation",
    "asked_by": APPROVER,
    "gone": True,
    "heir": APPROVER,
    "successor": APPROVER,
    "successor_works": True,
    "others_administer": True,
    "secret": "contoh-saja-bukan-rahasia",
    "Joining.code": "123456",
    "NewFactor.code": "123456",
    "clocks": CLOCKS,
    "practice": PRACTICE,
    "logo": "9f2c64d05b1c7f0e8a3d5b7790c1e2f4",
    "picture": "/9j/4AAQSkZJRgABAQ==",
    "dropped": False,
    "entry": ENTRY,
    "file_name": "arsip-agustus.csv",
    "finished": False,
    "import_id": made("import"),
    "merged": 2,
    "header_row": 3,
    "proposed": ("name", "village", "phone"),
    "rows": "2-120, 125",
    "only_new": False,
    "without_refused": True,
    "known_id": KNOWN,
    "problems": [{"row": 17, "column": "url", "code": "url_invalid"}],
    "publisher": "Redaksi Periksa Contoh",
    "tally": TALLY,
    "archive_links": True,
    "embed_hosts": EMBED_HOSTS,
    "status": 200,
    "ask_again": False,
    "description": "Pengumuman kepada pelanggan di Kelurahan Kecapi.",
    "final_url": "https://air-minum.kota.example/pengumuman/kecapi",
    "page": 1,
    "pages": 1,
    "place": True,
    "place_by": MORNING + timedelta(seconds=5),
    "screenshot": "taken",
    "screenshot_sha256": "4d" * 32,
    "taken_at": MORNING + timedelta(seconds=3),
    "truncated": False,
    "accounts": [ACCOUNT],
    "active": True,
    "address": "warga@surel.example",
    "after": REPORT,
    "agency_id": made("agency"),
    "anonymous": True,
    "answered": True,
    "answer_due_at": TOMORROW,
    "answer_hours": 24,
    "answer_id": made("answer"),
    "approvals_needed": 1,
    "approver": APPROVER,
    "approvers": [APPROVER],
    "account": "106540352242922",
    "answers": [MESSAGE_SAID],
    "area": "32.74.02.1004",
    "ask_again_at": None,
    "asked_at": MORNING,
    "asks": True,
    "assignment_id": ASSIGNMENT,
    "at": NOON,
    "attachments": [
        {
            "blob_id": BLOB,
            "sha256": "9c" * 32,
            "media_type": "image/jpeg",
            "size": 184_320,
            "original_sha256": "4e" * 32,
        },
    ],
    "attempt": 1,
    "author": AUTHOR,
    "askers": 4,
    "blob_id": BLOB,
    "brings": {
        "number": ids.reference_number("KSS-CRB", UUID(OLD_CASE)),
        "draft": DRAFT,
        "author": AUTHOR,
        "references": [REFERENCE],
        "severity": 2,
        "topic": "air bersih",
        "sample": [OTHER_REPORT],
        "marks": [MARK],
        "last_at": NOON,
    },
    "body_hash": "b7" * 32,
    "branding": {
        "name": "Cirebon Saber Hoaks",
        "office": "Dinas Komunikasi, Informatika dan Statistik Kota Cirebon",
        "government": "Pemerintah Kota Cirebon",
        "short_office": "DKIS Kota Cirebon",
        "monogram": "CRB",
        "channel": "Lapor Kabar",
        "theme": "nila",
        "intro": "Ragu dengan kabar yang Anda terima? Kirim ke sini, kami periksa.",
        "address": "Jalan Contoh Nomor 1, Cirebon",
        "hours": "Senin-Jumat 08.00-16.00 WIB",
        "email": "saberhoaks@kota.example",
    },
    "bulletin_id": BULLETIN,
    "by_office": False,
    "by_partner": False,
    "by": AUTHOR,
    "case_id": CASE,
    "change": 2,
    "closed_at": NOON,
    "closing_id": made("closing"),
    "change_note": "",
    "channel": "email",
    "channels": ["email"],
    "claim": CLAIM,
    "clarification_id": CLARIFICATION,
    "code": "250",
    "code_hash": "4e" * 32,
    "content": TURN,
    "said_at": MORNING,
    "conversation_id": CONVERSATION,
    "command": "reports.approve-verdict.v1",
    "complete": True,
    "confidential": False,
    "consented_at": MORNING,
    "contacts": [CONTACT],
    "count": 1,
    "delivery_id": DELIVERY,
    "demand": 34,
    "doubt": "Tetangga saya tetap minum dan baik-baik saja.",
    "doubted": "unproven",
    "draft": DRAFT,
    "due_at": TOMORROW,
    "email": "verifikator@kota.example",
    "end": {"case_id": CASE, "number": ids.reference_number("KSS-CRB", UUID(CASE)), "state": "triaged"},
    "erase_at": THIRD_DAY,
    "expects": 1,
    "entered_by": None,
    "explanation": EXPLANATION,
    "fact": FACT,
    "failure": None,
    "fields": ["expects"],
    "first_at": MORNING,
    "first_received_at": MORNING,
    "forwarded_often": 1,
    "granted": True,
    "heard_at": NOON,
    "hash": "c3a5f0e1b2d49687c3a5f0e1b2d49687c3a5f0e1b2d49687c3a5f0e1b2d49687",
    "helpful": True,
    "identity_key": "instagram:kim.kecapi",
    "intake": "form",
    "interim": True,
    "into": CASE,
    "kind": "hoax",
    "known": True,
    "lane": 0,
    "language": "id",
    "last_at": NOON,
    "links": ["link:0f3c5a9e7b1d2468ace02468"],
    "limit_at": THIRD_DAY,
    "linked_at": MORNING,
    "limit_hours": 72,
    "link": "https://simpul.kota.example/masuk/contoh",
    "mark": MARK,
    "marks": [MARK],
    "media": "",
    "media_type": "",
    "merge": 1,
    "message_id": MESSAGE_SAID,
    "merged_into": None,
    "method": "automatic",
    "profile": PROFILE,
    "paper": "decree",
    "decree_number": "188/7/KEP/2026",
    "decree_signer": "Lurah Kecapi",
    "decree_on": "2026-08-30",
    "term_from": "2026-09-01",
    "term_until": "2029-08-31",
    "term": {"decree_number": "188/7/KEP/2026", "term_from": "2026-09-01", "term_until": "2029-08-31"},
    "before": {"decree_number": "188/12/KEP/2023", "term_from": "2023-09-01", "term_until": "2026-08-31"},
    "days": 30,
    "signed_on": "2026-07-30",
    "visited_on": "2026-08-02",
    "present": False,
    "papers": PAPERS,
    "agreed": True,
    "changed": ("chair", "term_until"),
    "name": "KIM Kecapi",
    "news_id": made("message"),
    "note": "Sebutkan tanggal pengambilan sampel.",
    "number": ids.reference_number("CRB", UUID(REPORT)),
    "officer": AUTHOR,
    "officer_id": AUTHOR,
    "of": OLD_CASE,
    "opened_at": MORNING,
    "opens": True,
    "original_sha256": "4e" * 32,
    "other": OLD_CASE,
    "outcome": "none",
    "out_of": OLD_CASE,
    "owner": AUTHOR,
    "owner_known": True,
    "partner_id": PARTNER,
    "partners_due_at": TOMORROW,
    "party": "Perumda Air Minum",
    "passed_to": None,
    "password_hash": "$argon2id$v=19$m=65536,t=3,p=4$Y29udG9o$Y29udG9oLWhhc2gtYnVrYW4tc3VuZ2d1aGFu",
    "paused": True,
    "perceptual_hash": "c3a5f0e1b2d49687",
    "picture_marks": ["3f9c0a7be1"],
    "placement": {"outcome": "none", "candidates": [CANDIDATE]},
    "planned": 500,
    "prefix": "CRB",
    "previous": "submitted",
    "previous_case_id": None,
    "problem": "version_conflict",
    "question": "Apakah ada zat pembersih yang dimasukkan ke jaringan pipa Kecapi?",
    "ready": True,
    "reason": "out_of_scope",
    "received_at": MORNING,
    "recipient": REPORT,
    "recipient_kind": "report",
    "reference": REFERENCE,
    "references": [REFERENCE],
    "refused": [],
    "region_code": "32.74",
    "registered_at": MORNING,
    "relation": "campaign",
    "release": False,
    "report_id": REPORT,
    "report_ids": [REPORT],
    "result": "sent",
    "resume": False,
    "retracted": False,
    "retry_at": None,
    "revives": False,
    "roles": ["verifier", "editor"],
    "run_by": "independent",
    "run_by_office": False,
    "segment_id": made("segment"),
    "seen_on": "whatsapp",
    "settings": {
        "timezone": "Asia/Jakarta",
        "contact_kept_days": 30,
        "interim_minutes": 15,
        "answer_hours": 24,
        "limit_hours": 72,
        "partner_answer_hours": 24,
    },
    "settled": [MARK],
    "severity": 2,
    "sha256": "9c" * 32,
    "slug": "kota-cirebon",
    "stage": "subjects",
    "state": "active",
    "submit": True,
    "suggestions": [CANDIDATE],
    "superior": APPROVER,
    "template": "answer",
    "tenant_id": TENANT,
    "text": "Info dari grup RT: air PDAM Harjamukti dicampur zat pembersih pipa, jangan diminum tiga hari. Sebarkan!",
    "topic": "air bersih",
    "turn": 3,
    "TurnContent.turn": TURN,
    "totp_secret": "CONTOHSAJACONTOH",
    "until": NOON,
    "upto": 1,
    "title": "Pengumuman gangguan air di Kecapi",
    "url": REFERENCE["url"],
    "unpublished": 1,
    "parted": {"number": "CRB-4F7K-9XM2", "by": AUTHOR, "reason": "other_target", "other": OLD_CASE},
    "urls": ["https://www.facebook.com/groups/harjamukti.example/posts/1"],
    "verdict": "false",
    "version": 1,
    "way": {"via": [OLD_CASE]},
    "words": "AIR PDAM BERBAHAYA JANGAN DIMINUM 3 HARI",
    "platform": "instagram",
    # Where a type means something else by the name.
    "DefineSegment.name": "KIM yang menulis soal air",
    "ChangeSegment.name": "KIM yang menulis soal air",
    "SegmentDefined.name": "KIM yang menulis soal air",
    "DefineSegment.kind": "community_group",
    "ChangeSegment.kind": "community_group",
    "SegmentDefined.kind": "community_group",
    "RetireSegment.reason": "Tidak dipakai lagi",
    "SegmentRetired.reason": "Tidak dipakai lagi",
    "AddAgency.name": "Dinas Kesehatan",
    "AgencyAdded.name": "Dinas Kesehatan",
    "AnswerAssignment.reason": "",
    "AnswerReport.outcome": "clarified",
    "AssignmentDeclined.reason": "no_time",
    "CaseClosed.reason": "Sudah dijawab; tidak ada laporan baru dalam tujuh hari.",
    "CloseCase.reason": "Sudah dijawab; tidak ada laporan baru dalam tujuh hari.",
    "ClarificationRetracted.reason": "Hasil uji yang menjadi rujukan dicabut penerbitnya.",
    "RetractClarification.reason": "Hasil uji yang menjadi rujukan dicabut penerbitnya.",
    "DeliveryFailed.code": "452",
    "DeliveryFailed.retry_at": NOON + timedelta(minutes=5),
    "DeliveryFailed.state": "failed_transient",
    "DeliverySuppressed.reason": "unsubscribed",
    "DraftAdopted.number": 2,
    "DraftSaved.number": 1,
    "AnswerRated.mark": 1,
    "AnswerRated.text": "Apakah air yang sudah ditampung kemarin juga aman?",
    "RatingContent.text": "Apakah air yang sudah ditampung kemarin juga aman?",
    "EvidenceAdded.mark": 1,
    "MessageAdded.mark": 1,
    "CaseClosed.number": ids.reference_number("KSS-CRB", UUID(CASE)),
    "ReportContent.answers": [ANSWER],
    "ReportReceived.answers": [ANSWER],
    "AllowEmbedding.hosts": "\n".join(EMBED_HOSTS),
    "EmbeddingAllowed.hosts": EMBED_HOSTS,
    "DefineQuestion.question": QUESTION,
    "QuestionDefined.question": QUESTION,
    "piece": 1,
    "transcribed": False,
    "OpenOriginal.reason": "authorities",
    "OriginalOpened.reason": "authorities",
    "RevealPersonalData.reason": "verify",
    "PersonalDataRevealed.reason": "verify",
    "CaseReopened.reason": "retracted",
    "ReopenCase.reason": "retracted",
    "CaseOpened.known": [KNOWN_FOUND],
    "LinkReports.known": [KNOWN_FOUND],
    "ReportsLinked.known": [KNOWN_FOUND],
    "ReportMatched.known": [KNOWN_FOUND],
    "ReportMatched.claims": [{"text": CLAIM, "is_sure": True, "known": [KNOWN_FOUND]}],
    "AdvanceImport.failure": "",
    "AdvanceImport.upto": 500,
    "ImportAdvanced.failure": "",
    "ImportAdvanced.upto": 500,
    "MergeResumed.case_id": OLD_CASE,
    "ResumeMerge.case_id": OLD_CASE,
    "ReviveCase.case_id": OLD_CASE,
    "CaseRevived.case_id": OLD_CASE,
    "EndSubject.reason": "refused",
    "FollowingStopped.reason": "withdrawn",
    "LinkSubject.clarification_id": None,
    "MessageHeard.kind": "text",
    "MessageHeard.forwarded": True,
    "HearMessage.forwarded": True,
    "HearMessage.kind": "text",
    "ChatContent.text": "Benarkah air PDAM Harjamukti dicampur zat pembersih pipa?",
    "MessageHeard.text": "Benarkah air PDAM Harjamukti dicampur zat pembersih pipa?",
    "HearMessage.channel": "whatsapp",
    "MessageHeard.channel": "whatsapp",
    "ClosingPlanned.reason": "Klaim ini tidak beredar lagi.",
    "PlanClosing.reason": "Klaim ini tidak beredar lagi.",
    "DeliveryPlanned.note": "",
    "PlanDelivery.note": "",
    "NoteNews.note": "out_of_scope",
    "NoteNews.template": "not_continued",
    "NewsNoted.note": "out_of_scope",
    "NewsNoted.template": "not_continued",
    "MergeCase.case_id": OLD_CASE,
    "CaseMerged.case_id": OLD_CASE,
    "MergeFinished.case_id": OLD_CASE,
    "FinishMerge.case_id": OLD_CASE,
    "OfficerIdentity.name": "Petugas Contoh",
    "PartnerIdentity.name": "KIM Kecapi",
    **{f"PartnerPapers.{name}": value for name, value in PAPERS.items()},
    **{f"SheetSaid.{name}": value for name, value in SHEET.items()},
    **{f"PartnerFileRead.{name}": value for name, value in SHEET.items()},
    "PartnerImportMapped.fields": ("name", "village", "phone"),
    "PartnerImportStarted.by": AUTHOR,
    "PartnerImportRun.by": AUTHOR,
    "PartnerFileRead.failure": "",
    "PartnerFileRead.rows": 140,
    "RecordPartnerFile.failure": "",
    "RecordPartnerFile.rows": 140,
    "StartPartnerImport.file_name": "kim-2026.xlsx",
    "PartnerImportStarted.file_name": "kim-2026.xlsx",
    "MapPartnerImport.fields": "name\nvillage\nphone",
    "MapPartnerImport.kind": "community_group",
    "PartnerImportMapped.kind": "community_group",
    "RecordPartnerCheck.upto": 140,
    "RecordPartnerCheck.finished": True,
    "RecordPartnerCheck.tally": JUDGED,
    "PartnerImportChecked.upto": 140,
    "PartnerImportChecked.finished": True,
    "PartnerImportChecked.tally": JUDGED,
    "AdvancePartnerImport.upto": 140,
    "AdvancePartnerImport.finished": True,
    "AdvancePartnerImport.failure": "",
    "AdvancePartnerImport.tally": {**JUDGED, "refused": 0, "passed": 4},
    "PartnerImportAdvanced.upto": 140,
    "PartnerImportAdvanced.finished": True,
    "PartnerImportAdvanced.failure": "",
    "PartnerImportAdvanced.tally": {**JUDGED, "refused": 0, "passed": 4},
    "EnterPartner.kind": "community_group",
    "EnterPartner.accounts": ACCOUNT["url"],
    "PartnerEntered.kind": "community_group",
    "DescribePartner.kind": "community_group",
    "DescribePartner.reason": "Pengurus baru menurut SK",
    "PartnerDescribed.kind": "community_group",
    "MergePartner.into": OTHER_PARTNER,
    "PartnerMergeBegun.into": OTHER_PARTNER,
    "PartnerMerged.into": OTHER_PARTNER,
    "PartnerMergeDropped.into": OTHER_PARTNER,
    "PartnerUnmergeBegun.into": OTHER_PARTNER,
    "PartnerUnmerged.into": OTHER_PARTNER,
    "PartnerUnmergeDropped.into": OTHER_PARTNER,
    "AbsorbPartner.absorbed": OTHER_PARTNER,
    "PartnerAbsorbed.absorbed": OTHER_PARTNER,
    "AbsorptionDeclined.absorbed": OTHER_PARTNER,
    "ReleasePartner.absorbed": OTHER_PARTNER,
    "PartnerReleased.absorbed": OTHER_PARTNER,
    "ReleaseDeclined.absorbed": OTHER_PARTNER,
    "MergePartner.reason": "Kelompok yang sama, terdaftar dua kali",
    "PartnerMergeBegun.reason": "Kelompok yang sama, terdaftar dua kali",
    "UnmergePartner.reason": "Ternyata dua kelompok",
    "PartnerUnmergeBegun.reason": "Ternyata dua kelompok",
    "TellApart.reason": "Ayah dan anak",
    "PartnersToldApart.reason": "Ayah dan anak",
    "PartnerAbsorbed.accounts": [TAKEN_ACCOUNT],
    "PartnerReleased.accounts": [TAKEN_ACCOUNT],
    "PartnerAbsorbed.changed": ("chair", "contacts"),
    "PartnerMerged.previous": "active",
    "PartnerUnmerged.state": "active",
    "PartnerMerged.at": MORNING,
    "EndMerge.done": True,
    "EndUnmerge.done": True,
    "held_by": OTHER_PARTNER,
    "TellApart.other": OTHER_PARTNER,
    "PartnersToldApart.other": OTHER_PARTNER,
    "taken": TAKEN,
    "PartnerDescribed.reason": "Pengurus baru menurut SK",
    "PartnerRegistered.kind": "community_group",
    "RegisterPartner.kind": "community_group",
    "PartnerStateChanged.reason": "",
    "PartnerStateChanged.due_at": None,
    "PartnerStateChanged.papers": (),
    "PartnerTermNearing.until": "2026-08-31",
    "RenewTerm.reason": "SK baru",
    "TermRenewed.reason": "SK baru",
    "ActivationProposed.reason": "Semua berkas benar.",
    "DecideVerification.outcome": "pass",
    "DecideVerification.reason": "Semua berkas benar.",
    "SettleAppeal.reason": "SK asli ditunjukkan.",
    "AppealText.text": "SK yang benar sudah kami bawa.",
    "RejectionAppealed.text": "SK yang benar sudah kami bawa.",
    "PaperNote.note": "SK belum bertanda tangan.",
    "PaperChecked.note": "SK belum bertanda tangan.",
    "VisitDetails.note": "Papan nama terpasang.",
    "VisitDetails.place": "Balai RW 04 Kecapi",
    "PartnerVisited.details": {"place": "Balai RW 04 Kecapi", "person": "Siti Aminah"},
    "VisitDetails.person": "Siti Aminah",
    "SetPartnerState.reason": "",
    "PlanDelivery.assignment_id": None,
    "DeliveryPlanned.assignment_id": None,
    "PlaceReport.placement": None,
    "PlaceReport.out_of": None,
    "PlaceReport.into": None,
    "UnlinkReport.gathered_into": None,
    "ReportUnlinked.gathered_into": None,
    "ReportMatched.gathered": False,
    "PlacingPutOff.ask_again_at": NOON,
    "RecordConfirmation.text": "Tidak ada zat pembersih. Pipa hanya dibilas dengan air bersih selama dua jam.",
    "SourceConfirmed.text": "Tidak ada zat pembersih. Pipa hanya dibilas dengan air bersih selama dua jam.",
    "ReportAnswered.outcome": "clarified",
    "ReportMatched.clarification_id": None,
    "ReportMoved.previous_case_id": OLD_CASE,
    "ReportReceived.forwarded_often": True,
    "ReportMatched.forwarded_often": True,
    "SubmitReport.forwarded_often": True,
    "SubmitReport.partner_id": None,
    "ReportReceived.partner_id": None,
    "ReportsLinked.clarification_id": None,
    "ReviewRequested.number": 1,
    "SubjectLinked.clarification_id": None,
    "RefuseByHand.reason": "wrong_number",
    "RefusedByHand.reason": "wrong_number",
    "RefusedByHand.channel": "whatsapp_manual",
    "SuppressDelivery.reason": "unsubscribed",
    "SuppressionSettled.recipient": PARTNER,
    "SettleSuppression.recipient": PARTNER,
    "UnlinkReport.report_id": OTHER_REPORT,
    "ReportUnlinked.report_id": OTHER_REPORT,
    "Unsubscribe.recipient": PARTNER,
    "Unsubscribe.recipient_kind": "partner",
    "Unsubscribe.reason": "unsubscribed",
    "Unsubscribe.delivery_id": None,
    "Unsubscribed.reason": "unsubscribed",
    "Unsubscribed.delivery_id": None,
    "Unsubscribed.recipient": PARTNER,
    "Unsubscribed.recipient_kind": "partner",
    "VerdictApproved.number": 1,
    "MessageContent.text": "Saya menerima kabar yang sama lagi pagi ini.",
}

PUBLIC = frozenset(
    {"reports.submit-report.v1", "reports.add-message.v1", "reports.reject-match.v1", "reports.rate-answer.v1",
     "reports.withdraw-report.v1", "reports.count-demand.v1", "reports.count-known-demand.v1",
     "notify.follow-subject.v1", "notify.stop-following.v1"}
)  # fmt: skip
"""Commands of people who have not logged in: without an actor."""


@dataclass(frozen=True)
class Example:
    """A message as it lies in Kafka; `private` is what was typed, before it was sealed."""

    topic: str
    key: str
    envelope: Envelope
    message: Message
    private: Sealable | None = None

    @property
    def published(self) -> dict[str, Any]:
        """The body; an event's private fields stay in its history."""
        hidden = self.message.private if isinstance(self.message, Event) else frozenset()
        return self.message.model_dump(mode="json", exclude=set(hidden) | _without_value(self.message))


def _without_value(message: Message) -> set[str]:
    """Optional fields of the command base that this command does not use."""
    return {"sealed"} if isinstance(message, Command) and message.private is None else set()


def values_of(cls: type[Any]) -> dict[str, Any]:
    """Raises:
    KeyError: a field has no example yet; give it one in `WORDS`.
    """
    return {name: WORDS.get(f"{cls.__name__}.{name}", WORDS.get(name, WORDS)) for name in cls.model_fields}


def missing_words(cls: type[Any]) -> list[str]:
    return [f"{cls.__name__}.{name}" for name, value in values_of(cls).items() if value is WORDS]


def command_example(cls: type[Command]) -> Example:
    private = cls.private.model_validate(values_of(cls.private)) if cls.private else None
    values = {name: value for name, value in values_of(cls).items() if value is not WORDS}
    if private is not None:
        values["sealed"] = SEALED
    message = cls.model_validate(values)
    envelope = _envelope(
        cls.type_name,
        subject=message.target,
        source="/simpul/gateway",
        actor=None if cls.type_name in PUBLIC else Actor(AUTHOR, ("verifier", "editor")),
        signed_by="gateway",
        key_id="k1",
        signature=bytes.fromhex("d1" * 32),
    )
    key = f"{TENANT}/" + ("" if cls.keyed_by_tenant else message.target)
    return Example(mailbox(owner_of(cls.type_name), cls.mailbox), key, envelope, message, private)


def event_example(cls: type[Event]) -> Example:
    message = cls.model_validate(values_of(cls))
    subject = _subject(cls, message)
    envelope = _envelope(
        cls.type_name,
        subject=subject,
        source=f"/simpul/{owner_of(cls.type_name)}",
        actor=Actor(AUTHOR, ("verifier", "editor")),
        causation_id=UUID(made(f"cause of {cls.type_name}")),
        sequence=1,
    )
    return Example(journal(owner_of(cls.type_name)), f"{TENANT}/{subject}", envelope, message)


def _subject(cls: type[Event], message: Event) -> str:
    """Id of the aggregate that the event happened to: where its commands find it."""
    fields = [c.target_field for c in COMMANDS.values() if c.aggregate == cls.aggregate]
    return str(next((getattr(message, name) for name in fields if name in cls.model_fields), REPORT))


def _envelope(type_name: str, **more: Any) -> Envelope:
    return Envelope(
        id=UUID(made(type_name)),
        type=type_name,
        time=NOON,
        tenant=TENANT,
        correlation_id=made("correlation"),
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        **more,
    )


def commands() -> dict[str, Example]:
    return {name: command_example(cls) for name, cls in sorted(COMMANDS.items())}


def events() -> dict[str, Example]:
    return {name: event_example(cls) for name, cls in sorted(EVENTS.items())}


@dataclass(frozen=True)
class RecordExample:
    topic: str
    key: str
    record: Any


def records() -> dict[str, RecordExample]:
    tenant = TenantRecord(
        version=1, id=TENANT, slug="kota-cirebon", old_slugs=("cirebon",), region_code="32.74", prefix="CRB",
        branding=WORDS["branding"], settings=WORDS["settings"],
    )  # fmt: skip
    agency = AgencyRecord(version=1, id=made("agency"), tenant=TENANT, name="Dinas Kesehatan")
    officer = OfficerRecord(version=3, id=AUTHOR, tenant=TENANT, roles=("verifier", "editor"), superior=APPROVER)
    partner = PartnerRecord(
        version=2, id=PARTNER, tenant=TENANT, partner_kind="community_group", state="active", area="32.74.02.1004",
        run_by_office=False, accounts=("instagram:kim.kecapi",),
    )  # fmt: skip
    contact = ContactRecord(version=2, tenant=TENANT, partner_id=PARTNER, channels=("email",), sealed=SEALED)
    listed = {
        f"{DIRECTORY}/{record.kind}": RecordExample(DIRECTORY, directory_key(TENANT, record.kind, record.id), record)
        for record in (tenant, agency, officer, partner)
    }
    return {**listed, f"{CONTACTS}/partner": RecordExample(CONTACTS, f"{TENANT}/{PARTNER}", contact)}
