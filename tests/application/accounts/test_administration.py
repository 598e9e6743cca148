"""What a sysadmin may do with accounts, to whom, and that each act is on record with it."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from application.accounts.access_log import LONGEST_CHARS, Outcome
from application.accounts.accounts import LoginInvalid, LoginTaken
from application.accounts.actor import Actor
from application.accounts.administration import OwnAccount, TooManyUnits
from application.accounts.roles import Role, RolesNotSeparate
from application.accounts.setup_codes import SetupCodeWrong
from application.accounts.signing_in import SignInRefused
from application.store import NotFound
from domain.errors import Refused
from domain.kato import KatoInvalid
from domain.text import TextInvalid
from tests.application.accounts.conftest import DEVICE, Office, Person
from tests.examples import CITY, DISTRICT
from tests.signed_in import PASSWORD


@pytest.fixture
def admin(office: Office) -> Actor:
    return office.set_up(office.setup.bootstrap_code(), "s.akhmetova").signed_in.actor


@pytest.fixture
def desk(office: Office) -> Person:
    return office.person("a.seitkali", Role.DESK, units=(CITY,))


def test_each_act_is_on_record_with_who_did_it_and_what_was_given(
    office: Office, admin: Actor, desk: Person
) -> None:
    account_id = desk.signed_in.actor.account_id
    office.accounts.change(account_id, "Айгерім", [Role.OFFICE], [DISTRICT], by=admin)
    office.accounts.suspend(account_id, "on leave", by=admin)
    office.accounts.restore(account_id, by=admin)
    office.accounts.end_sessions(account_id, by=admin)
    office.accounts.reset(account_id, by=None)
    assert office.told()[3:] == [
        ("s.akhmetova", "change_account", "a.seitkali", "done", f"desk {CITY} -> office {DISTRICT}"),
        ("s.akhmetova", "suspend_account", "a.seitkali", "done", "on leave"),
        ("s.akhmetova", "restore_account", "a.seitkali", "done", ""),
        ("s.akhmetova", "end_sessions", "a.seitkali", "done", "0"),
        ("", "reset_account", "a.seitkali", "done", "console"),
    ]


def test_other_roles_or_units_end_the_account_s_sessions(office: Office, admin: Actor, desk: Person) -> None:
    account_id = desk.signed_in.actor.account_id
    office.accounts.change(account_id, "Another Name", [Role.DESK], [CITY], by=admin)
    assert office.sessions.find(desk.signed_in.token)
    office.accounts.change(account_id, "Another Name", [Role.DESK], [CITY, DISTRICT], by=admin)
    assert office.sessions.find(desk.signed_in.token) is None
    assert desk.sign_in().actor.units == {CITY, DISTRICT}


def test_who_is_suspended_is_out_at_once_and_comes_back_as_they_were(
    office: Office, admin: Actor, desk: Person
) -> None:
    account_id = desk.signed_in.actor.account_id
    office.accounts.suspend(account_id, "on leave", by=admin)
    assert office.sessions.find(desk.signed_in.token) is None
    with pytest.raises(SignInRefused):
        desk.sign_in()
    office.accounts.restore(account_id, by=admin)
    assert desk.sign_in().actor.login == "a.seitkali"


def test_a_reset_takes_password_and_authenticator_away(office: Office, admin: Actor, desk: Person) -> None:
    invitation = office.accounts.reset(desk.signed_in.actor.account_id, by=admin)
    assert office.sessions.find(desk.signed_in.token) is None
    with pytest.raises(SignInRefused):
        desk.sign_in()
    again = office.set_up(invitation.code)
    assert again.secret != desk.secret
    assert again.sign_in().actor.login == "a.seitkali"


def test_a_reset_lets_nobody_in_who_is_suspended(office: Office, admin: Actor, desk: Person) -> None:
    account_id = desk.signed_in.actor.account_id
    office.accounts.suspend(account_id, "on leave", by=admin)
    code = office.accounts.reset(account_id, by=admin).code
    with pytest.raises(Refused):
        office.set_up(code)
    office.accounts.restore(account_id, by=admin)
    assert office.set_up(code).login == "a.seitkali"


def test_a_new_set_up_code_ends_the_one_before(office: Office, admin: Actor) -> None:
    invitation = office.accounts.invite("b.omarov", "Бауыржан", [Role.EXPERT], [], by=admin)
    office.accounts.reset(invitation.account_id, by=admin)
    with pytest.raises(SetupCodeWrong):
        office.setup.begin(invitation.code)


@pytest.mark.parametrize("act", ["change", "suspend", "restore", "reset", "end_sessions"])
def test_nobody_does_it_to_their_own_account(office: Office, admin: Actor, act: str) -> None:
    more: dict[str, list[Any]] = {"change": ["Name", [Role.AUDITOR], []], "suspend": ["why"]}
    with pytest.raises(OwnAccount):
        getattr(office.accounts, act)(admin.account_id, *more.get(act, []), by=admin)
    assert office.accounts.one(admin.account_id).roles == {Role.SYSADMIN}


def test_no_sysadmin_gets_a_part_in_an_election(office: Office, admin: Actor, desk: Person) -> None:
    with pytest.raises(RolesNotSeparate):
        office.accounts.change(
            desk.signed_in.actor.account_id, "Айгерім", [Role.DESK, Role.SYSADMIN], [], by=admin
        )
    with pytest.raises(RolesNotSeparate):
        office.accounts.invite("b.omarov", "Бауыржан", [Role.SYSADMIN, Role.OFFICE], [], by=admin)


@pytest.mark.usefixtures("desk")
def test_a_login_is_one_person_s(office: Office, admin: Actor) -> None:
    with pytest.raises(LoginTaken):
        office.accounts.invite(" A.Seitkali ", "Another", [Role.DESK], [], by=admin)
    assert len(office.accounts.page(10)) == 2


@pytest.mark.parametrize("login", ["", "-a", "a b", "ә", "a" * 65, "a@b", "a\n"])
def test_a_login_is_what_an_event_may_store(office: Office, login: str) -> None:
    if login.strip() != "a":
        with pytest.raises(LoginInvalid):
            office.accounts.invite(login, "Name", [Role.DESK], [], by=None)


@pytest.mark.parametrize(
    ("units", "refusal"), [(["75"], KatoInvalid), ([f"{n:09}" for n in range(301)], TooManyUnits)]
)
def test_units_are_kato_codes_and_not_too_many(
    office: Office, units: list[str], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        office.accounts.invite("a.seitkali", "Name", [Role.DESK], units, by=None)


@pytest.mark.parametrize("name", ["", "x" * 101, "a\x00b"])
def test_a_name_is_text(office: Office, name: str) -> None:
    with pytest.raises(TextInvalid):
        office.accounts.invite("a.seitkali", name, [Role.DESK], [], by=None)


def test_an_account_that_is_not_there_is_not_found(office: Office, admin: Actor) -> None:
    with pytest.raises(NotFound):
        office.accounts.suspend(uuid4(), "why", by=admin)
    with pytest.raises(NotFound):
        office.accounts.find("nobody")


@pytest.mark.usefixtures("admin", "desk")
def test_accounts_are_listed_by_login_page_by_page_and_residents_are_not(office: Office) -> None:
    office.accounts.enrol_verified("r-1", "Тұрғын", [Role.RESIDENT], [], by=None)
    assert [account.login for account in office.accounts.page(1)] == ["a.seitkali"]
    assert [account.login for account in office.accounts.page(9, "a.seitkali")] == ["s.akhmetova"]


# The access log.


def test_a_row_is_cut_to_its_length(office: Office, admin: Actor) -> None:
    office.access.record(admin, "act", "s" * 1_000, Outcome.REFUSED, "r" * 1_000)
    row = office.access.page(1)[0]
    assert (len(row.subject), len(row.reason)) == (LONGEST_CHARS, LONGEST_CHARS)


@pytest.mark.usefixtures("admin", "desk")
def test_the_log_is_read_newest_first_and_by_login(office: Office) -> None:
    rows = office.access.page(2)
    assert rows[0].id > rows[1].id
    assert office.access.page(9, before=rows[0].id)[0] == rows[1]
    assert {row.actor for row in office.access.page(9, actor="a.seitkali")} == {"a.seitkali"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE dauys.access_log SET actor = 'nobody'",
        "DELETE FROM dauys.access_log",
        "TRUNCATE dauys.access_log",
    ],
)
@pytest.mark.usefixtures("admin")
def test_no_row_is_changed_or_taken_away_not_even_by_the_owner(office: Office, statement: str) -> None:
    with office.engine.datastore.get_connection() as application, pytest.raises(InsufficientPrivilege):
        application.execute(statement.encode())
    with (
        psycopg.connect(office.engine.url) as owner,
        pytest.raises(InsufficientPrivilege, match="append_only"),
    ):
        owner.execute(statement.encode())


@pytest.mark.usefixtures("desk")
def test_what_is_undone_leaves_no_row(office: Office, admin: Actor) -> None:
    before = office.told()
    with pytest.raises(LoginTaken):
        office.accounts.invite("a.seitkali", "Another", [Role.DESK], [], by=admin)
    assert office.told() == before
    assert office.signing_in.with_password("a.seitkali", PASSWORD, DEVICE)


def test_a_resident_s_account_is_neither_raised_nor_taken_over(office: Office, admin: Actor) -> None:
    """It signs in without password and authenticator: with an office's roles it would be the weakest door, and a reset opens it."""
    resident = office.accounts.enrol_verified("resident-07", "Тұрғын", [Role.RESIDENT], [], by=None)
    with pytest.raises(NotFound):
        office.accounts.change(resident, "Тұрғын", [Role.OFFICE_APPROVER], [CITY], by=admin)
    with pytest.raises(NotFound):
        office.accounts.reset(resident, by=admin)
    assert office.accounts.one(resident).roles == {Role.RESIDENT}
    office.accounts.suspend(resident, "spam", by=admin)
