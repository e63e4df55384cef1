from services.registry.addresses import Blinder


def test_two_spellings_of_one_address_are_equal() -> None:
    blind = Blinder([b"k" * 32])

    assert blind(" Rina@Contoh.example ") == blind("rina@contoh.example")


def test_two_addresses_and_two_keys_differ() -> None:
    blind = Blinder([b"k" * 32])

    assert blind("rina@contoh.example") != blind("rini@contoh.example")
    assert blind("rina@contoh.example") != Blinder([b"l" * 32])("rina@contoh.example")


def test_while_a_key_is_replaced_old_and_new_share_a_hash() -> None:
    before, during = Blinder([b"old" * 8]), Blinder([b"new" * 8, b"old" * 8])

    assert set(before("rina@contoh.example")) & set(during("rina@contoh.example"))


def test_a_hash_shows_nothing_of_the_address() -> None:
    (hashed,) = Blinder([b"k" * 32])("rina@contoh.example")

    assert len(hashed) == 64
    assert "rina" not in hashed
