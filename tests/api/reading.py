"""The public reading side as a browser sees it: a server on a database that a test tells a round into."""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import httpx

import projections
from api.worker import catch_up
from domain.paper import Unit
from tests.elections import Election, times
from tests.engine import Engine
from tests.examples import CITY, DISTRICT, TERMS
from tests.server import Server

COSTS = {"1": 1_200_000_000, "2": 1_500_000_050, "3": 900_000_000, "4": 2_500_000_000}
MONEY = (Unit(CITY, "Алматы", 3_000_000_000), Unit(DISTRICT, "Алмалы ауданы", 10**9, parent=CITY))


@dataclass(frozen=True)
class Site:
    """`get` first lets the projections follow the log to its end."""

    server: Server

    @property
    def engine(self) -> Engine:
        return self.server.engine

    def get(self, path: str, **headers: str) -> httpx.Response:
        catch_up(self.server.engine.datastore, self.server.settings)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.server.client.get(path, headers=named)

    def lead(self, link: str) -> int:
        """With which status a browser ends that follows a page's link."""
        browser = {"accept": "text/html", "sec-fetch-site": "same-origin"}
        address = link.replace("&amp;", "&")
        return self.server.client.get(address, headers=browser, follow_redirects=True).status_code


def site_of(server: Server) -> Site:
    with server.engine.datastore.get_connection() as connection:
        projections.prepare(connection)
    return Site(server)


def voting(engine: Engine, round_id: UUID | None = None) -> Election:
    """30 people have voted: two projects have ten voters and money, one too few voters, one too little money."""
    terms = replace(TERMS, units=MONEY, cost_caps=())
    election = Election(engine, terms=terms, id=round_id or uuid4()).drafted().reviewed(COSTS).opened()
    return election.cast(times(**{"1_2": 10, "1_4": 11, "3": 9}))
