"""Whatever is tried in whatever order: no act without its quorum and majority, none in force before it is published, none
behind the Council's dissolution, and never more members than seats.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import Any

from eventsourcing.domain import Aggregate
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.conclusion import Channel, ChannelKind
from domain.errors import Refused
from domain.self_government.council import Council
from domain.self_government.decision import CouncilDecision
from domain.self_government.motion import Candidate, ItemKind
from domain.self_government.office import Official
from domain.self_government.rollcall import Vote
from domain.self_government.rules import Threshold
from domain.self_government.sitting import Sitting, SittingState
from tests.councils import (
    CANDIDATES,
    CHAIR,
    DAY,
    SAT,
    SEATS,
    SEVEN,
    chaired,
    council,
    propose,
    resolution,
    roll_call,
    summons,
)
from tests.self_government import CLERK, FAR, MINUTES, NEAR, the_unit

PEOPLE = (*SEVEN, "n.1", "a.seitkali")
END = SAT + 2_000 * DAY
people = st.sampled_from(PEOPLE)
groups = st.builds(
    lambda absent, others: set(SEVEN) - absent | others,
    st.sets(st.sampled_from(SEVEN), max_size=4),
    st.sampled_from([set(), set(), {"n.1"}, {"a.seitkali"}]),
)
"""Mostly enough members, or else hardly anything would come to a decision."""
days = st.one_of(st.just(SAT), st.integers(-40, 1_200).map(lambda number: SAT + number * DAY))
soon = st.sampled_from([SAT, SAT, SAT + DAY, SAT + 400 * DAY, SAT + 1_200 * DAY])
picks = st.sampled_from([0, 0, 0, 1, 2])
"""Counted from the newest."""
thresholds = st.sampled_from([Threshold(1, 2, more_than=True), Threshold(2, 3, more_than=False)])


class CouncilMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.log: list[Any] = []
        self.sittings: list[Sitting] = []
        self.decisions: list[CouncilDecision] = []

    @initialize(
        quorum=thresholds, majority=thresholds, casting=st.booleans(), elected=st.sampled_from([7, 7, 6, 4])
    )
    def begin(self, quorum: Threshold, majority: Threshold, elected: int, *, casting: bool) -> None:
        self.quorum, self.majority, self.casting = quorum, majority, casting
        self.unit = the_unit(council_quorum=quorum, council_majority=majority, casting_vote=casting)
        self.council = chaired() if elected == len(SEVEN) else council(CANDIDATES[:elected])

    def attempt(self, command: Callable[[], object], *aggregates: Aggregate) -> None:
        """What the command records goes into the log; a refused one has recorded nothing."""
        try:
            command()
        except Refused:
            assert not [event for each in aggregates for event in each.pending_events]
        self.log += [event for each in aggregates for event in each.collect_events()]

    # The Council.

    @rule(member=people, locality=st.sampled_from([NEAR, FAR]), on=days)
    def elect(self, member: str, locality: str, on: datetime) -> None:
        winner = (Candidate(Official(member, "Жаңа мүше"), locality),)
        election = resolution(ItemKind.MEMBERS_ELECTED, adopted_on=on, candidates=winner)
        self.attempt(lambda: self.council.fill_vacancies(self.unit, election, by=CLERK, at=END), self.council)

    @precondition(lambda self: len(self.log) > 10)
    @rule(member=people, on=days)
    def leave(self, member: str, on: datetime) -> None:
        self.attempt(lambda: self.council.leave(member, on, "moved", by=CLERK, at=END), self.council)

    @rule(member=people)
    def declare(self, member: str) -> None:
        of = self.council
        self.attempt(lambda: of.declare_interest(member, member, "A firm", SAT, by=CLERK, at=END), of)

    @precondition(lambda self: len(self.log) > 25)  # or most runs would end before anything happened
    @rule(on=days)
    def dissolve(self, on: datetime) -> None:
        act = resolution(ItemKind.COUNCIL_DISSOLVED, adopted_on=on)
        self.attempt(lambda: self.council.dissolve(self.unit, act, by=CLERK, at=END), self.council)

    # Sittings.

    @rule(on=soon, present=groups)
    def sit(self, on: datetime, present: set[str]) -> None:
        number = str(len(self.log))
        call = summons(told=on - 10 * DAY, held=on)
        try:
            sitting = Sitting.convene(self.unit, self.council, number, call, by=CLERK, at=END)
        except Refused:
            return
        self.log += sitting.collect_events()
        here = present & {*self.council.members_on(on), "a.seitkali"}
        self.attempt(lambda: sitting.open(self.unit, self.council, here, by=CLERK, at=END), sitting)
        if sitting.state is SittingState.OPENED:
            self.sittings.append(sitting)

    @precondition(lambda self: self.sittings)
    @rule(pick=picks, member=people, here=st.booleans())
    def come_or_go(self, pick: int, member: str, *, here: bool) -> None:
        sitting = self.sittings[-1 - pick % len(self.sittings)]
        if here:
            self.attempt(lambda: sitting.arrive(self.council, member, by=CLERK, at=END), sitting)
        else:
            self.attempt(lambda: sitting.leave(member, by=CLERK, at=END), sitting)

    @precondition(lambda self: len(self.decisions) > 2)
    @rule(pick=picks)
    def close(self, pick: int) -> None:
        sitting = self.sittings[-1 - pick % len(self.sittings)]
        self.attempt(lambda: sitting.close(MINUTES, by=CLERK, at=END), sitting)

    @precondition(lambda self: self.sittings)
    @rule(pick=picks, chair=st.just(CHAIR) | people, votes_for=groups, against=groups)
    def elect_chair(self, pick: int, chair: str, votes_for: set[str], against: set[str]) -> None:
        sitting, of = self.sittings[pick % len(self.sittings)], self.council
        votes = roll_call(votes_for & sitting.present, against & sitting.present - votes_for)
        self.attempt(
            lambda: of.elect_chair(sitting.session(self.unit, of), chair, votes, by=CLERK, at=END), of
        )

    # Decisions.

    @precondition(lambda self: self.sittings)
    @rule(
        pick=picks,
        own_date=st.none() | soon,
        repeal=st.booleans(),
        votes_for=st.sets(st.sampled_from(SEVEN)) | groups,
        goes=st.none() | people,
        on=soon,
    )
    def decide(
        self,
        pick: int,
        own_date: datetime | None,
        votes_for: set[str],
        goes: str | None,
        on: datetime,
        *,
        repeal: bool,
    ) -> None:
        """The whole way at once; the rules below do parts of it at other moments."""
        sitting = self.sittings[-1 - pick % len(self.sittings)]
        earlier = self.decisions[-1 - pick % len(self.decisions)] if self.decisions else None
        try:
            made = propose(
                of=self.council,
                sitting=sitting,
                unit=self.unit,
                number=str(len(self.decisions)),
                effective_from=own_date,
                repeals=[earlier] if repeal and earlier else [],
            )
        except Refused:
            return
        self.log += made.collect_events()
        self.decisions.append(made)
        self.vote(0, votes_for, Vote.FOR, None)
        self.vote(0, set(SEVEN) - votes_for, Vote.AGAINST, goes)
        if goes:
            self.attempt(lambda: sitting.leave(goes, by=CLERK, at=END), sitting)
        self.close_vote(0, None)
        self.sign_and_publish(0, CHAIR, on, on + DAY)

    @precondition(lambda self: self.decisions)
    @rule(pick=picks, voters=groups, vote=st.sampled_from(Vote), recused=st.none() | people)
    def vote(self, pick: int, voters: set[str], vote: Vote, recused: str | None) -> None:
        made, of = self.decisions[-1 - pick % len(self.decisions)], self.council
        sitting = next(each for each in self.sittings if each.id == made.sitting_id)

        def each_in_turn(member: str) -> Callable[[], object]:
            return lambda: made.cast_vote(sitting.session(self.unit, of), member, vote, by=CLERK, at=END)

        for member in sorted(voters):
            self.attempt(each_in_turn(member), made)
        if recused:
            session = sitting.session
            self.attempt(
                lambda: made.recuse(session(self.unit, of), of, recused, recused, by=CLERK, at=END), made
            )

    @precondition(lambda self: self.decisions)
    @rule(pick=picks, other=st.none() | picks)
    def close_vote(self, pick: int, other: int | None) -> None:
        made = self.decisions[-1 - pick % len(self.decisions)]
        held = next(each for each in self.sittings if each.id == made.sitting_id)
        sitting = held if other is None else self.sittings[-1 - other % len(self.sittings)]
        self.attempt(
            lambda: made.close_vote(sitting.session(self.unit, self.council), by=CLERK, at=END), made
        )

    @precondition(lambda self: self.decisions)
    @rule(pick=picks, signer=st.just(CHAIR) | people, on=soon, site=soon)
    def sign_and_publish(self, pick: int, signer: str, on: datetime, site: datetime) -> None:
        made = self.decisions[-1 - pick % len(self.decisions)]
        channel = Channel(ChannelKind.SITE, "https://akimat.example/acts/7", site)
        self.attempt(lambda: made.sign(self.council, signer, on, by=CLERK, at=END), made)
        self.attempt(lambda: made.publish((channel,), by=CLERK, at=END), made)
        earlier = next((each for each in self.decisions if each.id in made.repeals), None)
        if earlier is not None:
            self.attempt(lambda: earlier.follow(made, by=CLERK, at=END), earlier)

    # What holds, counted again from the events alone.

    @invariant()
    def every_act_had_its_quorum_and_majority(self) -> None:
        present: dict[Any, set[str]] = {}
        votes: dict[Any, dict[str, Vote]] = {}
        recused: dict[Any, set[str]] = {}
        sitting_of: dict[Any, Any] = {}
        for event in self.log:
            match event:
                case Sitting.Opened():
                    present[event.originator_id] = set(event.present)
                    assert reached(self.quorum, len(event.present), 7)
                case Sitting.MemberArrived():
                    present[event.originator_id].add(event.member)
                case Sitting.MemberLeft():
                    present[event.originator_id].remove(event.member)
                case CouncilDecision.Created():
                    sitting_of[event.originator_id] = event.sitting_id
                    votes[event.originator_id], recused[event.originator_id] = {}, set()
                case CouncilDecision.VoteCast():
                    assert event.member in present[sitting_of[event.originator_id]]
                    votes[event.originator_id][event.member] = event.vote
                case CouncilDecision.Recused():
                    recused[event.originator_id].add(event.member)
                case CouncilDecision.VoteClosed():
                    assert event.count.present <= len(present[sitting_of[event.originator_id]])
                    self.check_count(event, votes[event.originator_id], recused[event.originator_id])

    def check_count(self, event: Any, votes: dict[str, Vote], recused: set[str]) -> None:
        told = event.count
        counted = {each.member: each.vote for each in event.votes}
        assert counted.items() <= votes.items()
        assert not recused & counted.keys()
        votes_for = list(counted.values()).count(Vote.FOR)
        assert (told.votes_for, told.voting) == (votes_for, told.present - told.recused)
        assert reached(self.quorum, told.present, 7)
        assert told.adopted == reached(self.majority, votes_for + told.casting_vote, told.voting)
        assert self.casting or not told.casting_vote

    @invariant()
    def no_act_stands_behind_the_dissolution(self) -> None:
        kinds = [type(event) for event in self.log]
        if Council.Dissolved in kinds:
            behind = set(kinds[kinds.index(Council.Dissolved) + 1 :])
            what_was_signed = {CouncilDecision.Published, CouncilDecision.Repealed}
            assert behind <= what_was_signed | {Sitting.MemberLeft, Sitting.Closed}

    @invariant()
    def nothing_is_in_force_before_it_is_published(self) -> None:
        for event in self.log:
            if isinstance(event, CouncilDecision.Published):
                assert event.in_force_from >= event.channels[0].when

    @invariant()
    def no_locality_has_more_members_than_seats(self) -> None:
        for when in (SAT, SAT + 100 * DAY, SAT + 900 * DAY):
            sitting = Counter(each.locality for each in self.council.members_on(when).values())
            assert all(sitting[each.locality] <= each.seats for each in SEATS)


def reached(threshold: Threshold, part: int, whole: int) -> bool:
    needed = Fraction(threshold.numerator, threshold.denominator)
    if whole == 0:
        return False
    return Fraction(part, whole) > needed if threshold.more_than else Fraction(part, whole) >= needed


TestCouncil = CouncilMachine.TestCase
TestCouncil.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
