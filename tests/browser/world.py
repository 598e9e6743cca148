"""The made-up city and district that every screen is looked at in: a round in each phase, and everything a register can show.

Titles are as long as real ones are; screens are judged by how they look with them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from playwright.sync_api import BrowserContext

from api.web.access import COOKIE
from api.worker import catch_up
from application.accounts.roles import Role
from application.accounts.signing_in import SignedIn
from application.log import canonical
from application.mergings import Mergings
from domain.approval import Approval, TwoPeopleAct
from domain.ballot_form import Choices
from domain.conclusion import Conclusion
from domain.paper import Unit
from domain.proposal import Proposal, Sketch
from domain.round import Round
from tests.api.reading import site_of
from tests.elections import Election
from tests.engine import Engine, open_engine
from tests.examples import CITY, CLERK, DISTRICT, DURING, EARLY, TERMS
from tests.postgres import fresh_database
from tests.residents import seeded
from tests.self_government import UNIT
from tests.self_government_story import Story, tell_self_government
from tests.server import Server, serve
from tests.signed_in import account, whole_engine

MONEY = (Unit(CITY, "Алматы", 9_000_000_000), Unit(DISTRICT, "Алмалы ауданы", 4_000_000_000, parent=CITY))
CATEGORIES = ("Көгалдандыру", "Жарықтандыру")
PROJECTS = (
    ("Абай көшесіндегі саябаққа көлеңкелі орындықтар мен ауызсу фонтандары", CITY, 1_240_000_000, 61),
    ("Освещение пешеходной дорожки к школе № 128 и остановке «Ақсай»", CITY, 2_385_000_050, 54),
    ("Балалар алаңына жұмсақ жабын төсеу және қоршау орнату", DISTRICT, 1_575_000_000, 47),
    ("Велопарковки у библиотек и поликлиник района", CITY, 864_000_000, 33),
    ("Ескі арықты тазалап, жағасына терек отырғызу", DISTRICT, 2_910_000_000, 33),
    ("Пандусы и поручни в подземных переходах проспекта Райымбека", CITY, 5_830_000_000, 28),
    ("Ит серуендететін алаң", DISTRICT, 420_000_000, 8),
)
"""Title, unit, cost in tiyn, and about how many of a hundred choose it."""
_HOURS = 60
_SEED = 20260901


@dataclass(frozen=True)
class World:
    """`ids`: what a screen's address needs, by its name."""

    server: Server
    ids: dict[str, str]
    sessions: dict[Role, SignedIn] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def known(self, role: Role) -> str:
        """The login of the one account in this role, which is made and signed in when it is first asked for."""
        if role not in self.sessions:
            with whole_engine(self.server) as engine:
                self.sessions[role] = account(
                    engine, role, units=(CITY, DISTRICT, UNIT), login=f"a.seitkali-{role}"
                )
        return self.sessions[role].actor.login

    def sign_in(self, context: BrowserContext, role: Role) -> None:
        """As the one account in this role."""
        self.known(role)
        https = self.address.replace(
            "http:", "https:"
        )  # as the cookie asks for; on loopback it is sent without, too
        context.add_cookies(
            [{"name": COOKIE, "value": self.sessions[role].token, "url": https, "secure": True}]
        )


@contextmanager
def told_world(cluster: str, template: str, home: Path, **changes: Any) -> Iterator[World]:
    """Served from its own database, with these `changes` of its settings; the projections stand at the log's end."""
    with fresh_database(cluster, template) as url, open_engine(url) as engine:
        story = tell_self_government(engine.store, engine.documents)
        ids = {**_of_rounds(engine), **_of_self_government(story)}
        with serve(engine, home, **changes) as server:
            site_of(server)
            world = World(server, ids)
            ids["merging"] = _twins(engine, UUID(ids["intake"]), world.known(Role.RESIDENT))
            catch_up(engine.datastore, server.settings)
            ids["gathering"] = server.client.get("/v1/gatherings").json()["items"][0]["id"]
            yield world


