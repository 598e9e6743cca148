"""One-time codes: RFC 6238's own numbers, one step of tolerance, and each code only once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.accounts.one_time_codes import CodeWrong, code_at, enrolment_uri, step_of

SECRET = b"12345678901234567890"
NOW = datetime(2026, 9, 1, 4, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238_appendix_b(seconds: int, digits: str) -> None:
    assert code_at(SECRET, datetime.fromtimestamp(seconds, UTC)) == digits[-6:]


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_differ_by_one_step(steps: int) -> None:
    code = code_at(SECRET, NOW + timedelta(seconds=30 * steps))
    assert step_of(SECRET, code, NOW, 0) == STEP + steps


@pytest.mark.parametrize("steps", [-2, 2, 2880])
def test_a_code_of_any_other_step_is_wrong(steps: int) -> None:
    with pytest.raises(CodeWrong):
        step_of(SECRET, code_at(SECRET, NOW + timedelta(seconds=30 * steps)), NOW, 0)


def test_a_code_that_was_used_is_wrong_and_so_are_older_ones() -> None:
    for steps in (-1, 0):
        with pytest.raises(CodeWrong):
            step_of(SECRET, code_at(SECRET, NOW + timedelta(seconds=30 * steps)), NOW, STEP)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_right_only_if_it_is_the_code(typed: str) -> None:
    codes = {code_at(SECRET, NOW + timedelta(seconds=30 * steps)) for steps in (-1, 0, 1)}
    try:
        assert "".join(typed.split()) in codes or not step_of(SECRET, typed, NOW, 0)
    except CodeWrong:
        assert "".join(typed.split()) not in codes


def test_spaces_that_an_app_shows_may_be_typed() -> None:
    code = code_at(SECRET, NOW)
    assert step_of(SECRET, f" {code[:3]} {code[3:]} ", NOW, 0) == STEP


def test_the_enrolment_names_login_and_issuer() -> None:
    assert enrolment_uri(SECRET, "a.seitkali", "Dauys") == (
        "otpauth://totp/Dauys:a.seitkali?digits=6&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&algorithm=SHA1&issuer=Dauys&period=30"
    )
