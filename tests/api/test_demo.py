"""The demonstration: the sample's results never change, and `dauys demo` ends with everything checked."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from api.cli.demo import results_table
from api.election.plan import Plan
from api.election.sample import sample
from domain.allocation import Reason
from tests.commands import run
from tests.postgres import reachable_folder

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "demo_results.csv"


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    with reachable_folder() as home, pytest.MonkeyPatch.context() as environment:
        environment.setenv("DAUYS_HOME", str(home / "home"))
        environment.delenv("DAUYS_DATABASE_URL", raising=False)
        done = run("demo", "--json")
        left = [path.name for path in (home / "home").iterdir() if path.name.startswith("election-")]
    assert done.exit_code == 0, done.output or done.exception
    shown: dict[str, Any] = json.loads(done.stdout)
    return shown | {"left_in_home": left, "told": done.stderr}


def reasons(shown: dict[str, Any]) -> dict[str, str]:
    return {line["project"]: line["reason"] for line in shown["conclusion"]["lines"]}


def test_the_results_never_change(shown: dict[str, Any]) -> None:
    lines = [
        ";".join(
            str(line[name]) for name in ("rank", "project", "voters", "cost_tiyn", "left_tiyn", "reason")
        )
        for line in shown["conclusion"]["lines"]
    ]
    assert lines == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_the_table_tells_every_reason_in_words(shown: dict[str, Any]) -> None:
    console = Console(width=110, no_color=True, record=True, file=StringIO())
    console.print(results_table(shown["conclusion"], titles(sample()), names(sample())))
    told = console.export_text()
    words = (
        "funded",
        "fewer than ten voters",
        "did not fit: 11.5 m left",
        "lost a tie: 2.1 m left",
        "withdrawn",
    )
    assert not [each for each in (*words, "excluded by 13", "99.7 m spent") if each not in told]


def test_everything_is_identical_when_recomputed_from_the_log(shown: dict[str, Any]) -> None:
    assert shown["identical_from_log"] is True
    assert shown["differences"] == []
    assert shown["receipts_checked"] > 0


def test_second_votes_and_false_codes_were_refused(shown: dict[str, Any]) -> None:
    assert shown["refused"] == {"already_voted": 3, "unknown_credential": 2}


def test_every_slip_is_accounted_for(shown: dict[str, Any]) -> None:
    for count in shown["slips"]:
        assert count["printed"] == count["handed_out"] + count["unused"] + count["spoiled"]
        assert count["cast"] == count["handed_out"]


def test_the_cases_it_was_made_to_show_are_there(shown: dict[str, Any]) -> None:
    told, lines = reasons(shown), {line["project"]: line for line in shown["conclusion"]["lines"]}
    assert {Reason(reason) for reason in told.values()} == set(Reason) - {Reason.BELOW_LOCAL_THRESHOLD}
    assert (lines["25"]["voters"], told["25"]) == (10, "funded")
    assert (lines["26"]["voters"], told["26"]) == (9, "fewer_than_ten_voters")
    assert (told["13"], lines["14"]["excluded_by"]) == ("funded", "13")
    assert (lines["11"]["rank"], told["11"]) == (1, "did_not_fit")
    assert [tie["projects"] for tie in shown["conclusion"]["ties"]] == [["17", "16"]]


def test_no_code_and_no_key_is_left_behind(shown: dict[str, Any]) -> None:
    assert shown["left_in_home"] == []


def test_the_story_is_told_apart_from_the_result(shown: dict[str, Any]) -> None:
    assert "ballots recorded, each with a receipt" in shown["told"]


def titles(plan: Plan) -> dict[str, str]:
    return {one.number: (one.revised or one.sketch).title for one in plan.proposals}


def names(plan: Plan) -> dict[str, str]:
    return {unit.kato: unit.name for unit in plan.units}
