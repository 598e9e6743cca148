"""`dauys unit …`: the register of units, their population, their local rules."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.acts import Kato, decoded
from api.cli.options import AsJson, By
from api.cli.output import emit
from api.cli.registers import Before, print_line, read, tell_next
from api.composition import open_engine
from api.self_government.territory import UNITS
from domain.self_government.rules import LocalRules
from domain.self_government.unit import Names, TerritorialUnit, UnitKind

app = typer.Typer(no_args_is_help=True)


@app.command()
def register(
    kato: Kato,
    kind: Annotated[UnitKind, typer.Argument(help="What it is.")],
    kk: Annotated[str, typer.Option(help="Its name in Kazakh.")],
    ru: Annotated[str, typer.Option(help="Its name in Russian.")],
    en: Annotated[str, typer.Option(help="Its name in English.")],
    parent: Annotated[str, typer.Option(help="The KATO of the unit it belongs to, registered before.")] = "",
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Enter a unit into the register."""
    with open_engine() as engine:
        unit_id = engine.units.register(kato, kind, Names(kk, ru, en), parent=parent, by=by)
        emit({"unit_id": unit_id, "kato": kato}, as_json=as_json)


@app.command()
def population(
    kato: Kato,
    year: Annotated[int, typer.Argument(help="The year of the count.")],
    people: Annotated[int, typer.Argument(help="How many people live there.")],
    source: Annotated[str, typer.Option(help="Who counted.")],
    by: By = "office",
) -> None:
    """Record how many people live in a unit; quotas and seats follow."""
    with open_engine() as engine:
        engine.units.record_population(kato, year, people, source, by=by)


@app.command()
def rules(
    kato: Kato,
    legal_basis: Annotated[str, typer.Option(help="The act that gives these rules.")],
    file: Annotated[
        Path | None,
        typer.Argument(help="The rules that differ from the defaults, as JSON; '-' reads standard input."),
    ] = None,
    by: By = "office",
) -> None:
    """Set a unit's local rules: the defaults, but for what the file says."""
    local = LocalRules() if file is None else decoded(file, LocalRules)
    with open_engine() as engine:
        engine.units.set_rules(kato, local, legal_basis, by=by)


@app.command(name="list")
def list_(
    kind: Annotated[UnitKind | None, typer.Option(help="Only of this kind.")] = None,
    parent: Annotated[
        str | None, typer.Option(metavar="KATO", help="Only those directly under this unit.")
    ] = None,
    before: Before = None,
    *,
    as_json: AsJson = False,
) -> None:
    """The units, the newest entry first."""
    page = read(UNITS, kind=kind, parent=parent, before=before)
    if as_json:
        emit({"items": page.items, "next": page.next}, as_json=True)
        return
    for each in page.items:
        print_line(each.unit, (each.kind.value, each.names.kk, each.names.ru, each.names.en))
    tell_next(page)


@app.command()
def show(kato: Kato, *, as_json: AsJson = False) -> None:
    """A unit with its names, its counted people and its rules."""
    with open_engine() as engine:
        unit = engine.store.load(TerritorialUnit, TerritorialUnit.create_id(kato))
        emit(
            {
                "unit_id": unit.id,
                "kato": unit.kato,
                "kind": unit.kind,
                "names": unit.names,
                "parent": unit.parent,
                "populations": unit.populations,
                "legal_basis": unit.legal_basis,
                "rules": unit.rules if unit.legal_basis else None,
            },
            as_json=as_json,
        )
