"""A round is drafted and led on by forms: nothing is recorded unconfirmed or twice, and what is wrong is told at its field."""

import re
from typing import Any
from uuid import UUID

import pytest

from application.accounts.roles import Role
from domain.paper import BallotForm, BallotType
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
    around_now,
    topics,
)

ROUND = "11111111-2222-4333-8444-000000000001"
TYPED: dict[str, Any] = {
    "round_id": ROUND,
    "title": "Алматы 2027",
    "kind": "city",
    "voting_opens": "2027-03-01T09:00",
    "voting_closes": "2027-03-14T20:00",
    "ballot": "approval",
    "max_choices": "3",
    "min_choices": "1",
    "allocation": "greedy",
    "tie_rule": "cost_then_lot",
    "minimum_voters": "10",
    "score_threshold": "0",
    "proposals_per_author": "2",
    "cost_cap": "58 300 000",
    "kato": [CITY, DISTRICT, ""],
    "unit_name": ["Алматы", "Алмалы ауданы", ""],
    "envelope": ["1 500 000 000", "200000000,50", ""],
    "parent": ["", CITY, ""],
    "category": ["greening", "lighting"],
    "category_cap": ["20 000 000", ""],
}


@pytest.fixture(scope="module")
def clerk(enter: Enter) -> Person:
    return enter(Role.OFFICE)


def typed(number: int, **changed: Any) -> dict[str, Any]:
    return TYPED | {"round_id": f"{ROUND[:-2]}{number:02}"} | changed


def test_a_round_is_drafted_once_however_often_it_is_confirmed(clerk: Person) -> None:
    engine = clerk.server.engine
    form = typed(1)
    size = engine.reader.size()
    shown = clerk.post("/office/rounds/new", **form)
    assert shown.status_code == 200
    assert "What will happen" in shown.text
    assert 'value="58 300 000"' in shown.text
    assert engine.reader.size() == size
    for _ in range(2):
        answer = clerk.post("/office/rounds/new", **form, confirmed="yes")
        assert (answer.status_code, answer.headers["location"]) == (
            SEE_OTHER,
            f"/en/office/rounds/{form['round_id']}",
        )
    assert topics(engine, UUID(form["round_id"])) == ["round.drafted.v1"]
    round_ = engine.store.load(Round, UUID(form["round_id"]))
    assert round_.drafted_by == clerk.login
    assert [unit.envelope_tiyn for unit in round_.terms.units] == [150_000_000_000, 20_000_000_050]
    assert round_.terms.voting_opens.isoformat() == "2027-03-01T04:00:00+00:00"
    assert [cap.most_tiyn for cap in round_.terms.cost_caps] == [5_830_000_000, 2_000_000_000]


@pytest.mark.parametrize(
    ("number", "ballot", "max_points", "form"),
    [
        (31, "ranked", "", BallotForm(BallotType.RANKED, 3)),
        (32, "cumulative", "4", BallotForm(BallotType.CUMULATIVE, 3, max_points=4)),
    ],
    ids=["ranked", "points"],
)
def test_another_form_of_ballot_stands_in_the_terms_as_it_was_typed(
    clerk: Person, number: int, ballot: str, max_points: str, form: BallotForm
) -> None:
    typed_in = typed(number, ballot=ballot, max_points=max_points)
    assert clerk.post("/office/rounds/new", **typed_in, confirmed="yes").status_code == SEE_OTHER
    assert clerk.server.engine.store.load(Round, UUID(typed_in["round_id"])).terms.form == form


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"voting_closes": "2027-02-01T09:00"}, "voting_closes"),
        ({"voting_opens": "soon"}, "voting_opens"),
        ({"max_choices": "three"}, "max_choices"),
        ({"max_points": "5"}, "max_points"),
        ({"kato": ["12", DISTRICT, ""]}, "kato-0"),
        ({"envelope": ["plenty", "1", ""]}, "envelope-0"),
        ({"minimum_voters": "9"}, ""),
        ({"title": " "}, "title"),
        ({"kato": [DISTRICT, CITY, ""], "parent": ["", "", ""]}, "kato-0"),
    ],
)
def test_what_is_wrong_is_told_where_it_was_typed_and_everything_is_kept(
    clerk: Person, changed: dict[str, Any], field: str
) -> None:
    size = clerk.server.engine.reader.size()
    answer = clerk.post("/office/rounds/new", **typed(2, **changed), confirmed="yes")
    assert answer.status_code == UNPROCESSABLE
    assert (f'href="#{field}"' if field else 'class="errors"') in answer.text
    assert 'value="200000000,50"' in answer.text or "envelope" in changed
    assert clerk.server.engine.reader.size() == size


def test_a_refusal_is_told_in_the_persons_language(clerk: Person) -> None:
    answer = clerk.post("/office/rounds/new", language="ru", **typed(2, title=" "), confirmed="yes")
    assert "Недопустимый текст" in answer.text


def test_what_was_typed_is_shown_and_never_run(clerk: Person) -> None:
    evil = '"><script>alert(1)</script>'
    answer = clerk.post("/office/rounds/new", **typed(2, title=evil, max_choices="x"))
    assert evil not in answer.text
    assert "&#34;&gt;&lt;script&gt;" in answer.text


