"""Fixtures of the reading side: an engine whose projections are prepared, and a long log, told once a session and copied."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from psycopg import Connection

import projections
from application.mergings import Mergings
from domain.proposal import Sketch
from tests.deliveries import enrol, revoke
from tests.elections import CHOOSE_ONE, CUMULATIVE, RANKED, Election, times
from tests.engine import Engine, open_engine
from tests.examples import AFTER, CITY, CLERK, DISTRICT, EARLY, HEAD, MINUTES
from tests.findings import tell_findings
from tests.implementations import tell_implementation
from tests.postgres import fresh_database, lending
from tests.residents import seeded
from tests.self_government_story import tell_self_government


@pytest.fixture
def reading(engine: Engine) -> Iterator[Connection[Any]]:
    """A connection to the engine's database, with empty projections in it."""
    with engine.datastore.get_connection() as connection:
        projections.prepare(connection)
        yield connection


@pytest.fixture(scope="session")
def story(cluster: str, template: str) -> Iterator[str]:
    """Name of a database to copy: a told log and empty projections."""
    with fresh_database(cluster, template) as url:
        with open_engine(url) as engine:
            tell(engine)
            engine.check()
            with engine.datastore.get_connection() as connection:
                projections.prepare(connection)
        with lending(cluster, urlsplit(url).path.removeprefix("/")) as name:
            yield name


@pytest.fixture(scope="session")
def told(cluster: str, story: str) -> Iterator[Engine]:
    """The told log, for tests that leave nothing behind."""
    with fresh_database(cluster, story) as url, open_engine(url) as engine:
        yield engine


@pytest.fixture
def retold(cluster: str, story: str) -> Iterator[Engine]:
    """The told log for one test alone."""
    with fresh_database(cluster, story) as url, open_engine(url) as engine:
        yield engine


@pytest.fixture
def rereading(retold: Engine) -> Iterator[Connection[Any]]:
    with retold.datastore.get_connection() as connection:
        yield connection


def tell(engine: Engine) -> None:
    """Rounds of every ballot type, in every phase, one cancelled, one corrected, interleaved; findings in every state; and the
    self-government of two rural districts.
    """
    city = Election(engine).drafted()
    for title in ("Returned", "Rejected", "Withdrawn", "Revised", "Kept", "Twin"):
        city.proposals[title] = city.propose(title)
    city.decide("Returned", "return_for_revision", "too vague", by=HEAD)
    city.decide("Rejected", "reject", "not the akimat's land", minutes_digest=MINUTES, by=HEAD)
    city.decide("Withdrawn", "withdraw", "moved away")
    city.decide("Revised", "revise", Sketch("Revised", "Better", CITY, 90, "lighting"))
    mergings = Mergings(engine.store, lambda: EARLY, seeded("twins"))
    wording = Sketch("Kept", "Of both", CITY, 95, "lighting")
    twins = mergings.propose(city.proposals["Kept"], city.proposals["Twin"], wording, "the same", by=HEAD)
    mergings.consent(twins, author="author-1")
    city.reviewed({"101": 10**9, "102": 10**9, "201": 10**9}, {"201": DISTRICT}).opened()
    ranked = Election(engine, RANKED).drafted().reviewed({"1": 500, "2": 700, "3": 900}).opened()
    points = Election(engine, CUMULATIVE).drafted().reviewed({"1": 500, "9": 700}).opened()
    one = Election(engine, CHOOSE_ONE).drafted().reviewed({"1": 500, "2": 700}).opened()
    Election(engine).drafted().reviewed({"1": 500}).opened().cast([["1"]] * 3)
    city.cast(times(**{"101": 9, "101_102": 4}))
    ranked.cast([["2", "1"], ["3", "1", "2"]] * 6)
    city.cast(times(**{"102_201": 12}), DISTRICT)
    points.cast([{"1": 3, "9": 7}, {"9": 10}] * 7)
    one.cast([["1"]] * 11 + [["2"]] * 2)
    city.decide("102", "withdraw", "built already", at=AFTER)
    city.closed()
    points.closed()
    city.conclusions.draft(city.id, by=CLERK)
    city.conclusions.reject_draft(city.id, "wait for the slips", by=HEAD)
    city.decide("201", "withdraw", "built too", at=AFTER)
    city.concluded().published()
    city.corrected("101", voters=12, score=12)
    one.cancelled()
    tell_findings(engine, city.id)
    tell_self_government(engine.store, engine.documents)
    ranked.closed().concluded().published()
    tell_implementation(ranked, "3", 900)
    enrol(engine, "hall")
    revoke(engine, enrol(engine, "stolen"))
