"""The commands that list registers: as JSON, a line each, as of a day, in pages; and what is no question."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

import projections
from api.cli import (
    councils,
    decisions,
    dismissals,
    executions,
    gatherings,
    offices,
    report_meetings,
    sittings,
    units,
)
from tests.engine import open_engine
from tests.postgres import fresh_database
from tests.self_government import AKIM, UNIT
from tests.self_government_story import Story, tell_self_government

GROUPS = {
    "unit": units,
    "office": offices,
    "council": councils,
    "gathering": gatherings,
    "sitting": sittings,
    "decision": decisions,
    "dismissal": dismissals,
    "report-meeting": report_meetings,
    "execution": executions,
}


@pytest.fixture(scope="module")
def told_url(cluster: str, template: str) -> Iterator[tuple[str, Story]]:
    with fresh_database(cluster, template) as url, open_engine(url) as engine:
        with engine.datastore.get_connection() as connection:
            projections.prepare(connection)
        yield url, tell_self_government(engine.store, engine.documents)


@pytest.fixture(autouse=True)
def story(told_url: tuple[str, Story], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setenv("DAUYS_DATABASE_URL", told_url[0])
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))
    return told_url[1]


def run(*arguments: str) -> Result:
    app = typer.Typer()
    for name, commands in GROUPS.items():
        app.add_typer(commands.app, name=name)
    return CliRunner().invoke(app, arguments)


def items(*arguments: str) -> list[dict[str, Any]]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)["items"]
    return found


@pytest.mark.parametrize("group", GROUPS)
def test_a_register_is_listed_as_json_and_as_lines_that_begin_with_the_id(group: str) -> None:
    found = items(group, "list")
    assert found
    lines = run(group, "list").stdout.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        each["unit" if group == "unit" else "id"] for each in found
    ]


def test_decisions_in_force_on_a_date(story: Story) -> None:
    (found,) = items("decision", "list", "--in-force", "--at", "2026-06-30")
    assert found["id"] == str(story.in_force)
    (earlier,) = items("decision", "list", "--in-force", "--at", "2026-04-01")
    assert earlier["id"] == str(story.repealed)
    assert items("decision", "list", "--in-force", "--at", "2025-06-30") == []
    assert "не вступило в силу" in run("decision", "list", "--lang", "ru").stdout


def test_filters(story: Story) -> None:
    assert [each["id"] for each in items("decision", "list", "--state", "rejected")] == [str(story.rejected)]
    assert items("decision", "list", "--kind", "tariff") == []
    assert {each["unit"] for each in items("sitting", "list", "--unit", UNIT)} == {UNIT}
    (akim,) = items("office", "list", "--kind", "akim", "--at", "2026-03-01")
    assert akim["holder"]["id"] == AKIM.id
    assert items("council", "list", "--at", "2028-01-01") == []
    assert len(items("gathering", "list", "--state", "published")) == 1


def test_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAUYS_PAGE_ITEMS", "2")
    first = run("decision", "list")
    assert len(first.stdout.splitlines()) == 2
    before = first.stderr.split()[-1]
    assert len(run("decision", "list", "--before", before).stdout.splitlines()) == 1


@pytest.mark.parametrize(
    "wrong", [("--at", "yesterday"), ("--at", "2026-01-01T10:00:00"), ("--unit", "7"), ("--before", "-1")]
)
def test_what_is_no_question_is_wrong_usage(wrong: tuple[str, str]) -> None:
    result = run("decision", "list", *wrong)
    assert result.exit_code == 2
    assert wrong[0] in result.stderr
