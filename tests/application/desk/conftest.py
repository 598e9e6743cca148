"""A desk of a round whose slips are registered, on an engine of one test; and other processes that write beside it."""

from pathlib import Path

import pytest

from application.desk.serving import Serving
from application.registrar import Registrar
from tests.engine import Engine
from tests.registrar import registered, registrar, serving_on

__all__ = ["registered", "registrar"]


@pytest.fixture
def serving(registered: Registrar, engine: Engine, tmp_path: Path) -> Serving:  # noqa: ARG001 - what it serves from
    return serving_on(engine, tmp_path / "keys")
