"""A round's phases: what each command records, and where it is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.errors import Refused
from domain.round import (
    AnotherConclusion,
    LotAlreadyDrawn,
    LotNotDrawn,
    NothingToVoteOn,
    NotThisRound,
    Phase,
    Round,
    VotingNotDue,
    WrongPhase,
)
from domain.terms import TermsInvalid
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from tests.examples import (
    AFTER,
    CLERK,
    CLOSES,
    DOCUMENT,
    DURING,
    EARLY,
    OPENS,
    PAPER,
    ROUND_ID,
    SEED,
    TERMS,
    digest,
    round_in,
)
from tests.given import given, past, recorded, refused

Command = Callable[[Round], object]

OTHER_TERMS = replace(TERMS, title="Халық қатысатын бюджет 2027")
BAD_TERMS = replace(TERMS, voting_closes=OPENS)

COMMANDS: dict[str, tuple[Command, set[Phase]]] = {
    "change_terms": (
        lambda r: r.change_terms(OTHER_TERMS, by=CLERK, at=EARLY),
        {Phase.DRAFTED, Phase.INTAKE},
    ),
    "open_intake": (lambda r: r.open_intake(by=CLERK, at=EARLY), {Phase.DRAFTED}),
    "start_review": (lambda r: r.start_review(by=CLERK, at=EARLY), {Phase.INTAKE}),
    "draw_lot": (
        lambda r: r.draw_lot(SEED, by=CLERK, at=EARLY),
        {Phase.REVIEW},
    ),
    "open_voting": (lambda r: r.open_voting(PAPER, 2, by=CLERK, at=DURING), {Phase.REVIEW}),
    "close_voting": (lambda r: r.close_voting(by=CLERK, at=AFTER), {Phase.VOTING}),
    "conclude": (lambda r: r.conclude(DOCUMENT, at=AFTER), {Phase.CLOSED}),
    "publish": (lambda r: r.publish(DOCUMENT, at=AFTER), {Phase.CONCLUDED}),
    "start_implementation": (lambda r: r.start_implementation(by=CLERK, at=AFTER), {Phase.PUBLISHED}),
    "complete": (lambda r: r.complete(by=CLERK, at=AFTER), {Phase.IMPLEMENTING}),
    "cancel": (
        lambda r: r.cancel("no money", by=CLERK, at=AFTER),
        {Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW, Phase.VOTING, Phase.CLOSED},
    ),
}
REACHED_BY_REPEATING = {
    "open_intake": Phase.INTAKE,
    "start_review": Phase.REVIEW,
    "close_voting": Phase.CLOSED,
    "start_implementation": Phase.IMPLEMENTING,
    "complete": Phase.COMPLETED,
}


def review_without_lot() -> Round:
    return round_in(Phase.REVIEW, lot=False)


def test_the_lot_is_drawn_in_review() -> None:
    round_ = review_without_lot()
    round_.draw_lot(SEED, by=CLERK, at=EARLY)
    assert recorded(round_) == [("round.lot_drawn.v1", {"seed": SEED, "by": CLERK})]
    assert (round_.lot_seed, round_.phase) == (SEED, Phase.REVIEW)


def test_a_round_is_drafted_with_checked_terms() -> None:
    round_ = Round.draft(ROUND_ID, TERMS, by=CLERK, at=EARLY)
    assert recorded(round_) == [("round.drafted.v1", {"terms": TERMS, "by": CLERK})]
    assert (round_.id, round_.phase, round_.created_on) == (ROUND_ID, Phase.DRAFTED, EARLY)


def test_a_round_without_lawful_terms_is_not_drafted() -> None:
    with refused(TermsInvalid):
        Round.draft(ROUND_ID, BAD_TERMS, by=CLERK, at=EARLY)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_works_in_its_phases_only(name: str, phase: Phase) -> None:
    command, allowed = COMMANDS[name]
    round_ = review_without_lot() if (name, phase) == ("draw_lot", Phase.REVIEW) else round_in(phase)
    if phase in allowed:
        command(round_)
        assert len(recorded(round_)) == 1
    elif REACHED_BY_REPEATING.get(name) is phase:
        command(round_)
        assert recorded(round_) == []
    else:
        with refused(WrongPhase, round_, phase=phase.value):
            command(round_)


@pytest.mark.parametrize(
    ("phase", "name", "topic", "facts", "reached"),
    [
        (Phase.INTAKE, "change_terms", "terms_changed", {"terms": OTHER_TERMS, "by": CLERK}, Phase.INTAKE),
        (Phase.DRAFTED, "open_intake", "intake_opened", {"by": CLERK}, Phase.INTAKE),
        (Phase.INTAKE, "start_review", "review_started", {"by": CLERK}, Phase.REVIEW),
        (
            Phase.REVIEW,
            "open_voting",
            "voting_opened",
            {"paper_digest": PAPER, "projects": 2, "by": CLERK},
            Phase.VOTING,
        ),
        (Phase.VOTING, "close_voting", "voting_closed", {"early_reason": "", "by": CLERK}, Phase.CLOSED),
        (Phase.CLOSED, "conclude", "concluded", {"conclusion_digest": DOCUMENT}, Phase.CONCLUDED),
        (Phase.CONCLUDED, "publish", "published", {"conclusion_digest": DOCUMENT}, Phase.PUBLISHED),
        (
            Phase.PUBLISHED,
            "start_implementation",
            "implementation_started",
            {"by": CLERK},
            Phase.IMPLEMENTING,
        ),
        (Phase.IMPLEMENTING, "complete", "completed", {"by": CLERK}, Phase.COMPLETED),
        (Phase.CLOSED, "cancel", "cancelled", {"reason": "no money", "by": CLERK}, Phase.CANCELLED),
    ],
)
def test_a_command_records_its_outcome(
    phase: Phase, name: str, topic: str, facts: dict[str, object], reached: Phase
) -> None:
    round_ = round_in(phase)
    COMMANDS[name][0](round_)
    assert recorded(round_) == [(f"round.{topic}.v1", facts)]
    assert round_.phase is reached


def test_the_same_terms_again_record_nothing() -> None:
    round_ = round_in(Phase.INTAKE)
    round_.change_terms(TERMS, by=CLERK, at=EARLY)
    assert recorded(round_) == []


def test_terms_are_not_changed_to_unlawful_ones() -> None:
    round_ = round_in(Phase.DRAFTED)
    with refused(TermsInvalid, round_):
        round_.change_terms(BAD_TERMS, by=CLERK, at=EARLY)


def test_a_second_lot_is_refused_even_with_the_same_seed() -> None:
    round_ = round_in(Phase.REVIEW)
    with refused(LotAlreadyDrawn, round_):
        round_.draw_lot(SEED, by=CLERK, at=EARLY)


def test_a_seed_is_a_sha256() -> None:
    round_ = review_without_lot()
    with refused(DigestInvalid, round_, field="seed"):
        round_.draw_lot("7", by=CLERK, at=EARLY)


def test_voting_does_not_open_before_the_lot_is_drawn() -> None:
    round_ = review_without_lot()
    with refused(LotNotDrawn, round_):
        round_.open_voting(PAPER, 2, by=CLERK, at=DURING)


@pytest.mark.parametrize("at", [OPENS - timedelta(microseconds=1), CLOSES])
def test_voting_opens_inside_its_announced_window_only(at: datetime) -> None:
    round_ = round_in(Phase.REVIEW)
    with refused(VotingNotDue, round_, opens=OPENS, closes=CLOSES):
        round_.open_voting(PAPER, 2, by=CLERK, at=at)


def test_voting_opens_at_the_announced_moment() -> None:
    round_ = round_in(Phase.REVIEW)
    round_.open_voting(PAPER, 2, by=CLERK, at=OPENS)
    assert (round_.phase, round_.paper_digest) == (Phase.VOTING, PAPER)


def test_voting_does_not_open_on_an_empty_paper() -> None:
    round_ = round_in(Phase.REVIEW)
    with refused(NothingToVoteOn, round_):
        round_.open_voting(PAPER, 0, by=CLERK, at=DURING)


def test_a_paper_is_named_by_sha256() -> None:
    round_ = round_in(Phase.REVIEW)
    with refused(DigestInvalid, round_, field="paper_digest"):
        round_.open_voting(PAPER.upper(), 2, by=CLERK, at=DURING)


def test_voting_does_not_close_early_without_a_reason() -> None:
    round_ = round_in(Phase.VOTING)
    with refused(VotingNotDue, round_, closes=CLOSES):
        round_.close_voting(by=CLERK, at=CLOSES - timedelta(microseconds=1))


def test_voting_closes_early_with_a_reason_that_stays_on_record() -> None:
    round_ = round_in(Phase.VOTING)
    round_.close_voting(by=CLERK, at=DURING, early_reason=" flood ")
    assert recorded(round_) == [("round.voting_closed.v1", {"early_reason": "flood", "by": CLERK})]


def test_a_blank_reason_does_not_close_voting_early() -> None:
    round_ = round_in(Phase.VOTING)
    with refused(TextInvalid, round_, field="early_reason"):
        round_.close_voting(by=CLERK, at=DURING, early_reason=" ")


def test_voting_that_closed_in_time_keeps_no_early_reason() -> None:
    round_ = round_in(Phase.VOTING)
    round_.close_voting(by=CLERK, at=CLOSES, early_reason="in a hurry")
    assert recorded(round_) == [("round.voting_closed.v1", {"early_reason": "", "by": CLERK})]


def test_a_conclusion_is_named_by_sha256() -> None:
    round_ = round_in(Phase.CLOSED)
    with refused(DigestInvalid, round_, field="conclusion_digest"):
        round_.conclude("ours", at=AFTER)


def test_a_round_publishes_the_conclusion_it_was_concluded_with() -> None:
    round_ = round_in(Phase.CONCLUDED)
    with refused(AnotherConclusion, round_):
        round_.publish(digest("another"), at=AFTER)


def test_a_round_is_not_cancelled_without_a_reason() -> None:
    round_ = round_in(Phase.VOTING)
    with refused(TextInvalid, round_, field="reason", problem="empty"):
        round_.cancel("", by=CLERK, at=DURING)


def test_who_did_it_is_a_staff_reference() -> None:
    round_ = round_in(Phase.DRAFTED)
    with refused(IdentifierInvalid, round_, field="by"):
        round_.open_intake(by="Айгүл Сейітова", at=EARLY)


def test_a_round_knows_what_is_not_its_own() -> None:
    round_ = round_in(Phase.DRAFTED)
    round_.must_be(ROUND_ID)
    with refused(NotThisRound, round_):
        round_.must_be(round_in(Phase.DRAFTED, round_id=UUID(int=2)).id)


def test_old_events_replay_under_any_later_rule() -> None:
    """Terms, times, seeds and orders that today's commands refuse are read as they were recorded."""
    round_ = given(
        ROUND_ID,
        past(Round.Created, terms=BAD_TERMS, by="Somebody!"),
        past(Round.VotingOpened, paper_digest="short", projects=0, by=""),
        past(Round.LotDrawn, seed="7", by=""),
        past(Round.VotingClosed, early_reason="", by=""),
        past(Round.Published, conclusion_digest="x"),
    )
    assert (round_.phase, round_.lot_seed, round_.terms) == (Phase.PUBLISHED, "7", BAD_TERMS)


