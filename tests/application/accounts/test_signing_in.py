"""Signing in: two steps, each counted; the same refusal for whatever is wrong; nothing gained by guessing at once."""

import threading

import pytest

from application.accounts.actor import NotSignedIn
from application.accounts.one_time_codes import CodeWrong
from application.accounts.passwords import TooBusy
from application.accounts.roles import STAFF, Role
from application.accounts.sessions import Stage
from application.accounts.signing_in import SignInRefused
from application.accounts.throttling import TooManyAttempts
from domain.errors import Refused
from tests.application.accounts.conftest import DEVICE, Office
from tests.signed_in import PASSWORD

STRANGER = "S" * 43


def guess(office: Office, login: str, device: str = STRANGER) -> str:
    try:
        office.signing_in.with_password(login, "not the password", device)
    except Refused as refused:
        return refused.code
    raise AssertionError("it was the password")


def test_a_success_is_written_down(office: Office) -> None:
    office.person("a.seitkali", Role.DESK).sign_in()
    assert office.told()[-1] == ("a.seitkali", "sign_in", "a.seitkali", "done", "password+totp")


def test_a_failure_is_written_down_with_the_login_only_if_there_is_one(office: Office) -> None:
    office.person("a.seitkali", Role.DESK)
    guess(office, "a.seitkali")
    guess(office, "my password typed into the wrong field")
    assert office.told()[-2:] == [
        ("", "sign_in", "a.seitkali", "refused", "wrong_login_or_password"),
        ("", "sign_in", "", "refused", "wrong_login_or_password"),
    ]


def test_who_is_invited_suspended_or_unknown_is_refused_alike(office: Office) -> None:
    office.accounts.invite("invited", "А", [Role.DESK], [], by=None)
    suspended = office.person("suspended", Role.DESK)
    office.accounts.suspend(suspended.signed_in.actor.account_id, "on leave", by=None)
    for login in ("invited", "suspended", "unknown"):
        with pytest.raises(SignInRefused) as refused:
            office.signing_in.with_password(login, PASSWORD, DEVICE)
        assert refused.value.facts == {}


def test_delays_grow_and_end(office: Office) -> None:
    office.person("a.seitkali", Role.DESK)
    assert [guess(office, "a.seitkali") for _ in range(7)] == ["sign_in_refused"] * 6 + ["too_many_attempts"]
    waits = []
    for _ in range(12):
        with pytest.raises(TooManyAttempts) as refused:
            office.signing_in.with_password("a.seitkali", PASSWORD, STRANGER)
        wait = refused.value.facts["wait_seconds"]
        assert isinstance(wait, int)
        waits.append(wait)
        office.clock.pass_(seconds=waits[-1])
        assert guess(office, "a.seitkali") == "sign_in_refused"
    assert waits[:4] == [3, 5, 9, 17]  # 2, 4, 8, 16 and a second, so that it is surely over
    assert waits[-1] == 901


def test_an_unknown_login_is_slowed_down_like_a_known_one(office: Office) -> None:
    office.person("a.seitkali", Role.DESK)
    known = [guess(office, "a.seitkali", f"{number}" * 43) for number in range(8)]
    unknown = [guess(office, "nobody", f"{number + 10}" * 43) for number in range(8)]
    assert known == unknown
    assert known[-1] == "too_many_attempts"


def test_a_device_that_tries_many_logins_is_slowed_down(office: Office) -> None:
    codes = [guess(office, f"login{number}") for number in range(8)]
    assert codes == ["sign_in_refused"] * 6 + ["too_many_attempts"] * 2


def test_strangers_do_not_lock_the_rightful_person_out(office: Office) -> None:
    person = office.person("a.seitkali", Role.DESK)
    while guess(office, "a.seitkali") != "too_many_attempts":
        pass
    with pytest.raises(TooManyAttempts):
        office.signing_in.with_password("a.seitkali", PASSWORD, "N" * 43)
    token = office.signing_in.with_password("a.seitkali", PASSWORD, DEVICE)
    assert office.signing_in.with_code(token, person.code(), DEVICE).actor.login == "a.seitkali"


def test_a_server_that_is_busy_counts_nobody_s_failure(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = office.person("a.seitkali", Role.DESK)
    nobody_may_come_in = threading.BoundedSemaphore(1)
    nobody_may_come_in.acquire()
    with monkeypatch.context() as busy:
        busy.setattr(office.passwords, "_admitted", nobody_may_come_in)
        assert [guess(office, "a.seitkali", DEVICE) for _ in range(9)] == ["too_busy"] * 9
    assert person.sign_in().actor.login == "a.seitkali"


class FullAfter:
    """Room for so many, of whom nobody leaves."""

    def __init__(self, room: int) -> None:
        self._room = room

    def acquire(self, *, blocking: bool) -> bool:
        assert not blocking
        self._room -= 1
        return self._room >= 0

    def release(self) -> None:
        """Nobody leaves."""


@pytest.mark.parametrize("hashes_before", [0, 1], ids=["old password unread", "new one unhashed"])
def test_a_password_changed_while_the_server_is_busy_stays_as_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch, hashes_before: int
) -> None:
    """However far it came: no failure is counted, no session ends, and the old password is the password."""
    person = office.person("a.seitkali", Role.DESK)
    token, actor = person.signed_in.token, person.signed_in.actor
    for _ in range(9):
        with monkeypatch.context() as busy:
            busy.setattr(office.passwords, "_admitted", FullAfter(hashes_before))
            with pytest.raises(TooBusy) as refused:
                office.own.change_password(actor, PASSWORD, "another long password", DEVICE)
        assert refused.value.facts == {"wait_seconds": 60}
    assert office.sessions.find(token) is not None
    assert "change_password" not in [act for _, act, *_ in office.told()]
    assert person.sign_in().actor.login == "a.seitkali"
    with pytest.raises(SignInRefused):
        office.own.change_password(actor, "not the old password", "another long password", DEVICE)
    assert office.told()[-1] == ("a.seitkali", "change_password", "a.seitkali", "refused", "wrong_password")


