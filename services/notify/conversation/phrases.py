"""What the office says in a chat, in two languages. Values are ready texts."""

from collections.abc import Sequence

from libs.contracts.reports.parts import Why
from libs.contracts.reports.reads import Difference, KnownMatch, MatchAnswer
from libs.kit import signs
from services.notify.letters import language_of, sentence, verdict

_SAID = {
    "id": {
        "greeting": (
            "Halo, ini {office}. Ragu dengan kabar yang Anda terima? Kirim teks, tautan, atau gambarnya ke sini. "
            "Tidak ada yang dikirim ke petugas sebelum Anda membalas KIRIM. Tutup nama dan nomor orang lain. "
            "(For English, reply ENGLISH.)"
        ),
        "got": "Sudah kami baca: {what}.",
        "nothing_known": "Belum ada jawaban kami yang cocok.",
        "not_checked": "Pencocokan dengan jawaban yang ada dilewati, karena sedang tidak dapat dipakai.",
        "how_to_send": (
            "Balas KIRIM untuk mengirimnya ke petugas; alamat ini dipakai hanya untuk mengabari laporan ini, "
            "disimpan terkunci. Atau tambah teks dan gambar, atau balas BATAL. Belum ada yang dikirim."
        ),
        "how_to_add": "Balas TAMBAH bila ini untuk laporan Anda {number}.",
        "maybe_known": "Mungkin ini sudah kami jawab. Perhatikan bedanya.",
        "claims_known": "Pesan ini memuat beberapa klaim. Ini jawaban yang sudah ada.",
        "of_claim": "Tentang “{claim}”:",
        "rest": "Bila ada yang belum terjawab, petugas memeriksanya.",
        "number_it": "Balas angkanya bila itu yang Anda terima.",
        "counted": "Tercatat: {fact} Baca bersama sumbernya: {link}",
        "counted_by": "Tercatat. Dijawab oleh {publisher}: {fact} Baca: {link}",
        "is_it_one": "Balas YA bila ini yang Anda terima, BUKAN bila bukan.",
        "is_it_one_of": "Balas angkanya bila itu yang Anda terima, BUKAN bila tidak ada.",
        "which": "Yang mana? Balas angkanya: {numbers}. Atau BUKAN.",
        "known": "{fact} Baca bersama sumbernya: {link} Tidak ada laporan yang dikirim.",
        "known_by": "Dijawab oleh {publisher}: {fact} Baca: {link} Tidak ada laporan yang dikirim.",
        "not_known": "Baik, bukan itu.",
        "sent": (
            "Laporan tersimpan. Nomor {number}. Simpan kode ini: {code}. Jawabannya kami kirim ke sini. "
            "Lihat laporan: {link}"
        ),
        "not_taken": "Laporan ini tidak dapat diterima. Buat laporan di {link}",
        "added": "Sudah ditambahkan ke laporan {number}.",
        "being_added": "Tambahan untuk laporan {number} sudah kami terima dan sedang dicatat.",
        "not_added": "Ini tidak dapat ditambahkan ke laporan {number}.",
        "nothing_to_send": "Belum ada yang dapat dikirim. Kirim dulu teks, tautan, atau gambarnya, lalu balas KIRIM.",
        "nothing_to_cancel": "Tidak ada yang perlu dibatalkan; tidak ada yang dikirim.",
        "nothing_asked": "Kirim teks, tautan, atau gambar yang Anda ragukan.",
        "cancelled": "Dibatalkan. Kiriman ini tidak dikirim.",
        "sent_already": "Laporan {number} sudah terkirim dan tersimpan.",
        "how_to_withdraw": "Untuk mencabutnya, buka laporan itu dengan kodenya.",
        "how_to_begin": "Untuk laporan lain, kirim dulu teks, tautan, atau gambarnya, lalu balas KIRIM.",
        "stopped": "Baik. Kami tidak mengirim kabar laporan lagi ke sini.",
        "nothing_to_stop": "Tidak ada laporan dari sini yang sedang kami kabarkan.",
        "too_long": "Teks itu terlalu panjang ({length} huruf; batasnya {limit}). Kirim bagian yang memuat klaimnya.",
        "full": "Teks laporan ini sudah penuh (batasnya {limit} huruf); yang sesudahnya tidak ikut.",
        "too_many_files": "Hanya {limit} berkas per laporan; yang sesudahnya tidak ikut.",
        "file_unread": "Satu berkas tidak dapat dibuka atau terlalu besar. Kirim foto, rekaman suara, video, atau PDF.",
        "unkept": "Stiker, lokasi, dan kontak tidak kami terima di sini. Kirim teks, tautan, atau berkasnya.",
        "says_little": "Tulis satu kalimat tentang apa yang Anda terima.",
        "passed_over": "Terlalu banyak pesan sekaligus; sebagian tidak kami baca.",
        "unproven": (
            "Server surat kami tidak dapat memastikan bahwa surat ini benar dari alamat Anda, jadi tidak kami masukkan "
            "ke laporan yang sudah ada. Untuk menambah laporan Anda, buka laporan itu dengan nomor dan kodenya."
        ),
        "other_address": (
            "Surat ini membalas surat kami ke alamat lain, jadi tidak kami masukkan ke laporannya. Balas dari alamat "
            "yang kami surati, atau buka laporan itu dengan nomor dan kodenya."
        ),
        "message": (
            "Pesan petugas untuk laporan {number}:\n\n{text}\n\nUntuk menjawab, tulis di sini lalu balas TAMBAH. "
            "Semua pesan: {link}"
        ),
        "answer": "Jawaban untuk laporan {number}:\n\n{text}\n\nLihat laporan: {link}",
        "text": "teks",
        "file": "1 berkas",
        "files": "{count} berkas",
        "and": " dan ",
        "claim": "Klaim yang kami jawab: “{claim}”",
        "difference": "Beda: “{theirs}” pada kiriman Anda, “{ours}” pada jawaban kami.",
        "only_ours": "Beda: “{ours}” pada jawaban kami tidak ada pada kiriman Anda.",
        "only_theirs": "Beda: “{theirs}” pada kiriman Anda tidak ada pada jawaban kami.",
        "by": "Dijawab oleh {publisher}: {fact}",
        "their_claim": "Klaim yang mereka jawab: “{claim}”",
        "facts": "Faktanya: {fact} ({verdict})",
        "word_for_word": "Klaimnya sama kata demi kata",
        "nearly_all": "Hampir semua kata klaimnya ada",
        "most": "Sebagian besar kata klaimnya ada",
        "some": "Sebagian kata klaimnya ada",
        "little_said": "Hanya sedikit kata klaimnya ada",
        "told_before": "Mirip laporan yang sudah ada di sana",
        "but": "{same}, tetapi {other}.",
        "other_place": "tempatnya lain",
        "other_institution": "lembaganya lain",
        "other_amount": "jumlahnya lain",
        "other_date": "tanggalnya lain",
        "other_number": "angkanya lain",
        "other_name": "namanya lain",
        "other_polarity": "yang satu menyangkal",
        "other_time": "hari atau jamnya lain",
    },
    "en": {
        "greeting": (
            "Hello, this is {office}. In doubt about something you received? Send its text, link or picture here. "
            "Nothing goes to an officer before you reply SEND. Hide other people’s names and numbers. "
            "(Untuk Bahasa Indonesia, balas INDONESIA.)"
        ),
        "got": "We have read: {what}.",
        "nothing_known": "We have no answer that fits yet.",
        "not_checked": "We could not compare it with the answers there are just now.",
        "how_to_send": (
            "Reply SEND to pass it on to an officer; this address is used to tell you about this report only, and kept "
            "locked. Or add text and pictures, or reply CANCEL. Nothing has been sent yet."
        ),
        "how_to_add": "Reply ADD if this belongs to your report {number}.",
        "maybe_known": "We may have answered this already. Mind the difference.",
        "claims_known": "This message makes several claims. These are the answers there are.",
        "of_claim": "About “{claim}”:",
        "rest": "If anything is not answered, officers check it.",
        "number_it": "Reply its number if it is what you received.",
        "counted": "Noted: {fact} Read it with its sources: {link}",
        "counted_by": "Noted. Answered by {publisher}: {fact} Read it: {link}",
        "is_it_one": "Reply YES if it is what you received, NO if not.",
        "is_it_one_of": "Reply its number if it is what you received, NO if none is.",
        "which": "Which one? Reply its number: {numbers}. Or NO.",
        "known": "{fact} Read it with its sources: {link} No report was sent.",
        "known_by": "Answered by {publisher}: {fact} Read it: {link} No report was sent.",
        "not_known": "All right, not that one.",
        "sent": (
            "Your report is kept. Number {number}. Keep this code: {code}. We send the answer here. "
            "See the report: {link}"
        ),
        "not_taken": "This report cannot be taken. Make one at {link}",
        "added": "Added to report {number}.",
        "being_added": "We have what you add to report {number}; it is being recorded.",
        "not_added": "This cannot be added to report {number}.",
        "nothing_to_send": "There is nothing to send yet. Send the text, link or picture first, then reply SEND.",
        "nothing_to_cancel": "There is nothing to cancel; nothing was sent.",
        "nothing_asked": "Send the text, link or picture that you doubt.",
        "cancelled": "Cancelled. This was not sent.",
        "sent_already": "Report {number} was sent and is kept.",
        "how_to_withdraw": "To withdraw it, open the report with its code.",
        "how_to_begin": "For another report, send its text, link or picture first, then reply SEND.",
        "stopped": "All right. We send no more news of reports here.",
        "nothing_to_stop": "There is no report from here that we tell you about.",
        "too_long": "That text is too long ({length} characters; the limit is {limit}). Send the part with the claim.",
        "full": "The text of this report is full ({limit} characters); what came after is left out.",
        "too_many_files": "Only {limit} files a report; those after them are left out.",
        "file_unread": "One file could not be opened or is too large. Send a photo, a voice note, a video or a PDF.",
        "unkept": "We take no stickers, places or contacts here. Send the text, the link or the file.",
        "says_little": "Write one sentence about what you received.",
        "passed_over": "Too many messages at once; we did not read some of them.",
        "unproven": (
            "Our mail server could not make sure that this mail is really from your address, so we put it into no "
            "report that is there already. To add to your report, open it with its number and code."
        ),
        "other_address": (
            "This mail answers one that we sent to another address, so we did not put it into that report. Answer from "
            "the address that we wrote to, or open the report with its number and code."
        ),
        "message": (
            "A message of the office for report {number}:\n\n{text}\n\nTo answer, write here and then reply ADD. "
            "All messages: {link}"
        ),
        "answer": "The answer to report {number}:\n\n{text}\n\nSee the report: {link}",
        "text": "text",
        "file": "1 file",
        "files": "{count} files",
        "and": " and ",
        "claim": "The claim we answered: “{claim}”",
        "difference": "Difference: “{theirs}” in yours, “{ours}” in our answer.",
        "only_ours": "Difference: “{ours}” in our answer is not in yours.",
        "only_theirs": "Difference: “{theirs}” in yours is not in our answer.",
        "by": "Answered by {publisher}: {fact}",
        "their_claim": "The claim they answered: “{claim}”",
        "facts": "The facts: {fact} ({verdict})",
        "word_for_word": "It is the same claim word for word",
        "nearly_all": "Nearly all words of the claim are there",
        "most": "Most words of the claim are there",
        "some": "Some words of the claim are there",
        "little_said": "Only a few words of the claim are there",
        "told_before": "It is like a report that is there already",
        "but": "{same}, but {other}.",
        "other_place": "the place is another",
        "other_institution": "the institution is another",
        "other_amount": "the amount is another",
        "other_date": "the date is another",
        "other_number": "the number is another",
        "other_name": "the name is another",
        "other_polarity": "one denies it",
        "other_time": "the day or hour is another",
    },
}

