"""What operators ask a server: does it live, can it serve, and do its two counts of every round agree."""

from http import HTTPStatus
from pathlib import Path

import psycopg

from projections import checks
from tests.api.reading import site_of, voting
from tests.engine import Engine
from tests.server import Server, serve


def metric(text: str, name: str) -> float:
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))


def test_a_server_that_can_read_its_log_is_ready(server: Server) -> None:
    site = site_of(server)
    assert site.get("/healthz").text == "ok\n"
    assert site.get("/readyz").status_code == 200


def test_a_tally_that_differs_from_the_recount_shows_in_the_metrics(server: Server) -> None:
    site = site_of(server)
    election = voting(site.engine)
    shown = site.get("/metrics").text
    assert metric(shown, "dauys_log_size") == site.engine.reader.size()
    assert metric(shown, "dauys_tally_differs") == 0
    with site.engine.datastore.get_connection() as connection:
        checks.keep(connection, election.id, generation=1, differs=2)
    assert metric(site.get("/metrics").text, "dauys_tally_differs") == 2


def test_a_defect_is_told_as_one_and_nothing_of_it_is_shown(engine: Engine, tmp_path: Path) -> None:
    with serve(engine, tmp_path) as server:
        with psycopg.connect(engine.url) as intruder:
            intruder.execute("DROP VIEW dauys_read.rounds")
        response = server.client.get("/v1/rounds", headers={"Accept-Language": "ru"})
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json().keys() == {"type", "code", "status", "title", "detail"}
    assert response.json()["code"] == "internal_error"
