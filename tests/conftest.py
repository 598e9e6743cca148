"""Fixtures that every folder of tests may use."""

import gc
import signal
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import homes
from tests.engine import engine, migrated_url, template
from tests.postgres import fresh_database, server

__all__ = ["engine", "migrated_url", "template"]

# A busy machine is no defect: no example is failed for taking long.
settings.register_profile("dauys", deadline=None)
settings.load_profile("dauys")

_PICTURES = Path(__file__).resolve().parents[1] / "build" / "screenshots" / "index.html"
_BEGAN = time.time()


# A shell starts what it runs in the background deaf to Ctrl-C, and so would be every process that a test tries it on.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected lasts as long as the process: nobody need look for garbage in it, neither now nor ever after."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_sessionfinish() -> None:
    homes.forget()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Names the screens' pictures if this run made them: here, because the process that tells is not the one that tests."""
    if _PICTURES.exists() and _PICTURES.stat().st_mtime >= _BEGAN:
        terminalreporter.write_line(f"screens, for people to look at: {_PICTURES}")


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """Superuser's URL of the session's PostgreSQL server."""
    with server() as url:
        yield url


@pytest.fixture
def database_url(cluster: str) -> Iterator[str]:
    """Superuser's URL of an empty database of this test alone."""
    with fresh_database(cluster) as url:
        yield url
