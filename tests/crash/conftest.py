"""Fixtures of the tests under fire: a served database that a test may stop, and one that nobody shoots at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from application.storage.embedded import EmbeddedPostgres
from tests.dauys import Home, Serving, home
from tests.engine import Engine, open_engine
from tests.homes import copy_database
from tests.postgres import cheapest_place, reachable_folder

IMPATIENT = {
    "DAUYS_CONNECT_SECONDS": "2",
    "DAUYS_BATCH_RETRY_SECONDS": "1",
    "DAUYS_REQUEST_STATEMENT_SECONDS": "2",
    "DAUYS_ANSWER_SECONDS": "3",
}


@dataclass(frozen=True)
class Site:
    """`dauys serve` on a PostgreSQL server that it did not start and does not watch over."""

    postgres: EmbeddedPostgres
    home: Home
    serving: Serving

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """The write side in this process; not to be held while the database is stopped."""
        with open_engine(self.postgres.url()) as engine:
            yield engine


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Shared by a module's tests, which each bring a round and kiosks of their own and leave the database running."""
    with reachable_folder(cheapest_place()) as folder:
        copy_database(folder / "server")
        with (
            EmbeddedPostgres(folder / "server") as postgres,
            home({"DAUYS_DATABASE_URL": postgres.url(), **IMPATIENT}, empty=True) as made,
        ):
            with Serving(made) as serving:
                yield Site(postgres, made, serving)
            assert "Traceback" not in made.stderr.read_text()
