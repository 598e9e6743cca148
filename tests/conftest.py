"""Fixtures that every folder of tests may use."""

from collections.abc import Iterator

import pytest

from tests.postgres import fresh_database, server


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
