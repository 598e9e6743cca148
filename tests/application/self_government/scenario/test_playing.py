"""Recording a scenario: expected refusals must come, others must not, and a file is recorded whole or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from application.self_government.scenario.book import Book, Desk
from application.self_government.scenario.ledger import Ledger
from application.self_government.scenario.mistakes import WrongLine
from application.self_government.scenario.playing import Outcome, PlayedClock, play
from application.self_government.scenario.reading import read_scenario
from domain.self_government.unit import Names, TerritorialUnit, UnitKind
from tests.engine import Engine

HEAD = "scenario: Жыл\nunit: 990600000\nby: clerk-1\nentries:\n"
REGISTERED = "- {at: 2025-01-10, entry: unit.registered, kato: 990600000, kind: township, names: {kk: Қ, ru: К, en: Q}}\n"
COUNTED = "- {entry: unit.population_recorded, year: 2025, people: 1900, source: Бюро}\n"
RULES = "- {entry: unit.rules_set, legal_basis: Шешім}\n"
CALL = (
    "- {entry: gathering.convened, gathering: march, place: Клуб, announced: 2025-01-10, held: 2025-01-25 15:00,"
    " agenda: [{key: plan, kind: plan_agreed, title: Жоспар}]REFUSED}\n"
)
AKIM = (
    "- {entry: office.taken, office: akim, holder: {id: d.erlan, name: Д. Ерлан}, term_from: 2024-03-01,"
    " term_until: 2028-03-01, basis: Сайлау}\n"
)
REPORT = "- {at: 2025-02-15, entry: report_meeting.held, year: 2024, present: 64, minutes: MINUTES}\n"

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def book_of(engine: Engine, ledger: Ledger, folder: Path, clock: PlayedClock) -> Book:
    desk = Desk.of(ledger, engine.documents, clock, bytes)
    return Book(desk, "990600000", "clerk-1", folder, NOW)


def recorded(engine: Engine, entries: str, *, folder: Path = Path(), keep: bool = True) -> list[Outcome]:
    """As `dauys scenario` does it: now, in one transaction."""
    clock = PlayedClock()
    clock.tell(NOW)
    ledger = Ledger(engine.recorder)
    with ledger.as_one(keep=keep):
        scenario = read_scenario((HEAD + entries).encode())
        return list(play(scenario, book_of(engine, ledger, folder, clock), ledger, told=lambda _: None))


def refused(engine: Engine, entries: str, *, folder: Path = Path()) -> tuple[int, str]:
    """Which line of `entries` (from 1) ends the play, and why; nothing is recorded then."""
    before = engine.reader.size()
    with pytest.raises(WrongLine) as wrong:
        recorded(engine, entries, folder=folder)
    assert engine.reader.size() == before
    return wrong.value.line - HEAD.count("\n"), wrong.value.refusal.code


def test_a_scenario_is_recorded_whole_under_one_checkpoint(engine: Engine) -> None:
    outcomes = recorded(engine, REGISTERED + COUNTED + RULES + CALL.replace("REFUSED", ""))
    assert [outcome.positions for outcome in outcomes] == [(1,), (2,), (3,), (4,)]
    assert engine.check() == 4
    assert engine.reader.checkpoint_of(1).size == 4


def test_events_are_dated_when_they_are_entered(engine: Engine) -> None:
    recorded(engine, REGISTERED)
    (entry,) = engine.reader.entries(0, 1)
    assert msgspec.json.decode(entry.state)["timestamp"].startswith("2026-01-15T")


def test_played_they_are_dated_in_the_year_they_tell_of(engine: Engine) -> None:
    clock, ledger = PlayedClock(), Ledger(engine.recorder)
    scenario = read_scenario((HEAD + REGISTERED).encode())
    list(play(scenario, book_of(engine, ledger, Path(), clock), ledger, told=clock.tell))
    (entry,) = engine.reader.entries(0, 1)
    assert msgspec.json.decode(entry.state)["timestamp"].startswith("2025-01-09T19:00:00")


def test_a_check_finds_the_same_and_records_nothing(engine: Engine) -> None:
    outcomes = recorded(engine, REGISTERED + COUNTED, keep=False)
    assert [outcome.positions for outcome in outcomes] == [(1,), (2,)]
    assert engine.reader.size() == 0


def test_a_refused_line_ends_the_play_and_leaves_nothing_of_the_lines_before(engine: Engine) -> None:
    assert refused(engine, REGISTERED + COUNTED + CALL.replace("REFUSED", "")) == (3, "rules_not_set")


def test_an_expected_refusal_is_an_outcome_and_the_play_goes_on(engine: Engine) -> None:
    expected = CALL.replace("REFUSED", ", refused: rules_not_set")
    outcomes = recorded(engine, REGISTERED + COUNTED + expected + RULES)
    assert [outcome.refusal and outcome.refusal.code for outcome in outcomes] == [
        None,
        None,
        "rules_not_set",
        None,
    ]
    assert [outcome.positions for outcome in outcomes] == [(1,), (2,), (), (3,)]


def test_an_expected_refusal_that_does_not_come_fails_the_scenario(engine: Engine) -> None:
    expected = CALL.replace("REFUSED", ", refused: notice_too_short")
    assert refused(engine, REGISTERED + COUNTED + RULES + expected) == (4, "refusal_missing")


def test_another_refusal_than_the_expected_one_fails_it_too(engine: Engine) -> None:
    expected = CALL.replace("REFUSED", ", refused: notice_too_short")
    assert refused(engine, REGISTERED + COUNTED + expected) == (3, "rules_not_set")


def test_what_has_not_happened_yet_cannot_be_entered(engine: Engine) -> None:
    report = REPORT.replace("2025-02-15", "2026-02-15").replace("2024", "2025").replace("MINUTES", "x")
    assert refused(engine, REGISTERED + COUNTED + RULES + AKIM + report) == (5, "step_out_of_time")


def test_a_later_scenario_goes_on_where_an_earlier_one_ended(engine: Engine) -> None:
    recorded(engine, REGISTERED + COUNTED + RULES + CALL.replace("REFUSED", ""))
    off = "- {at: 2025-01-20, entry: gathering.called_off, gathering: march, reason: Боран}\n"
    assert recorded(engine, off)[0].positions == (5,)


def test_a_name_that_nothing_has_is_reported_at_its_line(engine: Engine) -> None:
    off = "- {at: 2025-01-20, entry: gathering.called_off, gathering: may, reason: Боран}\n"
    assert refused(engine, REGISTERED + COUNTED + off) == (3, "not_found")


def test_a_contest_is_not_recorded_from_a_clerks_file(engine: Engine) -> None:
    contest = "- {entry: contest.announced, contest: a, title: b, envelope_tiyn: 100, most_choices: 1}\n"
    assert refused(engine, REGISTERED + COUNTED + contest) == (3, "contests_not_held_here")


def test_minutes_may_lie_in_a_file_beside_the_scenario(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "minutes.pdf").write_bytes(b"%PDF signed")
    told = REGISTERED + COUNTED + RULES + AKIM + REPORT.replace("MINUTES", "{file: minutes.pdf}")
    outcomes = recorded(engine, told, folder=tmp_path)
    (entry,) = engine.reader.entries(outcomes[-1].positions[0] - 1, outcomes[-1].positions[0])
    assert engine.documents.get(msgspec.json.decode(entry.state)["minutes_digest"]) == b"%PDF signed"


@pytest.mark.parametrize("name", ["absent.pdf", "../secret.txt", "/etc/hostname", "."])
def test_a_file_elsewhere_is_not_read(engine: Engine, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "scenario"
    folder.mkdir()
    told = REGISTERED + COUNTED + RULES + AKIM + REPORT.replace("MINUTES", f"{{file: {name}}}")
    assert refused(engine, told, folder=folder) == (5, "scenario_file_unreadable")


def test_nothing_is_half_recorded_when_the_play_is_interrupted(engine: Engine) -> None:
    ledger = Ledger(engine.recorder)

    def interrupted() -> None:
        with ledger.as_one(keep=True), ledger.deciding() as decision:
            decision.save(a_unit())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert engine.reader.size() == 0
    with ledger.deciding() as decision:
        decision.save(a_unit())
    assert engine.check() == 1


def a_unit() -> TerritorialUnit:
    names = Names("Қ", "К", "Q")
    return TerritorialUnit.register("990600000", UnitKind.TOWNSHIP, names, parent=None, by="clerk-1", at=NOW)
