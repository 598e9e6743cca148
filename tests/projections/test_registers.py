"""The registers say what the aggregates say: rounds, proposals, conclusions, findings, turnout."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection

from domain.conclusion import Conclusion
from domain.finding import Finding, FindingOutcome, FindingState, SubjectKind
from domain.proposal import Proposal, ProposalState
from domain.roll import Roll
from domain.round import Round
from projections import conclusions, findings, proposals, rounds, turnout
from tests.engine import Engine
from tests.examples import AFTER, CLERK, DURING, digest
from tests.findings import AUDITOR, SITTING, STATEMENT
from tests.projections.rows import follow_all

MOST = 100


@pytest.fixture
def follower(rereading: Connection[Any]) -> Connection[Any]:
    follow_all(rereading, most_events=7)
    return rereading


def ids(engine: Engine, topic: str) -> list[UUID]:
    with engine.datastore.get_connection() as connection:
        query = "SELECT originator_id FROM dauys.events WHERE topic = %s ORDER BY notification_id"
        return [row["originator_id"] for row in connection.execute(query, [topic]).fetchall()]


def test_rounds_are_as_their_aggregates(retold: Engine, follower: Connection[Any]) -> None:
    known = ids(retold, Round.Created.TOPIC)
    assert len(known) == 5
    for round_id in known:
        round_ = retold.store.load(Round, round_id)
        shown = rounds.find(follower, round_id)
        assert shown is not None
        assert (shown.phase, shown.terms) == (round_.phase, round_.terms)
        assert (shown.lot_seed, shown.paper_digest) == (round_.lot_seed, round_.paper_digest)
        roll = retold.store.load(Roll, Roll.create_id(round_id))
        assert (shown.people, shown.credentials) == (roll.people, roll.credentials)
        positions = [step.position for step in shown.steps]
        assert positions == sorted(positions)
        assert shown.drafted == positions[0] == retold.reader.position_of(round_id)
        assert shown.changed >= positions[-1]


def test_steps_carry_their_times_and_reasons(retold: Engine, follower: Connection[Any]) -> None:
    cancelled = [each for each in rounds.page(follower, None, MOST) if each.phase.value == "cancelled"]
    assert len(cancelled) == 1
    step = cancelled[0].step(Round.Cancelled.TOPIC)
    assert step is not None
    assert (step.step, step.reason, step.at) == ("cancelled", "no money", DURING)
    assert cancelled[0].step(Round.Published.TOPIC) is None
    assert retold.reader.position_of(cancelled[0].round_id, len(cancelled[0].steps)) == step.position


def test_pages_of_rounds_hold_each_once_the_newest_first(retold: Engine, follower: Connection[Any]) -> None:
    seen: list[UUID] = []
    before = None
    while page := rounds.page(follower, before, 2):
        seen += [each.round_id for each in page]
        before = page[-1].drafted
    assert seen == ids(retold, Round.Created.TOPIC)[::-1]
    assert rounds.find(follower, UUID(int=1)) is None


def test_proposals_are_as_their_aggregates(retold: Engine, follower: Connection[Any]) -> None:
    seen = Counter[ProposalState]()
    for round_id in ids(retold, Round.Created.TOPIC):
        after = 0
        while page := proposals.page(follower, round_id, after, 3):
            for shown in page:
                proposal = retold.store.load(Proposal, shown.proposal_id)
                assert (shown.round_id, shown.state) == (proposal.round_id, proposal.state)
                assert (shown.sketch, shown.project) == (proposal.sketch, proposal.project)
                assert (shown.cost_tiyn, shown.merged_into) == (proposal.cost_tiyn, proposal.merged_into)
                seen[shown.state] += 1
            after = page[-1].submitted
    assert sum(seen.values()) == len(ids(retold, Proposal.Created.TOPIC))
    assert set(seen) == set(ProposalState)


def test_a_reason_is_that_of_the_present_state(retold: Engine, follower: Connection[Any]) -> None:
    first = ids(retold, Round.Created.TOPIC)[0]
    told = {each.sketch.title: each.reason for each in proposals.page(follower, first, 0, MOST)}
    assert told["Returned"] == "too vague"
    assert told["Rejected"] == "not the akimat's land"
    assert told["Revised"] == ""
    assert set(proposals.withdrawn(follower, first)) == {"102", "201"}


def test_a_merged_proposal_is_offered_to_nobody_as_one_that_stands(
    retold: Engine, follower: Connection[Any]
) -> None:
    first = ids(retold, Round.Created.TOPIC)[0]
    standing = {each.title for each in proposals.titles(follower, first, MOST)}
    assert "Kept" in standing
    assert "Twin" not in standing
    assert proposals.counts(follower, first)["merged"] == 1


def test_conclusions_are_as_their_aggregates(retold: Engine, follower: Connection[Any]) -> None:
    corrected, published = ids(retold, Conclusion.Created.TOPIC)
    for conclusion_id, numbers in ((corrected, [1, 2]), (published, [1])):
        conclusion = retold.store.load(Conclusion, conclusion_id)
        versions = conclusions.approved_versions(follower, conclusion.round_id)
        assert [version.number for version in versions] == numbers
        newest = versions[-1]
        assert newest.document_digest == conclusion.published_digest
        assert newest.checkpoint_size == conclusion.computation.checkpoint_size
        assert newest.channels == conclusion.channels
        assert newest.published_at is not None
    first, second = conclusions.approved_versions(follower, retold.store.load(Conclusion, corrected).round_id)
    assert (second.replaces, second.reason) == (first.document_digest, "miscounted")
    assert (first.replaces, first.reason) == ("", "")


def test_findings_are_as_their_aggregates(retold: Engine, follower: Connection[Any]) -> None:
    known = ids(retold, Finding.Created.TOPIC)
    assert [each.finding_id for each in findings.page(follower, None, None, MOST)] == known[::-1]
    for finding_id in known:
        finding = retold.store.load(Finding, finding_id)
        shown = findings.find(follower, finding_id)
        assert shown is not None
        assert (shown.state, shown.subject, shown.statement) == (finding.state, finding.subject, STATEMENT)
        assert (shown.opened_by, shown.opened_at) == (AUDITOR, AFTER)
        assert shown.opened == retold.reader.position_of(finding_id)
        assert shown.changed == retold.reader.position_of(finding_id, finding.version)
        assert shown.checkpoint_root == retold.reader.checkpoint_at(shown.checkpoint_size).root.hex()
        assert len(shown.answers) == finding.answers
        assert (shown.closing.outcome if shown.closing else None) == finding.outcome
    assert findings.find(follower, UUID(int=99)) is None


def test_findings_are_listed_by_state_and_in_pages(follower: Connection[Any]) -> None:
    for state in FindingState:
        (shown,) = findings.page(follower, state, None, MOST)
        assert shown.state is state
    seen, before = [], None
    while page := findings.page(follower, None, before, 3):
        seen += [each.opened for each in page]
        before = page[-1].opened
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == len(FindingState)


def test_a_finding_keeps_every_answer_and_how_it_ended(retold: Engine, follower: Connection[Any]) -> None:
    opened, answered, _, presented = findings.page(follower, None, None, MOST)[::-1]
    assert (opened.subject.kind, opened.subject.first, opened.subject.last) == (SubjectKind.ENTRIES, 2, 5)
    told = [(each.number, each.summary, each.document_digest, each.by) for each in answered.answers]
    assert told == [(n, f"answer {n}", digest("letter"), CLERK) for n in (1, 2)]
    assert [each.position for each in answered.answers] == [
        retold.reader.position_of(answered.finding_id, version) for version in (2, 3)
    ]
    assert presented.closing is not None
    assert (presented.closing.outcome, presented.closing.by) == (FindingOutcome.MENDED, "auditor-2")
    assert presented.presentation is not None
    assert (presented.presentation.sitting, presented.presentation.held) == (SITTING, AFTER)
    assert presented.presentation.position == presented.changed


def test_turnout_counts_every_ballot_in_its_unit_and_hour(retold: Engine, follower: Connection[Any]) -> None:
    shown = {
        (round_id, hour.unit, hour.hour): hour.ballots
        for round_id in ids(retold, Round.Created.TOPIC)
        for hour in turnout.by_hour(follower, round_id)
    }
    assert sum(shown.values()) == len(ids(retold, "ballot.cast.v1"))
    assert {hour for _, _, hour in shown} == {DURING}
    assert len(shown) == 6  # five rounds, one of which has voters in two units
