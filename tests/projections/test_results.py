"""Results by status: nothing, provisional, concluded, published, corrected; and what each says it rests on."""

from typing import Any

import pytest
from psycopg import Connection

import projections
from domain.allocation import Reason
from domain.conclusion import Conclusion, ConclusionState
from domain.round import Round
from projections import rounds
from projections.documents import NoSuchDocument, UnitTurnout, public_document
from projections.following import follow
from projections.projection import Projection
from projections.results import (
    PaperNotFrozen,
    Results,
    ResultsBeingCounted,
    ResultsNotPublicYet,
    RoundCancelled,
    Status,
    paper_of,
    results_of,
)
from projections.self_government import SELF_GOVERNMENT
from tests.elections import Election, times
from tests.engine import Engine
from tests.examples import AFTER, CITY, CLERK, DISTRICT
from tests.given import refused
from tests.projections.rows import MANY, follow_all

COSTS = {"1": 10**9, "2": 10**9, "3": 10**9}


@pytest.fixture
def closed(engine: Engine) -> Election:
    election = Election(engine).drafted().reviewed(COSTS).opened()
    return election.cast(times(**{"1_2": 10, "1": 5, "3": 9})).closed()


def registered(connection: Connection[Any], election: Election) -> rounds.RegisteredRound:
    round_ = rounds.find(connection, election.id)
    assert round_ is not None
    return round_


def results(connection: Connection[Any], election: Election) -> Results:
    follow_all(connection)
    return results_of(connection, registered(connection, election))


def test_before_closing_there_are_none(engine: Engine, reading: Connection[Any]) -> None:
    election = Election(engine).drafted()
    with refused(ResultsNotPublicYet, phase="intake"):
        results(reading, election)
    with refused(PaperNotFrozen):
        paper_of(reading, registered(reading, election))


def test_a_cancelled_round_has_none(closed: Election, reading: Connection[Any]) -> None:
    closed.cancelled()
    with refused(RoundCancelled):
        results(reading, closed)


OF_NO_RESULT = {
    "rounds",
    "findings",
    "implementations",
    "kiosks",
    *(each.name for each in SELF_GOVERNMENT),
}
"""Without the register of rounds there is no round to ask for; what auditors find, a Council decides, or is done about a result
changes none.
"""


@pytest.mark.parametrize(
    "late", [p for p in projections.ALL if p.name not in OF_NO_RESULT], ids=lambda p: p.name
)
def test_they_wait_for_every_projection_they_need(
    closed: Election, reading: Connection[Any], late: Projection
) -> None:
    for projection in projections.ALL:
        if projection is not late:
            follow(reading, projection, MANY)
    with refused(ResultsBeingCounted):
        results_of(reading, registered(reading, closed))


def test_provisional_ones_are_the_conclusion_s_before_it_is_drawn(
    closed: Election, reading: Connection[Any]
) -> None:
    provisional = results(reading, closed)
    assert provisional.status is Status.PROVISIONAL
    assert provisional.as_of == closed.engine.reader.size()
    assert (provisional.version, provisional.versions) == (None, ())
    reasons = {line.project: line.reason for line in provisional.outcome.lines}
    assert reasons == {"1": Reason.FUNDED, "2": Reason.FUNDED, "3": Reason.FEWER_THAN_TEN_VOTERS}
    assert provisional.turnout == (UnitTurnout(CITY, 500, 24), UnitTurnout(DISTRICT, 500, 0))
    concluded = results(reading, closed.concluded())
    assert (concluded.outcome, concluded.turnout) == (provisional.outcome, provisional.turnout)


def test_a_withdrawal_after_closing_is_in_the_provisional_ones(
    closed: Election, reading: Connection[Any]
) -> None:
    closed.decide("2", "withdraw", "built already", at=AFTER)
    provisional = results(reading, closed)
    assert provisional.outcome.funded == ("1",)
    assert provisional.as_of == closed.engine.reader.size()


def test_a_draft_changes_nothing_until_it_is_approved(closed: Election, reading: Connection[Any]) -> None:
    draft = closed.conclusions.draft(closed.id, by=CLERK)
    provisional = results(reading, closed)
    assert (provisional.status, provisional.versions) == (Status.PROVISIONAL, ())
    with refused(NoSuchDocument):
        public_document(reading, draft)


def test_concluded_then_published_then_corrected(closed: Election, reading: Connection[Any]) -> None:
    concluded = results(reading, closed.concluded())
    assert concluded.status is Status.CONCLUDED
    assert concluded.version is not None
    assert concluded.version.state is ConclusionState.APPROVED
    assert concluded.as_of == concluded.version.checkpoint_size

    published = results(reading, closed.published())
    assert (published.status, published.outcome) == (Status.PUBLISHED, concluded.outcome)

    corrected = results(reading, closed.corrected("3", voters=8, score=8))
    assert corrected.status is Status.CORRECTED
    assert corrected.version is not None
    assert corrected.version.replaces == concluded.version.document_digest
    assert [version.number for version in corrected.versions] == [1, 2]
    (change,) = corrected.changes
    assert (change.project, change.before.voters, change.after.voters) == ("3", 9, 8)


def test_a_published_one_stays_in_force_while_its_correction_is_on_the_way(
    closed: Election, reading: Connection[Any]
) -> None:
    closed.concluded().published().corrected("3", voters=8)
    with closed.engine.store.deciding() as decision:  # the same again, but not published
        conclusion = decision.get(Conclusion, Conclusion.create_id(closed.id))
        digest = closed.engine.documents.put(b"{}")
        computation = type(conclusion.computation)(digest, 1, digest, "dauys-rules-1")
        conclusion.correct(computation, "again", by=CLERK, at=AFTER)
        decision.save(conclusion)
    shown = results(reading, closed)
    assert shown.version is not None
    assert shown.version.number == 2
    closed.conclusions.approve(closed.id, by="head-2")
    shown = results(reading, closed)
    assert shown.version is not None
    assert (shown.version.number, len(shown.versions)) == (2, 3)


def test_papers_and_approved_conclusions_are_public_documents(
    closed: Election, reading: Connection[Any]
) -> None:
    closed.concluded()
    follow_all(reading)
    store, documents = closed.engine.store, closed.engine.documents
    round_ = store.load(Round, closed.id)
    for digest in (round_.paper_digest, round_.conclusion_digest):
        assert digest is not None
        assert public_document(reading, digest) == documents.get(digest)
    minutes = documents.put(b"minutes of a closed sitting")
    with refused(NoSuchDocument):
        public_document(reading, minutes)
