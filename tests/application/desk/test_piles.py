"""What a desk took over, what it handed out, and what it signs for at the end of the day."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from application.desk.piles import (
    MOST_SIGNATURES,
    CodesTaken,
    DeskDay,
    PileInvalid,
    Piles,
    PilesDoNotAddUp,
    PileTaken,
    TooManySignatures,
)
from application.desk.serving import Serving
from application.registrar import Registrar, RollNotSealed
from domain.errors import Refused
from domain.roll import RollUnitsDiffer
from tests.engine import Engine
from tests.examples import CITY, DISTRICT, DURING
from tests.people import iin
from tests.registrar import DESK, OTHER_ROUND, ROUND, rows, serving_on

SECOND = "desk-2"
TOMORROW = DURING + timedelta(days=1)
BOTH = (CITY, DISTRICT)


@pytest.fixture
def piles(registered: Registrar, engine: Engine) -> Piles:  # noqa: ARG001 - whose slips they are
    return piles_at(engine, DURING)


def piles_at(engine: Engine, when: datetime) -> Piles:
    return Piles(engine.store, engine.datastore, lambda: when)


def test_a_days_piles_add_up(piles: Piles, serving: Serving) -> None:
    piles.take_over(ROUND, CITY, 10, pile=uuid4(), by=DESK)
    for number in (1, 2, 4):
        serving.serve(ROUND, iin(number), by=DESK)
    signed = piles.sign(ROUND, CITY, unused=6, spoiled=1, by=DESK)
    assert signed == DeskDay(
        CITY,
        DURING.date(),
        DESK,
        served=3,
        taken_over=10,
        handed_out=3,
        signatures=1,
        unused_pile=6,
        spoiled_pile=1,
        missing=0,
        note="",
        signed_at=DURING,
    )
    assert piles.days(ROUND, BOTH) == [signed]


@pytest.mark.parametrize(("unused", "missing"), [(5, 1), (7, -1)])
def test_what_is_missing_is_signed_for_with_a_note_only(
    piles: Piles, serving: Serving, unused: int, missing: int
) -> None:
    piles.take_over(ROUND, CITY, 7, pile=uuid4(), by=DESK)
    serving.serve(ROUND, iin(1), by=DESK)
    with pytest.raises(PilesDoNotAddUp) as caught:
        piles.sign(ROUND, CITY, unused=unused, spoiled=0, note=" ", by=DESK)
    assert caught.value.facts == {"missing": missing}
    assert piles.sign(ROUND, CITY, unused=unused, spoiled=0, note="wind", by=DESK).missing == missing


def test_piles_are_carried_over_to_the_next_day(piles: Piles, engine: Engine, tmp_path: Path) -> None:
    piles.take_over(ROUND, CITY, 5, pile=uuid4(), by=DESK)
    serving_on(engine, tmp_path / "keys").serve(ROUND, iin(1), by=DESK)
    piles.sign(ROUND, CITY, unused=4, spoiled=0, by=DESK)
    later = piles_at(engine, TOMORROW)
    assert later.sign(ROUND, CITY, unused=4, spoiled=0, by=DESK).taken_over == 5
    later.take_over(ROUND, CITY, 2, pile=uuid4(), by=DESK)
    serving_on(engine, tmp_path / "keys", lambda: TOMORROW).serve(ROUND, iin(2), by=DESK)
    line = later.sign(ROUND, CITY, unused=5, spoiled=0, by=DESK)
    assert (line.served, line.taken_over, line.handed_out, line.signatures) == (1, 7, 2, 2)
    assert later.reported_days(ROUND, BOTH) == [TOMORROW.date(), DURING.date()]
    assert [each.day for each in later.days(ROUND, BOTH, DURING.date())] == [DURING.date()]


def test_the_last_signature_of_a_day_is_the_desks_word_and_none_is_lost(piles: Piles, engine: Engine) -> None:
    piles.take_over(ROUND, CITY, 5, pile=uuid4(), by=DESK)
    for unused in (4, 5):
        piles.sign(ROUND, CITY, unused=unused, spoiled=0, note="counted", by=DESK)
    [line] = piles.days(ROUND, BOTH)
    assert (line.unused_pile, line.signatures) == (5, 2)
    assert [row["unused"] for row in rows(engine, "desk_signatures")] == [4, 5]


def test_a_day_is_signed_a_bounded_number_of_times(piles: Piles) -> None:
    piles.take_over(ROUND, CITY, 1, pile=uuid4(), by=DESK)
    for _ in range(MOST_SIGNATURES):
        piles.sign(ROUND, CITY, unused=1, spoiled=0, by=DESK)
    with pytest.raises(TooManySignatures):
        piles.sign(ROUND, CITY, unused=1, spoiled=0, by=DESK)


def test_desks_and_units_are_counted_apart(piles: Piles, serving: Serving) -> None:
    piles.take_over(ROUND, CITY, 5, pile=uuid4(), by=DESK)
    piles.take_over(ROUND, CITY, 6, pile=uuid4(), by=SECOND)
    piles.take_over(ROUND, DISTRICT, 7, pile=uuid4(), by=DESK)
    serving.serve(ROUND, iin(1), by=SECOND)
    told = {(each.unit, each.desk): (each.taken_over, each.due) for each in piles.days(ROUND, BOTH)}
    assert told == {(CITY, DESK): (5, 5), (CITY, SECOND): (6, 5), (DISTRICT, DESK): (7, 7)}
    assert [each.unit for each in piles.days(ROUND, [DISTRICT])] == [DISTRICT]
    assert piles.days(OTHER_ROUND, BOTH) == []


def test_desks_together_take_over_no_more_than_was_printed(piles: Piles) -> None:
    piles.take_over(ROUND, CITY, 20, pile=uuid4(), by=DESK)
    for slips in (3, 0, -1):
        with pytest.raises(PileInvalid) as caught:
            piles.take_over(ROUND, CITY, slips, pile=uuid4(), by=SECOND)
        assert caught.value.facts == {"printed": 22}
    piles.take_over(ROUND, CITY, 2, pile=uuid4(), by=SECOND)


def test_a_pile_whose_answer_was_lost_is_taken_over_once(piles: Piles) -> None:
    pile, codes = uuid4(), uuid4()
    for _ in range(2):
        piles.take_over(ROUND, CITY, 5, pile=pile, by=DESK)
        piles.take_over_codes(ROUND, CITY, 6, 9, pile=codes, by=DESK)
    assert [each.taken_over for each in piles.days(ROUND, BOTH)] == [9]
    with pytest.raises(CodesTaken):
        piles.take_over_codes(ROUND, CITY, 6, 9, pile=codes, by=SECOND)


def test_a_pile_sent_again_with_another_count_is_refused(piles: Piles) -> None:
    pile = uuid4()
    piles.take_over(ROUND, CITY, 5, pile=pile, by=DESK)
    with pytest.raises(PileTaken):
        piles.take_over(ROUND, CITY, 6, pile=pile, by=DESK)
    with pytest.raises(PileTaken):
        piles.take_over_codes(ROUND, DISTRICT, 1, 2, pile=pile, by=SECOND)
    assert [each.taken_over for each in piles.days(ROUND, BOTH)] == [5]


@pytest.mark.parametrize("places", [(10, 12), (1, 5), (5, 10), (3, 12), (5, 5), (10, 10)])
def test_no_code_is_taken_over_twice(piles: Piles, places: tuple[int, int]) -> None:
    piles.take_over_codes(ROUND, CITY, 5, 10, pile=uuid4(), by=DESK)
    with pytest.raises(CodesTaken):
        piles.take_over_codes(ROUND, CITY, *places, pile=uuid4(), by=SECOND)
    piles.take_over_codes(ROUND, CITY, 11, 12, pile=uuid4(), by=SECOND)
    piles.take_over_codes(ROUND, DISTRICT, 5, 10, pile=uuid4(), by=SECOND)


@pytest.mark.parametrize("places", [(0, 4), (4, 3), (20, 23), (-3, 1)])
def test_codes_are_taken_from_the_file_there_is(piles: Piles, places: tuple[int, int]) -> None:
    with pytest.raises(PileInvalid):
        piles.take_over_codes(ROUND, CITY, *places, pile=uuid4(), by=DESK)


def test_two_desks_that_load_one_file_at_once_do_not_both_get_it(piles: Piles, engine: Engine) -> None:
    def load(desk: str) -> bool:
        with suppress(CodesTaken):
            piles.take_over_codes(ROUND, CITY, 1, 8, pile=uuid4(), by=desk)
            return True
        return False

    with ThreadPoolExecutor(4) as desks:
        assert sum(desks.map(load, [DESK, SECOND] * 4)) == 1
    assert len(rows(engine, "desk_piles")) == 1


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (lambda piles: piles.take_over(OTHER_ROUND, CITY, 1, pile=uuid4(), by=DESK), RollNotSealed),
        (lambda piles: piles.take_over(ROUND, "710000000", 1, pile=uuid4(), by=DESK), RollUnitsDiffer),
        (lambda piles: piles.sign(ROUND, "710000000", unused=0, spoiled=0, by=DESK), RollUnitsDiffer),
        (lambda piles: piles.sign(ROUND, CITY, unused=-1, spoiled=1, by=DESK), PileInvalid),
        (lambda piles: piles.sign(ROUND, CITY, unused=0, spoiled=10**9, by=DESK), PileInvalid),
    ],
)
def test_impossible_piles_are_refused(
    piles: Piles, command: Callable[[Piles], Any], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        command(piles)


@pytest.mark.parametrize("table", ["desk_piles", "desk_signatures"])
def test_what_a_desk_answers_for_stays_as_it_was_signed(piles: Piles, engine: Engine, table: str) -> None:
    piles.take_over(ROUND, CITY, 5, pile=uuid4(), by=DESK)
    piles.sign(ROUND, CITY, unused=5, spoiled=0, by=DESK)
    for change in (f"DELETE FROM dauys.{table}", f"UPDATE dauys.{table} SET desk = 'x'"):
        with psycopg.connect(engine.url) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute(change.encode())


def test_a_day_ends_at_midnight_in_kazakhstan(piles: Piles, engine: Engine) -> None:
    late = piles_at(engine, datetime(2026, 9, 4, 19, 30, tzinfo=UTC))
    late.take_over(ROUND, CITY, 1, pile=uuid4(), by=DESK)
    assert late.reported_days(ROUND, BOTH) == [date(2026, 9, 5)]
    assert piles.today() == DURING.date()
