"""`dauys gathering …`: a gathering from its announcement to the published minutes, and the separate ones before it."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.acts import Kato, MassMedia, Site, When, channels, converted, decoded, keep, read_json
from api.cli.options import AsJson, By
from api.cli.output import emit
from api.cli.registers import AtDay, Before, OfUnit, list_register
from api.cli.show import Lang, Language
from api.composition import open_engine
from api.self_government.tables import Kind
from domain.self_government.call import Call, Level
from domain.self_government.gathering import Gathering, GatheringState
from domain.self_government.motion import Motion, OpenVote

app = typer.Typer(no_args_is_help=True)

GatheringId = Annotated[UUID, typer.Argument(help="The gathering's id.")]
CallFile = Annotated[
    Path, typer.Argument(help="place, convened_at, held_at and agenda as JSON; '-' reads standard input.")
]
ItemKey = Annotated[str, typer.Argument(help="The item's key on the agenda.")]


@app.command()
def convene(unit: Kato, call: CallFile, by: By = "office", *, as_json: AsJson = False) -> None:
    """Announce a gathering of the unit."""
    announced = decoded(call, Call)
    with open_engine() as engine:
        emit({"gathering_id": engine.gatherings.convene(unit, announced, by=by)}, as_json=as_json)


@app.command()
def separate(
    unit: Kato,
    locality: Annotated[str, typer.Argument(help="The KATO of the locality, or the unit's own.")],
    level: Annotated[Level, typer.Argument(help="Of the whole locality, a street or a house.")],
    call: CallFile,
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Announce a separate gathering."""
    announced = decoded(call, Call)
    with open_engine() as engine:
        gathering_id = engine.gatherings.convene_separate(unit, locality, level, announced, by=by)
        emit({"gathering_id": gathering_id}, as_json=as_json)


@app.command()
def representatives(
    gathering_id: GatheringId,
    separate_id: Annotated[UUID, typer.Argument(help="The separate gathering's id.")],
    key: ItemKey,
    by: By = "office",
) -> None:
    """Count in the representatives whom a separate gathering chose by an item of its agenda."""
    with open_engine() as engine:
        engine.gatherings.take_representatives(gathering_id, separate_id, key, by=by)


@app.command(name="open")
def open_(
    gathering_id: GatheringId,
    present: Annotated[int, typer.Argument(help="How many are present.")],
    residents: Annotated[
        int, typer.Option(help="Of a separate gathering: how many are entitled to take part.")
    ] = 0,
    by: By = "office",
) -> None:
    """Open a gathering that has its quorum."""
    with open_engine() as engine:
        engine.gatherings.open(gathering_id, present, residents=residents, by=by)


@app.command()
def vote(
    gathering_id: GatheringId,
    key: ItemKey,
    text: Annotated[Path, typer.Option(help="The text put to the vote (a file; it is kept and public).")],
    present: Annotated[int, typer.Option(help="How many are present at this vote.")],
    votes_for: Annotated[int, typer.Option("--for", help="Hands for.")],
    votes_against: Annotated[int, typer.Option("--against", help="Hands against.")],
    abstained: Annotated[int, typer.Option(help="Hands for neither.")],
    motion: Annotated[
        Path | None,
        typer.Option(help="What the item states besides, as JSON: candidates, priorities, akim …"),
    ] = None,
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Record the open vote on an item."""
    besides = {} if motion is None else read_json(motion)
    if not isinstance(besides, dict):
        raise typer.BadParameter(f"{motion}: not a JSON object")
    counted = OpenVote(present, votes_for, votes_against, abstained)
    with open_engine() as engine:
        stated = converted(besides | {"text_digest": keep(engine.documents, text)}, Motion, motion or text)
        emit(
            {"adopted": engine.gatherings.put_to_vote(gathering_id, key, stated, counted, by=by)},
            as_json=as_json,
        )


@app.command()
def close(
    gathering_id: GatheringId,
    minutes: Annotated[Path, typer.Argument(help="The signed minutes (a file; it is kept and public).")],
    by: By = "office",
) -> None:
    """Close a gathering with its minutes."""
    with open_engine() as engine:
        engine.gatherings.close(gathering_id, keep(engine.documents, minutes), by=by)


@app.command()
def publish(
    gathering_id: GatheringId,
    site: Site,
    mass_media: MassMedia = "",
    when: When = None,
    by: By = "office",
) -> None:
    """Record that the minutes are published."""
    with open_engine() as engine:
        engine.gatherings.publish(gathering_id, channels(site, mass_media, when), by=by)


@app.command(name="call-off")
def call_off(
    gathering_id: GatheringId,
    reason: Annotated[str, typer.Option(help="Why it does not take place; it is public.")],
    by: By = "office",
) -> None:
    """Call off a gathering that has not been opened."""
    with open_engine() as engine:
        engine.gatherings.call_off(gathering_id, reason, by=by)


@app.command(name="list")
def list_(
    unit: OfUnit = None,
    state: Annotated[GatheringState | None, typer.Option(help="Only those in this state now.")] = None,
    at: AtDay = None,
    before: Before = None,
    lang: Lang = Language.EN,
    *,
    as_json: AsJson = False,
) -> None:
    """The newest gatherings; with --at those held by then."""
    list_register(Kind.GATHERINGS, lang, as_json=as_json, unit=unit, state=state, at=at, before=before)


@app.command()
def show(gathering_id: GatheringId, *, as_json: AsJson = False) -> None:
    """A gathering: its call, its quotas, what was put to the vote and adopted."""
    with open_engine() as engine:
        gathering = engine.store.load(Gathering, gathering_id)
        emit(
            {
                "gathering_id": gathering.id,
                "unit": gathering.unit,
                "level": gathering.level,
                "state": gathering.state,
                "call": gathering.call,
                "notice": gathering.notice,
                "quotas": gathering.quotas,
                "representatives": gathering.representatives,
                "entitled": gathering.entitled,
                "motions": gathering.motions,
                "adopted": gathering.adopted,
            },
            as_json=as_json,
        )
