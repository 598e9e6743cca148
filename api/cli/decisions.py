"""`dauys decision …`: a decision of the Council from its proposal to its publication."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.acts import MassMedia, Site, When, channels, decoded, keep, time_option
from api.cli.options import AsJson, By
from api.cli.output import emit
from api.cli.registers import AtDay, Before, OfUnit, list_register
from api.cli.show import Lang, Language
from api.composition import open_engine
from api.self_government.tables import Kind
from application.self_government.matters import MatterRequest
from domain.self_government.decision import CouncilDecision, DecisionState, Proposal
from domain.self_government.rollcall import Vote
from domain.self_government.substance import DecisionKind

app = typer.Typer(no_args_is_help=True)

DecisionId = Annotated[UUID, typer.Argument(help="The decision's id.")]
Member = Annotated[str, typer.Argument(help="The member's id.")]


@app.command()
def propose(
    sitting_id: Annotated[UUID, typer.Argument(help="The open sitting's id.")],
    point: Annotated[str, typer.Argument(help="The point of its agenda.")],
    matter: Annotated[
        Path, typer.Argument(help="What it is about as JSON, with its kind; '-' reads standard input.")
    ],
    number: Annotated[str, typer.Option(help="The decision's number, new in this Council.")],
    title: Annotated[str, typer.Option(help="Its title.")],
    text: Annotated[Path, typer.Option(help="Its text (a file; it is kept and public).")],
    legal_basis: Annotated[str, typer.Option(help="The act and article that it rests on.")],
    effective_from: Annotated[
        datetime | None, time_option("Its own date of force; unset: its publication", "--effective-from")
    ] = None,
    repeals: Annotated[list[UUID] | None, typer.Option(help="A decision that it ends.")] = None,
    amends: Annotated[list[UUID] | None, typer.Option(help="A decision that it changes.")] = None,
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Put a text before an open sitting, if the preconditions of its kind hold."""
    about = decoded(matter, MatterRequest)
    with open_engine() as engine:
        proposal = Proposal(number, title, keep(engine.documents, text), legal_basis, effective_from)
        decision_id = engine.decisions.propose(
            sitting_id, point, proposal, about, by=by, repeals=repeals or (), amends=amends or ()
        )
        emit({"decision_id": decision_id}, as_json=as_json)


@app.command()
def vote(
    decision_id: DecisionId,
    member: Member,
    vote: Annotated[Vote, typer.Argument(help="The member's open vote.")],
    by: By = "office",
) -> None:
    """Record a member's vote, or another in its place."""
    with open_engine() as engine:
        engine.decisions.vote(decision_id, member, vote, by=by)


@app.command()
def recuse(
    decision_id: DecisionId,
    member: Member,
    interest: Annotated[str, typer.Option(help="The number of the member's declaration in the Council.")],
    by: By = "office",
) -> None:
    """Record that a member stands back for a conflict of interest."""
    with open_engine() as engine:
        engine.decisions.recuse(decision_id, member, interest, by=by)


@app.command(name="close-vote")
def close_vote(decision_id: DecisionId, by: By = "office", *, as_json: AsJson = False) -> None:
    """End the roll-call and count it."""
    with open_engine() as engine:
        emit({"adopted": engine.decisions.close_vote(decision_id, by=by)}, as_json=as_json)


@app.command()
def sign(
    decision_id: DecisionId,
    signer: Annotated[str, typer.Argument(help="The chair's id.")],
    on: Annotated[datetime | None, time_option("When; unset: now", "--on")] = None,
    by: By = "office",
) -> None:
    """Record the chair's signature."""
    with open_engine() as engine:
        engine.decisions.sign(decision_id, signer, on or engine.clock(), by=by)


@app.command()
def publish(
    decision_id: DecisionId,
    site: Site,
    mass_media: MassMedia = "",
    when: When = None,
    by: By = "office",
) -> None:
    """Record that a signed decision is published; from then on it may be in force."""
    with open_engine() as engine:
        engine.decisions.publish(decision_id, channels(site, mass_media, when), by=by)


@app.command(name="list")
def list_(
    unit: OfUnit = None,
    kind: Annotated[DecisionKind | None, typer.Option(help="Only of this kind.")] = None,
    state: Annotated[DecisionState | None, typer.Option(help="Only those in this state now.")] = None,
    at: AtDay = None,
    before: Before = None,
    lang: Lang = Language.EN,
    *,
    in_force: Annotated[bool, typer.Option("--in-force", help="Only those in force now, or --at.")] = False,
    as_json: AsJson = False,
) -> None:
    """The newest decisions; with --at those decided by then."""
    asked = {"unit": unit, "kind": kind, "state": state, "at": at, "before": before, "in_force": in_force}
    list_register(Kind.DECISIONS, lang, as_json=as_json, **asked)


@app.command()
def show(decision_id: DecisionId, *, as_json: AsJson = False) -> None:
    """A decision: its matter, roll-call and force."""
    with open_engine() as engine:
        made = engine.store.load(CouncilDecision, decision_id)
        emit(
            {
                "decision_id": made.id,
                "council_id": made.council_id,
                "sitting_id": made.sitting_id,
                "unit": made.unit,
                "number": made.number,
                "kind": made.kind,
                "title": made.title,
                "text_digest": made.text_digest,
                "substance": made.substance,
                "state": made.state,
                "votes": made.votes,
                "recused": sorted(made.recused),
                "adopted_on": made.adopted_on,
                "signed_on": made.signed_on,
                "in_force_from": made.in_force_from,
                "repealed_from": made.repealed_from,
                "repeals": made.repeals,
                "amends": made.amends,
                "amended_by": made.amended_by,
            },
            as_json=as_json,
        )
