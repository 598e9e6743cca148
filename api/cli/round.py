"""`dauys round …`: the acts of the akim's office on a round and its proposals."""

from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from api.cli.acts import channels, decoded
from api.cli.digests import digest_of_file
from api.cli.options import AsJson, By, Minutes, ProposalId, RoundId
from api.cli.output import emit, progress
from api.composition import open_engine
from domain.conclusion import Conclusion
from domain.proposal import Sketch
from domain.round import Round
from domain.terms import Terms

app = typer.Typer(no_args_is_help=True)

TermsFile = Annotated[Path, typer.Argument(help="The round's terms as JSON; '-' reads standard input.")]


class TermsFileInvalid(typer.BadParameter):
    """The file is not a round's terms; the message says where."""


@app.command()
def draft(terms: TermsFile, by: By = "office", *, as_json: AsJson = False) -> None:
    """Draft a round from a terms file (docs/operators.md shows one)."""
    with open_engine() as engine:
        round_id = engine.rounds.draft(_terms(terms), by=by)
        emit({"round_id": round_id}, as_json=as_json)


@app.command()
def change(round_id: RoundId, terms: TermsFile, by: By = "office") -> None:
    """Replace the terms of a round whose review has not begun."""
    with open_engine() as engine:
        engine.rounds.change_terms(round_id, _terms(terms), by=by)


@app.command()
def intake(round_id: RoundId, by: By = "office") -> None:
    """Open the intake of proposals."""
    with open_engine() as engine:
        engine.rounds.open_intake(round_id, by=by)


