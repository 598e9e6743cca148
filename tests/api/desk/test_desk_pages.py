"""The desk over HTTP: who may do what where, and what a desk is told and not told."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from api.worker import catch_up
from application.accounts.access_log import Outcome
from application.accounts.roles import Role
from domain.roll import SlipFate
from tests.desk_hall import DeskClient, DeskHall, open_desk_hall
from tests.engine import Engine
from tests.examples import CITY, DISTRICT
from tests.people import iin

CHILD = "120101500016"


@pytest.fixture
def desk(hall: DeskHall) -> DeskClient:
    return hall.desk(login="first.desk")


def test_a_person_is_found_and_served_once(desk: DeskClient) -> None:
    found = desk.find(1)
    assert (found["standing"], found["unit_name"]) == ("eligible", "Алматы")
    assert desk.post("/serve", ticket=found["ticket"]).json() == {"unit": CITY, "unit_name": "Алматы"}
    again = desk.post("/serve", ticket=found["ticket"])
    assert (again.status_code, again.json()["code"]) == (409, "already_served")
    assert desk.find(1)["standing"] == "served"


def test_every_standing_is_told_as_json_and_as_a_page(hall: DeskHall, desk: DeskClient) -> None:
    desk.serve(2)
    in_city = hall.desk(CITY, login="city.desk")
    for client, digits, standing, text in (
        (desk, iin(1), "eligible", "On the roll, no slip yet"),
        (desk, iin(2), "served", "Has had a slip"),
        (desk, iin(99), "not_on_roll", "Not on this round"),
        (desk, CHILD, "under_age", "Under age on the voting day"),
        (in_city, iin(20), "elsewhere", "Votes in another unit"),
    ):
        assert client.post("/find", iin=digits).json()["standing"] == standing
        page = client.post("/find", as_page=True, iin=digits)
        assert page.status_code == 200
        assert text in page.text
        assert page.headers["cache-control"] == "no-store"


def test_a_mistyped_number_is_told_beside_an_empty_field(desk: DeskClient) -> None:
    page = desk.post("/find", as_page=True, iin="990101100011")
    assert page.status_code == 422
    assert "Invalid IIN" in page.text
    assert 'name="iin" type="text" value=""' in page.text
    assert desk.post("/find", iin="9" * 21).json()["places"] == ["body.iin"]


def test_a_stolen_session_reads_out_no_list_of_who_may_vote(engine: Engine, tmp_path: Path) -> None:
    with open_desk_hall(engine, tmp_path, desk_look_ups_per_minute=0.01, desk_look_ups_burst=2) as hall:
        desk = hall.desk(login="stolen.desk")
        ticket = desk.find(1)["ticket"]
        desk.find(2)
        refused = desk.post("/find", iin=iin(3))
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_look_ups")
        assert 0 < int(refused.headers["retry-after"]) == refused.json()["wait_seconds"]
        assert "open a second desk" in desk.post("/find", as_page=True, iin=iin(3)).text
        rows = [row for row in hall.whole.access.page(10) if row.reason == "too_many_look_ups"]
        assert {(row.actor, row.act, row.outcome) for row in rows} == {
            ("stolen.desk", "POST /desk/{round_id}/find", Outcome.REFUSED)
        }
        assert desk.post("/serve", ticket=ticket).is_success  # who was found before is served
        assert hall.desk(login="next.desk").find(3)["standing"] == "eligible"


def test_two_desks_that_serve_one_person_at_once_hand_out_one_slip(hall: DeskHall) -> None:
    desks = [hall.desk(login=f"desk.{number}") for number in range(4)]
    tickets = [desk.find(3)["ticket"] for desk in desks]
    with ThreadPoolExecutor(4) as pressing:
        answers = list(pressing.map(lambda desk, ticket: desk.post("/serve", ticket=ticket), desks, tickets))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert hall.whole.registrar.status(hall.round_id).handed_out[CITY] == 1


def test_who_comes_again_behind_a_lost_answer_is_told_what_to_do(desk: DeskClient) -> None:
    desk.serve(4)  # its answer never came
    page = desk.post("/find", as_page=True, iin=iin(4))
    assert "Hand out nothing now" in page.text
    assert "Ask a second person for a slip" in page.text
    ticket = desk.find(4)["ticket"]
    assert "Has had a slip" in desk.post("/serve", as_page=True, ticket=ticket).text


def test_a_desk_serves_in_its_units_only(hall: DeskHall) -> None:
    city = hall.desk(CITY, login="city.desk")
    found = city.find(20)
    assert found == {"standing": "elsewhere", "unit": DISTRICT, "unit_name": "Алмалы ауданы", "ticket": ""}
    district = hall.desk(DISTRICT, login="district.desk")
    stolen = district.find(20)["ticket"]
    assert city.post("/serve", ticket=stolen).json()["code"] == "ticket_expired"
    assert (
        hall.desk("710000000", login="far.desk").get(accept="application/json").json()["code"]
        == "not_your_unit"
    )
    asked: list[tuple[str, dict[str, Any]]] = [
        ("/piles", {"pile": str(uuid4()), "unit": DISTRICT, "slips": 1}),
        ("/codes", {"pile": str(uuid4()), "unit": DISTRICT, "first": 1, "last": 1}),
        ("/signatures", {"unit": DISTRICT, "unused": 0, "spoiled": 0}),
    ]
    for path, fields in asked:
        assert city.post(path, **fields).json()["code"] == "not_your_unit"


def test_a_ticket_of_another_round_is_no_ticket(hall: DeskHall, desk: DeskClient) -> None:
    ticket = desk.find(5)["ticket"]
    desk.round_id = uuid4()
    assert desk.post("/serve", ticket=ticket).json()["code"] == "not_found"
    assert hall.whole.registrar.status(hall.round_id).handed_out[CITY] == 0


# Second slips


def test_two_people_replace_a_slip_and_each_sees_their_part(hall: DeskHall, desk: DeskClient) -> None:
    second = hall.desk(login="second.desk")
    desk.serve(6)
    asked = desk.ask(6)
    assert "Take the request back" in desk.get("/second-slips").text
    assert desk.post(f"/second-slips/{asked}/grant").json()["code"] == "own_request"
    assert "Grant a second slip" in second.get("/second-slips").text
    assert second.post(f"/second-slips/{asked}/grant", as_page=True).status_code == 303
    assert second.get("/due").json() == []
    [due] = desk.get("/due").json()
    assert desk.post(f"/due/{due['slip']}").json() == {"unit": CITY, "unit_name": "Алматы"}
    assert desk.post(f"/due/{due['slip']}").json()["code"] == "slip_not_due"
    assert hall.whole.registrar.status(hall.round_id).handed_out[CITY] == 2


def test_operators_and_approvers_grant_too_but_hand_over_nothing(hall: DeskHall, desk: DeskClient) -> None:
    for number, role in enumerate((Role.OPERATOR, Role.OFFICE_APPROVER), start=7):
        desk.serve(number)
        asked = desk.ask(number, SlipFate.NOT_HANDED_OVER)
        grantor = hall.desk(role=role, login=f"grants.{number}")
        assert grantor.post(f"/second-slips/{asked}/grant", as_page=True).status_code == 303
        assert grantor.get("/due", accept="application/json").json()["code"] == "role_missing"
    assert len(desk.get("/due").json()) == 2


def test_a_request_is_read_on_the_offices_screens_too(hall: DeskHall, desk: DeskClient) -> None:
    desk.serve(12)
    asked = desk.ask(12)
    operator = hall.desk(role=Role.OPERATOR, login="operator.1")
    for path in ("", f"/{asked}"):
        answer = operator.client.get(f"/en/office/approvals{path}")
        assert answer.status_code == 200
        assert "Replace a slip" in answer.text


def test_requests_of_other_units_and_rounds_are_not_there(hall: DeskHall, desk: DeskClient) -> None:
    desk.serve(20)
    asked = desk.ask(20)
    elsewhere = hall.desk(CITY, login="city.desk")
    assert "Nobody has asked" in elsewhere.get("/second-slips").text
    answers: list[tuple[str, dict[str, Any]]] = [
        ("grant", {}),
        ("decline", {"reason": "no"}),
        ("withdraw", {}),
    ]
    for act, fields in answers:
        assert elsewhere.post(f"/second-slips/{asked}/{act}", **fields).json()["code"] == "not_found"
    assert elsewhere.post(f"/second-slips/{uuid4()}/grant").json()["code"] == "not_found"
    second = hall.desk(login="second.desk")
    assert second.post(f"/second-slips/{asked}/decline", as_page=True, reason="not seen").status_code == 303
    assert desk.post(f"/second-slips/{asked}/withdraw").json()["code"] == "approval_settled"


def test_who_was_not_served_gets_no_second_slip(desk: DeskClient) -> None:
    ticket = desk.find(9)["ticket"]
    answer = desk.post("/second-slips", ticket=ticket, fate="lost")
    assert answer.json()["code"] == "not_served_yet"
    assert desk.post("/second-slips", ticket=ticket, fate="eaten").status_code == 422


# The day


def test_a_day_is_reported_by_desk_and_unit_and_signed(hall: DeskHall, desk: DeskClient) -> None:
    desk.post("/codes", pile=str(uuid4()), unit=CITY, first=1, last=10)
    for number in (10, 11):
        desk.serve(number)
    short = desk.post("/signatures", as_page=True, unit=CITY, unused=7, spoiled=0)
    assert short.status_code == 409
    assert "1 slip is missing." in short.text
    assert desk.post("/signatures", as_page=True, unit=CITY, unused=7, spoiled=1).status_code == 303
    [line] = hall.whole.piles.days(hall.round_id, [CITY])
    assert (line.desk, line.served, line.taken_over, line.unused_pile, line.missing) == (
        "first.desk",
        2,
        10,
        7,
        0,
    )
    auditor = hall.desk(role=Role.AUDITOR, login="auditor.1")
    report = auditor.get("/days").text
    assert "first.desk" in report
    assert "Take over" not in report
    assert auditor.post("/signatures", unit=CITY, unused=0, spoiled=0).json()["code"] == "role_missing"


def test_codes_are_taken_over_by_one_desk(hall: DeskHall, desk: DeskClient) -> None:
    pile = str(uuid4())
    for _ in range(2):
        assert desk.post("/codes", pile=pile, unit=CITY, first=1, last=5).json() == {"slips": 5}
    other = hall.desk(login="second.desk")
    assert other.post("/codes", pile=str(uuid4()), unit=CITY, first=5, last=9).json()["code"] == "codes_taken"


def test_a_desk_is_shown_its_rounds(engine: Engine, tmp_path: Path) -> None:
    with open_desk_hall(engine, tmp_path) as hall:
        desk = hall.desk(CITY, login="city.desk")
        assert "No round hands out slips" in desk.client.get("/en/desk").text
        catch_up(hall.whole.datastore, hall.whole.settings)
        assert f"/en/desk/{hall.round_id}" in desk.client.get("/en/desk").text
        far = hall.desk("710000000", login="far.desk")
        assert "No round hands out slips" in far.client.get("/en/desk").text


def test_a_report_of_a_day_that_is_none_is_refused(desk: DeskClient) -> None:
    assert desk.get("/days?day=31.02.2026", accept="application/json").status_code == 422
    assert "No desk has counted anything" in desk.get("/days?day=2020-01-01").text
