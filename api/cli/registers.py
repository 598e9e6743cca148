"""What the commands that list a register share: how they are asked, and one line per thing, its id first."""

from datetime import datetime
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from api.cli.console import out
from api.cli.output import emit, say
from api.cli.show import Language
from api.composition import Engine, open_engine
from api.self_government.register import Page, Register, moment
from api.self_government.sheet import Cell, Link
from api.self_government.tables import REGISTERS, Kind, row_of
from api.self_government.words import saying_self_government
from api.worker import catch_up

MOST_LINES = 1_000

OfUnit = Annotated[str | None, typer.Option("--unit", metavar="KATO", help="Only of this unit.")]
AtDay = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        parser=moment,
        metavar="DATE",
        help="As of this day's end in Kazakhstan, or of a time with a zone.",
    ),
]
Before = Annotated[
    int | None, typer.Option(help="Only what comes before: the number that the last page told.")
]


def list_register(kind: Kind, lang: Language, /, *, as_json: bool, **asked: Any) -> None:
    """The newest things of a register, as far as the log goes now."""
    tell = saying_self_government(lang)
    page = read(REGISTERS[kind], **asked)
    if as_json:
        emit({"items": page.items, "next": page.next}, as_json=True)
        return
    for each in page.items:
        print_line(each.id, row_of(tell, kind, each))
    tell_next(page)


def read(register: Register[Any, Any], /, **asked: Any) -> Page[Any]:
    with open_engine() as engine:
        catch_up(engine.datastore, engine.settings)
        return register.page(engine, _question(engine, register, asked))


def print_line(thing: object, cells: Any) -> None:
    out.print(f"{thing}  {' · '.join(_text(each) for each in cells)}", markup=False, soft_wrap=True)


def tell_next(page: Page[Any]) -> None:
    if page.next is not None:
        say(f"there are earlier ones: --before {page.next}")


def _question(engine: Engine, register: Register[Any, Any], asked: dict[str, Any]) -> Any:
    try:
        return register.asks(limit=min(engine.settings.page_items, MOST_LINES), **asked)
    except ValidationError as wrong:
        options = ", ".join(f"--{error['loc'][0]}" for error in wrong.errors(include_input=False))
        raise typer.BadParameter(options) from None


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell, Link) else str(cell)
