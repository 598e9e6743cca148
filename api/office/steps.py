"""What the office does to a round in one step: by one person, or by asking a second one. A table; the routes are in `acts`.

A step is offered in its phases alone; whether it may be done is the round's own rule, asked when it is done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.composition import Engine
from api.web.words import N_
from domain.approval import TwoPeopleAct
from domain.round import Phase, Round

Perform = Callable[[Engine, Round, str, str], object]
"""(engine, round, by, reason)"""


def _always(_: Round, __: datetime) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Step:
    """`title` and what follows are messages. `perform` of one that `asks` for an act gives the id of the request."""

    name: str
    phases: tuple[Phase, ...]
    title: str
    will: str
    button: str
    done: str
    perform: Perform
    asks: TwoPeopleAct | None = None
    takes_reason: bool = False
    danger: bool = False
    offered: Callable[[Round, datetime], bool] = _always

    def is_offered(self, round_: Round, at: datetime) -> bool:
        return round_.phase in self.phases and self.offered(round_, at)


def _is_over(round_: Round, at: datetime) -> bool:
    return at >= round_.terms.voting_closes


def _ask(act: TwoPeopleAct) -> Perform:
    def ask(engine: Engine, round_: Round, by: str, reason: str) -> object:
        return engine.approvals.request(act, round_.id, {"early_reason": reason}, by=by, reason=reason)

    return ask


STEPS: Final = (
    Step(
        "intake",
        (Phase.DRAFTED,),
        N_("Open the intake of proposals"),
        N_(
            "Residents can submit proposals from now on. The terms can still be changed, in public, until the review begins."
        ),
        N_("Open the intake"),
        N_("The intake is open."),
        lambda engine, round_, by, _: engine.rounds.open_intake(round_.id, by=by),
    ),
    Step(
        "review",
        (Phase.INTAKE,),
        N_("Begin the review"),
        N_(
            "No further proposals are taken in, and the terms can never be changed again. The expert council decides on each."
        ),
        N_("Begin the review"),
        N_("The review has begun."),
        lambda engine, round_, by, _: engine.rounds.start_review(round_.id, by=by),
    ),
    Step(
        "lot",
        (Phase.REVIEW,),
        N_("Draw the lot"),
        N_(
            "An unpredictable number is drawn once and published: it breaks ties. No proposal can be admitted behind it."
        ),
        N_("Draw the lot"),
        N_("The lot is drawn."),
        lambda engine, round_, by, _: engine.rounds.draw_lot(round_.id, by=by),
        offered=lambda round_, _: round_.lot_seed is None,
    ),
    Step(
        "open",
        (Phase.REVIEW,),
        N_("Ask to open the voting"),
        N_(
            "A second person is asked to open the voting on the paper as it stands now. If the paper changes, ask again."
        ),
        N_("Ask a second person"),
        N_("Asked. The voting opens when a second person has approved it."),
        _ask(TwoPeopleAct.OPEN_VOTING),
        asks=TwoPeopleAct.OPEN_VOTING,
        takes_reason=True,
        offered=lambda round_, _: round_.lot_seed is not None,
    ),
    Step(
        "close",
        (Phase.VOTING,),
        N_("Close the voting"),
        N_("The announced end has passed. No ballot is taken any more, and the results are counted."),
        N_("Close the voting"),
        N_("The voting is closed."),
        lambda engine, round_, by, _: engine.rounds.close_voting(round_.id, by=by),
        offered=_is_over,
    ),
    Step(
        "close-early",
        (Phase.VOTING,),
        N_("Ask to close the voting early"),
        N_(
            "A second person is asked to end the voting before its announced end. The public reads the reason."
        ),
        N_("Ask a second person"),
        N_("Asked. The voting goes on until a second person has approved it."),
        _ask(TwoPeopleAct.CLOSE_EARLY),
        asks=TwoPeopleAct.CLOSE_EARLY,
        takes_reason=True,
        danger=True,
        offered=lambda round_, at: not _is_over(round_, at),
    ),
    Step(
        "complete",
        (Phase.IMPLEMENTING,),
        N_("Complete the round"),
        N_("The round ends: every funded project has been carried out."),
        N_("Complete the round"),
        N_("The round is completed."),
        lambda engine, round_, by, _: engine.rounds.complete(round_.id, by=by),
    ),
    Step(
        "cancel",
        (Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW, Phase.VOTING, Phase.CLOSED),
        N_("Cancel the round"),
        N_("The round ends for good without results. The public reads the reason."),
        N_("Cancel the round"),
        N_("The round is cancelled."),
        lambda engine, round_, by, reason: engine.rounds.cancel(round_.id, reason, by=by),
        takes_reason=True,
        danger=True,
    ),
)
BY_NAME: Final = {step.name: step for step in STEPS}
