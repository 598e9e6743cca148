"""A hall to vote in: a real engine and server, rounds whose slips have codes, and kiosks in windows of a real Chromium.

The server can be held at an answer, or be away. `Kiosk` does with a page what staff and voters do.
"""

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import uvicorn
from playwright.sync_api import Page, expect
from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import projections
from api.composition import Engine, open_engine
from api.election.people import numbered_authors
from api.election.plan import Plan, Planned, Voter
from api.election.staff import CLERK, COUNCIL, HEAD, Opened, Staff, announce
from api.main import create_app
from api.worker import catch_up
from application.clock import now
from application.settings import Settings
from application.storage.database import prepare
from domain.ballot import Ballot
from domain.ballot_form import Choices
from domain.paper import BallotForm, RoundKind, Rules, Unit
from domain.proposal import Proposal, Sketch
from domain.round import Round
from tests.deployment import UNIT, Quiet
from tests.photos import stored
from tests.postgres import fresh_database
from tests.signed_in import CHEAP

CITY, DISTRICT = (
    Unit(UNIT, "Көкарна қаласы", 9 * 10**9),
    Unit("990100000", "Жоғарғы аудан", 10**9, parent=UNIT),
)
PIN = "240586"
DELIVERIES = "/kiosk/deliveries"
TITLES = (
    "Абай көшесіндегі саябаққа көлеңкелі орындықтар",
    "Освещение пешеходной дорожки к школе № 128 и остановке «Ақсай»",
    "Балалар алаңына жұмсақ жабын төсеу",
    "Велопарковки у библиотек и поликлиник",
    "Ескі арықты тазалап, терек отырғызу",
)
CATEGORIES = ("greening", "lighting")
NO_PHOTOS: Mapping[str, bytes] = MappingProxyType({})


@dataclass
class Gate:
    """In front of the server: `hold` "before" keeps a delivery from it, "after" keeps its answer from the kiosk.

    `asked`: the path of every request, and what its answer was for.
    """

    app: ASGIApp
    hold: str = ""
    reached: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.asked.append((scope["path"], Headers(scope=scope).get("sec-fetch-dest", "")))
        if scope["type"] != "http" or scope["path"] != DELIVERIES or not self.hold:
            await self.app(scope, receive, send)
            return
        said: list[Message] = []

        async def remember(message: Message) -> None:
            said.append(message)

        if self.hold == "after":
            await self.app(scope, receive, remember)
        self.reached.set()
        while self.hold:  # noqa: ASYNC110 - a test in another thread lets go; an event of this loop would not be woken by it
            await asyncio.sleep(0.05)
        if not said:
            await self.app(scope, receive, remember)
        for message in said:
            await send(message)


