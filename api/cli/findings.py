"""`dauys audit finding …`: what a revision commission found, what the akim's office answers, how it ended."""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer

from api.cli.console import out
from api.cli.digests import digest_of_file
from api.cli.options import AsJson
from api.cli.output import emit
from api.composition import open_engine
from api.findings import page, registered
from api.worker import catch_up
from domain.finding import FindingOutcome, FindingState, Severity, Statement, Subject, SubjectKind
from projections.findings import RegisteredFinding

app = typer.Typer(no_args_is_help=True)

FindingId = Annotated[UUID, typer.Argument(help="The finding's id.")]
Auditor = Annotated[str, typer.Option("--by", envvar="DAUYS_BY", help="The commission's account that acts.")]
Office = Annotated[str, typer.Option("--by", envvar="DAUYS_BY", help="The office's account that acts.")]

_POSITIONS = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


@app.callback()
def finding() -> None:
    """A revision commission's findings, recorded in the log itself."""


@app.command(name="open")
def open_(
    kind: Annotated[SubjectKind, typer.Argument(help="The kind of thing it is about.")],
    what: Annotated[str, typer.Argument(help="The thing's id; of entries their positions, like 12-40.")],
    title: Annotated[str, typer.Option(help="What is wrong, in a line.")],
    summary: Annotated[str, typer.Option(help="What is wrong, in a few lines; it is public.")],
    severity: Annotated[Severity, typer.Option(help="How grave it is.")],
    text: Annotated[Path, typer.Option(help="The commission's text (a file; only its hash is kept).")],
    legal_basis: Annotated[str, typer.Option(help="The provision that is broken.")] = "",
    at: Annotated[
        int | None, typer.Option(help="The size of the checkpoint it was found at; unset: the newest.")
    ] = None,
    by: Auditor = "auditor",
    *,
    as_json: AsJson = False,
) -> None:
    """Record a finding. No personal data: the summary is public for ever."""
    statement = Statement(title, summary, severity, digest_of_file(text), legal_basis)
    with open_engine() as engine:
        finding_id = engine.findings.open(_subject(kind, what), statement, by=by, checkpoint_size=at)
        emit({"finding_id": finding_id}, as_json=as_json)


@app.command()
def answer(
    finding_id: FindingId,
    summary: Annotated[str, typer.Option(help="The answer in a few lines; it is public.")],
    document: Annotated[Path, typer.Option(help="The answer itself (a file; only its hash is kept).")],
    by: Office = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Answer a finding on behalf of the akim's office; not by who opened it."""
    with open_engine() as engine:
        number = engine.findings.answer(finding_id, summary, digest_of_file(document), by=by)
        emit({"number": number}, as_json=as_json)


@app.command()
def close(
    finding_id: FindingId,
    outcome: Annotated[FindingOutcome, typer.Option(help="How it ended.")],
    reason: Annotated[str, typer.Option(help="Why; it is public.")],
    by: Auditor = "auditor",
) -> None:
    """Close a finding, answered or not; not by who answered it."""
    with open_engine() as engine:
        engine.findings.close(finding_id, outcome, reason, by=by)


@app.command()
def present(
    finding_id: FindingId,
    sitting: Annotated[str, typer.Option(help="The reference of the Council's sitting.")],
    held: Annotated[
        datetime,
        typer.Option(parser=datetime.fromisoformat, metavar="TIME", help="When: 2026-12-01T10:00:00+05:00."),
    ],
    by: Auditor = "auditor",
) -> None:
    """Record that a closed finding was laid before the Council."""
    with open_engine() as engine:
        engine.findings.present(finding_id, sitting, held, by=by)


@app.command(name="list")
def list_(
    state: Annotated[FindingState | None, typer.Option(help="Only those in this state.")] = None,
    before: Annotated[int | None, typer.Option(help="Only those opened before this position.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """The newest findings."""
    with open_engine() as engine:
        catch_up(engine.datastore, engine.settings)
        with engine.datastore.get_connection() as connection:
            found = page(connection, state, before, engine.settings.page_items)
    if as_json:
        emit(found, as_json=True)
        return
    for each in found.items:
        line = f"{each.finding_id}  {each.state}  {each.statement.severity}  {each.statement.title}"
        out.print(line, markup=False, soft_wrap=True)


@app.command()
def show(finding_id: FindingId, *, as_json: AsJson = False) -> None:
    """A finding with every answer, and how it ended."""
    with open_engine() as engine:
        catch_up(engine.datastore, engine.settings)
        with engine.datastore.get_connection() as connection:
            found = registered(connection, finding_id)
    if as_json:
        emit(found, as_json=True)
        return
    for name, value in _told(found):
        out.print(f"{name.replace('_', ' ')}: {value}", markup=False, soft_wrap=True)


def _subject(kind: SubjectKind, what: str) -> Subject:
    if kind is SubjectKind.ENTRIES:
        positions = _POSITIONS.fullmatch(what)
        if positions is None:
            raise typer.BadParameter("positions are given as FIRST-LAST")
        return Subject(kind, first=int(positions[1]), last=int(positions[2]))
    try:
        return Subject(kind, UUID(what))
    except ValueError:
        raise typer.BadParameter("not an id") from None


def _told(found: RegisteredFinding) -> list[tuple[str, Any]]:
    """What there is of it, each part under its own name."""
    told: dict[str, Any] = msgspec.to_builtins(found)
    answers = {f"answer_{each['number']}": each for each in told.pop("answers")}
    return [(name, value) for name, value in _flat(told | answers) if value not in (None, "")]


def _flat(told: dict[str, Any], under: str = "") -> list[tuple[str, Any]]:
    lines: list[tuple[str, Any]] = []
    for name, value in told.items():
        lines += _flat(value, f"{under}{name}_") if isinstance(value, dict) else [(under + name, value)]
    return lines
