"""Drafts: private, unfinished as they may be, and handed in exactly once with all that belongs to them."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.photos.photos import PhotoMissing
from application.proposals import TooManyProposals
from application.residents.draft_body import DraftBody, body_of, degrees, tiyn_of
from application.residents.drafts import MOST_DRAFTS, DraftMissing, TooManyDrafts
from application.store import NotFound
from domain.errors import Refused
from domain.marks import Marks, Point, PointInvalid
from domain.money import AmountInvalid
from domain.proposal import NotTheAuthor, Proposal, ProposalState, Sketch, TooManyItems, UnknownUnit
from domain.round import Round, WrongPhase
from domain.text import TextInvalid
from tests.application.residents.desk import TYPED, Desk, jpeg
from tests.examples import CLERK, DISTRICT, EARLY, ROUND_ID, TERMS
from tests.people import iin


def test_a_draft_is_kept_as_typed_however_unfinished(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    draft = desk.drafts.start(aigul.account_id, ROUND_ID)
    half = DraftBody(title="Шам", estimate="көп", latitude="43,2", longitude="?")
    saved = desk.drafts.save(aigul.account_id, draft.draft_id, half)
    assert saved.body == half
    assert desk.drafts.all(aigul.account_id) == [saved]


def test_nobody_reaches_anothers_draft(desk: Desk) -> None:
    aigul, bolat = desk.enter("aigul"), desk.enter("bolat")
    draft = desk.drafts.start(aigul.account_id, ROUND_ID)
    for act in (
        lambda: desk.drafts.get(bolat.account_id, draft.draft_id),
        lambda: desk.drafts.save(bolat.account_id, draft.draft_id, TYPED),
        lambda: desk.drafts.hand_in(bolat.account_id, bolat.login, draft.draft_id),
    ):
        with pytest.raises(DraftMissing):
            act()
    desk.drafts.delete(bolat.account_id, draft.draft_id)
    assert desk.drafts.get(aigul.account_id, draft.draft_id).body == DraftBody()
    assert not desk.drafts.all(bolat.account_id)


def test_a_draft_handed_in_is_a_proposal_and_no_draft(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    photo = desk.photos.add(aigul.account_id, jpeg())
    body = replace(TYPED, photos=(photo.digest,), latitude="43.238949", longitude="76.889709")
    proposal_id = desk.handed_in(aigul, body)
    proposal = desk.engine.store.load(Proposal, proposal_id)
    assert (proposal.author, proposal.sketch) == (aigul.login, body.sketch())
    assert proposal.marks == Marks(("kk",), Point(43_238_949, 76_889_709))
    assert not desk.rows("drafts")
    assert [row["named"] for row in desk.rows("photos")] == [True]
    assert [each.proposal_id for each in desk.following.followed(aigul.account_id)] == [proposal_id]


def test_handing_in_twice_makes_one_proposal(desk: Desk) -> None:
    aigul, bolat = desk.enter("aigul"), desk.enter("bolat")
    proposal_id = desk.handed_in(aigul)
    size = desk.engine.reader.size()
    assert desk.drafts.hand_in(aigul.account_id, aigul.login, proposal_id) == proposal_id
    with pytest.raises(DraftMissing):
        desk.drafts.hand_in(bolat.account_id, bolat.login, proposal_id)
    assert desk.engine.reader.size() == size


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (replace(TYPED, title=""), TextInvalid),
        (replace(TYPED, unit="nowhere"), UnknownUnit),
        (replace(TYPED, estimate="көп"), AmountInvalid),
        (replace(TYPED, estimate="-5"), AmountInvalid),
        (replace(TYPED, estimate="1e9"), AmountInvalid),
        (replace(TYPED, latitude="43.2"), PointInvalid),
        (replace(TYPED, latitude="76.9", longitude="43.2"), PointInvalid),
        (replace(TYPED, photos=("0" * 64,)), PhotoMissing),
    ],
)
def test_what_is_refused_stays_a_draft_and_leaves_no_trace(
    desk: Desk, body: DraftBody, refusal: type[Refused]
) -> None:
    aigul = desk.enter("aigul")
    size = desk.engine.reader.size()
    with pytest.raises(refusal):
        desk.handed_in(aigul, body)
    assert desk.engine.reader.size() == size
    assert [draft.body for draft in desk.drafts.all(aigul.account_id)] == [body]
    assert not desk.following.followed(aigul.account_id)


def test_all_that_is_wrong_with_a_draft_is_told_at_once() -> None:
    assert TYPED.faults(TERMS) == []
    broken = DraftBody(estimate="көп", unit="x", category="y", latitude="1", place=f"ЖСН {iin(3)}")
    assert [fault.code for fault in broken.faults(TERMS)] == [
        "text_invalid",
        "text_invalid",
        "point_invalid",
        "unknown_unit",
        "unknown_category",
        "text_invalid",
        "amount_invalid",
    ]
    dear = replace(TYPED, estimate="99999999")
    assert [fault.facts for fault in dear.faults(TERMS)] == [{"cap_tiyn": 5_830_000_000}]


def test_another_residents_photo_cannot_be_handed_in(desk: Desk) -> None:
    aigul, bolat = desk.enter("aigul"), desk.enter("bolat")
    photo = desk.photos.add(bolat.account_id, jpeg())
    with pytest.raises(PhotoMissing):
        desk.handed_in(aigul, replace(TYPED, photos=(photo.digest,)))
    assert [row["named"] for row in desk.rows("photos")] == [False]


def test_a_returned_proposal_is_revised_by_its_author_in_a_draft(desk: Desk) -> None:
    aigul, bolat = desk.enter("aigul"), desk.enter("bolat")
    proposal_id = desk.handed_in(aigul)
    desk.proposals.return_for_revision(proposal_id, "Қай жерде?", by=CLERK)
    with pytest.raises(NotTheAuthor):
        desk.drafts.revise(bolat.account_id, bolat.login, proposal_id)
    draft = desk.drafts.revise(aigul.account_id, aigul.login, proposal_id)
    assert draft.body == replace(TYPED, estimate="15000000")
    clearer = replace(draft.body, place="Абай көшесі, 5", languages=("kk", "ru"))
    desk.drafts.save(aigul.account_id, draft.draft_id, clearer)
    assert desk.drafts.revise(aigul.account_id, aigul.login, proposal_id).body == clearer
    assert desk.drafts.hand_in(aigul.account_id, aigul.login, draft.draft_id) == proposal_id
    proposal = desk.engine.store.load(Proposal, proposal_id)
    assert proposal.state is ProposalState.SUBMITTED
    assert (proposal.sketch.place, proposal.marks.languages) == ("Абай көшесі, 5", ("kk", "ru"))
    assert not desk.rows("drafts")


def test_a_draft_begins_only_while_intake_is_open(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    with pytest.raises(NotFound):
        desk.drafts.start(aigul.account_id, uuid4())
    round_ = desk.engine.store.load(Round, ROUND_ID)
    round_.start_review(by=CLERK, at=EARLY)
    desk.engine.store.save(round_)
    with pytest.raises(WrongPhase):
        desk.drafts.start(aigul.account_id, ROUND_ID)


def test_drafts_and_proposals_of_one_resident_are_bounded(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    for _ in range(MOST_DRAFTS):
        desk.drafts.start(aigul.account_id, ROUND_ID)
    with pytest.raises(TooManyDrafts):
        desk.drafts.start(aigul.account_id, ROUND_ID)
    for draft in desk.drafts.all(aigul.account_id)[:10]:
        desk.drafts.save(aigul.account_id, draft.draft_id, TYPED)
        desk.drafts.hand_in(aigul.account_id, aigul.login, draft.draft_id)
    last = desk.drafts.all(aigul.account_id)[0].draft_id
    desk.drafts.save(aigul.account_id, last, TYPED)
    with pytest.raises(TooManyProposals):
        desk.drafts.hand_in(aigul.account_id, aigul.login, last)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (DraftBody(title="т" * 301), TextInvalid),
        (DraftBody(description="т" * 10_001), TextInvalid),
        (DraftBody(title="a\x00b"), TextInvalid),
        (DraftBody(description=f"ЖСН {iin(7)}"), TextInvalid),
        (DraftBody(photos=tuple(f"{n:064}" for n in range(21))), TooManyItems),
        (DraftBody(languages=("kk",) * 4), TooManyItems),
    ],
)
def test_what_is_too_long_or_too_personal_is_not_even_kept(
    desk: Desk, body: DraftBody, refusal: type[Refused]
) -> None:
    aigul = desk.enter("aigul")
    draft = desk.drafts.start(aigul.account_id, ROUND_ID)
    with pytest.raises(refusal):
        desk.drafts.save(aigul.account_id, draft.draft_id, body)
    assert desk.drafts.get(aigul.account_id, draft.draft_id).body == DraftBody()


def test_a_browsers_line_ends_are_made_plain(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    draft = desk.drafts.start(aigul.account_id, ROUND_ID)
    body = DraftBody(description="бір\r\nекі")
    assert desk.drafts.save(aigul.account_id, draft.draft_id, body).body.description == "бір\nекі"


@given(st.integers(1, 10**17 // 100 - 1), st.sampled_from(["", " ", "\u00a0"]))
def test_an_amount_is_read_however_its_digits_are_grouped(tenge: int, between: str) -> None:
    typed = f"{tenge:,}".replace(",", between)
    assert tiyn_of(f" {typed} ₸") == tenge * 100


@given(st.integers(40_000_000, 56_000_000), st.integers(46_000_000, 88_000_000), st.integers(1, 10**12))
def test_a_proposal_typed_again_says_the_same(latitude: int, longitude: int, estimate_tiyn: int) -> None:
    sketch = Sketch("т", "м", DISTRICT, estimate_tiyn, attachments=("a" * 64,))
    marks = Marks(("kk",), Point(latitude, longitude))
    again = body_of(sketch, marks)
    assert (again.sketch(), again.marks()) == (sketch, marks)


def test_degrees_are_plain_decimals() -> None:
    assert (degrees(43_000_000), degrees(1)) == ("43", "0.000001")


def test_a_draft_is_not_told_in_the_log(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    size = desk.engine.reader.size()
    draft = desk.drafts.start(aigul.account_id, ROUND_ID)
    desk.drafts.save(aigul.account_id, draft.draft_id, TYPED)
    desk.drafts.delete(aigul.account_id, draft.draft_id)
    assert desk.engine.reader.size() == size
    assert isinstance(draft.draft_id, UUID)
