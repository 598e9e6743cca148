"""Merging twins in the log: both authors' consent, one transaction, and everything that hangs on the two proposals."""

from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest

from application.mergings import Mergings, MergingWaits
from application.residents.versions import history_of
from application.store import NotFound
from domain.errors import Refused
from domain.merging import MergingOver, MergingState
from domain.proposal import NotTheAuthor, Proposal, ProposalState, Sketch
from domain.round import Round
from tests.application.residents.desk import TYPED, Desk, Resident, desk, jpeg
from tests.examples import CLERK, DISTRICT, EARLY, MINUTES, ROUND_ID
from tests.residents import seeded

__all__ = ["desk"]

EXPERT = "expert-1"
WORDING = Sketch(
    "Саябаққа шам орнату", "Екеуінің мәтіні", DISTRICT, 1_600_000_000, "lighting", "Абай саябағы"
)


@pytest.fixture
def mergings(desk: Desk) -> Mergings:
    return Mergings(desk.engine.store, desk.clock, seeded("mergings"))


@pytest.fixture
def aigul(desk: Desk) -> Resident:
    return desk.enter("aigul")


@pytest.fixture
def bolat(desk: Desk) -> Resident:
    return desk.enter("bolat")


def propose(mergings: Mergings, into: UUID, twin: UUID) -> UUID:
    return mergings.propose(into, twin, WORDING, "Екеуі де бір саябақ.", by=EXPERT)


def twins(desk: Desk, aigul: Resident, bolat: Resident) -> tuple[UUID, UUID]:
    return desk.handed_in(aigul), desk.handed_in(bolat, replace(TYPED, title="Абай саябағына шамдар"))


def proposal(desk: Desk, proposal_id: UUID) -> Proposal:
    return desk.engine.store.load(Proposal, proposal_id)


def told(desk: Desk, who: Resident) -> list[str]:
    return [notice.topic for notice in desk.following.notices(who.account_id, 50)]


def test_both_consent_and_the_two_are_one_right_behind_the_last_consent(
    desk: Desk, mergings: Mergings, aigul: Resident, bolat: Resident
) -> None:
    into, twin = twins(desk, aigul, bolat)
    merging_id = propose(mergings, into, twin)
    mergings.consent(merging_id, author=bolat.login)
    assert (proposal(desk, into).version, proposal(desk, twin).version) == (2, 2)  # submitted and marked
    mergings.consent(merging_id, author=aigul.login)
    assert mergings.get(merging_id).standing is MergingState.MERGED
    assert (proposal(desk, into).sketch, proposal(desk, into).state) == (WORDING, ProposalState.SUBMITTED)
    assert (proposal(desk, twin).state, proposal(desk, twin).merged_into) == (ProposalState.MERGED, into)
    with desk.engine.datastore.rows(
        "SELECT topic, originator_id FROM dauys.events ORDER BY notification_id DESC LIMIT 3"
    ) as rows:
        assert [(row["topic"], row["originator_id"]) for row in rows] == [
            ("proposal.merged.v1", twin),
            ("proposal.absorbed.v1", into),
            ("merging.consented.v1", merging_id),
        ]
    desk.engine.check()


def test_its_history_tells_whose_text_it_is_now_and_where_the_other_went(
    desk: Desk, mergings: Mergings, aigul: Resident, bolat: Resident
) -> None:
    into, twin = twins(desk, aigul, bolat)
    merged(mergings, into, twin, aigul, bolat)
    now = history_of(desk.engine.store, into).now
    assert (now.number, now.sketch, now.twin, now.marks.languages) == (2, WORDING, twin, ("kk",))
    ended = history_of(desk.engine.store, twin)
    assert (ended.state, ended.now.decided[-1].into) == (ProposalState.MERGED, into)


def merged(mergings: Mergings, into: UUID, twin: UUID, aigul: Resident, bolat: Resident) -> UUID:
    merging_id = propose(mergings, into, twin)
    for who in (aigul, bolat):
        mergings.consent(merging_id, author=who.login)
    return merging_id


