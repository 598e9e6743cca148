"""The public JSON of rounds: what it says in every phase, what it never says, and that it can be kept."""

from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.round import Round
from tests.api.reading import COSTS, MONEY, Site, site_of, voting
from tests.elections import Election
from tests.engine import Engine
from tests.examples import AFTER, CITY, DISTRICT
from tests.server import Server, serve

SECRETS = ("score", "voters", "choices", "rank")


@pytest.fixture
def site(server: Server) -> Site:
    return site_of(server)


def test_an_open_round_shows_turnout_and_no_result(site: Site) -> None:
    election = voting(site.engine)
    shown = site.get(f"/v1/rounds/{election.id}").json()
    assert (shown["phase"], shown["title"]) == ("voting", election.terms.title)
    assert shown["turnout"] == [
        {"unit": CITY, "people": 500, "cast": 30},
        {"unit": DISTRICT, "people": 500, "cast": 0},
    ]
    assert shown["steps"][-1]["step"] == "voting_opened"
    hours = site.get(f"/v1/rounds/{election.id}/turnout").json()["hours"]
    assert [(hour["unit"], hour["ballots"]) for hour in hours] == [(CITY, 30)]
    for path in ("results", "results.csv", "results.pb"):
        refusal = site.get(f"/v1/rounds/{election.id}/{path}")
        assert refusal.json()["code"] == "results_not_public_yet"
        assert refusal.status_code >= 400


def test_no_endpoint_of_an_open_round_holds_a_choice_or_a_count_of_choices(site: Site) -> None:
    election = voting(site.engine)
    before = [site.get(path).text for path in reading_paths(election) if "turnout" not in path]
    election.cast([["3"]] * 5)
    after = [site.get(path) for path in reading_paths(election) if "turnout" not in path]
    assert before[1:] == [answer.text for answer in after][1:]  # the first tells the turnout
    for answer in after:
        assert not [word for word in SECRETS if f'"{word}"' in answer.text]


def reading_paths(election: Election) -> list[str]:
    at = f"/v1/rounds/{election.id}"
    return [
        at,
        *(
            f"{at}/{part}"
            for part in ("paper", "proposals", "turnout", "results", "results.csv", "results.pb")
        ),
        f"{at}/conclusions/1",
    ]


def test_provisional_results_name_every_project_and_its_reason(site: Site) -> None:
    election = voting(site.engine).closed()
    shown = site.get(f"/v1/rounds/{election.id}/results").json()
    assert (shown["status"], shown["as_of"], shown["conclusion"]) == (
        "provisional",
        site.engine.reader.size(),
        None,
    )
    lines = {line["project"]: line for line in shown["lines"]}
    assert {number: (line["voters"], line["reason"]) for number, line in lines.items()} == {
        "1": (21, "funded"),
        "2": (10, "funded"),
        "3": (9, "fewer_than_ten_voters"),
        "4": (11, "did_not_fit"),
    }
    assert (
        lines["2"]["balance_tiyn"]
        == MONEY[0].envelope_tiyn - COSTS["1"] - COSTS["2"]
        == lines["3"]["balance_tiyn"]
    )
    assert shown["units"][0]["left_tiyn"] == lines["3"]["balance_tiyn"]
    assert lines["1"]["title"] == "Project 1"


def test_results_follow_the_conclusion_through_its_versions(site: Site) -> None:
    election = voting(site.engine).closed()
    path = f"/v1/rounds/{election.id}/results"
    provisional = site.get(path).json()
    election.concluded()
    concluded = site.get(path).json()
    assert (concluded["status"], concluded["lines"]) == ("concluded", provisional["lines"])
    election.published()
    published = site.get(path).json()
    assert published["status"] == "published"
    assert [channel["kind"] for channel in published["conclusion"]["channels"]] == ["site", "mass_media"]
    election.corrected("3", voters=8, score=8)
    corrected = site.get(path).json()
    assert (corrected["status"], corrected["replaces"]) == ("corrected", published["conclusion"]["document"])
    (change,) = corrected["changes"]
    assert (change["project"], change["before"]["voters"], change["after"]["voters"]) == ("3", 9, 8)
    assert [version["number"] for version in corrected["versions"]] == [1, 2]


def test_a_cancelled_round_says_why_and_has_no_results(site: Site) -> None:
    election = voting(site.engine).cancelled()
    assert site.get(f"/v1/rounds/{election.id}/results").json()["code"] == "round_cancelled"
    assert site.get(f"/v1/rounds/{election.id}").json()["steps"][-1]["reason"] == "no money"


