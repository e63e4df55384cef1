import pytest

from services.gateway.access.limits import Bucket, FairShare, TooMany, client_of


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def taken(limit: Bucket | FairShare, who: str, times: int) -> int:
    count = 0
    for _ in range(times):
        try:
            limit.take(who)
        except TooMany:
            continue
        count += 1
    return count


def test_a_client_has_a_burst_and_then_its_rate() -> None:
    clock = Clock()
    bucket = Bucket(per_minute=60, burst=5, clock=clock)

    assert taken(bucket, "a", 10) == 5
    clock.now += 3
    assert taken(bucket, "a", 10) == 3


def test_a_refusal_says_when_to_come_again_and_costs_nothing() -> None:
    clock = Clock()
    bucket = Bucket(per_minute=6, burst=1, clock=clock)
    bucket.take("a")
    with pytest.raises(TooMany) as refused:
        bucket.take("a")

    clock.now += refused.value.retry_after

    bucket.take("a")


def test_one_client_does_not_use_up_the_rate_of_another() -> None:
    bucket = Bucket(per_minute=60, burst=2, clock=Clock())
    taken(bucket, "a", 100)

    assert taken(bucket, "b", 2) == 2


def test_a_busy_office_cannot_take_the_share_of_a_quiet_one() -> None:
    clock = Clock()
    shares = FairShare(capacity=10, clock=clock)
    taken(shares, "quiet", 1)

    assert taken(shares, "noisy", 100) == 9
    assert taken(shares, "quiet", 3) == 3
    assert taken(shares, "third", 3) == 3


def test_an_office_alone_may_use_everything_and_starts_anew_each_second() -> None:
    clock = Clock()
    shares = FairShare(capacity=10, clock=clock)

    assert taken(shares, "a", 100) == 10
    clock.now += 1
    assert taken(shares, "a", 100) == 10


@pytest.mark.parametrize(
    ("peer", "headers", "proxies", "client"),
    [
        ("203.0.113.9", ["198.51.100.1"], 0, "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], 1, "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1"], 1, "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.1"], 1, "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1", "10.0.0.2"], 2, "198.51.100.1"),
        ("10.0.0.1", [], 1, "10.0.0.1"),
        ("10.0.0.1", ["", " , "], 1, "10.0.0.1"),
        ("10.0.0.1", ["not an address"], 1, "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1:51234"], 1, "198.51.100.1"),
        ("10.0.0.1", ["2001:db8:1:2::9"], 1, "2001:db8:1:2::/64"),
        ("10.0.0.1", ["[2001:db8:1:2::9]:443"], 1, "2001:db8:1:2::/64"),
        ("10.0.0.1", ["9" * 10_000], 1, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", [], 0, "2001:db8:1:2::/64"),
        ("fe80::1%eth0", [], 0, "fe80::/64"),
        ("::ffff:203.0.113.9", [], 0, "203.0.113.9"),
        ("", [], 0, ""),
    ],
)
def test_the_client_is_the_nearest_that_our_own_proxies_have_seen(
    peer: str, headers: list[str], proxies: int, client: str
) -> None:
    assert client_of(peer, headers, trusted_proxies=proxies) == client


def test_addresses_of_one_network_share_a_bucket() -> None:
    one = client_of("2001:db8:1:2::1", (), trusted_proxies=0)
    other = client_of("2001:db8:1:2:ffff::9", (), trusted_proxies=0)

    assert one == other
