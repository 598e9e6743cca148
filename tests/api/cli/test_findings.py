"""`dauys audit finding …` and `dauys audit trail`: what a commission and the office do, where no worker is at work."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

import projections
from api.cli import trail
from api.cli.main import app
from application.log.reader import NoSuchCheckpoint
from application.store import NotFound
from application.trail import NoTrail
from domain.ballot import Ballot
from domain.finding import BothSides, SubjectInvalid
from tests.api.reading import voting
from tests.elections import Election
from tests.engine import Engine
from tests.examples import digest
from tests.findings import tell_findings

Open = Callable[..., Result]


@pytest.fixture
def election(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Election:
    monkeypatch.setenv("DAUYS_DATABASE_URL", engine.url)
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))
    with engine.datastore.get_connection() as connection:
        projections.prepare(connection)
    return voting(engine)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "act.txt").write_text("act")
    return tmp_path / "act.txt"


@pytest.fixture
def opening(election: Election, file: Path) -> Open:
    def open_(*subject: object, **options: object) -> Result:
        said = {"title": "Slips", "summary": "Three are missing", "severity": "grave", "text": file}
        named = [part for name, value in (said | options).items() for part in (f"--{name}", value)]
        return run("open", *(subject or ("round", election.id)), *named, "--json")

    return open_


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["audit", "finding", *map(str, arguments)])


def told(result: Result) -> Any:
    assert result.exit_code == 0, result
    return json.loads(result.stdout)


def test_a_finding_s_whole_way(election: Election, opening: Open, file: Path) -> None:
    finding_id = told(opening(**{"legal-basis": "Article 12"}))["finding_id"]
    answer = ("answer", finding_id, "--summary", "found", "--document", file, "--json")
    assert told(run(*answer)) == {"number": 1}
    assert run("close", finding_id, "--outcome", "mended", "--reason", "counted").exit_code == 0
    held = ("--sitting", "council-1", "--held", "2026-09-01T10:00:00+05:00")
    assert run("present", finding_id, *held).exit_code == 0
    shown = told(run("show", finding_id, "--json"))
    assert (shown["state"], shown["subject"]["id"]) == ("presented", str(election.id))
    assert shown["statement"] == {
        "title": "Slips",
        "summary": "Three are missing",
        "severity": "grave",
        "text_digest": digest("act"),
        "legal_basis": "Article 12",
    }
    assert [each["document_digest"] for each in shown["answers"]] == [digest("act")]
    assert shown["presentation"]["held"] == "2026-09-01T05:00:00Z"
    plain = run("show", finding_id).stdout
    for line in (
        "state: presented",
        "answer 1 summary: found",
        "closing outcome: mended",
        "subject kind: round",
    ):
        assert line in plain.splitlines()


def test_a_finding_may_be_about_entries_of_an_earlier_checkpoint(election: Election, opening: Open) -> None:
    size = election.engine.reader.checkpoint_of(5).size
    finding_id = told(opening("entries", "2-5", at=size))["finding_id"]
    shown = told(run("show", finding_id, "--json"))
    assert (shown["subject"]["first"], shown["subject"]["last"]) == (2, 5)
    assert (shown["checkpoint_size"], shown["subject"]["id"]) == (size, None)


def test_refusals_are_the_rules_own(election: Election, opening: Open, file: Path) -> None:
    size = election.engine.reader.size()
    assert isinstance(opening("kiosk", UUID(int=9)).exception, NoTrail)
    assert isinstance(opening("kiosk", election.id).exception, NotFound)
    assert isinstance(opening("entries", f"1-{size + 1}").exception, SubjectInvalid)
    assert isinstance(opening(at=size + 1).exception, NoSuchCheckpoint)
    finding_id = told(opening())["finding_id"]
    own = run("answer", finding_id, "--summary", "well", "--document", file, "--by", "auditor")
    assert isinstance(own.exception, BothSides)
    assert isinstance(run("show", UUID(int=9)).exception, NotFound)
    assert election.engine.reader.size() == size + 1


@pytest.mark.parametrize(
    "wrong",
    [
        ("open", "entries", "5"),
        ("open", "entries", "a-b"),
        ("open", "round", "5-6"),
        ("open", "castle", str(UUID(int=1))),
        ("close", str(UUID(int=1)), "--outcome", "forgotten", "--reason", "x"),
        ("present", str(UUID(int=1)), "--sitting", "s", "--held", "yesterday"),
        ("list", "--state", "lost"),
    ],
)
def test_what_is_not_understood_is_a_usage_error(wrong: tuple[str, ...], file: Path) -> None:
    rest = ("--title", "t", "--summary", "s", "--severity", "minor", "--text", str(file))
    assert run(*wrong, *(rest if wrong[0] == "open" else ())).exit_code == 2


def test_findings_are_listed_by_state(election: Election) -> None:
    opened, *_, presented = tell_findings(election.engine, election.id)
    listed = told(run("list", "--json"))["items"]
    assert [listed[0]["finding_id"], listed[-1]["finding_id"]] == [str(presented), str(opened)]
    only = told(run("list", "--state", "opened", "--json"))
    assert [each["finding_id"] for each in only["items"]] == [str(opened)]
    before = told(run("list", "--before", listed[-1]["opened"], "--json"))
    assert before == {"items": [], "next": None}
    lines = run("list").stdout.splitlines()
    assert [line.split("  ")[1] for line in lines] == ["presented", "closed", "answered", "opened"]


def tell(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["audit", "trail", *map(str, arguments)])


@pytest.mark.parametrize(
    ("language", "words"),
    [("kk", "Дауыс беру басталды."), ("ru", "Голосование началось."), ("en", "Voting opened.")],
)
def test_a_trail_is_told_in_the_language_asked_for(election: Election, language: str, words: str) -> None:
    result = tell(election.id, "--lang", language)
    assert result.exit_code == 0
    position = election.engine.reader.entries_of(election.id, 0, 100)[-1].position
    assert words in result.stdout
    assert f"\n{position}  " in result.stdout
    assert f"/log/proof/{position - 1}\n" in result.stdout


def test_a_trail_of_any_length_is_one_line_of_json(
    election: Election, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = told(tell(election.id, "--json"))
    assert (whole["id"], whole["kind"], whole["next"]) == (str(election.id), "round", None)
    monkeypatch.setattr(trail, "_PAGE_ITEMS", 2)
    assert told(tell(election.id, "--json")) == whole
    assert len(whole["items"]) > 4


def test_a_ballot_is_told_when_its_round_has_closed(election: Election) -> None:
    ballot_id = Ballot.create_id(election.id, f"{1:043}")
    assert isinstance(tell(ballot_id).exception, NoTrail)
    assert isinstance(tell(UUID(int=9)).exception, NoTrail)
    election.closed()
    assert "Projects chosen: 1, 2." in tell(ballot_id).stdout
