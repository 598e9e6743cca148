"""`dauys audit anomalies`: what was unusual in how a round was voted, as a table, as JSON, or as a page to print."""

from itertools import groupby
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from api.anomalies import AnomaliesView, AnomalyView, amount, page_facts, report, span
from api.anomaly_words import MEASURES, PAGE, TITLES, UNTOLD
from api.cli.console import out
from api.cli.options import AsJson
from api.cli.output import emit
from api.cli.show import Lang, Language
from api.composition import open_engine
from api.design import SHEETS
from api.rounds import registered
from api.web.assets import assets
from api.web.page import rendered
from api.wording import saying
from api.worker import catch_up
from application.new_files import PUBLIC, NewFiles
from projections.anomaly import Kind


def register(app: typer.Typer) -> None:
    app.command("anomalies")(anomalies)


def anomalies(
    round_id: Annotated[UUID, typer.Argument(metavar="ROUND", help="A round whose voting has ended.")],
    *,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a page to print; a file that does not exist yet."),
    ] = None,
    lang: Lang = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Tell what was unusual in the voting: bursts, nights, refusals, late deliveries, slips … (docs/anomalies.md)."""
    with open_engine() as engine:
        catch_up(engine.datastore, engine.settings)
        with engine.datastore.get_connection() as connection:
            view = report(connection, registered(connection, round_id))
    if html is not None:
        _write_page(view, html, lang)
    if as_json:
        emit(view, as_json=True)
    elif html is None:
        _print(view, lang)


def _write_page(view: AnomaliesView, place: Path, lang: Language) -> None:
    facts = page_facts(view, lang)
    page = rendered(
        "anomalies.html",
        lang,
        base="standalone.html",
        style_sheet="".join(assets()[f"design/{name}.css"].body.decode() for name in SHEETS),
        **facts,
    )
    files = NewFiles(place.parent)
    try:
        with files.write(place.name, PUBLIC) as file:
            file.write(page)
        files.publish()
    finally:
        files.discard()


def _print(view: AnomaliesView, lang: Language) -> None:
    tell = saying(lang, PAGE)
    out.print(view.title, style="bold", markup=False)
    out.print(tell("found", number=len(view.anomalies)) if view.anomalies else tell("none"))
    for kind, found in groupby(view.anomalies, key=lambda each: each.kind):
        _print_kind(kind, list(found), lang)
    out.print(f"\n{tell('untold')}:", style="bold")
    for untold in view.untold:
        out.print(f"  {saying(lang, UNTOLD)(untold.code)}", markup=False)
    out.print(tell("no_verdict"))


def _print_kind(kind: Kind, found: list[AnomalyView], lang: Language) -> None:
    tell, [first, *_] = saying(lang, PAGE), found
    table = Table()
    for column in ("where", "when"):
        table.add_column(tell(column), overflow="fold")
    for column in ("measured", "expected", "threshold"):
        table.add_column(tell(column), justify="right", no_wrap=True)
    for each in found:
        numbers = (each.measured, each.expected, each.threshold)
        told = ("–" if value is None else amount(value, each.measure) for value in numbers)
        table.add_row(each.where.name or tell("everywhere"), span(each.when), *told)
    out.print(f"\n{saying(lang, TITLES)(kind)} ({saying(lang, MEASURES)(first.measure)})", style="bold")
    out.print(getattr(first.rule, lang), markup=False)
    out.print(table)
    out.print(f"{tell('next')}: {getattr(first.next, lang)}", markup=False)
