"""A served round whose slips are registered, and desks signed in to it over HTTP."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from api.composition import Engine as WholeEngine
from application.accounts.roles import Role
from domain.roll import SlipFate
from tests.desks import prepared_round
from tests.engine import Engine
from tests.examples import CITY, DISTRICT
from tests.people import iin
from tests.server import Server, serve
from tests.signed_in import signed_in, whole_engine

JSON = {"accept": "application/json"}


@dataclass
class DeskClient:
    """A browser of one account at the round's desk; `said`: every answer it got, headers and all."""

    client: httpx.Client
    login: str
    round_id: UUID
    said: list[str] = field(default_factory=list)

    def get(self, path: str = "", **headers: str) -> httpx.Response:
        return self._heard(self.client.get(f"/en/desk/{self.round_id}{path}", headers=headers))

    def post(self, path: str, *, as_page: bool = False, **fields: Any) -> httpx.Response:
        headers = {} if as_page else JSON
        address = f"/en/desk/{self.round_id}{path}"
        return self._heard(self.client.post(address, data=fields, headers=headers))

    def find(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = self.post("/find", iin=iin(number)).json()
        return found

    def serve(self, number: int) -> httpx.Response:
        return self.post("/serve", ticket=self.find(number)["ticket"])

    def ask(self, number: int, fate: SlipFate = SlipFate.LOST) -> str:
        ticket = self.find(number)["ticket"]
        asked: str = self.post("/second-slips", ticket=ticket, fate=fate.value).json()["asked"]
        return asked

    def _heard(self, answer: httpx.Response) -> httpx.Response:
        self.said.append(f"{answer.status_code} {answer.headers} {answer.text}")
        return answer


@dataclass(frozen=True)
class DeskHall:
    server: Server
    whole: WholeEngine
    round_id: UUID
    closing: ExitStack

    def desk(self, *units: str, role: Role = Role.DESK, login: str) -> DeskClient:
        """Its client is closed with the hall."""
        client = signed_in(self.server, role, units=units or (CITY, DISTRICT), login=login)
        return DeskClient(self.closing.enter_context(client), login, self.round_id)


@contextmanager
def open_desk_hall(engine: Engine, folder: Path, **changes: Any) -> Iterator[DeskHall]:
    """`changes`: of the server's settings."""
    with (
        serve(engine, folder / "home", **changes) as server,
        whole_engine(server) as whole,
        ExitStack() as closing,
    ):
        yield DeskHall(server, whole, prepared_round(whole, folder / "slips"), closing)
