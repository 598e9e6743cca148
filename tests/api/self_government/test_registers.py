"""The registers over HTTP: filters, pages, points in time, ETags, JSON and CSV, and what is refused."""

import csv
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from psycopg.sql import SQL, Identifier

from domain.self_government.decision import CouncilDecision
from projections.self_government import attachments
from tests.api.self_government.conftest import ToldSite
from tests.council_desk import TEXT_BODY
from tests.self_government import AKIM, ELSEWHERE, UNIT

LISTS = (
    "units",
    "offices",
    "councils",
    "gatherings",
    "sittings",
    "decisions",
    "dismissals",
    "report-meetings",
    "executions",
)


def items(site: ToldSite, path: str) -> list[dict[str, Any]]:
    answer = site.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def things(site: ToldSite) -> dict[str, UUID]:
    story = site.story
    return {
        "councils": story.council,
        "sittings": story.sitting,
        "decisions": story.in_force,
        "dismissals": story.ended,
        "report-meetings": story.meeting,
        "executions": story.execution,
        "gatherings": UUID(items(site, "/v1/gatherings?level=unit")[0]["id"]),
    }


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_pages_an_etag_and_the_same_rows_as_a_table(told: ToldSite, name: str) -> None:
    whole = told.get(f"/v1/{name}")
    assert (whole.status_code, whole.json()["next"]) == (200, None)
    assert told.get(f"/v1/{name}", if_none_match=whole.headers["etag"]).status_code == 304
    seen, path = [], f"/v1/{name}?limit=1"
    while True:
        page = told.get(path).json()
        seen += page["items"]
        if page["next"] is None:
            break
        path = f"/v1/{name}?limit=1&before={page['next']}"
    assert seen == whole.json()["items"]
    table = told.get(f"/v1/{name}.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert f'filename="{name}.csv"' in table.headers["content-disposition"]
    assert len(list(csv.DictReader(StringIO(table.content.decode("utf-8-sig"))))) == len(seen)
    assert told.get(f"/v1/{name}.csv", if_none_match=table.headers["etag"]).status_code == 304


def test_a_table_names_its_next_page(told: ToldSite) -> None:
    first = told.get("/v1/decisions.csv?limit=2")
    (address,) = [each.partition(">")[0].lstrip("<") for each in first.headers["link"].split(",")]
    second = told.get(address)
    assert "link" not in second.headers
    rows = (
        first.content.decode("utf-8-sig").splitlines()[1:]
        + second.content.decode("utf-8-sig").splitlines()[1:]
    )
    assert len({row.split(",")[0] for row in rows}) == 3


def test_each_thing_has_an_address_of_its_own(told: ToldSite) -> None:
    for name, thing in things(told).items():
        first = told.get(f"/v1/{name}/{thing}")
        assert first.status_code == 200, name
        assert told.get(f"/v1/{name}/{thing}", if_none_match=first.headers["etag"]).status_code == 304
        unknown = told.get(f"/v1/{name}/{UUID(int=9)}")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert told.get(f"/v1/units/{UNIT}").json()["rules"]["legal_basis"] == "Maslikhat decision 5"
    assert told.get("/v1/units/999999999").status_code == 404


def test_decisions_in_force_on_a_date(told: ToldSite) -> None:
    known = [
        told.engine.store.load(CouncilDecision, each)
        for each in (told.story.in_force, told.story.repealed, told.story.rejected)
    ]
    begun, ended = known[0].in_force_from, known[1].repealed_from
    assert begun is not None
    assert ended == begun
    day_before, day = f"{begun:%Y-%m-}{begun.day - 1:02}", f"{begun:%Y-%m-%d}"

    def in_force(at: str) -> list[str]:
        return [each["id"] for each in items(told, f"/v1/decisions?in_force=true&at={at}")]

    assert in_force(day_before) == [str(told.story.repealed)]
    assert in_force(day) == [str(told.story.in_force)]  # a date is the end of its day
    assert in_force(begun.isoformat().replace("+00:00", "Z")) == [str(told.story.in_force)]
    assert in_force("2025-01-01") == []
    assert len(items(told, "/v1/decisions?in_force=true")) == 1
    assert [each["id"] for each in items(told, "/v1/decisions?state=rejected")] == [str(told.story.rejected)]
    assert items(told, f"/v1/decisions?kind=tariff&unit={UNIT}") == []
    assert len(items(told, f"/v1/decisions?sitting={told.story.sitting}")) == 2


def test_a_decision_has_its_roll_call_and_every_vote_that_was_given(told: ToldSite) -> None:
    shown = told.get(f"/v1/decisions/{told.story.repealed}").json()
    assert [(each["member"], each["vote"]) for each in shown["ballots"]][:2] == [
        ("m.1", "against"),
        ("m.1", "for"),
    ]
    assert shown["roll_call"]["count"]["votes_for"] == 5  # of seven one had left and one stood back
    assert [each["member"] for each in shown["recusals"]] == ["m.7"]
    assert shown["repeal"]["repealing"] == str(told.story.in_force)


def test_a_council_s_composition_on_a_date(told: ToldSite) -> None:
    def members(at: str) -> set[str]:
        view = told.get(f"/v1/councils/{told.story.council}{at}").json()
        return {each["holder"]["id"] for each in view["members"]}

    assert "m.7" in members("?at=2026-03-01")
    assert members("?at=2026-12-01") == {"m.1", "m.2", "m.3", "m.4", "m.5", "m.6", "m.8"}
    assert members("?at=2028-01-01") == set()
    assert len(members("")) == 8
    assert items(told, "/v1/councils?at=2028-01-01") == []


def test_offices_cover_councils_and_akims(told: ToldSite) -> None:
    (akim,) = items(told, "/v1/offices?kind=akim")
    assert (akim["holder"]["id"], akim["reason"], akim["unit"]) == (AKIM.id, "dismissed", ELSEWHERE)
    assert items(told, "/v1/offices?kind=akim&at=2027-01-01") == []
    assert len(items(told, "/v1/offices?kind=council_chair")) == 2


def test_an_initiative_as_it_stood_on_a_date(told: ToldSite) -> None:
    assert told.get(f"/v1/dismissals/{told.story.ended}").json()["count"]["ended"] is True
    first = told.get(f"/v1/dismissals/{told.story.failed}").json()
    raised = first["raised_on"][:10]
    then = told.get(f"/v1/dismissals/{told.story.failed}?at={raised}").json()
    assert (then["state"], then["count"]) == ("notified", None)
    assert told.get(f"/v1/dismissals/{told.story.failed}?at=2020-01-01").status_code == 404
    assert [each["id"] for each in items(told, f"/v1/dismissals?at={raised}")] == [str(told.story.failed)]


def test_overdue_questions_are_seen_as_of_a_date(told: ToldSite) -> None:
    def overdue(at: str) -> dict[str, list[str]]:
        view = told.get(f"/v1/report-meetings/{told.story.meeting}?at={at}").json()
        return {each["question"]["key"]: each["overdue"] for each in view["questions"]}

    assert overdue("2026-04-30") == {"q1": [], "q2": [], "q3": []}
    assert overdue("2026-05-01") == {"q1": [], "q2": ["2026-04"], "q3": ["2026-04"]}
    assert overdue("2026-08-01")["q3"] == []  # settled
    table = told.get(f"/v1/report-meetings/{told.story.meeting}/questions.csv?at=2026-05-01")
    rows = list(csv.DictReader(StringIO(table.content.decode("utf-8-sig"))))
    assert [row["overdue_months"] for row in rows] == ["", "2026-04", "2026-04"]


def test_overdue_tasks_are_seen_as_of_a_date(told: ToldSite) -> None:
    view = told.get(f"/v1/executions/{told.story.execution}?at=2026-04-30").json()
    assert {each["task"]["key"]: each["overdue"] for each in view["tasks"]} == {
        "lamps": False,
        "road": False,  # put off
        "well": True,
    }


@pytest.mark.parametrize(
    "question",
    [
        "at=yesterday",
        "at=2026-06-30T10:00:00",
        "at=1999-01-01",
        "at=2026-02-30",
        "unit=1",
        "limit=0",
        "before=-1",
        "state=no",
    ],
)
def test_what_is_no_question_is_refused_in_the_reader_s_language(told: ToldSite, question: str) -> None:
    titles = set()
    for language in ("kk", "ru", "en"):
        refusal = told.get(f"/v1/decisions?{question}", accept_language=language)
        assert (refusal.status_code, refusal.json()["code"]) == (422, "request_invalid")
        assert refusal.json()["places"] == [f"query.{question.partition('=')[0]}"]
        titles.add(refusal.json()["title"])
    assert len(titles) == 3


def test_a_file_that_an_act_names_can_be_downloaded_and_no_other(told: ToldSite) -> None:
    decision = told.get(f"/v1/decisions/{told.story.in_force}").json()
    text = told.get(f"/v1/documents/{decision['text_digest']}")
    assert (text.status_code, text.content) == (200, TEXT_BODY)
    assert text.headers["content-disposition"] == "attachment"
    assert text.headers["x-content-type-options"] == "nosniff"
    assert f"/v1/documents/{decision['text_digest']}" in told.get(f"/en/decisions/{told.story.in_force}").text
    other = told.engine.documents.put(b"<script>a letter to the clerk</script>", "text/html")
    assert told.get(f"/v1/documents/{other}").json()["code"] == "no_such_document"


@pytest.mark.parametrize(
    "path",
    ["dismissals?akim=%00", "report-meetings?year=1e9", "report-meetings?year=99999999999", "units/%00"],
)
def test_no_question_is_the_database_s_to_refuse(told: ToldSite, path: str) -> None:
    assert told.get(f"/v1/{path}").status_code == 422


@pytest.mark.parametrize("place", ["text", "agenda", "minutes", "evidence", "notice"])
def test_every_place_where_an_act_names_a_file_makes_it_public(told: ToldSite, place: str) -> None:
    story, body = told.story, f"file of {place}".encode()
    digest = told.engine.documents.put(body, "text/plain")
    assert told.get(f"/v1/documents/{digest}").status_code == 404
    column, path, table, thing = {
        "text": ("items", ["0", "motion", "text_digest"], "gatherings", None),
        "agenda": ("call", ["agenda", "0", "text_digest"], "gatherings", None),
        "minutes": ("steps", ["6", "facts", "minutes_digest"], "dismissals", story.ended),
        "evidence": ("evidence", ["0", "digest"], "dismissals", story.ended),
        "notice": ("steps", ["1", "facts", "notice_digest"], "dismissals", story.ended),
    }[place]
    with told.engine.datastore.get_connection() as connection, connection.transaction(force_rollback=True):
        connection.execute(
            SQL(
                "UPDATE {} SET {} = jsonb_set({}, %s, to_jsonb(%s::text)) WHERE id = coalesce(%s, id)"
            ).format(Identifier("dauys_read", table), Identifier(column), Identifier(column)),
            [path, digest, thing],
        )
        assert attachments.media_type(connection, digest) == "text/plain"
