"""Passwords: what is chosen, what is stored, and that neither memory nor time tells more than it should."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import extract_parameters

from application.accounts.passwords import Passwords, PasswordUnfit, TooBusy, check_password
from application.settings import Settings
from tests.signed_in import CHEAP, PASSWORD


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(Settings(**CHEAP))


def test_what_is_stored_is_argon2id_with_the_parameters_of_rfc_9106() -> None:
    stored = Passwords(Settings()).hashed(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in stored


def test_only_the_password_is_right(passwords: Passwords) -> None:
    stored = passwords.hashed(PASSWORD)
    assert passwords.is_right(stored, PASSWORD)
    assert not passwords.is_right(stored, PASSWORD + " ")
    assert not passwords.is_right(None, PASSWORD)


def test_one_password_typed_on_two_keyboards_is_one(passwords: Passwords) -> None:
    assert passwords.is_right(passwords.hashed("құпия сөзім и\u0306й"), "құпия сөзім йй")


def test_a_login_without_password_costs_what_one_with_a_password_does(passwords: Passwords) -> None:
    assert not passwords.is_right(None, PASSWORD)
    stored = passwords.hashed(PASSWORD)
    assert extract_parameters(passwords._nobodys) == extract_parameters(stored)


def test_under_other_parameters_it_is_hashed_anew(passwords: Passwords) -> None:
    stored = passwords.hashed(PASSWORD)
    assert passwords.renewed(stored, PASSWORD) is None
    stronger = Passwords(Settings(**{**CHEAP, "password_passes": 2}))
    renewed = stronger.renewed(stored, PASSWORD)
    assert renewed is not None
    assert "t=2" in renewed
    assert stronger.is_right(renewed, PASSWORD)


@contextmanager
def occupied(passwords: Passwords) -> Iterator[None]:
    """Somebody else's password is being checked meanwhile."""
    entered, leave = threading.Event(), threading.Event()

    def occupy() -> None:
        with passwords._room():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=occupy)
    thread.start()
    assert entered.wait(10)
    try:
        yield
    finally:
        leave.set()
        thread.join()


def test_no_more_at_once_than_the_settings_say() -> None:
    passwords = Passwords(Settings(**CHEAP, password_hashes_at_once=1, password_wait_seconds=0.05))
    with occupied(passwords), pytest.raises(TooBusy):
        passwords.hashed(PASSWORD)
    assert passwords.hashed(PASSWORD)


def test_who_finds_too_many_waiting_is_told_at_once() -> None:
    settings = Settings(**CHEAP, password_hashes_at_once=1, password_waiting=0, password_wait_seconds=60)
    passwords = Passwords(settings)
    with occupied(passwords), pytest.raises(TooBusy):
        passwords.hashed(PASSWORD)
    assert passwords.hashed(PASSWORD)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("eleven char", "too_short"),
        ("x" * 201, "too_long"),
        ("abababababab", "too_plain"),
        ("my A.Seitkali pass", "like_login"),
    ],
)
def test_an_unfit_password_is_refused_and_not_told(password: str, problem: str) -> None:
    with pytest.raises(PasswordUnfit) as refused:
        check_password(password, "a.seitkali")
    assert refused.value.facts["problem"] == problem
    assert password not in str(refused.value)
