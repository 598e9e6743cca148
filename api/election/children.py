"""Child processes of an election: forked fresh, spoken to over a pipe, never left behind, not even by a parent that is killed.

What they are told goes through the pipe, secrets too: never through arguments or the environment. What they print goes to standard
error, because standard output belongs to the result; Ctrl-C is the parent's to answer.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Pipe, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Thread

from api.forking import fork_server

STOP_SECONDS = 30.0


@contextmanager
def child(work: Callable[..., None], *given: object) -> Iterator[tuple[BaseProcess, Connection]]:
    """`work(its end of the pipe, *given)` in a process of its own, and our end; ended with the block."""
    ours, theirs = Pipe()
    with ours, theirs:
        process = fork_server("api.election.hall").Process(
            target=_begin, args=(work, theirs, *given), daemon=True
        )
        process.start()
        theirs.close()
        try:
            yield process, ours
        finally:
            process.terminate()
            process.join(STOP_SECONDS)
            if process.exitcode is None:
                process.kill()
                process.join()


def _begin(work: Callable[..., None], *given: object) -> None:
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    Thread(target=_end_with_parent, daemon=True).start()
    work(*given)


def _end_with_parent() -> None:
    """A kiosk would go on asking a server that is gone."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
