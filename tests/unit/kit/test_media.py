"""Voice notes, videos and PDFs as strangers send them, hostile ones among them."""

import os
import shutil
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from libs.kit import media
from libs.kit.media import Kind, MediaRefused, container, take
from libs.kit.media_child import LARGEST_OUTPUT, is_active
from tests.unit.kit import recordings
from tests.unit.kit.recordings import CANARY, needs_ffmpeg, needs_poppler


def code_of(data: bytes) -> str:
    with pytest.raises(MediaRefused) as refused:
        take(data)
    return refused.value.code


def seen(jpeg: bytes) -> Image.Image:
    return Image.open(BytesIO(jpeg), formats=("JPEG",))


@needs_ffmpeg
@pytest.mark.parametrize(
    ("made", "media_type"), [(recordings.a_voice_note, "audio/ogg"), (recordings.an_m4a, "audio/mp4")]
)
def test_a_voice_note_is_kept_to_be_heard_without_what_its_recorder_wrote(
    made: Callable[[], bytes], media_type: str
) -> None:
    given = made()
    assert CANARY.encode() in given

    found = take(given)

    assert (found.kind, found.media_type, found.preview) == (Kind.VOICE, media_type, b"")
    assert found.duration_seconds in (3, 4)
    assert CANARY.encode() not in found.data
    assert take(found.data).duration_seconds == found.duration_seconds


@needs_ffmpeg
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_video_has_a_still_of_its_first_moment_that_is_not_black(codec: str) -> None:
    given = recordings.a_video(codec=codec)
    assert CANARY.encode() in given

    found = take(given)

    assert (found.kind, found.media_type) == (Kind.VIDEO, "video/mp4")
    assert (found.width, found.height, found.duration_seconds) == (320, 240, 3)
    assert CANARY.encode() not in found.data
    assert b"x264 - core" not in found.data
    assert max(seen(found.preview).convert("L").tobytes()) > 150


@needs_poppler
def test_a_pdf_is_seen_as_a_picture_of_its_first_page() -> None:
    given = recordings.a_pdf(pages=3)

    found = take(given)

    assert (found.kind, found.media_type, found.pages) == (Kind.PDF, "image/jpeg", 3)
    assert found.data == found.preview
    assert seen(found.data).size == (1200, 1600)
    assert CANARY.encode() not in found.data


@pytest.mark.parametrize(
    "data",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + b"0" * 40,
        b"PK\x03\x04" + b"0" * 40,
        b"\x00\x00\x00\x18ftypheic" + b"0" * 40,
        b"\x00\x00\x00\x14ftypqt  " + b"0" * 40,
        b"#EXTM3U\nhttp://10.0.0.1/a.ts\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"\n\n%PDF-1.4",
        b"OggS" + b"\0" * 24 + b"\x01vorbis",
        b"",
    ],
)
def test_what_is_none_by_its_first_bytes_is_none(data: bytes) -> None:
    assert container(data) is None


