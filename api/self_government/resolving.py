"""What a sheet refers to, found: the unit's name for its code, a decision's title for its id, files by their digests."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from api.self_government.sheet import Cell, Link, Sheet
from api.wording import Say
from projections.self_government import attachments, decisions, units

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_KATO: Final = re.compile(r"[0-9]{9}")


def resolved(connection: Connection[Any], sheet: Sheet, language: str) -> Sheet:
    """The sheet under its unit's name, with localities by theirs, and a link to every file that is stored."""
    files = attachments.stored(connection, {each for each in _texts(sheet) if _SHA256.fullmatch(each)})
    codes = {each for each in _texts(sheet) if _KATO.fullmatch(each)} | {sheet.unit}
    found = (units.find(connection, each) for each in codes)
    names: dict[str, str] = {each.unit: getattr(each.names, language) for each in found if each}

    def cell(value: Cell) -> Cell:
        if isinstance(value, str) and value in files:
            return Link(value, f"/v1/documents/{value}")
        if isinstance(value, str) and value in names:
            return Link(names[value], f"/units/{value}")
        return value

    return replace(
        sheet,
        above=Link(names.get(sheet.unit, sheet.unit), f"/units/{sheet.unit}"),
        facts=[(label, cell(value)) for label, value in sheet.facts],
        tables=[
            replace(table, rows=[[cell(value) for value in row] for row in table.rows])
            for table in sheet.tables
        ],
    )


def decision_titles(connection: Connection[Any], say: Say, ids: Iterable[UUID]) -> dict[UUID, str]:
    found = (decisions.find(connection, each) for each in ids)
    return {each.id: say("decision_title", number=each.number, title=each.title) for each in found if each}


def _texts(sheet: Sheet) -> Iterator[str]:
    cells = [value for _, value in sheet.facts]
    cells += [value for table in sheet.tables for row in table.rows for value in row]
    return (value for value in cells if isinstance(value, str))
