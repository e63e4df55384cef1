"""Files of questions as others give them: what is missing, empty or unknown stops nothing."""

import json
import shutil

import pytest
from PIL import Image, ImageDraw, ImageFont

from libs.kit.stems import Stems
from services.reports.matching.engine import Matcher
from tests.bench.matching import match_eval, pairs_eval
from tests.bench.matching.asked import fill, queries

SCHOOL = "SDN Mekarwangi III akan digusur untuk lahan parkir pasar"
BRIDGE = "Jembatan Ciwulan ditutup mulai Senin pagi untuk semua kendaraan"


def written(folder, name, *rows):
    file = folder / name
    file.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return file


def read(file):
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_questions_are_answered_from_any_file_of_the_shape(tmp_path) -> None:
    archive = written(
        tmp_path,
        "archive.jsonl",
        {"id": 7, "url": "https://contoh.id", "title_clean": SCHOOL, "open_reports": [f"Katanya {SCHOOL}, benar min?"]},
        {"id": "b", "title_clean": BRIDGE, "linked_reports": ["Ini benar tidak ya?"], "more": {"un": "known"}},
        {"id": "empty", "title_clean": ""},
        {"title_clean": "tanpa nomor"},
        "no json",
        "",
    )
    asked = written(
        tmp_path,
        "queries.jsonl",
        {"query_id": 1, "report_text": f"min, {SCHOOL} ya?", "urls": ["https://contoh.id/a", None]},
        {"report_id": "other school", "report_text": SCHOOL.replace("III", "I"), "clarification_id": "7"},
        {"query_id": "excluded", "report_text": SCHOOL, "exclude": [7]},
        {"query_id": "nothing", "report_text": None},
        {"query_id": "question", "report_text": "Ini benar tidak ya?"},
        {"query_id": 1, "report_text": "again"},
        {"report_text": "no id"},
        [1],
    )

    match_eval.main(archive, asked, tmp_path / "deep" / "out.jsonl")

    answers = {row["query_id"]: row for row in read(tmp_path / "deep" / "out.jsonl")}
    assert {id: row["decision"] for id, row in answers.items() if id != "excluded"} == {
        1: "match", "other school": "suggest", "nothing": "none", "question": "none",
    }  # fmt: skip
    assert 7 not in answers["excluded"]["ranked"]
    assert answers[1]["ranked"][0] == 7
    assert answers[1]["ms"] > 0


def test_only_answers_are_ranked_and_decided_on(tmp_path) -> None:
    matcher = Matcher(stems=Stems())
    ids = fill(matcher, [{"id": "a", "title_clean": BRIDGE, "open_reports": [SCHOOL]}])
    (query,) = queries(written(tmp_path, "q.jsonl", {"query_id": "q", "report_text": SCHOOL}))

    answer = match_eval.answered(matcher, query, ids)

    assert answer["decision"] != "match"
    assert answer["ranked"] == ["a"]
    assert answer["joins"]


def test_words_of_a_picture_count_as_text(tmp_path) -> None:
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not here")
    drawn = Image.new("RGB", (1_200, 200), "white")
    font = ImageFont.load_default(36)
    ImageDraw.Draw(drawn).text((20, 60), SCHOOL, fill="black", font=font)
    drawn.save(tmp_path / "chat.png")
    (tmp_path / "broken.png").write_text("no picture")
    asked = written(
        tmp_path,
        "q.jsonl",
        {"query_id": "picture", "report_text": "ini benar min?", "picture": "chat.png"},
        {"query_id": "broken", "report_text": "ini benar min?", "picture": "broken.png"},
        {"query_id": "missing", "report_text": SCHOOL, "picture": "missing.png"},
    )

    found = {query.id: query.text for query in queries(asked)}

    assert SCHOOL in found["picture"]
    assert found["broken"] == "ini benar min?"
    assert found["missing"] == SCHOOL


def test_a_body_is_searched_and_a_publisher_changes_nothing(tmp_path) -> None:
    archive = written(
        tmp_path,
        "archive.jsonl",
        {
            "id": "a",
            "title_clean": "Kabar lama beredar lagi",
            "body": f"Isi pesan: {SCHOOL}.",
            "publisher": "Cek Kabar",
        },
        {"id": "b", "title_clean": BRIDGE, "fact": "Jembatan tetap dibuka.", "publisher": None},
    )
    asked = written(tmp_path, "q.jsonl", {"query_id": "q", "report_text": f"min, {SCHOOL} ya?"})

    match_eval.main(archive, asked, tmp_path / "out.jsonl")

    (answer,) = read(tmp_path / "out.jsonl")
    assert (answer["ranked"][0], answer["decision"]) == ("a", "suggest")


def test_pairs_are_told_apart_from_any_file_of_the_shape(tmp_path) -> None:
    pairs = written(
        tmp_path,
        "pairs.jsonl",
        {"pair_id": 1, "text1": SCHOOL, "text2": f"{SCHOOL}!!!", "label": "same_claim"},
        {"pair_id": "2", "text1": SCHOOL, "text2": SCHOOL.replace("III", "II")},
        {"pair_id": "3", "text1": "", "title1": 5},
        {"text1": SCHOOL},
    )

    pairs_eval.main(pairs, tmp_path / "out.jsonl")

    relations = {row["pair_id"]: row["relation"] for row in read(tmp_path / "out.jsonl")}
    assert relations[1] == "same"
    assert relations["2"] == "template"
    assert relations["3"] == "different"