@app.command()
def propose(
    round_id: RoundId,
    sketch: Annotated[Path, typer.Argument(help="The proposal as JSON.")],
    author: Annotated[str, typer.Option(help="An opaque reference to the author, never a name.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Submit a proposal on a resident's behalf."""
    with open_engine() as engine:
        proposal_id = engine.proposals.submit(round_id, author, decoded(sketch, Sketch))
        emit({"proposal_id": proposal_id}, as_json=as_json)


@app.command()
def review(round_id: RoundId, by: By = "office") -> None:
    """End the intake and begin the expert council's review."""
    with open_engine() as engine:
        engine.rounds.start_review(round_id, by=by)


@app.command()
def admit(
    proposal_id: ProposalId,
    project: Annotated[str, typer.Option(help="Its number on the paper.")],
    cost_tiyn: Annotated[int, typer.Option(help="The expert council's cost, in tiyn.")],
    minutes: Minutes,
    excludes: Annotated[list[str] | None, typer.Option(help="A number it cannot stand beside.")] = None,
    by: By = "expert",
) -> None:
    """Give a proposal its place on the paper."""
    with open_engine() as engine:
        engine.proposals.admit(
            proposal_id,
            project,
            cost_tiyn,
            minutes_digest=digest_of_file(minutes),
            by=by,
            excludes=tuple(excludes or ()),
        )


@app.command()
def reject(
    proposal_id: ProposalId,
    reason: Annotated[str, typer.Option(help="What the author and the public read.")],
    minutes: Minutes,
    by: By = "expert",
) -> None:
    """Reject a proposal, with a reason."""
    with open_engine() as engine:
        engine.proposals.reject(proposal_id, reason, minutes_digest=digest_of_file(minutes), by=by)


@app.command(name="return")
def return_(
    proposal_id: ProposalId,
    reason: Annotated[str, typer.Option(help="What the author is to mend.")],
    by: By = "expert",
) -> None:
    """Return a proposal to its author for revision."""
    with open_engine() as engine:
        engine.proposals.return_for_revision(proposal_id, reason, by=by)


@app.command()
def withdraw(
    proposal_id: ProposalId,
    reason: Annotated[str, typer.Option(help="Why it is taken back.")],
) -> None:
    """Take a proposal back."""
    with open_engine() as engine:
        engine.proposals.withdraw(proposal_id, reason)


@app.command()
def lot(round_id: RoundId, by: By = "office", *, as_json: AsJson = False) -> None:
    """Draw the public lot that breaks ties; once, before voting opens."""
    with open_engine() as engine:
        emit({"seed": engine.rounds.draw_lot(round_id, by=by)}, as_json=as_json)


@app.command(name="open")
def open_(round_id: RoundId, by: By = "office", *, as_json: AsJson = False) -> None:
    """Freeze the paper and open voting."""
    with open_engine() as engine:
        emit({"paper_digest": engine.rounds.open_voting(round_id, by=by)}, as_json=as_json)


@app.command()
def close(
    round_id: RoundId,
    by: By = "office",
    early_reason: Annotated[str, typer.Option(help="Needed before the announced end.")] = "",
) -> None:
    """Close voting: no ballot is taken behind this event."""
    with open_engine() as engine:
        engine.rounds.close_voting(round_id, by=by, early_reason=early_reason)


@app.command()
def conclude(round_id: RoundId, by: By = "office", *, as_json: AsJson = False) -> None:
    """Compute the conclusion from the log and put it up for another person's approval."""
    with open_engine() as engine:
        emit({"document_digest": engine.conclusions.draft(round_id, by=by)}, as_json=as_json)


@app.command()
def approve(round_id: RoundId, by: By = "approver") -> None:
    """Approve a drafted conclusion or correction; not by who drafted it."""
    with open_engine() as engine:
        engine.conclusions.approve(round_id, by=by)


@app.command(name="reject-draft")
def reject_draft(
    round_id: RoundId,
    reason: Annotated[str, typer.Option(help="What is wrong with it.")],
    by: By = "approver",
) -> None:
    """Send a drafted conclusion back; it is computed anew with `conclude`."""
    with open_engine() as engine:
        engine.conclusions.reject_draft(round_id, reason, by=by)


@app.command()
def publish(
    round_id: RoundId,
    site: Annotated[str, typer.Option(help="The page on the akimat's site.")],
    mass_media: Annotated[str, typer.Option(help="The newspaper or broadcaster.")],
    by: By = "office",
) -> None:
    """Publish the approved conclusion: on the akimat's site and in mass media, as the law asks."""
    with open_engine() as engine:
        engine.conclusions.publish(round_id, channels(site, mass_media, None), by=by)


@app.command()
def correct(
    round_id: RoundId,
    reason: Annotated[str, typer.Option(help="Why the published version is replaced.")],
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Compute the next version of a published conclusion; it is approved and published like the first."""
    with open_engine() as engine:
        emit({"document_digest": engine.conclusions.correct(round_id, reason, by=by)}, as_json=as_json)


@app.command()
def verify(round_id: RoundId, *, as_json: AsJson = False) -> None:
    """Recompute the newest conclusion from the log alone; exit code 1 if a byte differs."""
    with open_engine() as engine:
        conclusion = engine.store.load(Conclusion, Conclusion.create_id(round_id))
        with progress("recomputing from the log", conclusion.computation.checkpoint_size) as advance:
            verified = engine.conclusions.verify(round_id, advance)
        emit(verified, as_json=as_json)
    if not verified.identical:
        raise typer.Exit(1)


@app.command()
def implement(round_id: RoundId, by: By = "office") -> None:
    """Begin implementing the funded projects."""
    with open_engine() as engine:
        engine.rounds.start_implementation(round_id, by=by)


@app.command()
def complete(round_id: RoundId, by: By = "office") -> None:
    """Record that all funded projects are done."""
    with open_engine() as engine:
        engine.rounds.complete(round_id, by=by)


@app.command()
def cancel(
    round_id: RoundId,
    reason: Annotated[str, typer.Option(help="Why the round ends here.")],
    by: By = "office",
) -> None:
    """Cancel a round that is not concluded."""
    with open_engine() as engine:
        engine.rounds.cancel(round_id, reason, by=by)


@app.command()
def show(round_id: RoundId, *, as_json: AsJson = False) -> None:
    """A round's phase and terms."""
    with open_engine() as engine:
        round_ = engine.store.load(Round, round_id)
        emit({"round_id": round_.id, "phase": round_.phase, "terms": round_.terms}, as_json=as_json)


def _terms(path: Path) -> Terms:
    terms: Terms = decoded(path, Terms)
    opens, closes = terms.voting_opens, terms.voting_closes
    if opens.tzinfo is None or closes.tzinfo is None:
        raise TermsFileInvalid(f"{path}: times need a zone, e.g. 2026-12-01T09:00:00+05:00")
    return replace(terms, voting_opens=opens.astimezone(UTC), voting_closes=closes.astimezone(UTC))
