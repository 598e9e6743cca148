"""Voting closes while kiosks deliver to two server processes: in log order no ballot stands behind the closing."""

from pathlib import Path

from tests.crash.conftest import Site
from tests.crash.hall import Hall, check_account
from tests.dauys import eventually
from tests.deliveries import close_round, open_round

VOTERS = 2_000
REFUSALS = 20


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