def test_both_authors_hear_of_every_step_that_is_not_their_own(
    desk: Desk, mergings: Mergings, aigul: Resident, bolat: Resident
) -> None:
    into, twin = twins(desk, aigul, bolat)
    merging_id = propose(mergings, into, twin)
    (notice,) = desk.following.notices(aigul.account_id, 50)
    assert (notice.topic, notice.merging_id, notice.proposal_id) == ("merging.proposed.v1", merging_id, into)
    (notice,) = desk.following.notices(bolat.account_id, 50)
    assert (notice.merging_id, notice.proposal_id) == (merging_id, twin)
    mergings.consent(merging_id, author=bolat.login)
    assert told(desk, bolat) == ["merging.proposed.v1"]
    assert told(desk, aigul) == ["merging.consented.v1", "merging.proposed.v1"]
    mergings.decline(merging_id, "Менікі басқа.", author=aigul.login)
    assert told(desk, bolat) == ["merging.declined.v1", "merging.proposed.v1"]
    assert told(desk, aigul) == ["merging.consented.v1", "merging.proposed.v1"]


def test_who_followed_the_twin_hears_that_it_was_merged_and_follows_on(
    desk: Desk, mergings: Mergings, aigul: Resident, bolat: Resident
) -> None:
    into, twin = twins(desk, aigul, bolat)
    dana, both = desk.enter("dana"), desk.enter("yerlan")
    desk.following.follow(dana.account_id, twin)
    for each in (into, twin):
        desk.following.follow(both.account_id, each)
    merged(mergings, into, twin, aigul, bolat)
    assert told(desk, dana) == ["proposal.merged.v1"]
    assert told(desk, both) == ["proposal.merged.v1", "proposal.absorbed.v1"]
    desk.proposals.return_for_revision(into, "Қай жерде?", by=CLERK)
    for who in (dana, bolat, both):
        assert told(desk, who)[0] == "proposal.returned.v1"


def test_the_author_goes_on_with_the_twins_photos_and_no_old_draft_undoes_the_merging(
    desk: Desk, mergings: Mergings, aigul: Resident, bolat: Resident
) -> None:
    photo = desk.photos.add(bolat.account_id, jpeg())
    into = desk.handed_in(aigul)
    twin = desk.handed_in(bolat, replace(TYPED, photos=(photo.digest,)))
    for who, which in ((aigul, into), (bolat, twin)):
        desk.drafts.revise(who.account_id, who.login, which)
    merged(mergings, into, twin, aigul, bolat)
    assert not desk.drafts.all(aigul.account_id)
    assert not desk.drafts.all(bolat.account_id)
    assert proposal(desk, into).sketch.attachments == (photo.digest,)
    draft = desk.drafts.revise(aigul.account_id, aigul.login, into)
    desk.drafts.save(aigul.account_id, draft.draft_id, replace(draft.body, title="Жаңа атау"))
    desk.drafts.hand_in(aigul.account_id, aigul.login, draft.draft_id)
    assert proposal(desk, into).sketch.attachments == (photo.digest,)


def test_a_merged_proposal_no_longer_counts_against_its_authors_limit(
    desk: Desk, mergings: Mergings, aigul: Resident, bolat: Resident
) -> None:
    into, twin = twins(desk, aigul, bolat)
    while True:
        try:
            desk.handed_in(bolat)
        except Refused:
            break
    merged(mergings, into, twin, aigul, bolat)
    desk.handed_in(bolat)


@pytest.mark.parametrize("place", ["into", "twin", "the other way round"])
def test_one_merging_at_a_time_for_one_proposal(
    desk: Desk, mergings: Mergings, aigul: Resident, bolat: Resident, place: str
) -> None:
    into, twin = twins(desk, aigul, bolat)
    third = desk.handed_in(desk.enter("dana"))
    first = propose(mergings, into, twin)
    pair = {"into": (into, third), "twin": (third, twin), "the other way round": (twin, into)}[place]
    with pytest.raises(MergingWaits) as refused:
        propose(mergings, *pair)
    assert refused.value.facts == {"merging": first}
    mergings.withdraw(first, by=EXPERT)
    second = propose(mergings, *pair)
    assert mergings.get(second).waits


