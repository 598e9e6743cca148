"""Promise 6: while a round is open, no table of the reading side holds a choice or a sum of choices, of any ballot type."""

from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from domain.paper import BallotForm, BallotType
from projections import ballots, results, rounds
from projections.results import ResultsNotPublicYet
from tests.elections import APPROVAL, CHOOSE_ONE, CUMULATIVE, RANKED, Election
from tests.engine import Engine
from tests.given import refused
from tests.projections.rows import follow_all

CHOICES: dict[BallotType, tuple[BallotForm, list[Any]]] = {
    BallotType.APPROVAL: (APPROVAL, [["731"], ["731", "732"]]),
    BallotType.CHOOSE_ONE: (CHOOSE_ONE, [["731"], ["732"]]),
    BallotType.CUMULATIVE: (CUMULATIVE, [{"731": 3, "732": 5}, {"731": 2}]),
    BallotType.RANKED: (RANKED, [["732", "731"], ["731"]]),
}


def whole_reading_side(connection: Connection[Any]) -> dict[str, list[dict[str, Any]]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        names = cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'dauys_read'").fetchall()
        return {
            row["tablename"]: cursor.execute(
                SQL("SELECT * FROM {}").format(Identifier("dauys_read", row["tablename"]))
            ).fetchall()
            for row in names
        }


@pytest.mark.parametrize("kind", BallotType)
def test_an_open_round_shows_turnout_and_nothing_else(
    engine: Engine, reading: Connection[Any], kind: BallotType
) -> None:
    form, choices = CHOICES[kind]
    election = Election(engine, form).drafted().reviewed({"731": 500, "732": 700}).opened()
    follow_all(reading)
    before = whole_reading_side(reading)
    election.cast(choices * 4)
    follow_all(reading)
    after = whole_reading_side(reading)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"turnout_1", "generations"}
    assert [set(row) for row in after["turnout_1"]] == [
        {"round_id", "unit", "hour", "ballots", "first", "last"}
    ]
    assert after["tally_1"] == after["tally_checks"] == after["conclusions_1"] == []


def test_results_and_ballots_of_an_open_round_are_not_to_be_had(
    engine: Engine, reading: Connection[Any]
) -> None:
    election = Election(engine).drafted().reviewed({"731": 500}).opened().cast([["731"]] * 12)
    follow_all(reading)
    round_ = rounds.find(reading, election.id)
    assert round_ is not None
    with refused(ResultsNotPublicYet, phase="voting"):
        results.results_of(reading, round_)
    with ballots.of_closed_round(reading, election.id) as streamed:
        assert list(streamed) == []
    election.closed().concluded()
    with ballots.of_closed_round(reading, election.id) as streamed:
        assert list(streamed) == [["731"]] * 12
    with ballots.of_closed_round(reading, UUID(int=9)) as streamed:
        assert list(streamed) == []


def test_a_round_cancelled_while_open_is_never_tallied(engine: Engine, reading: Connection[Any]) -> None:
    Election(engine).drafted().reviewed({"731": 500}).opened().cast([["731"]] * 12).cancelled()
    follow_all(reading)
    assert whole_reading_side(reading)["tally_1"] == []
    assert reading.execute("SELECT sum(ballots) AS cast_then FROM dauys_read.turnout").fetchall()[0] == {
        "cast_then": 12
    }
