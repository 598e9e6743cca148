"""A made-up round and its parts, for tests that need one and do not care which."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from domain.conclusion import Computation, Conclusion
from domain.paper import BallotForm, BallotType, RoundKind, Rules, Unit
from domain.round import Phase, Round
from domain.terms import CostCap, Terms
from tests.given import Past, given, past

CITY, DISTRICT = "750000000", "751110000"
OPENS = datetime(2026, 9, 1, 4, tzinfo=UTC)
CLOSES = datetime(2026, 9, 20, 13, tzinfo=UTC)
EARLY = OPENS - timedelta(days=30)
DURING = OPENS + timedelta(days=3)
AFTER = CLOSES + timedelta(hours=1)

CLERK, HEAD = "clerk-1", "head-1"

TERMS = Terms(
    kind=RoundKind.CITY,
    title="Халық қатысатын бюджет 2026",
    units=(Unit(CITY, "Алматы", 10**12), Unit(DISTRICT, "Алмалы ауданы", 10**11, parent=CITY)),
    form=BallotForm(BallotType.APPROVAL, max_choices=3),
    rules=Rules(),
    voting_opens=OPENS,
    voting_closes=CLOSES,
    categories=("greening", "lighting"),
    cost_caps=(CostCap(5_830_000_000), CostCap(2_000_000_000, "greening")),
)


def digest(of: str) -> str:
    return sha256(of.encode()).hexdigest()


ROUND_ID = UUID(int=1)
SEED, PAPER, DOCUMENT, MINUTES = digest("seed"), digest("paper"), digest("document"), digest("minutes")
COMPUTATION = Computation(
    DOCUMENT, checkpoint_size=99, checkpoint_root=digest("root"), rules_version="dauys-rules-1"
)

_LIFE: dict[Phase, tuple[Past, ...]] = {
    Phase.DRAFTED: (past(Round.Created, terms=TERMS, by=CLERK),),
    Phase.INTAKE: (past(Round.IntakeOpened, by=CLERK),),
    Phase.REVIEW: (past(Round.ReviewStarted, by=CLERK), past(Round.LotDrawn, seed=SEED, by=CLERK)),
    Phase.VOTING: (past(Round.VotingOpened, paper_digest=PAPER, projects=2, by=CLERK),),
    Phase.CLOSED: (past(Round.VotingClosed, early_reason="", by=CLERK),),
    Phase.CONCLUDED: (past(Round.Concluded, conclusion_digest=DOCUMENT),),
    Phase.PUBLISHED: (past(Round.Published, conclusion_digest=DOCUMENT),),
    Phase.IMPLEMENTING: (past(Round.ImplementationStarted, by=CLERK),),
    Phase.COMPLETED: (past(Round.Completed, by=CLERK),),
}


def round_in(phase: Phase, *, round_id: UUID = ROUND_ID, terms: Terms = TERMS, lot: bool = True) -> Round:
    """A round whose history ends in `phase`; without its `lot`, proposals may still be admitted."""
    phases: Sequence[Phase] = list(_LIFE)
    last = Phase.DRAFTED if phase is Phase.CANCELLED else phase
    history = [
        event
        for each in phases[1 : phases.index(last) + 1]
        for event in _LIFE[each]
        if lot or event.event_class is not Round.LotDrawn
    ]
    if phase is Phase.CANCELLED:
        history.append(past(Round.Cancelled, reason="no money", by=CLERK))
    cancelled_or_not: Round = given(round_id, past(Round.Created, terms=terms, by=CLERK), *history)
    return cancelled_or_not


def published_conclusion(round_id: UUID = ROUND_ID) -> Conclusion:
    conclusion: Conclusion = given(
        Conclusion.create_id(round_id),
        past(Conclusion.Created, round_id=round_id, finding=COMPUTATION, by=CLERK),
        past(Conclusion.Approved, document_digest=DOCUMENT, by=HEAD),
        past(Conclusion.Published, document_digest=DOCUMENT, channels=(), by=HEAD),
    )
    return conclusion
