"""The expert council's screens: the queue, the criteria, minutes, and a decision whose reason the author and the public read."""

from typing import Any
from uuid import UUID

import pytest

from application.accounts.roles import Role
from domain.proposal import Proposal, ProposalState, Sketch
from domain.round import Round
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

TOO_LARGE = 413
EVERY_CRITERION = [str(number) for number in range(6)]
MINUTES = b"Minutes of the sitting of 3 February.\n"


@pytest.fixture(scope="module")
def expert(enter: Enter) -> Person:
    return enter(Role.EXPERT)


@pytest.fixture
def election(server: Server) -> Election:
    election = Election(server.engine, terms=around_now()).drafted()
    for number in ("1", "2"):
        election.proposals[number] = election.propose(f"Bench {number}", CITY, 1_500_000_000)
    with whole_engine(server) as engine:
        engine.rounds.start_review(election.id, by="clerk-1")
    return election


def proposal(election: Election, number: str = "1") -> Proposal:
    return election.engine.store.load(Proposal, election.proposals[number])


def path(election: Election, number: str = "1", decision: str = "") -> str:
    return f"/expert/proposals/{election.proposals[number]}" + (f"/{decision}" if decision else "")


def admitting(**changed: Any) -> dict[str, Any]:
    facts = {"project": "7", "cost": "12 000 000", "criteria": EVERY_CRITERION}
    return facts | {"files": {"file": ("minutes.txt", MINUTES)}} | changed


def stored_minutes(expert: Person, election: Election) -> str:
    """The digest under which the confirmation holds a file that was sent."""
    shown = expert.post(path(election, decision="admit"), **admitting()).text
    return shown.split('name="minutes" value="', 1)[1].split('"', 1)[0]


def test_the_queue_is_filtered_by_state_and_unit(expert: Person, election: Election) -> None:
    assert str(election.id) in expert.get("/expert").text
    queue = f"/expert/rounds/{election.id}"
    assert "Bench 1" in expert.get(queue).text
    assert "Bench 1" in expert.get(f"{queue}?state=submitted&unit={CITY}").text
    assert "There are no such proposals." in expert.get(f"{queue}?state=admitted").text
    assert "There are no such proposals." in expert.get(f"{queue}?unit={DISTRICT}").text
    assert "Bench 2" in expert.get(path(election)).text  # much the same


def test_a_proposal_is_admitted_with_its_minutes_when_it_is_confirmed(
    expert: Person, election: Election
) -> None:
    shown = expert.post(path(election, decision="admit"), **admitting())
    assert shown.status_code == 200
    assert "12\u00a0000\u00a0000\u00a0₸" in shown.text
    assert proposal(election).state is ProposalState.SUBMITTED
    digest = stored_minutes(expert, election)
    confirmed = admitting(minutes=digest, confirmed="yes")
    del confirmed["files"]
    assert expert.post(path(election, decision="admit"), **confirmed).status_code == SEE_OTHER
    admitted = proposal(election)
    assert (admitted.state, admitted.project, admitted.cost_tiyn) == (
        ProposalState.ADMITTED,
        "7",
        1_200_000_000,
    )
    expert.get("/expert")
    minutes = expert.client.get(f"/v1/documents/{digest}")
    assert (minutes.content, minutes.headers["content-type"]) == (MINUTES, "text/plain; charset=utf-8")
    again = expert.post(path(election, decision="admit"), **confirmed)
    assert again.status_code == CONFLICT
    assert 'value="8"' in expert.get(path(election, "2", "admit")).text  # the next number


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"criteria": EVERY_CRITERION[1:]}, "criteria-0"),
        ({"cost": "much"}, "cost"),
        ({"files": None}, "file"),
    ],
)
def test_what_an_admission_lacks_is_asked_for(
    expert: Person, election: Election, changed: dict[str, Any], field: str
) -> None:
    answer = expert.post(path(election, decision="admit"), **admitting(**changed))
    assert answer.status_code == UNPROCESSABLE
    assert f'href="#{field}"' in answer.text
    assert proposal(election).state is ProposalState.SUBMITTED


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"PK\x03\x04\x00\xff", b"<svg>\x00"])
def test_minutes_that_nobody_could_read_are_refused(expert: Person, election: Election, body: bytes) -> None:
    answer = expert.post(path(election, decision="admit"), **admitting(files={"file": ("minutes.pdf", body)}))
    assert answer.status_code == UNPROCESSABLE
    assert proposal(election).state is ProposalState.SUBMITTED


