"""The first page of the staff's console: what this person's roles lead to."""

from fastapi import APIRouter, Request, Response

from api.web.access import ActorOf, allow
from api.web.navigation import places_of
from api.web.page import page
from application.accounts.roles import STAFF

router = APIRouter(include_in_schema=False, dependencies=[allow(*STAFF)])


@router.get("/staff")
def overview(request: Request, actor: ActorOf) -> Response:
    return page(request, "accounts/staff.html", work=[place for place in places_of(actor) if place.about])
