"""`dauys unit`, `office` and `gathering`, from a unit's registration to published minutes; what is wrong with a file is told."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from domain.self_government.gathering import NoQuorum
from domain.self_government.rules import LocalRulesInvalid
from tests.commands import as_file, run, told
from tests.engine import Engine
from tests.self_government import FAR, NEAR, UNIT

NOW = datetime.now(UTC)
TOLD, HELD = NOW - timedelta(days=20), NOW - timedelta(hours=1)


@pytest.fixture(autouse=True)
def _configured(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAUYS_DATABASE_URL", engine.url)
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "plan.txt"
    path.write_text("Даму жоспары")
    return path


def call(folder: Path, key: str, kind: str) -> Path:
    announced = {
        "place": "House of culture",
        "convened_at": TOLD.isoformat(),
        "held_at": HELD.isoformat(),
        "agenda": [{"key": key, "kind": kind, "title": f"About {key}"}],
    }
    return as_file(folder / f"{key}.json", announced)


def register() -> None:
    for kato, kind, parent, people in (
        (UNIT, "rural_district", "", 1500),
        (NEAR, "village", UNIT, 1000),
        (FAR, "village", UNIT, 500),
    ):
        names = ("--kk", "Ауыл", "--ru", "Аул", "--en", "Auyl")
        told("unit", "register", kato, kind, *names, "--parent", parent)
        told("unit", "population", kato, NOW.year, people, "--source", "Census")


def separate(folder: Path, text: Path, locality: str, representatives: int) -> str:
    announced = call(folder, "people", "representatives_chosen")
    gathering: str = told("gathering", "separate", UNIT, locality, "locality", announced, "--json")[
        "gathering_id"
    ]
    told("gathering", "open", gathering, 90, "--residents", 400)
    motion = as_file(folder / "motion.json", {"representatives": representatives})
    vote = (
        "--text",
        text,
        "--motion",
        motion,
        "--present",
        90,
        "--for",
        80,
        "--against",
        5,
        "--abstained",
        5,
    )
    assert told("gathering", "vote", gathering, "people", *vote, "--json") == {"adopted": True}
    told("gathering", "close", gathering, text)
    return gathering


def test_a_year_begins_with_rules_and_ends_with_published_minutes(
    engine: Engine, tmp_path: Path, text: Path
) -> None:
    register()
    told("unit", "rules", UNIT, as_file(tmp_path / "r.json", {"council_years": 4}), "--legal-basis", "No 5")
    assert told("unit", "show", UNIT, "--json")["rules"]["council_years"] == 4
    gathering = told("gathering", "convene", UNIT, call(tmp_path, "plan", "plan_agreed"), "--json")[
        "gathering_id"
    ]
    told("gathering", "representatives", gathering, separate(tmp_path, text, NEAR, 15), "people")
    told("gathering", "representatives", gathering, separate(tmp_path, text, FAR, 10), "people")
    assert isinstance(run("gathering", "open", gathering, 15).exception, NoQuorum)
    told("gathering", "open", gathering, 20)
    vote = ("--text", text, "--present", 20, "--for", 11, "--against", 9, "--abstained", 0)
    assert told("gathering", "vote", gathering, "plan", *vote, "--json") == {"adopted": True}
    told("gathering", "close", gathering, text)
    told("gathering", "publish", gathering, "--site", "https://akimat.example/1", "--mass-media", "«Ауыл»")
    shown = told("gathering", "show", gathering, "--json")
    assert (shown["state"], shown["adopted"]) == ("published", {"plan": "plan_agreed"})
    assert engine.documents.get(shown["motions"]["plan"]["text_digest"]) == text.read_bytes()
    assert shown["motions"]["plan"]["text_digest"] == sha256(text.read_bytes()).hexdigest()


def test_an_office_is_taken_and_left() -> None:
    register()
    term = ("--from", TOLD.isoformat(), "--until", "2199-01-01T00:00:00+05:00", "--basis", "Elections")
    told("office", "take", UNIT, "akim", "a.seitkali", "--name", "Айдос Сейтқали", *term)
    told(
        "office",
        "leave",
        UNIT,
        "akim",
        "--on",
        HELD.isoformat(),
        "--reason",
        "resigned",
        "--basis",
        "Own wish",
    )
    [tenure] = told("office", "show", UNIT, "akim", "--json")
    assert (tenure["holder"]["id"], datetime.fromisoformat(tenure["left"])) == ("a.seitkali", HELD)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ({"council_yeers": 4}, "council_yeers"),
        ({"council_quorum": {"numerator": 1, "denominator": 2, "more_than": True, "of": 3}}, "of"),
        ({"council_years": "four"}, "council_years"),
        ([], "object"),
    ],
)
def test_a_rule_misspelt_is_told_and_not_dropped(tmp_path: Path, content: object, wrong: str) -> None:
    result = run("unit", "rules", UNIT, as_file(tmp_path / "rules.json", content), "--legal-basis", "No 5")
    assert result.exit_code == 2
    assert wrong in result.output


def test_a_file_that_is_not_json_is_a_usage_error(tmp_path: Path, text: Path) -> None:
    assert run("gathering", "convene", UNIT, text).exit_code == 2
    register()
    rules = as_file(tmp_path / "rules.json", {"council_years": 0})
    assert isinstance(run("unit", "rules", UNIT, rules, "--legal-basis", "5").exception, LocalRulesInvalid)
