"""A witness over HTTP: `POST /add-checkpoint` of c2sp.org/tlog-witness, with its statuses, and nothing else.

An application of its own: it runs where the commission trusts the machine, without a database and without the engine.
"""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.asgi import BodyTooLarge, read_body
from application.log.merkle import ProofInvalid
from application.witness.request import MAX_REQUEST_BYTES, RequestInvalid, parse_request
from application.witness.witness import NotSigned, SizeConflict, UnknownLog, Witness

_SIZE = "text/x.tlog.size"


def create_witness_app(witness: Witness) -> Starlette:
    async def add_checkpoint(request: Request) -> Response:
        try:
            body = await read_body(request.scope, request.receive, MAX_REQUEST_BYTES)
        except BodyTooLarge:
            return PlainTextResponse("too large\n", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return await run_in_threadpool(_answer, witness, body)

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


def _answer(witness: Witness, body: bytes) -> Response:
    try:
        return PlainTextResponse(witness.add_checkpoint(parse_request(body)))
    except RequestInvalid as invalid:
        return PlainTextResponse(f"{invalid}\n", HTTPStatus.BAD_REQUEST)
    except UnknownLog:
        return PlainTextResponse("not a log that this witness trusts\n", HTTPStatus.NOT_FOUND)
    except NotSigned:
        return PlainTextResponse("not signed by the log's key\n", HTTPStatus.FORBIDDEN)
    except SizeConflict as conflict:
        # Not as media_type, to which a charset would be added: the type is compared to the letter.
        return Response(f"{conflict.size}\n", HTTPStatus.CONFLICT, {"content-type": _SIZE})
    except ProofInvalid as invalid:
        return PlainTextResponse(f"{invalid}\n", HTTPStatus.UNPROCESSABLE_ENTITY)
