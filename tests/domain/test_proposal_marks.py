"""What an author marks beside a proposal's text: its languages, its place on the map."""

from dataclasses import replace

import pytest

from domain.errors import Refused
from domain.marks import LanguageInvalid, Marks, Point, PointInvalid
from domain.proposal import Proposal, ProposalState, WrongProposalState
from domain.round import Phase
from tests.examples import EARLY
from tests.given import recorded, refused
from tests.proposals import AUTHOR, PROPOSAL_ID, SKETCH, proposal, round_before_the_lot

MARKS = Marks(("kk", "ru"), Point(43_238_949, 76_889_709))


def test_marks_are_recorded_beside_the_text_and_in_the_order_of_the_languages() -> None:
    shuffled = replace(MARKS, languages=("ru", "kk"))
    submitted = Proposal.submit(
        PROPOSAL_ID, round_before_the_lot(Phase.INTAKE), AUTHOR, SKETCH, at=EARLY, marks=shuffled
    )
    assert [topic for topic, _ in recorded(submitted)] == ["proposal.submitted.v1", "proposal.marked.v1"]
    assert submitted.marks == MARKS


def test_marks_alone_may_be_changed_and_stay_when_nobody_speaks_of_them() -> None:
    subject = proposal(ProposalState.SUBMITTED)
    round_ = round_before_the_lot(Phase.INTAKE)
    subject.revise(round_, SKETCH, at=EARLY, marks=MARKS)
    subject.revise(round_, SKETCH, at=EARLY)
    assert recorded(subject) == [("proposal.marked.v1", {"marks": MARKS})]


def test_no_mark_is_made_once_the_text_can_no_longer_be_changed() -> None:
    subject = proposal(ProposalState.ADMITTED)
    with refused(WrongProposalState, subject):
        subject.revise(round_before_the_lot(Phase.REVIEW), SKETCH, at=EARLY, marks=MARKS)


@pytest.mark.parametrize(
    ("marks", "refusal"),
    [
        (Marks(("de",)), LanguageInvalid),
        (Marks(("kk", "kk")), LanguageInvalid),
        (Marks(point=Point(76_889_709, 43_238_949)), PointInvalid),
        (Marks(point=Point(0, 0)), PointInvalid),
    ],
)
def test_a_wrong_mark_is_refused(marks: Marks, refusal: type[Refused]) -> None:
    subject = proposal(ProposalState.RETURNED)
    with refused(refusal, subject):
        subject.revise(round_before_the_lot(Phase.REVIEW), SKETCH, at=EARLY, marks=marks)
