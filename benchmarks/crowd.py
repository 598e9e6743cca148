"""A round with as many people and credentials as a large city has voters, staged in seconds: nobody holds a code behind them.

Printing a million slips would take longer than all that is measured. The roll's people and the credentials are hashed numbers;
lists, roots, events and counts are the engine's own.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

from api.cli.telling import Narrator
from api.composition import Engine
from api.election.plan import Plan
from api.election.staff import CLERK, Staff, announce
from application import base64url
from benchmarks.election import UNIT, Election, plan_of

_PEOPLE = """
INSERT INTO dauys.roll_people (round_id, person, unit)
SELECT %s, sha256(convert_to('person ' || number, 'UTF8')), %s FROM generate_series(1, %s) AS number
"""


def credential(number: int) -> str:
    """Of person `number`, from 1."""
    return base64url.to_text(sha256(b"credential %d" % number).digest())


class _Crowd(Staff):
    def __init__(self, engine: Engine, plan: Plan, workspace: Path, people: int) -> None:
        super().__init__(engine, plan, Narrator(), workspace)
        self._crowd = people

    def _make_roll(self, round_id: UUID, people: list[tuple[str, str]]) -> None:
        del people  # the plan's own few
        with self._engine.datastore.get_connection() as connection:
            connection.execute(_PEOPLE, [round_id, UNIT, self._crowd])
        self._engine.registrar.seal_roll(round_id, by=CLERK)

    def _make_slips(self, round_id: UUID) -> dict[str, list[str]]:
        with self._teller.step("Credentials are registered", self._crowd) as advance:
            self._engine.registrar.register_credentials(
                round_id, self._credentials(), by=CLERK, progress=advance
            )
        return {UNIT: []}

    def _credentials(self) -> Iterator[bytes]:
        yield b"unit,credential\n"
        for number in range(1, self._crowd + 1):
            yield f"{UNIT},{credential(number)}\n".encode()


@contextmanager
def open_crowd(engine: Engine, people: int) -> Iterator[Election]:
    """A round in voting whose roll and list of credentials are `people` long."""
    with tempfile.TemporaryDirectory(prefix="dauys-bench-") as workspace:
        plan, round_id = plan_of(1), uuid4()
        announce(engine, plan, round_id)
        staff = _Crowd(engine, plan, Path(workspace), people)
        yield Election(engine, staff, staff.open_round(round_id), iter(()))
