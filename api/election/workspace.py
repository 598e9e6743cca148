"""The folder in which an election keeps its codes and its kiosks' keys: for this account only, gone in the end.

Its name holds the round's id, and a lock in it is held for as long as the election's process lives. So the next one tells what
a killed one has left from what is still needed.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from application.durable_files import alone

_PREFIX: Final = "election-"
_ALL, _RUNNING = "elections.lock", "running.lock"


@contextmanager
def workspace(home: Path, round_id: UUID) -> Iterator[Path]:
    """The folder for the round's election."""
    folder = home / f"{_PREFIX}{round_id}"
    with ExitStack() as running:
        with alone(home / _ALL):  # nobody takes a folder whose lock is not held yet for one that was left
            folder.mkdir(mode=0o700)
            running.enter_context(alone(folder / _RUNNING))
        try:
            yield folder
        finally:
            with alone(home / _ALL):
                shutil.rmtree(folder)


def clear_left(home: Path, give_up: Callable[[UUID], object]) -> list[UUID]:
    """Give up the rounds of elections that were killed, then remove their folders; those rounds. Living ones are left alone."""
    cleared = []
    with alone(home / _ALL):
        for folder in sorted(home.glob(f"{_PREFIX}*")):
            try:
                round_id = UUID(folder.name.removeprefix(_PREFIX))
                with alone(folder / _RUNNING, wait=False):
                    give_up(round_id)
                    shutil.rmtree(folder)
            except (ValueError, BlockingIOError):  # not ours, or alive
                continue
            cleared.append(round_id)
    return cleared
