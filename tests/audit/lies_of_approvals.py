"""Lies about acts that take two people, for step 12. `asked` tells the truth: the vote was opened on another person's grant."""

from uuid import UUID

from tests.audit.forgery import Forgery, Json, Told
from tests.audit.lies import lie
from tests.audit.lies_of_acts import later
from tests.audit.lies_of_dismissals import LIES

__all__ = ["LIES", "asked"]

ASKED_BY = "office-1"


def asked(forgery: Forgery, granted_by: str = "", granted_late_days: float = 0) -> tuple[Told, Told]:
    """The request and the grant of opening the first round's vote, right before it was opened."""
    opened = forgery.one("round.voting_opened.v1")
    when = opened.state["timestamp"]
    act: Json = {"act": "open_voting", "subject": opened.event["id"], "parameters_digest": "00" * 32}
    act |= {"originator_topic": "approval", "reason": "The list is frozen.", "expires": later(when, 1)}
    requested: Json = act | {"by": ASKED_BY, "timestamp": when}
    granted: Json = {"by": granted_by or opened.state["by"], "timestamp": later(when, granted_late_days)}
    told = []
    for version, (name, state) in enumerate({"requested": requested, "granted": granted}.items(), start=1):
        about: Json = {"id": str(UUID(int=9)), "topic": f"approval.{name}.v1", "version": version}
        told.append(Told(about | {"position": 0, "state": state}))
        forgery.insert(forgery.told.index(opened), told[-1])
    return told[0], told[1]


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
    """An approval was granted two days after the request had expired."""
    asked(forgery, granted_late_days=3)
