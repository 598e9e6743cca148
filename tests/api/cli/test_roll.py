"""`dauys roll` and `dauys codes` on a real database: what they print, how they end, and what they must never show."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from api.cli import codes, roll
from application.desk.serving import AlreadyServed
from application.store import Store
from domain.round import Round
from tests.engine import Engine
from tests.examples import CITY, CLERK, CLOSES, DISTRICT, DURING, EARLY, PAPER, ROUND_ID, SEED, TERMS
from tests.people import credential, credential_list, iin, roll_list

ROUND = ["--round", str(ROUND_ID)]
PEOPLE = [(iin(number), CITY if number % 3 else DISTRICT) for number in range(12)]


@pytest.fixture(autouse=True)
def _configured(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAUYS_DATABASE_URL", engine.url)
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))
    round_ = Round.draft(ROUND_ID, TERMS, by=CLERK, at=EARLY)
    round_.open_intake(by=CLERK, at=EARLY)
    round_.start_review(by=CLERK, at=EARLY)
    round_.draw_lot(SEED, by=CLERK, at=EARLY)
    engine.store.save(round_)


def run(app: typer.Typer, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=typed)


def answer(app: typer.Typer, *arguments: str, typed: str | None = None) -> Any:
    result = run(app, *arguments, *ROUND, "--json", typed=typed)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def written(path: Path, lines: Iterator[bytes]) -> str:
    path.write_bytes(b"".join(lines))
    return str(path)


def test_from_the_list_of_residents_to_reconciled_slips(engine: Engine, tmp_path: Path) -> None:
    people = written(tmp_path / "people.csv", roll_list(PEOPLE))
    assert answer(roll.app, "import", people)["stored"] == {CITY: 8, DISTRICT: 4}
    assert answer(roll.app, "seal")["people"] == {CITY: 8, DISTRICT: 4}
    lists = []
    for unit, count in ((CITY, "8"), (DISTRICT, "4")):
        made = answer(
            codes.app, "generate", "--unit", unit, "--count", count, "--spares", "2", "--out", str(tmp_path)
        )
        lists.append(made["files"][-1])
    assert answer(codes.app, "register", *lists)["stored"] == {CITY: 10, DISTRICT: 6}
    assert answer(roll.app, "serve", typed=f"{iin(1)}\n") == {"unit": CITY}
    _hold_voting(engine.store)
    piles = ["--unused", f"{CITY}=8", "--spoiled", f"{CITY}=1", "--unused", f"{DISTRICT}=6"]
    reconciled = answer(roll.app, "reconcile", *piles)
    assert [(pile["unit"], pile["handed_out"], pile["cast"]) for pile in reconciled] == [
        (CITY, 1, 0),
        (DISTRICT, 0, 0),
    ]
    status = answer(roll.app, "status")
    assert (status["reconciled"], status["handed_out"]) == (True, {CITY: 1, DISTRICT: 0})


def test_bad_lines_are_told_where_they_stand_and_end_in_exit_code_1(tmp_path: Path) -> None:
    people = written(tmp_path / "people.csv", roll_list([*PEOPLE, ("990101100011", CITY)]))
    result = run(roll.app, "import", people, *ROUND)
    assert result.exit_code == 1
    assert "people.csv:14: iin_invalid: check_digit" in result.stderr.replace("\n", "")
    assert "990101100011" not in result.output
    assert not [digits for digits, _ in PEOPLE if digits in result.output]
    assert run(roll.app, "import", people, *ROUND, "--skip-bad").exit_code == 0


def test_a_bad_line_of_several_files_is_told_with_its_file(tmp_path: Path) -> None:
    people = written(tmp_path / "people.csv", roll_list(PEOPLE))
    answer(roll.app, "import", people)
    answer(roll.app, "seal")
    files = [
        written(tmp_path / "a", credential_list([(CITY, credential(number)) for number in range(9)])),
        written(tmp_path / "b", credential_list([(DISTRICT, credential(0)), (DISTRICT, "short")])),
    ]
    result = run(codes.app, "register", *files, *ROUND)
    assert result.exit_code == 1
    told = result.stderr.replace("\n", "")
    assert "b:2: duplicate" in told
    assert "b:3: credential_invalid" in told


def test_the_list_may_come_through_a_pipe() -> None:
    piped = b"".join(roll_list(PEOPLE)).decode()
    assert answer(roll.app, "import", "-", typed=piped)["stored"] == {CITY: 8, DISTRICT: 4}


def test_a_refusal_goes_up_to_the_command_line_and_holds_no_iin(tmp_path: Path) -> None:
    answer(roll.app, "import", written(tmp_path / "people.csv", roll_list(PEOPLE)))
    answer(roll.app, "seal")
    slips = [(CITY, credential(number)) for number in range(8)]
    slips += [(DISTRICT, credential(number)) for number in range(8, 12)]
    answer(codes.app, "register", written(tmp_path / "credentials.csv", credential_list(slips)))
    answer(roll.app, "serve", typed=iin(1))
    refused = run(roll.app, "serve", *ROUND, typed=iin(1))
    assert isinstance(refused.exception, AlreadyServed)
    assert iin(1) not in refused.output + str(refused.exception)


@pytest.mark.parametrize("pile", ["750000000", "750000000=", "750000000=-1", "750000000=1.5"])
def test_a_pile_is_a_unit_and_a_whole_number(pile: str) -> None:
    assert run(roll.app, "reconcile", *ROUND, "--unused", pile).exit_code == 2


def test_slips_are_made_without_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAUYS_DATABASE_URL", "postgresql://localhost:1/nowhere")
    made = answer(codes.app, "generate", "--unit", CITY, "--count", "3", "--out", str(tmp_path), "--html")
    assert made["slips"] == 3
    assert not (tmp_path / "home").exists()


def _hold_voting(store: Store) -> None:
    round_ = store.load(Round, ROUND_ID)
    round_.open_voting(PAPER, 2, by=CLERK, at=DURING)
    round_.close_voting(by=CLERK, at=CLOSES)
    store.save(round_)
