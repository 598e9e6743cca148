"""Proposals in every state, and every command on one with the states and phases it is for."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from uuid import UUID

from domain.proposal import Proposal, ProposalState, Sketch
from domain.round import Phase, Round
from tests.examples import AFTER, CLERK, DISTRICT, EARLY, MINUTES, ROUND_ID, round_in
from tests.given import Past, given, past

Command = Callable[[Proposal, Round], object]

PROPOSAL_ID = UUID(int=7)
AUTHOR = "author-7"
SKETCH = Sketch("Шамдар", "Саябаққа шамдар", DISTRICT, 1_500_000_000, category="lighting", place="Саябақ")
BRIGHTER = replace(SKETCH, estimate_tiyn=1_600_000_000)

SUBMITTED = past(Proposal.Created, round_id=ROUND_ID, author=AUTHOR, sketch=SKETCH)
RETURNED = past(Proposal.Returned, reason="say where", by=CLERK)
ADMITTED = past(
    Proposal.Admitted, project="12", cost_tiyn=1_400_000_000, excludes=(), minutes_digest=MINUTES, by=CLERK
)
REJECTED = past(Proposal.Rejected, reason="private land", minutes_digest=MINUTES, by=CLERK)
WITHDRAWN = past(Proposal.Withdrawn, reason="moved away")
MERGED = past(Proposal.Merged, into=UUID(int=8), merging=UUID(int=9))

HISTORY: dict[ProposalState, tuple[Past, ...]] = {
    ProposalState.SUBMITTED: (SUBMITTED,),
    ProposalState.RETURNED: (SUBMITTED, RETURNED),
    ProposalState.ADMITTED: (SUBMITTED, ADMITTED),
    ProposalState.REJECTED: (SUBMITTED, REJECTED),
    ProposalState.WITHDRAWN: (SUBMITTED, WITHDRAWN),
    ProposalState.MERGED: (SUBMITTED, MERGED),
}
INTAKE_OR_REVIEW = {Phase.INTAKE, Phase.REVIEW}
BEFORE_IMPLEMENTATION = {Phase.INTAKE, Phase.REVIEW, Phase.VOTING, Phase.CLOSED, Phase.PUBLISHED}
round_before_the_lot = partial(round_in, lot=False)

COMMANDS: dict[str, tuple[Command, dict[ProposalState, set[Phase]]]] = {
    "revise": (
        lambda p, r: p.revise(r, BRIGHTER, at=EARLY),
        {ProposalState.SUBMITTED: {Phase.INTAKE}, ProposalState.RETURNED: INTAKE_OR_REVIEW},
    ),
    "return": (
        lambda p, r: p.return_for_revision(r, "say where", by=CLERK, at=EARLY),
        {ProposalState.SUBMITTED: INTAKE_OR_REVIEW},
    ),
    "admit": (
        lambda p, r: p.admit(r, "12", 1_400_000_000, minutes_digest=MINUTES, by=CLERK, at=EARLY),
        {ProposalState.SUBMITTED: {Phase.REVIEW}},
    ),
    "reject": (
        lambda p, r: p.reject(r, "private land", minutes_digest=MINUTES, by=CLERK, at=EARLY),
        {ProposalState.SUBMITTED: INTAKE_OR_REVIEW},
    ),
    "withdraw": (
        lambda p, r: p.withdraw(r, "moved away", at=AFTER),
        {
            ProposalState.SUBMITTED: BEFORE_IMPLEMENTATION,
            ProposalState.RETURNED: BEFORE_IMPLEMENTATION,
            ProposalState.ADMITTED: BEFORE_IMPLEMENTATION,
        },
    ),
    "absorb": (
        lambda p, r: p.absorb(r, UUID(int=8), BRIGHTER, merging=UUID(int=9), at=EARLY),
        {ProposalState.SUBMITTED: INTAKE_OR_REVIEW},
    ),
    "merge": (
        lambda p, r: p.merge_into(r, UUID(int=8), merging=UUID(int=9), at=EARLY),
        {ProposalState.SUBMITTED: INTAKE_OR_REVIEW},
    ),
}


def proposal(state: ProposalState) -> Proposal:
    found: Proposal = given(PROPOSAL_ID, *HISTORY[state])
    return found


def submit(sketch: Sketch, author: str = AUTHOR, phase: Phase = Phase.INTAKE) -> Proposal:
    return Proposal.submit(PROPOSAL_ID, round_before_the_lot(phase), author, sketch, at=EARLY)