@needs_ffmpeg
@pytest.mark.parametrize(
    "behind",
    [
        b"<html><script>alert(1)</script></html>" * 50,
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
@pytest.mark.parametrize("head", [b"\x00\x00\x00\x18ftypisom\0\0\2\0isommp41", b"OggS" + b"\0" * 24 + b"OpusHead"])
def test_a_page_or_a_playlist_that_begins_like_a_recording_is_none(head: bytes, behind: bytes) -> None:
    assert code_of(head + behind) == "media_broken"


@needs_ffmpeg
def test_an_mp4_that_was_cut_off_or_damaged_is_refused() -> None:
    given = recordings.a_video()
    media_at = given.index(b"mdat") + 8

    assert code_of(given[: len(given) // 3]) == "media_broken"
    assert code_of(given[:media_at] + bytes(len(given) - media_at)) == "media_broken"


@needs_ffmpeg
def test_an_archive_behind_a_video_is_not_in_its_copy() -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("Main.class", "x" * 1000)

    found = take(recordings.a_video() + archive.getvalue())

    assert b"PK\x03\x04" not in found.data


@needs_ffmpeg
def test_sound_and_pictures_of_other_kinds_are_refused() -> None:
    loud = recordings.ffmpeg("mp4", *recordings.TONE, "-t", "1", "-c:a", "libmp3lame")
    old = recordings.ffmpeg("mp4", "-f", "lavfi", "-i", "testsrc=d=1:s=160x120:r=5", "-c:v", "mpeg4")

    assert code_of(loud) == "media_codec_not_allowed"
    assert code_of(old) == "media_codec_not_allowed"


@needs_ffmpeg
def test_what_lasts_longer_than_ten_minutes_is_refused() -> None:
    assert code_of(recordings.a_voice_note(seconds=605)) == "media_too_long"


def test_what_is_larger_than_the_limit_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "_child", None)

    assert code_of(b"%PDF-" + bytes(media.LARGEST_BYTES)) == "media_too_large"


@needs_poppler
def test_a_pdf_of_many_pages_is_refused() -> None:
    assert code_of(recordings.a_pdf(pages=51)) == "pdf_too_many_pages"


@pytest.mark.parametrize(
    "given",
    [
        recordings.a_hand_made_pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
        recordings.a_hand_made_pdf(b"/OpenAction << /S /J#61vaScript /J#53 (app.alert(1)) >>"),
        recordings.a_hand_made_pdf(b"/OpenAction << /S /Launch /F (cmd.exe) >>"),
        recordings.a_hand_made_pdf(b"/Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >>", b"<< /Type /Filespec >>"),
        recordings.a_hand_made_pdf(b"/AcroForm 4 0 R", b"<< /XFA (x) /Fields [] >>"),
        recordings.a_hand_made_pdf(
            b"/OpenAction 5 0 R", recordings.a_stream_of_objects(b"5 0 << /S /JavaScript /JS (app.alert(1)) >>")
        ),
    ],
)
def test_a_pdf_that_does_something_or_carries_files_is_refused(given: bytes) -> None:
    assert code_of(given) == "pdf_active"


def test_letters_in_a_stream_of_pixels_are_no_script() -> None:
    pixels = b"<< /Length 20 >>\nstream\n12345 /JS (x) 123456\nendstream"

    assert not is_active(recordings.a_hand_made_pdf(b"", pixels))


def test_objects_that_grow_beyond_measure_are_a_bomb() -> None:
    grown = recordings.a_stream_of_objects(b" " * (40 << 20))

    assert code_of(recordings.a_hand_made_pdf(b"", grown)) == "media_bomb"


@needs_poppler
def test_a_page_of_html_that_begins_like_a_pdf_is_broken() -> None:
    assert code_of(b"%PDF-1.7\n<html><script>alert(1)</script></html>") == "media_broken"


@needs_poppler
def test_a_locked_pdf_is_refused_and_named() -> None:
    locked = b"<< /Filter /Standard /V 1 /R 2 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> /P -4 >>"
    given = recordings.a_hand_made_pdf(b"", locked)
    given = given.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 4 0 R /ID [<00> <00>]")

    assert code_of(given) == "pdf_locked"


@pytest.mark.parametrize(
    ("data", "kind", "media_type"),
    [
        (b"OggS" + b"\0" * 24 + b"OpusHead", Kind.VOICE, "audio/ogg"),
        (b"\x00\x00\x00\x18ftypM4A \0\0\0\0", Kind.VOICE, "audio/mp4"),
        (b"\x00\x00\x00\x18ftypisom\0\0\0\0", Kind.VIDEO, "video/mp4"),
        (recordings.a_hand_made_pdf(), Kind.PDF, "application/pdf"),
    ],
)
def test_where_no_program_reads_it_it_is_known_by_its_first_bytes_and_has_no_copy(
    monkeypatch: pytest.MonkeyPatch, data: bytes, kind: Kind, media_type: str
) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)

    found = take(data)

    assert (found.kind, found.media_type, found.data, found.preview) == (kind, media_type, b"", b"")


def test_a_program_has_neither_more_memory_nor_more_output_than_it_may() -> None:
    with media._memory(b"") as out:
        with pytest.raises(MediaRefused):
            media._run(("cp", "/dev/zero", f"/proc/self/fd/{out}"), b"x", passing=(out,))
        assert os.fstat(out).st_size == LARGEST_OUTPUT
    with pytest.raises(MediaRefused):
        media._run(("python3", "-c", "b'x' * (3 << 30)"), b"x")
