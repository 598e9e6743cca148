"""A server whose database tells two rural districts, once for all tests that only read."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.api.reading import Site, site_of
from tests.engine import open_engine
from tests.postgres import fresh_database
from tests.self_government_story import Story, tell_self_government
from tests.server import serve


@dataclass(frozen=True)
class ToldSite(Site):
    story: Story


@pytest.fixture(scope="session")
def told(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToldSite]:
    """`told.get` reads; `told.story` has the ids of what happened."""
    home = tmp_path_factory.mktemp("self-government")
    with fresh_database(cluster, template) as url, open_engine(url) as engine:
        story = tell_self_government(engine.store, engine.documents)
        with serve(engine, home) as server:
            yield ToldSite(site_of(server).server, story)
        engine.check()
