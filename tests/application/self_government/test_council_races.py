"""Two processes act on one Council at once: the log holds one order of events, and every answer fits it."""

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from application.self_government.units import unit_of
from domain.errors import Refused
from domain.self_government.council import Council, CouncilDissolved
from domain.self_government.decision import CouncilDecision, DecisionState, WrongDecisionState
from domain.self_government.gathering import Gathering
from domain.self_government.motion import ItemKind
from domain.self_government.rollcall import Vote
from tests.council_desk import SAT, CouncilDesk
from tests.councils import SEVEN, THREE
from tests.engine import Engine, open_engine
from tests.self_government import CLERK

ROUNDS = 10
SOON_SECONDS = 0.05
"""Between two moments at which two processes act at once."""


@pytest.fixture
def desk(engine: Engine) -> CouncilDesk:
    return CouncilDesk(engine.store, engine.documents)


def act_at(url: str, act: str, arguments: list[tuple[Any, ...]], moments: list[float]) -> list[str]:
    """Call one use case with each of the arguments, each at its moment; the refusals' codes, empty where it was done."""
    told = []
    with open_engine(url) as engine:
        desk = CouncilDesk(engine.store, engine.documents, SAT)
        commands: dict[str, Callable[..., object]] = {
            "vote": desk.decisions.vote,
            "close_vote": desk.decisions.close_vote,
            "dissolve": desk.councils.dissolve,
        }
        for given, moment in zip(arguments, moments, strict=True):
            time.sleep(max(0.0, moment - time.time()))
            try:
                commands[act](*given, by=CLERK)
                told.append("")
            except Refused as refusal:
                told.append(refusal.code)
    return told


def warm_up(engine: Engine, processes: ProcessPoolExecutor) -> None:
    list(processes.map(act_at, [engine.url] * 2, ["vote"] * 2, [[]] * 2, [[]] * 2))


def soon(number: int) -> list[float]:
    return [time.time() + SOON_SECONDS * n for n in range(4, number + 4)]


def log_of(engine: Engine) -> list[tuple[UUID, str]]:
    entries = engine.reader.entries(0, engine.reader.size())
    return [(entry.originator_id, entry.topic) for entry in entries]


def test_the_last_vote_against_the_closing_of_the_vote(
    engine: Engine, desk: CouncilDesk, processes: ProcessPoolExecutor
) -> None:
    """Whoever is first: a vote that was taken is counted, one that was refused is not, and none stands behind the closing."""
    sitting_id = desk.sit(desk.settle_in(), "1")
    ids = [desk.propose(sitting_id, str(number)) for number in range(ROUNDS)]
    for decision_id in ids:
        desk.vote(decision_id, THREE)
    warm_up(engine, processes)
    moments = soon(ROUNDS)
    votes, closings = processes.map(
        act_at,
        [engine.url] * 2,
        ["vote", "close_vote"],
        [[(each, "m.4", Vote.FOR) for each in ids], [(each,) for each in ids]],
        [moments] * 2,
    )
    assert closings == [""] * ROUNDS
    log = log_of(engine)
    for decision_id, refusal in zip(ids, votes, strict=True):
        made = desk.decision(decision_id)
        assert refusal in ("", WrongDecisionState.code)
        assert made.state is (DecisionState.REJECTED if refusal else DecisionState.ADOPTED)
        assert [topic for aggregate, topic in log if aggregate == decision_id][
            -1
        ] == CouncilDecision.VoteClosed.TOPIC
    engine.check()


def test_a_dissolution_against_decisions(
    engine: Engine, desk: CouncilDesk, processes: ProcessPoolExecutor
) -> None:
    """In log order every decision of the Council stands before its dissolution, and those behind it were refused."""
    council_id = desk.settle_in()
    sitting_id = desk.sit(council_id, "1")
    ids = [desk.propose(sitting_id, str(number)) for number in range(ROUNDS)]
    for decision_id in ids:
        desk.vote(decision_id)
    dissolved = desk.resolve(ItemKind.COUNCIL_DISSOLVED)
    warm_up(engine, processes)
    moments = soon(ROUNDS)
    closings, dissolutions = processes.map(
        act_at,
        [engine.url] * 2,
        ["close_vote", "dissolve"],
        [[(each,) for each in ids], [(council_id, dissolved, "item")]],
        [moments, moments[ROUNDS // 2 :][:1]],
    )
    assert dissolutions == [""]
    done = closings.count("")
    assert closings == [""] * done + [CouncilDissolved.code] * (ROUNDS - done)
    topics = [topic for _, topic in log_of(engine)]
    assert CouncilDecision.VoteClosed.TOPIC not in topics[topics.index(Council.Dissolved.TOPIC) :]
    assert topics.count(CouncilDecision.VoteClosed.TOPIC) == done
    engine.check()


@pytest.mark.parametrize("act", ["vote", "close_vote", "sign"])
def test_a_command_that_waited_while_the_council_was_dissolved_is_refused(
    engine: Engine, desk: CouncilDesk, act: str
) -> None:
    """What was true before the lock is not trusted behind it."""
    council_id = desk.settle_in()
    decision_id = desk.propose(desk.sit(council_id, "1"))
    dissolved = desk.resolve(ItemKind.COUNCIL_DISSOLVED)
    desk.vote(decision_id, SEVEN[1:])
    commands: dict[str, Callable[[], object]] = {
        "vote": lambda: desk.decisions.vote(decision_id, "m.1", Vote.FOR, by=CLERK),
        "close_vote": lambda: desk.decisions.close_vote(decision_id, by=CLERK),
        "sign": lambda: desk.decisions.sign(decision_id, "m.1", SAT, by=CLERK),
    }
    if act == "sign":
        desk.decisions.close_vote(decision_id, by=CLERK)
    with ThreadPoolExecutor(1) as pool, engine.store.deciding() as decision:
        council = decision.get(Council, council_id)  # answered behind the lock, so from here on it is ours
        waiting = pool.submit(commands[act])
        time.sleep(SOON_SECONDS)
        resolution = decision.get(Gathering, dissolved).resolution("item")
        council.dissolve(unit_of(decision, council.unit), resolution, by=CLERK, at=SAT)
        decision.save(council)
        assert not waiting.done()
    with pytest.raises(CouncilDissolved):
        waiting.result()
    assert log_of(engine)[-1] == (council_id, Council.Dissolved.TOPIC)
    engine.check()
