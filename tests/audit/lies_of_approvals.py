"""Lies about acts that take two people, for step 12. In truth the votes were opened and closed early, and concluded, by two."""

from tests.audit.forgery import Forgery, Told
from tests.audit.lies import lie
from tests.audit.lies_of_acts import later
from tests.audit.lies_of_dismissals import LIES

__all__ = ["LIES", "asked"]


def asked(forgery: Forgery) -> tuple[Told, Told]:
    """The request and the grant of opening the first round's vote, which stand right before it was opened."""
    opened = forgery.told.index(forgery.one("round.voting_opened.v1"))
    requested, granted = forgery.told[opened - 2 : opened]
    return requested, granted


@lie(12, "approval_own")
def granted_to_oneself(forgery: Forgery) -> None:
    """Who asked for the vote to be opened has approved it too."""
    requested, granted = asked(forgery)
    requested.state["by"] = granted.state["by"]


@lie(12, "approval_act")
def granted_and_something_else_done(forgery: Forgery) -> None:
    """An approval of closing the vote early was used to open it."""
    asked(forgery)[0].state["act"] = "close_early"


@lie(12, "act_time")
def granted_too_late(forgery: Forgery) -> None:
    """The request had expired two days before it was granted."""
    requested, granted = asked(forgery)
    requested.state["expires"] = later(granted.state["timestamp"], -2)
