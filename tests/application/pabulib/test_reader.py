"""Reading `.pb`: lenient where real files differ, and a line and a reason where a mistake would change a count."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.pabulib import reader, records
from application.pabulib.reader import read_election
from application.pabulib.records import PabulibError
from domain.tally import ProjectTally
from tests.application.pabulib.files import PROJECTS, VOTES, parsed, pb

CUMULATIVE = {"vote_type": "cumulative", "max_sum_points": "10"}


def error(data: bytes) -> PabulibError:
    with pytest.raises(PabulibError) as caught:
        parsed(data)
    return caught.value


def test_a_plain_file() -> None:
    election = parsed(pb())
    assert (election.rule, election.vote_type, election.budget, election.money_scale) == (
        "greedy",
        "approval",
        10_000,
        100,
    )
    assert [(entry.id, entry.cost, entry.selected) for entry in election.projects] == [
        ("a", 6_000, 1),
        ("b", 5_000, 0),
        ("c", 4_000, 1),
    ]
    assert election.official == ("a", "c")
    assert election.tally() == {"a": ProjectTally(3, 3), "b": ProjectTally(1, 1), "c": ProjectTally(1, 1)}


@pytest.mark.parametrize(
    "data",
    [
        pb(line_end="\r\n"),
        b"\xef\xbb\xbf" + pb(),
        pb().rstrip(),
        pb().replace(b"PROJECTS\n", b"\n\nPROJECTS;;;\n"),
        pb().replace(b"META\nkey;value\n", b"meta\n"),
        pb().replace(b"1;a,b\n", b"1 ; a, b\n"),
        pb().replace(b"1;a,b\n", b'"1";"a,b"\n'),
        pb().replace(b"1;a,b\n", b"1;a,b,;;\n"),
        pb(votes=("vote;district;voter_id", "a,b;x;1", "a;;2", "a,c;x;3")),
        pb(projects=("name;cost;project_id;unheard_of;selected", "F;60;a;;1", "S;50.00;b;;0", "T;40;c;;1")),
    ],
)
def test_shapes_of_real_files_read_alike(data: bytes) -> None:
    election = parsed(data)
    assert election.votes == [("a", "b"), ("a",), ("a", "c")]
    assert (election.official, election.budget) == (("a", "c"), 10_000)
    assert [(entry.id, entry.cost) for entry in election.projects] == [
        ("a", 6_000),
        ("b", 5_000),
        ("c", 4_000),
    ]


def test_quoted_cells_may_hold_semicolons_quotes_and_line_breaks() -> None:
    projects = ("project_id;cost;name", 'a;60;"one; two ""three""\nfour"', 'b;50;" ""Five"""')
    election = parsed(pb({"comment": '"#1: a; b\nand c"'}, projects, ("voter_id;vote", "1;a")))
    assert [entry.name for entry in election.projects] == ['one; two "three"\nfour', '"Five"']
    assert election.meta["comment"] == "#1: a; b\nand c"


def test_an_unquoted_semicolon_in_a_comment_is_kept() -> None:
    assert parsed(pb({"comment": "#1: a; b"})).meta["comment"] == "#1: a; b".replace("; ", ";")


def test_money_is_exact_to_the_last_decimal() -> None:
    assert parsed(pb({"budget": "2532645.83"})).budget == 253_264_583
    finer = parsed(pb({"budget": "0.3"}, ("project_id;cost", "a;0.1", "b;0.125"), ("voter_id;vote", "1;a")))
    assert (finer.money_scale, finer.budget) == (200, 60)
    assert [entry.cost for entry in finer.projects] == [20, 25]


def test_points_are_exact_and_zero_points_still_count_a_voter() -> None:
    votes = ("voter_id;vote;points", "1;a,b;7,3", "2;a;2.5", "3;b;0")
    election = parsed(pb(CUMULATIVE, votes=votes))
    assert election.points_scale == 2
    assert election.tally()["a"] == ProjectTally(2, 19)
    assert election.tally()["b"] == ProjectTally(2, 6)


def test_who_is_not_scored_gets_the_default_score() -> None:
    votes = ("voter_id;vote;points", "1;a,b;5,-2", "2;a;3")
    election = parsed(pb({"vote_type": "scoring", "default_score": "1"}, votes=votes))
    assert {id_: got.score for id_, got in election.tally().items()} == {"a": 8, "b": -1, "c": 2}


def test_ranks_without_points_count_down_from_the_length_of_the_vote() -> None:
    election = parsed(
        pb({"vote_type": "ordinal", "max_length": "3"}, votes=("voter_id;vote", "1;c,a,b", "2;b"))
    )
    assert {id_: got.score for id_, got in election.tally().items()} == {"a": 2, "b": 2, "c": 3}


def test_a_ranked_vote_with_points_has_those() -> None:
    votes = ("voter_id;vote;points", "1;c,a;4,3", "2;b;")
    election = parsed(pb({"vote_type": "ordinal"}, votes=votes))
    assert {id_: got.score for id_, got in election.tally().items()} == {"a": 3, "b": 1, "c": 4}


def test_without_selected_there_are_no_official_winners() -> None:
    assert parsed(pb(projects=("project_id;cost", "a;1", "b;2", "c;3"))).official is None
    assert parsed(pb(projects=("project_id;cost;selected", "a;1;", "b;2;", "c;3;"))).official is None


def test_funded_from_elsewhere_is_not_funded_by_the_rule() -> None:
    assert parsed(pb(projects=("project_id;cost;selected", "a;1;1", "b;2;2", "c;3;3"))).official == ("a",)


