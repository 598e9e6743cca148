"""Only what the published conclusion funds is taken up, once, at the paper's cost; the first project moves the round on."""

from datetime import timedelta
from uuid import UUID

import pytest

from application.implementations import ImplementationBegun, Implementations
from domain.implementation import Implementation, ImplementationState, NotFunded
from domain.round import Phase, Round, WrongPhase
from tests.elections import Election, times
from tests.engine import Engine
from tests.examples import AFTER, CLERK, HEAD, MINUTES

COST_TIYN = 10**9
DUE = AFTER + timedelta(days=60)


@pytest.fixture
def implementations(engine: Engine) -> Implementations:
    return Implementations(engine.store, engine.documents, lambda: AFTER)


@pytest.fixture
def published(engine: Engine) -> Election:
    """Project 101 is funded; project 102 has nine voters."""
    election = Election(engine).drafted().reviewed({"101": COST_TIYN, "102": COST_TIYN}).opened()
    return election.cast(times(**{"101": 12, "102": 9})).closed().concluded().published()


def phase(engine: Engine, round_id: UUID) -> Phase:
    return engine.store.load(Round, round_id).phase


def test_a_funded_project_begins_at_its_cost_on_the_paper_and_moves_the_round_on(
    engine: Engine, implementations: Implementations, published: Election
) -> None:
    begun = engine.store.load(Implementation, implementations.begin(published.id, "101", by=CLERK))
    assert (begun.project, begun.cost_tiyn) == ("101", COST_TIYN)
    assert phase(engine, published.id) is Phase.IMPLEMENTING


@pytest.mark.parametrize("project", ["102", "no-such"])
def test_what_is_not_funded_never_begins(
    engine: Engine, implementations: Implementations, published: Election, project: str
) -> None:
    size = engine.check()
    with pytest.raises(NotFunded):
        implementations.begin(published.id, project, by=CLERK)
    assert engine.check() == size
    assert phase(engine, published.id) is Phase.PUBLISHED


def test_nothing_begins_on_a_conclusion_that_is_not_published(
    engine: Engine, implementations: Implementations
) -> None:
    election = Election(engine).drafted().reviewed({"101": COST_TIYN}).opened()
    election.cast(times(**{"101": 12})).closed().concluded()
    with pytest.raises((NotFunded, WrongPhase)):
        implementations.begin(election.id, "101", by=CLERK)


def test_a_project_begins_once(implementations: Implementations, published: Election) -> None:
    implementations.begin(published.id, "101", by=CLERK)
    with pytest.raises(ImplementationBegun):
        implementations.begin(published.id, "101", by=HEAD)


def test_every_step_to_the_commissions_acceptance_is_recorded(
    engine: Engine, implementations: Implementations, published: Election
) -> None:
    id_ = implementations.begin(published.id, "101", by=CLERK)
    implementations.contract(id_, "ЖШС «Жарық»", COST_TIYN - 1, DUE, by=CLERK)
    implementations.report_progress(id_, 40, "poles stand", by=CLERK)
    implementations.delay(id_, "frost", DUE + timedelta(days=14), by=CLERK)
    implementations.complete(id_, by=CLERK)
    implementations.refuse_acceptance(id_, "two lamps are dark", minutes_digest=MINUTES, by=HEAD)
    implementations.complete(id_, by=CLERK)
    implementations.accept(id_, minutes_digest=MINUTES, by=HEAD)
    accepted = engine.store.load(Implementation, id_)
    assert accepted.state is ImplementationState.ACCEPTED
    assert accepted.version == 8
