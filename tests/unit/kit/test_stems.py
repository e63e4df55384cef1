from libs.kit.stems import Stems, is_root


class Counting:
    def __init__(self):
        self.asked = []

    def stem(self, word):
        self.asked.append(word)
        return word.removesuffix("nya")


def test_words_are_reduced_to_their_roots() -> None:
    stem = Stems()

    assert [stem(word) for word in ("memberikan", "pembagian", "disebarkan", "covid", "19")] == [
        "beri", "bagi", "sebar", "covid", "19",
    ]  # fmt: skip


def test_a_word_is_stemmed_once_and_remembered_in_the_file(tmp_path) -> None:
    file, first = tmp_path / "stems.json", Counting()
    stems = Stems(file, first)
    stems("rumahnya"), stems("rumahnya")
    stems.save()

    second = Counting()

    assert Stems(file, second)("rumahnya") == "rumah"
    assert (first.asked, second.asked) == (["rumahnya"], [])


def test_a_broken_file_costs_the_memory_and_nothing_else(tmp_path) -> None:
    file = tmp_path / "stems.json"
    file.write_text('{"rumahnya": ')

    assert Stems(file, Counting())("rumahnya") == "rumah"


def test_names_are_no_roots() -> None:
    assert is_root("bantu")
    assert not is_root("cirebon")
