"""The public JSON of findings: each whole, listed by state and in pages, and kept by who has it already."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest

from domain.finding import FindingState
from tests.api.reading import Site, site_of, voting
from tests.examples import CLERK, digest
from tests.findings import AUDITOR, SITTING, STATEMENT, about, findings_on, tell_findings
from tests.server import Server


@pytest.fixture
def site(server: Server) -> Site:
    return site_of(server)


def test_a_finding_is_told_whole(site: Site) -> None:
    election = voting(site.engine)
    presented = tell_findings(site.engine, election.id)[-1]
    told: dict[str, Any] = site.get(f"/v1/findings/{presented}").json()
    assert (told["finding_id"], told["state"]) == (str(presented), "presented")
    assert told["subject"] == {"kind": "round", "id": str(election.id), "first": None, "last": None}
    assert told["statement"] == {
        "title": STATEMENT.title,
        "summary": STATEMENT.summary,
        "severity": "serious",
        "text_digest": STATEMENT.text_digest,
        "legal_basis": STATEMENT.legal_basis,
    }
    (answer,) = told["answers"]
    assert (answer["number"], answer["summary"], answer["by"]) == (1, "found in the safe", CLERK)
    assert answer["document_digest"] == digest("letter")
    assert (told["closing"]["outcome"], told["closing"]["reason"]) == ("mended", "counted again")
    assert told["presentation"]["sitting"] == SITTING
    assert told["opened"] < answer["position"] < told["closing"]["position"]
    assert told["closing"]["position"] < told["presentation"]["position"] == told["changed"]
    checkpoint = site.get(f"/log/checkpoint/{told['checkpoint_size']}").text
    assert checkpoint.split("\n")[1] == str(told["checkpoint_size"])


def test_findings_are_listed_by_state_the_newest_first(site: Site) -> None:
    ids = tell_findings(site.engine, voting(site.engine).id)
    whole = [item["finding_id"] for item in site.get("/v1/findings").json()["items"]]
    assert [each for each in whole if UUID(each) in ids] == [str(each) for each in ids[::-1]]
    for state, finding_id in zip(FindingState, ids, strict=True):
        listed = site.get(f"/v1/findings?state={state}").json()["items"]
        assert str(finding_id) in [item["finding_id"] for item in listed]
        assert {item["state"] for item in listed} == {state}
    assert site.get("/v1/findings?state=lost").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_the_list_is_paged(site: Site) -> None:
    tell_findings(site.engine, voting(site.engine).id)
    whole = [item["opened"] for item in site.get("/v1/findings?limit=200").json()["items"]]
    paged, query = [], "?limit=3"
    while True:
        page = site.get(f"/v1/findings{query}").json()
        paged += [item["opened"] for item in page["items"]]
        if page["next"] is None:
            break
        query = f"?limit=3&before={page['next']}"
    assert paged == whole == sorted(whole, reverse=True)


def test_an_answer_is_kept_until_the_finding_changes(site: Site) -> None:
    election = voting(site.engine)
    findings = findings_on(site.engine)
    finding_id = findings.open(about(election.id), STATEMENT, by=AUDITOR, finding_id=UUID(int=77))
    paths = (f"/v1/findings/{finding_id}", "/v1/findings")
    etags = {path: site.get(path).headers["etag"] for path in paths}
    for path in paths:
        assert site.get(path, if_none_match=etags[path]).status_code == HTTPStatus.NOT_MODIFIED
    findings.answer(finding_id, "found", digest("letter"), by=CLERK)
    for path in paths:
        assert site.get(path, if_none_match=etags[path]).status_code == HTTPStatus.OK


def test_a_finding_that_is_not_there_is_a_problem(site: Site) -> None:
    answer = site.get(f"/v1/findings/{UUID(int=9)}", accept_language="kk")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.json()["code"] == "not_found"
    assert site.get("/v1/findings/nonsense").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