_SAME = ("word_for_word", "nearly_all", "most", "some", "little_said", "told_before")
"""Reasons that are worded, the first one that holds."""
MOST_DIFFERENCES = 3
LONGEST_FACT, LONGEST_CLAIM, LONGEST_PART, LONGEST_QUOTE = 500, 300, 60, 100
SHORT_FACT, SHORT_CLAIM = 300, 180
"""Characters. Three answers must fit one message of 4,096, short ones with the claims that they are for; the whole
stands behind the link."""


def say(phrase: str, language: str, **values: object) -> str:
    """One phrase. What somebody wrote turns the direction of nothing around it."""
    closed = {name: signs.closed(value) if isinstance(value, str) else value for name, value in values.items()}
    return _SAID[language_of(language)][phrase].format(**closed)


def what(texts: int, files: int, language: str) -> str:
    """ "teks dan 2 berkas"."""
    parts = [say("text", language)] if texts else []
    if files:
        parts.append(say("file", language) if files == 1 else say("files", language, count=files))
    return say("and", language).join(parts)


def answer(found: MatchAnswer, language: str, *, link: str, of_claim: str = "") -> str:
    """A published answer that may fit: fact first, then where it parts from what was sent.

    Args:
        of_claim: of several, the one that it answers.
    """
    card = found.card
    longest_fact, longest_claim = (SHORT_FACT, SHORT_CLAIM) if of_claim else (LONGEST_FACT, LONGEST_CLAIM)
    word = verdict(card.verdict, language_of(language)).word
    lines = [
        *_about(of_claim, language),
        say("facts", language, fact=sentence(_cut(card.fact, longest_fact)), verdict=word),
        say("claim", language, claim=_cut(card.claim, longest_claim)),
        *why(found.reasons, language),
        *(_difference(d, language) for d in found.differences[:MOST_DIFFERENCES] if not d.same),
        link,
    ]
    return "\n".join(lines)


