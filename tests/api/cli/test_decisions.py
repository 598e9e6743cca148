"""`dauys council`, `sitting` and `decision`, from the gathering's election to an act in force; wrong input is told as such."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from domain.self_government.council import CouncilDissolved
from domain.self_government.motion import Candidate, ItemKind
from domain.self_government.office import Official
from domain.self_government.rollcall import CouncilWithoutQuorum
from tests.commands import as_file, run, told
from tests.council_desk import CANDIDATES, CouncilDesk
from tests.councils import CHAIR, DAY, FOUR, SEVEN, THREE
from tests.engine import Engine
from tests.self_government import UNIT

NOW = datetime.now(UTC)
LOCAL_RULES = {"kind": "local_rules", "regulates": "sanitation"}


@pytest.fixture(autouse=True)
def _configured(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAUYS_DATABASE_URL", engine.url)
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))


@pytest.fixture
def desk(engine: Engine) -> CouncilDesk:
    """On a clock of an hour ago."""
    return CouncilDesk(engine.store, engine.documents, NOW - 10 * DAY - DAY / 24)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "rules.txt"
    path.write_text("Санитариялық тазалық ережесі")
    return path


def present(*members: str) -> list[str]:
    return [word for member in members for word in ("--present", member)]


def convene(folder: Path, desk: CouncilDesk, council_id: object) -> str:
    """The sitting «2» of this hour, with one point."""
    summons = {
        "place": "Akim's office",
        "convened_at": (desk.now - 5 * DAY).isoformat(),
        "held_at": desk.now.isoformat(),
        "agenda": [{"key": "1", "title": "Local rules"}],
    }
    convened = told("sitting", "convene", council_id, "2", as_file(folder / "s.json", summons), "--json")
    sitting_id: str = convened["sitting_id"]
    return sitting_id


def propose(folder: Path, text: Path, sitting_id: str, number: str, *options: object) -> tuple[object, ...]:
    matter = as_file(folder / "matter.json", LOCAL_RULES)
    named = ("--number", number, "--title", "Local rules", "--text", text, "--legal-basis", "Law, article 1")
    return ("decision", "propose", sitting_id, "1", matter, *named, *options, "--json")


def test_from_the_election_to_an_act_in_force(
    engine: Engine, desk: CouncilDesk, tmp_path: Path, text: Path
) -> None:
    council_id = desk.settle_in()
    sitting_id = convene(tmp_path, desk, council_id)
    assert isinstance(run("sitting", "open", sitting_id, *present(*THREE)).exception, CouncilWithoutQuorum)
    told("sitting", "open", sitting_id, *present(*FOUR))
    told("sitting", "arrive", sitting_id, "m.5")
    told("sitting", "leave", sitting_id, "m.5")
    declared = ("--matter", "My brother's firm", "--on", desk.now.isoformat())
    told("council", "interest", council_id, "i-1", "m.4", *declared)
    decision_id = told(*propose(tmp_path, text, sitting_id, "1"))["decision_id"]
    for member, vote in zip(THREE, ("for", "for", "against"), strict=True):
        told("decision", "vote", decision_id, member, vote)
    told("decision", "vote", decision_id, "m.3", "for")
    told("decision", "recuse", decision_id, "m.4", "--interest", "i-1")
    assert told("decision", "close-vote", decision_id, "--json") == {"adopted": True}
    told("sitting", "close", sitting_id, text)
    told("decision", "sign", decision_id, CHAIR, "--on", desk.now.isoformat())
    told("decision", "publish", decision_id, "--site", "https://akimat.example/1", "--mass-media", "«Ауыл»")
    shown = told("decision", "show", decision_id, "--json")
    assert (shown["state"], shown["votes"]) == ("published", dict.fromkeys(THREE, "for"))
    assert datetime.fromisoformat(shown["in_force_from"]) >= NOW
    assert engine.documents.get(shown["text_digest"]) == text.read_bytes()
    shown = told("sitting", "show", sitting_id, "--json")
    assert (shown["state"], shown["present"]) == ("closed", list(FOUR))


def test_a_decision_is_repealed_by_another(desk: CouncilDesk, tmp_path: Path, text: Path) -> None:
    sitting_id = convene(tmp_path, desk, desk.settle_in())
    told("sitting", "open", sitting_id, *present(*SEVEN))
    decision_ids: list[str] = []
    for number in ("1", "2"):
        repeals = [word for earlier in decision_ids for word in ("--repeals", earlier)]
        decision_ids.append(told(*propose(tmp_path, text, sitting_id, number, *repeals))["decision_id"])
        desk.vote(UUID(decision_ids[-1]))
        told("decision", "close-vote", decision_ids[-1])
        told("decision", "sign", decision_ids[-1], CHAIR)
        told("decision", "publish", decision_ids[-1], "--site", "https://akimat.example/1")
    first, second = (told("decision", "show", each, "--json") for each in decision_ids)
    assert first["repealed_from"] == second["in_force_from"]


def test_a_council_is_formed_filled_and_dissolved(desk: CouncilDesk) -> None:
    first = desk.settle_in()
    told("council", "leave", first, "m.7", "--on", desk.now.isoformat(), "--reason", "moved away")
    told("council", "leave-chair", first, "--on", desk.now.isoformat(), "--reason", "health")
    desk.now += DAY / 48
    winner = (Candidate(Official("n.1", "Жаңа мүше"), UNIT),)
    by_election = desk.resolve(ItemKind.MEMBERS_ELECTED, candidates=winner)
    told("council", "fill", first, "--gathering", by_election, "--item", "item")
    sitting_id = desk.sit(first, "2", SEVEN[:6])
    roll = ("--for", "m.2", "--for", "m.3", "--for", "m.4", "--for", "n.1", "--against", "m.5")
    told("sitting", "arrive", sitting_id, "n.1")
    told("council", "chair", sitting_id, "m.2", *roll, "--abstained", "m.6")
    shown = told("council", "show", first, "--json")
    assert [each["chair"] for each in shown["chairs"]] == [CHAIR, "m.2"]
    assert shown["members"][-1]["member"]["official"]["id"] == "n.1"
    dissolved = desk.resolve(ItemKind.COUNCIL_DISSOLVED)
    told("council", "dissolve", first, "--gathering", dissolved, "--item", "item")
    adjourned = run("council", "leave", first, "m.2", "--on", desk.now.isoformat(), "--reason", "moved away")
    assert isinstance(adjourned.exception, CouncilDissolved)
    elected = desk.resolve(ItemKind.COUNCIL_ELECTED, candidates=CANDIDATES)
    formed = ("council", "form", UNIT, "--gathering", elected, "--item", "item", "--seats", f"{UNIT}=7")
    assert told("council", "show", told(*formed, "--json")["council_id"], "--json")["number"] == 2


def test_a_sitting_is_called_off(desk: CouncilDesk, tmp_path: Path) -> None:
    sitting_id = convene(tmp_path, desk, desk.settle_in())
    told("sitting", "call-off", sitting_id, "--reason", "too few came")
    assert told("sitting", "show", sitting_id, "--json")["state"] == "called_off"


@pytest.mark.parametrize("seats", ["7", f"{UNIT}=", f"{UNIT}=many", f"{UNIT}=-1"])
def test_seats_that_are_no_number_are_a_usage_error(seats: str) -> None:
    named = ("--gathering", UUID(int=1), "--item", "item")
    assert run("council", "form", UNIT, *named, "--seats", seats).exit_code == 2


@pytest.mark.parametrize(
    ("matter", "wrong"),
    [
        ({"kind": "petition"}, "petition"),
        ({"regulates": "sanitation"}, "kind"),
        ({**LOCAL_RULES, "extra": 1}, "extra"),
        (
            {"kind": "tariff", "tariffs": [{"service": "Water", "per": "м³", "amount_tiyn": 1, "vat": 2}]},
            "vat",
        ),
        ({"kind": "budget", "gathering_id": "7", "key": "item"}, "gathering_id"),
        ([], "object"),
    ],
)
def test_a_matter_misspelt_is_told_and_not_dropped(
    tmp_path: Path, text: Path, matter: object, wrong: str
) -> None:
    command = list(propose(tmp_path, text, str(UUID(int=1)), "1"))
    command[4] = as_file(tmp_path / "wrong.json", matter)
    result = run(*command)
    assert result.exit_code == 2
    assert wrong in result.output
