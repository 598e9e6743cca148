"""`dauys execution …`: the tasks that a decision of the Council gives, how far they are, and which are overdue."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.acts import decoded, keep, time_option
from api.cli.options import AsJson, By
from api.cli.output import emit
from api.cli.registers import AtDay, Before, OfUnit, list_register
from api.cli.show import Lang, Language
from api.composition import open_engine
from api.self_government.tables import Kind
from domain.self_government.execution import Execution, Task

app = typer.Typer(no_args_is_help=True)

ExecutionId = Annotated[UUID, typer.Argument(help="The execution's id.")]
Key = Annotated[str, typer.Argument(help="The task's key.")]


@app.command()
def order(
    decision_id: Annotated[UUID, typer.Argument(help="The decision's id.")],
    tasks: Annotated[
        Path,
        typer.Argument(help="A JSON list of key, title, responsible and due; '-' reads standard input."),
    ],
    by: By = "council",
    *,
    as_json: AsJson = False,
) -> None:
    """Order the execution of an adopted decision."""
    ordered: list[Task] = decoded(tasks, list[Task])
    with open_engine() as engine:
        emit({"execution_id": engine.executions.order(decision_id, ordered, by=by)}, as_json=as_json)


@app.command()
def progress(
    execution_id: ExecutionId,
    key: Key,
    per_cent: Annotated[int, typer.Argument(help="How much is done; it never falls.")],
    note: Annotated[str, typer.Option(help="What is done, in words.")],
    by: By = "office",
) -> None:
    """Report how far a task is."""
    with open_engine() as engine:
        engine.executions.report_progress(execution_id, key, per_cent, note, by=by)


@app.command()
def extend(
    execution_id: ExecutionId,
    key: Key,
    due: Annotated[datetime, time_option("The new deadline", "--due")],
    reason: Annotated[str, typer.Option(help="Why; it is public.")],
    by: By = "council",
) -> None:
    """Put a task's deadline off."""
    with open_engine() as engine:
        engine.executions.extend(execution_id, key, due, reason, by=by)


@app.command()
def done(
    execution_id: ExecutionId,
    key: Key,
    note: Annotated[str, typer.Option(help="What was done, in words.")],
    evidence: Annotated[Path, typer.Option(help="What shows it (a file; it is kept and public).")],
    on: Annotated[datetime | None, time_option("When it was done; unset: now", "--on")] = None,
    by: By = "office",
) -> None:
    """Record that a task is done."""
    with open_engine() as engine:
        digest = keep(engine.documents, evidence)
        engine.executions.finish(execution_id, key, note, digest, on=on, by=by)


@app.command(name="list")
def list_(
    unit: OfUnit = None,
    at: AtDay = None,
    before: Before = None,
    lang: Lang = Language.EN,
    *,
    as_json: AsJson = False,
) -> None:
    """Decisions being carried out, with how many tasks are overdue."""
    list_register(Kind.EXECUTIONS, lang, as_json=as_json, unit=unit, at=at, before=before)


@app.command()
def show(execution_id: ExecutionId, *, as_json: AsJson = False) -> None:
    """The tasks of a decision, how far each is, and which are overdue now."""
    with open_engine() as engine:
        execution = engine.store.load(Execution, execution_id)
        emit(
            {
                "execution_id": execution.id,
                "decision_id": execution.decision_id,
                "unit": execution.unit,
                "done": execution.is_done,
                "tasks": list(execution.tasks.values()),
                "overdue": [task.key for task in execution.overdue(engine.clock())],
            },
            as_json=as_json,
        )
