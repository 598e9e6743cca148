"""The ballot paper on the kiosk's own screens, for the office to walk through before anybody votes. Nothing of it is recorded.

The page is the kiosk's with another entry: its script has no key, no spool and no server, and its policy lets nothing out.
"""

from uuid import UUID

import msgspec
from fastapi import APIRouter, Request, Response
from jinja2.utils import htmlsafe_json_dumps

from api.engine import EngineOf
from api.kiosk.page import config_of_screens
from api.office.telling import own_round
from api.office.voting import paper_now
from api.web.access import ActorOf, Role, allow
from api.web.page import page
from application.rounds import paper_bytes
from projections import photos

router = APIRouter(
    include_in_schema=False, dependencies=[allow(Role.OFFICE, Role.OFFICE_APPROVER, Role.OPERATOR)]
)


@router.get("/preview/rounds/{round_id}")
def preview(round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    """As it was frozen, or as it would be now; refused while it could not be frozen."""
    round_ = own_round(engine, actor, round_id)
    terms = round_.terms
    with engine.datastore.get_connection() as connection:
        shown = photos.of_paper(connection, round_id)
    poll = {
        "round": {"id": round_id, "title": terms.title, "closes": terms.voting_closes},
        "paper": msgspec.json.decode(paper_bytes(paper_now(engine, round_))),
        "photos": [(each.project, f"/v1/photos/{each.digest}/small") for each in shown],
    }
    return page(
        request,
        "office/preview.html",
        private=True,
        round=round_,
        config=htmlsafe_json_dumps(config_of_screens(engine.settings)),
        poll=htmlsafe_json_dumps(msgspec.to_builtins(poll)),
    )
