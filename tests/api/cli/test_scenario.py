"""`dauys scenario`, and the demonstration's year where it has been played before: what is printed, and the exit codes."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from api.cli import demo, scenario
from api.self_government.year import built_in
from tests.docs.test_scenario import example
from tests.engine import Engine


@pytest.fixture(autouse=True)
def _configured(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAUYS_DATABASE_URL", engine.url)
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "year.yaml"
    path.write_bytes(example())
    return path


def run(*arguments: object) -> Result:
    app = typer.Typer()
    scenario.register(app)
    demo.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_file_is_recorded_with_a_table_of_what_came_of_it(engine: Engine, file: Path) -> None:
    done = run("scenario", file)
    assert done.exit_code == 0, done.output
    assert done.stdout.count("refused: Notice too") == 1
    assert engine.reader.size() == 8


def test_a_check_records_nothing_and_says_so(engine: Engine, file: Path) -> None:
    done = run("scenario", file, "--check", "--lang", "kk")
    assert done.exit_code == 0, done.output
    assert "ештеңе жазылған жоқ" in done.stdout
    assert engine.reader.size() == 0


def test_a_line_that_a_rule_refuses_is_told_by_number_in_three_languages(engine: Engine, file: Path) -> None:
    wrong = file.read_text().replace("  refused: notice_too_short\n", "")
    file.write_text(wrong)
    line = wrong[: wrong.index("- at: 2025-03-01")].count("\n") + 1
    done = run("scenario", file)
    assert done.exit_code == 1
    assert f"year.yaml:{line}: notice_too_short (given=4, needed=10)" in done.stderr
    for words in ("Хабарлау мерзімі қысқа", "Слишком поздно", "Notice too short", "Nothing was recorded."):
        assert words in done.stderr
    assert engine.reader.size() == 0


def test_a_file_that_is_no_scenario_is_told_by_line_before_a_database_is_asked(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAUYS_DATABASE_URL", "postgresql://nowhere.invalid/none")
    text = file.read_text().replace("people: 1900", "peopel: 1900")
    file.write_text(text)
    line = text[: text.index("peopel")].count("\n") + 1
    done = run("scenario", file, "--json")
    assert done.exit_code == 2
    told = json.loads(done.stdout)
    assert (told["line"], told["refused"]) == (line, "scenario_key_unknown")
    assert told["words"].keys() == {"kk", "ru", "en"}


def test_for_programs_every_entry_has_its_positions_and_its_refusal(file: Path) -> None:
    told = json.loads(run("scenario", file, "--json").stdout)
    assert told["recorded"] is True
    assert [entry["positions"] for entry in told["entries"]] == [[1], [2], [3], [4, 5], [6], [7], [], [8]]
    assert [entry["refused"] for entry in told["entries"] if entry["refused"]] == ["notice_too_short"]


def test_a_year_that_is_there_is_not_played_again(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "unit.yaml"
    names = "{kk: Қ, ru: К, en: Q}"
    path.write_text(
        f"scenario: x\nunit: {built_in().unit}\nby: clerk-1\nentries:\n"
        f"- {{at: 2025-01-01, entry: unit.registered, kato: {built_in().unit}, kind: rural_district, names: {names}}}\n"
    )
    assert run("scenario", path).exit_code == 0
    done = run("demo", "--self-government", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["played"], told["position"]) == (False, 1)
    assert any(command.startswith("dauys dismissal show ") for command in told["next"])
    assert engine.reader.size() == 1