def answer_of_others(found: KnownMatch, language: str, *, of_claim: str = "") -> str:
    """Another publisher's, in their words and under their name."""
    card = found.card
    longest_fact, longest_claim = (SHORT_FACT, SHORT_CLAIM) if of_claim else (LONGEST_FACT, LONGEST_CLAIM)
    lines = [
        *_about(of_claim, language),
        say("by", language, publisher=card.publisher, fact=sentence(_cut(card.fact or card.label, longest_fact))),
        say("their_claim", language, claim=_cut(card.claim, longest_claim)),
        *why(found.reasons, language),
        *(_difference(d, language) for d in found.differences[:MOST_DIFFERENCES] if not d.same),
        card.url,
    ]
    return "\n".join(lines)


def _about(claim: str, language: str) -> list[str]:
    return [say("of_claim", language, claim=_cut(claim, LONGEST_QUOTE))] if claim else []


def why(reasons: Sequence[Why], language: str) -> list[str]:
    """One line, or none where nothing of what was measured is short to say."""
    told = {reason.spoken for reason in reasons}
    same = next((code for code in _SAME if code in told), None)
    if same is None:
        return []
    other = next((r.code for r in reasons if r.code.startswith("other_") and r.code in _SAID["id"]), None)
    if other is None:
        return [f"{say(same, language)}."]
    return [say("but", language, same=say(same, language), other=say(other, language))]


def _difference(found: Difference, language: str) -> str:
    phrase = "difference" if found.theirs and found.ours else "only_ours" if found.ours else "only_theirs"
    return say(phrase, language, theirs=_cut(found.theirs, LONGEST_PART), ours=_cut(found.ours, LONGEST_PART))


def _cut(text: str, most: int) -> str:
    whole = " ".join(text.split())
    return whole if len(whole) <= most else f"{whole[: most - 1].rstrip()}…"


def paragraphs(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part)
