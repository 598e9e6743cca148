"""Sessions: they end by disuse, by age and by hand, and never mean more than the account may now."""

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.accounts.actor import NotYourUnit
from application.accounts.roles import Role
from application.accounts.sessions import form_token, same_token
from application.accounts.signing_in import SignInRefused
from tests.application.accounts.conftest import DEVICE, Office, Person
from tests.examples import CITY, DISTRICT
from tests.signed_in import PASSWORD

ANOTHER = "another six words of my own"


@pytest.fixture
def desk(office: Office) -> Person:
    return office.person("a.seitkali", Role.DESK, units=(CITY,))


def is_open(person: Person, token: str = "") -> bool:
    return person.office.sessions.find(token or person.signed_in.token) is not None


def test_it_ends_when_it_is_not_used_for_fifteen_minutes(office: Office, desk: Person) -> None:
    office.clock.pass_(minutes=14)
    assert is_open(desk)
    office.clock.pass_(minutes=14)
    assert is_open(desk)
    office.clock.pass_(minutes=15)
    assert not is_open(desk)
    office.clock.pass_(minutes=-15)


def test_it_ends_after_eight_hours_however_busy_it_is(office: Office, desk: Person) -> None:
    for _ in range(47):
        office.clock.pass_(minutes=10)
        assert is_open(desk)
    office.clock.pass_(minutes=10)
    assert not is_open(desk)


def test_reading_writes_no_more_often_than_the_settings_say(office: Office, desk: Person) -> None:
    is_open(desk)
    before = seen(office)
    office.clock.pass_(seconds=29)
    is_open(desk)
    assert seen(office) == before
    office.clock.pass_(seconds=1)
    is_open(desk)
    assert seen(office) != before


def seen(office: Office) -> object:
    with psycopg.connect(office.engine.url) as owner:
        return owner.execute("SELECT max(seen_at) FROM dauys.sessions").fetchone()


def test_a_session_that_was_opened_while_its_account_was_suspended_opens_nothing(
    office: Office, desk: Person
) -> None:
    with psycopg.connect(office.engine.url) as owner:
        owner.execute("UPDATE dauys.accounts SET state = 'suspended'")
    assert not is_open(desk)


def test_what_has_run_out_is_forgotten(office: Office, desk: Person) -> None:
    office.clock.pass_(hours=9)
    desk.sign_in()
    with psycopg.connect(office.engine.url) as owner:
        assert owner.execute("SELECT count(*) FROM dauys.sessions").fetchone() == (1,)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text(max_size=60))
def test_no_other_token_opens_anything(desk: Person, token: str) -> None:
    assert desk.office.sessions.find(token) is None


def test_signing_out_ends_it(office: Office, desk: Person) -> None:
    office.sessions.end(desk.signed_in.token)
    assert not is_open(desk)


def test_one_s_own_sessions_are_listed_and_ended_one_by_one(office: Office, desk: Person) -> None:
    second = desk.sign_in()
    listed = office.sessions.of_account(desk.signed_in.actor.account_id)
    assert len(listed) == 2
    assert office.own.end_session(desk.signed_in.actor, listed[0].id)
    assert not is_open(desk, second.token)
    assert is_open(desk)


def test_nobody_ends_somebody_else_s_session_by_its_id(office: Office, desk: Person) -> None:
    other = office.person("b.omarov", Role.DESK)
    (session,) = office.sessions.of_account(desk.signed_in.actor.account_id)
    assert not office.own.end_session(other.signed_in.actor, session.id)
    assert is_open(desk)


def test_all_others_end_and_this_one_stays(office: Office, desk: Person) -> None:
    second = desk.sign_in()
    this = office.sessions.find(second.token)
    assert this is not None
    assert office.own.end_others(second.actor, this.id) == 1
    assert not is_open(desk)
    assert is_open(desk, second.token)


def test_a_new_password_ends_every_session_and_opens_one(office: Office, desk: Person) -> None:
    token = office.own.change_password(desk.signed_in.actor, PASSWORD, ANOTHER, DEVICE)
    assert not is_open(desk)
    assert is_open(desk, token)
    with pytest.raises(SignInRefused):
        desk.sign_in()
    assert is_open(desk, desk.sign_in(password=ANOTHER).token)


def test_the_present_password_is_asked_for(office: Office, desk: Person) -> None:
    with pytest.raises(SignInRefused):
        office.own.change_password(desk.signed_in.actor, "not it at all", ANOTHER, DEVICE)
    assert is_open(desk)


def test_a_message_is_told_once(office: Office, desk: Person) -> None:
    office.sessions.leave_message(desk.signed_in.token, "Done.")
    for told in ("Done.", None):
        session = office.sessions.find(desk.signed_in.token)
        assert session is not None
        assert office.sessions.take_message(session) == told


def test_the_actor_is_what_the_account_may_now(office: Office, desk: Person) -> None:
    session = office.sessions.find(desk.signed_in.token)
    assert session is not None
    assert session.actor is not None
    session.actor.must_act_in(CITY)
    with pytest.raises(NotYourUnit):
        session.actor.must_act_in(CITY, DISTRICT)


def test_every_session_has_a_form_token_of_its_own_that_does_not_tell_the_cookie() -> None:
    assert form_token("a") != form_token("b")
    assert "cookie" not in form_token("cookie")
    assert same_token(form_token("a"), form_token("a"))
    assert not same_token(form_token("a"), "қ")
