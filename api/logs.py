"""How every process speaks: JSON lines on standard error. Standard output belongs to results.

A traceback shows where something broke and never the values of variables, which may be what no log line may hold.
"""

import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog


class _StandardError:
    """Where a line may get lost: a full disk behind it must not stop what it tells of."""

    def write(self, text: str) -> None:
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


def log_to_stderr() -> None:
    """To be called once, first of all, in every process that is ours from its start."""
    structlog.configure(
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _StandardError())),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )
