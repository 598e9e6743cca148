"""Child processes of an election: started fresh, spoken to over a pipe, never left behind.

What they are told goes through the pipe, secrets too: never through arguments or the environment. What they print goes to standard
error, because standard output belongs to the result; Ctrl-C is the parent's to answer.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, Pipe

STOP_SECONDS = 30.0


@contextmanager
def child(module: str, *descriptors: int) -> Iterator[tuple[subprocess.Popen[bytes], Connection]]:
    """`python -m module PIPE DESCRIPTOR…` in a session of its own, with our end of its pipe; ended with the block."""
    ours, theirs = Pipe()
    with ours, theirs:
        passed = [theirs.fileno(), *descriptors]
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            [sys.executable, "-m", module, *map(str, passed)],
            pass_fds=passed,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,
        )
        theirs.close()
        try:
            yield process, ours
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def parents_pipe() -> Connection:
    """A child's end of the pipe."""
    return Connection(int(sys.argv[1]))
