"""`dauys allocate`: a line per good file, an error line per bad one, and exit codes for scripts."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from api.cli.allocate import register
from tests.application.pabulib.files import pb


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.pb"
    path.write_bytes(pb())
    return path


@pytest.fixture
def corrupt(tmp_path: Path) -> Path:
    path = tmp_path / "corrupt.pb"
    path.write_bytes(pb(votes=("voter_id;vote", "1;a", "2;nothing")))
    return path


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    return CliRunner().invoke(app, ["allocate", *map(str, arguments)])


def test_a_json_line_per_file(good: Path) -> None:
    result = run("--json", good, good)
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.exit_code, result.stderr, len(told)) == (0, "", 2)
    assert told[0] == {
        "file": "good.pb",
        "vote_type": "approval",
        "rule": "greedy",
        "projects": 3,
        "voters": 3,
        "votes": {"a": 3, "b": 1, "c": 1},
        "score": {"a": 3, "b": 1, "c": 1},
        "funded": [],
        "barred": ["a", "b", "c"],
        "without_minimum": ["a", "c"],
        "official": ["a", "c"],
        "matches_official": True,
        "ties": [],
        "unsupported": None,
    }


def test_a_bad_file_costs_its_own_line_only(good: Path, corrupt: Path, tmp_path: Path) -> None:
    result = run("--json", corrupt, tmp_path / "none.pb", tmp_path, good)
    assert result.exit_code == 2
    assert [json.loads(line)["file"] for line in result.stdout.splitlines()] == ["good.pb"]
    assert result.stderr.splitlines() == [
        f"{corrupt}: line 22: the vote names a project that is not in PROJECTS",
        f"{tmp_path / 'none.pb'}: No such file or directory",
        f"{tmp_path}: Is a directory",
    ]


def test_people_get_a_table(good: Path) -> None:
    result = run(good)
    assert result.exit_code == 0
    assert "good.pb · approval · greedy · 3 voters" in result.stdout
    assert "barred" in result.stdout
    assert "Without the ten-voter rule the votes give what the city funded." in result.stdout
