"""A server on a database of one test alone, with cheap passwords; the shared one has other tests' accounts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine import Engine, engine, migrated_url, template
from tests.server import Server, serve
from tests.signed_in import CHEAP

__all__ = ["engine", "migrated_url", "template"]


@pytest.fixture
def own_server(engine: Engine, tmp_path: Path) -> Iterator[Server]:
    with serve(engine, tmp_path, **CHEAP) as server:
        yield server
