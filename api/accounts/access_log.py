"""The access log as sysadmins and auditors read it: page by page, of one login, and as CSV."""

from dataclasses import astuple, fields
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.accounts.signing_in import LOGIN_CHARS
from api.accounts.words import ACTS
from api.csv_table import MEDIA_TYPE, csv_table
from api.engine import EngineOf
from api.rounds import Cursor
from api.web.access import allow
from api.web.forms import NO_NUL
from api.web.page import page
from application.accounts.access_log import AccessRow
from application.accounts.roles import Role

router = APIRouter(
    prefix="/admin/log", include_in_schema=False, dependencies=[allow(Role.SYSADMIN, Role.AUDITOR)]
)

MOST: Final = 100
"""Rows on one page."""
MOST_IN_FILE: Final = 50_000
"""Rows in one CSV file; `?before=` the oldest of them gets those before."""

Login = Annotated[str, Query(max_length=LOGIN_CHARS, pattern=NO_NUL)]


@router.get("")
def access_log(request: Request, engine: EngineOf, before: Cursor = None, actor: Login = "") -> Response:
    found = engine.access.page(MOST + 1, before, actor or None)
    shown, more = found[:MOST], len(found) > MOST
    older = shown[-1].id if more else None
    return page(
        request, "accounts/log.html", rows=shown, older=older, newest=before is None, of=actor, acts=ACTS
    )


@router.get(".csv")
def access_log_csv(engine: EngineOf, before: Cursor = None) -> Response:
    rows = engine.access.page(MOST_IN_FILE, before)
    header = [field.name for field in fields(AccessRow)]
    body = csv_table(header, ([_cell(value) for value in astuple(row)] for row in rows))
    headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="access-log.csv"'}
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


def _cell(value: object) -> object:
    return " ".join(value) if isinstance(value, list) else value
