"""A round whose slips are registered, with its secret files, for tests of what desks do with them."""

from pathlib import Path
from uuid import UUID, uuid4

from api.composition import Engine
from application.slips import SlipOrder, make_slips
from domain.round import Round
from tests.examples import CITY, CLERK, DISTRICT, EARLY, SEED, TERMS
from tests.people import iin, roll_list

NAMES = {unit.kato: unit.name for unit in TERMS.units}
PEOPLE = {CITY: range(20), DISTRICT: range(20, 26)}
"""The numbers of made-up people (`tests.people.iin`) by the unit in which they vote."""
SPARES = 4


def prepared_round(engine: Engine, folder: Path) -> UUID:
    """In review, when slips may be handed out already; `folder` gets slips-<unit>.csv."""
    round_ = Round.draft(uuid4(), TERMS, by=CLERK, at=EARLY)
    round_.open_intake(by=CLERK, at=EARLY)
    round_.start_review(by=CLERK, at=EARLY)
    round_.draw_lot(SEED, by=CLERK, at=EARLY)
    engine.store.save(round_)
    people = [(iin(number), unit) for unit, numbers in PEOPLE.items() for number in numbers]
    engine.registrar.import_roll(round_.id, roll_list(people))
    engine.registrar.seal_roll(round_.id, by=CLERK)
    lines = [b"unit,credential\n"]
    for unit, numbers in PEOPLE.items():
        order = SlipOrder(round_.id, unit, len(numbers), SPARES, TERMS.title, NAMES[unit])
        listed = make_slips(order, folder)[-1]
        lines += listed.read_bytes().splitlines(keepends=True)[1:]
    engine.registrar.register_credentials(round_.id, lines, by=CLERK)
    return round_.id