class Hall:
    """Serves from the start. Not for several tests at once."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self._folder = folder
        self._port = 0
        self._changed = False
        self._open: UUID | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self, **changes: Any) -> None:
        """At the port it had before: to kiosks, the server is back. `changes`: of its settings."""
        self._changed = bool(changes)
        self.gate = Gate(create_app(self.engine.settings.model_copy(update=changes)))
        self._server = uvicorn.Server(
            uvicorn.Config(
                self.gate,
                port=self._port,
                log_config=None,
                access_log=False,
                ws="none",
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)
        self._port = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Away: connections are refused from now on."""
        self.gate.hold = ""
        self._server.should_exit = True
        self._thread.join()

    def recover(self) -> None:
        """There for the next test as at the start, whatever the last one left behind."""
        if self._changed:
            self.stop()
        self.gate.hold = ""
        self.gate.reached.clear()
        if not self._thread.is_alive():
            self.start()

    def open_round(
        self,
        form: BallotForm,
        *,
        voters: int = 3,
        projects: int = len(TITLES),
        units: tuple[Unit, ...] = (CITY,),
        photos: Mapping[str, bytes] = NO_PHOTOS,
    ) -> Opened:
        """The hall's one round in voting, its slips' codes by unit. Every third project is the last unit's. `photos` by project."""
        if self._open:
            self.close_round(self._open)
        digests = stored(self.engine, photos.values()) if photos else []
        shown = dict(zip(photos, digests, strict=True))
        plan = Plan(
            kind=RoundKind.CITY,
            title="Көкарна: халық қатысатын бюджет",
            units=units,
            form=form,
            rules=Rules(),
            proposals=tuple(_planned(number, units, shown) for number in range(1, projects + 1)),
            voters=tuple(Voter(unit.kato, []) for unit in units for _ in range(voters)),
            early_reason="the test has seen enough",
            categories=CATEGORIES,
        )
        round_id = uuid4()
        announce(self.engine, plan, round_id)
        workspace = Path(tempfile.mkdtemp(dir=self._folder))
        opened = _AllAtOnce(self.engine, plan, Quiet(), workspace).open_round(round_id)
        self._open = round_id
        self.catch_up()
        return opened

    def close_round(self, round_id: UUID) -> None:
        self.engine.rounds.close_voting(round_id, by=HEAD, early_reason="the test has seen enough")
        self._open = None
        self.catch_up()

    def is_open(self, round_id: UUID) -> bool:
        """Whether it is still the hall's round, not closed and no other one opened since."""
        return self._open == round_id

    def ballots(self, round_id: UUID) -> list[tuple[str, Choices]]:
        """Credential and choices of every ballot of the round in the log, in its order."""
        entries = self.engine.log.entries(0, self.engine.log.size())
        states = [msgspec.json.decode(each.state) for each in entries if each.topic == Ballot.Created.TOPIC]
        return [(each["credential"], each["choices"]) for each in states if each["round_id"] == str(round_id)]

    def invite(self) -> str:
        return self.engine.kiosks.invite("Kiosk", "Hall", by=HEAD).code

    def revoke_kiosks(self) -> None:
        for row in self.engine.kiosks.register():
            if row.state != "revoked":
                self.engine.kiosks.revoke(row.kiosk_id, "the test revokes it", by=HEAD)

    def catch_up(self) -> None:
        catch_up(self.engine.datastore, self.engine.settings)


@contextmanager
def open_hall(cluster: str, folder: Path) -> Iterator[Hall]:
    """On a database of its own, with times short enough for tests."""
    with fresh_database(cluster) as url:
        prepare(url)
        with psycopg.connect(url) as connection:
            projections.prepare(connection)
        settings = Settings(
            home=folder / "home",
            database_url=SecretStr(url),
            kiosk_answer_seconds=1,
            kiosk_heartbeat_seconds=5,
            **CHEAP,
        )
        with open_engine(settings) as engine:
            hall = Hall(engine, folder)
            try:
                yield hall
            finally:
                hall.stop()


