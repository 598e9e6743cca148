"""A conclusion's way: drafted, approved by another, published in site and press, corrected in a new version."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.conclusion import (
    MOST_CHANNELS,
    Channel,
    ChannelKind,
    ChannelsMissing,
    Computation,
    Conclusion,
    ConclusionState,
    NothingToCorrect,
    SamePersonTwice,
    WrongConclusionState,
)
from domain.errors import Refused
from domain.round import Phase, WrongPhase
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from domain.times import TimeInvalid
from tests.examples import AFTER, CLERK, COMPUTATION, DOCUMENT, HEAD, ROUND_ID, digest, round_in
from tests.given import Past, given, past, recorded, refused

Command = Callable[[Conclusion], object]

SITE = Channel(ChannelKind.SITE, "https://almaty.example/budget", AFTER)
PRESS = Channel(ChannelKind.MASS_MEDIA, "Алматы ақшамы № 112", AFTER)
OTHER = replace(COMPUTATION, document_digest=digest("recounted"))
THIRD = replace(COMPUTATION, document_digest=digest("recounted again"))

DRAFTED = past(Conclusion.Created, round_id=ROUND_ID, finding=COMPUTATION, by=CLERK)
REJECTED = past(Conclusion.DraftRejected, reason="a unit is missing", by=HEAD)
APPROVED = past(Conclusion.Approved, document_digest=DOCUMENT, by=HEAD)
PUBLISHED = past(Conclusion.Published, document_digest=DOCUMENT, channels=(SITE, PRESS), by=HEAD)
CORRECTION = past(
    Conclusion.CorrectionDrafted, number=2, finding=OTHER, replaces=DOCUMENT, reason="a typo", by=CLERK
)

HISTORY: dict[ConclusionState, tuple[Past, ...]] = {
    ConclusionState.DRAFTED: (DRAFTED,),
    ConclusionState.REJECTED: (DRAFTED, REJECTED),
    ConclusionState.APPROVED: (DRAFTED, APPROVED),
    ConclusionState.PUBLISHED: (DRAFTED, APPROVED, PUBLISHED),
}

COMMANDS: dict[str, tuple[Command, ConclusionState, ConclusionState, tuple[str, dict[str, object]]]] = {
    "redraft": (
        lambda c: c.redraft(OTHER, by=CLERK, at=AFTER),
        ConclusionState.REJECTED,
        ConclusionState.DRAFTED,
        ("conclusion.redrafted.v1", {"finding": OTHER, "by": CLERK}),
    ),
    "reject_draft": (
        lambda c: c.reject_draft(" a unit is missing ", by=HEAD, at=AFTER),
        ConclusionState.DRAFTED,
        ConclusionState.REJECTED,
        ("conclusion.draft_rejected.v1", REJECTED.facts),
    ),
    "approve": (
        lambda c: c.approve(by=HEAD, at=AFTER),
        ConclusionState.DRAFTED,
        ConclusionState.APPROVED,
        ("conclusion.approved.v1", APPROVED.facts),
    ),
    "publish": (
        lambda c: c.publish((SITE, PRESS), by=HEAD, at=AFTER),
        ConclusionState.APPROVED,
        ConclusionState.PUBLISHED,
        ("conclusion.published.v1", PUBLISHED.facts),
    ),
    "correct": (
        lambda c: c.correct(OTHER, "a typo", by=CLERK, at=AFTER),
        ConclusionState.PUBLISHED,
        ConclusionState.DRAFTED,
        ("conclusion.correction_drafted.v1", CORRECTION.facts),
    ),
}


def conclusion(state: ConclusionState) -> Conclusion:
    return of(*HISTORY[state])


def of(*history: Past) -> Conclusion:
    found: Conclusion = given(Conclusion.create_id(ROUND_ID), *history)
    return found


def test_a_conclusion_is_drafted_for_a_closed_round() -> None:
    drafted = Conclusion.draft(round_in(Phase.CLOSED), COMPUTATION, by=CLERK, at=AFTER)
    assert recorded(drafted) == [
        ("conclusion.drafted.v1", {"round_id": ROUND_ID, "finding": COMPUTATION, "by": CLERK})
    ]
    assert (drafted.number, drafted.state) == (1, ConclusionState.DRAFTED)


@pytest.mark.parametrize("phase", sorted(set(Phase) - {Phase.CLOSED}))
def test_an_open_or_concluded_round_gets_no_conclusion(phase: Phase) -> None:
    with refused(WrongPhase, phase=phase.value):
        Conclusion.draft(round_in(phase), COMPUTATION, by=CLERK, at=AFTER)


def test_a_round_has_one_conclusion() -> None:
    closed = round_in(Phase.CLOSED)
    first = Conclusion.draft(closed, COMPUTATION, by=CLERK, at=AFTER)
    assert Conclusion.draft(closed, OTHER, by=HEAD, at=AFTER).id == first.id


@pytest.mark.parametrize(
    ("computation", "refusal"),
    [
        (replace(COMPUTATION, document_digest="final.pdf"), DigestInvalid),
        (replace(COMPUTATION, checkpoint_root=""), DigestInvalid),
        (replace(COMPUTATION, rules_version=""), IdentifierInvalid),
    ],
)
def test_a_computation_names_document_checkpoint_and_rules(
    computation: Computation, refusal: type[Refused]
) -> None:
    with refused(refusal):
        Conclusion.draft(round_in(Phase.CLOSED), computation, by=CLERK, at=AFTER)
    rejected, published = conclusion(ConclusionState.REJECTED), conclusion(ConclusionState.PUBLISHED)
    with refused(refusal, rejected):
        rejected.redraft(computation, by=CLERK, at=AFTER)
    changed = (
        computation
        if computation.document_digest != DOCUMENT
        else replace(computation, document_digest=digest("x"))
    )
    with refused(refusal, published):
        published.correct(changed, "a typo", by=CLERK, at=AFTER)


@pytest.mark.parametrize("state", ConclusionState)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_works_in_its_state_only(name: str, state: ConclusionState) -> None:
    command, needed, reached, event = COMMANDS[name]
    subject = conclusion(state)
    if state is needed:
        command(subject)
        assert recorded(subject) == [event]
        assert subject.state is reached
    else:
        with refused(WrongConclusionState, subject, state=state.value, needed=needed.value):
            command(subject)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_repeated_is_refused(name: str) -> None:
    command, needed, _, _ = COMMANDS[name]
    subject = conclusion(needed)
    command(subject)
    with refused(WrongConclusionState, subject):
        command(subject)


def test_who_drafts_neither_approves_nor_rejects() -> None:
    subject = conclusion(ConclusionState.DRAFTED)
    with refused(SamePersonTwice, subject):
        subject.approve(by=CLERK, at=AFTER)
    with refused(SamePersonTwice, subject):
        subject.reject_draft("mine", by=CLERK, at=AFTER)


def test_who_redrafts_is_the_one_who_may_not_approve() -> None:
    subject = of(DRAFTED, REJECTED, past(Conclusion.Redrafted, finding=OTHER, by=HEAD))
    with refused(SamePersonTwice, subject):
        subject.approve(by=HEAD, at=AFTER)
    subject.approve(by=CLERK, at=AFTER)
    assert recorded(subject) == [
        ("conclusion.approved.v1", {"document_digest": OTHER.document_digest, "by": CLERK})
    ]


def test_who_drafts_a_correction_does_not_approve_it() -> None:
    subject = of(DRAFTED, APPROVED, PUBLISHED, CORRECTION)
    with refused(SamePersonTwice, subject):
        subject.approve(by=CLERK, at=AFTER)


@pytest.mark.parametrize("channels", [(), (SITE,), (PRESS, PRESS), (SITE, PRESS) * (MOST_CHANNELS // 2 + 1)])
def test_results_are_published_on_the_site_and_in_mass_media_both(channels: tuple[Channel, ...]) -> None:
    subject = conclusion(ConclusionState.APPROVED)
    with refused(ChannelsMissing, subject, needed="site|mass_media", most=MOST_CHANNELS):
        subject.publish(channels, by=HEAD, at=AFTER)


def test_a_channel_says_where_and_when() -> None:
    subject = conclusion(ConclusionState.APPROVED)
    with refused(TextInvalid, subject, field="where"):
        subject.publish((SITE, replace(PRESS, where="")), by=HEAD, at=AFTER)
    with refused(TimeInvalid, subject, field="when"):
        subject.publish((SITE, replace(PRESS, when=AFTER.replace(tzinfo=None))), by=HEAD, at=AFTER)


def test_a_channels_time_is_recorded_in_utc() -> None:
    almaty = timezone(timedelta(hours=5))
    subject = conclusion(ConclusionState.APPROVED)
    subject.publish((SITE, replace(PRESS, when=datetime(2026, 9, 22, 9, tzinfo=almaty))), by=HEAD, at=AFTER)
    assert subject.channels[1].when.isoformat() == datetime(2026, 9, 22, 4, tzinfo=UTC).isoformat()


def test_a_correction_differs_from_what_is_published() -> None:
    subject = conclusion(ConclusionState.PUBLISHED)
    with refused(NothingToCorrect, subject):
        subject.correct(COMPUTATION, "a typo", by=CLERK, at=AFTER)


def test_a_rejected_correction_does_not_come_back_as_what_is_published() -> None:
    subject = of(DRAFTED, APPROVED, PUBLISHED, CORRECTION, REJECTED)
    with refused(NothingToCorrect, subject):
        subject.redraft(COMPUTATION, by=CLERK, at=AFTER)


def test_reasons_are_given() -> None:
    drafted, published = conclusion(ConclusionState.DRAFTED), conclusion(ConclusionState.PUBLISHED)
    with refused(TextInvalid, drafted, field="reason"):
        drafted.reject_draft("", by=HEAD, at=AFTER)
    with refused(TextInvalid, published, field="reason"):
        published.correct(OTHER, "", by=CLERK, at=AFTER)


def test_old_events_replay_under_any_later_rule() -> None:
    subject = of(
        past(Conclusion.Created, round_id=ROUND_ID, finding=replace(COMPUTATION, rules_version=""), by=CLERK),
        past(Conclusion.Published, document_digest="by hand", channels=(), by=CLERK),
        past(Conclusion.Approved, document_digest="", by=CLERK),
    )
    assert (subject.state, subject.published_digest) == (ConclusionState.APPROVED, "by hand")


class ConclusionLife(RuleBasedStateMachine):
    """Any commands by any two people: nothing is published that its drafter approved, and versions only grow."""

    def __init__(self) -> None:
        super().__init__()
        self.conclusion = Conclusion.draft(round_in(Phase.CLOSED), COMPUTATION, by=CLERK, at=AFTER)

    people = st.sampled_from([CLERK, HEAD])
    computations = st.sampled_from([COMPUTATION, OTHER, THIRD])

    @rule(by=people, computation=computations, command=st.sampled_from(sorted(COMMANDS)))
    def any_command(self, by: str, computation: Computation, command: str) -> None:
        version, state = self.conclusion.version, self.conclusion.state
        attempts: dict[str, Callable[[], None]] = {
            "redraft": lambda: self.conclusion.redraft(computation, by=by, at=AFTER),
            "reject_draft": lambda: self.conclusion.reject_draft("again", by=by, at=AFTER),
            "approve": lambda: self.conclusion.approve(by=by, at=AFTER),
            "publish": lambda: self.conclusion.publish((SITE, PRESS), by=by, at=AFTER),
            "correct": lambda: self.conclusion.correct(computation, "a typo", by=by, at=AFTER),
        }
        try:
            attempts[command]()
        except Refused:
            assert (self.conclusion.version, self.conclusion.state) == (version, state)

    @invariant()
    def what_is_published_was_drafted_by_one_and_approved_by_another(self) -> None:
        drafter, drafted, approved = "", "", None
        for topic, facts in recorded(self.conclusion):
            if "finding" in facts:
                drafter, drafted, approved = facts["by"], facts["finding"].document_digest, None
            elif topic == "conclusion.approved.v1":
                assert (facts["document_digest"], facts["by"] != drafter) == (drafted, True)
                approved = drafted
            elif topic == "conclusion.published.v1":
                assert facts["document_digest"] == approved

    @invariant()
    def every_correction_replaces_the_version_published_before_it(self) -> None:
        published: list[str] = []
        number = 1
        for topic, facts in recorded(self.conclusion):
            if topic == "conclusion.published.v1":
                assert facts["document_digest"] not in published[-1:]
                published.append(facts["document_digest"])
            elif topic == "conclusion.correction_drafted.v1":
                number += 1
                assert (facts["replaces"], facts["number"]) == (published[-1], number)

    @invariant()
    def replaying_gives_the_same_conclusion(self) -> None:
        replayed: Any = None
        for event in self.conclusion.pending_events:
            replayed = event.mutate(replayed)
        assert (replayed.state, replayed.computation, replayed.number) == (
            self.conclusion.state,
            self.conclusion.computation,
            self.conclusion.number,
        )


TestConclusionLife = ConclusionLife.TestCase
TestConclusionLife.settings = settings(max_examples=40)
