"""A conclusion is computed, looked at line by line, approved by another, published on site and in press, corrected in public."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from application.accounts.roles import Role
from application.rounds import build_paper, paper_bytes
from domain.conclusion import Conclusion, ConclusionState
from domain.round import Phase, Round
from tests.elections import Election, times
from tests.examples import CITY, DISTRICT
from tests.office_desk import (
    CONFLICT,
    FORBIDDEN,
    SEE_OTHER,
    UNPROCESSABLE,
    Enter,
    Person,
    around_now,
    asked,
    topics,
)

PLACES = {
    "site": "https://akimat.example/byudzhet",
    "site_when": "2026-12-01T10:00",
    "mass_media": "«Қала тынысы»",
    "mass_media_when": "2026-12-01T10:00",
}


@pytest.fixture(scope="module")
def clerk(enter: Enter) -> Person:
    return enter(Role.OFFICE)


@pytest.fixture(scope="module")
def approver(enter: Enter) -> Person:
    return enter(Role.OFFICE_APPROVER)


@pytest.fixture
def closed(clerk: Person) -> Election:
    at = datetime.now(UTC)
    terms = around_now(voting_opens=at - timedelta(days=30), voting_closes=at - timedelta(days=1))
    election = Election(clerk.server.engine, terms=terms)
    election.drafted().reviewed({"1": 1_200_000_000, "2": 900_000_000})
    with election.engine.store.deciding() as decision:
        round_ = decision.get(Round, election.id)
        digest = election.engine.documents.put(paper_bytes(build_paper(decision, round_)))
        round_.open_voting(digest, 2, by="clerk-1", at=at - timedelta(days=20))
        decision.save(round_)
    election.cast(
        times(**{"1": 12, "2": 3}), at=(at - timedelta(days=10)).replace(minute=0, second=0, microsecond=0)
    )
    with election.engine.store.deciding() as decision:
        round_ = decision.get(Round, election.id)
        round_.close_voting(by="clerk-1", at=at)
        decision.save(round_)
    return election


def path(election: Election, act: str = "") -> str:
    return f"/office/rounds/{election.id}/conclusion{act}"


def conclusion_of(election: Election) -> Conclusion:
    return election.engine.store.load(Conclusion, Conclusion.create_id(election.id))


def approve(person: Person, approval_id: UUID) -> Any:
    return person.post(f"/office/approvals/{approval_id}/approve")


def published(clerk: Person, approver: Person, closed: Election) -> Election:
    clerk.post(path(closed, "/draft"))
    assert (
        approve(approver, asked(clerk.post(path(closed, "/ask"), reason="Ready."))).status_code == SEE_OTHER
    )
    assert clerk.post(path(closed, "/publish"), **PLACES, confirmed="yes").status_code == SEE_OTHER
    return closed


def test_from_the_ballots_to_the_publication(clerk: Person, approver: Person, closed: Election) -> None:
    assert "Compute it now" in clerk.get(path(closed)).text
    assert clerk.post(path(closed, "/draft")).status_code == SEE_OTHER
    shown = clerk.get(path(closed)).text
    assert "Fewer than ten voters" in shown
    assert conclusion_of(closed).computation.document_digest in shown
    approval_id = asked(clerk.post(path(closed, "/ask"), reason="Ready."))
    assert path(closed) in approver.get(f"/office/approvals/{approval_id}").text
    assert approve(approver, approval_id).status_code == SEE_OTHER
    assert conclusion_of(closed).state is ConclusionState.APPROVED
    confirm = clerk.post(path(closed, "/publish"), **PLACES)
    assert confirm.status_code == 200
    assert "«Қала тынысы»" in confirm.text
    assert conclusion_of(closed).state is ConclusionState.APPROVED
    assert clerk.post(path(closed, "/publish"), **PLACES, confirmed="yes").status_code == SEE_OTHER
    assert closed.engine.store.load(Round, closed.id).phase is Phase.PUBLISHED
    assert "https://akimat.example/byudzhet" in clerk.get(path(closed)).text


def test_places_that_are_missing_are_asked_for_and_what_was_typed_is_kept(
    clerk: Person, approver: Person, closed: Election
) -> None:
    clerk.post(path(closed, "/draft"))
    approve(approver, asked(clerk.post(path(closed, "/ask"), reason="Ready.")))
    answer = clerk.post(path(closed, "/publish"), **PLACES | {"site_when": ""}, confirmed="yes")
    assert answer.status_code == UNPROCESSABLE
    assert 'href="#site_when"' in answer.text
    assert "«Қала тынысы»" in answer.text
    assert clerk.post(path(closed, "/publish"), **PLACES | {"site": " "}).status_code == UNPROCESSABLE


def test_a_draft_that_another_rejects_is_computed_anew(
    clerk: Person, approver: Person, closed: Election
) -> None:
    clerk.post(path(closed, "/draft"))
    assert clerk.post(path(closed, "/reject"), rejection="Mine.").status_code == CONFLICT
    assert approver.post(path(closed, "/reject"), rejection="Count again.").status_code == SEE_OTHER
    assert clerk.post(path(closed, "/draft")).status_code == SEE_OTHER
    assert topics(closed.engine, Conclusion.create_id(closed.id)) == [
        "conclusion.drafted.v1",
        "conclusion.draft_rejected.v1",
        "conclusion.redrafted.v1",
    ]


def test_a_correction_tells_what_it_changes_and_is_published_by_two(
    clerk: Person, approver: Person, closed: Election
) -> None:
    published(clerk, approver, closed)
    nothing = clerk.post(path(closed, "/correct"), reason="Nothing happened.")
    assert nothing.status_code == CONFLICT
    closed.decide("1", "withdraw", "the land is sold", at=datetime.now(UTC))
    assert clerk.post(path(closed, "/correct"), reason="A project was taken back.").status_code == SEE_OTHER
    shown = clerk.get(path(closed)).text
    assert "Withdrawn by its author" in shown
    assert "A project was taken back." in shown
    assert clerk.post(path(closed, "/ask"), reason="Needed.").status_code == UNPROCESSABLE
    approval_id = asked(clerk.post(path(closed, "/ask"), **PLACES, reason="Needed."))
    assert "https://akimat.example/byudzhet" in approver.get(f"/office/approvals/{approval_id}").text
    assert approve(approver, approval_id).status_code == SEE_OTHER
    conclusion = conclusion_of(closed)
    assert (conclusion.number, conclusion.state) == (2, ConclusionState.PUBLISHED)


def test_the_conclusion_of_another_unit_is_nobody_elses(enter: Enter, closed: Election) -> None:
    stranger = enter(Role.OFFICE, Role.OFFICE_APPROVER, units=(DISTRICT,))
    assert stranger.get(path(closed)).status_code == FORBIDDEN
    for act, fields in (
        ("/draft", {}),
        ("/reject", {"rejection": "x"}),
        ("/correct", {"reason": "x"}),
        ("/ask", {"reason": "x"}),
        ("/publish", PLACES),
    ):
        assert stranger.post(path(closed, act), **fields).status_code == FORBIDDEN, act


def test_an_approver_neither_drafts_nor_publishes(approver: Person, closed: Election) -> None:
    for act in ("/draft", "/ask", "/publish", "/correct"):
        assert approver.post(path(closed, act)).status_code == FORBIDDEN


PDF = b"%PDF-1.7 minutes"


def test_a_funded_project_goes_its_way(clerk: Person, approver: Person, closed: Election) -> None:
    published(clerk, approver, closed)
    projects = f"/office/rounds/{closed.id}/projects"
    assert "Project 1" in clerk.get(projects).text
    assert "Project 2" not in clerk.get(projects).text
    steps: tuple[tuple[str, dict[str, str]], ...] = (
        ("begin", {}),
        ("contract", {"contractor": "ЖШС Жасыл", "amount": "9 000 000", "due": "2027-05-01T18:00"}),
        ("progress", {"per_cent": "40", "note": "Trees are planted."}),
        ("delay", {"due": "2027-06-01T18:00", "reason": "Frost."}),
        ("complete", {}),
    )
    for act, fields in steps:
        assert clerk.get(f"{projects}/1/{act}").status_code == 200
        size = closed.engine.reader.size()
        shown = clerk.post(f"{projects}/1/{act}", **fields)
        assert shown.status_code == 200, shown.text
        assert closed.engine.reader.size() == size
        assert clerk.post(f"{projects}/1/{act}", **fields, confirmed="yes").status_code == SEE_OTHER
    refuse = clerk.post(f"{projects}/1/refuse", reason="Two trees are dry.", files={"file": ("m.pdf", PDF)})
    digest = refuse.text.split('name="minutes" value="', 1)[1].split('"', 1)[0]
    fields = {"reason": "Two trees are dry.", "minutes": digest, "confirmed": "yes"}
    assert clerk.post(f"{projects}/1/refuse", **fields).status_code == SEE_OTHER
    assert clerk.post(f"{projects}/1/complete", confirmed="yes").status_code == SEE_OTHER
    clerk.post(f"{projects}/1/accept", minutes=digest, confirmed="yes")
    assert ">accepted<" in clerk.get(projects).text
    minutes = clerk.client.get(f"/v1/documents/{digest}")
    assert (minutes.content, minutes.headers["content-type"]) == (PDF, "application/pdf")


def test_what_cannot_be_recorded_of_a_project_is_told_in_the_form(
    enter: Enter, clerk: Person, approver: Person, closed: Election
) -> None:
    published(clerk, approver, closed)
    projects = f"/office/rounds/{closed.id}/projects"
    clerk.post(f"{projects}/1/begin", confirmed="yes")
    dear = {"contractor": "ЖШС", "amount": "999 000 000", "due": "2027-05-01T18:00"}
    answer = clerk.post(f"{projects}/1/contract", **dear, confirmed="yes")
    assert answer.status_code == UNPROCESSABLE
    assert 'value="999 000 000"' in answer.text
    assert clerk.post(f"{projects}/1/contract", **dear | {"due": ""}).status_code == UNPROCESSABLE
    bomb = clerk.post(f"{projects}/1/accept", files={"file": ("m.svg", b"\xff\x00<svg/>")})
    assert bomb.status_code == UNPROCESSABLE
    assert clerk.get(f"{projects}/2/begin").status_code == 404
    assert clerk.get(f"{projects}/1/nothing").status_code == 404
    stranger = enter(Role.OFFICE, units=(DISTRICT,))
    assert stranger.post(f"{projects}/1/begin", confirmed="yes").status_code == FORBIDDEN
    assert CITY not in stranger.get("/office/rounds").text
