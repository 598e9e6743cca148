"""`dauys audit trail`: every event of one thing in plain words, with the address of what proves it."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

import typer

from api.cli.console import out
from api.cli.options import AsJson
from api.cli.output import emit
from api.cli.show import Lang, Language
from api.composition import open_engine
from api.trail import trail_of
from api.trail_words import NOTHING
from api.wording import local_time

_PAGE_ITEMS = 1_000


def register(app: typer.Typer) -> None:
    app.command("trail")(trail)


def trail(
    thing_id: Annotated[
        UUID,
        typer.Argument(metavar="ID", help="Of a round, proposal, roll, kiosk, ballot, conclusion, finding …"),
    ],
    lang: Lang = Language.EN,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell everything that happened to one thing. A ballot is told when its round has closed."""
    with open_engine() as engine:
        whole = page = trail_of(engine, thing_id, 0, _PAGE_ITEMS)
        while page.next is not None:
            page = trail_of(engine, thing_id, page.next, _PAGE_ITEMS)
            whole = replace(page, items=whole.items + page.items)
    if as_json:
        emit(whole, as_json=True)
        return
    out.print(getattr(whole.name, lang.value), markup=False)
    for step in whole.items:
        out.print(f"{step.position}  {local_time(step.at)}  {step.by or NOTHING}", style="bold", markup=False)
        out.print(f"  {getattr(step.words, lang.value)}\n  {step.proof}", markup=False, soft_wrap=True)
