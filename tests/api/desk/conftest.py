"""A served round whose slips are registered, and desks signed in to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk_hall import DeskHall, open_desk_hall
from tests.engine import Engine


@pytest.fixture
def hall(engine: Engine, tmp_path: Path) -> Iterator[DeskHall]:
    with open_desk_hall(engine, tmp_path) as hall:
        yield hall
