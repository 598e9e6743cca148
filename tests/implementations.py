"""Projects on their way, told into the log by their aggregate, for tests of those who read it."""

from datetime import timedelta
from typing import Any

from domain.conclusion import Conclusion
from domain.implementation import Implementation, Picture
from domain.round import Round
from tests.elections import Election
from tests.examples import AFTER, CLERK, HEAD, MINUTES, digest

DUE = AFTER + timedelta(days=90)
LATER = DUE + timedelta(days=14)


def begun(election: Election, project: str, cost_tiyn: int) -> None:
    """Start a funded project of a published round."""
    with election.engine.store.deciding() as decision:
        round_ = decision.get(Round, election.id)
        round_.start_implementation(by=CLERK, at=AFTER)
        conclusion = decision.get(Conclusion, Conclusion.create_id(election.id))
        implementation = Implementation.begin(
            round_, conclusion, project, [project], cost_tiyn, by=CLERK, at=AFTER
        )
        decision.save(round_, implementation)


def went_on(election: Election, project: str, command: str, *arguments: Any, **named: Any) -> None:
    """`Implementation.<command>` of a project that was begun."""
    with election.engine.store.deciding() as decision:
        implementation = decision.get(Implementation, Implementation.create_id(election.id, project))
        getattr(implementation, command)(*arguments, at=AFTER, **named)
        decision.save(implementation)


def tell_implementation(election: Election, project: str, cost_tiyn: int) -> None:
    """From start to acceptance, with a delay, and faults found at the first try."""
    begun(election, project, cost_tiyn)
    went_on(election, project, "contract", "ЖШС «Жарық»", cost_tiyn - 1, DUE, by=CLERK)
    went_on(election, project, "report_progress", 40, "poles stand", by=CLERK)
    pictures = (Picture(digest("a photo"), "Бағандар тұр"),)
    went_on(election, project, "picture", pictures, by=CLERK)
    went_on(election, project, "delay", "frost", LATER, by=CLERK)
    went_on(election, project, "complete", by=CLERK)
    went_on(election, project, "refuse_acceptance", "two lamps dark", minutes_digest=MINUTES, by=HEAD)
    went_on(election, project, "complete", by=CLERK)
    went_on(election, project, "accept", minutes_digest=MINUTES, by=HEAD)
