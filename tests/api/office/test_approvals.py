"""Two people at two screens: what one asks for another judges; swapped roles and units, replays and changed facts get nowhere."""

from uuid import UUID

import pytest

from application.accounts.roles import Role
from domain.approval import Approval, ApprovalState
from domain.proposal import Proposal
from domain.round import Phase, Round
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
    asked,
    ready_to_open,
)
from tests.server import Server


@pytest.fixture(scope="module")
def clerk(enter: Enter) -> Person:
    return enter(Role.OFFICE)


@pytest.fixture(scope="module")
def approver(enter: Enter) -> Person:
    return enter(Role.OFFICE_APPROVER)


@pytest.fixture
def election(server: Server) -> Election:
    return ready_to_open(server)


def phase(election: Election) -> Phase:
    return election.engine.store.load(Round, election.id).phase


def state(person: Person, approval_id: UUID) -> ApprovalState:
    return person.server.engine.store.load(Approval, approval_id).state


def ask_to_open(clerk: Person, election: Election, reason: str = "All lists are frozen.") -> UUID:
    return asked(clerk.post(f"/office/rounds/{election.id}/steps/open", confirmed="yes", reason=reason))


def path(approval_id: UUID, answer: str = "") -> str:
    return f"/office/approvals/{approval_id}{answer}"


def test_voting_opens_when_another_person_approves(
    clerk: Person, approver: Person, election: Election
) -> None:
    approval_id = ask_to_open(clerk, election, "All lists are <b>frozen</b>.")
    assert phase(election) is Phase.REVIEW
    assert path(approval_id) in approver.get("/office/approvals").text
    shown = approver.get(path(approval_id)).text
    assert "All lists are &lt;b&gt;frozen&lt;/b&gt;." in shown
    assert f"/office/rounds/{election.id}/paper" in shown
    approval = clerk.server.engine.store.load(Approval, approval_id)
    assert approval.parameters_digest in shown
    answer = approver.post(path(approval_id, "/approve"))
    assert (answer.status_code, answer.headers["location"]) == (SEE_OTHER, f"/en{path(approval_id)}")
    assert phase(election) is Phase.VOTING
    assert "Approved, and done." in approver.get(path(approval_id)).text
    assert "A second person&#39;s approval was asked for" in approver.get(f"/trail/{approval_id}").text
    assert path(approval_id) in approver.get("/office/approvals").text


def test_who_may_approve_does_not_approve_the_own_request(enter: Enter, election: Election) -> None:
    both = enter(Role.OFFICE, Role.OFFICE_APPROVER)
    approval_id = ask_to_open(both, election)
    shown = both.get(path(approval_id)).text
    assert "This is your own request" in shown
    assert "/approve" not in shown
    answer = both.post(path(approval_id, "/approve"), language="ru")
    assert answer.status_code == FORBIDDEN
    assert "Это ваш собственный запрос" in answer.text
    assert both.post(path(approval_id, "/decline"), reason="no").status_code == FORBIDDEN
    assert (phase(election), state(both, approval_id)) == (Phase.REVIEW, ApprovalState.REQUESTED)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.OPERATOR, Role.EXPERT, Role.DESK, Role.SYSADMIN])
def test_no_other_role_approves(enter: Enter, clerk: Person, election: Election, role: Role) -> None:
    approval_id = ask_to_open(clerk, election)
    for answer in ("/approve", "/decline"):
        assert enter(role).post(path(approval_id, answer), reason="no").status_code == FORBIDDEN
    assert state(clerk, approval_id) is ApprovalState.REQUESTED


def test_an_approver_of_another_unit_neither_sees_nor_answers(
    enter: Enter, clerk: Person, election: Election
) -> None:
    stranger = enter(Role.OFFICE_APPROVER, units=(DISTRICT,))
    approval_id = ask_to_open(clerk, election)
    assert str(approval_id) not in stranger.get("/office/approvals").text
    assert stranger.get(path(approval_id)).status_code == FORBIDDEN
    assert stranger.post(path(approval_id, "/approve")).status_code == FORBIDDEN
    assert stranger.post(path(approval_id, "/decline"), reason="no").status_code == FORBIDDEN
    assert state(clerk, approval_id) is ApprovalState.REQUESTED


def test_a_replayed_approval_does_nothing(clerk: Person, approver: Person, election: Election) -> None:
    approval_id = ask_to_open(clerk, election)
    assert approver.post(path(approval_id, "/approve")).status_code == SEE_OTHER
    size = clerk.server.engine.reader.size()
    again = approver.post(path(approval_id, "/approve"))
    assert again.status_code == CONFLICT
    assert "The request is settled" in again.text
    assert approver.post(path(approval_id, "/decline"), reason="no").status_code == CONFLICT
    assert clerk.server.engine.reader.size() == size


def test_a_paper_that_has_changed_since_is_not_opened(
    clerk: Person, approver: Person, election: Election
) -> None:
    approval_id = ask_to_open(clerk, election)
    with election.engine.store.deciding() as decision:
        proposal = decision.get(Proposal, election.proposals["2"])
        proposal.withdraw(decision.get(Round, election.id), "too dear", at=election.terms.voting_opens)
        decision.save(proposal)
    answer = approver.post(path(approval_id, "/approve"), language="kk")
    assert answer.status_code == CONFLICT
    assert "Сұралған нәрсе өзгерген" in answer.text
    assert (phase(election), state(clerk, approval_id)) == (Phase.REVIEW, ApprovalState.REQUESTED)


