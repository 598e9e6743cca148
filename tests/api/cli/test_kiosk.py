"""`dauys kiosk …`: from the invitation to the answers and the end of a kiosk, as a person types it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.kiosk import app
from application.kiosk.identity import enrol
from tests.deployment import UNIT, Deployment, deployed


@pytest.fixture(scope="module")
def deployment(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed(cluster, tmp_path_factory.mktemp("kiosks")) as deployment:
        yield deployment


@pytest.fixture(autouse=True)
def configured(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAUYS_HOME", str(deployment.engine.settings.home))
    monkeypatch.setenv("DAUYS_DATABASE_URL", deployment.engine.database_url)


def dauys(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def answers(result: Result) -> list[Any]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def lines(deployment: Deployment, *voters: int) -> tuple[str, str]:
    """What `send` reads for these voters of a new round, and a code in it."""
    opened = deployment.open_round(3)
    codes = [opened.slips[UNIT][voter] for voter in voters]
    ballots = [{"code": code, "round": str(opened.round_id), "choices": ["1"]} for code in codes]
    return "\n".join(map(json.dumps, ballots)), codes[0]


def test_a_kiosks_whole_life(deployment: Deployment, tmp_path: Path) -> None:
    folder = str(tmp_path / "kiosk")
    (invited,) = answers(dauys("invite", "--label", "Hall", "--place", "School 7", "--json"))
    (enrolled,) = answers(
        dauys("enrol", invited["code"], "--url", deployment.url, "--folder", folder, "--json")
    )
    assert enrolled["kiosk_id"] == invited["kiosk_id"]

    typed, _ = lines(deployment, 0, 1, 0)
    told = answers(dauys("send", "-", "--folder", folder, "--json", typed=typed))
    assert [one["status"] for one in told] == ["recorded", "recorded", "refused"]
    assert told[2]["code"] == "already_voted"

    (listed,) = answers(dauys("list", "--json"))
    mine = next(row for row in listed if row["kiosk_id"] == invited["kiosk_id"])
    assert (mine["state"], mine["delivered"], mine["recorded"]) == ("enrolled", 3, 2)

    answers(dauys("revoke", invited["kiosk_id"], "--reason", "the hall has closed", "--json"))
    stopped = dauys("send", "-", "--folder", folder, typed=typed)
    assert stopped.exit_code == 1
    assert "kiosk_revoked" in stopped.stderr


def test_what_waits_is_sent_by_resume(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(tmp_path, deployment.url, deployment.invite())
    typed, _ = lines(deployment, 0, 1)
    with monkeypatch.context() as away:
        identity = json.loads((tmp_path / "identity.json").read_text())
        (tmp_path / "identity.json").write_text(json.dumps(identity | {"url": "http://127.0.0.1:9"}))
        away.setattr("application.kiosk.server.FIRST_PAUSE_SECONDS", 1_000.0)  # beyond any patience
        unreached = dauys("send", "-", "--folder", str(tmp_path), typed=typed)
        (tmp_path / "identity.json").write_text(json.dumps(identity))
    assert unreached.exit_code == 3
    assert "dauys kiosk resume" in unreached.stderr
    resumed = dauys("resume", "--folder", str(tmp_path))
    assert resumed.stdout.count("recorded at position") == 2


@pytest.mark.parametrize("broken", ["not json", '{"code": 1}', '{"code": "x", "round": "y", "choices": []}'])
def test_a_bad_line_is_told_by_its_number_and_not_repeated(
    broken: str, deployment: Deployment, tmp_path: Path
) -> None:
    enrol(tmp_path, deployment.url, deployment.invite())
    typed, code = lines(deployment, 0)
    refused = dauys("send", "-", "--folder", str(tmp_path), typed=f"{typed}\n{broken}\n")
    assert refused.exit_code == 2
    assert "line 2" in refused.stderr
    assert broken not in refused.output
    assert code not in refused.output


def test_a_folder_that_is_not_enrolled_says_what_to_do(tmp_path: Path) -> None:
    refused = dauys("resume", "--folder", str(tmp_path))
    assert refused.exit_code == 1
    assert "dauys kiosk enrol" in refused.stderr


def test_an_address_in_the_clear_is_refused(deployment: Deployment, tmp_path: Path) -> None:
    code = deployment.invite()
    refused = dauys("enrol", code, "--url", "http://akimat.example", "--folder", str(tmp_path / "kiosk"))
    assert refused.exit_code == 1
    assert "https" in refused.stderr
