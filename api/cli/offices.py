"""`dauys office …`: who takes an office of a unit, who leaves it, who has held it."""

from datetime import datetime
from typing import Annotated

import typer

from api.cli.acts import Basis, Kato, time_option
from api.cli.options import AsJson, By
from api.cli.output import emit
from api.cli.registers import AtDay, Before, OfUnit, list_register
from api.cli.show import Lang, Language
from api.composition import open_engine
from api.self_government import tables
from domain.self_government.office import LeaveReason, Office, OfficeKind, Official
from projections.self_government.offices import PublicOffice

app = typer.Typer(no_args_is_help=True)

Kind = Annotated[OfficeKind, typer.Argument(help="The office.")]
Seat = Annotated[int, typer.Option(help="Of experts and auditors, which one: from 1.")]


@app.command()
def take(
    unit: Kato,
    kind: Kind,
    holder: Annotated[str, typer.Argument(help="A short identifier of the person, like a.seitkali.")],
    name: Annotated[str, typer.Option(help="Their name, as it is published.")],
    term_from: Annotated[datetime, time_option("When the term begins", "--from")],
    term_until: Annotated[datetime, time_option("When it ends", "--until")],
    basis: Basis,
    seat: Seat = 0,
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Record who takes an office, and for which term."""
    with open_engine() as engine:
        office_id = engine.offices.take(
            unit,
            kind,
            Official(holder, name),
            term_from=term_from,
            term_until=term_until,
            basis=basis,
            seat=seat,
            by=by,
        )
        emit({"office_id": office_id}, as_json=as_json)


@app.command()
def leave(
    unit: Kato,
    kind: Kind,
    on: Annotated[datetime, time_option("When they leave", "--on")],
    reason: Annotated[LeaveReason, typer.Option(help="Why. Dismissal goes through `dauys dismissal` alone.")],
    basis: Basis,
    seat: Seat = 0,
    by: By = "office",
) -> None:
    """Record that the holder leaves before the end of the term."""
    with open_engine() as engine:
        engine.offices.leave(unit, kind, on=on, reason=reason, basis=basis, seat=seat, by=by)


@app.command(name="list")
def list_(
    unit: OfUnit = None,
    kind: Annotated[PublicOffice | None, typer.Option(help="Only this office.")] = None,
    at: AtDay = None,
    before: Before = None,
    lang: Lang = Language.EN,
    *,
    as_json: AsJson = False,
) -> None:
    """Who has held which office, Council members too; with --at who held it then."""
    list_register(tables.Kind.OFFICES, lang, as_json=as_json, unit=unit, kind=kind, at=at, before=before)


@app.command()
def show(unit: Kato, kind: Kind, seat: Seat = 0, *, as_json: AsJson = False) -> None:
    """All who have held an office, the first first."""
    with open_engine() as engine:
        office = engine.store.load(Office, Office.create_id(unit, kind, seat))
        emit(office.tenures, as_json=as_json)
