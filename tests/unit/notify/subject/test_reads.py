import pytest

from services.notify.subject.reads import masked


@pytest.mark.parametrize(
    ("address", "channel", "shown"),
    [
        ("siti.nurhasan@nusa.example", "email", "s…n@n…"),
        ("+6281200002012", "whatsapp_manual", "+62 8…12"),
        ("", "email", ""),
    ],
)
def test_an_address_is_shown_so_that_only_its_owner_knows_it(address: str, channel: str, shown: str) -> None:
    assert masked(address, channel) == shown
