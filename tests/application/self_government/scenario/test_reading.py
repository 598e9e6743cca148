"""Entries from a file: every mistake is reported with its own line, and never with what was written there."""

from datetime import UTC, datetime

import pytest

from application.self_government.scenario.gatherings import GatheringConvened, ItemVoted
from application.self_government.scenario.mistakes import WrongLine
from application.self_government.scenario.reading import MOST_ENTRIES, Scenario, read_scenario
from application.self_government.scenario.registers import RulesSet

HEAD = "scenario: Жыл\nunit: 990600000\nby: clerk-1\nentries:\n"
FIRST_LINE = HEAD.count("\n") + 1
IIN = "990101100010"


def read(entries: str) -> Scenario:
    return read_scenario((HEAD + entries).encode())


def mistake(entries: str) -> tuple[int, str]:
    """Which line of `entries` (from 1) is wrong, and how."""
    with pytest.raises(WrongLine) as wrong:
        read(entries)
    assert IIN not in str(wrong.value)
    return wrong.value.line - FIRST_LINE + 1, wrong.value.refusal.code


POPULATION = "- at: 2025-09-01 10:00\n  entry: unit.population_recorded\n  year: 2025\n  people: 4200\n"
RULES = "- at: 2025-09-01\n  entry: unit.rules_set\n  legal_basis: Шешім\n  rules:\n"
CALL = (
    "- at: 2025-09-01\n  entry: gathering.convened\n  gathering: autumn\n  place: Клуб\n"
    "  announced: 2025-09-01\n  held: 2025-09-27 15:00\n  agenda:\n"
)
SUMMONS = CALL.replace("gathering.convened\n  gathering", "sitting.convened\n  sitting")


@pytest.mark.parametrize(
    ("entries", "line", "code"),
    [
        (POPULATION, 1, "scenario_key_missing"),
        (POPULATION + f"  source: x\n  {IIN}: x\n", 6, "scenario_key_unknown"),
        (POPULATION.replace("4200", IIN + "x") + "  source: x\n", 4, "scenario_value_wrong"),
        (POPULATION.replace("4200", "[4200]") + "  source: x\n", 4, "scenario_value_wrong"),
        (POPULATION + "  source: [x]\n", 5, "scenario_value_wrong"),
        (POPULATION.replace("unit.population_recorded", IIN), 2, "scenario_word_unknown"),
        (POPULATION.replace("unit.population_recorded", "[unit]"), 2, "scenario_word_unknown"),
        (POPULATION.replace("  entry", "  entree"), 1, "scenario_key_missing"),
        (POPULATION.replace("10:00", "10:60") + "  source: x\n", 1, "scenario_time_wrong"),
        (POPULATION.replace("10:00", "10h") + "  source: x\n", 1, "scenario_time_wrong"),
        (
            "- entry: unit.population_recorded\n  year: 2025\n  people: 1\n  source: x\n",
            1,
            "scenario_key_missing",
        ),
        ("- gathering\n", 1, "scenario_value_wrong"),
        (RULES + "    casting_vote: maybe\n", 5, "scenario_value_wrong"),
        (RULES + "    casting_vote: true\n    council_yaers: 4\n", 6, "scenario_key_unknown"),
        (RULES + "    rate_ranges:\n    - rate: zone-1\n      least: 1\n", 6, "scenario_key_missing"),
        (CALL + f"  - key: plan\n    kind: {IIN}\n    title: x\n", 9, "scenario_word_unknown"),
        (
            CALL + "  - key: plan\n    kind: plan_agreed\n    title: x\n    draught: x\n",
            11,
            "scenario_key_unknown",
        ),
        (CALL.replace("2025-09-27 15:00", "27.09.2025"), 6, "scenario_time_wrong"),
        (SUMMONS + "  - key: 1\n    title: x\n    subject: x\n", 10, "scenario_key_unknown"),
        (POPULATION + f"  source: x\n  refused: {IIN}\n", 6, "scenario_value_wrong"),
    ],
)
def test_a_mistake_is_reported_at_its_line(entries: str, line: int, code: str) -> None:
    assert mistake(entries) == (line, code)


def test_entries_follow_each_other_in_time() -> None:
    later = POPULATION.replace("2025-09-01 10:00", "2025-09-01 09:59") + "  source: x\n"
    assert mistake(POPULATION + "  source: x\n" + later) == (6, "scenario_out_of_order")


def test_a_file_has_a_most_number_of_entries() -> None:
    one = "- {at: 2025-09-01, entry: unit.rules_set, legal_basis: x}\n"
    assert mistake(one * (MOST_ENTRIES + 1)) == (MOST_ENTRIES + 1, "scenario_too_large")


@pytest.mark.parametrize(
    ("body", "line", "code"),
    [
        ("- just\n- a list\n", 1, "scenario_value_wrong"),
        ("scenario: x\nunit: 990600000\nentries: []\n", 1, "scenario_key_missing"),
        ("scenario: x\nunit: 990600000\nby: x\nentries: {}\n", 4, "scenario_value_wrong"),
        ("scenario: x\nunit: 990600000\nby: x\nentries: []\nyear: 2025\n", 5, "scenario_key_unknown"),
    ],
)
def test_the_head_is_as_strict(body: str, line: int, code: str) -> None:
    with pytest.raises(WrongLine) as wrong:
        read_scenario(body.encode())
    assert (wrong.value.line, wrong.value.refusal.code) == (line, code)


def test_an_entry_without_a_time_happened_with_the_one_before() -> None:
    first, second = read(
        "- {at: 2025-09-01 10:00, entry: unit.rules_set, legal_basis: x}\n"
        "- {entry: unit.rules_set, legal_basis: y}\n"
    ).lines
    assert first.at == second.at == datetime(2025, 9, 1, 5, tzinfo=UTC)
    assert (first.number, second.number) == (FIRST_LINE, FIRST_LINE + 1)


def test_numbers_are_read_where_numbers_are_needed_and_nowhere_else() -> None:
    (line,) = read(CALL + "  - {key: 1, kind: plan_agreed, title: 2026}\n").lines
    assert isinstance(line.entry, GatheringConvened)
    assert (line.entry.agenda[0].key, line.entry.agenda[0].title) == ("1", "2026")


def test_rules_that_are_not_named_keep_their_defaults() -> None:
    (line,) = read(RULES + "    council_years: 4\n    dismissal_after_office_months: null\n").lines
    assert isinstance(line.entry, RulesSet)
    assert (line.entry.rules.council_years, line.entry.rules.chair_years) == (4, 3)


def test_for_and_against_are_the_clerks_words() -> None:
    (line,) = read(
        "- {at: 2025-09-01, entry: gathering.item_voted, gathering: a, item: b, text: c,"
        " present: 9, for: 5, against: 3, abstained: 1}\n"
    ).lines
    assert isinstance(line.entry, ItemVoted)
    assert (line.entry.votes_for, line.entry.votes_against) == (5, 3)
