"""A finding is about what was in the log it names, and a refused command leaves nothing behind."""

from uuid import UUID, uuid4

import pytest

from application.log.merkle import EMPTY_ROOT
from application.log.reader import LogEmpty, NoSuchCheckpoint
from application.store import NotFound
from application.trail import NoTrail
from domain.ballot import Ballot
from domain.finding import BothSides, Finding, FindingState, Subject, SubjectInvalid, SubjectKind
from tests.elections import Election
from tests.engine import Engine
from tests.examples import CLERK, digest
from tests.findings import AUDITOR, STATEMENT, about, findings_on, tell_findings


@pytest.fixture
def election(engine: Engine) -> Election:
    return Election(engine).drafted().reviewed({"1": 500}).opened().cast([["1"]] * 3)


def test_a_finding_is_recorded_as_of_the_newest_checkpoint(election: Election) -> None:
    engine = election.engine
    newest = engine.reader.checkpoint()
    finding_id = findings_on(engine).open(about(election.id), STATEMENT, by=AUDITOR)
    finding = engine.store.load(Finding, finding_id)
    assert (finding.subject, finding.statement, finding.opened_by) == (about(election.id), STATEMENT, AUDITOR)
    opened = engine.recorder.select_events(finding_id)[0]
    assert (
        f'"checkpoint_root":"{newest.root.hex()}","checkpoint_size":{newest.size},'.encode() in opened.state
    )
    assert newest.root != EMPTY_ROOT
    engine.check()


def test_it_may_name_an_earlier_checkpoint_but_only_one_that_was_signed(election: Election) -> None:
    engine = election.engine
    first = engine.reader.checkpoint_of(1)
    finding_id = findings_on(engine).open(
        about(election.id), STATEMENT, by=AUDITOR, checkpoint_size=first.size
    )
    assert engine.store.load(Finding, finding_id).subject == about(election.id)
    with pytest.raises(NoSuchCheckpoint):
        findings_on(engine).open(about(election.id), STATEMENT, by=AUDITOR, checkpoint_size=10_000)


def test_there_is_nothing_to_find_in_an_empty_log(engine: Engine) -> None:
    with pytest.raises(LogEmpty):
        findings_on(engine).open(about(UUID(int=1)), STATEMENT, by=AUDITOR)


def test_what_it_is_about_was_in_the_log_at_its_checkpoint(election: Election) -> None:
    engine = election.engine
    size = engine.reader.size()
    (proposal_id,) = election.proposals.values()
    for subject, refusal in (
        (about(uuid4()), NoTrail),
        (Subject(SubjectKind.PROPOSAL, election.id), NotFound),
        (Subject(SubjectKind.ENTRIES, first=1, last=size + 1), SubjectInvalid),
    ):
        with pytest.raises(refusal):
            findings_on(engine).open(subject, STATEMENT, by=AUDITOR)
    with pytest.raises(NotFound):  # there now, but not yet there then
        findings_on(engine).open(
            Subject(SubjectKind.PROPOSAL, proposal_id), STATEMENT, by=AUDITOR, checkpoint_size=1
        )
    assert engine.reader.size() == size


def test_a_ballot_is_nothing_to_speak_of_while_its_round_is_open(election: Election) -> None:
    findings = findings_on(election.engine)
    cast = Subject(SubjectKind.BALLOT, Ballot.create_id(election.id, f"{1:043}"))
    never_cast = Subject(SubjectKind.BALLOT, Ballot.create_id(election.id, f"{9:043}"))
    refusals = []
    for subject in (cast, never_cast):
        with pytest.raises(NoTrail) as refused:
            findings.open(subject, STATEMENT, by=AUDITOR)
        refusals.append((refused.value.code, refused.value.facts))
    assert refusals[0] == refusals[1]
    election.closed()
    finding_id = findings.open(cast, STATEMENT, by=AUDITOR)
    assert election.engine.store.load(Finding, finding_id).subject == cast


def test_a_finding_goes_its_way(election: Election) -> None:
    engine = election.engine
    states = [
        engine.store.load(Finding, finding_id).state for finding_id in tell_findings(engine, election.id)
    ]
    assert states == list(FindingState)
    engine.check()


def test_a_refused_command_records_nothing(election: Election) -> None:
    engine, findings = election.engine, findings_on(election.engine)
    finding_id = findings.open(about(election.id), STATEMENT, by=AUDITOR)
    size = engine.reader.size()
    with pytest.raises(BothSides):
        findings.answer(finding_id, "all is well", digest("letter"), by=AUDITOR)
    with pytest.raises(NotFound):
        findings.answer(election.id, "no finding", digest("letter"), by=CLERK)
    assert engine.reader.size() == size
