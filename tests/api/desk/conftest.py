"""A round of each test's own whose slips are registered, on one server, and desks signed in to it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.composition import Engine as WholeEngine
from tests.desk_hall import DeskHall
from tests.desks import prepared_round
from tests.engine import open_engine
from tests.postgres import fresh_database
from tests.server import Server, serve
from tests.signed_in import UNCOUNTED, forget_accounts, whole_engine


@pytest.fixture(scope="package")
def desk_server(
    cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, WholeEngine]]:
    home = tmp_path_factory.mktemp("desks") / "home"
    with (
        fresh_database(cluster, template) as url,
        open_engine(url) as engine,
        serve(engine, home, **UNCOUNTED) as server,
        whole_engine(server) as whole,
    ):
        yield server, whole


@pytest.fixture
def hall(desk_server: tuple[Server, WholeEngine], tmp_path: Path) -> Iterator[DeskHall]:
    """Whoever was at a desk in another test has no account any more."""
    server, whole = desk_server
    forget_accounts(server.engine.url)
    with ExitStack() as closing:
        yield DeskHall(server, whole, prepared_round(whole, tmp_path / "slips"), closing)
