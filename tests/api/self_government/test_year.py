"""The built-in year, played once: what happened, what was refused, what is left of it, and registers that a rebuild repeats."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from pydantic import SecretStr
from rich.console import Console

import projections
from api.cli.scenario import outcomes_table
from api.composition import Engine, open_engine
from api.self_government.recording import record
from api.self_government.year import Year, YearPlayed, built_in, play_year, to_try_next
from application.self_government.scenario.mistakes import WrongLine
from application.self_government.scenario.reports import StatusReported
from application.settings import Settings
from domain.conclusion import Conclusion
from domain.self_government.council import Council
from domain.self_government.decision import CouncilDecision, DecisionState
from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.initiative_course import InitiativeState
from domain.self_government.office import Office, OfficeKind
from domain.self_government.report_meeting import ReportMeeting
from projections.rebuilding import rebuild
from tests.postgres import fresh_database
from tests.projections.rows import MANY, rows
from tests.whole_log import check_whole_log

GOLDEN = Path(__file__).parents[2] / "golden" / "self_government_year.csv"
UNIT = "990510000"
JUNE_30 = datetime(2026, 6, 30, tzinfo=UTC)


class Silent:
    """A teller to nobody."""

    def step(
        self,
        what: str,  # noqa: ARG002 - the protocol's name
        total: int | None = None,  # noqa: ARG002 - the protocol's name
    ) -> AbstractContextManager[Callable[[int], object]]:
        return nullcontext(lambda _: None)

    def fact(self, text: str) -> None:
        pass


@dataclass(frozen=True)
class Played:
    engine: Engine
    year: Year

    def decision(self, number: int) -> CouncilDecision:
        made = CouncilDecision.create_id(Council.create_id(UNIT, 1), str(number))
        return self.engine.store.load(CouncilDecision, made)


@pytest.fixture(scope="module")
def played(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with fresh_database(cluster, template) as url:
        settings = Settings(home=tmp_path_factory.mktemp("year"), database_url=SecretStr(url))
        with open_engine(settings) as engine:
            with engine.datastore.get_connection() as connection:
                projections.prepare(connection)
            yield Played(engine, play_year(engine, built_in(), Silent()))


def test_the_year_comes_out_as_it_always_does(played: Played) -> None:
    lines = [
        f"{outcome.line.at:%Y-%m-%dT%H:%MZ};{outcome.line.entry.word};"
        + (outcome.refusal.code if outcome.refusal else f"{len(outcome.positions)} recorded")
        for outcome in played.year.outcomes
    ]
    assert lines == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_every_event_of_the_year_is_in_the_log_once_and_the_log_is_sound(played: Played) -> None:
    positions = [position for outcome in played.year.outcomes for position in outcome.positions]
    assert positions == list(range(1, played.engine.log.size() + 1))
    assert check_whole_log(played.engine.datastore, played.engine.signer.verifier) == len(positions)


def test_the_table_tells_what_was_refused_and_why_in_each_language(played: Played) -> None:
    words = {
        "kk": "қабылданбады: Кворум жоқ",
        "ru": "отказ: Нет кворума",
        "en": "refused: No quorum (present 21, entitled 300, needed 30)",
    }
    for lang, told in words.items():
        console = Console(width=200, no_color=True, record=True, file=StringIO())
        console.print(outcomes_table(played.year.scenario.title, played.year.outcomes, lang))
        assert told in console.export_text()


def test_the_act_that_lost_its_quorum_is_none(played: Played) -> None:
    assert played.decision(5).state is DecisionState.PROPOSED


def test_what_is_in_force_at_the_end_of_june(played: Played) -> None:
    in_force = {number for number in range(1, 14) if played.decision(number).in_force_on(JUNE_30)}
    assert in_force == set(range(1, 14)) - {4, 5}


def test_the_contest_funds_four_projects_and_none_below_ten_voters(played: Played) -> None:
    (round_id,) = (
        outcome.made for outcome in played.year.outcomes if outcome.line.entry.word == "contest.announced"
    )
    assert round_id is not None
    conclusion = played.engine.store.load(Conclusion, Conclusion.create_id(round_id))
    document = msgspec.json.decode(played.engine.documents.get(conclusion.computation.document_digest))
    told = {line["project"]: (line["voters"], line["reason"]) for line in document["lines"]}
    assert told == {
        "1": (61, "funded"),
        "2": (58, "funded"),
        "3": (40, "funded"),
        "4": (33, "did_not_fit"),
        "5": (21, "funded"),
        "6": (8, "fewer_than_ten_voters"),
    }


def test_the_first_initiative_fails_and_the_second_ends_the_akims_powers(played: Played) -> None:
    first, second = (
        played.engine.store.load(
            DismissalInitiative, DismissalInitiative.create_id(UNIT, "a.seitkali", number)
        )
        for number in (1, 2)
    )
    assert (first.state, first.declined) == (InitiativeState.PUBLISHED, True)
    assert (second.state, second.declined) == (InitiativeState.PUBLISHED, False)
    office = played.engine.store.load(Office, Office.create_id(UNIT, OfficeKind.AKIM, 0))
    assert [tenure.holder.id for tenure in office.tenures] == ["a.seitkali", "b.nur"]
    assert office.tenures[0].ends == second.last_on


def test_the_water_was_overdue_and_no_question_is_open(played: Played) -> None:
    meeting = played.engine.store.load(ReportMeeting, ReportMeeting.create_id(UNIT, 2025))
    assert not meeting.overdue(datetime(2026, 9, 30, tzinfo=UTC))
    reported = {
        (entry.question, entry.month): outcome.line.at
        for outcome in played.year.outcomes
        if isinstance(entry := outcome.line.entry, StatusReported)
    }
    assert reported["water", "2026-04"] > datetime(2026, 6, 1, tzinfo=UTC)
    assert meeting.questions["water"].settled is not None


def test_registers_are_identical_after_a_rebuild(played: Played) -> None:
    with played.engine.datastore.get_connection() as connection:
        connection.autocommit = True
        for projection in projections.ALL:
            before = rows(connection, projection)
            rebuild(connection, projection, MANY)
            assert rows(connection, projection) == before


def test_a_log_has_the_year_once(played: Played) -> None:
    before = played.engine.log.size()
    with pytest.raises(YearPlayed):
        play_year(played.engine, built_in(), Silent())
    assert played.engine.log.size() == before


def test_what_to_try_next_is_in_the_log(played: Played) -> None:
    made = {str(outcome.made) for outcome in played.year.outcomes}
    commands = [command.split() for command in to_try_next(played.year.scenario)]
    assert [words[1] for words in commands] == [
        "decision",
        "dismissal",
        "report-meeting",
        "round",
        "dismissal",
    ]
    assert {words[3] for words in commands[1:]} <= made


def test_a_clerks_check_of_the_same_file_ends_at_the_unit_that_is_there(played: Played) -> None:
    with pytest.raises(WrongLine) as wrong:
        record(played.engine, built_in(), Path(), check_only=True)
    assert (wrong.value.line, wrong.value.refusal.code) == (
        built_in().lines[0].number,
        "unit_already_registered",
    )
