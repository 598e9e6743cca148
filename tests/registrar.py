"""A registrar with a round in review, for the tests of rolls, credentials and slips."""

from collections.abc import Callable
from pathlib import Path
from secrets import token_bytes
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import StoredEvent

from application.desk.serving import Serving
from application.desk.tickets import Tickets
from application.keys import Keys
from application.log.canonical import encode
from application.registrar import (
    Registrar,
)
from application.settings import Settings
from application.store import Clock
from application.token_buckets import Rate, TokenBuckets
from domain.round import Round
from tests.engine import Engine
from tests.examples import CITY, CLERK, CLOSES, DISTRICT, DURING, EARLY, PAPER, SEED, TERMS
from tests.people import credential, credential_list, iin, roll_list

DESK = "desk-1"
ROUND, OTHER_ROUND = UUID(int=1), UUID(int=2)
PEOPLE = [(iin(number), CITY if number % 3 else DISTRICT) for number in range(30)]
PER_UNIT = {DISTRICT: 10, CITY: 20}
SLIPS = [(CITY, credential(number)) for number in range(22)] + [
    (DISTRICT, credential(number)) for number in range(100, 111)
]
SETTINGS = Settings(import_chunk=7, faults_told=5)


def registrar_on(engine: Engine, keys: Path) -> Registrar:
    return Registrar(engine.store, engine.datastore, Keys(keys), SETTINGS, lambda: DURING)


LOOK_UPS = Rate(per_second=0.1, burst=60)


def serving_on(
    engine: Engine, keys: Path, clock: Clock = lambda: DURING, look_ups: Rate = LOOK_UPS
) -> Serving:
    held = Keys(keys)
    tickets = Tickets(held, clock, token_bytes)
    return Serving(engine.store, engine.datastore, held, tickets, TokenBuckets(look_ups, 100), clock)


@pytest.fixture
def serving(engine: Engine, tmp_path: Path) -> Serving:
    return serving_on(engine, tmp_path / "keys")


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
