"""IINs: which are well formed, and that none is ever shown."""

import traceback
from datetime import date

import pytest
from hypothesis import assume
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.iin import Iin, IinInvalid, is_iin

# The made-up examples of concept, section 9.
VALID = ["990101100010", "990101100111", "061211600012"]


def weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11


def first(digits: str) -> int:
    return weighed(digits, (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))


def second(digits: str) -> int:
    return weighed(digits, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2))


@st.composite
def elevens(draw: st.DrawFn) -> str:
    """The first eleven digits of an IIN: a birth date of three centuries, century and sex, serial number."""
    century = draw(st.sampled_from([1800, 1900, 2000]))
    born = draw(st.dates(date(century, 1, 1), date(century + 99, 12, 31)))
    sex = draw(st.integers(1, 2))
    serial = draw(st.integers(0, 9_999))
    return f"{born:%y%m%d}{(century - 1800) // 100 * 2 + sex}{serial:04}"


@st.composite
def iins(draw: st.DrawFn) -> str:
    eleven = draw(elevens())
    check = first(eleven) if first(eleven) != 10 else second(eleven)
    assume(check != 10)
    return f"{eleven}{check}"


@pytest.mark.parametrize("text", [*VALID, "  990101100010\n"])
def test_a_well_formed_number_is_read(text: str) -> None:
    assert Iin.parse(text).digits == text.strip()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("990101100011", "check_digit"),
        ("123456789011", "century"),
        ("99010110001", "length"),
        ("9901011000100", "length"),
        ("", "length"),
        ("99010110001A", "digits"),
        ("٩٩٠١٠١١٠٠٠١٠", "digits"),
        ("99010110001²", "digits"),
        ("990101 10001", "digits"),
        ("-90101100010", "digits"),
        ("990101000010", "century"),
        ("990101700010", "century"),
        ("993401300010", "birth_date"),
        ("990229300010", "birth_date"),
        ("990100300010", "birth_date"),
    ],
)
def test_a_malformed_number_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(IinInvalid) as caught:
        Iin.parse(text)
    assert caught.value.facts == {"reason": reason}


def test_the_second_round_of_weights_is_used() -> None:
    assert first("99010110011") == 10
    assert second("99010110011") == 1
    assert is_iin("990101100111")


@forall(iins())
def test_every_issued_number_is_read(digits: str) -> None:
    assert Iin.parse(digits).digits == digits


def test_a_number_whose_both_rounds_end_in_ten_was_never_issued() -> None:
    elevens_of_one_day = (f"9901011{serial:04}" for serial in range(10_000))
    never = [eleven for eleven in elevens_of_one_day if first(eleven) == second(eleven) == 10]
    assert len(never) > 50
    assert not any(is_iin(f"{eleven}{check}") for eleven in never for check in range(10))


@forall(iins(), st.integers(1, 9))
def test_a_wrong_check_digit_is_refused(digits: str, off_by: int) -> None:
    assert not is_iin(digits[:-1] + str((int(digits[-1]) + off_by) % 10))


@forall(iins(), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_among_the_first_ten_is_noticed_by_the_first_round(
    digits: str, place: int, off_by: int
) -> None:
    """True where neither number falls through to the second round; there two errors may cancel out."""
    wrong = digits[:place] + str((int(digits[place]) + off_by) % 10) + digits[place + 1 :]
    assume(10 not in (first(digits[:-1]), first(wrong[:-1])))
    assert not is_iin(wrong)


def test_the_eleventh_digit_weighs_nothing_in_the_first_round() -> None:
    """Its weight is 11, and sums count modulo 11: a limit of the number itself, for whoever compares a typed one."""
    assert is_iin("990101100010")
    assert is_iin("990101100000")


@forall(st.from_regex(r"[0-9]{4}[4-9][0-9]{7}", fullmatch=True))
def test_an_organisations_number_is_not_an_iin(bin_: str) -> None:
    assert not is_iin(bin_)


@pytest.mark.parametrize(
    ("digits", "day", "years"),
    [
        ("990101100010", date(1917, 1, 1), 18),
        ("990101100010", date(1916, 12, 31), 17),
        ("061211600012", date(2024, 12, 10), 17),
        ("061211600012", date(2024, 12, 11), 18),
    ],
)
def test_age_is_in_full_years(digits: str, day: date, years: int) -> None:
    assert Iin.parse(digits).age_on(day) == years


@forall(iins())
def test_a_number_never_shows_itself(digits: str) -> None:
    iin = Iin.parse(digits)
    shown = f"{iin} {iin!r} {iin!s} {[iin]} {(iin,)} {{}}".format(iin) + "%s %r" % (iin, iin)  # noqa: UP031 - loggers do this
    assert digits not in shown
    assert "hidden" in shown


@forall(st.text("0123456789ab ", min_size=8, max_size=14))
def test_a_refused_number_is_told_nowhere(text: str) -> None:
    assume(len(text.strip()) >= 8)
    assume(not is_iin(text))
    with pytest.raises(IinInvalid) as caught:
        Iin.parse(text)
    told = "".join(traceback.format_exception(caught.value))
    assert text.strip() not in f"{told}{caught.value!r}{caught.value.facts}"
