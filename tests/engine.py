"""The engine's write side on a database of one test alone; a conftest imports the fixtures it shares.

The schema is migrated once a session, into a template that each test's database is copied from (tests/copies.py).
"""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent

import projections
from application.log.note import LogSigner
from application.log.reader import LogReader
from application.log.recorder import LogRecorder
from application.settings import Settings
from application.storage.database import Datastore, prepare
from application.storage.documents import Documents
from application.store import Store
from tests.postgres import fresh_database, lending
from tests.whole_log import check_whole_log

ORIGIN = "dauys.test/log"
LOG_SEED = bytes(range(32))
"""Of the tests' log key; every process of a test signs with it."""


@dataclass(frozen=True)
class Engine:
    """What the composition root builds, less the edges."""

    url: str
    datastore: Datastore
    signer: LogSigner
    recorder: LogRecorder
    store: Store
    reader: LogReader
    documents: Documents

    def check(self) -> int:
        """The whole log is sound; its size."""
        return check_whole_log(self.datastore, self.signer.verifier)


@contextmanager
def open_engine(url: str, settings: Settings | None = None) -> Iterator[Engine]:
    """The engine of one process on a migrated database."""
    signer = LogSigner(ORIGIN, LOG_SEED)
    with Datastore(url, settings or Settings()) as datastore:
        recorder = LogRecorder(datastore, signer)
        yield Engine(
            url, datastore, signer, recorder, Store(recorder), LogReader(datastore), Documents(datastore)
        )


def plain_event(originator_id: UUID | None = None, version: int = 1, state: bytes = b"{}") -> StoredEvent:
    """An event that no aggregate made, for tests of the store alone."""
    return StoredEvent(originator_id or uuid4(), version, "test.happened.v1", state)


def plain_events(number: int) -> list[StoredEvent]:
    return [plain_event() for _ in range(number)]


@pytest.fixture(scope="session")
def template(cluster: str) -> Iterator[str]:
    """Name of a migrated, empty database to copy, with empty projections."""
    with fresh_database(cluster) as url:
        prepare(url)
        with psycopg.connect(url) as connection:
            projections.prepare(connection)
        with lending(cluster, urlsplit(url).path.removeprefix("/")) as name:
            yield name


@pytest.fixture
def migrated_url(cluster: str, template: str) -> Iterator[str]:
    """Superuser's URL of a migrated, empty database of this test alone."""
    with fresh_database(cluster, template) as url:
        yield url


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    with open_engine(migrated_url) as engine:
        yield engine


@pytest.fixture(scope="session")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Two other processes; what they run must be importable."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool
