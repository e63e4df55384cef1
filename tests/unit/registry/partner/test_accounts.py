import pytest

from libs.runtime.errors import Refused
from services.registry.partner.accounts import LONGEST_KEY, canonical
from tests.unit.registry.builders import account


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.facebook.com/kim.contoh/", "facebook:profile:kimcontoh"),
        ("instagram.com/Kim.Contoh?igsh=x", "instagram:profile:kim.contoh"),
        ("https://t.me/kimcontoh", "telegram:profile:kimcontoh"),
        ("https://www.threads.net/@kim.contoh", "threads:profile:kim.contoh"),
        ("https://www.tiktok.com/@kim.contoh?_t=1", "tiktok:profile:kim.contoh"),
        ("https://twitter.com/kim_contoh", "x:profile:kim_contoh"),
        ("https://www.youtube.com/@kim.contoh/videos", "youtube:profile:kim.contoh"),
        ("https://kabar.example/redaksi/", "web:page:kabar.example/redaksi"),
    ],
)
def test_an_account_is_known_by_its_address(url: str, key: str) -> None:
    assert canonical(account(url)).identity_key == key


def test_a_key_fits_into_a_header_whatever_the_handle() -> None:
    key = canonical(account("https://www.youtube.com/@kabär")).identity_key

    assert key.isascii()
    assert key == "youtube:profile:kab%c3%a4r"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bukan alamat",
        "ftp://kabar.example/",
        "https://vt.tiktok.com/ZSabc/",
        "https://www.tiktok.com/@kim/video/7300000000000000000",
        f"https://kabar.example/{'a' * LONGEST_KEY}",
    ],
)
def test_what_is_not_an_account_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="accounts"):
        canonical(account(url))


@pytest.mark.parametrize("carried", ["http%3A%2F%2F169.254.169.254%2F", "https%3A%2F%2Ffacebook.com.masuk.xyz%2Fkabar"])
def test_an_account_is_not_taken_from_a_redirect_to_where_none_may_be(carried: str) -> None:
    with pytest.raises(Refused):
        canonical(account(f"https://l.facebook.com/l.php?u={carried}"))
