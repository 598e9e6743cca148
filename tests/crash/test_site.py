"""While kiosks deliver to two server processes voting closes: in log order no ballot stands behind the closing.
The database goes away, or freezes: problem documents in bounded time, and nothing lost when it is back.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.crash.conftest import Site
from tests.crash.hall import Hall, check_account
from tests.dauys import children, eventually
from tests.deliveries import close_round, open_round

VOTERS = 4_000
REFUSALS = 20
BOUND_SECONDS = 8
"""More than any of the site's own limits, less than a kiosk waits."""


@contextmanager
def stopped(site: Site) -> Iterator[None]:
    """No server there at all."""
    site.postgres.stop()
    try:
        yield
    finally:
        site.postgres.start()


@contextmanager
def frozen(site: Site) -> Iterator[None]:
    """All of its processes hold still, as on a disk that hangs; connections stay open and nobody answers."""
    postmaster = int((site.postgres.home / "pg" / "postmaster.pid").read_text().partition("\n")[0])
    processes = [postmaster, *children(postmaster)]
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


def assert_away(response: httpx.Response) -> None:
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["retry-after"]) > 0
    assert response.json()["code"] == "storage_unavailable"
    assert response.elapsed.total_seconds() < BOUND_SECONDS


def test_no_ballot_stands_behind_the_closing_and_all_before_it_have_receipts(
    site: Site, tmp_path: Path
) -> None:
    with site.engine() as engine:
        voters = open_round(engine, VOTERS)
        hall = Hall(engine, voters[:-1], site.serving.url, tmp_path)
        with hall.open():
            hall.wait_for(60)
            close_round(engine, voters[0].round_id)
            eventually("refusals", lambda: hall.told.refused["round_not_open"] > REFUSALS)
        assert hall.told.refused.keys() <= {"round_not_open", "already_voted"}
        check_account(engine, hall, voters[0].round_id)


@pytest.mark.parametrize("away", [stopped, frozen])
def test_it_is_told_and_nothing_is_lost(
    away: Callable[[Site], AbstractContextManager[None]], site: Site, tmp_path: Path
) -> None:
    with site.engine() as engine:
        voters = open_round(engine, VOTERS)
        hall = Hall(engine, voters[:-1], site.serving.url, tmp_path)
    with hall.open(), site.serving.client as client:
        hall.wait_for(30)
        with away(site):
            assert client.get("/healthz").is_success
            assert_away(client.get("/readyz"))
            assert_away(hall.ask(client))
        eventually("it answers again", lambda: hall.ask(client).is_success)
        hall.wait_for(30)
    with site.engine() as engine:
        close_round(engine, voters[0].round_id)
        check_account(engine, hall, voters[0].round_id)


def test_processes_that_start_meanwhile_answer_too(site: Site) -> None:
    with site.serving.client as client:
        with stopped(site):
            killed = site.serving.server_processes()
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            eventually("both are replaced", lambda: len({*site.serving.server_processes()} - {*killed}) == 2)
            eventually("they answer", lambda: _is_alive(site))
            assert_away(client.get("/readyz"))
        eventually("it answers again", lambda: client.get("/readyz").is_success)


def _is_alive(site: Site) -> bool:
    """Whether a new connection is answered; one to a process that was killed just now is reset."""
    with site.serving.client as client:
        try:
            return client.get("/healthz").is_success
        except httpx.TransportError:
            return False
