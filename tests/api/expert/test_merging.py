"""The expert council proposes to merge twins, reads who has answered, and may take it back; nobody else does."""

from typing import Any
from uuid import UUID

import pytest

from application.accounts.roles import Role
from application.mergings import Twins
from domain.merging import MergingState
from tests.elections import Election
from tests.examples import CITY, DISTRICT
from tests.office_desk import (
    CONFLICT,
    FORBIDDEN,
    MISSING,
    SEE_OTHER,
    UNPROCESSABLE,
    Enter,
    Person,
    around_now,
)
from tests.server import Server
from tests.signed_in import whole_engine


@pytest.fixture(scope="module")
def expert(enter: Enter) -> Person:
    return enter(Role.EXPERT)


@pytest.fixture
def election(server: Server) -> Election:
    election = Election(server.engine, terms=around_now()).drafted()
    for number in ("1", "2", "3"):
        election.proposals[number] = election.propose(f"Bench {number}", CITY, 1_500_000_000)
    with whole_engine(server) as engine:
        engine.rounds.start_review(election.id, by="clerk-1")
    return election


def wording(election: Election, **changed: str) -> dict[str, Any]:
    facts = {"title": "Benches", "description": "Two\r\nbenches", "unit": CITY, "cost": "2 000 000"}
    return facts | {"category": election.terms.categories[0], "place": "", "reason": "The same."} | changed


def form(election: Election, into: str = "1", twin: str = "2") -> str:
    return f"/expert/proposals/{election.proposals[into]}/twins/{election.proposals[twin]}"


def mergings(server: Server, election: Election, number: str = "1") -> list[Twins]:
    with whole_engine(server) as engine:
        return engine.mergings.of_proposal(election.proposals[number])


def test_twins_are_offered_where_they_are_seen_and_both_texts_stand_beside_each_other(
    expert: Person, election: Election
) -> None:
    assert form(election) in expert.get(f"/expert/proposals/{election.proposals['1']}").text
    shown = expert.get(form(election)).text
    assert all(f"Bench {number}" in shown for number in "12")
    assert 'value="15000000"' in shown
    assert form(election, "2", "1") in shown


def test_a_merging_is_proposed_told_and_taken_back(
    server: Server, expert: Person, election: Election
) -> None:
    assert expert.post(form(election), **wording(election)).status_code == SEE_OTHER
    (twins,) = mergings(server, election)
    assert (twins.standing, twins.merging.sketch.description) == (MergingState.PROPOSED, "Two\nbenches")
    assert twins.merging.proposed_by == expert.login
    for number in "12":
        page = expert.get(f"/expert/proposals/{election.proposals[number]}").text
        assert "A merging waits for its authors" in page
        assert "/twins/" not in page
    again = expert.post(form(election, "1", "3"), **wording(election))
    assert again.status_code == CONFLICT
    assert "Another merging waits for its authors" in again.text
    assert 'value="Benches"' in again.text
    back = f"/expert/mergings/{twins.merging.id}/withdraw"
    assert expert.post(back).status_code == SEE_OTHER
    assert mergings(server, election)[0].standing is MergingState.WITHDRAWN
    assert "taken back" in expert.get(f"/expert/proposals/{election.proposals['1']}").text
    assert expert.post(back).status_code == CONFLICT


def test_what_was_merged_leads_on_and_is_decided_no_more(
    server: Server, expert: Person, election: Election
) -> None:
    assert expert.post(form(election), **wording(election)).status_code == SEE_OTHER
    with whole_engine(server) as engine:
        engine.mergings.consent(mergings(server, election)[0].merging.id, author="author-1")
    ended = expert.get(f"/expert/proposals/{election.proposals['2']}").text
    assert f"/expert/proposals/{election.proposals['1']}" in ended
    assert "/reject" not in ended
    kept = expert.get(f"/expert/proposals/{election.proposals['1']}").text
    assert "Benches" in kept
    assert "Version 2" in kept
    queue = expert.get(f"/expert/rounds/{election.id}?state=merged").text
    assert "Bench 2" in queue
    assert "Bench 3" not in queue
    register = server.client.get(f"/v1/rounds/{election.id}/proposals").json()["items"]
    assert [(each["state"], each["merged_into"]) for each in register] == [
        ("submitted", None),
        ("merged", str(election.proposals["1"])),
        ("submitted", None),
    ]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"cost": "much"}, "Write an amount in tenge"),
        ({"title": " "}, "Title"),
        ({"reason": ""}, "Reason"),
        ({"unit": DISTRICT}, "The unit of neither"),
    ],
    ids=["cost", "title", "reason", "unit"],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    server: Server, expert: Person, election: Election, changed: dict[str, str], words: str
) -> None:
    answer = expert.post(form(election), **wording(election, **{"place": "Abai park"} | changed))
    assert answer.status_code == UNPROCESSABLE
    assert words in answer.text
    assert 'value="Abai park"' in answer.text
    assert not mergings(server, election)


def test_a_proposal_is_not_merged_with_itself_or_with_nothing(expert: Person, election: Election) -> None:
    itself = expert.post(form(election, "1", "1"), **wording(election))
    assert itself.status_code == UNPROCESSABLE
    assert "This is the same proposal" in itself.text
    nothing = f"/expert/proposals/{election.proposals['1']}/twins/{UUID(int=5)}"
    assert expert.get(nothing).status_code == MISSING
    assert expert.post(f"/expert/mergings/{UUID(int=5)}/withdraw").status_code == MISSING


def test_nobody_but_an_expert_of_the_unit_proposes_or_takes_back(
    server: Server, enter: Enter, expert: Person, election: Election
) -> None:
    assert expert.post(form(election), **wording(election)).status_code == SEE_OTHER
    back = f"/expert/mergings/{mergings(server, election)[0].merging.id}/withdraw"
    for other in (enter(Role.OFFICE), enter(Role.DESK), enter(Role.EXPERT, units=(DISTRICT,))):
        assert other.get(form(election)).status_code == FORBIDDEN
        assert other.post(form(election), **wording(election)).status_code == FORBIDDEN
        assert other.post(back).status_code == FORBIDDEN
    assert mergings(server, election)[0].waits
    assert "Take the merging back" not in enter(Role.OFFICE).get(form(election).partition("/twins")[0]).text


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_form_is_there_in_three_languages(expert: Person, election: Election, language: str) -> None:
    answer = expert.get(form(election), language)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
