"""The desk: who stands before it, one slip for each person, and nothing that ties the one to the other."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from eventsourcing.persistence import PersistenceError

from application.desk.serving import (
    AlreadyServed,
    Found,
    NotOnRoll,
    Served,
    Serving,
    Standing,
    TooManyLookUps,
)
from application.desk.tickets import TICKET_SECONDS, TicketExpired
from application.registrar import Registrar, RollNotSealed
from application.token_buckets import Rate
from domain.iin import IinInvalid
from domain.roll import CredentialsNotRegistered
from domain.round import WrongPhase
from domain.times import KAZAKHSTAN
from tests.engine import Engine, open_engine
from tests.examples import CITY, CLERK, DISTRICT, DURING
from tests.faults import Fault as Torn
from tests.faults import wire_to
from tests.people import iin, roll_list
from tests.registrar import (
    DESK,
    OTHER_ROUND,
    PEOPLE,
    ROUND,
    close_voting,
    open_voting,
    rows,
    serving_on,
)

CHILD = "120101500016"


def test_a_desk_is_told_who_stands_before_it(serving: Serving) -> None:
    found = serving.find(ROUND, f" {iin(1)} ", by=DESK)
    assert (found.standing, found.unit) == (Standing.ELIGIBLE, CITY)
    serving.serve_found(ROUND, found.ticket, by=DESK)
    assert serving.find(ROUND, iin(1), by=DESK).standing is Standing.SERVED
    assert serving.find(ROUND, iin(99), by=DESK) == Found(Standing.NOT_ON_ROLL)
    assert serving.find(ROUND, CHILD, by=DESK) == Found(Standing.UNDER_AGE)


def test_age_is_that_of_the_day_voting_opens(serving: Serving) -> None:
    """Both came of age in 2026: one on the day voting opens, one a day later."""
    assert serving.find(ROUND, "080901500015", by=DESK).standing is Standing.NOT_ON_ROLL
    assert serving.find(ROUND, "080902500010", by=DESK).standing is Standing.UNDER_AGE


@pytest.mark.usefixtures("registered")
def test_a_desk_cannot_read_the_roll_out_by_asking(engine: Engine, tmp_path: Path) -> None:
    at = DURING
    serving = serving_on(engine, tmp_path / "keys", lambda: at, Rate(per_second=0.1, burst=3))
    for number in (1, 99, 1):
        serving.find(ROUND, iin(number), by=DESK)
    for digits in (iin(2), "no number at all"):
        with pytest.raises(TooManyLookUps) as refused:
            serving.find(ROUND, digits, by=DESK)
        assert refused.value.facts == {"wait_seconds": 10}
    assert serving.find(ROUND, iin(1), by="desk-2").standing is Standing.ELIGIBLE
    at += timedelta(seconds=10)
    assert serving.find(ROUND, iin(2), by=DESK).standing is Standing.ELIGIBLE
    with pytest.raises(TooManyLookUps):
        serving.find(ROUND, iin(3), by=DESK)


def test_looking_somebody_up_records_nothing(serving: Serving, engine: Engine) -> None:
    tables = ("roll_people", "desk_counts", "slips_handed_out", "events")
    before = [rows(engine, table) for table in tables]
    for digits in (iin(1), iin(99), CHILD):
        serving.find(ROUND, digits, by=DESK)
    assert [rows(engine, table) for table in tables] == before


def test_a_mistyped_number_is_told_by_what_is_wrong_and_not_repeated(serving: Serving) -> None:
    for typed, reason in ((iin(1)[:-1], "length"), ("990101100011", "check_digit"), ("x" * 12, "digits")):
        with pytest.raises(IinInvalid) as caught:
            serving.find(ROUND, typed, by=DESK)
        assert caught.value.facts == {"reason": reason}


def test_what_a_page_gets_holds_no_trace_of_the_number(serving: Serving) -> None:
    found = serving.find(ROUND, iin(1), by=DESK)
    assert iin(1) not in repr(found)
    assert found.ticket != serving.find(ROUND, iin(1), by=DESK).ticket  # nor is one person's the same twice


@pytest.mark.parametrize("later", [TICKET_SECONDS - 1, TICKET_SECONDS])
def test_a_ticket_is_good_for_minutes(serving: Serving, engine: Engine, tmp_path: Path, later: int) -> None:
    ticket = serving.find(ROUND, iin(1), by=DESK).ticket
    then = serving_on(engine, tmp_path / "keys", lambda: DURING + timedelta(seconds=later))
    if later < TICKET_SECONDS:
        assert then.serve_found(ROUND, ticket, by=DESK) == Served(CITY)
    else:
        with pytest.raises(TicketExpired):
            then.serve_found(ROUND, ticket, by=DESK)


def test_a_ticket_is_good_at_its_desk_and_in_its_round_only(serving: Serving) -> None:
    ticket = serving.find(ROUND, iin(1), by=DESK).ticket
    forged = ("B" if ticket[0] == "A" else "A") + ticket[1:]
    for round_id, text, desk in (
        (ROUND, ticket, "desk-2"),
        (OTHER_ROUND, ticket, DESK),
        (ROUND, forged, DESK),
        (ROUND, ticket[:-1], DESK),
        (ROUND, "", DESK),
    ):
        with pytest.raises(TicketExpired):
            serving.unit_of(round_id, text, by=desk)
    assert serving.unit_of(ROUND, ticket, by=DESK) == CITY


def test_a_person_is_served_once(serving: Serving, registered: Registrar, engine: Engine) -> None:
    assert serving.serve(ROUND, f" {iin(1)}\n", by=DESK) == Served(CITY)
    open_voting(engine)
    assert serving.serve(ROUND, iin(0), by=DESK) == Served(DISTRICT)
    for _ in range(2):
        with pytest.raises(AlreadyServed):
            serving.serve(ROUND, iin(1), by=DESK)
    assert registered.status(ROUND).handed_out == {CITY: 1, DISTRICT: 1}


def test_slips_are_counted_by_unit_and_local_day_and_by_nothing_else(
    serving: Serving, engine: Engine
) -> None:
    for number in (1, 2, 0, 1):
        with suppress(AlreadyServed):
            serving.serve(ROUND, iin(number), by=DESK)
    day = DURING.astimezone(KAZAKHSTAN).date()
    assert sorted(map(str, rows(engine, "slips_handed_out"))) == sorted(
        str({"round_id": ROUND, "unit": unit, "day": day, "slips": slips})
        for unit, slips in ((CITY, 2), (DISTRICT, 1))
    )


def test_each_desk_counts_its_own_by_unit_and_day(serving: Serving, engine: Engine) -> None:
    for number, desk in ((1, DESK), (2, "desk-2"), (4, DESK), (0, DESK), (1, "desk-2")):
        with suppress(AlreadyServed):
            serving.serve(ROUND, iin(number), by=desk)
    counted = {(row["desk"], row["unit"]): row["served"] for row in rows(engine, "desk_counts")}
    assert counted == {(DESK, CITY): 2, ("desk-2", CITY): 1, (DESK, DISTRICT): 1}
    assert {row["day"] for row in rows(engine, "desk_counts")} == {DURING.astimezone(KAZAKHSTAN).date()}


def test_two_desks_do_not_serve_one_person_twice(serving: Serving) -> None:
    def try_serving(_: int) -> bool:
        try:
            serving.serve(ROUND, iin(1), by=DESK)
        except AlreadyServed:
            return False
        return True

    with ThreadPoolExecutor(4) as desks:
        assert sum(desks.map(try_serving, range(12))) == 1


def test_who_is_not_on_the_roll_is_not_served(serving: Serving) -> None:
    with pytest.raises(NotOnRoll) as caught:
        serving.serve(ROUND, iin(99), by=DESK)
    assert not caught.value.facts


def test_nobody_is_served_before_slips_are_registered(
    registrar: Registrar, engine: Engine, tmp_path: Path
) -> None:
    serving = serving_on(engine, tmp_path / "keys")
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    with pytest.raises(RollNotSealed):
        serving.serve(ROUND, iin(0), by=DESK)
    registrar.seal_roll(ROUND, by=CLERK)
    with pytest.raises(CredentialsNotRegistered):
        serving.serve(ROUND, iin(0), by=DESK)


def test_nobody_is_served_after_closing(serving: Serving, engine: Engine) -> None:
    open_voting(engine)
    serving.serve(ROUND, iin(1), by=DESK)
    close_voting(engine)
    with pytest.raises(WrongPhase):
        serving.serve(ROUND, iin(0), by=DESK)


def test_no_table_knows_both_a_person_and_a_credential(serving: Serving, engine: Engine) -> None:
    serving.serve(ROUND, iin(0), by=DESK)
    with psycopg.connect(engine.url) as connection:
        columns = connection.execute(
            "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns"
            " WHERE table_schema LIKE 'dauys%'"
        ).fetchall()
        tables: dict[str, set[str]] = {}
        for table, column in columns:
            tables.setdefault(table, set()).add(column)
        people = {row["person"] for row in rows(engine, "roll_people")}
        credentials = {row["credential"] for row in rows(engine, "credentials")}
        for table in tables.keys() - {"dauys.roll_people"}:
            dump = connection.execute(f"SELECT t::text FROM {table} t".encode()).fetchall()
            text = "\n".join(row[0] for row in dump)
            assert not [digits for digits, _ in PEOPLE if digits in text]
            assert not [person for person in people if isinstance(person, bytes) and person.hex() in text]
    assert tables["dauys.roll_people"] == {"round_id", "person", "unit", "served"}
    assert tables["dauys.credentials"] == {"round_id", "credential", "unit"}
    assert not people & credentials


@pytest.mark.parametrize("shape", Torn)
def test_a_person_whose_answer_was_lost_gets_no_second_slip(
    serving: Serving, registered: Registrar, engine: Engine, tmp_path: Path, shape: Torn
) -> None:
    with wire_to(engine.url) as wire, open_engine(wire.url) as torn_engine:
        torn = serving_on(torn_engine, tmp_path / "keys")
        wire.tear(shape, command=b"UPDATE dauys.roll_people", answer=b"INSERT 0 1\x00")
        with pytest.raises(PersistenceError):
            torn.serve(ROUND, iin(1), by=DESK)
    if shape is Torn.COMMIT_LOST:
        assert serving.serve(ROUND, iin(1), by=DESK) == Served(CITY)
    with pytest.raises(AlreadyServed):
        serving.serve(ROUND, iin(1), by=DESK)
    assert registered.status(ROUND).handed_out[CITY] == 1


def serve_in_another_process(url: str, keys: Path, desk: str) -> list[bool]:
    """For each of ten people, whether this desk got to serve them."""
    served = []
    with open_engine(url) as engine:
        serving = serving_on(engine, keys)
        for number in range(10):
            try:
                serving.serve(ROUND, iin(number), by=desk)
            except AlreadyServed:
                served.append(False)
            else:
                served.append(True)
    return served


@pytest.mark.usefixtures("registered")
def test_two_desks_in_two_processes_hand_one_slip_to_each_of_ten_people(
    engine: Engine, processes: ProcessPoolExecutor, tmp_path: Path
) -> None:
    desks = [
        processes.submit(serve_in_another_process, engine.url, tmp_path / "keys", desk)
        for desk in (DESK, "desk-2")
    ]
    first, second = (desk.result(timeout=60) for desk in desks)
    assert [one != other for one, other in zip(first, second, strict=True)] == [True] * 10
    counted = {DESK: 0, "desk-2": 0}
    for row in rows(engine, "desk_counts"):
        counted[str(row["desk"])] += int(str(row["served"]))
    assert counted == {DESK: sum(first), "desk-2": sum(second)}
