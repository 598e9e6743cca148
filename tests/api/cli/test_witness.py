"""`dauys witness …` as a commission runs it: a real process with a key of its own, stopped and started again."""

import json
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.witness import app
from application.log.cosignature import WitnessVerifier, cosignatures_of
from application.witness.request import format_request
from tests.house.files import ROOT
from tests.memory_log import LOG_SIGNER, MemoryLog
from tests.witnesses import wait_until

NAME = "commission.example.kz/w1"
LOG = MemoryLog().grow(40)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "witness"


def dauys(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--folder", str(folder)])


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@contextmanager
def serving(folder: Path) -> Iterator[httpx.Client]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "api.cli.main",
        "witness",
        "serve",
        "--folder",
        str(folder),
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            wait_until(lambda: process.poll() is not None or answers(client))
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/").status_code == 404
    except httpx.ConnectError:
        return False


def add(client: httpx.Client, old_size: int, size: int) -> httpx.Response:
    request = LOG.request(old_size, size)
    return client.post("/add-checkpoint", content=format_request(old_size, request.path, request.note))


def test_a_witness_is_made_told_whom_to_trust_and_remembers_across_restarts(folder: Path) -> None:
    key = WitnessVerifier.parse(told(dauys(folder, "init", "--name", NAME, "--json"))["witness_key"])
    assert key.name == NAME
    assert stat.S_IMODE((folder / "keys" / "witness.key").stat().st_mode) == 0o600
    assert dauys(folder, "trust", str(LOG_SIGNER.verifier)).exit_code == 0
    with serving(folder) as client:
        cosigned = add(client, 0, 20)
        assert len(cosignatures_of(LOG.note(20) + cosigned.text, [key])) == 1
    with serving(folder) as client:
        assert (add(client, 0, 30).status_code, add(client, 0, 30).text) == (409, "20\n")
        assert add(client, 20, 30).status_code == 200
    assert told(dauys(folder, "status", "--json")) == {
        "witness_key": str(key),
        "logs": {str(LOG_SIGNER.verifier): 30},
    }


def test_making_it_again_shows_the_same_key(folder: Path) -> None:
    first, again = (told(dauys(folder, "init", "--name", NAME, "--json")) for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    "arguments",
    [
        ("init", "--name", "two words"),
        ("init", "--name", ""),
        ("init", "--name", "another.example/w"),
        ("trust", "nonsense"),
        ("trust", str(LOG_SIGNER.verifier)),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(arguments: tuple[str, ...], folder: Path) -> None:
    told(dauys(folder, "init", "--name", NAME, "--json"))
    assert dauys(folder, "trust", str(LOG_SIGNER.verifier)).exit_code == 0
    before = told(dauys(folder, "status", "--json"))
    refused = dauys(folder, *arguments)
    assert refused.exit_code == 2
    assert told(dauys(folder, "status", "--json")) == before


@pytest.mark.parametrize("arguments", [("status",), ("serve",), ("trust", str(LOG_SIGNER.verifier))])
def test_without_a_witness_it_says_how_to_make_one(arguments: tuple[str, ...], folder: Path) -> None:
    refused = dauys(folder, *arguments)
    assert refused.exit_code == 2
    assert not folder.exists()
