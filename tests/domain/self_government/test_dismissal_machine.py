"""Any commands in any order by anyone: never two open initiatives against one akim, never an akim ended without the maslikhat."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.errors import Refused
from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.initiative_course import InitiativeState
from domain.self_government.motion import ItemKind, OpenVote
from domain.self_government.office import LeaveReason
from domain.self_government.resolution import Resolution
from domain.self_government.substance import Adoption, DecisionKind
from tests.dismissals import (
    DAY,
    EVIDENCE,
    GROUNDS,
    SITE,
    STATEMENT,
    TERM_UNTIL,
    adoption,
    akims_office,
    district,
    resolution,
)
from tests.examples import digest
from tests.given import recorded
from tests.self_government import AKIM, CLERK, HELD, NEXT_AKIM, the_unit

UNIT_RULES = the_unit(dismissal_after_failure_months=1, dismissal_decision_days=30)

days = st.integers(0, 6)
akims = st.sampled_from([AKIM.id, AKIM.id, NEXT_AKIM.id])
hands = st.integers(0, 4)
places = st.integers(0, 9)

NEXT = {
    InitiativeState.RAISED: "notify",
    InitiativeState.NOTIFIED: "answer",
    InitiativeState.ANSWERED: "submit",
    InitiativeState.SUBMITTED: "register",
    InitiativeState.REGISTERED: "set_hearing",
    InitiativeState.HEARING_SET: "hear",
    InitiativeState.DECIDED: "publish",
}


class AnyCommands(RuleBasedStateMachine):
    """Time only goes on; every step is taken on the day it is recorded. What a refused command leaves behind is nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.now = HELD + timedelta(hours=1)
        self.office = akims_office()
        self.raised: list[DismissalInitiative] = []
        self.acts = 100

    def earlier(self, akim: str) -> list[DismissalInitiative]:
        return [each for each in self.raised if each.akim.id == akim]

    def attempt(self, command: Callable[[], object]) -> None:
        versions = [each.version for each in (self.office, *self.raised)]
        try:
            command()
        except Refused:
            assert versions == [each.version for each in (self.office, *self.raised)]

    @rule(passed=days)
    def time_passes(self, passed: int) -> None:
        self.now += passed * DAY

    @rule(akim=akims, council=st.booleans(), withdraws=st.sampled_from([False, False, True]), age=days)
    def an_initiative(self, akim: str, age: int, *, council: bool, withdraws: bool) -> None:
        self.acts += 1
        act: Resolution | Adoption
        adopted: dict[str, Any] = {"number": self.acts, "adopted_on": self.now - age * DAY}
        if council:
            kind = DecisionKind.DISMISSAL_WITHDRAWN if withdraws else DecisionKind.DISMISSAL_INITIATED
            act = adoption(kind, akim=akim, **adopted)
        else:
            item = ItemKind.DISMISSAL_WITHDRAWN if withdraws else ItemKind.DISMISSAL_INITIATED
            act = resolution(item, akim=akim, **adopted)
        if withdraws:
            for each in self.earlier(akim):
                self.attempt(partial(each.withdraw, act, "No longer", on=self.now, by=CLERK, at=self.now))
        else:
            self.attempt(lambda: self.raised.append(self.raise_one(akim, act)))

    def raise_one(self, akim: str, act: Resolution | Adoption) -> DismissalInitiative:
        return DismissalInitiative.raise_against(
            UNIT_RULES,
            self.office,
            akim,
            act,
            GROUNDS,
            STATEMENT,
            EVIDENCE,
            earlier=self.earlier(akim),
            on=self.now,
            by=CLERK,
            at=self.now,
        )

    @precondition(lambda self: self.raised)
    @rule(which=places, name=st.sampled_from([*NEXT.values(), "lapse"]))
    def any_step(self, which: int, name: str) -> None:
        self.step(self.raised[which % len(self.raised)], name)

    @precondition(lambda self: self.raised)
    @rule(steps=st.integers(1, 8))
    def the_newest_goes_on(self, steps: int) -> None:
        for _ in range(steps):
            self.now += DAY
            newest = self.raised[-1]
            if newest.state in NEXT:
                self.step(newest, NEXT[newest.state])

    def step(self, subject: DismissalInitiative, name: str) -> None:
        now: dict[str, Any] = {"on": self.now, "by": CLERK, "at": self.now}
        commands: dict[str, Callable[[], object]] = {
            "notify": lambda: subject.notify_akim(digest("notice"), **now),
            "answer": lambda: subject.answer("No", digest("answer"), **now),
            "submit": lambda: subject.submit(UNIT_RULES, district(), digest("x"), **now),
            "register": lambda: subject.register("41", **now),
            "set_hearing": lambda: subject.set_hearing(self.now, "Hall", **now),
            "hear": lambda: subject.hear(digest("minutes"), akim_spoke=False, **now),
            "lapse": lambda: subject.lapse(self.office, **now),
            "publish": lambda: subject.publish((replace(SITE, when=self.now),), by=CLERK, at=self.now),
        }
        self.attempt(commands[name])

    @precondition(lambda self: self.raised)
    @rule(which=places, votes_for=hands, against=hands, silent=st.integers(-1, 1), absent=st.integers(-1, 4))
    def a_vote(self, which: int, votes_for: int, against: int, silent: int, absent: int) -> None:
        subject = self.raised[which % len(self.raised)]
        present = votes_for + against + silent
        vote, deputies = OpenVote(present, votes_for, against, 0), present + absent
        self.attempt(
            lambda: subject.decide(
                self.office, deputies, vote, digest("act"), on=self.now, by=CLERK, at=self.now
            )
        )

    @rule(holder=st.sampled_from([AKIM, NEXT_AKIM]), leaves=st.sampled_from([False, False, False, True]))
    def the_office_changes(self, holder: Any, *, leaves: bool) -> None:
        if leaves:
            reason = LeaveReason.RESIGNED
            self.attempt(lambda: self.office.leave(self.now, reason, "Own wish", by=CLERK, at=self.now))
        self.attempt(
            lambda: self.office.take(holder, self.now, TERM_UNTIL, "Election", by=CLERK, at=self.now)
        )

    @invariant()
    def one_akim_faces_one_open_initiative(self) -> None:
        standing = [each.akim.id for each in self.raised if each.is_open]
        assert len(standing) == len(set(standing))
        assert len({each.id for each in self.raised}) == len(self.raised)

    @invariant()
    def whoever_was_dismissed_had_the_maslikhats_majority_against_them(self) -> None:
        ended = {
            f"dismissal:{each.id}"
            for each in self.raised
            for topic, facts in recorded(each)
            if topic == "dismissal.decided.v1"
            and 2 * facts["count"].vote.votes_for > facts["count"].deputies
            and 2 * facts["count"].vote.present > facts["count"].deputies
        }
        dismissed = [
            facts["basis"]
            for topic, facts in recorded(self.office)
            if topic == "office.left.v1" and facts["reason"] is LeaveReason.DISMISSED
        ]
        assert len(dismissed) == len(set(dismissed))
        assert set(dismissed) == ended

    @invariant()
    def every_initiative_was_raised_by_an_act_of_its_own(self) -> None:
        acts: list[UUID] = [each.act.id for each in self.raised]
        assert len(acts) == len(set(acts))

    @invariant()
    def steps_follow_one_another_and_replay_to_the_same(self) -> None:
        for each in self.raised:
            happened = [facts["on"] for _, facts in recorded(each) if "on" in facts]
            assert happened == sorted(happened)
            replayed: Any = None
            for event in each.pending_events:
                replayed = event.mutate(replayed)
            assert (replayed.state, replayed.last_on, replayed.count) == (
                each.state,
                each.last_on,
                each.count,
            )


TestAnyCommands = AnyCommands.TestCase
TestAnyCommands.settings = settings(max_examples=60, stateful_step_count=40)
