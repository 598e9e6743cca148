"""The execution of a Council's decision: tasks with a responsible office and a deadline, their progress, and what is overdue.

Ordered only of a decision that was adopted. Progress never falls, a deadline is only ever moved to a later one and with a
reason, and what is done stays done: a task that is late can be seen to be late (concept, lines 620, 665, 675).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.implementation import WHOLE_PER_CENT, DueNotLater, ProgressInvalid
from domain.self_government.steps import check_step, is_over
from domain.self_government.substance import Adoption
from domain.text import (
    NAME_CHARS,
    REASON_CHARS,
    TITLE_CHARS,
    check_actor,
    check_identifier,
    check_sha256,
    check_text,
)
from domain.times import check_time

MOST_TASKS = 50


class TasksInvalid(Refused):
    """A decision gives 1 to `most` tasks, each with a key of its own, due after it was adopted."""

    code: ClassVar[str] = "tasks_invalid"


class NoSuchTask(Refused):
    code: ClassVar[str] = "no_such_task"


class TaskDone(Refused):
    """It is done; there is nothing more to report or to put off."""

    code: ClassVar[str] = "task_done"


@dataclass(frozen=True, slots=True)
class Task:
    """`responsible`: the office or institution, not a person."""

    key: str
    title: str
    responsible: str
    due: datetime

    def checked(self) -> "Task":
        return Task(
            check_identifier("key", self.key),
            check_text("title", self.title, TITLE_CHARS),
            check_text("responsible", self.responsible, NAME_CHARS),
            check_time("due", self.due),
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a task has come; its `task.due` is the newest one."""

    task: Task
    per_cent: int = 0
    note: str = ""
    done: bool = False


class Execution(Aggregate):
    TOPIC = "execution"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        TOPIC = "execution.ordered.v1"
        decision_id: UUID
        unit: str
        adopted_on: datetime
        tasks: tuple[Task, ...]
        by: str

    class Progressed(Aggregate.Event):
        TOPIC = "execution.progressed.v1"
        key: str
        per_cent: int
        note: str
        by: str

    class Extended(Aggregate.Event):
        TOPIC = "execution.extended.v1"
        key: str
        due: datetime
        reason: str
        by: str

    class Done(Aggregate.Event):
        """`on`: when it was done; the timestamp: when that was recorded."""

        TOPIC = "execution.done.v1"
        key: str
        on: datetime
        note: str
        evidence_digest: str
        overdue: bool
        by: str

    @staticmethod
    def create_id(decision_id: UUID) -> UUID:
        return uuid5(decision_id, "execution")  # so the store refuses to order the same twice

    @classmethod
    def order(cls, adoption: Adoption, tasks: Sequence[Task], *, by: str, at: datetime) -> Self:
        """Give an adopted decision's tasks to who carries them out."""
        checked = tuple(task.checked() for task in tasks)
        keys = {task.key for task in checked}
        if not 1 <= len(checked) <= MOST_TASKS or len(keys) != len(checked):
            raise TasksInvalid(most=MOST_TASKS)
        if any(task.due <= adoption.adopted_on for task in checked):
            raise TasksInvalid(most=MOST_TASKS, adopted=adoption.adopted_on)
        return cls._create(
            cls.Created,
            id=cls.create_id(adoption.decision_id),
            decision_id=adoption.decision_id,
            unit=adoption.unit,
            adopted_on=adoption.adopted_on,
            tasks=checked,
            by=check_actor(by),
            timestamp=at,
        )

    def report_progress(self, key: str, per_cent: int, note: str, *, by: str, at: datetime) -> None:
        """Tell the Council how far a task is. The latest report again records nothing."""
        task = self._unfinished(key)
        if not task.per_cent <= per_cent <= WHOLE_PER_CENT:
            raise ProgressInvalid(least=task.per_cent, most=WHOLE_PER_CENT)
        note = check_text("note", note, REASON_CHARS)
        if (per_cent, note) != (task.per_cent, task.note):
            self.trigger_event(
                self.Progressed, key=key, per_cent=per_cent, note=note, by=check_actor(by), timestamp=at
            )

    def extend(self, key: str, due: datetime, reason: str, *, by: str, at: datetime) -> None:
        """Put a deadline off; the one it replaces stays in the log."""
        task, due = self._unfinished(key).task, check_time("due", due)
        if due <= task.due:
            raise DueNotLater(due=task.due)
        reason = check_text("reason", reason, REASON_CHARS)
        self.trigger_event(self.Extended, key=key, due=due, reason=reason, by=check_actor(by), timestamp=at)

    def finish(
        self, key: str, note: str, evidence_digest: str, *, on: datetime, by: str, at: datetime
    ) -> None:
        """Enter that a task is done, by evidence whose SHA-256 is recorded, and whether it was late."""
        task, on = self._unfinished(key).task, check_step(on, after=self.adopted_on, at=at)
        self.trigger_event(
            self.Done,
            key=key,
            on=on,
            note=check_text("note", note, REASON_CHARS),
            evidence_digest=check_sha256("evidence_digest", evidence_digest),
            overdue=is_over(task.due, on),
            by=check_actor(by),
            timestamp=at,
        )

    def overdue(self, when: datetime) -> tuple[Task, ...]:
        """The tasks not done whose last day is over at that moment."""
        return tuple(
            each.task for each in self.tasks.values() if not each.done and is_over(each.task.due, when)
        )

    @property
    def is_done(self) -> bool:
        return all(each.done for each in self.tasks.values())

    def _unfinished(self, key: str) -> Standing:
        standing = self.tasks.get(key)
        if standing is None:
            raise NoSuchTask
        if standing.done:
            raise TaskDone
        return standing

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(self, decision_id: UUID, unit: str, adopted_on: datetime, tasks: tuple[Task, ...]) -> None:
        self.decision_id = decision_id
        self.unit = unit
        self.adopted_on = adopted_on
        self.tasks = {task.key: Standing(task) for task in tasks}

    @event(Progressed)
    def _progressed(self, key: str, per_cent: int, note: str) -> None:
        self.tasks[key] = replace(self.tasks[key], per_cent=per_cent, note=note)

    @event(Extended)
    def _extended(self, key: str, due: datetime) -> None:
        self.tasks[key] = replace(self.tasks[key], task=replace(self.tasks[key].task, due=due))

    @event(Done)
    def _done(self, key: str) -> None:
        self.tasks[key] = replace(self.tasks[key], done=True, per_cent=WHOLE_PER_CENT)
