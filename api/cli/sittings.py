"""`dauys sitting …`: a sitting of the Council from its summons to its minutes."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.acts import decoded, keep
from api.cli.options import AsJson, By
from api.cli.output import emit
from api.cli.registers import AtDay, Before, OfUnit, list_register
from api.cli.show import Lang, Language
from api.composition import open_engine
from api.self_government.tables import Kind
from domain.self_government.sitting import Sitting, SittingState, Summons

app = typer.Typer(no_args_is_help=True)

SittingId = Annotated[UUID, typer.Argument(help="The sitting's id.")]
Member = Annotated[str, typer.Argument(help="The member's id.")]


@app.command()
def convene(
    council_id: Annotated[UUID, typer.Argument(help="The Council's id.")],
    number: Annotated[str, typer.Argument(help="The sitting's number, new in this Council.")],
    summons: Annotated[
        Path,
        typer.Argument(help="place, convened_at, held_at and agenda as JSON; '-' reads standard input."),
    ],
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Summon the members to a sitting."""
    announced = decoded(summons, Summons)
    with open_engine() as engine:
        sitting_id = engine.sittings.convene(council_id, number, announced, by=by)
        emit({"sitting_id": sitting_id}, as_json=as_json)


@app.command(name="open")
def open_(
    sitting_id: SittingId,
    present: Annotated[list[str], typer.Option(help="A member who is present; once for each.")],
    by: By = "office",
) -> None:
    """Open a sitting that has its quorum."""
    with open_engine() as engine:
        engine.sittings.open(sitting_id, present, by=by)


@app.command()
def arrive(sitting_id: SittingId, member: Member, by: By = "office") -> None:
    """Record that a member came later."""
    with open_engine() as engine:
        engine.sittings.arrive(sitting_id, member, by=by)


@app.command()
def leave(sitting_id: SittingId, member: Member, by: By = "office") -> None:
    """Record that a member went before the end."""
    with open_engine() as engine:
        engine.sittings.leave(sitting_id, member, by=by)


@app.command()
def close(
    sitting_id: SittingId,
    minutes: Annotated[Path, typer.Argument(help="The minutes (a file; it is kept and public).")],
    by: By = "office",
) -> None:
    """Close a sitting with its minutes."""
    with open_engine() as engine:
        engine.sittings.close(sitting_id, keep(engine.documents, minutes), by=by)


@app.command(name="call-off")
def call_off(
    sitting_id: SittingId,
    reason: Annotated[str, typer.Option(help="Why it does not take place; it is public.")],
    by: By = "office",
) -> None:
    """Call off a sitting that has not been opened."""
    with open_engine() as engine:
        engine.sittings.call_off(sitting_id, reason, by=by)


@app.command(name="list")
def list_(
    unit: OfUnit = None,
    state: Annotated[SittingState | None, typer.Option(help="Only those in this state now.")] = None,
    at: AtDay = None,
    before: Before = None,
    lang: Lang = Language.EN,
    *,
    as_json: AsJson = False,
) -> None:
    """The newest sittings; with --at those held by then."""
    list_register(Kind.SITTINGS, lang, as_json=as_json, unit=unit, state=state, at=at, before=before)


@app.command()
def show(sitting_id: SittingId, *, as_json: AsJson = False) -> None:
    """A sitting: its summons, and who is present."""
    with open_engine() as engine:
        sitting = engine.store.load(Sitting, sitting_id)
        emit(
            {
                "sitting_id": sitting.id,
                "council_id": sitting.council_id,
                "unit": sitting.unit,
                "number": sitting.number,
                "state": sitting.state,
                "summons": sitting.summons,
                "present": sorted(sitting.present),
            },
            as_json=as_json,
        )
