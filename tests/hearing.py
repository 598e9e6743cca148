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
    handler.addFilter(lambda record: record.name.partition(".")[0] not in ("httpx", "httpcore"))
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    log_to_stderr()
    try:
        with redirect_stdout(lines), redirect_stderr(lines):
            yield lines
    finally:
        structlog.reset_defaults()
        root.removeHandler(handler)
        root.setLevel(level)
