"""Notices: what happened to what one follows, once, to those who follow it, in letters too where they were asked for."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from application.identity.sender import FileSender, Letter, LetterNotSent
from application.residents.following import Notice
from application.residents.letters import send_letters
from application.store import NotFound
from domain.round import Round
from tests.application.residents.desk import TYPED, Desk, Resident
from tests.examples import CLERK, EARLY, MINUTES, ROUND_ID, SEED
from tests.residents import letters_in


def told(desk: Desk, who: Resident) -> list[str]:
    return [notice.topic for notice in desk.following.notices(who.account_id, 50)]


def write(language: str, notices: Sequence[Notice]) -> tuple[str, str]:
    return f"Dauys {language}", "\n".join(notice.topic for notice in notices)


def test_who_follows_hears_of_it_and_who_does_not_does_not(desk: Desk) -> None:
    aigul, bolat, dana = (desk.enter(name) for name in ("aigul", "bolat", "dana"))
    proposal_id = desk.handed_in(aigul)
    desk.following.follow(bolat.account_id, proposal_id)
    desk.following.follow(bolat.account_id, proposal_id)
    desk.proposals.return_for_revision(proposal_id, "Қай жерде?", by=CLERK)
    for who in (aigul, bolat):
        (notice,) = desk.following.notices(who.account_id, 50)
        assert (notice.topic, notice.state["reason"]) == ("proposal.returned.v1", "Қай жерде?")
        assert (notice.proposal_id, notice.round_id) == (proposal_id, ROUND_ID)
    assert not told(desk, dana)


def test_what_happened_before_one_followed_is_no_news(desk: Desk) -> None:
    aigul, bolat = desk.enter("aigul"), desk.enter("bolat")
    proposal_id = desk.handed_in(aigul)
    desk.proposals.return_for_revision(proposal_id, "Қай жерде?", by=CLERK)
    desk.following.follow(bolat.account_id, proposal_id)
    assert not told(desk, bolat)


def test_what_one_has_done_oneself_is_no_news(desk: Desk) -> None:
    aigul, bolat = desk.enter("aigul"), desk.enter("bolat")
    proposal_id = desk.handed_in(aigul)
    desk.following.follow(bolat.account_id, proposal_id)
    desk.proposals.withdraw(proposal_id, "көштім", author=aigul.login)
    assert not told(desk, aigul)
    assert told(desk, bolat) == ["proposal.withdrawn.v1"]


def test_the_round_of_what_one_follows_is_told_of_once(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    for _ in range(2):
        desk.handed_in(aigul)
    round_ = desk.engine.store.load(Round, ROUND_ID)
    round_.start_review(by=CLERK, at=EARLY)
    desk.engine.store.save(round_)
    (notice,) = desk.following.notices(aigul.account_id, 50)
    assert (notice.topic, notice.proposal_id) == ("round.review_started.v1", None)


def test_notices_are_paged_and_counted_until_they_are_read(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    proposals = [desk.handed_in(aigul) for _ in range(3)]
    for proposal_id in proposals:
        desk.proposals.return_for_revision(proposal_id, "Қай жерде?", by=CLERK)
    newest, middle = desk.following.notices(aigul.account_id, 2)
    assert newest.position > middle.position
    (oldest,) = desk.following.notices(aigul.account_id, 2, middle.position)
    assert desk.following.unread(aigul.account_id) == 3
    desk.following.read_up_to(aigul.account_id, middle.position)
    assert desk.following.unread(aigul.account_id) == 1
    desk.following.read_up_to(aigul.account_id, oldest.position)
    assert desk.following.unread(aigul.account_id) == 1


def test_who_follows_no_longer_hears_no_more(desk: Desk) -> None:
    aigul, bolat = desk.enter("aigul"), desk.enter("bolat")
    proposal_id = desk.handed_in(aigul)
    desk.following.follow(bolat.account_id, proposal_id)
    desk.following.unfollow(bolat.account_id, proposal_id)
    desk.proposals.reject(proposal_id, "жеке жер", minutes_digest=MINUTES, by=CLERK)
    assert not told(desk, bolat)
    assert told(desk, aigul) == ["proposal.rejected.v1"]
    with pytest.raises(NotFound):
        desk.following.follow(bolat.account_id, uuid4())


def test_letters_go_out_once_and_only_to_who_asked_for_them(desk: Desk, tmp_path: Path) -> None:
    aigul, bolat = desk.enter("aigul"), desk.enter("bolat")
    proposal_id = desk.handed_in(aigul)
    desk.following.follow(bolat.account_id, proposal_id)
    desk.residents.wish(aigul.account_id, "aigul@example.kz", "ru")
    sender = FileSender(tmp_path / "outbox", "dauys@example.kz", desk.clock)
    assert send_letters(desk.engine.datastore, sender, write) == 0
    desk.proposals.return_for_revision(proposal_id, "Қай жерде?", by=CLERK)
    assert [send_letters(desk.engine.datastore, sender, write) for _ in range(2)] == [1, 0]
    (letter,) = letters_in(tmp_path / "outbox")
    assert (letter["To"], letter["Subject"]) == ("aigul@example.kz", "Dauys ru")
    assert letter.get_content().strip() == "proposal.returned.v1"


class BrokenOnce:
    """Fails, then delivers."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.broken = True

    def send(self, letter: Letter) -> None:
        if self.broken:
            self.broken = False
            raise LetterNotSent
        self.letters.append(letter)


def test_a_letter_that_failed_is_sent_the_next_time(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    proposal_id = desk.handed_in(aigul)
    desk.residents.wish(aigul.account_id, "aigul@example.kz", "ru")
    desk.proposals.return_for_revision(proposal_id, "Қай жерде?", by=CLERK)
    sender = BrokenOnce()
    assert [send_letters(desk.engine.datastore, sender, write) for _ in range(3)] == [0, 1, 0]
    assert len(sender.letters) == 1


def test_an_admitted_proposal_brings_news_of_the_round_behind_it(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    proposal_id = desk.handed_in(aigul, TYPED)
    round_ = desk.engine.store.load(Round, ROUND_ID)
    round_.start_review(by=CLERK, at=EARLY)
    desk.engine.store.save(round_)
    desk.proposals.admit(proposal_id, "1", 10**9, minutes_digest=MINUTES, by=CLERK)
    round_ = desk.engine.store.load(Round, ROUND_ID)
    round_.draw_lot(SEED, by=CLERK, at=EARLY)
    desk.engine.store.save(round_)
    assert told(desk, aigul) == ["proposal.admitted.v1", "round.review_started.v1"]
