"""Whatever is tried in whatever order, a gathering's events alone show a notice, a quorum and a majority for all it adopted."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from fractions import Fraction
from functools import partial
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.conclusion import Channel, ChannelKind
from domain.errors import Refused
from domain.self_government.gathering import Gathering
from domain.self_government.motion import ItemKind, Motion, OpenVote
from domain.self_government.rules import Threshold
from tests.given import recorded
from tests.self_government import (
    AFTER,
    BEFORE,
    CLERK,
    FAR,
    FAR_QUOTA,
    HELD,
    MINUTES,
    NEAR,
    NEAR_QUOTA,
    TEXT,
    TOLD,
    call,
    far,
    item,
    near,
    separate_gathering,
    the_unit,
)

PRESENT = st.integers(0, NEAR_QUOTA + FAR_QUOTA + 2)
HANDS = st.integers(0, 30)
MAJORITIES = st.sampled_from([Threshold(1, 2, more_than=True), Threshold(2, 3, more_than=False)])
QUORUMS = st.sampled_from([Threshold(1, 10, more_than=False), Threshold(1, 2, more_than=True)])
KEYS = ("plan", "budget", "roads")


class AnyGathering(RuleBasedStateMachine):
    gathering: Gathering

    @initialize(
        days=st.integers(10, 20), quorum=QUORUMS, majority=MAJORITIES, chosen=st.integers(1, NEAR_QUOTA)
    )
    def convene(self, days: int, quorum: Threshold, majority: Threshold, chosen: int) -> None:
        unit = the_unit(gathering_quorum=quorum, gathering_majority=majority)
        items = (item("plan"), item("budget", ItemKind.BUDGET_AGREED))
        announced = call(*items, told=TOLD, held=TOLD + timedelta(days=days))
        self.gathering = Gathering.convene(unit.id, unit, (near(), far()), announced, by=CLERK, at=TOLD)
        self.take(0, chosen, in_near=True)

    @rule(number=st.integers(1, 4), people=st.integers(1, NEAR_QUOTA), in_near=st.booleans())
    def take(self, number: int, people: int, *, in_near: bool) -> None:
        locality = near() if in_near else far()
        separate = separate_gathering(locality, people, number=number, held=TOLD + timedelta(days=10))
        self._try(lambda: self.gathering.take_representatives(separate, "people", by=CLERK, at=BEFORE))

    @rule(present=PRESENT, early=st.booleans())
    def open(self, present: int, *, early: bool) -> None:
        at = TOLD if early else HELD
        self._try(lambda: self.gathering.open(present, by=CLERK, at=at))

    @rule(present=PRESENT, hands=st.tuples(HANDS, HANDS, HANDS))
    def vote(self, present: int, hands: tuple[int, int, int]) -> None:
        for key in KEYS:
            vote = OpenVote(present, *hands)
            self._try(partial(self.gathering.put_to_vote, key, Motion(TEXT), vote, by=CLERK, at=HELD))

    @rule(how=st.sampled_from(["close", "publish", "publish unseen", "call off"]))
    def end(self, how: str) -> None:
        kind = ChannelKind.SITE if how == "publish" else ChannelKind.MASS_MEDIA
        if how == "close":
            self._try(lambda: self.gathering.close(MINUTES, by=CLERK, at=AFTER))
        elif how == "call off":
            self._try(lambda: self.gathering.call_off("snow", by=CLERK, at=HELD))
        else:
            self._try(lambda: self.gathering.publish((Channel(kind, "x", AFTER),), by=CLERK, at=AFTER))

    @invariant()
    def all_that_was_adopted_can_be_checked_from_the_events(self) -> None:
        (_, convened), *events = recorded(self.gathering)
        topics = [topic for topic, _ in events]
        chosen = {NEAR: 0, FAR: 0}
        for topic, facts in events:
            if topic == "gathering.representatives_chosen.v1":
                chosen[facts["locality"]] += facts["representatives"]
            elif topic == "gathering.opened.v1":
                self._check_present(convened, facts["present"], chosen)
            elif topic == "gathering.item_voted.v1":
                self._check_vote(convened, facts, chosen)
        assert chosen[NEAR] <= NEAR_QUOTA
        assert chosen[FAR] <= FAR_QUOTA
        assert topics == sorted(topics, key=_ORDER.index)
        assert not {"gathering.opened.v1", "gathering.called_off.v1"} <= set(topics)

    def _check_present(self, convened: dict[str, Any], present: int, chosen: dict[str, int]) -> None:
        assert present <= sum(chosen.values())
        assert _has(convened["quorum"], present, NEAR_QUOTA + FAR_QUOTA)

    def _check_vote(self, convened: dict[str, Any], facts: dict[str, Any], chosen: dict[str, int]) -> None:
        vote = facts["vote"]
        self._check_present(convened, vote.present, chosen)
        assert facts["key"] in {each.key for each in convened["call"].agenda}
        assert vote.votes_for + vote.votes_against + vote.abstained <= vote.present
        assert facts["adopted"] is _has(convened["majority"], vote.votes_for, vote.present)

    @staticmethod
    def _try(command: Callable[[], object]) -> None:
        with suppress(Refused):
            command()


def _has(threshold: Threshold, part: int, whole: int) -> bool:
    """The rule again, in other arithmetic than the domain's."""
    share, needed = Fraction(part, whole), Fraction(threshold.numerator, threshold.denominator)
    return share > needed or (share == needed and not threshold.more_than)


_ORDER = [
    f"gathering.{what}.v1"
    for what in ("representatives_chosen", "opened", "item_voted", "closed", "published", "called_off")
]

TestAnyGathering = AnyGathering.TestCase
TestAnyGathering.settings = settings(max_examples=40)
