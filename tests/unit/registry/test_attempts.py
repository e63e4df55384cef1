from services.registry.attempts import ALLOWED, ALLOWED_STRANGERS, counters


def of(*, client: str = "net", browser: str = "", known_browser: bool = False, known_client: bool = False) -> list[str]:
    found = counters(
        "o1/login", client=client, browser=browser, is_known_browser=known_browser, is_known_client=known_client
    )
    return [place for place, _ in found]


def test_a_stranger_counts_for_their_network_and_for_all_strangers() -> None:
    assert of(browser="b1") == ["o1/login/c/net", "o1/login"]


def test_a_browser_and_a_network_of_the_officer_count_apart_from_strangers() -> None:
    assert of(browser="b1", known_browser=True) == ["o1/login/b/b1"]
    assert of(known_client=True) == ["o1/login/c/net"]


def test_a_browser_of_another_officer_is_a_stranger() -> None:
    assert of(browser="b1", known_browser=False) == of()


def test_who_says_no_network_has_the_fewest_tries() -> None:
    assert counters("o1/login", client="", browser="", is_known_browser=False, is_known_client=False) == [
        ("o1/login", ALLOWED)
    ]


def test_strangers_together_have_more_tries_than_one_and_few() -> None:
    assert ALLOWED < ALLOWED_STRANGERS <= 50