def test_the_withdrawn_are_known_by_their_cost() -> None:
    data = pb(projects=("project_id;cost", "a;1", "b;999999999", "c;999999999.00"))
    assert parsed(data).withdrawn == {"b", "c"}


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", 0, "section META is missing"),
        (b"hello\n", 1, "section META is missing"),
        (pb({"budget": None}), 1, "META lacks budget"),
        (pb({"rule": ""}), 9, "META lacks rule"),
        (pb({"budget": "plenty"}), 7, "budget is not a number"),
        (pb({"budget": "-1"}), 7, "budget is not a number"),
        (pb({"budget": "1,5"}), 7, "budget is not a number"),
        (pb({"vote_type": "acclamation"}), 8, "vote_type is none of"),
        (pb({"max_length": "2.5"}), 14, "max_length is not a whole number"),
        (pb({"num_votes": "4"}), 13, "num_votes says 4, but VOTES has 3 rows"),
        (pb({"num_projects": "2"}), 12, "num_projects says 2, but PROJECTS has 3 rows"),
        (pb().replace(b"country;", b"unit;"), 5, "META has unit twice"),
        (pb().replace(b"PROJECTS\n", b""), 18, "section PROJECTS is missing"),
        (pb().split(b"VOTES")[0], 18, "section VOTES is missing"),
        (pb() + b"PROJECTS\n", 24, "a second section PROJECTS"),
        (pb(projects=("project_id;name", "a;First")), 15, "PROJECTS has no column cost"),
        (pb(projects=("project_id;cost;cost", "a;1;1")), 15, "two columns of one name"),
        (pb(projects=("project_id;cost",)), 16, "PROJECTS has no project"),
        (pb(projects=("project_id;cost", "a")), 16, "1 cells where the header has 2 columns"),
        (pb(projects=("project_id;cost", "a;1;x")), 16, "3 cells where the header has 2 columns"),
        (pb(projects=("project_id;cost", "a;free")), 16, "cost is not a number"),
        (pb(projects=("project_id;cost", "a;-1")), 16, "cost is not a number"),
        (pb(projects=("project_id;cost", ";1")), 16, "project_id is empty"),
        (pb(projects=("project_id;cost", "a;1", "a;2")), 17, "project_id stands above"),
        (pb(projects=("project_id;cost;selected", "a;1;yes")), 16, "selected is not a whole number"),
        (pb(votes=("voter_id;choice", "1;a")), 20, "VOTES has no column vote"),
        (pb(votes=("voter_id;vote", "1")), 21, "1 cells where the header has 2 columns"),
        (pb(votes=("voter_id;vote", "1;a", "2;secret")), 22, "not in PROJECTS"),
        (pb(votes=("voter_id;vote", "1;a,a")), 21, "a project twice"),
        (pb(votes=("voter_id;vote", "1;a", "1;b")), 22, "voter_id is empty or stands above"),
        (pb(votes=("voter_id;vote", ";a")), 21, "voter_id is empty or stands above"),
        (
            pb({"max_length": "2"}, votes=("voter_id;vote", "1;a,b,c")),
            22,
            "3 projects in a vote that may have 2",
        ),
        (pb({"vote_type": "choose-1"}), 21, "2 projects in a vote that may have 1"),
        (pb(CUMULATIVE), 21, "VOTES has no column points"),
        (pb(CUMULATIVE, votes=("voter_id;vote;points", "1;a,b;3")), 22, "1 points for 2 projects"),
        (pb(CUMULATIVE, votes=("voter_id;vote;points", "1;a;many")), 22, "points are not numbers"),
        (pb(CUMULATIVE, votes=("voter_id;vote;points", "1;a;-3")), 22, "points are below 0"),
        (pb().replace(b"First", b'"First'), 16, "a quotation mark is never closed"),
        (pb().replace(b"First", b"F\xffrst"), 16, "not UTF-8"),
    ],
)
def test_a_corrupt_file_is_told_by_line_and_reason(data: bytes, line: int, reason: str) -> None:
    told = error(data)
    assert (told.line, reason in told.reason) == (line, True), told
    assert "secret" not in str(told)


def test_every_limit_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, limit, most, reason in [
        (records, "MAX_LINE_BYTES", 20, "longer than 20 bytes"),
        (records, "MAX_FILE_BYTES", 100, "the file is longer than 100 bytes"),
        (reader, "MAX_PROJECTS", 2, "more than 2 projects"),
        (reader, "MAX_VOTES", 2, "more than 2 votes"),
    ]:
        with monkeypatch.context() as patch:
            patch.setattr(module, limit, most)
            assert reason in error(pb()).reason
    monkeypatch.setattr(records, "MAX_RECORD_LINES", 2)
    assert "more than 2 lines" in error(pb({"comment": '"a\nb\nc\nd"'})).reason


def test_a_file_cut_at_any_line_is_found_out() -> None:
    lines = pb().splitlines(keepends=True)
    for kept in range(len(lines)):
        with pytest.raises(PabulibError):
            parsed(b"".join(lines[:kept]))


@given(st.binary(max_size=60), st.integers(0, 300))
def test_any_bytes_are_read_or_refused(noise: bytes, at: int) -> None:
    data = pb(
        CUMULATIVE, (*PROJECTS, "d;1;;"), ("voter_id;vote;points", *(f"{vote};1" for vote in VOTES[2:3]))
    )
    with suppress(PabulibError):
        parsed(data[:at] + noise + data[at + len(noise) :])


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "town.pb"
    path.write_bytes(pb())
    assert read_election(path) == parsed(pb())