def _of_rounds(engine: Engine) -> dict[str, str]:
    """In the order in which they were told; the last stands first on the list."""
    rounds = {
        "cancelled": _voting(engine, "Түрксіб ауданы: көше көріктендіру 2025").cancelled(),
        "corrected": _voting(engine, "Алмалы ауданы: халық қатысатын бюджет 2024")
        .closed()
        .concluded()
        .published()
        .corrected("7", voters=9, score=9),
        "published": _voting(engine, "Алмалы ауданы: халық қатысатын бюджет 2025")
        .closed()
        .concluded()
        .published(),
        "provisional": _voting(engine, "Алматы қаласы: жасыл аулалар").closed(),
        "intake": _round(engine, "Бостандық ауданы: мектеп маңы"),
        "concluding": _voting(engine, "Жетісу ауданы: халық қатысатын бюджет 2026").closed(),
        "review": _round(engine, "Медеу ауданы: тау бөктері"),
        "voting": _voting(engine, "Алматы: халық қатысатын бюджет 2026"),
    }
    ids = {name: str(election.id) for name, election in rounds.items()}
    return ids | _at_the_office(engine, rounds["review"], rounds["concluding"])


def _at_the_office(engine: Engine, review: Election, concluding: Election) -> dict[str, str]:
    """A proposal to be decided on, a drafted conclusion, and its approval that somebody has asked for."""
    proposals = [review.propose(title, unit, cost) for title, unit, cost, _ in PROJECTS[:3]]
    with engine.store.deciding() as decision:
        round_ = decision.get(Round, review.id)
        round_.start_review(by=CLERK, at=DURING)
        decision.save(round_)
    concluding.conclusions.draft(concluding.id, by=CLERK)
    conclusion = engine.store.load(Conclusion, Conclusion.create_id(concluding.id))
    said = {"round_id": str(concluding.id), "document_digest": conclusion.computation.document_digest}
    approval = Approval.request(
        UUID(int=500),
        TwoPeopleAct.APPROVE_CONCLUSION,
        conclusion.id,
        engine.documents.put(canonical.encode(said)),
        reason="Барлық бюллетень саналды, талондар салыстырылды.",
        by=CLERK,
        at=datetime.now(UTC),
    )
    with engine.store.deciding() as decision:
        decision.save(approval)
    return {"proposal": str(proposals[0]), "other": str(proposals[1]), "approval": str(approval.id)}


def _twins(engine: Engine, round_id: UUID, author: str) -> str:
    """A merging that waits for this author, who has proposed much the same as another."""
    title, unit, cost_tiyn, _ = PROJECTS[3]
    own = Sketch(
        title, "Велосипедке тұрақ керек.\nКітапханаға балалар көп келеді.", unit, cost_tiyn, CATEGORIES[1]
    )
    other = replace(
        own, title="Велопарковки у школ и библиотек", description="Тұрақтар мектептерге де керек."
    )
    with engine.store.deciding() as decision:
        round_ = decision.get(Round, round_id)
        into = Proposal.submit(UUID(int=501), round_, author, own, at=EARLY)
        twin = Proposal.submit(UUID(int=502), round_, "author-2", other, at=EARLY)
        decision.save(into, twin)
    mergings = Mergings(engine.store, lambda: EARLY, seeded("twins"))
    wording = replace(own, title=f"{title} и школ", description=f"{own.description}\n{other.description}")
    reason = "Екеуі де бір ауданның велосипед тұрақтары туралы."
    return str(mergings.propose(into.id, twin.id, wording, reason, by=CLERK))


def _round(engine: Engine, title: str) -> Election:
    return Election(
        engine, terms=replace(TERMS, title=title, units=MONEY, categories=CATEGORIES, cost_caps=())
    ).drafted()


def _voting(engine: Engine, title: str) -> Election:
    numbered = {str(number): project for number, project in enumerate(PROJECTS, 1)}
    election = _round(engine, title).reviewed(
        {number: cost for number, (_, _, cost, _) in numbered.items()},
        {number: unit for number, (_, unit, _, _) in numbered.items()},
        {number: title for number, (title, _, _, _) in numbered.items()},
    )
    election.opened()
    chance = Random(_SEED)
    for hour in range(0, _HOURS, 5):
        burst = 40 if hour == _HOURS // 2 else chance.randrange(2, 6)
        votes = [_choices(chance) for _ in range(burst)]
        election.cast(votes, DISTRICT, DURING + timedelta(hours=hour))
    return election


def _choices(chance: Random) -> Choices:
    wanted = [str(number) for number, (*_, liked) in enumerate(PROJECTS, 1) if chance.randrange(100) < liked]
    return wanted[:3] or ["1"]


def _of_self_government(story: Story) -> dict[str, str]:
    return {
        "council": str(story.council),
        "sitting": str(story.sitting),
        "decision": str(story.in_force),
        "repealed": str(story.repealed),
        "execution": str(story.execution),
        "dismissal": str(story.ended),
        "meeting": str(story.meeting),
    }
