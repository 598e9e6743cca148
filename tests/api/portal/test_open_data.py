"""Open data: every file is what its checksum says, at every address that is given for it, and nothing of an open round is in it."""

import io
import json
import re
import zipfile
from hashlib import sha256
from typing import Any

import pytest

from api.downloads import RESULTS_COLUMNS
from tests.api.reading import Site, site_of, voting
from tests.elections import Election
from tests.server import Server


@pytest.fixture
def site(server: Server) -> Site:
    return site_of(server)


def package(site: Site, election: Election) -> dict[str, Any]:
    described: dict[str, Any] = site.get(f"/v1/rounds/{election.id}/datapackage.json").json()
    return described


def test_every_file_is_at_its_address_as_the_package_describes_it(site: Site) -> None:
    election = voting(site.engine).closed().concluded().published()
    resources = package(site, election)["resources"]
    assert [each["name"] for each in resources] == [
        "results-csv",
        "results-json",
        "paper-json",
        "turnout-csv",
    ]
    for each in resources:
        body = site.get(f"/v1/rounds/{election.id}/{each['path']}").content
        assert (len(body), f"sha256:{sha256(body).hexdigest()}") == (each["bytes"], each["hash"])


def test_the_columns_of_a_table_are_described_in_order(site: Site) -> None:
    election = voting(site.engine).closed()
    table = package(site, election)["resources"][0]
    names = [field["name"] for field in table["schema"]["fields"]]
    header = site.get(f"/v1/rounds/{election.id}/results.csv").text.lstrip("\ufeff").splitlines()[0]
    assert names == header.split(",") == list(RESULTS_COLUMNS)
    types = {field["name"]: field["type"] for field in table["schema"]["fields"]}
    assert (types["cost_tiyn"], types["unit"]) == ("integer", "string")  # a KATO may begin with a zero


def test_while_voting_is_open_there_is_the_paper_and_the_turnout(site: Site) -> None:
    election = voting(site.engine)
    assert [each["name"] for each in package(site, election)["resources"]] == ["paper-json", "turnout-csv"]
    assert package(site, Election(site.engine).drafted())["resources"] == []


def test_the_archive_has_the_same_files_and_is_the_same_every_time(site: Site) -> None:
    election = voting(site.engine).closed()
    address = f"/v1/rounds/{election.id}/open-data.zip"
    packed = site.get(address).content
    assert site.get(address).content == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        described = json.loads(archive.read("datapackage.json"))
        assert {each["path"] for each in described["resources"]} | {"datapackage.json"} == set(
            archive.namelist()
        )
        for each in described["resources"]:
            assert f"sha256:{sha256(archive.read(each['path'])).hexdigest()}" == each["hash"]


def test_the_page_has_the_checksums_and_a_data_block_that_nothing_can_break_out_of(site: Site) -> None:
    typed = "</script><script>alert(1)</script>"
    election = Election(site.engine).drafted().reviewed({"1": 500}, titles={"1": typed}).opened().closed()
    shown = site.get(f"/en/rounds/{election.id}/data").text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', shown, re.DOTALL)
    dataset = json.loads(block)
    assert (dataset["@type"], dataset["name"]) == ("Dataset", election.terms.title)
    for each in dataset["distribution"]:
        assert each["sha256"] in shown
        path = each["contentUrl"].removeprefix(f"http://127.0.0.1:{site.server.port}")
        assert sha256(site.get(path).content).hexdigest() == each["sha256"]
    assert "<script>alert" not in shown


def test_a_round_that_has_no_data_yet_has_a_page_and_an_unknown_one_has_none(site: Site) -> None:
    election = Election(site.engine).drafted()
    assert "come when voting opens" in site.get(f"/en/rounds/{election.id}/data").text
    assert site.get("/en/rounds/nowhere/data").status_code == 404


def test_turnout_is_a_table(site: Site) -> None:
    election = voting(site.engine)
    rows = site.get(f"/v1/rounds/{election.id}/turnout.csv").text.lstrip("\ufeff").splitlines()
    assert rows[0] == "unit,unit_name,hour,ballots"
    assert sum(int(row.rsplit(",", 1)[1]) for row in rows[1:]) == 30
