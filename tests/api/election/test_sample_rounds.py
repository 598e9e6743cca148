"""The sample city: a round in every phase, made once, mended after an interruption, never beside a real unit's round."""

from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr

from api.composition import Engine, attach_engine
from api.election.sample_rounds import ROUNDS, TO_TRY, RealUnits, make_rounds
from api.main import create_app
from application.settings import Settings
from domain.paper import BallotType
from domain.round import Phase, Round
from tests.elections import Election
from tests.engine import Engine as Told
from tests.listening import listening

_ROUNDS = "SELECT originator_id FROM dauys.events WHERE topic = 'round.drafted.v1' ORDER BY notification_id"


class Interrupted(Exception):  # noqa: N818 - nothing is wrong
    """Ends the first attempt."""


def rounds(engine: Engine) -> list[Round]:
    with engine.datastore.get_connection() as connection:
        return [engine.store.load(Round, row["originator_id"]) for row in connection.execute(_ROUNDS)]


def interrupt(_: int) -> None:
    raise Interrupted


def test_after_an_interruption_there_is_a_round_in_every_phase_and_the_next_call_makes_nothing(
    migrated_url: str, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, database_url=SecretStr(migrated_url))
    with attach_engine(settings, migrated_url) as engine, listening(create_app(settings)) as port:
        url = f"http://127.0.0.1:{port}"
        with pytest.raises(Interrupted):
            make_rounds(engine, url, interrupt)
        made: list[int] = []
        assert make_rounds(engine, url, made.append)
        assert made == [1] * len(ROUNDS)
        left, *standing = rounds(engine)
        assert [round_.phase for round_ in standing] == [wanted.phase for wanted in ROUNDS]
        assert {round_.phase for round_ in standing} == set(Phase)
        assert left.phase in (Phase.CANCELLED, ROUNDS[0].phase)
        size = engine.log.size()
        assert not make_rounds(engine, url, interrupt)
        assert engine.log.size() == size
    open_now = [round_ for round_ in standing if round_.phase is Phase.VOTING]
    assert {round_.terms.form.type for round_ in open_now} == set(BallotType) - {BallotType.CHOOSE_ONE}
    for round_ in open_now:
        for what in ("codes", "people"):
            file = tmp_path / TO_TRY / f"{what}-{round_.id}.txt"
            assert file.stat().st_mode & 0o777 == 0o600
            assert file.read_text().splitlines() == sorted(set(file.read_text().splitlines()))


def test_nothing_made_up_is_put_beside_a_round_of_a_real_unit(
    engine: Told, migrated_url: str, tmp_path: Path
) -> None:
    Election(engine, id=UUID(int=5)).drafted()
    size = engine.check()
    with attach_engine(Settings(home=tmp_path), migrated_url) as here, pytest.raises(RealUnits):
        make_rounds(here, "http://127.0.0.1:9", interrupt)
    assert engine.check() == size
