"""A request that an election killed between its two people left stops no later election; what an office asked for stays asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.composition import Engine, attach_engine
from api.election.staff import CLERK, invite_kiosk
from application.approvals import AlreadyRequested
from application.settings import Settings
from domain.approval import ApprovalState, TwoPeopleAct
from tests.deployment import UNIT


@pytest.fixture
def engine(migrated_url: str, tmp_path: Path) -> Iterator[Engine]:
    with attach_engine(Settings(home=tmp_path, database_url=SecretStr(migrated_url)), migrated_url) as engine:
        yield engine


def ask(engine: Engine, by: str) -> None:
    """For the kiosk that `invite_kiosk` asks for; nobody answers."""
    given = {"unit": UNIT, "label": "Kiosk 1", "place": "Election hall"}
    engine.approvals.request(TwoPeopleAct.INVITE_KIOSK, None, given, by=by, reason="the hall needs it")


def states(engine: Engine) -> list[tuple[str, ApprovalState]]:
    asked = engine.approvals.all_of(TwoPeopleAct.INVITE_KIOSK)
    return [(one.approval.requested_by, one.approval.state) for one in asked]


def test_what_a_killed_election_asked_for_is_taken_back_and_asked_anew(engine: Engine) -> None:
    ask(engine, CLERK)
    assert invite_kiosk(engine, UNIT, "Kiosk 1").code
    assert states(engine) == [(CLERK, ApprovalState.WITHDRAWN), (CLERK, ApprovalState.GRANTED)]


def test_what_a_real_clerk_asked_for_is_neither_taken_back_nor_granted_by_an_election(engine: Engine) -> None:
    ask(engine, "somebody")
    with pytest.raises(AlreadyRequested):
        invite_kiosk(engine, UNIT, "Kiosk 1")
    assert states(engine) == [("somebody", ApprovalState.REQUESTED)]
