"""Step 12 passes whatever self-government may lawfully do: the built-in year of a rural district, with a contest in it."""

from io import BytesIO

import psycopg
import pytest
from pydantic import SecretStr

import projections
from api.bundle import take_stock, write_bundle
from api.composition import open_engine
from api.self_government.year import built_in, play_year
from application.settings import Settings
from application.storage.database import prepare
from tests.audit.conftest import Verify
from tests.deployment import Quiet
from tests.postgres import fresh_database


@pytest.fixture(scope="module")
def year(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bundle of a log that holds the year."""
    out, home = BytesIO(), tmp_path_factory.mktemp("year") / "home"
    with fresh_database(cluster) as url:
        prepare(url)
        with psycopg.connect(url) as connection:
            projections.prepare(connection)
        with open_engine(Settings(home=home, database_url=SecretStr(url))) as engine:
            play_year(engine, built_in(), Quiet())
            write_bundle(engine, take_stock(engine, None), out)
    return out.getvalue()


def test_a_played_year_passes(year: bytes, verify: Verify) -> None:
    record = verify(year)
    assert record.code == 0, record.screen
    step = record.report["steps"][11]
    assert (step["status"], step["remarks"]) == ("passed", [])
    assert step["items"] > 200
