"""The registrar's roll: all stored or not at all, sealed by an event, and every command repeatable after a torn connection."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from eventsourcing.persistence import PersistenceError

from application.desk.serving import Serving
from application.keys import Keys
from application.lists import Fault
from application.registrar import (
    ListsBusy,
    Registrar,
    RollSealed,
)
from application.settings import Settings
from application.store import NotFound
from domain.iin import Iin
from domain.roll import (
    RollUnitsDiffer,
)
from domain.round import WrongPhase
from tests.engine import Engine, open_engine
from tests.examples import CITY, CLERK, DISTRICT, DURING
from tests.faults import Fault as Torn
from tests.faults import wire_to
from tests.people import credential_list, iin, roll_list
from tests.registrar import (
    DESK,
    OTHER_ROUND,
    PEOPLE,
    PER_UNIT,
    ROUND,
    SETTINGS,
    SLIPS,
    cast,
    events,
    open_voting,
    registered,
    registrar,
    registrar_on,
    rows,
    serving,
)

__all__ = ["registered", "registrar", "serving"]

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


def test_a_round_that_is_not_there_has_no_roll(serving: Serving, registrar: Registrar) -> None:
    for command in (
        lambda: registrar.import_roll(uuid4(), roll_list(PEOPLE)),
        lambda: registrar.seal_roll(uuid4(), by=CLERK),
        lambda: registrar.register_credentials(uuid4(), credential_list(SLIPS), by=CLERK),
        lambda: serving.serve(uuid4(), iin(0), by=DESK),
        lambda: registrar.status(uuid4()),
    ):
        with pytest.raises(NotFound):
            command()


def test_no_roll_is_imported_once_voting_is_open(registered: Registrar, engine: Engine) -> None:
    open_voting(engine)
    with pytest.raises(WrongPhase):
        registered.import_roll(ROUND, roll_list(PEOPLE))


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
