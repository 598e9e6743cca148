"""How a resident signs in: with a code sent to an address, or with the electronic signature where this deployment checks it.

A refusal never tells whether somebody is known here. The text to sign is downloaded, signed in whatever program the resident has,
and the signature (an attached CMS) sent back; no script and no local service is needed.
"""

import base64
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import Field
from starlette.datastructures import UploadFile

from api.accounts.signing_in import NEXT_CHARS, local
from api.engine import EngineOf
from api.residents.telling import problems_of
from api.web.access import keep_cookie
from api.web.forms import Posted
from api.web.page import language_of, page, redirect
from api.web.visitors import VISITORS, Visitor, VisitorOf
from application.accounts.roles import Role
from application.identity.challenges import ChallengeOver, Identifier, Proven
from application.identity.eds import CMS_BYTES, Eds
from application.identity.one_time_codes import ADDRESS_CHARS
from application.residents.membership import AgeNotDeclared
from domain.errors import Refused

router = APIRouter(prefix="/residents/sign-in", include_in_schema=False, dependencies=[VISITORS])

FIRST_PAGE: Final = "/my"
RESIDENTS: Final = frozenset({Role.RESIDENT})
"""Whom these ways of proving vouch for."""
CODE_CHARS: Final = 20
_PEM_LINES: Final = ("-----BEGIN", "-----END")

Next = Annotated[str, Field(max_length=NEXT_CHARS)]


class Claim(Posted):
    """`adult`: the box that says one is of age."""

    address: Annotated[str, Field(max_length=ADDRESS_CHARS)]
    adult: Annotated[str, Field(max_length=3)] = ""
    next: Next = ""


class Code(Posted):
    challenge: UUID
    answer: Annotated[str, Field(max_length=CODE_CHARS)]
    adult: Annotated[str, Field(max_length=3)] = ""
    next: Next = ""


class Begun(Posted):
    next: Next = ""


@router.get("")
def begin(request: Request, engine: EngineOf, visitor: VisitorOf, next: str = "") -> Response:  # noqa: A002 - the name in the address
    return visitor.known(_asked(request, engine, next_=local(next)))


@router.post("/code")
def send_code(
    request: Request, engine: EngineOf, visitor: VisitorOf, form: Annotated[Claim, Form()]
) -> Response:
    try:
        if not form.adult:
            raise AgeNotDeclared
        challenge = engine.codes.begin(form.address, language_of(request))
    except Refused as refused:
        return _asked(request, engine, refused, address=form.address, adult=form.adult, next_=form.next)
    facts: dict[str, Any] = {
        "challenge": challenge.challenge_id,
        "adult": form.adult,
        "next": local(form.next),
    }
    return visitor.known(page(request, "residents/code.html", private=True, problems=[], **facts))


@router.post("/prove")
def prove_code(
    request: Request, engine: EngineOf, visitor: VisitorOf, form: Annotated[Code, Form()]
) -> Response:
    try:
        proven = _proven(engine.codes, form.challenge, form.answer)
        return _come_in(request, engine, visitor, proven, declared_adult=bool(form.adult), next_=form.next)
    except ChallengeOver as refused:
        return _asked(request, engine, refused, adult=form.adult, next_=form.next)
    except Refused as refused:
        facts: dict[str, Any] = {"challenge": form.challenge, "adult": form.adult, "next": local(form.next)}
        problems = problems_of(request, refused)
        return page(request, "residents/code.html", refused=refused, problems=problems, **facts)


@router.post("/eds")
def begin_eds(
    request: Request, engine: EngineOf, visitor: VisitorOf, form: Annotated[Begun, Form()]
) -> Response:
    challenge = _eds(engine).begin("", language_of(request))
    return visitor.known(_signing(request, challenge.challenge_id, challenge.text, form.next))


@router.get("/eds/{challenge_id}/text")
def eds_text(engine: EngineOf, challenge_id: UUID) -> Response:
    """The bytes to sign, as a file."""
    headers = {"content-disposition": 'attachment; filename="dauys-sign-in.txt"', "cache-control": "no-store"}
    text = _eds(engine).text_of(challenge_id)
    return Response(text.encode(), media_type="application/octet-stream", headers=headers)


async def _sent_signature(request: Request) -> tuple[str, str]:
    """The next page, and the CMS in base64: a file as it is or in PEM, or pasted text."""
    form = await request.form()
    sent, pasted, next_ = form.get("signature"), form.get("answer"), form.get("next")
    body = await sent.read(2 * CMS_BYTES) if isinstance(sent, UploadFile) else b""
    await request.close()
    if body and not body.isascii():
        answer = base64.b64encode(body).decode()
    else:
        answer = body.decode() or (pasted if isinstance(pasted, str) else "")
    plain = "".join(line for line in answer.splitlines() if not line.startswith(_PEM_LINES))
    return local(next_) if isinstance(next_, str) else "", plain


@router.post("/eds/{challenge_id}")
def prove_eds(
    request: Request,
    engine: EngineOf,
    visitor: VisitorOf,
    challenge_id: UUID,
    sent: Annotated[tuple[str, str], Depends(_sent_signature)],
) -> Response:
    next_, answer = sent
    eds = _eds(engine)
    try:
        proven = _proven(eds, challenge_id, answer)
        return _come_in(request, engine, visitor, proven, declared_adult=False, next_=next_)
    except Refused as refused:
        try:
            text = eds.text_of(challenge_id)
        except ChallengeOver as over:
            return _asked(request, engine, over, next_=next_)
        return _signing(request, challenge_id, text, next_, refused)


def _proven(identifier: Identifier, challenge_id: UUID, answer: str) -> Proven:
    return identifier.prove(challenge_id, answer)


def _come_in(
    request: Request, engine: EngineOf, visitor: Visitor, proven: Proven, *, declared_adult: bool, next_: str
) -> Response:
    language = language_of(request)
    login = engine.residents.login_of(proven, declared_adult=declared_adult, language=language)
    signed_in = engine.signing_in.sign_in_verified(
        login, f"resident {proven.method}", RESIDENTS, visitor.browser
    )
    response = redirect(request, local(next_) or FIRST_PAGE)
    keep_cookie(response, signed_in.token)
    return response


def _eds(engine: EngineOf) -> Eds:
    if engine.eds is None:
        raise ChallengeOver
    return engine.eds


def _asked(
    request: Request,
    engine: EngineOf,
    refused: Refused | None = None,
    *,
    address: str = "",
    adult: str = "",
    next_: str = "",
) -> Response:
    return page(
        request,
        "residents/sign_in.html",
        refused=refused,
        private=True,
        problems=problems_of(request, refused) if refused else [],
        address=address,
        adult=adult,
        next=local(next_),
        by_eds=engine.eds is not None,
        years=engine.settings.resident_years,
    )


def _signing(
    request: Request, challenge_id: UUID, text: str, next_: str, refused: Refused | None = None
) -> Response:
    return page(
        request,
        "residents/eds.html",
        refused=refused,
        private=True,
        problems=problems_of(request, refused) if refused else [],
        challenge=challenge_id,
        text=text,
        next=local(next_),
    )