def test_documents_are_the_stored_bytes_for_ever(site: Site) -> None:
    election = voting(site.engine).closed().concluded()
    round_ = site.engine.store.load(Round, election.id)
    assert round_.paper_digest is not None
    assert round_.conclusion_digest is not None
    for digest, path in ((round_.paper_digest, "paper"), (round_.conclusion_digest, "conclusions/1")):
        for address in (f"/v1/rounds/{election.id}/{path}", f"/v1/documents/{digest}"):
            answer = site.get(address)
            assert sha256(answer.content).hexdigest() == digest
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_other_documents_are_not_public(site: Site) -> None:
    election = voting(site.engine).closed()
    draft = election.conclusions.draft(election.id, by="clerk-1")
    attachment = site.engine.documents.put(b"somebody's letter")
    for digest in (draft, attachment, "0" * 64):
        assert site.get(f"/v1/documents/{digest}").json()["code"] == "no_such_document"
    assert site.get(f"/v1/rounds/{election.id}/conclusions/1").status_code == 404


def test_every_answer_has_an_etag_and_is_not_sent_twice(site: Site) -> None:
    election = voting(site.engine).closed().concluded()
    for path in (*reading_paths(election), "/v1/rounds", "/en/", f"/en/rounds/{election.id}"):
        first = site.get(path)
        assert first.status_code == 200, path
        etag = first.headers["etag"].removeprefix("W/")  # weak where it came packed
        for named in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            again = site.get(path, if_none_match=named)
            assert (again.status_code, again.content) == (304, b""), path
            assert again.headers["etag"] == etag
        assert site.get(path, if_none_match='"other"').status_code == 200


def test_results_keep_their_etag_while_other_rounds_move(site: Site) -> None:
    election = voting(site.engine).closed()
    paths = [f"/v1/rounds/{election.id}", *(path for path in reading_paths(election)[:-1])]
    before = [site.get(path).headers["etag"] for path in paths]
    voting(site.engine).closed().concluded()
    assert [site.get(path).headers["etag"] for path in paths] == before
    election.concluded()
    assert site.get(paths[-1]).headers["etag"] != before[-1]


def test_pages_of_rounds_and_proposals_are_limited_and_complete(engine: Engine, tmp_path: Path) -> None:
    with serve(engine, tmp_path, page_items=2) as server:
        site = site_of(server)
        elections = [Election(engine).drafted() for _ in range(5)]
        listed = follow(site, "/v1/rounds?limit=100", "before")
        assert [item["id"] for item in listed] == [str(each.id) for each in elections][::-1]
        for number in range(5):
            elections[0].propose(f"Proposal {number}")
        path = f"/v1/rounds/{elections[0].id}/proposals?limit=2"
        titles = [item["sketch"]["title"] for item in follow(site, path, "after")]
        assert titles == [f"Proposal {number}" for number in range(5)]
        assert "author" not in site.get(path).text


def follow(site: Site, path: str, cursor: str) -> list[dict[str, Any]]:
    """The items of all pages."""
    page = site.get(path).json()
    seen: list[dict[str, Any]] = page["items"]
    while page["next"] is not None:
        assert len(page["items"]) == 2
        page = site.get(f"{path}&{cursor}={page['next']}").json()
        seen += page["items"]
    return seen


@pytest.mark.parametrize(
    "path",
    [
        "/v1/rounds/{}",
        *(
            f"/v1/rounds/{{}}/{part}"
            for part in ("paper", "proposals", "turnout", "results", "conclusions/1")
        ),
    ],
)
def test_an_unknown_round_is_not_found(site: Site, path: str) -> None:
    answer = site.get(path.format(uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/rounds/1",
        "/v1/rounds?limit=0",
        "/v1/rounds?limit=1001",
        "/v1/rounds?before=-1",
        "/v1/rounds?before=9223372036854775808",
        "/v1/documents/ABC",
        f"/v1/rounds/{UUID(int=7)}/conclusions/0",
        f"/v1/rounds/{UUID(int=7)}/conclusions/2147483648",
    ],
)
def test_what_is_not_an_address_is_refused(site: Site, path: str) -> None:
    answer = site.get(path)
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


def test_a_paper_is_public_once_it_is_frozen(site: Site) -> None:
    election = Election(site.engine).drafted().reviewed({"1": 500})
    assert site.get(f"/v1/rounds/{election.id}/paper").json()["code"] == "paper_not_frozen"
    election.opened()
    assert site.get(f"/v1/rounds/{election.id}/paper").json()["round_id"] == str(election.id)


def test_a_withdrawal_after_closing_changes_the_provisional_results(site: Site) -> None:
    election = voting(site.engine).closed()
    election.decide("1", "withdraw", "built already", at=AFTER)
    lines = site.get(f"/v1/rounds/{election.id}/results").json()["lines"]
    assert {line["reason"] for line in lines if line["project"] == "1"} == {"withdrawn"}
