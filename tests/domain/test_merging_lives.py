"""Any number of mergings of three proposals, in any order of what may happen: nothing is merged without both authors' consent."""

from copy import deepcopy
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.errors import Refused
from domain.merging import Merging, MergingState
from domain.proposal import Proposal, ProposalState
from domain.round import Phase, Round
from tests.examples import CLERK, EARLY, round_in
from tests.given import outcome, recorded
from tests.proposals import BRIGHTER, SKETCH


class Merger(RuleBasedStateMachine):
    """Three proposals, any number of mergings at once, and whatever else may happen to any of them, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.phase, self.lot = Phase.INTAKE, False
        self.proposals = {
            author: Proposal.submit(UUID(int=number), self.round, author, SKETCH, at=EARLY)
            for number, author in enumerate(("author-0", "author-1", "author-2"))
        }
        self.mergings: list[Merging] = []

    @property
    def round(self) -> Round:
        return round_in(self.phase, lot=self.lot)

    def twins_of(self, it: Merging) -> tuple[Proposal, Proposal]:
        by_id = {each.id: each for each in self.proposals.values()}
        return by_id[it.into], by_id[it.twin]

    @rule(step=st.sampled_from([(Phase.REVIEW, False), (Phase.REVIEW, True), (Phase.VOTING, True)]))
    def the_round_goes_on(self, step: tuple[Phase, bool]) -> None:
        order = list(Phase)
        self.phase, self.lot = max((self.phase, self.lot), step, key=lambda s: (order.index(s[0]), s[1]))

    @rule(into=st.integers(0, 2), twin=st.integers(0, 2))
    def propose(self, into: int, twin: int) -> None:
        kept, ended = self.proposals[f"author-{into}"], self.proposals[f"author-{twin}"]
        merging_id = UUID(int=100 + len(self.mergings))
        try:
            it = Merging.propose(
                merging_id, self.round, kept, ended, BRIGHTER, "the same", by=CLERK, at=EARLY
            )
        except Refused:
            return
        self.mergings.append(it)

    @rule(which=st.integers(0, 5), who=st.integers(0, 2), says=st.sampled_from(["yes", "no", "back"]))
    def answer(self, which: int, who: int, says: str) -> None:
        if not self.mergings:
            return
        it = self.mergings[which % len(self.mergings)]
        into, twin = self.twins_of(it)
        before = deepcopy((it, into, twin))
        author = f"author-{who}"
        try:
            if says == "yes":
                it.consent(self.round, into, twin, author=author, at=EARLY)
            elif says == "no":
                it.decline(self.round, into, twin, author=author, at=EARLY)
            else:
                it.withdraw(self.round, into, twin, by=CLERK, at=EARLY)
        except Refused:
            assert (it, into, twin) == before

    @rule(who=st.integers(0, 2), what=st.sampled_from(["withdraw", "return", "revise"]))
    def something_else(self, who: int, what: str) -> None:
        it, round_ = self.proposals[f"author-{who}"], self.round
        try:
            if what == "withdraw":
                it.withdraw(round_, "moved away", at=EARLY)
            elif what == "return":
                it.return_for_revision(round_, "say where", by=CLERK, at=EARLY)
            else:
                it.revise(round_, BRIGHTER, at=EARLY)
        except Refused:
            return

    @invariant()
    def nothing_is_merged_without_the_consent_of_both_authors(self) -> None:
        for it in self.mergings:
            into, twin = self.twins_of(it)
            said = {facts["author"] for topic, facts in recorded(it) if topic == "merging.consented.v1"}
            done = [
                (outcome(event)[0], event.originator_version)
                for each in (into, twin)
                for event in each.pending_events
                if outcome(event)[1].get("merging") == it.id
            ]
            if done:
                assert said == {into.author, twin.author}
                assert done == [
                    ("proposal.absorbed.v1", it.into_version + 1),
                    ("proposal.merged.v1", it.twin_version + 1),
                ]
            assert bool(done) == (it.state is MergingState.MERGED) == (said == {into.author, twin.author})

    @invariant()
    def what_ended_in_another_says_in_which_and_nothing_follows(self) -> None:
        for each in self.proposals.values():
            topics = [topic for topic, _ in recorded(each)]
            assert "proposal.merged.v1" not in topics[:-1]
            assert (each.merged_into is not None) == (each.state is ProposalState.MERGED)


TestMerger = Merger.TestCase
TestMerger.settings = settings(max_examples=40)
