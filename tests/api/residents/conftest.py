"""Fixtures of the residents' pages: one server for all, and a site of each test's own: a round in intake, new addresses."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from uuid import uuid4

import pytest

from domain.round import Round
from tests.api.residents.visiting import Site
from tests.engine import open_engine
from tests.examples import CLERK, EARLY, TERMS
from tests.ncanode import ncanode
from tests.postgres import fresh_database
from tests.server import Server, serve


@pytest.fixture(scope="session")
def residents_server(
    cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("residents") / "home"
    with (
        fresh_database(cluster, template) as url,
        open_engine(url) as engine,
        ncanode() as address,
        serve(engine, home, ncanode_url=address) as server,
    ):
        yield server


@pytest.fixture
def site(residents_server: Server) -> Iterator[Site]:
    round_id = uuid4()
    round_ = Round.draft(round_id, replace(TERMS, proposals_per_author=3), by=CLERK, at=EARLY)
    round_.open_intake(by=CLERK, at=EARLY)
    residents_server.engine.store.save(round_)
    with closing(Site(residents_server, round_id)) as site:
        yield site
