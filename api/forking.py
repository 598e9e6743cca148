"""Processes forked from one that has imported what they need: each starts at once, and shares its memory with the others.

That one, the fork server, has no thread, no connection and no loop that a fork could break. It ends with the last process that
has to do with it, however those end. Neither it nor its children hear Ctrl-C, which is for whoever starts them to answer.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import active_children, forkserver, get_context, resource_tracker
from multiprocessing.context import ForkServerContext
from typing import Any, Final

LOST: Final = 255
"""The exit code of a process whose fork server is gone; it may still run."""
_IMPORTED_ONCE: Final = (
    "api.forked_for_nobody",
    "api.main",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "api.cli.commands",
)
"""By the fork server: what answers, and what the command itself stands on, which every process looks at again."""


def fork_server(*modules: str) -> ForkServerContext:
    """What starts such processes. The first call in a process says what they need beyond the application; it does not wait."""
    forkserver.set_forkserver_preload([*_IMPORTED_ONCE, *modules])
    resource_tracker.ensure_running()  # first, because starting it undoes the mask
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()  # inherits the mask, and so does what it forks
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    return get_context("forkserver")


def end_fork_server() -> None:
    """Once its children have ended. By itself it would some time after us, when who stopped us counts on there being nothing left.

    It may still be importing, for nobody. Whatever else this process has started keeps the resource tracker, and ends it.
    """
    server: Any = forkserver._forkserver  # noqa: SLF001 - nothing public waits for it
    _end(server._forkserver_pid, server._stop)  # noqa: SLF001 - as above
    if not active_children():
        tracker: Any = resource_tracker._resource_tracker  # noqa: SLF001 - as above
        _end(tracker._pid, tracker._stop)  # noqa: SLF001 - as above


def _end(pid: int | None, reap: Callable[[], object]) -> None:
    """At once: asked to, it may wait for a process that it has lost sight of, and that nobody ends before us."""
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    reap()
