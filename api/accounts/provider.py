"""Signing in at the city's identity provider, and coming back from it. Only who has an account here gets in."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.accounts.signing_in import FIRST_PAGE, NEXT_CHARS, local
from api.composition import PROVIDER_BACK
from api.engine import EngineOf
from api.web.access import keep_cookie
from api.web.page import redirect
from api.web.visitors import VISITORS, VisitorOf
from application.accounts.roles import STAFF
from application.identity.oidc import Oidc
from application.store import NotFound

router = APIRouter(include_in_schema=False, dependencies=[VISITORS])

HOW = "oidc"


@router.get("/sign-in/provider")
def to_provider(
    engine: EngineOf,
    visitor: VisitorOf,
    next: Annotated[str, Query(max_length=NEXT_CHARS)] = "",  # noqa: A002 - the name in the address
) -> Response:
    address = _oidc(engine).begin(visitor.device, local(next))
    return visitor.known(RedirectResponse(address, HTTPStatus.FOUND, {"cache-control": "no-store"}))


@router.get(PROVIDER_BACK)
def back(request: Request, engine: EngineOf, visitor: VisitorOf) -> Response:
    answer: Mapping[str, str] = request.query_params
    login, next_ = _oidc(engine).finish(visitor.device, answer)
    signed_in = engine.signing_in.sign_in_verified(login.strip().lower(), HOW, STAFF, visitor.browser)
    response = redirect(request, next_ or FIRST_PAGE)
    keep_cookie(response, signed_in.token)
    return response


def _oidc(engine: EngineOf) -> Oidc:
    """NotFound where no provider vouches for staff: trying again later would not help."""
    if engine.oidc is None:
        raise NotFound(kind="provider", id=PROVIDER_BACK)
    return engine.oidc
