"""What a line of a roll or of a credential list must say."""

from datetime import date
from pathlib import Path

import pytest

from application.keys import Keys
from application.lists import Parse
from application.roll_import import (
    CredentialInvalid,
    UnderAge,
    credential_parser,
    person_parser,
)
from domain.errors import Refused
from domain.iin import Iin, IinInvalid
from domain.kato import KatoInvalid
from domain.proposal import UnknownUnit
from tests.people import credential

CITY, ELSEWHERE = "750000000", "710000000"
BORN_1999, BORN_2006 = "990101100010", "061211600012"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys")


def on(day: date, keys: Keys) -> Parse:
    return person_parser(keys, {CITY}, 18, day)


def test_of_a_person_only_the_keyed_hash_goes_on(keys: Keys, tmp_path: Path) -> None:
    parse = on(date(2026, 9, 1), keys)
    person, unit = parse(BORN_1999, CITY)
    assert (person, unit) == (keys.person(Iin.parse(BORN_1999)), CITY)
    assert len(person) == 32
    elsewhere = Keys(tmp_path / "other keys")
    assert on(date(2026, 9, 1), elsewhere)(BORN_1999, CITY)[0] != person


def test_a_person_comes_of_age_on_the_birthday(keys: Keys) -> None:
    on(date(2024, 12, 11), keys)(BORN_2006, CITY)
    with pytest.raises(UnderAge):
        on(date(2024, 12, 10), keys)(BORN_2006, CITY)


@pytest.mark.parametrize(
    ("digits", "unit", "refusal"),
    [
        ("990101100011", CITY, IinInvalid),
        (CITY, BORN_1999, IinInvalid),
        (BORN_1999, ELSEWHERE, UnknownUnit),
        (BORN_1999, "Almaty", KatoInvalid),
        (BORN_1999, BORN_1999, KatoInvalid),
    ],
)
def test_a_line_that_is_no_resident_of_the_round_is_refused_without_its_text(
    keys: Keys, digits: str, unit: str, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal) as caught:
        on(date(2026, 9, 1), keys)(digits, unit)
    assert BORN_1999 not in str(caught.value)
    assert digits not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        credential(1)[:-1],
        credential(1) + "A",
        credential(1) + "=",
        "A" * 42 + "B",  # bits behind the last byte: another spelling of 32 zero bytes
        "A" * 43,
        "+" + credential(1)[1:],
        " " * 43,
        "é" * 43,
    ],
)
def test_a_credential_is_32_bytes_in_their_one_spelling_and_not_zero(text: str) -> None:
    with pytest.raises(CredentialInvalid) as caught:
        credential_parser({CITY})(CITY, text)
    assert not caught.value.facts


def test_a_credential_is_of_a_unit_on_the_roll() -> None:
    parse = credential_parser({CITY})
    assert parse(CITY, credential(1))[1] == CITY
    with pytest.raises(UnknownUnit):
        parse(ELSEWHERE, credential(1))
