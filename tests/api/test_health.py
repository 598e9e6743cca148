"""What operators ask a server: does it live, can it serve, and do its two counts of every round agree."""

from projections import checks
from tests.api.reading import site_of, voting
from tests.server import Server


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
