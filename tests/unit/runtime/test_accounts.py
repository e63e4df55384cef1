import json
import os
from pathlib import Path

from libs.runtime.accounts import FILE, Accounts

BOT = {"office": "cirebon", "bot_id": "7000", "token": "7000:t", "secret_token": "s"}


def write(folder: Path, text: str, *, at: int) -> None:
    (folder / FILE).write_text(text)
    os.utime(folder / FILE, (at, at))


def test_without_the_file_there_is_no_account(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)

    assert (dict(accounts.whatsapp), dict(accounts.telegram), accounts.of("telegram", "7000")) == ({}, {}, None)


def test_an_account_that_is_added_is_there_without_a_restart(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    write(tmp_path, json.dumps({"telegram": [BOT]}), at=1)
    first = set(accounts.telegram)
    write(tmp_path, json.dumps({"telegram": [BOT, {**BOT, "bot_id": "8000"}]}), at=2)

    assert (first, set(accounts.telegram)) == ({"7000"}, {"7000", "8000"})
    assert accounts.of("whatsapp", "7000") is None


def test_a_file_that_cannot_be_read_takes_no_account_away(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    write(tmp_path, json.dumps({"telegram": [BOT]}), at=1)
    assert set(accounts.telegram) == {"7000"}
    write(tmp_path, '{"telegram": [', at=2)

    assert set(accounts.telegram) == {"7000"}


def test_secrets_do_not_show(tmp_path: Path) -> None:
    write(tmp_path, json.dumps({"telegram": [{**BOT, "token": "7000:geheim"}]}), at=1)

    assert "geheim" not in repr(Accounts(tmp_path).telegram)
