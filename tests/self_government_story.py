"""Two made-up rural districts in a real store: one whose Council decides, repeals, changes and ends; one whose akim is dismissed.

Everything that a register can show happens once at least.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from application.self_government.executions import Executions
from application.storage.documents import Documents
from application.store import Store
from domain.conclusion import Channel, ChannelKind
from domain.self_government.execution import Task
from domain.self_government.motion import Candidate, ItemKind
from domain.self_government.office import Official
from domain.self_government.report_meeting import Settlement, StatusKind
from domain.self_government.rollcall import Vote
from domain.self_government.sitting import Point, Summons
from tests.council_desk import CouncilDesk
from tests.councils import CHAIR, DAY, SEVEN, roll_call
from tests.dismissal_desk import DismissalDesk
from tests.dismissals import AGAINST_ENDING, DEPUTIES, DISTRICT, FOR_ENDING
from tests.examples import digest
from tests.self_government import CLERK, ELSEWHERE, MINUTES, UNIT

NEWCOMER = Candidate(Official("m.8", "Мүше m.8"), UNIT)
NEXT_CHAIR = SEVEN[1]


@dataclass(frozen=True)
class Story:
    """Ids of what happened, by what a test asks for."""

    council: UUID
    sitting: UUID
    in_force: UUID
    repealed: UUID
    rejected: UUID
    execution: UUID
    failed: UUID
    ended: UUID
    meeting: UUID
    desk: CouncilDesk
    akims: DismissalDesk


def tell_self_government(store: Store, documents: Documents) -> Story:
    desk, akims = CouncilDesk(store, documents), DismissalDesk(store, unit=ELSEWHERE)
    akims.settle_in()
    failed = _initiative(akims, ended=False)
    council = desk.settle_in()
    repealed, in_force, rejected, sitting = _decide(desk, council)
    execution = _execute(desk, in_force)
    meeting = _report(akims)
    ended = _initiative(akims, ended=True)
    _change(desk, council)
    return Story(
        council=council,
        sitting=sitting,
        in_force=in_force,
        repealed=repealed,
        rejected=rejected,
        execution=execution,
        failed=failed,
        ended=ended,
        meeting=meeting,
        desk=desk,
        akims=akims,
    )


def _site(desk: CouncilDesk | DismissalDesk) -> tuple[Channel, ...]:
    return (Channel(ChannelKind.SITE, "https://akimat.example/acts", desk.now),)


def _decide(desk: CouncilDesk, council: UUID) -> tuple[UUID, UUID, UUID, UUID]:
    """Local rules, which other rules repeal later; a rejected budget; a vote changed, a member recused, one come, one gone."""
    desk.councils.declare_interest(council, "1", SEVEN[6], "Owns the market", desk.now, by=CLERK)
    sitting = desk.sit(council, "2", SEVEN[:6])
    desk.sittings.arrive(sitting, SEVEN[6], by=CLERK)
    repealed = desk.propose(sitting, "old")
    desk.vote(repealed, SEVEN[:1], Vote.AGAINST)
    desk.vote(repealed)
    desk.decisions.recuse(repealed, SEVEN[6], "1", by=CLERK)
    desk.sittings.leave(sitting, SEVEN[5], by=CLERK)
    desk.decisions.close_vote(repealed, by=CLERK)
    agreed = desk.resolve(ItemKind.BUDGET_AGREED, text_digest=desk.decision(repealed).text_digest)
    rejected = desk.propose_budget(sitting, agreed)
    desk.vote(rejected, SEVEN[:5], Vote.AGAINST)
    desk.decisions.close_vote(rejected, by=CLERK)
    desk.sittings.close(sitting, MINUTES, by=CLERK)
    _bring_into_force(desk, repealed)
    desk.now += 30 * DAY
    later = desk.sit(council, "3")
    in_force = desk.propose(later, "new", repeals=[repealed], effective_from=desk.now + 10 * DAY)
    desk.vote(in_force)
    desk.decisions.close_vote(in_force, by=CLERK)
    desk.sittings.close(later, MINUTES, by=CLERK)
    _bring_into_force(desk, in_force)
    _summon(desk, council)
    return repealed, in_force, rejected, sitting


def _bring_into_force(desk: CouncilDesk, decision: UUID) -> None:
    desk.now += DAY
    desk.decisions.sign(decision, CHAIR, desk.now, by=CLERK)
    desk.now += DAY
    desk.decisions.publish(decision, _site(desk), by=CLERK)


def _summon(desk: CouncilDesk, council: UUID) -> None:
    """One sitting called off, one ahead."""
    for number in ("4", "5"):
        summons = Summons("Akim's office", desk.now, desk.now + 5 * DAY, (Point("1", "Тариф; су, жарық"),))
        sitting = desk.sittings.convene(council, number, summons, by=CLERK)
    desk.sittings.call_off(sitting, "a storm", by=CLERK)


def _execute(desk: CouncilDesk, decision: UUID) -> UUID:
    executions = Executions(desk.store, lambda: desk.now)
    due = desk.now + 10 * DAY
    tasks = tuple(Task(key, f"Task {key}", "Akim's office", due) for key in ("lamps", "road", "well"))
    execution = executions.order(decision, tasks, by=CLERK)
    executions.report_progress(execution, "road", 40, "The ditch is dug", by=CLERK)
    executions.extend(execution, "road", due + 30 * DAY, "Frost", by=CLERK)
    executions.finish(execution, "lamps", "They burn", digest("photographs"), by=CLERK)
    return execution


def _change(desk: CouncilDesk, council: UUID) -> None:
    """A member goes, another comes, the chair passes on; in the end the gathering dissolves the Council."""
    desk.now += 20 * DAY
    desk.councils.leave(council, SEVEN[6], desk.now, "moved away", by=CLERK)
    by_election = desk.resolve(ItemKind.MEMBERS_ELECTED, candidates=(NEWCOMER,))
    desk.gatherings.publish(by_election, _site(desk), by=CLERK)
    desk.councils.fill_vacancies(council, by_election, "item", by=CLERK)
    desk.now += 5 * DAY
    desk.councils.leave_chair(council, desk.now, "at own wish", by=CLERK)
    desk.now += 5 * DAY
    sitting = desk.sit(council, "6", SEVEN[:6])
    desk.councils.elect_chair(sitting, NEXT_CHAIR, roll_call(SEVEN[:6]), by=CLERK)
    desk.sittings.close(sitting, MINUTES, by=CLERK)
    desk.now += 300 * DAY
    desk.councils.dissolve(council, desk.resolve(ItemKind.COUNCIL_DISSOLVED), "item", by=CLERK)


def _report(akims: DismissalDesk) -> UUID:
    held_at = akims.now - timedelta(hours=2)
    way = akims.report_meetings
    meeting = way.hold(
        akims.unit, held_at.year, held_at=held_at, present=120, minutes_digest=MINUTES, by=CLERK
    )
    for key, text in (("q1", "Көше жарығы"), ("q2", "Where is the well?"), ("q3", "Bus")):
        way.raise_question(meeting, key, text, "roads", by=CLERK)
    for _ in range(3):
        akims.now += 31 * DAY
        way.report_status(meeting, "q1", f"{akims.now:%Y-%m}", StatusKind.UNDER_WAY, "Poles are up", by=CLERK)
    way.settle(meeting, "q3", Settlement.ANSWERED, "It runs on Mondays", by=CLERK)
    return meeting


def _initiative(akims: DismissalDesk, *, ended: bool) -> UUID:
    initiative = akims.raise_one(akims.act())
    way = akims.dismissals
    way.notify_akim(initiative, digest("notice"), by=CLERK)
    akims.now += DAY
    way.answer(initiative, "Lamps are on order", digest("answer"), by=CLERK)
    way.submit(initiative, DISTRICT, digest("submission"), by=CLERK)
    way.register(initiative, "41/2026", by=CLERK)
    way.set_hearing(initiative, akims.now + DAY, "The maslikhat's hall", by=CLERK)
    akims.now += 2 * DAY
    way.hear(initiative, MINUTES, akim_spoke=True, by=CLERK)
    vote = FOR_ENDING if ended else AGAINST_ENDING
    way.decide(initiative, DEPUTIES, vote, digest("decision"), by=CLERK)
    akims.now += DAY
    way.publish(initiative, _site(akims), by=CLERK)
    akims.now += DAY
    return initiative
