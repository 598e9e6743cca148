"""`dauys dismissal`, `report-meeting` and `execution`, as a clerk types them; each step of an initiative is told with its proof."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.log import RoundStillOpen
from application.ballot_box import Recorded
from application.log.merkle import OutsideTree, leaf_hash
from application.log.receipt import parse_receipt, verify_receipt
from application.self_government.dismissals import ActReference, ActReferenceInvalid
from domain.self_government.decision import CouncilDecision
from domain.self_government.dismissal import InitiativeOpen
from domain.self_government.motion import ItemKind
from domain.self_government.rollcall import Vote
from tests.commands import run, told
from tests.councils import SAT, SEVEN, chaired, propose, session
from tests.dauys import give_log_key
from tests.deliveries import box_of, enrol, open_round
from tests.dismissal_desk import DismissalDesk
from tests.dismissals import DISTRICT
from tests.engine import ORIGIN, Engine
from tests.self_government import AKIM, CLERK, UNIT

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _configured(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAUYS_DATABASE_URL", engine.url)
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAUYS_LOG_ORIGIN", ORIGIN)
    give_log_key(tmp_path / "home")


@pytest.fixture
def desk(engine: Engine) -> DismissalDesk:
    """A unit whose gathering met twenty days ago."""
    desk = DismissalDesk(engine.store, datetime.now(UTC) - 20 * DAY)
    desk.settle_in()
    return desk


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("Мәтін")
    return path


def raising(act: ActReference, text: Path, *more: object) -> tuple[object, ...]:
    return (
        *("dismissal", "raise", UNIT, AKIM.id, "--act", f"gathering:{act.id}/{act.key}"),
        *("--ground", "no_cooperation", "--ground", "misconduct", "--statement", "No lamps"),
        *("--evidence", text, "--shows", "Dark streets", *more),
    )


def step(name: str, initiative: str, *arguments: object, on: datetime) -> Any:
    return told("dismissal", name, initiative, *arguments, "--on", on.isoformat())


def brought_to_a_vote(desk: DismissalDesk, text: Path) -> str:
    met = desk.now
    initiative: str = told(*raising(desk.act(), text, "--on", (met + DAY).isoformat(), "--json"))[
        "initiative_id"
    ]
    step("notify", initiative, "--text", text, on=met + 2 * DAY)
    step("answer", initiative, "--text", text, "--summary", "Lamps are on order", on=met + 3 * DAY)
    step("submit", initiative, DISTRICT, "--text", text, on=met + 4 * DAY)
    step("register", initiative, "41/2026", on=met + 5 * DAY)
    hearing = (met + 8 * DAY).isoformat()
    step("hearing", initiative, "--at", hearing, "--place", "Great hall", on=met + 6 * DAY)
    step("hear", initiative, "--minutes", text, "--akim-spoke", on=met + 8 * DAY)
    return initiative


def decide(initiative: str, text: Path, votes_for: int) -> bool:
    votes = ("--deputies", 15, "--present", 12, "--for", votes_for, "--against", 2, "--abstained", 1)
    ended: bool = told("dismissal", "decide", initiative, "--text", text, *votes, "--json")["ended"]
    return ended


def test_a_whole_way_is_shown_step_by_step_each_with_what_proves_it(
    desk: DismissalDesk, engine: Engine, text: Path
) -> None:
    initiative = brought_to_a_vote(desk, text)
    assert decide(initiative, text, 8)
    told("dismissal", "publish", initiative, "--site", "https://maslikhat.example/41")
    shown = told("dismissal", "show", initiative, "--json")
    assert (shown["state"], shown["akim"]["id"], shown["count"]["ended"]) == ("published", AKIM.id, True)
    names = ["raised", "akim_notified", "akim_answered", "submitted", "registered", "hearing_set", "heard"]
    topics = [each["topic"] for each in shown["steps"]]
    assert topics == [f"dismissal.{name}.v1" for name in (*names, "decided", "published")]
    for each in shown["steps"]:
        proof = told(*each["proof"].removeprefix("dauys ").split(), "--json")
        assert (proof["position"], proof["entry"]) == (each["position"], each["entry"])
        leaf = leaf_hash(proof["entry"].encode())
        verify_receipt(parse_receipt(proof["receipt"]), leaf, engine.signer.verifier)
        assert proof["key"] == str(engine.signer.verifier)


@pytest.mark.parametrize(("language", "word"), [("kk", "бастама"), ("ru", "нициатив"), ("en", "nitiative")])
def test_the_way_is_told_in_each_language(desk: DismissalDesk, text: Path, language: str, word: str) -> None:
    initiative = told(*raising(desk.act(), text, "--json"))["initiative_id"]
    shown = told("dismissal", "show", initiative, "--lang", language)
    assert word in shown.partition("dauys audit proof")[0].lower()


def test_one_that_fails_leaves_the_akim_in_office(desk: DismissalDesk, text: Path) -> None:
    initiative = brought_to_a_vote(desk, text)
    assert not decide(initiative, text, 7)
    assert desk.office().holder_on(datetime.now(UTC)) == AKIM


def test_a_second_is_refused_until_the_first_is_withdrawn(desk: DismissalDesk, text: Path) -> None:
    initiative = told(*raising(desk.act(), text, "--json"))["initiative_id"]
    desk.now = datetime.now(UTC)
    withdrawal, second = desk.act(ItemKind.DISMISSAL_WITHDRAWN), desk.act()
    assert isinstance(run(*raising(second, text)).exception, InitiativeOpen)
    act = f"gathering:{withdrawal.id}/{withdrawal.key}"
    told("dismissal", "withdraw", initiative, "--act", act, "--reason", "Lit since")
    told(*raising(second, text))


def test_a_petition_raises_nothing(desk: DismissalDesk, text: Path) -> None:
    arguments = [str(each) for each in raising(desk.act(), text)]
    arguments[arguments.index("--act") + 1] = "petition:12,000 signatures"
    assert isinstance(run(*arguments).exception, ActReferenceInvalid)


def test_evidence_comes_with_what_it_shows(desk: DismissalDesk, text: Path) -> None:
    result = run(*raising(desk.act(), text, "--evidence", text))
    assert result.exit_code == 2
    assert "go in pairs" in result.output


def test_it_lapses_when_its_time_is_over(engine: Engine, text: Path) -> None:
    desk = DismissalDesk(engine.store, datetime.now(UTC) - 70 * DAY)
    desk.settle_in()
    on = (desk.now + DAY).isoformat()
    initiative = told(*raising(desk.act(), text, "--on", on, "--json"))["initiative_id"]
    told("dismissal", "lapse", initiative)
    assert told("dismissal", "show", initiative, "--json")["state"] == "lapsed"


def test_a_ballot_of_an_open_round_is_not_told(engine: Engine) -> None:
    voters, device = open_round(engine), enrol(engine)
    [[ballot]] = box_of(engine).cast(device.deliver(voters[0].ballot(["101"])))
    assert isinstance(ballot, Recorded)
    assert isinstance(run("audit", "proof", ballot.position).exception, RoundStillOpen)


@pytest.mark.usefixtures("desk")
def test_nothing_is_proven_that_is_not_in_the_log(engine: Engine) -> None:
    size = engine.reader.size()
    assert told("audit", "proof", size, "--json")["position"] == size
    assert isinstance(run("audit", "proof", size + 1).exception, OutsideTree)


@pytest.mark.usefixtures("desk")
def test_a_report_meeting_and_what_is_overdue(text: Path) -> None:
    now = datetime.now(UTC)
    held = now - 100 * DAY
    hold = ("report-meeting", "hold", UNIT, held.year, "--held-at", held.isoformat())
    meeting = told(*hold, "--present", 180, "--minutes", text, "--json")["meeting_id"]
    for key in ("road", "light"):
        told("report-meeting", "question", meeting, key, "--text", "When?", "--topic", "Roads")
    month = (now + timedelta(hours=5)).strftime("%Y-%m")
    told("report-meeting", "status", meeting, "road", month, "delayed", "--text", "Frost")
    told("report-meeting", "settle", meeting, "light", "carried_out", "--text", "It shines")
    shown = told("report-meeting", "show", meeting, "--json")
    assert [each["reported"] for each in shown["questions"]] == [[month], []]
    assert [each["settled"] for each in shown["questions"]] == [None, "carried_out"]
    assert shown["overdue"]
    assert {each["key"] for each in shown["overdue"]} == {"road"}


def adopted(engine: Engine) -> CouncilDecision:
    made = propose()
    for member in SEVEN:
        made.cast_vote(session(chaired()), member, Vote.FOR, by=CLERK, at=SAT)
    made.close_vote(session(chaired()), by=CLERK, at=SAT)
    engine.store.save(made)
    return made


def test_the_execution_of_a_decision(engine: Engine, tmp_path: Path, text: Path) -> None:
    due = SAT + 30 * DAY
    lamps = {"key": "lamps", "title": "Put up lamps", "responsible": "Akim's office", "due": due.isoformat()}
    tasks = tmp_path / "tasks.json"
    tasks.write_text(json.dumps([lamps]))
    execution = told("execution", "order", adopted(engine).id, tasks, "--json")["execution_id"]
    told("execution", "progress", execution, "lamps", 50, "--note", "Half stand")
    later = (due + DAY).isoformat()
    told("execution", "extend", execution, "lamps", "--due", later, "--reason", "Frost")
    assert told("execution", "show", execution, "--json")["overdue"] == ["lamps"]
    told("execution", "done", execution, "lamps", "--note", "All stand", "--evidence", text)
    shown = told("execution", "show", execution, "--json")
    assert (shown["done"], shown["overdue"], shown["tasks"][0]["per_cent"]) == (True, [], 100)
