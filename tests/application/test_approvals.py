"""What takes two people is done in the transaction of the grant, by another than asked, and only what was asked for."""

import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from application.approvals import AlreadyRequested, ApprovalOutdated, Approvals
from application.election_acts import ElectionActs
from application.kiosks import Invitation, Kiosks
from application.rounds import Rounds
from application.settings import Settings
from application.store import NotFound
from domain.approval import (
    REQUEST_LASTS,
    Approval,
    ApprovalExpired,
    ApprovalSettled,
    ApprovalState,
    OwnRequest,
    TwoPeopleAct,
)
from domain.conclusion import ChannelsMissing, Conclusion, ConclusionState, NothingToCorrect, SamePersonTwice
from domain.kiosk import EnrolmentCodeInvalid, Kiosk
from domain.round import Phase, Round, WrongPhase
from domain.text import TextInvalid
from tests.elections import CHANNELS, Election
from tests.engine import Engine
from tests.examples import AFTER, CITY, CLERK, DURING, HEAD

OTHER = "head-2"


class Office:
    """Approvals of everything that takes two people, with a clock to be moved on. `before_lock`: run by the long checks."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now: datetime = DURING
        self.before_lock: Callable[[UUID], None] = lambda _: None
        store, documents = engine.store, engine.documents
        rounds = Rounds(
            store,
            documents,
            self.clock,
            secrets.token_bytes,
            check_roots=self.check_roots,
            check_durable=lambda _: None,
        )
        self.conclusions = Election(engine).conclusions
        self.kiosks = Kiosks(store, Settings(), self.clock, secrets.token_bytes)
        acts = ElectionActs(store, rounds, self.conclusions, self.kiosks).by_name()
        self.approvals = Approvals(store, documents, self.clock, secrets.token_bytes, acts)

    def clock(self) -> datetime:
        return self.now

    def check_roots(self, round_id: UUID) -> None:
        self.before_lock(round_id)

    def ask(self, act: TwoPeopleAct, subject: UUID | None, by: str = CLERK, **parameters: Any) -> UUID:
        return self.approvals.request(act, subject, parameters, by=by, reason="it is time")

    def newest(self, number: int) -> list[tuple[str, str]]:
        """(topic, by) of the last entries."""
        size = self.engine.reader.size()
        entries = [json.loads(entry.bytes_) for entry in self.engine.reader.entries(size - number, size)]
        return [(each["topic"], each["state"].get("by", "")) for each in entries]


@pytest.fixture
def office(engine: Engine) -> Office:
    return Office(engine)


@pytest.fixture
def election(engine: Engine) -> Election:
    return Election(engine).drafted().reviewed({"1": 500, "2": 700})


def test_the_act_stands_right_behind_the_grant_by_who_granted_it(office: Office, election: Election) -> None:
    asked = office.ask(TwoPeopleAct.OPEN_VOTING, election.id)
    assert office.engine.store.load(Round, election.id).phase is Phase.REVIEW
    office.approvals.approve(asked, by=HEAD)
    assert office.engine.store.load(Round, election.id).phase is Phase.VOTING
    assert office.newest(3) == [
        ("approval.requested.v1", CLERK),
        ("approval.granted.v1", HEAD),
        ("round.voting_opened.v1", HEAD),
    ]
    office.engine.check()


def test_nobody_grants_the_own_request_and_nothing_is_done(office: Office, election: Election) -> None:
    asked = office.ask(TwoPeopleAct.OPEN_VOTING, election.id)
    size = office.engine.reader.size()
    with pytest.raises(OwnRequest):
        office.approvals.approve(asked, by=CLERK)
    assert office.engine.reader.size() == size
    assert office.engine.store.load(Round, election.id).phase is Phase.REVIEW


def test_a_grant_replayed_does_nothing_twice(office: Office, election: Election) -> None:
    asked = office.ask(TwoPeopleAct.OPEN_VOTING, election.id)
    office.approvals.approve(asked, by=HEAD)
    size = office.engine.reader.size()
    for by in (HEAD, OTHER):
        with pytest.raises(ApprovalSettled):
            office.approvals.approve(asked, by=by)
    assert office.engine.reader.size() == size


def test_what_has_changed_since_it_was_asked_is_not_done_and_the_grant_leaves_no_trace(
    office: Office, election: Election
) -> None:
    asked = office.ask(TwoPeopleAct.OPEN_VOTING, election.id)
    election.decide("2", "withdraw", "too dear", at=DURING)
    size = office.engine.reader.size()
    with pytest.raises(ApprovalOutdated):
        office.approvals.approve(asked, by=HEAD)
    assert office.engine.reader.size() == size
    assert office.engine.store.load(Approval, asked).state is ApprovalState.REQUESTED
    assert office.engine.store.load(Round, election.id).phase is Phase.REVIEW
    office.engine.check()


def test_what_takes_long_is_looked_at_before_the_log_is_locked(office: Office, election: Election) -> None:
    asked = office.ask(TwoPeopleAct.OPEN_VOTING, election.id)
    locked: list[UUID] = []

    def lock_it_too(round_id: UUID) -> None:
        with office.engine.recorder.writing() as transaction:
            transaction.execute("SELECT 1")
            locked.append(round_id)

    office.before_lock = lock_it_too
    office.approvals.approve(asked, by=HEAD)
    assert locked == [election.id]


def test_the_same_act_is_not_asked_for_twice_at_once(office: Office, election: Election) -> None:
    first = office.ask(TwoPeopleAct.OPEN_VOTING, election.id)
    with pytest.raises(AlreadyRequested) as caught:
        office.ask(TwoPeopleAct.OPEN_VOTING, election.id, by=OTHER)
    assert caught.value.facts == {"approval": first}
    office.approvals.withdraw(first, by=CLERK)
    second = office.ask(TwoPeopleAct.OPEN_VOTING, election.id, by=OTHER)
    assert [each.approval.id for each in office.approvals.waiting()] == [second]


def test_one_kiosk_form_sent_twice_asks_once(office: Office) -> None:
    hall = {"label": "Hall 3", "place": "Community centre", "unit": CITY}
    office.ask(TwoPeopleAct.INVITE_KIOSK, None, **hall)
    with pytest.raises(AlreadyRequested):
        office.ask(TwoPeopleAct.INVITE_KIOSK, None, **hall)
    office.ask(TwoPeopleAct.INVITE_KIOSK, None, **hall | {"label": "Hall 4"})
    assert len(office.approvals.waiting()) == 2


def test_a_request_that_has_expired_waits_for_nobody(office: Office, election: Election) -> None:
    asked = office.ask(TwoPeopleAct.OPEN_VOTING, election.id)
    assert office.approvals.asked(asked).waits
    office.now += REQUEST_LASTS
    it = office.approvals.asked(asked)
    assert (it.waits, it.expired) == (False, True)
    assert office.approvals.waiting() == []
    with pytest.raises(ApprovalExpired):
        office.approvals.approve(asked, by=HEAD)
    office.ask(TwoPeopleAct.OPEN_VOTING, election.id)
    assert [each.approval.id for each in office.approvals.newest(1, 10)] == [asked]


def test_what_could_not_be_done_now_is_not_asked_for(office: Office, election: Election) -> None:
    with pytest.raises(WrongPhase):
        office.ask(TwoPeopleAct.CLOSE_EARLY, election.id, early_reason="fire")
    with pytest.raises(NotFound):
        office.ask(TwoPeopleAct.APPROVE_CONCLUSION, Conclusion.create_id(election.id))
    with pytest.raises(TextInvalid):
        office.ask(TwoPeopleAct.INVITE_KIOSK, None, label=" ", place="Hall", unit=CITY)
    assert office.approvals.waiting() == []


def test_closing_early_tells_the_reason_that_was_approved(office: Office, election: Election) -> None:
    election.opened()
    asked = office.ask(TwoPeopleAct.CLOSE_EARLY, election.id, early_reason="the hall is flooded")
    it = office.approvals.asked(asked)
    assert (it.parameters, it.units) == ({"early_reason": "the hall is flooded"}, frozenset({CITY}))
    office.approvals.approve(asked, by=HEAD)
    assert office.newest(2) == [("approval.granted.v1", HEAD), ("round.voting_closed.v1", HEAD)]


def test_a_declined_request_does_nothing(office: Office, election: Election) -> None:
    asked = office.ask(TwoPeopleAct.OPEN_VOTING, election.id)
    office.approvals.decline(asked, "the roll is not complete", by=HEAD)
    with pytest.raises(ApprovalSettled):
        office.approvals.approve(asked, by=OTHER)
    assert office.approvals.waiting() == []


def test_a_kiosks_code_is_given_once_and_kept_nowhere(office: Office) -> None:
    asked = office.ask(TwoPeopleAct.INVITE_KIOSK, None, label="Hall 3", place="Community centre", unit=CITY)
    invitation = office.approvals.approve(asked, by=HEAD)
    assert isinstance(invitation, Invitation)
    it = office.approvals.asked(asked)
    assert invitation.kiosk_id == it.approval.subject
    assert office.engine.store.load(Kiosk, invitation.kiosk_id).label == "Hall 3"
    assert invitation.code not in json.dumps(dict(it.parameters))
    size = office.engine.reader.size()
    assert all(
        invitation.code.encode() not in entry.bytes_ for entry in office.engine.reader.entries(0, size)
    )
    office.kiosks.enrol(invitation.code, "TtMvY7818O7vyyXyii4fvchzrig1ZxsMlGD18S5FVqg")


def test_a_stranger_who_guesses_codes_holds_no_ballot_up(office: Office) -> None:
    """While the log is locked, as a batch of ballots locks it, a wrong code is refused at once."""
    known = office.kiosks.invite("Kiosk 1", "Hall", by=CLERK).kiosk_id
    with office.engine.store.deciding(), ThreadPoolExecutor(1) as stranger:
        for kiosk_id in (known, uuid4()):
            guess = stranger.submit(office.kiosks.enrol, f"{kiosk_id.hex}.{'A' * 20}", "A" * 43)
            with pytest.raises(EnrolmentCodeInvalid):
                guess.result()


@pytest.fixture
def drafted(office: Office, election: Election) -> UUID:
    """The id of a conclusion that CLERK has drafted."""
    election.opened().cast([["1"]] * 12).closed()
    office.now = AFTER + timedelta(hours=2)
    office.conclusions.draft(election.id, by=CLERK)
    return Conclusion.create_id(election.id)


def test_a_conclusion_is_approved_by_neither_who_asked_nor_who_drafted_it(
    office: Office, drafted: UUID
) -> None:
    asked = office.ask(TwoPeopleAct.APPROVE_CONCLUSION, drafted, by=OTHER)
    size = office.engine.reader.size()
    for by, refusal in ((OTHER, OwnRequest), (CLERK, SamePersonTwice)):
        with pytest.raises(refusal):
            office.approvals.approve(asked, by=by)
    assert office.engine.reader.size() == size
    office.approvals.approve(asked, by=HEAD)
    topics = [topic for topic, _ in office.newest(3)]
    assert topics == ["approval.granted.v1", "conclusion.approved.v1", "round.concluded.v1"]


def test_a_draft_that_was_computed_anew_is_not_what_was_asked_for(office: Office, drafted: UUID) -> None:
    asked = office.ask(TwoPeopleAct.APPROVE_CONCLUSION, drafted)
    round_id = office.engine.store.load(Conclusion, drafted).round_id
    office.conclusions.reject_draft(round_id, "count again", by=HEAD)
    office.conclusions.draft(round_id, by=CLERK)
    with pytest.raises(ApprovalOutdated):
        office.approvals.approve(asked, by=HEAD)
    assert office.engine.store.load(Conclusion, drafted).state is ConclusionState.DRAFTED


def test_a_correction_is_approved_and_published_at_once(
    office: Office, election: Election, drafted: UUID
) -> None:
    channels = msgspec.to_builtins(CHANNELS)
    with pytest.raises(NothingToCorrect):
        office.ask(TwoPeopleAct.PUBLISH_CORRECTION, drafted, channels=channels)
    office.conclusions.approve(election.id, by=HEAD)
    election.published().decide("2", "withdraw", "the land is sold", at=AFTER)
    office.conclusions.correct(election.id, "a project was taken back", by=CLERK)
    with pytest.raises(ChannelsMissing):
        office.ask(TwoPeopleAct.PUBLISH_CORRECTION, drafted, channels=channels[:1])
    asked = office.ask(TwoPeopleAct.PUBLISH_CORRECTION, drafted, channels=channels)
    office.approvals.approve(asked, by=HEAD)
    conclusion = office.engine.store.load(Conclusion, drafted)
    assert (conclusion.number, conclusion.state) == (2, ConclusionState.PUBLISHED)
    assert conclusion.channels == CHANNELS
    topics = [topic for topic, _ in office.newest(3)]
    assert topics == ["approval.granted.v1", "conclusion.approved.v1", "conclusion.published.v1"]
    office.engine.check()
