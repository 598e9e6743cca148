"""How every process speaks: JSON lines on standard error. Standard output belongs to results.

A traceback shows where something broke and never the values of variables, which may be what no log line may hold.
"""

import sys

import structlog


def log_to_stderr() -> None:
    """To be called once, first of all, in every process that is ours from its start."""
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )
