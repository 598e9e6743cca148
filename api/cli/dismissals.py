"""`dauys dismissal …`: an initiative to end an akim's powers early, from the act that raises it to the maslikhat's decision."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.acts import Kato, channels, keep, time_option
from api.cli.console import out
from api.cli.options import AsJson, By
from api.cli.output import emit
from api.cli.registers import AtDay, Before, OfUnit, list_register
from api.cli.show import Lang, Language
from api.composition import open_engine
from api.self_government.tables import Kind
from api.trail import trail_of
from api.wording import local_time
from application.self_government.dismissals import ActReference
from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.initiating import Evidence, Ground
from domain.self_government.initiative_course import InitiativeState
from domain.self_government.motion import OpenVote

MOST_STEPS = 1_000
"""More than an initiative has, however often its hearing is put off."""

app = typer.Typer(no_args_is_help=True)

InitiativeId = Annotated[UUID, typer.Argument(help="The initiative's id.")]
Act = Annotated[
    str,
    typer.Option(
        help="The adopted act: gathering:ID/ITEM or decision:ID. A petition is none.", metavar="ACT"
    ),
]
On = Annotated[datetime | None, time_option("When it happened; unset: now", "--on")]
Text = Annotated[Path, typer.Option(help="The text (a file; it is kept and public).")]


@app.command(name="raise")
def raise_(
    unit: Kato,
    akim: Annotated[str, typer.Argument(help="The akim's identifier in the register of offices.")],
    act: Act,
    ground: Annotated[list[Ground], typer.Option(help="A ground; once for each.")],
    statement: Annotated[str, typer.Option(help="What the akim is said to have done or not done; public.")],
    evidence: Annotated[
        list[Path], typer.Option(help="A piece of evidence (a file; it is kept and public); once for each.")
    ],
    shows: Annotated[list[str], typer.Option(help="What the piece shows; once for each, in the same order.")],
    on: On = None,
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Raise an initiative by an adopted act of the gathering or the Council."""
    if len(shows) != len(evidence):
        raise typer.BadParameter("--evidence and --shows go in pairs")
    reference = ActReference.parse(act)
    with open_engine() as engine:
        pieces = zip((keep(engine.documents, path) for path in evidence), shows, strict=True)
        initiative_id = engine.dismissals.raise_against(
            unit,
            akim,
            reference,
            grounds=tuple(ground),
            statement=statement,
            evidence=tuple(Evidence(digest, said) for digest, said in pieces),
            on=on,
            by=by,
        )
        emit({"initiative_id": initiative_id}, as_json=as_json)


@app.command()
def notify(initiative_id: InitiativeId, text: Text, on: On = None, by: By = "office") -> None:
    """Record that the akim was handed the notice; the days to answer begin."""
    with open_engine() as engine:
        engine.dismissals.notify_akim(initiative_id, keep(engine.documents, text), on=on, by=by)


@app.command()
def answer(
    initiative_id: InitiativeId,
    text: Text,
    summary: Annotated[str, typer.Option(help="The answer in short; public.")],
    on: On = None,
    by: By = "office",
) -> None:
    """Record the akim's answer."""
    with open_engine() as engine:
        engine.dismissals.answer(initiative_id, summary, keep(engine.documents, text), on=on, by=by)


@app.command()
def submit(
    initiative_id: InitiativeId,
    maslikhat: Annotated[str, typer.Argument(help="The KATO code of its district or city.")],
    text: Text,
    on: On = None,
    by: By = "office",
) -> None:
    """Submit the initiative to the maslikhat."""
    with open_engine() as engine:
        engine.dismissals.submit(initiative_id, maslikhat, keep(engine.documents, text), on=on, by=by)


@app.command()
def register(
    initiative_id: InitiativeId,
    entry: Annotated[str, typer.Argument(help="Its number in the maslikhat's register.")],
    on: On = None,
    by: By = "maslikhat",
) -> None:
    """Record that the maslikhat has registered it."""
    with open_engine() as engine:
        engine.dismissals.register(initiative_id, entry, on=on, by=by)


@app.command()
def hearing(
    initiative_id: InitiativeId,
    at: Annotated[datetime, time_option("When it is heard", "--at")],
    place: Annotated[str, typer.Option(help="Where.")],
    on: On = None,
    by: By = "maslikhat",
) -> None:
    """Set the hearing, or put it off."""
    with open_engine() as engine:
        engine.dismissals.set_hearing(initiative_id, at, place, on=on, by=by)


@app.command()
def hear(
    initiative_id: InitiativeId,
    minutes: Annotated[Path, typer.Option(help="The minutes (a file; it is kept and public).")],
    on: On = None,
    by: By = "maslikhat",
    *,
    akim_spoke: Annotated[bool, typer.Option(help="Whether the akim spoke.")] = False,
) -> None:
    """Record that it was heard."""
    with open_engine() as engine:
        digest = keep(engine.documents, minutes)
        engine.dismissals.hear(initiative_id, digest, akim_spoke=akim_spoke, on=on, by=by)


@app.command()
def decide(
    initiative_id: InitiativeId,
    text: Text,
    deputies: Annotated[int, typer.Option(help="How many deputies the maslikhat has.")],
    present: Annotated[int, typer.Option(help="How many were present.")],
    votes_for: Annotated[int, typer.Option("--for", help="Votes for ending the akim's powers.")],
    votes_against: Annotated[int, typer.Option("--against", help="Votes against.")],
    abstained: Annotated[int, typer.Option(help="Votes for neither.")],
    on: On = None,
    by: By = "maslikhat",
    *,
    as_json: AsJson = False,
) -> None:
    """Record the maslikhat's vote; if it ends the akim's powers, the register of offices follows."""
    vote = OpenVote(present, votes_for, votes_against, abstained)
    with open_engine() as engine:
        digest = keep(engine.documents, text)
        emit(
            {"ended": engine.dismissals.decide(initiative_id, deputies, vote, digest, on=on, by=by)},
            as_json=as_json,
        )


@app.command()
def publish(
    initiative_id: InitiativeId,
    site: Annotated[str, typer.Option(help="The page on the maslikhat's site.")],
    mass_media: Annotated[str, typer.Option(help="The newspaper or broadcaster, if any.")] = "",
    when: Annotated[datetime | None, time_option("When; unset: now", "--when")] = None,
    by: By = "maslikhat",
) -> None:
    """Record that the maslikhat's decision is published."""
    with open_engine() as engine:
        engine.dismissals.publish(initiative_id, channels(site, mass_media, when), by=by)


@app.command()
def withdraw(
    initiative_id: InitiativeId,
    act: Act,
    reason: Annotated[str, typer.Option(help="Why; it is public.")],
    on: On = None,
    by: By = "office",
) -> None:
    """Withdraw it before the hearing, by a later act of the body that raised it."""
    reference = ActReference.parse(act)
    with open_engine() as engine:
        engine.dismissals.withdraw(initiative_id, reference, reason, on=on, by=by)


@app.command()
def lapse(initiative_id: InitiativeId, on: On = None, by: By = "office") -> None:
    """Record that it has lapsed: its deadline is over, or the akim has left office."""
    with open_engine() as engine:
        engine.dismissals.lapse(initiative_id, on=on, by=by)


@app.command(name="list")
def list_(
    unit: OfUnit = None,
    state: Annotated[InitiativeState | None, typer.Option(help="Only those in this state now.")] = None,
    at: AtDay = None,
    before: Before = None,
    lang: Lang = Language.EN,
    *,
    as_json: AsJson = False,
) -> None:
    """The newest initiatives; with --at as they stood then."""
    list_register(Kind.DISMISSALS, lang, as_json=as_json, unit=unit, state=state, at=at, before=before)


@app.command()
def show(initiative_id: InitiativeId, lang: Lang = Language.EN, *, as_json: AsJson = False) -> None:
    """Its whole way: each step in plain words, with its position in the log and the command that proves it."""
    with open_engine() as engine:
        initiative = engine.store.load(DismissalInitiative, initiative_id)
        steps = trail_of(engine, initiative_id, 0, MOST_STEPS).items
    proofs = [f"dauys audit proof {step.position}" for step in steps]
    told = {
        "initiative_id": initiative.id,
        "unit": initiative.unit,
        "akim": asdict(initiative.akim),
        "number": initiative.number,
        "state": initiative.state,
        "raised_on": initiative.raised_on,
        "decision_due": initiative.decision_due,
        "count": initiative.count,
        "rules": initiative.rules,
    }
    if as_json:
        way = [asdict(step) | {"proof": proof} for step, proof in zip(steps, proofs, strict=True)]
        emit(told | {"steps": way}, as_json=True)
        return
    emit(told, as_json=False)
    for step, proof in zip(steps, proofs, strict=True):
        out.print(f"\n{step.position}  {local_time(step.at)}", style="bold", markup=False)
        out.print(f"  {getattr(step.words, lang.value)}\n  {proof}", markup=False, soft_wrap=True)