def test_what_lapsed_is_in_nobodys_way(
    desk: Desk, mergings: Mergings, aigul: Resident, bolat: Resident
) -> None:
    into, twin = twins(desk, aigul, bolat)
    lapsed = propose(mergings, into, twin)
    assert [each.merging.id for each in mergings.waiting_for(aigul.login)] == [lapsed]
    desk.proposals.return_for_revision(twin, "Қай жерде?", by=CLERK)
    assert mergings.get(lapsed).standing is MergingState.LAPSED
    assert not mergings.waiting_for(aigul.login)
    third = desk.handed_in(desk.enter("dana"))
    fresh = propose(mergings, into, third)
    assert [each.merging.id for each in mergings.of_proposal(into)] == [fresh, lapsed]


Meanwhile = Callable[[Desk, UUID], None]
MEANWHILE: dict[str, Meanwhile] = {
    "withdrawn": lambda desk, it: desk.proposals.withdraw(it, "көштім"),
    "returned": lambda desk, it: desk.proposals.return_for_revision(it, "Қай жерде?", by=CLERK),
    "revised": lambda desk, it: desk.proposals.revise(it, replace(WORDING, title="Басқа")),
    "rejected": lambda desk, it: desk.proposals.reject(it, "жеке жер", minutes_digest=MINUTES, by=CLERK),
}


@pytest.mark.parametrize("meanwhile", MEANWHILE)
@pytest.mark.parametrize("which", [0, 1], ids=["into", "twin"])
def test_whatever_happens_to_either_meanwhile_leaves_both_unmerged(
    desk: Desk, mergings: Mergings, aigul: Resident, bolat: Resident, which: int, meanwhile: str
) -> None:
    pair = twins(desk, aigul, bolat)
    merging_id = propose(mergings, *pair)
    mergings.consent(merging_id, author=aigul.login)
    MEANWHILE[meanwhile](desk, pair[which])
    before = [proposal(desk, each) for each in pair]
    with pytest.raises(MergingOver):
        mergings.consent(merging_id, author=bolat.login)
    assert [proposal(desk, each) for each in pair] == before


def test_the_lot_ends_what_still_waits(
    desk: Desk, mergings: Mergings, aigul: Resident, bolat: Resident
) -> None:
    into, twin = twins(desk, aigul, bolat)
    merging_id = propose(mergings, into, twin)
    with desk.engine.store.deciding() as decision:
        round_ = decision.get(Round, ROUND_ID)
        round_.start_review(by=CLERK, at=EARLY)
        round_.draw_lot("ab" * 32, by=CLERK, at=EARLY)
        decision.save(round_)
    with pytest.raises(MergingOver):
        mergings.consent(merging_id, author=aigul.login)


def test_two_last_consents_at_one_instant_merge_once(
    desk: Desk, mergings: Mergings, aigul: Resident, bolat: Resident
) -> None:
    into, twin = twins(desk, aigul, bolat)
    merging_id = propose(mergings, into, twin)
    together, failed = Barrier(2), list[BaseException]()

    def consent(who: Resident) -> None:
        together.wait(30)
        try:
            mergings.consent(merging_id, author=who.login)
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            failed.append(error)

    threads = [Thread(target=consent, args=(who,)) for who in (aigul, bolat)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    assert proposal(desk, twin).state is ProposalState.MERGED
    mergings.consent(merging_id, author=bolat.login)
    topics = [entry.topic for entry in desk.engine.reader.entries_of(twin, 0, 50)]
    assert topics.count("proposal.merged.v1") == 1
    desk.engine.check()


def test_nobody_answers_for_another_and_what_is_no_merging_is_not_found(
    desk: Desk, mergings: Mergings, aigul: Resident, bolat: Resident
) -> None:
    into, twin = twins(desk, aigul, bolat)
    merging_id = propose(mergings, into, twin)
    stranger = desk.enter("dana")
    for answer in (mergings.consent, mergings.decline):
        with pytest.raises(NotTheAuthor):
            answer(merging_id, author=stranger.login)
    for missing in (uuid4(), into):
        with pytest.raises(NotFound):
            mergings.get(missing)