def test_a_form_sent_twice_asks_once(clerk: Person, election: Election) -> None:
    approval_id = ask_to_open(clerk, election)
    again = clerk.post(f"/office/rounds/{election.id}/steps/open", confirmed="yes", reason="again")
    assert again.status_code == CONFLICT
    assert "Already asked for" in again.text
    assert f"/office/approvals/{approval_id}" in clerk.get(f"/office/rounds/{election.id}").text


def test_a_decline_needs_a_reason_and_does_nothing(
    clerk: Person, approver: Person, election: Election
) -> None:
    approval_id = ask_to_open(clerk, election)
    assert approver.post(path(approval_id, "/decline"), reason=" ").status_code == UNPROCESSABLE
    assert approver.post(path(approval_id, "/decline"), reason="Not yet.").status_code == SEE_OTHER
    assert "Not yet." in clerk.get(path(approval_id)).text
    assert (phase(election), state(clerk, approval_id)) == (Phase.REVIEW, ApprovalState.DECLINED)


def test_who_asked_takes_it_back_and_nobody_else(enter: Enter, clerk: Person, election: Election) -> None:
    approval_id = ask_to_open(clerk, election)
    assert enter(Role.OFFICE).post(path(approval_id, "/withdraw")).status_code == FORBIDDEN
    assert clerk.post(path(approval_id, "/withdraw")).status_code == SEE_OTHER
    assert state(clerk, approval_id) is ApprovalState.WITHDRAWN


def test_the_vote_is_closed_early_by_two_with_a_reason_that_everybody_reads(
    clerk: Person, approver: Person, election: Election
) -> None:
    assert approver.post(path(ask_to_open(clerk, election), "/approve")).status_code == SEE_OTHER
    step = f"/office/rounds/{election.id}/steps/close-early"
    assert clerk.post(step, confirmed="yes", reason="").status_code == UNPROCESSABLE
    approval_id = asked(clerk.post(step, confirmed="yes", reason="The hall is flooded."))
    assert phase(election) is Phase.VOTING
    assert approver.post(path(approval_id, "/approve")).status_code == SEE_OTHER
    assert phase(election) is Phase.CLOSED


def test_a_kiosks_code_is_shown_once_and_to_the_approver_alone(enter: Enter, approver: Person) -> None:
    operator = enter(Role.OPERATOR)
    hall = {"label": "Hall 3", "place": "Community centre", "unit": CITY, "reason": "A new hall."}
    assert operator.post("/office/kiosks", **hall | {"unit": DISTRICT}).status_code == FORBIDDEN
    assert operator.post("/office/kiosks", **hall | {"label": " "}).status_code == UNPROCESSABLE
    approval_id = asked(operator.post("/office/kiosks", **hall))
    answer = approver.post(path(approval_id, "/approve"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    code = answer.text.split('class="one-time-code">', 1)[1].split("<", 1)[0]
    kiosk_id = operator.server.engine.store.load(Approval, approval_id).subject
    assert code.startswith(kiosk_id.hex)
    for person in (approver, operator):
        for page in (path(approval_id), "/office/approvals", "/office/kiosks"):
            assert code not in person.get(page).text
    assert approver.post(path(approval_id, "/approve")).status_code == CONFLICT
    revoke = f"/office/kiosks/{kiosk_id}/revoke"
    stranger = enter(Role.OPERATOR, units=(DISTRICT,))
    assert str(kiosk_id) not in stranger.get("/office/kiosks").text
    assert stranger.post(revoke, reason="mine").status_code == MISSING
    assert operator.get(revoke).status_code == 200
    assert operator.post(revoke, reason="Stolen.").status_code == SEE_OTHER
    assert revoke not in operator.get("/office/kiosks").text


def test_nothing_is_slipped_into_an_approval(clerk: Person, approver: Person, election: Election) -> None:
    """What is approved is what was asked for: the form has no place for anything else."""
    approval_id = ask_to_open(clerk, election)
    for more in ({"paper_digest": "00" * 32}, {"subject": str(election.id)}, {"by": clerk.login}):
        assert approver.post(path(approval_id, "/approve"), **more).status_code == UNPROCESSABLE
    assert state(clerk, approval_id) is ApprovalState.REQUESTED


def test_a_request_that_is_not_there_is_a_page_that_says_so(approver: Person) -> None:
    nothing = UUID(int=77)
    assert approver.get(path(nothing)).status_code == MISSING
    assert approver.post(path(nothing, "/approve")).status_code == MISSING
    assert approver.get("/office/approvals?skip=-1").status_code == UNPROCESSABLE


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_requests_are_told_in_three_languages(
    clerk: Person, approver: Person, election: Election, language: str
) -> None:
    approval_id = ask_to_open(clerk, election)
    for page in ("/office/approvals", path(approval_id), "/office/kiosks"):
        answer = approver.get(page, language)
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.text
