"""The expert council's queue: rounds with proposals to review, and the proposals of one, filtered and paged."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.composition import Engine
from api.engine import EngineOf
from api.office.telling import own_round
from api.office.words import PHRASES
from api.rounds import MOST_BY_DEFAULT, Cursor
from api.web.access import Actor, ActorOf, Role, allow
from api.web.forms import NO_NUL
from api.web.page import language_of, page
from api.wording import saying
from domain.proposal import ProposalState
from domain.round import Phase
from domain.text import TITLE_CHARS
from projections import proposals, rounds
from projections.rounds import RegisteredRound

router = APIRouter(
    include_in_schema=False, dependencies=[allow(Role.EXPERT, Role.OFFICE, Role.OFFICE_APPROVER)]
)
_UNDER_REVIEW = (Phase.INTAKE, Phase.REVIEW)
_Filter = Annotated[str, Query(max_length=TITLE_CHARS, pattern=NO_NUL)]


@router.get("/expert")
def under_review(request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    return page(request, "expert/rounds.html", private=True, rounds=_rounds(engine, actor))


@router.get("/expert/rounds/{round_id}")
def queue(
    round_id: UUID,
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    state: _Filter = "",
    unit: _Filter = "",
    after: Cursor = None,
) -> Response:
    round_ = own_round(engine, actor, round_id)
    with engine.datastore.get_connection() as connection:
        found = proposals.queue(connection, round_id, state, unit, after or 0, MOST_BY_DEFAULT + 1)
        counts = proposals.counts(connection, round_id)
    shown, more = found[:MOST_BY_DEFAULT], len(found) > MOST_BY_DEFAULT
    return page(
        request,
        "expert/queue.html",
        private=True,
        round=round_,
        proposals=shown,
        counts=[(each.value, counts.get(each, 0)) for each in ProposalState],
        state=state,
        unit=unit,
        unit_names={each.kato: each.name for each in round_.terms.units},
        after=shown[-1].submitted if more else None,
        tell=saying(language_of(request), PHRASES),
    )


def _rounds(engine: Engine, actor: Actor) -> list[RegisteredRound]:
    """Those of one's units whose proposals can be decided on; of many the newest."""
    with engine.datastore.get_connection() as connection:
        return [
            each
            for each in rounds.page(connection, None, engine.settings.page_items)
            if each.phase in _UNDER_REVIEW and each.terms.roots <= actor.units
        ]
