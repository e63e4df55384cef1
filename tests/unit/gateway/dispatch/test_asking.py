"""How much an owner is asked, beside what the journals tell."""

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

from libs.contracts.reads import OutcomeView
from libs.contracts.reports.report import ReportReceived, WithdrawReport
from libs.contracts.topics import OWNERS
from services.gateway.dispatch.asking import QUESTIONS, Asking
from services.gateway.dispatch.sending import Sender, Wish
from services.gateway.dispatch.waiting import ASKED_AFTER, Waiters
from tests.unit.gateway.builders import Broker, keyring_in, secrets_in
from tests.unit.gateway.dispatch.test_waiting import a_record


class Slow:
    """An owner that has more to do than it can: no question is answered in time."""

    def __init__(self) -> None:
        self.asked: list[UUID] = []
        self.at_once = self.most = 0

    async def outcome(self, tenant: str, command: UUID, body_hash: str | None) -> OutcomeView:
        self.asked.append(command)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await asyncio.Event().wait()
        finally:
            self.at_once -= 1
        return OutcomeView(state="pending")


def a_wish() -> Wish:
    return Wish(uuid4(), WithdrawReport(report_id=str(uuid4())))


def system(folder: Path) -> tuple[Asking, Waiters, Slow]:
    waiters, owner = Waiters(), Slow()
    return (
        Asking(Sender(Broker(), keyring_in(secrets_in(folder))), waiters, dict.fromkeys(OWNERS, owner)),
        waiters,
        owner,
    )


async def test_an_owner_that_is_late_with_everything_is_asked_about_a_few_at_a_time(tmp_path: Path) -> None:
    asking, waiters, owner = system(tmp_path)
    wishes = [a_wish() for _ in range(30)]
    waiting = [asyncio.create_task(asking.send("t1", [w], body=b"", wait=ASKED_AFTER * 3)) for w in wishes]
    await asyncio.sleep(ASKED_AFTER * 1.5)

    await waiters.take([a_record(ReportReceived.type_name, w.id) for w in wishes])
    outcomes = await asyncio.gather(*waiting)

    assert {o.state for o in outcomes if o} == {"done"}
    assert owner.most == len(owner.asked) == QUESTIONS, "who is told while in the queue asks no more"


async def test_who_is_told_soon_asks_nobody(tmp_path: Path) -> None:
    asking, waiters, owner = system(tmp_path)
    wish = a_wish()
    waiting = asyncio.create_task(asking.send("t1", [wish], body=b"", wait=5))
    await asyncio.sleep(ASKED_AFTER / 3)
    await waiters.take([a_record(ReportReceived.type_name, wish.id)])

    assert await waiting is not None
    assert owner.asked == []