def test_more_rows_keep_what_was_typed_and_record_nothing(clerk: Person) -> None:
    answer = clerk.post("/office/rounds/new", **typed(3), more="units")
    assert answer.status_code == 200
    assert answer.text.count('name="kato"') == 5
    assert topics(clerk.server.engine, UUID(typed(3)["round_id"])) == []


def test_a_step_is_confirmed_before_it_is_taken(clerk: Person) -> None:
    engine = clerk.server.engine
    election = Election(engine, terms=around_now())
    with engine.store.deciding() as decision:
        decision.save(Round.draft(election.id, election.terms, by="clerk-1", at=around_now().voting_opens))
    path = f"/office/rounds/{election.id}/steps"
    for step, after in (("intake", Phase.INTAKE), ("review", Phase.REVIEW)):
        before = engine.store.load(Round, election.id).phase
        assert "What will happen" in clerk.get(f"{path}/{step}").text
        assert clerk.post(f"{path}/{step}").status_code == 200
        assert engine.store.load(Round, election.id).phase is before
        assert clerk.post(f"{path}/{step}", confirmed="yes").status_code == SEE_OTHER
        assert engine.store.load(Round, election.id).phase is after
    assert clerk.post(f"{path}/lot", confirmed="yes").status_code == SEE_OTHER
    again = clerk.post(f"{path}/lot", confirmed="yes")
    assert again.status_code == CONFLICT
    assert 'class="errors"' in again.text
    assert clerk.get(f"{path}/nothing").status_code == MISSING


def test_a_reason_that_is_missing_is_asked_for(clerk: Person) -> None:
    election = Election(clerk.server.engine, terms=around_now()).drafted()
    answer = clerk.post(f"/office/rounds/{election.id}/steps/cancel", confirmed="yes", reason=" ")
    assert answer.status_code == UNPROCESSABLE
    assert "Reason:" in answer.text


def test_terms_are_changed_by_the_same_form(clerk: Person) -> None:
    election = Election(clerk.server.engine, terms=around_now()).drafted()
    path = f"/office/rounds/{election.id}/terms"
    assert 'value="30000000"' in clerk.get(path).text
    form = typed(4, round_id="", kato=[CITY], unit_name=["Алматы"], envelope=["5"], parent=[""])
    assert clerk.post(path, **form).status_code == 200
    assert clerk.post(path, **form, confirmed="yes").status_code == SEE_OTHER
    assert clerk.server.engine.store.load(Round, election.id).terms.units[0].envelope_tiyn == 500


PAGES = ("", "/terms", "/paper", "/live", "/steps/intake")


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_or_changes_the_round_of_another_unit(enter: Enter, page: str) -> None:
    stranger = enter(Role.OFFICE, units=(DISTRICT,))
    election = Election(stranger.server.engine, terms=around_now()).drafted()
    assert stranger.get(f"/office/rounds/{election.id}{page}").status_code == FORBIDDEN
    if page in ("/terms", "/steps/intake"):
        form = {**TYPED, "round_id": ""} if page == "/terms" else {}
        answer = stranger.post(f"/office/rounds/{election.id}{page}", **form, confirmed="yes")
        assert answer.status_code == FORBIDDEN
    assert str(election.id) not in stranger.get("/office/rounds").text


def test_an_approver_reads_and_does_not_draft(enter: Enter) -> None:
    approver = enter(Role.OFFICE_APPROVER)
    assert approver.get("/office/rounds").status_code == 200
    for path in ("/office/rounds/new", f"/office/rounds/{ROUND}/steps/intake"):
        assert approver.post(path, **typed(5), confirmed="yes").status_code == FORBIDDEN


@pytest.mark.parametrize("role", [Role.OFFICE, Role.OFFICE_APPROVER, Role.OPERATOR])
def test_whatever_a_page_leads_to_is_there_for_who_sees_it(enter: Enter, role: Role) -> None:
    visitor = enter(role)
    election = Election(visitor.server.engine, terms=around_now()).drafted().reviewed({"1": 500})
    start = f"/office/rounds/{election.id}"
    links = set(re.findall(r'href="/en(/(?:office|expert)[^"]*)"', visitor.get(start).text))
    assert links
    for link in links:
        assert visitor.get(link).status_code == 200, link


@pytest.mark.parametrize("page", ["/office/rounds", "/office/approvals", "/office/kiosks"])
@pytest.mark.parametrize(
    "role", [Role.DESK, Role.EXPERT, Role.AUDITOR, Role.SYSADMIN, Role.COUNCIL_SECRETARY]
)
def test_other_roles_do_not_come_in(enter: Enter, role: Role, page: str) -> None:
    assert enter(role).get(page).status_code == FORBIDDEN


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_is_there_in_three_languages(clerk: Person, language: str) -> None:
    election = Election(clerk.server.engine, terms=around_now()).drafted()
    for path in ("", "/new", *(f"/{election.id}{page}" for page in PAGES)):
        answer = clerk.get(f"/office/rounds{path}", language)
        assert answer.status_code == 200, path
        assert f'<html lang="{language}">' in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "<script" not in answer.text  # every screen of the office works without
