"""Every published election we have: a recount gives the published columns, and the city's rule gives the city's winners."""

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from application.pabulib.analysis import Analysis, analyse, analysis_of
from application.pabulib.conversion import Unsupported, ballots_of, replayable_paper
from application.pabulib.election import Election
from application.pabulib.reader import read_election
from domain.ballot_form import BallotChecker
from domain.paper import TEN_VOTER_MINIMUM
from domain.tally import count
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

FOLDER = SHARED / "pabulib" if SHARED else Path()
FILES = sorted(FOLDER.glob("*.pb"))
COMPUTED = ("greedy", "greedy-no-skip", "greedy-threshold", "greedy-exclusive")
REPLAYED_VOTERS = 15_000
"""Larger files are counted by the analysis; checking each of their ballots too would only take time."""


@dataclass(frozen=True)
class Read:
    """A file, read once and analysed once for all that is asked of it; the next one takes its place."""

    path: Path
    election: Election
    analysis: Analysis


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def read(request: pytest.FixtureRequest) -> Read:
    path: Path = request.param
    election = read_election(path)
    return Read(path, election, analysis_of(election, path.name))


def published(path: Path, column: str) -> dict[str, int]:
    """A column of PROJECTS, read by nothing of ours."""
    rows = iter(list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";")))
    while next(rows)[0] != "PROJECTS":
        pass
    names = next(rows)
    found: dict[str, int] = {}
    for cells in rows:
        if cells[0] == "VOTES":
            break
        row = dict(zip(names, cells, strict=True))
        if row.get(column):
            found[row["project_id"]] = int(row[column])
    return found


def test_the_manifest_names_every_file() -> None:
    assert listed().keys() == {path.name for path in FILES}


def listed() -> dict[str, int]:
    with (FOLDER / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        return {row["file"]: int(row["votes"]) for row in csv.DictReader(manifest, delimiter="\t")}


def test_every_vote_is_read(read: Read) -> None:
    assert listed()[read.path.name] == len(read.election.votes)


def test_a_recount_gives_the_published_votes_and_scores(read: Read) -> None:
    tallies = read.election.tally()
    for column, of in (("votes", "voters"), ("score", "score")):
        told = published(read.path, column)
        assert {id_: getattr(tallies[id_], of) for id_ in told} == told


def test_the_citys_rule_gives_the_citys_winners(read: Read) -> None:
    analysis = read.analysis
    assert (analysis.unsupported is None) == (analysis.rule in COMPUTED)
    assert analysis.matches_official is (True if analysis.unsupported is None and analysis.official else None)


def test_no_project_under_ten_voters_is_funded(read: Read) -> None:
    analysis = read.analysis
    assert set(analysis.barred) == {
        id_ for id_, voters in analysis.votes.items() if voters < TEN_VOTER_MINIMUM
    }
    assert set(analysis.funded).isdisjoint(analysis.barred)


def test_the_engines_count_of_its_ballots_is_the_files(read: Read) -> None:
    election = read.election
    if len(election.votes) > REPLAYED_VOTERS:
        election = replace(
            election, votes=election.votes[:REPLAYED_VOTERS], points=election.points[:REPLAYED_VOTERS]
        )
    try:
        paper = replayable_paper(election, round_id="r")
    except Unsupported:
        assert election.rule not in COMPUTED
        return
    checker = BallotChecker(paper)
    ballots = list(ballots_of(election, paper.form))
    for ballot in ballots:
        checker.check(paper.units[0].kato, ballot)
    assert count(paper, ballots) == election.tally()


def test_two_official_winners_of_stare_miasto_are_barred() -> None:
    analysis = analyse(FOLDER / "Poland_Czestochowa_2024_Stare_Miasto.pb")
    barred_winners = set(analysis.official or ()) & set(analysis.barred)
    assert sorted(analysis.votes[id_] for id_ in barred_winners) == [4, 5]
    assert barred_winners.isdisjoint(analysis.funded)
    assert len(analysis.without_minimum) == 12


def test_bemowo_excludes_the_lesser_of_two_projects() -> None:
    analysis = analyse(FOLDER / "Poland_Warszawa_2022_Bemowo.pb")
    assert "773" in analysis.funded
    assert "153" not in analysis.funded
