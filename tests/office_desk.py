"""People of the akim's office and the expert council at their screens, over HTTP, with real sessions; and a round to work on."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import httpx
import pytest

from api.worker import catch_up
from application.accounts.roles import Role
from domain.paper import Unit
from domain.terms import Terms
from tests.elections import Election
from tests.engine import Engine
from tests.examples import CITY, TERMS
from tests.people import credential, credential_list, iin, roll_list
from tests.server import Server
from tests.signed_in import signed_in, whole_engine

SEE_OTHER, FORBIDDEN, MISSING, UNPROCESSABLE, CONFLICT = 303, 403, 404, 422, 409
PEOPLE = 12


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in. Paths are without language; English is asked for unless another is."""

    server: Server
    client: httpx.Client
    login: str

    def get(self, path: str, language: str = "en") -> httpx.Response:
        catch_up(self.server.engine.datastore, self.server.settings)
        return self.client.get(f"/{language}{path}")

    def post(self, path: str, language: str = "en", **fields: Any) -> httpx.Response:
        files = fields.pop("files", None)
        return self.client.post(f"/{language}{path}", data=fields, files=files)


class Enter(Protocol):
    def __call__(self, *roles: Role, units: Collection[str] = (CITY,)) -> Person: ...


@pytest.fixture(scope="module")
def enter(server: Server) -> Iterator[Enter]:
    """Signs a new account in; everybody leaves at the end of the module."""
    with ExitStack() as leaving:

        def entered(*roles: Role, units: Collection[str] = (CITY,)) -> Person:
            client = leaving.enter_context(signed_in(server, *roles, units=units))
            page = client.get("/en/account").text
            login = page.split('class="who"', 1)[1].split("<span>", 1)[1].split("<", 1)[0]
            return Person(server, client, login)

        yield entered


def around_now(**changed: Any) -> Terms:
    """Terms of one unit under which voting may open at this moment."""
    at = datetime.now(UTC).replace(microsecond=0)
    terms = replace(
        TERMS,
        units=(Unit(CITY, "Алматы", 3_000_000_000),),
        cost_caps=(),
        voting_opens=at - timedelta(hours=1),
        voting_closes=at + timedelta(days=1),
    )
    return replace(terms, **changed)


def ready_to_open(server: Server) -> Election:
    """A round whose roll and slips are really stored and whose lot is drawn; its projects are 1 and 2."""
    election = Election(server.engine, terms=around_now()).drafted()
    for number, cost_tiyn in (("1", 1_200_000_000), ("2", 900_000_000)):
        election.proposals[number] = election.propose(f"Project {number}", CITY, cost_tiyn)
    with whole_engine(server) as engine:
        engine.rounds.start_review(election.id, by="clerk-1")
        for number, proposal_id in election.proposals.items():
            engine.proposals.admit(proposal_id, number, 900_000_000, minutes_digest="00" * 32, by="expert-1")
        engine.registrar.import_roll(election.id, roll_list([(iin(n), CITY) for n in range(PEOPLE)]))
        engine.registrar.seal_roll(election.id, by="clerk-1")
        slips = [(CITY, credential(n)) for n in range(PEOPLE)]
        engine.registrar.register_credentials(election.id, credential_list(slips), by="clerk-1")
        engine.rounds.draw_lot(election.id, by="clerk-1")
    return election


def asked(answer: httpx.Response) -> UUID:
    """The request that an answer leads to."""
    assert answer.status_code == SEE_OTHER, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


def topics(engine: Engine, thing_id: UUID) -> list[str]:
    return [event.topic for event in engine.recorder.select_events(thing_id)]
