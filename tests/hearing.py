"""What the servers of a test say in this process: all that is printed and logged, from a moment on."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO

import structlog

from api.logs import log_to_stderr


@contextmanager
def heard() -> Iterator[StringIO]:
    """While the block runs; what a test itself asks for is not said by a server."""
    lines = StringIO()
    handler, root = logging.StreamHandler(lines), logging.getLogger()
    levels = {logger: logger.level for logger in (root, *map(logging.getLogger, ("httpx", "httpcore")))}
    for logger in levels:
        logger.setLevel(logging.DEBUG if logger is root else logging.CRITICAL)
    root.addHandler(handler)
    log_to_stderr()
    try:
        with redirect_stdout(lines), redirect_stderr(lines):
            yield lines
    finally:
        structlog.reset_defaults()
        root.removeHandler(handler)
        for logger, level in levels.items():
            logger.setLevel(level)
