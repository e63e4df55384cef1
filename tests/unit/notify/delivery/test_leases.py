from services.notify.delivery.leases import in_turn


def test_a_large_campaign_of_one_office_delays_no_other() -> None:
    large, small = [{"_id": f"a/{n}"} for n in range(4)], [{"_id": "b/0"}]

    assert [d["_id"] for d in in_turn([large, small])] == ["a/0", "b/0", "a/1", "a/2", "a/3"]