@dataclass
class Kiosk:
    """A page at a hall's kiosk address, and hands."""

    page: Page
    hall: Hall

    def open(self) -> "Kiosk":
        self.page.goto(f"{self.hall.address}/kiosk/")
        return self

    def enrol(self) -> "Kiosk":
        """From a device that is none's to one that waits for voters, with everything kept for when the network is away."""
        self.open()
        self.page.locator("#enrolment-code").fill(self.hall.invite())
        self.page.locator("#pin").fill(PIN)
        self.page.locator("#pin-again").fill(PIN)
        self.page.locator("[type=submit]").click()
        self.at("resting")
        self.page.locator("[data-action=start]").wait_for()
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
        return self

    def at(self, screen: str) -> None:
        """Wait until the kiosk shows it."""
        self.page.locator(f"[data-screen={screen}]").wait_for()

    @property
    def screen(self) -> str | None:
        return self.page.locator("[data-screen]").get_attribute("data-screen")

    def begin(self, code: str) -> None:
        """As a scanner does: it types."""
        self.page.locator("[data-action=start]").wait_for()
        self.page.keyboard.type(code)

    def choose(self, *projects: str) -> None:
        """Press the project's first button that adds, once for each time it is named."""
        self.at("choose")
        for project in projects:
            self.page.locator(f"[data-project='{project}'] :is(.mark, .step:last-child)").click()

    def review(self) -> None:
        self.page.locator("[data-action=review]").click()
        self.at("review")

    def cast(self) -> None:
        self.page.locator("[data-action=cast]").click()

    def vote(self, code: str, *projects: str) -> None:
        """All of a voter's way up to the last press."""
        self.begin(code)
        self.choose(*projects)
        self.review()
        self.cast()

    def vote_again(self, code: str) -> None:
        """With a code that has voted; the first place and project that come."""
        self.begin(code)
        self.page.locator("[data-screen=unit] [data-unit]").first.click()
        self.page.locator("[data-screen=choose] .mark").first.click()
        self.review()
        self.cast()
        self.at("refused")

    def open_corner(self, pin: str) -> None:
        """The staff's, from the field for its PIN."""
        self.page.locator("#pin").fill(pin)
        self.page.locator("[type=submit]").click()
        self.page.locator("[data-action=zero]").wait_for()

    def done(self) -> None:
        self.page.locator("[data-action=done]").click()
        self.at("resting")

    def module(self, path: str, body: str, argument: object = None) -> object:
        """What `body`, given the exports of a module as `it` and the argument, comes to; in the page, with its policy. To the body,
        `path` is where the module's neighbours are found.
        """
        script = f"""async ([name, argument]) => {{
          const path = document.querySelector("script[type=module]").src.replace("main.js", name)
          const it = await import(path)
          {body}
        }}"""
        return self.page.evaluate(script, [path, argument])


def check_ballot(page: Page, address: str | None = None) -> None:
    """At home: the page that the slip's QR opens finds the ballot, and nothing that contradicts the log."""
    home = page.context.new_page()
    home.goto(address or page.locator("[data-address]").get_attribute("data-address") or "")
    home.locator("#headline", has_text="Ballot found").wait_for()
    expect(home.locator("#proof .no")).to_have_count(0)
    home.close()


class _AllAtOnce(Staff):
    """Takes in and admits all proposals in one transaction each: a long paper costs seconds otherwise, none of them a kiosk's."""

    def take_in(self, round_id: UUID) -> list[tuple[UUID, Planned]]:
        self._engine.rounds.open_intake(round_id, by=CLERK)
        with self._engine.store.deciding() as decision:
            round_ = decision.get(Round, round_id)
            submitted = [
                (Proposal.submit(uuid4(), round_, author, planned.sketch, at=now()), planned)
                for author, planned in zip(numbered_authors(), self._plan.proposals, strict=False)
            ]
            decision.save(*(proposal for proposal, _ in submitted))
        return [(proposal.id, planned) for proposal, planned in submitted]

    def review(self, round_id: UUID, submitted: Sequence[tuple[UUID, Planned]]) -> list[tuple[UUID, str]]:
        minutes = self._engine.documents.put(b"Minutes.\n", "text/plain; charset=utf-8")
        self._engine.rounds.start_review(round_id, by=CLERK)
        with self._engine.store.deciding() as decision:
            round_ = decision.get(Round, round_id)
            for id_, planned in submitted:
                proposal = decision.get(Proposal, id_)
                number, cost_tiyn = planned.number, planned.cost_tiyn
                proposal.admit(round_, number, cost_tiyn, minutes_digest=minutes, by=COUNCIL, at=now())
                decision.save(proposal)
        return []


def _planned(number: int, units: tuple[Unit, ...], photos: Mapping[str, str]) -> Planned:
    unit = units[-1] if number % 3 == 0 else units[0]
    title = TITLES[(number - 1) % len(TITLES)] + (f" {number}" if number > len(TITLES) else "")
    cost_tiyn = 100_000_000 + 1_234_500 * number
    category = CATEGORIES[number % len(CATEGORIES)]
    attached = (photos[str(number)],) if str(number) in photos else ()
    sketch = Sketch(title, f"{title}.", unit.kato, cost_tiyn, category, attachments=attached)
    return Planned(sketch, str(number), cost_tiyn)
