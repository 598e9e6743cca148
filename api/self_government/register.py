"""How a register is asked and how it answers: one unit or all, a moment, a page; as JSON or CSV, with an ETag.

A moment is a time with its zone, or a date, which means the end of that day in Kazakhstan: whatever happened on it counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Request, Response
from psycopg import Connection
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from api.caching import answer, json_answer
from api.composition import Engine
from api.csv_table import MEDIA_TYPE, csv_table
from api.rounds import MOST_BY_DEFAULT
from domain.times import KAZAKHSTAN, TimeInvalid, check_time

Row = TypeVar("Row")
Filters = TypeVar("Filters", bound="Asked")

_A_DAY: Final = 10  # characters of «2026-06-30»


def moment(text: object) -> datetime | None:
    """A moment in UTC; ValueError when it is none."""
    if text is None or isinstance(text, datetime):
        return text
    if not isinstance(text, str):
        raise ValueError("a date, or a time with its zone")  # noqa: TRY004 - a validator tells wrong values so
    given = (
        datetime.combine(date.fromisoformat(text), time.max, KAZAKHSTAN)
        if len(text) == _A_DAY
        else datetime.fromisoformat(text)
    )
    try:
        return check_time("at", given)
    except TimeInvalid:
        raise ValueError("a time has a zone, and a year from 2000 to 2199") from None


At = Annotated[
    datetime | None,
    BeforeValidator(moment),
    WithJsonSchema(
        {"type": "string", "format": "date-or-time", "examples": ["2026-06-30", "2026-06-30T10:00:00+05:00"]}
    ),
    Field(description="As of this moment, or the end of this day in Kazakhstan."),
]
Kato = Annotated[str | None, Field(pattern="^[0-9]{9}$", description="Only of this unit (KATO).")]
Before = Annotated[int | None, Field(ge=0, lt=2**63, description="`next` of the page before.")]
Limit = Annotated[int, Field(ge=1, le=1_000, description="Items at most; the server has a limit of its own.")]


class Asked(BaseModel):
    """What every register can be asked; each adds its own filters."""

    model_config = ConfigDict(frozen=True)

    at: At = None
    before: Before = None
    limit: Limit = MOST_BY_DEFAULT


class OfUnit(Asked):
    unit: Kato = None


class Page(BaseModel, Generic[Row]):
    """The newest first. `next`: the `before` of the following page; null on the last one."""

    items: list[Row]
    next: int | None


Column = tuple[str, Callable[[Row], object]]


@dataclass(frozen=True, slots=True)
class Register(Generic[Filters, Row]):
    """One register: how it is asked, what `read`s at most so many rows for a question, and the number that pages are cut at."""

    name: str
    asks: type[Filters]
    read: Callable[[Connection[Any], Filters, int], list[Row]]
    columns: tuple[Column[Row], ...]
    place: Callable[[Row], int] = lambda row: row.opened  # type: ignore[attr-defined]

    def page(self, engine: Engine, asked: Filters) -> Page[Row]:
        most = min(asked.limit, engine.settings.page_items)
        with engine.datastore.get_connection() as connection:
            found = self.read(connection, asked, most + 1)
        shown, more = found[:most], len(found) > most
        return Page.model_construct(items=shown, next=self.place(shown[-1]) if more else None)

    def as_json(self, request: Request, engine: Engine, asked: Filters) -> Response:
        page = self.page(engine, asked)
        return json_answer(request, {"items": page.items, "next": page.next})

    def as_csv(self, request: Request, engine: Engine, asked: Filters) -> Response:
        """A row per item; the following page, if any, is named by a Link header (RFC 8288)."""
        page = self.page(engine, asked)
        header = [name for name, _ in self.columns]
        body = csv_table(header, ([cell(row) for _, cell in self.columns] for row in page.items))
        headers = {"content_disposition": f'attachment; filename="{self.name}.csv"'}
        if page.next is not None:
            following = request.url.include_query_params(before=page.next)
            headers["link"] = f'<{following.path}?{following.query}>; rel="next"'
        return answer(request, body, MEDIA_TYPE, **headers)