def test_minutes_may_be_as_large_as_said_and_no_larger(expert: Person, election: Election) -> None:
    large = b"%PDF-1.7 " + b"x" * (9 * 1024 * 1024)
    admit = path(election, decision="admit")
    assert expert.post(admit, **admitting(files={"file": ("minutes.pdf", large)})).status_code == 200
    too_large = large + large
    assert (
        expert.post(admit, **admitting(files={"file": ("minutes.pdf", too_large)})).status_code == TOO_LARGE
    )


def test_a_returned_proposal_tells_the_reason_to_everybody_and_comes_back_with_a_difference(
    expert: Person, election: Election
) -> None:
    reason = "Name the <street>."
    assert expert.post(path(election, decision="return"), reason=reason).status_code == 200
    form = {"reason": reason, "confirmed": "yes"}
    assert expert.post(path(election, decision="return"), **form).status_code == SEE_OTHER
    assert proposal(election).state is ProposalState.RETURNED
    assert "Name the &lt;street&gt;." in expert.get(path(election)).text
    assert "Name the &lt;street&gt;." in expert.get(f"/trail/{election.proposals['1']}").text
    with election.engine.store.deciding() as decision:
        it = decision.get(Proposal, election.proposals["1"])
        sketch = Sketch("Bench 1 in Abai street", "described", CITY, 100, election.terms.categories[0])
        it.revise(decision.get(Round, election.id), sketch, at=election.terms.voting_opens)
        decision.save(it)
    shown = expert.get(path(election)).text
    assert "<ins> in Abai street</ins>" in shown
    assert "Version 2" in shown


def test_a_rejection_needs_a_reason_and_minutes(expert: Person, election: Election) -> None:
    digest = stored_minutes(expert, election)
    form = {"minutes": digest, "confirmed": "yes"}
    rejecting = path(election, decision="reject")
    assert expert.get(rejecting).status_code == 200
    assert expert.post(rejecting, **form, reason=" ").status_code == UNPROCESSABLE
    assert expert.post(rejecting, reason="Private land.").status_code == UNPROCESSABLE
    assert expert.post(rejecting, **form, reason="Private land.").status_code == SEE_OTHER
    assert (proposal(election).state, proposal(election).reason) == (ProposalState.REJECTED, "Private land.")


def test_the_office_reads_and_does_not_decide(enter: Enter, election: Election) -> None:
    office = enter(Role.OFFICE)
    assert "/return" not in office.get(path(election)).text
    answer = office.post(path(election, decision="return"), reason="x", confirmed="yes")
    assert answer.status_code == FORBIDDEN


@pytest.mark.parametrize("role", [Role.DESK, Role.OPERATOR, Role.SYSADMIN, Role.AUDITOR])
def test_other_roles_do_not_come_in(enter: Enter, election: Election, role: Role) -> None:
    for page in ("/expert", f"/expert/rounds/{election.id}", path(election)):
        assert enter(role).get(page).status_code == FORBIDDEN


def test_the_proposals_of_another_unit_are_nobody_elses(enter: Enter, election: Election) -> None:
    stranger = enter(Role.EXPERT, units=(DISTRICT,))
    assert str(election.id) not in stranger.get("/expert").text
    assert stranger.get(f"/expert/rounds/{election.id}").status_code == FORBIDDEN
    assert stranger.get(path(election)).status_code == FORBIDDEN
    answer = stranger.post(path(election, decision="return"), reason="x", confirmed="yes")
    assert answer.status_code == FORBIDDEN
    assert proposal(election).state is ProposalState.SUBMITTED


def test_a_proposal_that_is_not_there_is_a_page_that_says_so(expert: Person) -> None:
    assert expert.get(f"/expert/proposals/{UUID(int=5)}").status_code == MISSING
    assert expert.get("/expert/proposals/none").status_code == UNPROCESSABLE


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_screens_are_there_in_three_languages(expert: Person, election: Election, language: str) -> None:
    forms = [path(election, decision=decision) for decision in ("admit", "return", "reject")]
    for page in ("/expert", f"/expert/rounds/{election.id}", path(election), *forms):
        answer = expert.get(page, language)
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.text
