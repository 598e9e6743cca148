"""Advisory locks between the processes that share a home.

The kernel releases a lock with the death of its last holder, kill -9 included, so none can be left behind.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from application.storage.account import Account, open_private_file
from application.storage.unavailable import StorageUnavailable

POLL_SECONDS = 0.02


@contextmanager
def alone(path: Path, account: Account, seconds: float) -> Iterator[int]:
    """Hold the file exclusively; yields its descriptor, for a child process that has to prolong the hold."""
    descriptor = open_private_file(path, account)
    try:
        give_up = time.monotonic() + seconds
        while not _taken(descriptor):
            if time.monotonic() > give_up:
                raise StorageUnavailable(
                    f"Another process has held {path} for {seconds:.0f} seconds.",
                    "See which with lsof, end it, and start again.",
                )
            time.sleep(POLL_SECONDS)
        yield descriptor
    finally:
        os.close(descriptor)


class Share:
    """One user's share of a file; a process that forks must not leave on behalf of its parent."""

    def __init__(self, path: Path, account: Account) -> None:
        """Take a share; nobody holds the file exclusively longer than the `alone` hold around us."""
        self._owner = os.getpid()
        self._descriptor = open_private_file(path, account)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Whether no other user is left. Ask under `alone`, just before leaving: a no may drop the share."""
        return self._owner == os.getpid() and _taken(self._descriptor)

    def leave(self) -> None:
        os.close(self._descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