def test_a_success_forgives_the_login_but_not_the_device(office: Office) -> None:
    mine = office.person("mine", Role.DESK)
    for _ in range(3):
        guess(office, "victim1", DEVICE)
    mine.sign_in(DEVICE)
    for _ in range(3):
        guess(office, "victim2", DEVICE)
    assert guess(office, "victim3", DEVICE) == "too_many_attempts"


def test_guesses_sent_at_once_are_counted_one_by_one(office: Office) -> None:
    office.person("a.seitkali", Role.DESK)
    codes: list[str] = []
    threads = [threading.Thread(target=lambda: codes.append(guess(office, "a.seitkali"))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.count("sign_in_refused") == 6


def test_the_second_step_is_slowed_down_too(office: Office) -> None:
    person = office.person("a.seitkali", Role.DESK)
    token = office.signing_in.with_password("a.seitkali", PASSWORD, DEVICE)
    for _ in range(6):
        with pytest.raises(CodeWrong):
            office.signing_in.with_code(token, "000000", DEVICE)
    with pytest.raises(TooManyAttempts):
        office.signing_in.with_code(token, person.code(), DEVICE)
    assert office.told()[-1][4] == "one_time_code_wrong"


def test_a_right_password_does_not_forgive_wrong_codes(office: Office) -> None:
    office.person("a.seitkali", Role.DESK)
    for _ in range(6):
        token = office.signing_in.with_password("a.seitkali", PASSWORD, DEVICE)
        with pytest.raises(CodeWrong):
            office.signing_in.with_code(token, "000000", DEVICE)
    with pytest.raises(TooManyAttempts):
        office.signing_in.with_password("a.seitkali", PASSWORD, DEVICE)


def test_a_code_that_was_used_signs_nobody_in_again(office: Office) -> None:
    person = office.person("a.seitkali", Role.DESK)
    code = person.code()
    first = office.signing_in.with_password("a.seitkali", PASSWORD, DEVICE)
    office.signing_in.with_code(first, code, DEVICE)
    second = office.signing_in.with_password("a.seitkali", PASSWORD, DEVICE)
    with pytest.raises(CodeWrong):
        office.signing_in.with_code(second, code, DEVICE)


def test_the_code_that_set_the_account_up_signs_nobody_in(office: Office) -> None:
    person = office.person("a.seitkali", Role.DESK)
    office.clock.pass_(seconds=-30)
    token = office.signing_in.with_password("a.seitkali", PASSWORD, DEVICE)
    with pytest.raises(CodeWrong):
        office.signing_in.with_code(token, person.code(), DEVICE)


def test_the_first_step_ends_after_ten_minutes(office: Office) -> None:
    person = office.person("a.seitkali", Role.DESK)
    token = office.signing_in.with_password("a.seitkali", PASSWORD, DEVICE)
    office.clock.pass_(minutes=10)
    with pytest.raises(NotSignedIn):
        office.signing_in.with_code(token, person.code(), DEVICE)


def test_a_session_that_is_signed_in_is_no_first_step(office: Office) -> None:
    person = office.person("a.seitkali", Role.DESK)
    with pytest.raises(NotSignedIn):
        office.signing_in.with_code(person.signed_in.token, person.code(), DEVICE)


def test_whom_a_provider_verified_is_signed_in_if_there_is_such_an_account(office: Office) -> None:
    office.accounts.enrol_verified("b.omarov", "Омаров Бауыржан", [Role.EXPERT], [], by=None)
    session = office.signing_in.sign_in_verified("b.omarov", "oidc", STAFF)
    found = office.sessions.find(session.token)
    assert found is not None
    assert found.stage is Stage.SIGNED_IN
    assert office.told()[-1] == ("b.omarov", "sign_in", "b.omarov", "done", "oidc")
    with pytest.raises(SignInRefused):
        office.signing_in.sign_in_verified("nobody", "oidc", STAFF)
    assert office.told()[-1] == ("", "sign_in", "", "refused", "oidc")


def test_who_takes_a_resident_s_login_at_the_provider_of_staff_is_not_that_resident(office: Office) -> None:
    """The login stands in the public log as the author of a proposal."""
    office.accounts.enrol_verified("resident-07", "Тұрғын", [Role.RESIDENT], [], by=None)
    with pytest.raises(SignInRefused):
        office.signing_in.sign_in_verified("resident-07", "oidc", STAFF)
    assert office.told()[-1] == ("", "sign_in", "resident-07", "refused", "oidc")


def test_a_provider_s_account_has_no_password_to_sign_in_with(office: Office) -> None:
    office.accounts.enrol_verified("b.omarov", "Омаров Бауыржан", [Role.EXPERT], [], by=None)
    with pytest.raises(SignInRefused):
        office.signing_in.with_password("b.omarov", "", DEVICE)
