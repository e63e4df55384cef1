"""Any merges, changes and ways back, told in any order and more than once: nobody is lost, nothing is there twice."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from libs.contracts.registry.merging import MergePartner, UnmergePartner
from libs.contracts.registry.partner import ContactPoint, SetPartnerState, VerifyAccount
from libs.contracts.registry.profile import PartnerPapers, Profile, lines_of
from libs.runtime.errors import NotFound, Refused
from services.registry.partner.profile import PlacedDescription
from services.registry.partner.state import ENDED
from tests.unit.registry.builders import account, partner_identity, register_partner
from tests.unit.registry.partner.merges import Registry

IDS = ("p-0", "p-1", "p-2", "p-3")
HANDLES = ("kim.satu", "kim.dua", "kim.tiga")
a_partner = st.sampled_from(IDS)
an_account = st.sampled_from([f"instagram:profile:{handle}" for handle in HANDLES])
lines = st.lists(st.sampled_from(("air", "sampah", "banjir", "jalan")), unique=True, max_size=3).map("\n".join)
words = st.sampled_from(("", "Pak Adi", "Bu Sari"))


def profiles() -> st.SearchStrategy[Profile]:
    return st.builds(
        Profile, topics=lines, decree_number=st.sampled_from(("", "1/2024", "2/2025")), members=st.integers(0, 2)
    )


def papers() -> st.SearchStrategy[PartnerPapers]:
    return st.builds(PartnerPapers, name=st.just("KIM"), chair=words, secretary=words, address=words)


class Merges(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.registry = Registry()
        for n, partner_id in enumerate(IDS):
            self.registry.tell(
                register_partner(
                    partner_id=partner_id,
                    active=True,
                    accounts=tuple(account(f"https://instagram.com/{h}") for h in HANDLES[n % 3 :][:2]),
                ),
                private=partner_identity(
                    f"KIM {n}", ContactPoint(channel="email", address=f"kim{n % 3}@contoh.example")
                ),
            )

    def try_(self, command: Any, **told: Any) -> None:
        try:
            self.registry.tell(command, **told)
        except (Refused, NotFound):
            return

    @rule(one=a_partner, into=a_partner)
    def merge(self, one: str, into: str) -> None:
        self.try_(MergePartner(partner_id=one, into=into, reason="sama"))

    @rule(one=a_partner)
    def undo(self, one: str) -> None:
        self.try_(UnmergePartner(partner_id=one, reason="dua"))

    @rule(one=a_partner, key=an_account)
    def verify(self, one: str, key: str) -> None:
        self.try_(VerifyAccount(partner_id=one, identity_key=key))

    @rule(one=a_partner, to=st.sampled_from(("suspended", "active", "withdrawn")))
    def change_state(self, one: str, to: str) -> None:
        self.try_(SetPartnerState(partner_id=one, state=to, reason="alasan"))

    @rule(one=a_partner, profile=profiles(), known=papers())
    def describe(self, one: str, profile: Profile, known: PartnerPapers) -> None:
        self.try_(
            PlacedDescription(
                partner_id=one, kind="community_group", area="32.74.05.1002", region="32.74", profile=profile
            ),
            private=known,
        )

    @rule(n=st.integers(0, 50))
    def one_step(self, n: int) -> None:
        if self.registry.waiting:
            command = self.registry.waiting.pop(n % len(self.registry.waiting))
            self.registry.told.append(command)
            self.registry.tell(command, by=None)

    @rule(n=st.integers(0, 50))
    def told_again(self, n: int) -> None:
        """As a broker does that heard no answer, before anything newer of the same one."""
        if self.registry.told:
            self.registry.tell(self.registry.told[-1 - n % min(3, len(self.registry.told))], by=None)

    @rule()
    def settled(self) -> None:
        self.registry.settle()
        for partner_id, state in self.registry.partners.items():
            assert state.merging is None or not (state.merging.leaving or state.merging.returning)
            # Whoever says that it holds one holds it, and no two do.
            for one in state.accounts:
                if one.state == "verified" and state.state != "merged":
                    holder = self.registry.holds[one.identity_key].partner_id
                    assert holder == partner_id, (holder, partner_id, one)

    @invariant()
    def every_merge_leads_to_one_that_lives(self) -> None:
        for partner_id, state in self.registry.partners.items():
            seen = {partner_id}
            while state.state == "merged":
                assert state.merging is not None
                following = state.merging.into
                assert following not in seen
                seen.add(following)
                state = self.registry.partners[following]

    @invariant()
    def nothing_is_there_twice(self) -> None:
        for state in self.registry.partners.values():
            keys = [one.identity_key for one in state.accounts]
            assert len(keys) == len(set(keys))
            assert len(lines_of(state.profile.topics)) == len(state.profile.topics.splitlines())

    @invariant()
    def who_was_merged_knows_what_it_was(self) -> None:
        for state in self.registry.partners.values():
            if state.state == "merged":
                assert state.merging is not None
                assert state.merging.was not in ENDED


TestMerges = Merges.TestCase
TestMerges.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@settings(max_examples=150, deadline=None)
@given(
    mine=st.tuples(profiles(), papers()),
    its=st.tuples(profiles(), papers()),
    third=st.tuples(profiles(), papers()),
    back=st.permutations(("p-1", "p-2")),
    verified=st.sets(st.tuples(a_partner, an_account)),
)
def test_undone_in_any_order_all_is_as_before(
    mine: tuple[Profile, PartnerPapers],
    its: tuple[Profile, PartnerPapers],
    third: tuple[Profile, PartnerPapers],
    back: list[str],
    verified: set[tuple[str, str]],
) -> None:
    machine = Merges()
    for partner_id, (profile, known) in zip(IDS, (mine, its, third), strict=False):
        _describe(machine, partner_id, profile, known)
    for partner_id, key in sorted(verified):
        machine.try_(VerifyAccount(partner_id=partner_id, identity_key=key))
        machine.registry.settle()
    before = {p: _known(machine.registry, p) for p in IDS}
    holds = dict(machine.registry.holds)

    for partner_id in ("p-1", "p-2"):
        machine.registry.tell(MergePartner(partner_id=partner_id, into="p-0", reason="sama"))
        machine.registry.settle()
    for partner_id in back:
        machine.registry.tell(UnmergePartner(partner_id=partner_id, reason="dua"))
        machine.registry.settle()

    assert {p: _known(machine.registry, p) for p in IDS} == before
    assert machine.registry.holds == holds


def _describe(machine: Merges, partner_id: str, profile: Profile, known: PartnerPapers) -> None:
    machine.try_(
        PlacedDescription(
            partner_id=partner_id, kind="community_group", area="32.74.05.1002", region="32.74", profile=profile
        ),
        private=known,
    )


def _known(registry: Registry, partner_id: str) -> dict[str, Any]:
    """Without the order of lists, which says nothing."""
    seen = registry.seen(partner_id)
    seen["accounts"] = sorted(map(str, seen["accounts"]))
    return seen
