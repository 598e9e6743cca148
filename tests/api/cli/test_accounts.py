"""`dauys account …`: the first code, the list, and what an operator does when nobody else can."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli.serve import _first_setup_code
from api.composition import Engine, open_engine
from application.accounts.roles import Role
from tests.commands import run, told
from tests.examples import CITY
from tests.signed_in import CHEAP, account


@pytest.fixture
def engine(migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    for name, value in {"home": tmp_path, "database_url": migrated_url, **CHEAP}.items():
        monkeypatch.setenv(f"DAUYS_{name.upper()}", str(value))
    with open_engine() as engine:
        yield engine


def test_the_first_code_is_given_until_there_is_a_sysadmin(engine: Engine) -> None:
    first = told("account", "bootstrap", "--json")["setup_code"]
    assert told("account", "bootstrap", "--json")["setup_code"] != first
    account(engine, Role.SYSADMIN, login="s.akhmetova")
    refused = run("account", "bootstrap")
    assert refused.exit_code == 1
    assert "sysadmin_exists" in repr(refused.exception)


def test_serving_tells_the_first_code_until_there_is_a_sysadmin(engine: Engine) -> None:
    code = _first_setup_code(engine.settings)
    assert code is not None
    assert engine.account_setup.pending(engine.account_setup.begin(code)).login is None
    account(engine, Role.SYSADMIN, login="s.akhmetova")
    assert _first_setup_code(engine.settings) is None


def test_accounts_are_listed_without_their_secrets(engine: Engine) -> None:
    account(engine, Role.DESK, units=[CITY], login="a.seitkali")
    (row,) = told("account", "list", "--json")
    assert row == {
        "login": "a.seitkali",
        "name": "Тестова Айгерім",
        "roles": ["desk"],
        "units": [CITY],
        "state": "active",
    }


def test_who_is_suspended_at_the_console_is_out_and_it_stands_in_the_log(engine: Engine) -> None:
    session = account(engine, Role.SYSADMIN, login="s.akhmetova")
    assert (
        told("account", "suspend", "s.akhmetova", "--reason", "phone stolen", "--json")["state"]
        == "suspended"
    )
    assert engine.sessions.find(session.token) is None
    row = engine.access.page(1)[0]
    assert (row.actor, row.act, row.subject, row.reason) == (
        "",
        "suspend_account",
        "s.akhmetova",
        "console phone stolen",
    )
    assert told("account", "bootstrap", "--json")["setup_code"]


def test_a_reset_gives_a_new_set_up_code(engine: Engine) -> None:
    account(engine, Role.SYSADMIN, login="s.akhmetova")
    code = told("account", "reset", "s.akhmetova", "--json")["setup_code"]
    assert engine.account_setup.pending(engine.account_setup.begin(code)).login == "s.akhmetova"


def test_an_account_that_is_not_there_is_not_found(engine: Engine) -> None:
    assert "not_found" in repr(run("account", "reset", "nobody").exception)
    assert engine.access.page(1) == []
