"""A deployment served over HTTP, and small elections to hold in it. A conftest imports the fixture it shares."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from pydantic import SecretStr

import projections
from api.composition import Engine, open_engine
from api.election.hall import serving
from api.election.plan import Plan, Planned, Voter
from api.election.staff import HEAD, Opened, Staff, announce
from application.settings import Settings
from application.storage.database import prepare
from domain.ballot import Ballot
from domain.paper import BallotForm, BallotType, RoundKind, Rules, Unit
from domain.proposal import Sketch
from tests.postgres import fresh_database

UNIT = "990000000"


class Quiet:
    """A `Teller` that nobody listens to."""

    @contextmanager
    def step(self, what: str, total: int | None = None) -> Iterator[Callable[[int], object]]:
        del what, total
        yield lambda _: None

    def fact(self, text: str) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Deployment:
    """An engine in this process and a server in another, on one database."""

    engine: Engine
    url: str
    folder: Path

    def open_round(self, voters: int) -> Opened:
        """A round in voting, with three projects «1», «2», «3», and a slip for each voter."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        plan, round_id = small_plan(voters), uuid4()
        announce(self.engine, plan, round_id)
        return Staff(self.engine, plan, Quiet(), folder).open_round(round_id)

    def close_round(self, round_id: UUID) -> None:
        self.engine.rounds.close_voting(round_id, by=HEAD, early_reason="the test has seen enough")

    def invite(self) -> str:
        """A one-time enrolment code."""
        return self.engine.kiosks.invite("Kiosk", "Test hall", by=HEAD).code

    def ballots(self, round_id: UUID) -> list[str]:
        """The credentials of the round's ballots in the log, in order, each as often as it is there."""
        entries = self.engine.log.entries(0, self.engine.log.size())
        states = [
            msgspec.json.decode(entry.state) for entry in entries if entry.topic == Ballot.Created.TOPIC
        ]
        return [state["credential"] for state in states if state["round_id"] == str(round_id)]


def small_plan(voters: int) -> Plan:
    """One unit, three projects, approval of up to two; everybody chooses the first."""
    return Plan(
        kind=RoundKind.CITY,
        title="Small election",
        units=(Unit(UNIT, "Unit", 10**9),),
        form=BallotForm(BallotType.APPROVAL, 2),
        rules=Rules(),
        proposals=tuple(
            Planned(Sketch(f"Project {number}", "A project.", UNIT, 10**8), str(number), 10**8)
            for number in (1, 2, 3)
        ),
        voters=(Voter(UNIT, ["1"]),) * voters,
        early_reason="the test has seen enough",
    )


@contextmanager
def deployed(cluster: str, folder: Path) -> Iterator[Deployment]:
    """A deployment on a database of its own."""
    with fresh_database(cluster) as url:
        prepare(url)
        with psycopg.connect(url) as connection:
            projections.prepare(connection)
        settings = Settings(home=folder / "home", database_url=SecretStr(url))
        with open_engine(settings) as engine, serving(settings) as address:
            yield Deployment(engine, address, folder)


@pytest.fixture(scope="session")
def deployment(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Shared by the session's tests, each with rounds and kiosks of its own."""
    with deployed(cluster, tmp_path_factory.mktemp("deployment")) as deployment:
        yield deployment
