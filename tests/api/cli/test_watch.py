"""`dauys audit watch` and `check-fork` as a person types them: a live log, and another one that signs with the same key."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from tests.engine import Engine, open_engine, plain_events
from tests.house.files import ROOT
from tests.postgres import fresh_database
from tests.server import Server, serve


def dauys(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", *arguments])


def told(done: Result, code: int) -> Any:
    assert done.exit_code == code, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def true(engine: Engine, tmp_path: Path) -> Iterator[Server]:
    engine.recorder.insert_events(plain_events(300))
    with serve(engine, tmp_path / "true") as server:
        yield server


@pytest.fixture
def forked(cluster: str, template: str, tmp_path: Path) -> Iterator[Server]:
    """Another history of as many events, signed with the same key."""
    with fresh_database(cluster, template) as url, open_engine(url) as engine:
        engine.recorder.insert_events(plain_events(300))
        with serve(engine, tmp_path / "forked") as server:
            yield server


def test_a_fork_is_caught_proven_and_not_believed(true: Server, forked: Server, tmp_path: Path) -> None:
    folder, key = tmp_path / "watch", str(true.engine.signer.verifier)
    looking = ("--folder", str(folder), "--key", key, "--once", "--json")
    assert told(dauys("watch", f"{true.client.base_url}/log", *looking), 0)["seen"] == "first"
    true.engine.recorder.insert_events(plain_events(1))
    assert told(dauys("watch", f"{true.client.base_url}/log", *looking), 0) == {
        "seen": "grown",
        "size": 301,
        "believed_size": 301,
    }
    believed = (folder / "checkpoint.txt").read_text()

    forked.engine.recorder.insert_events(plain_events(1))
    same_size = told(dauys("watch", f"{forked.client.base_url}/log", *looking), 4)
    forked.engine.recorder.insert_events(plain_events(400))
    rewritten = told(dauys("watch", f"{forked.client.base_url}/log", *looking), 4)
    assert (folder / "checkpoint.txt").read_text() == believed

    for found, kind, sizes in ((same_size, "same_size", [301, 301]), (rewritten, "rewritten", [301, 701])):
        assert json.loads(Path(found["proof"]).read_text())["kind"] == kind
        proof = told(dauys("check-fork", found["proof"], "--key", key, "--json"), 0)
        assert (proof["proven"], proof["log_key"], proof["sizes"]) == (True, key, sizes)
    assert told(dauys("check-fork", str(folder / "checkpoint.txt"), "--json"), 1)["proven"] is False


def test_a_script_learns_of_a_fork_by_the_exit_code(true: Server, forked: Server, tmp_path: Path) -> None:
    told(dauys("watch", f"{true.client.base_url}/log", "--folder", str(tmp_path), "--once", "--json"), 0)
    command = [sys.executable, "-m", "api.cli.main", "audit", "watch", f"{forked.client.base_url}/log"]
    # Without --once, too, a fork ends it.
    done = subprocess.run(
        [*command, "--folder", str(tmp_path)],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 4
    assert "has not kept its word" in done.stderr


def test_it_looks_at_times_that_cannot_be_foreseen(
    true: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 20:
            raise KeyboardInterrupt

    # The server, in this process too, sleeps on its own: only the watcher's clock is taken.
    monkeypatch.setattr("api.cli.watch.time", SimpleNamespace(sleep=wait))
    arguments = ("--folder", str(tmp_path), "--min-seconds", "5", "--max-seconds", "9", "--json")
    done = dauys("watch", f"{true.client.base_url}/log", *arguments)
    assert [json.loads(line)["seen"] for line in done.stdout.splitlines()] == ["first"] + ["same"] * 19
    assert all(5 <= seconds <= 9 for seconds in waits)
    assert len(set(waits)) > 15


def test_a_log_that_is_away_is_said_to_be_and_nothing_else(tmp_path: Path) -> None:
    done = dauys("watch", "http://127.0.0.1:1/log", "--folder", str(tmp_path / "watch"), "--once")
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("not seen this time: ")


def test_wrong_usage_is_told_before_anything_is_done(tmp_path: Path) -> None:
    folder = ("--folder", str(tmp_path / "watch"))
    assert dauys("watch", "http://127.0.0.1:1/log", *folder, "--key", "nonsense").exit_code == 2
    assert dauys("watch", "votes.example.kz/log", *folder).exit_code == 2
    assert (
        dauys(
            "watch", "http://127.0.0.1:1/log", *folder, "--min-seconds", "9", "--max-seconds", "8"
        ).exit_code
        == 2
    )
    assert not (tmp_path / "watch").exists()
