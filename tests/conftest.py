"""Fixtures that every folder of tests may use."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.postgres import fresh_database, server

# A busy machine is no defect: no example is failed for taking long.
settings.register_profile("dauys", deadline=None)
settings.load_profile("dauys")


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