class RoundLife(RuleBasedStateMachine):
    """Any commands in any order at any time: whatever got through makes a lawful life."""

    def __init__(self) -> None:
        super().__init__()
        self.round = Round.draft(ROUND_ID, TERMS, by=CLERK, at=EARLY)

    @rule(
        name=st.sampled_from(sorted(COMMANDS)),
        at=st.sampled_from([EARLY, OPENS, DURING, CLOSES, AFTER]),
        text=st.sampled_from(["", "flood"]),
    )
    def any_command(self, name: str, at: datetime, text: str) -> None:
        version, phase = self.round.version, self.round.phase
        try:
            if name == "open_voting":
                self.round.open_voting(PAPER, 2, by=CLERK, at=at)
            elif name == "close_voting":
                self.round.close_voting(by=CLERK, at=at, early_reason=text)
            elif name == "change_terms":
                self.round.change_terms(replace(TERMS, title=f"2026 {text}"), by=CLERK, at=at)
            else:
                COMMANDS[name][0](self.round)
        except Refused:
            assert (self.round.version, self.round.phase) == (version, phase)

    @invariant()
    def what_happens_once_happened_at_most_once_and_in_order(self) -> None:
        topics = [topic for topic, _ in recorded(self.round)]
        once = [topic for topic in topics if topic != "round.terms_changed.v1"]
        assert len(once) == len(set(once))
        steps = [topic for topic in once if topic not in ("round.lot_drawn.v1", "round.cancelled.v1")]
        life = ["drafted", "intake_opened", "review_started", "voting_opened", "voting_closed"]
        life += ["concluded", "published", "implementation_started", "completed"]
        assert steps == [f"round.{step}.v1" for step in life[: len(steps)]]
        assert "round.cancelled.v1" not in topics[:-1]

    @invariant()
    def voting_opened_only_after_the_lot_and_the_terms_stood_still(self) -> None:
        topics = [topic for topic, _ in recorded(self.round)]
        if "round.voting_opened.v1" in topics:
            behind = topics[topics.index("round.voting_opened.v1") :]
            assert "round.lot_drawn.v1" not in behind
            assert "round.terms_changed.v1" not in behind
            assert "round.lot_drawn.v1" in topics

    @invariant()
    def replaying_gives_the_same_round(self) -> None:
        replayed: Any = None
        for event in self.round.pending_events:
            replayed = event.mutate(replayed)
        assert (replayed.phase, replayed.terms, replayed.version) == (
            self.round.phase,
            self.round.terms,
            self.round.version,
        )


TestRoundLife = RoundLife.TestCase
