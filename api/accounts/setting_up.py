"""Setting up an account with a set-up code: the code, then password and authenticator on one page, and one is signed in.

The authenticator's secret is shown as a QR code drawn here and as text; it is in no address and no log.
"""

from base64 import b32encode
from typing import Annotated, Final

import segno
from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.accounts.signing_in import CODE_CHARS, FIRST_PAGE, LOGIN_CHARS
from api.accounts.telling import problems_of
from api.engine import EngineOf
from api.web.access import COOKIE, keep_cookie
from api.web.forms import Posted
from api.web.page import page, redirect
from api.web.visitors import VISITORS, VisitorOf
from application.accounts.actor import NotSignedIn
from application.accounts.one_time_codes import enrolment_uri
from application.accounts.passwords import LONGEST_CHARS as PASSWORD_CHARS
from application.accounts.passwords import SHORTEST_CHARS
from application.accounts.setting_up import SettingUp
from application.accounts.setup_codes import SetupCodeWrong
from domain.errors import Refused
from domain.text import NAME_CHARS

router = APIRouter(include_in_schema=False)

ISSUER: Final = "Dauys"
_SETUP_CODE_CHARS: Final = 40
_GROUP: Final = 4


class SetupCode(Posted):
    setup_code: Annotated[str, Field(max_length=_SETUP_CODE_CHARS)]


class Chosen(Posted):
    """`login` and `name` only where the first account is set up."""

    login: Annotated[str, Field(max_length=LOGIN_CHARS)] = ""
    name: Annotated[str, Field(max_length=NAME_CHARS)] = ""
    password: Annotated[str, Field(max_length=PASSWORD_CHARS)]
    code: Annotated[str, Field(max_length=CODE_CHARS)]


@router.get("/set-up", dependencies=[VISITORS])
def setup_page(request: Request, visitor: VisitorOf) -> Response:
    return visitor.known(page(request, "accounts/setup_code.html", problems=[]))


@router.post("/set-up", dependencies=[VISITORS])
def begin(
    request: Request, engine: EngineOf, visitor: VisitorOf, form: Annotated[SetupCode, Form()]
) -> Response:
    try:
        token = engine.account_setup.begin(form.setup_code, visitor.browser)
    except SetupCodeWrong as refused:
        return _asked_again(request, refused)
    response = redirect(request, "/set-up/account")
    keep_cookie(response, token)
    return response


@router.get("/set-up/account", dependencies=[VISITORS])
def choosing(request: Request, engine: EngineOf, visitor: VisitorOf) -> Response:
    try:
        pending = engine.account_setup.pending(request.cookies.get(COOKIE, ""))
    except NotSignedIn:
        return redirect(request, "/set-up")
    return visitor.known(_choosing(request, pending))


@router.post("/set-up/account", dependencies=[VISITORS])
def finish(
    request: Request, engine: EngineOf, visitor: VisitorOf, form: Annotated[Chosen, Form()]
) -> Response:
    token = request.cookies.get(COOKIE, "")
    try:
        pending = engine.account_setup.pending(token)
    except NotSignedIn as refused:
        return _asked_again(request, refused)
    try:
        signed_in = engine.account_setup.finish(
            token,
            form.password,
            form.code,
            visitor.device,
            visitor.browser,
            login=form.login,
            name=form.name,
        )
    except SetupCodeWrong as refused:
        return _asked_again(request, refused)
    except Refused as refused:
        return _choosing(request, pending, refused, form)
    response = redirect(request, FIRST_PAGE)
    keep_cookie(response, signed_in.token)
    return response


def _asked_again(request: Request, refused: Refused) -> Response:
    problems = problems_of(request, refused)
    return page(request, "accounts/setup_code.html", refused=refused, problems=problems)


def _choosing(
    request: Request, pending: SettingUp, refused: Refused | None = None, form: Chosen | None = None
) -> Response:
    uri = enrolment_uri(pending.secret, pending.login or ISSUER.lower(), ISSUER)
    secret = b32encode(pending.secret).decode()
    return page(
        request,
        "accounts/setup.html",
        refused=refused,
        problems=problems_of(request, refused) if refused else [],
        pending=pending,
        login=form.login if form else "",
        name=form.name if form else pending.name,
        shortest=SHORTEST_CHARS,
        qr=segno.make(uri, error="m").svg_data_uri(scale=5, border=4, light="#fff"),
        secret=" ".join(secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP)),
    )
