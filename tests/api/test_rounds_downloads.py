"""Results as files: a CSV that spreadsheets read and cannot run, and a `.pb` that the format's own checker accepts."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from pabulib.checker import Checker  # type: ignore[import-untyped]

from api import downloads
from domain.ballot_form import Choices
from domain.paper import BallotForm
from tests.api.reading import MONEY, Site, site_of, voting
from tests.elections import APPROVAL, CUMULATIVE, RANKED, Election
from tests.examples import TERMS
from tests.server import Server


@pytest.fixture
def site(server: Server) -> Site:
    return site_of(server)


def test_the_csv_has_a_row_per_project_and_plain_numbers(site: Site) -> None:
    election = voting(site.engine).closed()
    answer = site.get(f"/v1/rounds/{election.id}/results.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")  # by which Excel knows UTF-8
    assert answer.headers["content-disposition"] == f'attachment; filename="results-{election.id}.csv"'
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["project"], row["voters"], row["reason"]) for row in rows] == [
        ("1", "21", "funded"),
        ("4", "11", "did_not_fit"),
        ("2", "10", "funded"),
        ("3", "9", "fewer_than_ten_voters"),
    ]
    assert rows[2]["cost_tiyn"] == "1500000050"
    assert rows[0]["unit_name"] == "Алматы"


@pytest.mark.parametrize("title", ["=1+1", "+7 701", "-2", "@SUM(A1)", '=HYPERLINK("x"),"y"'])
def test_no_cell_is_run_as_a_formula(site: Site, title: str) -> None:
    election = Election(site.engine).drafted().reviewed({"1": 500}, titles={"1": title}).opened().closed()
    text = site.get(f"/v1/rounds/{election.id}/results.csv").content.decode("utf-8-sig")
    titles = [row["title"] for row in csv.DictReader(StringIO(text))]
    assert f"'{title}" in titles


@pytest.mark.parametrize("form", [APPROVAL, CUMULATIVE, RANKED], ids=lambda form: form.type.value)
def test_the_pb_passes_the_official_checker(site: Site, form: BallotForm, tmp_path: Path) -> None:
    terms = replace(TERMS, units=MONEY[:1], cost_caps=())
    election = Election(site.engine, form, terms).drafted().reviewed({"1": 10**8, "2": 2 * 10**8}).opened()
    ballot: Choices = {"1": 3, "2": 1} if form is CUMULATIVE else ["1", "2"]
    election.cast([ballot] * 12).closed()
    answer = site.get(f"/v1/rounds/{election.id}/results.pb")
    assert answer.status_code == 200
    (tmp_path / "round.pb").write_bytes(answer.content)
    report = Checker().process_files([str(tmp_path / "round.pb")])
    assert not report["metadata"]["invalid"], report
    again = site.get(f"/v1/rounds/{election.id}/results.pb", if_none_match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


def test_the_pb_names_no_ballot_and_the_order_of_casting_is_lost(site: Site) -> None:
    terms = replace(TERMS, units=MONEY[:1], cost_caps=())
    election = Election(site.engine, terms=terms).drafted().reviewed({"1": 10**8, "2": 2 * 10**8}).opened()
    cast = [["1"]] * 20 + [["2"]] * 20
    election.cast(cast).closed()
    texts = {site.get(f"/v1/rounds/{election.id}/results.pb").text for _ in range(2)}
    [text] = texts  # the same bytes whenever they are asked for
    votes = [line.split(";") for line in text.split("VOTES\n")[1].splitlines()[1:]]
    assert [number for number, _ in votes] == [str(number) for number in range(1, 41)]
    assert sorted([vote] for _, vote in votes) == cast
    assert [[vote] for _, vote in votes] not in (cast, cast[::-1])
    ids = [entry.originator_id for entry in site.engine.reader.entries(0, site.engine.reader.size())]
    assert [str(id_) for id_ in ids if str(id_) in text] == []


def test_a_round_that_the_format_cannot_hold_is_refused(site: Site) -> None:
    election = Election(site.engine).drafted().reviewed({"1": 500}).opened().closed()
    answer = site.get(f"/v1/rounds/{election.id}/results.pb").json()
    assert (answer["code"], answer["problem"]) == (
        "not_in_this_format",
        "a round without a ballot or without a project",
    )


def test_one_export_at_a_time(site: Site) -> None:
    election = voting(site.engine).closed()
    with downloads._exporting:
        assert site.get(f"/v1/rounds/{election.id}/results.pb").json()["code"] == "export_busy"
    assert site.get(f"/v1/rounds/{election.id}/results.pb").status_code == 200
