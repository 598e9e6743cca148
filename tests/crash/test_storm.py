"""Kill -9 in mid-load, again and again: PostgreSQL, a server process, the supervisor, in any order.

What was acknowledged is in the log once; what was not is sent again by the kiosks; nobody votes twice.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from tests.crash.hall import Hall, check_account
from tests.dauys import Home, Serving, children, home
from tests.deliveries import close_round, open_round

VOTERS = 12_000
BETWEEN_KILLS = 40
"""Ballots recorded at least."""


def kill_postgres(storm: Home, serving: Serving) -> None:
    del serving
    os.kill(storm.postmaster(), signal.SIGKILL)


def kill_a_backend(storm: Home, serving: Serving) -> None:
    """PostgreSQL ends all connections and recovers by itself."""
    del serving
    for pid in sorted(children(storm.postmaster()), reverse=True):
        with suppress(ProcessLookupError):  # the newest may have been a short-lived one
            os.kill(pid, signal.SIGKILL)
            return


def kill_a_server_process(storm: Home, serving: Serving) -> None:
    del storm
    os.kill(serving.server_processes()[0], signal.SIGKILL)


def kill_the_supervisor(storm: Home, serving: Serving) -> None:
    del storm
    serving.kill()
    serving.start()


def kill_everything(storm: Home, serving: Serving) -> None:
    """As a power cut does."""
    serving.kill()
    for pid in storm.processes():
        os.kill(pid, signal.SIGKILL)
    serving.start()


KILLS: tuple[Callable[[Home, Serving], None], ...] = (
    kill_postgres,
    kill_a_backend,
    kill_a_server_process,
    kill_the_supervisor,
    kill_everything,
)


@pytest.mark.parametrize("seed", [2026])
def test_what_was_acknowledged_is_counted_once_whatever_is_killed(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    kills = [*KILLS, *random.choices(KILLS, k=2)]
    random.shuffle(kills)
    with home() as storm, Serving(storm) as serving:
        with storm.engine() as engine:
            voters = open_round(engine, VOTERS)
            hall = Hall(engine, voters[:-1], serving.url, tmp_path)
        with hall.open():
            for kill in kills:
                hall.wait_for(BETWEEN_KILLS)
                kill(storm, serving)
            hall.wait_for(BETWEEN_KILLS)
        with storm.engine() as engine:
            close_round(engine, voters[0].round_id)
            check_account(engine, hall, voters[0].round_id)
        assert hall.told.refused == {"already_voted": hall.came_back}
        assert "Traceback" not in storm.stderr.read_text()
