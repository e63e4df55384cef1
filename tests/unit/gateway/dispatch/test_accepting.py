from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.exceptions import RequestValidationError

from libs.contracts.envelope import parse
from libs.contracts.notify.subject import FollowerContact, FollowSubject
from libs.contracts.reports.report import ReportContent, SubmitReport
from libs.contracts.topics import Service, mailbox
from libs.runtime.errors import Refused, Unavailable
from libs.runtime.intake import Signatures
from libs.runtime.sealing import Opener, context_of
from services.gateway.reporting.forms import ReportForm
from tests.unit.gateway.builders import System, an_office, keyring_in

OFFICE = an_office()
TEXT = "Beredar kabar bantuan dibagikan lewat tautan ini."
EMAIL = {"channel": "email", "address": "warga@example.org", "consent": True}


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def a_form(**changes: object) -> ReportForm:
    return ReportForm.model_validate({"text": TEXT, **changes})


async def test_the_same_key_and_body_get_the_same_ticket(system: System) -> None:
    key = uuid4()

    first = await system.accepting.submit_report(OFFICE, a_form(), key)
    second = await system.accepting.submit_report(OFFICE, a_form(), key)

    assert first == second
    assert len({parse(m.headers).id for m in system.broker.messages}) == 1


async def test_the_same_key_in_another_office_is_another_ticket(system: System) -> None:
    key = uuid4()

    here = await system.accepting.submit_report(OFFICE, a_form(), key)
    there = await system.accepting.submit_report(an_office(id="t2", slug="jombang", prefix="JBG"), a_form(), key)

    assert here.report_id != there.report_id
    assert here.tracking_code != there.tracking_code


async def test_a_key_that_comes_with_another_body_is_refused_and_shows_no_ticket(system: System) -> None:
    key = uuid4()
    await system.accepting.submit_report(OFFICE, a_form(), key)

    with pytest.raises(Refused, match="key_reused"):
        await system.accepting.submit_report(OFFICE, a_form(text="lain"), key)

    assert len(system.broker.messages) == 1


async def test_a_key_converges_after_an_outage(system: System) -> None:
    key = uuid4()
    system.broker.down = True
    with pytest.raises(Unavailable):
        await system.accepting.submit_report(OFFICE, a_form(), key)

    system.broker.down = False
    accepted = await system.accepting.submit_report(OFFICE, a_form(), key)

    assert accepted.number.startswith("CRB-")
    assert len(system.broker.messages) == 1


async def test_what_was_typed_is_sealed_to_the_one_service_that_may_read_it(system: System, tmp_path: Path) -> None:
    await system.accepting.submit_report(OFFICE, a_form(contact=EMAIL), uuid4())

    report, follow = system.broker.messages
    assert [report.topic, follow.topic] == [mailbox(Service.REPORTS), mailbox(Service.NOTIFY)]
    for message in (report, follow):
        shown = repr(message.headers).encode() + (message.key or b"") + (message.value or b"")
        assert TEXT.encode() not in shown
        assert b"warga@example.org" not in shown
    submitted = SubmitReport.model_validate_json(report.value or b"")
    followed = FollowSubject.model_validate_json(follow.value or b"")
    context = context_of("t1", submitted.report_id)
    reports = Opener(keyring_in(tmp_path, Service.REPORTS).seal_key)
    notify = Opener(keyring_in(tmp_path, Service.NOTIFY).seal_key)
    assert ReportContent.model_validate_json(reports.open(submitted.sealed or "", context=context)).text == TEXT
    contact = FollowerContact.model_validate_json(notify.open(followed.sealed or "", context=context))
    assert contact.address == "warga@example.org"


async def test_the_owner_can_verify_who_sent_it(system: System, tmp_path: Path) -> None:
    await system.accepting.submit_report(OFFICE, a_form(), uuid4())

    [message] = system.broker.messages
    reports = Signatures(keyring_in(tmp_path, Service.REPORTS), Service.REPORTS)
    reports.check(parse(message.headers), message.value or b"")


async def test_the_tracking_code_itself_is_not_sent(system: System) -> None:
    accepted = await system.accepting.submit_report(OFFICE, a_form(), uuid4())

    [message] = system.broker.messages
    assert accepted.tracking_code.encode() not in (message.value or b"")
    assert accepted.code_hash.encode() in (message.value or b"")


async def test_a_code_is_known_again_as_people_type_it(system: System) -> None:
    codes = system.accepting._codes
    accepted = await system.accepting.submit_report(OFFICE, a_form(), uuid4())
    code = accepted.tracking_code

    assert codes.hashed(f" {code[:4].lower()}-{code[4:8]} {code[8:]}") == accepted.code_hash


@pytest.mark.parametrize("area", ["35.17.01", "32.74.99", "32"])
async def test_an_area_outside_the_office_or_nowhere_is_refused(system: System, area: str) -> None:
    with pytest.raises(RequestValidationError) as refused:
        await system.accepting.submit_report(OFFICE, a_form(area=area), uuid4())

    assert refused.value.errors()[0]["type"] == "area_unknown"
    assert system.broker.messages == []


async def test_pictures_are_kept_only_when_the_broker_has_the_report(tmp_path: Path) -> None:
    picture = uuid4()
    system = System(tmp_path, picture)
    form = a_form(attachments=[str(picture)])
    system.broker.down = True
    with pytest.raises(Unavailable):
        await system.accepting.submit_report(OFFICE, form, uuid4())
    assert system.pictures.kept == []

    system.broker.down = False
    await system.accepting.submit_report(OFFICE, form, uuid4())

    assert system.pictures.kept == [picture]


async def test_an_unknown_picture_is_a_fault_of_its_field(system: System) -> None:
    with pytest.raises(RequestValidationError) as refused:
        await system.accepting.submit_report(OFFICE, a_form(attachments=[str(uuid4())]), uuid4())

    assert refused.value.errors()[0]["type"] == "attachment_unknown"
