"""Short codes: one of every position and of every ballot; a typing error is noticed."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.codes import CHECK_SYMBOLS
from application.short_codes import ballot_code, parse_ballot_code, parse_position_code, position_code

positions = st.integers(1, 10**11 - 1)
ids = st.uuids(version=5)


def test_codes_are_printed_as_the_document_says() -> None:
    assert position_code(1234) == "1234-D"
    assert ballot_code(UUID("00443214-c741-5254-8000-000000000000")) == "0123-4567-8595-3"


@given(positions)
def test_a_position_is_read_as_it_was_written(position: int) -> None:
    assert parse_position_code(position_code(position)) == position


@given(ids)
def test_a_ballot_is_found_between_the_ends_that_its_code_gives(ballot_id: UUID) -> None:
    ends = parse_ballot_code(ballot_code(ballot_id).lower().replace("-", " "))
    assert ends is not None
    low, high = ends
    assert low <= ballot_id <= high
    assert high.int - low.int == 2**68 - 1


@given(positions, st.data())
def test_a_wrong_digit_of_a_position_is_noticed(position: int, data: st.DataObject) -> None:
    digits = list(str(position))
    at = data.draw(st.integers(0, len(digits) - 1))
    digits[at] = data.draw(st.sampled_from([each for each in "0123456789" if each != digits[at]]))
    assert parse_position_code("".join(digits) + position_code(position)[-1]) is None


@given(ids, st.integers(0, 12), st.sampled_from(CHECK_SYMBOLS))
def test_a_wrong_symbol_of_a_ballots_code_is_noticed(ballot_id: UUID, at: int, symbol: str) -> None:
    symbols = list(ballot_code(ballot_id).replace("-", ""))
    wrong = symbols[at] != symbol
    symbols[at] = symbol
    assert (parse_ballot_code("".join(symbols)) is None) == wrong


@pytest.mark.parametrize("typed", ["", "-", "0-0", "01-1", "١٢٣", "1" * 70, "U" * 13, "12345678901234-5"])
def test_what_is_no_short_code_is_neither(typed: str) -> None:
    assert parse_position_code(typed) is None
    assert parse_ballot_code(typed) is None


@given(positions)
def test_no_code_is_both(position: int) -> None:
    assert parse_ballot_code(position_code(position)) is None
