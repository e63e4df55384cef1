import pytest

from libs.kit.visible import is_visible, without_invisible


@pytest.mark.parametrize(
    "text",
    [
        "", " \t\r\n\u00a0\u3000", "\u200b\u200c\u200d\u2060\ufeff", "\u3164", "\u115f\u1160\uffa0", "\u2800",
        "\u202e\u2066", "\u00ad",
        "\ufe0f\ufe00", "\U000e0041\U000e007f", "\u0301\u0302", "\u034f", "\u061c\u180e", "\ufffc", "\ue000", "\x07",
    ],
)  # fmt: skip
def test_a_text_without_anything_to_see_is_blank(text) -> None:
    assert not is_visible(text)


@pytest.mark.parametrize("text", ["a", "?", "👍", "é", "\u200bé", "ㅋ", "한", "⠓", "❤\ufe0f", "٣", "क्"])
def test_a_single_sign_is_seen(text) -> None:
    assert is_visible(text)


def test_what_takes_no_room_is_left_out_and_the_rest_stays() -> None:
    assert without_invisible("ban\u200bk\u00ad ca\u0301fé\u202e\n👍\ufe0f") == "bank ca\u0301fé\n👍"
