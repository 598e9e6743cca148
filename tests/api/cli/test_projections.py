"""`dauys rebuild` and `dauys export-pb` on a real database at which no worker is at work."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
import typer
from typer.testing import CliRunner, Result

import projections
from api.cli import export_pb, rebuild
from application.new_files import FileExists
from application.store import NotFound
from projections import tally
from projections.following import reached
from projections.results import ResultsNotPublicYet
from tests.api.reading import voting
from tests.engine import Engine


@pytest.fixture(autouse=True)
def _configured(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAUYS_DATABASE_URL", engine.url)
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))
    with engine.datastore.get_connection() as connection:
        projections.prepare(connection)


def run(*arguments: object) -> Result:
    app = typer.Typer()
    rebuild.register(app)
    export_pb.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_rebuilding_all_brings_every_projection_to_the_end(engine: Engine) -> None:
    election = voting(engine).closed()
    result = run("rebuild", "all", "--json")
    names = [projection.name for projection in projections.ALL]
    assert json.loads(result.stdout) == {"rebuilt": names, "position": engine.reader.size()}
    with engine.datastore.get_connection() as connection:
        assert reached(connection, projections.ALL) == engine.reader.size()
        assert tally.of_round(connection, election.id)["1"].voters == 21


def test_one_is_rebuilt_alone(engine: Engine) -> None:
    voting(engine).closed()
    assert json.loads(run("rebuild", "tally", "--json").stdout)["rebuilt"] == ["tally"]
    with engine.datastore.get_connection() as connection:
        assert reached(connection, projections.ALL) == 0
        assert reached(connection, [projections.tally.TALLY]) == engine.reader.size()


def test_a_projection_that_does_not_exist_is_a_usage_error() -> None:
    result = run("rebuild", "talley")
    assert result.exit_code == 2
    assert "tally" in result.output


def test_a_closed_round_is_exported(engine: Engine, tmp_path: Path) -> None:
    election, out = voting(engine).closed(), tmp_path / "round.pb"
    told = json.loads(run("export-pb", election.id, out, "--json").stdout)
    assert told == {"file": str(out), "status": "provisional", "as_of": engine.reader.size()}
    assert out.read_text("utf-8").startswith("META\nkey;value\n")
    assert "num_votes;30" in out.read_text("utf-8")


def test_an_open_round_is_not_exported_and_leaves_no_file(engine: Engine, tmp_path: Path) -> None:
    election, out = voting(engine), tmp_path / "round.pb"
    assert isinstance(run("export-pb", election.id, out).exception, ResultsNotPublicYet)
    assert isinstance(run("export-pb", uuid4(), out).exception, NotFound)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_file_that_is_there_already_is_kept(engine: Engine, tmp_path: Path) -> None:
    election, out = voting(engine).closed(), tmp_path / "round.pb"
    out.write_text("mine")
    assert isinstance(run("export-pb", election.id, out).exception, FileExists)
    assert out.read_text() == "mine"
