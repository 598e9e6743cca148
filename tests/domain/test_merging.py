"""Twins become one when both authors consent, and not otherwise: every order of what may happen meanwhile."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from domain.errors import Refused
from domain.merging import Merging, MergingOver, MergingState, NotTwins, UnitOfNeither
from domain.proposal import (
    MOST_ATTACHMENTS,
    CostOverCap,
    NotTheAuthor,
    Proposal,
    ProposalState,
    UnknownCategory,
    WrongProposalState,
)
from domain.round import LotAlreadyDrawn, NotThisRound, Phase, Round, WrongPhase
from domain.text import IdentifierInvalid, TextInvalid
from tests.examples import CITY, CLERK, EARLY, ROUND_ID, TERMS, digest, round_in
from tests.given import Past, given, past, recorded, refused
from tests.proposals import (
    ADMITTED,
    AUTHOR,
    BRIGHTER,
    HISTORY,
    INTAKE_OR_REVIEW,
    RETURNED,
    SKETCH,
    SUBMITTED,
    WITHDRAWN,
    round_before_the_lot,
)

MERGING_ID, INTO, TWIN = UUID(int=9), UUID(int=7), UUID(int=8)
OTHER_AUTHOR = "author-8"
TWIN_SKETCH = replace(SKETCH, title="Саябақ шамдары", unit=CITY, attachments=(digest("lamp"),))
WORDING = replace(SKETCH, title="Саябаққа шамдар орнату", estimate_tiyn=1_700_000_000)
MERGED_SKETCH = replace(WORDING, attachments=TWIN_SKETCH.attachments)
PROPOSED = past(
    Merging.Created,
    round_id=ROUND_ID,
    into=INTO,
    into_version=1,
    twin=TWIN,
    twin_version=1,
    authors=(AUTHOR, OTHER_AUTHOR),
    sketch=MERGED_SKETCH,
    reason="They say the same.",
    by=CLERK,
)
CONSENTED = past(Merging.Consented, author=AUTHOR)
REVISED = past(Proposal.Revised, sketch=BRIGHTER)


def twin_submitted(author: str = OTHER_AUTHOR) -> Past:
    return past(Proposal.Created, round_id=ROUND_ID, author=author, sketch=TWIN_SKETCH)


def twins(into: tuple[Past, ...] = (), twin: tuple[Past, ...] = ()) -> tuple[Proposal, Proposal]:
    """Both submitted, and what has happened to each since."""
    return given(INTO, SUBMITTED, *into), given(TWIN, twin_submitted(), *twin)


def merging(*since: Past) -> Merging:
    found: Merging = given(MERGING_ID, PROPOSED, *since)
    return found


def propose(into: Proposal, twin: Proposal, round_: Round | None = None, **changed: Any) -> Merging:
    facts = {"wording": WORDING, "reason": " They say the same. ", "by": CLERK, **changed}
    return Merging.propose(
        MERGING_ID, round_ or round_before_the_lot(Phase.REVIEW), into, twin, at=EARLY, **facts
    )


def consent(it: Merging, into: Proposal, twin: Proposal, author: str, round_: Round | None = None) -> None:
    it.consent(round_ or round_before_the_lot(Phase.REVIEW), into, twin, author=author, at=EARLY)


@pytest.mark.parametrize("phase", sorted(INTAKE_OR_REVIEW))
def test_a_merging_is_proposed_with_the_photos_of_both_and_changes_neither(phase: Phase) -> None:
    into, twin = twins()
    it = propose(into, twin, round_before_the_lot(phase))
    assert recorded(it) == [("merging.proposed.v1", PROPOSED.facts)]
    assert (recorded(into), recorded(twin)) == ([], [])


@pytest.mark.parametrize("first", [AUTHOR, OTHER_AUTHOR])
def test_the_last_consent_merges_the_two_and_the_first_changes_neither(first: str) -> None:
    into, twin = twins()
    it, last = merging(), OTHER_AUTHOR if first == AUTHOR else AUTHOR
    consent(it, into, twin, first)
    assert (it.state, recorded(into), recorded(twin)) == (MergingState.PROPOSED, [], [])
    consent(it, into, twin, last)
    assert recorded(it) == [("merging.consented.v1", {"author": author}) for author in (first, last)]
    assert recorded(into) == [
        ("proposal.absorbed.v1", {"twin": TWIN, "merging": MERGING_ID, "sketch": MERGED_SKETCH})
    ]
    assert recorded(twin) == [("proposal.merged.v1", {"into": INTO, "merging": MERGING_ID})]
    assert (it.state, into.state, twin.state) == (
        MergingState.MERGED,
        ProposalState.SUBMITTED,
        ProposalState.MERGED,
    )
    assert (into.sketch, twin.sketch, twin.merged_into) == (MERGED_SKETCH, TWIN_SKETCH, INTO)


def test_one_consent_is_enough_where_both_are_the_same_persons() -> None:
    into, twin = given(INTO, SUBMITTED), given(TWIN, twin_submitted(AUTHOR))
    it = propose(into, twin)
    assert it.authors == (AUTHOR,)
    consent(it, into, twin, AUTHOR)
    assert (it.state, twin.state) == (MergingState.MERGED, ProposalState.MERGED)


def test_a_consent_said_again_is_nothing_new_even_when_all_is_done() -> None:
    into, twin = twins()
    it = merging(CONSENTED)
    consent(it, into, twin, AUTHOR)
    assert recorded(it) == []
    consent(it, into, twin, OTHER_AUTHOR)
    versions = (it.version, into.version, twin.version)
    consent(it, into, twin, OTHER_AUTHOR)
    assert (it.version, into.version, twin.version) == versions


def test_nobody_but_an_author_consents_or_declines() -> None:
    into, twin = twins()
    it, round_ = merging(), round_before_the_lot(Phase.REVIEW)
    with refused(NotTheAuthor, it, into, twin):
        consent(it, into, twin, "author-9")
    with refused(NotTheAuthor, it, into, twin):
        it.decline(round_, into, twin, author="author-9", at=EARLY)


@pytest.mark.parametrize("since", [(), (CONSENTED,)], ids=["at once", "after consenting"])
def test_a_no_ends_it_with_nothing_changed_whoever_says_it(since: tuple[Past, ...]) -> None:
    for author in (AUTHOR, OTHER_AUTHOR):
        into, twin = twins()
        it, round_ = merging(*since), round_before_the_lot(Phase.REVIEW)
        it.decline(round_, into, twin, author=author, at=EARLY, reason=" Mine is another lamp. ")
        assert recorded(it) == [
            ("merging.declined.v1", {"author": author, "reason": "Mine is another lamp."})
        ]
        assert (it.state, it.answer) == (MergingState.DECLINED, "Mine is another lamp.")
        assert (recorded(into), recorded(twin)) == ([], [])
        with refused(MergingOver, it, into, twin, state="declined"):
            consent(it, into, twin, OTHER_AUTHOR)


def test_nobody_has_to_say_why_not() -> None:
    into, twin = twins()
    it = merging()
    it.decline(round_before_the_lot(Phase.REVIEW), into, twin, author=AUTHOR, at=EARLY)
    assert it.state is MergingState.DECLINED


def test_the_expert_council_may_take_it_back_while_it_waits() -> None:
    into, twin = twins()
    it, round_ = merging(CONSENTED), round_before_the_lot(Phase.REVIEW)
    it.withdraw(round_, into, twin, by=CLERK, at=EARLY)
    assert recorded(it) == [("merging.withdrawn.v1", {"by": CLERK})]
    with refused(MergingOver, it, into, twin, state="withdrawn"):
        consent(it, into, twin, OTHER_AUTHOR)
    with refused(MergingOver, it, into, twin, state="withdrawn"):
        it.withdraw(round_, into, twin, by=CLERK, at=EARLY)


@pytest.mark.parametrize(
    "meanwhile",
    [
        (RETURNED,),
        (RETURNED, REVISED),
        (REVISED,),
        (ADMITTED,),
        (WITHDRAWN,),
        HISTORY[ProposalState.MERGED][1:],
    ],
    ids=["returned", "returned and revised", "revised", "admitted", "withdrawn", "merged elsewhere"],
)
@pytest.mark.parametrize("which", ["into", "twin"])
def test_whatever_else_happens_to_either_lets_it_lapse(which: str, meanwhile: tuple[Past, ...]) -> None:
    into, twin = twins(**{which: meanwhile})
    it, round_ = merging(CONSENTED), round_before_the_lot(Phase.REVIEW)
    assert it.standing(round_, into, twin) is MergingState.LAPSED
    with refused(MergingOver, it, into, twin, state="lapsed"):
        consent(it, into, twin, OTHER_AUTHOR)
    with refused(MergingOver, it, into, twin, state="lapsed"):
        it.decline(round_, into, twin, author=AUTHOR, at=EARLY)
    with refused(MergingOver, it, into, twin, state="lapsed"):
        it.withdraw(round_, into, twin, by=CLERK, at=EARLY)


@pytest.mark.parametrize("phase", sorted(set(Phase) - INTAKE_OR_REVIEW - {Phase.DRAFTED}))
def test_the_end_of_the_review_lets_it_lapse(phase: Phase) -> None:
    into, twin = twins()
    it = merging(CONSENTED)
    with refused(MergingOver, it, into, twin, state="lapsed"):
        consent(it, into, twin, OTHER_AUTHOR, round_in(phase))


def test_the_lot_lets_it_lapse_because_the_paper_takes_no_more() -> None:
    into, twin = twins()
    it = merging(CONSENTED)
    with refused(MergingOver, it, into, twin, state="lapsed"):
        consent(it, into, twin, OTHER_AUTHOR, round_in(Phase.REVIEW))
    with refused(LotAlreadyDrawn, into, twin):
        propose(into, twin, round_in(Phase.REVIEW))


def test_the_beginning_of_the_review_ends_nothing() -> None:
    into, twin = twins()
    it = merging()
    for phase, author in ((Phase.INTAKE, AUTHOR), (Phase.REVIEW, OTHER_AUTHOR)):
        consent(it, into, twin, author, round_before_the_lot(phase))
    assert it.state is MergingState.MERGED


def test_terms_that_no_longer_allow_the_wording_are_seen_at_the_next_consent() -> None:
    into, twin = twins()
    it = merging(CONSENTED)
    without_category = round_before_the_lot(Phase.INTAKE, terms=replace(TERMS, categories=("greening",)))
    with refused(UnknownCategory, it, into, twin):
        consent(it, into, twin, OTHER_AUTHOR, without_category)


@pytest.mark.parametrize("state", sorted(set(ProposalState) - {ProposalState.SUBMITTED}))
@pytest.mark.parametrize("which", ["into", "twin"])
def test_only_what_is_under_review_is_merged(which: str, state: ProposalState) -> None:
    into, twin = twins(**{which: HISTORY[state][1:]})
    with refused(WrongProposalState, into, twin, state=state.value):
        propose(into, twin)


def test_a_proposal_that_has_absorbed_one_may_absorb_another_or_end_in_a_third() -> None:
    into, twin = twins()
    consent(merging(CONSENTED), into, twin, OTHER_AUTHOR)
    third = given(UUID(int=6), SUBMITTED)
    assert propose(into, third).into_version == 2
    assert propose(third, into).twin_version == 2
    with refused(WrongProposalState, third, twin, state="merged"):
        propose(third, twin)


@pytest.mark.parametrize(
    ("changed", "refusal", "facts"),
    [
        ({"wording": replace(WORDING, unit="710000000")}, UnitOfNeither, {}),
        ({"wording": replace(WORDING, estimate_tiyn=5_830_000_001)}, CostOverCap, {}),
        ({"wording": replace(WORDING, title="")}, TextInvalid, {"field": "title"}),
        ({"reason": " "}, TextInvalid, {"field": "reason"}),
        ({"by": "Әкім"}, IdentifierInvalid, {"field": "by"}),
    ],
)
def test_a_merging_that_could_not_stand_is_not_proposed(
    changed: dict[str, Any], refusal: type[Refused], facts: dict[str, object]
) -> None:
    into, twin = twins()
    with refused(refusal, into, twin, **facts):
        propose(into, twin, **changed)


def test_a_merged_proposal_stays_in_the_unit_of_one_of_the_two() -> None:
    into, twin = twins()
    assert propose(into, twin, wording=replace(WORDING, unit=CITY)).sketch.unit == CITY
    same = given(TWIN, past(Proposal.Created, round_id=ROUND_ID, author=OTHER_AUTHOR, sketch=SKETCH))
    with refused(UnitOfNeither, into, same):
        propose(into, same, wording=replace(WORDING, unit=CITY))


def test_photos_that_do_not_fit_are_left_out_behind_those_of_the_one_that_goes_on() -> None:
    own = tuple(digest(str(number)) for number in range(MOST_ATTACHMENTS))
    into = given(
        INTO,
        past(Proposal.Created, round_id=ROUND_ID, author=AUTHOR, sketch=replace(SKETCH, attachments=own)),
    )
    assert propose(into, twins()[1]).sketch.attachments == own


def test_a_proposal_is_no_twin_of_itself_and_none_of_another_rounds() -> None:
    into, twin = twins()
    with refused(NotTwins, into):
        propose(into, given(INTO, SUBMITTED))
    elsewhere = given(
        TWIN, past(Proposal.Created, round_id=UUID(int=2), author=OTHER_AUTHOR, sketch=TWIN_SKETCH)
    )
    with refused(NotThisRound, into, elsewhere):
        propose(into, elsewhere)
    it = merging()
    with refused(NotThisRound, it, into, twin):
        consent(it, into, twin, AUTHOR, round_before_the_lot(Phase.REVIEW, round_id=UUID(int=2)))


@pytest.mark.parametrize("phase", sorted(set(Phase) - INTAKE_OR_REVIEW))
def test_nothing_is_merged_before_intake_or_behind_the_review(phase: Phase) -> None:
    into, twin = twins()
    with refused(WrongPhase, into, twin, phase=phase.value):
        propose(into, twin, round_before_the_lot(phase))


def test_a_consent_to_one_merging_cannot_be_used_on_other_proposals() -> None:
    into, _ = twins()
    third = given(UUID(int=6), twin_submitted())
    it = merging(CONSENTED)
    with refused(MergingOver, it, into, third, state="lapsed"):
        consent(it, into, third, OTHER_AUTHOR)
