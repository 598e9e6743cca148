"""The registrar: rolls and credentials that are all stored or not at all, frozen by an event, and slips handed out once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import PersistenceError, StoredEvent

from application.keys import Keys
from application.lists import Fault
from application.log.canonical import encode
from application.registrar import (
    AlreadyServed,
    CredentialsChanged,
    ListsBusy,
    NotOnRoll,
    Registrar,
    RollChanged,
    RollNotSealed,
    RollSealed,
    Served,
)
from application.settings import Settings
from application.store import NotFound
from domain.errors import Refused
from domain.iin import Iin
from domain.roll import (
    CredentialsAlreadyRegistered,
    CredentialsNotRegistered,
    Roll,
    RollUnitsDiffer,
    SlipCount,
    SlipsAlreadyReconciled,
    SlipsDoNotReconcile,
    TooFewCredentials,
    TooManySpares,
)
from domain.round import Round, WrongPhase
from tests.engine import Engine, open_engine
from tests.examples import CITY, CLERK, CLOSES, DISTRICT, DURING, EARLY, PAPER, SEED, TERMS
from tests.faults import Fault as Torn
from tests.faults import wire_to
from tests.people import credential, credential_list, iin, roll_list

ROUND, OTHER_ROUND = UUID(int=1), UUID(int=2)
PEOPLE = [(iin(number), CITY if number % 3 else DISTRICT) for number in range(30)]
PER_UNIT = {DISTRICT: 10, CITY: 20}
SLIPS = [(CITY, credential(number)) for number in range(22)] + [
    (DISTRICT, credential(number)) for number in range(100, 111)
]
SETTINGS = Settings(import_chunk=7, faults_told=5)


def registrar_on(engine: Engine, keys: Path) -> Registrar:
    return Registrar(engine.store, engine.datastore, Keys(keys), SETTINGS, lambda: DURING)


@pytest.fixture
def registrar(engine: Engine, tmp_path: Path) -> Registrar:
    for round_id in (ROUND, OTHER_ROUND):
        round_ = Round.draft(round_id, TERMS, by=CLERK, at=EARLY)
        round_.open_intake(by=CLERK, at=EARLY)
        round_.start_review(by=CLERK, at=EARLY)
        round_.draw_lot(SEED, by=CLERK, at=EARLY)
        engine.store.save(round_)
    return registrar_on(engine, tmp_path / "keys")


@pytest.fixture
def registered(registrar: Registrar) -> Registrar:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    registrar.register_credentials(ROUND, credential_list(SLIPS), by=CLERK)
    return registrar


def change(engine: Engine, act: Callable[[Round], None]) -> None:
    round_ = engine.store.load(Round, ROUND)
    act(round_)
    engine.store.save(round_)


def open_voting(engine: Engine) -> None:
    change(engine, lambda round_: round_.open_voting(PAPER, 2, by=CLERK, at=DURING))


def close_voting(engine: Engine) -> None:
    change(engine, lambda round_: round_.close_voting(by=CLERK, at=CLOSES))


def rows(engine: Engine, table: str) -> list[dict[str, object]]:
    with engine.datastore.rows(f"SELECT * FROM dauys.{table} ORDER BY 2", []) as found:
        return list(found)


def events(engine: Engine) -> int:
    return engine.reader.size()


def cast(engine: Engine, unit: str, number: int, round_id: UUID = ROUND) -> None:
    """Ballots of a unit, with as much in them as is counted."""
    state = encode({"round_id": str(round_id), "unit": unit, "choices": ["1"]})
    engine.recorder.insert_events([StoredEvent(uuid4(), 1, "ballot.cast.v1", state) for _ in range(number)])


# The roll


def test_the_roll_holds_keyed_hashes_and_units_only(
    registrar: Registrar, engine: Engine, tmp_path: Path
) -> None:
    imported = registrar.import_roll(ROUND, roll_list(PEOPLE))
    assert imported.stored == PER_UNIT
    assert (imported.lines, imported.bad_lines) == (31, 0)
    keys = Keys(tmp_path / "keys")
    stored = {(row["person"], row["unit"], row["served"]) for row in rows(engine, "roll_people")}
    assert stored == {(keys.person(Iin.parse(digits)), unit, False) for digits, unit in PEOPLE}


def test_importing_again_replaces_this_rounds_roll_only(registrar: Registrar) -> None:
    registrar.import_roll(OTHER_ROUND, roll_list(PEOPLE))
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.import_roll(ROUND, roll_list([(iin(99), CITY)]))
    assert registrar.status(ROUND).people == {CITY: 1}
    assert registrar.status(OTHER_ROUND).people == PER_UNIT


BAD_LIST = [
    b"iin;unit\n",
    f"{iin(1)};{CITY}\n".encode(),
    b"990101100011;750000000\n",
    f"{iin(2)};710000000\n".encode(),
    f"{iin(1)};{DISTRICT}\n".encode(),
    f"{iin(3)};{CITY};x\n".encode(),
    f"{iin(4)};{CITY}\n".encode(),
    b"\xff\n",
    f"{iin(4)};{CITY}\n".encode(),
    b"1" * 201,
]
FAULTS = (
    Fault(3, "iin_invalid: check_digit"),
    Fault(4, "unknown_unit"),
    Fault(6, "wrong_columns"),
    Fault(8, "not_utf8"),
)


def test_a_bad_line_keeps_the_whole_list_out(registrar: Registrar) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    imported = registrar.import_roll(ROUND, BAD_LIST)
    assert imported.stored == {}
    assert imported.bad_lines == 7
    assert len(imported.told) == SETTINGS.faults_told
    assert set(FAULTS) <= set(imported.told)
    assert registrar.status(ROUND).people == PER_UNIT


def test_on_request_the_good_lines_are_taken_and_of_a_repeated_person_the_first(
    registrar: Registrar, engine: Engine, tmp_path: Path
) -> None:
    imported = registrar.import_roll(ROUND, BAD_LIST, skip_bad=True)
    assert imported.stored == {CITY: 2}
    person = Keys(tmp_path / "keys").person(Iin.parse(iin(1)))
    assert [row["unit"] for row in rows(engine, "roll_people") if row["person"] == person] == [CITY]


def test_repeated_people_are_told_however_far_apart_they_stand(registrar: Registrar) -> None:
    imported = registrar.import_roll(ROUND, roll_list([*PEOPLE, PEOPLE[29], PEOPLE[0]]))
    assert imported.told == (Fault(32, "duplicate"), Fault(33, "duplicate"))


def test_a_list_without_a_good_line_replaces_nothing(registrar: Registrar) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    for lines in ([b"iin,unit\n"], [b"iin,unit\n", b"x\n"]):
        assert registrar.import_roll(ROUND, lines, skip_bad=True).stored == {}
    assert registrar.status(ROUND).people == PER_UNIT


def test_people_are_of_age_on_the_day_voting_opens_in_kazakhstan(registrar: Registrar) -> None:
    born_2006 = [("061211600012", CITY)]  # is 19 when voting opens, 20 in December
    assert registrar.import_roll(ROUND, roll_list(born_2006), minimum_age=19).stored
    refused = registrar.import_roll(ROUND, roll_list(born_2006), minimum_age=20)
    assert refused.told == (Fault(2, "under_age"),)


def test_neither_an_iin_nor_a_line_is_in_what_an_import_tells(registrar: Registrar) -> None:
    told = repr(registrar.import_roll(ROUND, BAD_LIST))
    assert not [digits for digits, _ in PEOPLE if digits in told]
    assert "990101100011" not in told


def test_while_a_list_comes_in_the_log_is_free_and_the_round_is_taken(
    registrar: Registrar, engine: Engine, tmp_path: Path
) -> None:
    with open_engine(engine.url, Settings(lock_seconds=1)) as hasty:
        beside = registrar_on(hasty, tmp_path / "keys")

        def slowly() -> Iterator[bytes]:
            yield from roll_list(PEOPLE)
            cast(hasty, CITY, 1, OTHER_ROUND)
            beside.import_roll(OTHER_ROUND, roll_list(PEOPLE[:3]))
            with pytest.raises(ListsBusy):
                beside.seal_roll(ROUND, by=CLERK)

        registrar.import_roll(ROUND, slowly())
        assert beside.seal_roll(ROUND, by=CLERK).people == PER_UNIT


def test_a_source_that_fails_leaves_the_roll_as_it_was_and_the_round_free(registrar: Registrar) -> None:
    def torn() -> Iterator[bytes]:
        yield from list(roll_list(PEOPLE))[:20]
        raise OSError

    registrar.import_roll(ROUND, roll_list(PEOPLE))
    with pytest.raises(OSError, match=r"^$"):
        registrar.import_roll(ROUND, torn())
    assert registrar.seal_roll(ROUND, by=CLERK).people == PER_UNIT


def test_sealing_records_counts_and_root_once(registrar: Registrar, engine: Engine) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    before = events(engine)
    sealed = registrar.seal_roll(ROUND, by=CLERK)
    assert sealed.people == PER_UNIT
    assert registrar.seal_roll(ROUND, by=CLERK).root == sealed.root
    assert events(engine) == before + 1
    assert registrar.status(ROUND).root == sealed.root
    engine.check()


def test_the_order_of_a_list_does_not_change_its_root(registrar: Registrar) -> None:
    roots = set()
    for round_id, people in ((ROUND, PEOPLE), (OTHER_ROUND, PEOPLE[::-1])):
        registrar.import_roll(round_id, roll_list(people))
        roots.add(registrar.seal_roll(round_id, by=CLERK).root)
    assert len(roots) == 1


def test_nobody_enters_a_sealed_roll(registrar: Registrar) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    with pytest.raises(RollSealed):
        registrar.import_roll(ROUND, roll_list([(iin(99), CITY)]))
    assert registrar.status(ROUND).people == PER_UNIT


def test_a_roll_without_people_is_not_sealed(registrar: Registrar) -> None:
    with pytest.raises(RollUnitsDiffer):
        registrar.seal_roll(ROUND, by=CLERK)


def test_a_round_that_is_not_there_has_no_roll(registrar: Registrar) -> None:
    for command in (
        lambda: registrar.import_roll(uuid4(), roll_list(PEOPLE)),
        lambda: registrar.seal_roll(uuid4(), by=CLERK),
        lambda: registrar.register_credentials(uuid4(), credential_list(SLIPS), by=CLERK),
        lambda: registrar.serve(uuid4(), iin(0)),
        lambda: registrar.status(uuid4()),
    ):
        with pytest.raises(NotFound):
            command()


def test_no_roll_is_imported_once_voting_is_open(registered: Registrar, engine: Engine) -> None:
    open_voting(engine)
    with pytest.raises(WrongPhase):
        registered.import_roll(ROUND, roll_list(PEOPLE))


# Credentials


def test_registering_freezes_the_list_with_its_counts(registered: Registrar, engine: Engine) -> None:
    status = registered.status(ROUND)
    assert status.credentials == {CITY: 22, DISTRICT: 11}
    assert len(rows(engine, "credentials")) == 33
    roll = engine.store.load(Roll, Roll.create_id(ROUND))
    assert roll.credentials_root == status.credentials_root
    engine.check()


def test_the_same_list_again_in_any_order_changes_nothing(registered: Registrar, engine: Engine) -> None:
    before = events(engine), rows(engine, "credentials")
    open_voting(engine)  # late repeats included: the answer to the first command may have been lost
    again = registered.register_credentials(ROUND, credential_list(SLIPS[::-1]), by=CLERK)
    assert again.stored == {CITY: 22, DISTRICT: 11}
    assert (events(engine) - 1, rows(engine, "credentials")) == before


@pytest.mark.parametrize("others", [[*SLIPS, (CITY, credential(999))], [*SLIPS[1:], (CITY, credential(999))]])
def test_nobody_adds_or_replaces_a_registered_credential(
    registered: Registrar, engine: Engine, others: list[tuple[str, str]]
) -> None:
    before = events(engine), rows(engine, "credentials")
    with pytest.raises(CredentialsAlreadyRegistered):
        registered.register_credentials(ROUND, credential_list(others), by=CLERK)
    assert (events(engine), rows(engine, "credentials")) == before


@pytest.mark.parametrize(
    ("slips", "refusal"),
    [
        (SLIPS[3:], TooFewCredentials),
        (SLIPS[:22], RollUnitsDiffer),
        (SLIPS + [(CITY, credential(number)) for number in range(200, 230)], TooManySpares),
    ],
)
def test_a_list_that_does_not_fit_the_roll_is_not_stored(
    registrar: Registrar, engine: Engine, slips: list[tuple[str, str]], refusal: type[Refused]
) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    with pytest.raises(refusal):
        registrar.register_credentials(ROUND, credential_list(slips), by=CLERK)
    assert rows(engine, "credentials") == []


def test_a_bad_line_keeps_all_credentials_out(registrar: Registrar, engine: Engine) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    lines = [*credential_list([*SLIPS, SLIPS[0]]), b"750000000,short\n"]
    imported = registrar.register_credentials(ROUND, lines, by=CLERK)
    assert imported.told == (Fault(35, "duplicate"), Fault(36, "credential_invalid"))
    assert imported.stored == {}
    assert rows(engine, "credentials") == []


def test_credentials_wait_for_the_sealed_roll(registrar: Registrar) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    with pytest.raises(RollNotSealed):
        registrar.register_credentials(ROUND, credential_list(SLIPS), by=CLERK)


def test_what_was_sealed_and_registered_is_still_there_at_opening(
    registered: Registrar,
) -> None:
    registered.check_roots(ROUND)


@pytest.mark.parametrize(
    ("tampering", "refusal"),
    [
        ("DELETE FROM dauys.roll_people WHERE ctid = (SELECT min(ctid) FROM dauys.roll_people)", RollChanged),
        (f"INSERT INTO dauys.roll_people VALUES ('{ROUND}', sha256('x'), '{CITY}')", RollChanged),
        (f"INSERT INTO dauys.credentials VALUES ('{ROUND}', sha256('x'), '{CITY}')", CredentialsChanged),
        (
            "DELETE FROM dauys.credentials WHERE ctid = (SELECT min(ctid) FROM dauys.credentials)",
            CredentialsChanged,
        ),
    ],
)
def test_rows_changed_behind_our_back_are_noticed_at_opening(
    registered: Registrar, engine: Engine, tampering: str, refusal: type[Refused]
) -> None:
    with psycopg.connect(engine.url) as intruder:
        intruder.execute(tampering.encode())
    with pytest.raises(refusal):
        registered.check_roots(ROUND)


def test_voting_waits_for_roll_and_credentials(registrar: Registrar) -> None:
    with pytest.raises(RollNotSealed):
        registrar.check_roots(ROUND)
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    with pytest.raises(CredentialsNotRegistered):
        registrar.check_roots(ROUND)


# The desk


def test_a_person_is_served_once(registered: Registrar, engine: Engine) -> None:
    assert registered.serve(ROUND, f" {iin(1)}\n") == Served(CITY)
    open_voting(engine)
    assert registered.serve(ROUND, iin(0)) == Served(DISTRICT)
    for _ in range(2):
        with pytest.raises(AlreadyServed):
            registered.serve(ROUND, iin(1))
    assert registered.handed_out(ROUND) == {CITY: 1, DISTRICT: 1}


def test_two_desks_do_not_serve_one_person_twice(registered: Registrar) -> None:
    def try_serving(_: int) -> bool:
        try:
            registered.serve(ROUND, iin(1))
        except AlreadyServed:
            return False
        return True

    with ThreadPoolExecutor(4) as desks:
        assert sum(desks.map(try_serving, range(12))) == 1


def test_who_is_not_on_the_roll_is_not_served(registered: Registrar) -> None:
    with pytest.raises(NotOnRoll) as caught:
        registered.serve(ROUND, iin(99))
    assert not caught.value.facts


def test_nobody_is_served_before_slips_are_registered(registrar: Registrar) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    with pytest.raises(RollNotSealed):
        registrar.serve(ROUND, iin(0))
    registrar.seal_roll(ROUND, by=CLERK)
    with pytest.raises(CredentialsNotRegistered):
        registrar.serve(ROUND, iin(0))


def test_nobody_is_served_after_closing(registered: Registrar, engine: Engine) -> None:
    open_voting(engine)
    close_voting(engine)
    with pytest.raises(WrongPhase):
        registered.serve(ROUND, iin(0))


def test_no_table_knows_both_a_person_and_a_credential(registered: Registrar, engine: Engine) -> None:
    registered.serve(ROUND, iin(0))
    with psycopg.connect(engine.url) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema LIKE 'dauys%'"
        ).fetchall()
        tables: dict[str, set[str]] = {}
        for table, column in columns:
            tables.setdefault(table, set()).add(column)
        people = {row["person"] for row in rows(engine, "roll_people")}
        credentials = {row["credential"] for row in rows(engine, "credentials")}
        for table in tables.keys() - {"roll_people"}:
            dump = connection.execute(f"SELECT t::text FROM dauys.{table} t".encode()).fetchall()
            text = "\n".join(row[0] for row in dump)
            assert not [digits for digits, _ in PEOPLE if digits in text]
            assert not [person for person in people if isinstance(person, bytes) and person.hex() in text]
    assert tables["roll_people"] == {"round_id", "person", "unit", "served"}
    assert tables["credentials"] == {"round_id", "credential", "unit"}
    assert not people & credentials


# Reconciling


def close_with_ballots(engine: Engine) -> None:
    """Three ballots in the city, one in the district; other ballots before, between and behind them."""
    cast(engine, CITY, 2)
    open_voting(engine)
    cast(engine, CITY, 2)
    cast(engine, DISTRICT, 5, OTHER_ROUND)
    cast(engine, CITY, 1)
    cast(engine, DISTRICT, 1)
    close_voting(engine)
    cast(engine, CITY, 7)


def test_slips_are_reconciled_with_ballots_counted_from_the_log(
    registered: Registrar, engine: Engine
) -> None:
    for number in (0, 1, 2, 4):
        registered.serve(ROUND, iin(number))
    close_with_ballots(engine)
    slips = registered.reconcile(ROUND, {CITY: 18, DISTRICT: 10}, {CITY: 1}, by=CLERK)
    assert slips == (
        SlipCount(CITY, printed=22, handed_out=3, unused=18, spoiled=1, cast=3),
        SlipCount(DISTRICT, printed=11, handed_out=1, unused=10, spoiled=0, cast=1),
    )
    assert registered.status(ROUND).reconciled
    with pytest.raises(SlipsAlreadyReconciled):
        registered.reconcile(ROUND, {CITY: 18, DISTRICT: 10}, {CITY: 1}, by=CLERK)


def test_what_does_not_add_up_needs_an_explanation(registered: Registrar, engine: Engine) -> None:
    close_with_ballots(engine)
    with pytest.raises(SlipsDoNotReconcile):
        registered.reconcile(ROUND, {CITY: 22, DISTRICT: 11}, {}, by=CLERK)
    registered.reconcile(ROUND, {CITY: 22, DISTRICT: 11}, {}, by=CLERK, explanation="A desk kept no list.")


def test_slips_sent_by_letter_are_stated(registered: Registrar, engine: Engine) -> None:
    close_with_ballots(engine)
    slips = registered.reconcile(
        ROUND, {CITY: 12, DISTRICT: 10}, {}, by=CLERK, handed_out={CITY: 10, DISTRICT: 1}
    )
    assert {count.unit: count.handed_out for count in slips} == {CITY: 10, DISTRICT: 1}


def test_slips_of_another_unit_are_not_passed_over(registered: Registrar, engine: Engine) -> None:
    close_with_ballots(engine)
    elsewhere = {"710000000": 0}
    for unused, spoiled, stated in ((elsewhere, {}, {}), ({}, elsewhere, {}), ({}, {}, elsewhere)):
        with pytest.raises(RollUnitsDiffer):
            registered.reconcile(ROUND, unused, spoiled, by=CLERK, explanation="as found", handed_out=stated)


def test_slips_are_not_reconciled_while_voting_is_open(registered: Registrar, engine: Engine) -> None:
    open_voting(engine)
    with pytest.raises(WrongPhase):
        registered.reconcile(ROUND, {}, {}, by=CLERK, explanation="too early")


# Faults of the store, in both shapes


@pytest.mark.parametrize("shape", Torn)
def test_every_command_can_be_given_again_after_a_torn_connection(
    registrar: Registrar, engine: Engine, tmp_path: Path, shape: Torn
) -> None:
    with wire_to(engine.url) as wire, open_engine(wire.url) as torn_engine:
        asked = iter("")

        def clock() -> datetime:
            """Asked in each transaction that leads to an event; at «!» its COMMIT is torn."""
            if next(asked, "") == "!":
                wire.tear(shape)
            return DURING

        torn = Registrar(torn_engine.store, torn_engine.datastore, Keys(tmp_path / "keys"), SETTINGS, clock)
        commands: tuple[tuple[Callable[[], object], str], ...] = (
            (partial(torn.seal_roll, ROUND, by=CLERK), "!"),
            (partial(torn.register_credentials, ROUND, list(credential_list(SLIPS)), by=CLERK), "!"),
            (partial(torn.register_credentials, ROUND, list(credential_list(SLIPS)), by=CLERK), " !"),
        )
        wire.tear(shape)
        with pytest.raises(PersistenceError):
            torn.import_roll(ROUND, roll_list(PEOPLE))
        torn.import_roll(ROUND, roll_list(PEOPLE))
        for command, when in commands:
            asked = iter(when)
            with pytest.raises(PersistenceError):
                command()
            assert wire.torn
            torn.seal_roll(ROUND, by=CLERK)
        before_last = events(engine)
        torn.register_credentials(ROUND, credential_list(SLIPS), by=CLERK)
    assert events(engine) == before_last + (shape is Torn.COMMIT_LOST)
    status = registrar.status(ROUND)
    assert (status.people, status.credentials) == (PER_UNIT, {CITY: 22, DISTRICT: 11})
    registrar.check_roots(ROUND)
    engine.check()


@pytest.mark.parametrize("shape", Torn)
def test_a_person_whose_answer_was_lost_gets_no_second_slip(
    registered: Registrar, engine: Engine, tmp_path: Path, shape: Torn
) -> None:
    with wire_to(engine.url) as wire, open_engine(wire.url) as torn_engine:
        torn = registrar_on(torn_engine, tmp_path / "keys")
        wire.tear(shape, command=b"UPDATE dauys.roll_people", answer=b"UPDATE 1\x00")
        with pytest.raises(PersistenceError):
            torn.serve(ROUND, iin(1))
    if shape is Torn.COMMIT_LOST:
        assert registered.serve(ROUND, iin(1)) == Served(CITY)
    with pytest.raises(AlreadyServed):
        registered.serve(ROUND, iin(1))
    assert registered.handed_out(ROUND)[CITY] == 1
