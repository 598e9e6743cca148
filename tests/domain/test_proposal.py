"""A proposal's way to the paper, and every refusal on it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.errors import Refused
from domain.money import AmountInvalid
from domain.proposal import (
    MOST_ATTACHMENTS,
    MOST_EXCLUSIONS,
    CostOverCap,
    NotTheAuthor,
    Proposal,
    ProposalState,
    Sketch,
    TooManyItems,
    UnknownCategory,
    UnknownUnit,
    WrongProposalState,
)
from domain.round import LotAlreadyDrawn, NotThisRound, Phase, Round, WrongPhase
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from tests.examples import CLERK, DURING, EARLY, MINUTES, ROUND_ID, TERMS, digest, round_in
from tests.given import given, past, recorded, refused
from tests.proposals import (
    ADMITTED,
    AUTHOR,
    BRIGHTER,
    COMMANDS,
    INTAKE_OR_REVIEW,
    MERGED,
    PROPOSAL_ID,
    REJECTED,
    SKETCH,
    proposal,
    round_before_the_lot,
    submit,
)


def test_a_proposal_is_submitted_trimmed() -> None:
    submitted = submit(replace(SKETCH, title="  Шамдар\n", place=" Саябақ "))
    assert recorded(submitted) == [
        ("proposal.submitted.v1", {"round_id": ROUND_ID, "author": AUTHOR, "sketch": SKETCH})
    ]
    assert submitted.state is ProposalState.SUBMITTED


@pytest.mark.parametrize("phase", sorted(set(Phase) - {Phase.INTAKE}))
def test_a_proposal_is_taken_in_while_intake_is_open_only(phase: Phase) -> None:
    with refused(WrongPhase, phase=phase.value):
        submit(SKETCH, phase=phase)


@pytest.mark.parametrize(
    ("sketch", "refusal", "facts"),
    [
        (replace(SKETCH, unit="710000000"), UnknownUnit, {}),
        (replace(SKETCH, category="fountains"), UnknownCategory, {}),
        (replace(SKETCH, category=""), UnknownCategory, {}),
        (replace(SKETCH, attachments=(MINUTES, MINUTES)), TooManyItems, {"field": "attachments"}),
        (
            replace(SKETCH, attachments=tuple(digest(str(n)) for n in range(MOST_ATTACHMENTS + 1))),
            TooManyItems,
            {"field": "attachments", "most": MOST_ATTACHMENTS},
        ),
        (replace(SKETCH, attachments=("photo.jpg",)), DigestInvalid, {"field": "attachments"}),
        (replace(SKETCH, estimate_tiyn=0), AmountInvalid, {"field": "estimate_tiyn", "least": 1}),
        (replace(SKETCH, estimate_tiyn=5_830_000_001), CostOverCap, {"cap_tiyn": 5_830_000_000}),
        (
            replace(SKETCH, category="greening", estimate_tiyn=2_000_000_001),
            CostOverCap,
            {"cap_tiyn": 2_000_000_000},
        ),
        (replace(SKETCH, title=" "), TextInvalid, {"field": "title", "problem": "empty"}),
        (replace(SKETCH, description=""), TextInvalid, {"field": "description", "problem": "empty"}),
        (replace(SKETCH, place="x" * 101), TextInvalid, {"field": "place", "problem": "too_long"}),
        (
            replace(SKETCH, description="ЖСН 990101100010"),
            TextInvalid,
            {"field": "description", "problem": "personal_number"},
        ),
    ],
)
def test_a_sketch_that_breaks_the_terms_is_refused_whenever_it_comes(
    sketch: Sketch, refusal: type[Refused], facts: dict[str, object]
) -> None:
    with refused(refusal, **facts):
        submit(sketch)
    returned = proposal(ProposalState.RETURNED)
    with refused(refusal, returned, **facts):
        returned.revise(round_before_the_lot(Phase.REVIEW), sketch, at=EARLY)


def test_a_round_without_categories_takes_sketches_without_one() -> None:
    terms = replace(TERMS, categories=(), cost_caps=())
    round_ = round_before_the_lot(Phase.INTAKE, terms=terms)
    plain = replace(SKETCH, category="")
    assert Proposal.submit(PROPOSAL_ID, round_, AUTHOR, plain, at=EARLY).sketch == plain


@pytest.mark.parametrize("author", ["", "Айгүл", "two words", "x" * 65, "990101100010"])
def test_an_author_is_an_opaque_reference_never_a_name_or_an_iin(author: str) -> None:
    with refused(IdentifierInvalid, field="author"):
        submit(SKETCH, author)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("state", ProposalState)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_works_in_its_states_and_phases_only(name: str, state: ProposalState, phase: Phase) -> None:
    command, allowed = COMMANDS[name]
    subject = proposal(state)
    if name == "withdraw" and state is ProposalState.WITHDRAWN:
        command(subject, round_before_the_lot(phase))
        assert recorded(subject) == []
    elif state not in allowed:
        with refused(WrongProposalState, subject, state=state.value):
            command(subject, round_before_the_lot(phase))
    elif phase not in allowed[state]:
        with refused(WrongPhase, subject, phase=phase.value):
            command(subject, round_before_the_lot(phase))
    else:
        command(subject, round_before_the_lot(phase))
        assert len(recorded(subject)) == 1


@pytest.mark.parametrize(
    ("state", "name", "event", "reached"),
    [
        (
            ProposalState.RETURNED,
            "revise",
            ("proposal.revised.v1", {"sketch": BRIGHTER}),
            ProposalState.SUBMITTED,
        ),
        (
            ProposalState.SUBMITTED,
            "return",
            ("proposal.returned.v1", {"reason": "say where", "by": CLERK}),
            ProposalState.RETURNED,
        ),
        (ProposalState.SUBMITTED, "admit", ("proposal.admitted.v1", ADMITTED.facts), ProposalState.ADMITTED),
        (ProposalState.SUBMITTED, "reject", ("proposal.rejected.v1", REJECTED.facts), ProposalState.REJECTED),
        (
            ProposalState.ADMITTED,
            "withdraw",
            ("proposal.withdrawn.v1", {"reason": "moved away"}),
            ProposalState.WITHDRAWN,
        ),
        (
            ProposalState.SUBMITTED,
            "absorb",
            ("proposal.absorbed.v1", {"twin": UUID(int=8), "merging": UUID(int=9), "sketch": BRIGHTER}),
            ProposalState.SUBMITTED,
        ),
        (ProposalState.SUBMITTED, "merge", ("proposal.merged.v1", MERGED.facts), ProposalState.MERGED),
    ],
)
def test_a_command_records_its_outcome(
    state: ProposalState, name: str, event: tuple[str, dict[str, object]], reached: ProposalState
) -> None:
    subject = proposal(state)
    COMMANDS[name][0](subject, round_before_the_lot(Phase.REVIEW))
    assert recorded(subject) == [event]
    assert subject.state is reached


@pytest.mark.parametrize("name", COMMANDS)
def test_another_rounds_rules_do_not_apply(name: str) -> None:
    subject = proposal(ProposalState.SUBMITTED)
    with refused(NotThisRound, subject):
        COMMANDS[name][0](subject, round_before_the_lot(Phase.REVIEW, round_id=UUID(int=2)))


def test_the_same_text_again_records_nothing_while_it_stands_submitted() -> None:
    subject = proposal(ProposalState.SUBMITTED)
    subject.revise(round_before_the_lot(Phase.INTAKE), replace(SKETCH, title=" Шамдар "), at=EARLY)
    assert recorded(subject) == []


def test_a_returned_text_may_be_handed_in_again_unchanged() -> None:
    subject = proposal(ProposalState.RETURNED)
    subject.revise(round_before_the_lot(Phase.REVIEW), SKETCH, at=EARLY)
    assert recorded(subject) == [("proposal.revised.v1", {"sketch": SKETCH})]


def test_excluded_projects_are_recorded_in_the_order_given() -> None:
    subject = proposal(ProposalState.SUBMITTED)
    admit(subject, excludes=("3", "1"))
    assert subject.excludes == ("3", "1")


@pytest.mark.parametrize(
    ("wrong", "refusal", "facts"),
    [
        ({"cost_tiyn": 0}, AmountInvalid, {"field": "cost_tiyn", "least": 1}),
        ({"cost_tiyn": 14.0}, AmountInvalid, {"field": "cost_tiyn"}),
        ({"cost_tiyn": 5_830_000_001}, CostOverCap, {"cap_tiyn": 5_830_000_000}),
        ({"project": "no 12"}, IdentifierInvalid, {"field": "project"}),
        ({"excludes": ("12",)}, TooManyItems, {"field": "excludes"}),
        ({"excludes": ("3", "3")}, TooManyItems, {"field": "excludes"}),
        (
            {"excludes": tuple(f"p{n}" for n in range(MOST_EXCLUSIONS + 1))},
            TooManyItems,
            {"field": "excludes", "most": MOST_EXCLUSIONS},
        ),
        ({"excludes": ("no 3",)}, IdentifierInvalid, {"field": "excludes"}),
        ({"minutes_digest": ""}, DigestInvalid, {"field": "minutes_digest"}),
        ({"by": ""}, IdentifierInvalid, {"field": "by"}),
    ],
)
def test_a_place_on_the_paper_is_checked(
    wrong: dict[str, Any], refusal: type[Refused], facts: dict[str, object]
) -> None:
    subject = proposal(ProposalState.SUBMITTED)
    with refused(refusal, subject, **facts):
        admit(subject, **wrong)


def test_no_number_is_given_behind_the_lot_so_that_none_can_be_chosen_to_suit_it() -> None:
    subject = proposal(ProposalState.SUBMITTED)
    with refused(LotAlreadyDrawn, subject):
        admit(subject, round_in(Phase.REVIEW))


@pytest.mark.parametrize("name", ["absorb", "merge"])
def test_nothing_is_merged_behind_the_lot_where_it_would_find_no_place_on_the_paper(name: str) -> None:
    subject = proposal(ProposalState.SUBMITTED)
    with refused(LotAlreadyDrawn, subject):
        COMMANDS[name][0](subject, round_in(Phase.REVIEW))


def test_what_the_final_terms_no_longer_allow_is_not_admitted() -> None:
    subject = proposal(ProposalState.SUBMITTED)
    without_unit = replace(TERMS, units=TERMS.units[:1])
    without_category = replace(TERMS, categories=("greening",))
    with refused(UnknownUnit, subject):
        admit(subject, round_before_the_lot(Phase.REVIEW, terms=without_unit))
    with refused(UnknownCategory, subject):
        admit(subject, round_before_the_lot(Phase.REVIEW, terms=without_category))


@pytest.mark.parametrize("name", ["return", "reject", "withdraw"])
def test_nothing_is_turned_away_without_a_reason(name: str) -> None:
    subject, round_ = proposal(ProposalState.SUBMITTED), round_before_the_lot(Phase.REVIEW)
    silent: dict[str, Callable[[], None]] = {
        "return": lambda: subject.return_for_revision(round_, "", by=CLERK, at=EARLY),
        "reject": lambda: subject.reject(round_, "", minutes_digest=MINUTES, by=CLERK, at=EARLY),
        "withdraw": lambda: subject.withdraw(round_, "", at=DURING),
    }
    with refused(TextInvalid, subject, field="reason", problem="empty"):
        silent[name]()


def test_a_rejection_names_the_expert_councils_minutes() -> None:
    subject = proposal(ProposalState.SUBMITTED)
    with refused(DigestInvalid, subject, field="minutes_digest"):
        subject.reject(
            round_before_the_lot(Phase.REVIEW), "private land", minutes_digest="", by=CLERK, at=EARLY
        )


def test_old_events_replay_under_any_later_rule() -> None:
    odd = replace(SKETCH, unit="nowhere", estimate_tiyn=-1, title="")
    subject = given(
        PROPOSAL_ID,
        past(Proposal.Created, round_id=ROUND_ID, author="Айгүл", sketch=odd),
        past(Proposal.Withdrawn, reason=""),
        past(Proposal.Admitted, project="", cost_tiyn=0, excludes=("", ""), minutes_digest="", by=""),
    )
    assert (subject.state, subject.sketch, subject.cost_tiyn) == (ProposalState.ADMITTED, odd, 0)


def test_who_did_not_write_a_proposal_is_not_its_author() -> None:
    subject = proposal(ProposalState.SUBMITTED)
    subject.must_be_by(AUTHOR)
    with refused(NotTheAuthor, subject):
        subject.must_be_by("author-8")


def admit(subject: Proposal, round_: Round | None = None, **changed: Any) -> None:
    facts = {"project": "12", "cost_tiyn": 1_400_000_000, "minutes_digest": MINUTES, "by": CLERK, **changed}
    subject.admit(round_ or round_before_the_lot(Phase.REVIEW), at=EARLY, **facts)


class ProposalLife(RuleBasedStateMachine):
    """Any commands, whatever phase the round has reached: what is decided stays decided."""

    def __init__(self) -> None:
        super().__init__()
        self.proposal = submit(SKETCH)
        self.phase = Phase.INTAKE

    @rule(phase=st.sampled_from([Phase.REVIEW, Phase.VOTING, Phase.CLOSED, Phase.CONCLUDED, Phase.CANCELLED]))
    def the_round_goes_on(self, phase: Phase) -> None:
        self.phase = max(self.phase, phase, key=list(Phase).index)

    @rule(name=st.sampled_from(sorted(COMMANDS)))
    def any_command(self, name: str) -> None:
        version, state = self.proposal.version, self.proposal.state
        try:
            COMMANDS[name][0](self.proposal, round_before_the_lot(self.phase))
        except Refused:
            assert (self.proposal.version, self.proposal.state) == (version, state)
        else:
            frozen = self.phase not in INTAKE_OR_REVIEW
            assert name == "withdraw" or not frozen

    @invariant()
    def the_last_word_is_last(self) -> None:
        topics = [topic for topic, _ in recorded(self.proposal)]
        ending = {"proposal.rejected.v1", "proposal.withdrawn.v1", "proposal.merged.v1"}
        assert not ending & set(topics[:-1])
        assert set(topics[topics.index("proposal.admitted.v1") + 1 :] if self.proposal.project else []) <= {
            "proposal.withdrawn.v1"
        }

    @invariant()
    def replaying_gives_the_same_proposal(self) -> None:
        replayed: Any = None
        for event in self.proposal.pending_events:
            replayed = event.mutate(replayed)
        replayed_facts = (replayed.state, replayed.sketch, replayed.merged_into)
        assert replayed_facts == (self.proposal.state, self.proposal.sketch, self.proposal.merged_into)


TestProposalLife = ProposalLife.TestCase
TestProposalLife.settings = settings(max_examples=50)
