"""One election from its plan to the check of its published result, on the engine's own database and over real HTTP."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.persistence import PersistenceError

from api.composition import Engine
from api.election.from_log import Recomputed, recompute
from api.election.hall import vote
from api.election.messages import Queue, Report, Task
from api.election.plan import Plan, Teller
from api.election.staff import HEAD, Opened, Staff, announce, invite_kiosk
from api.election.workspace import clear_left, workspace
from api.worker import catch_up
from application.codes import new_code
from domain.errors import Refused
from domain.roll import SlipCount

KIOSKS, MOST_KIOSKS = 4, 32
PER_DELIVERY = 100


class AnotherRoundOpen(Exception):  # noqa: N818 - a statement of fact for the operator
    """While ballots of another round are withheld nobody can recompute the log, so an election here could not be checked."""


@dataclass(frozen=True, slots=True)
class Held:
    """An election that was held. `seconds` from first to last ballot; `differences` in plain words, none when all is right."""

    round_id: UUID
    reports: tuple[Report, ...] = field(repr=False)
    seconds: float
    slips: tuple[SlipCount, ...]
    recomputed: Recomputed = field(repr=False)
    differences: tuple[str, ...]

    @property
    def conclusion(self) -> dict[str, Any]:
        """The published document."""
        return self.recomputed.conclusion

    @property
    def cast(self) -> int:
        return sum(report.recorded for report in self.reports)

    @property
    def refused(self) -> Counter[str]:
        return sum((report.refused for report in self.reports), Counter[str]())

    @property
    def ballots_per_second(self) -> int:
        return round(self.cast / self.seconds)


def hold(
    engine: Engine,
    url: str,
    plan: Plan,
    teller: Teller,
    *,
    kiosks: int = KIOSKS,
    per_delivery: int = PER_DELIVERY,
    announced: UUID | None = None,
) -> Held:
    """Hold the election as a new round of `engine`, whose server is at `url`; rounds that are there already are not touched.

    `announced`: the round, if it was drafted by `announce` from the same plan before.
    Interrupted before its conclusion it is cancelled, so that it does not stay open behind our back; killed, by the next one.
    """
    home = engine.settings.home
    for left in clear_left(home, partial(_give_up, engine)):
        teller.fact(
            f"An election here was killed: its round {left} is no longer open, its codes and keys are deleted."
        )
    if engine.log.is_withheld(0, engine.log.size()):
        raise AnotherRoundOpen(
            "another round here is open for voting, and its ballots are withheld until it has closed;"
            " close or cancel it, or use --temporary"
        )
    round_id = announced or uuid4()
    with workspace(home, round_id) as folder, _cancelled_unless_concluded(engine, round_id):
        if announced is None:
            announce(engine, plan, round_id)
        staff = Staff(engine, plan, teller, folder)
        opened = staff.open_round(round_id)
        reports, seconds = let_vote(engine, plan, teller, opened, url, folder, kiosks, per_delivery)
        slips = staff.close_round(opened)
        digest = staff.conclude(round_id)
        staff.publish(round_id)
    with teller.step("Tallies and registers for readers catch up with the log"):
        catch_up(engine.datastore, engine.settings)
    kept = [one for report in reports for one in report.kept]
    with teller.step(
        "The log is downloaded and everything recomputed from it alone", engine.log.size()
    ) as advance:
        recomputed = recompute(url, round_id, digest, reports[0].log_key, kept, advance)
    differences = (*_wrong_counts(plan, reports, slips), *recomputed.differences)
    return Held(round_id, tuple(reports), seconds, slips, recomputed, differences)


def _wrong_counts(plan: Plan, reports: list[Report], slips: tuple[SlipCount, ...]) -> Iterator[str]:
    """Where the kiosks and the log do not agree on who was counted and who was refused."""
    recorded, cast = sum(report.recorded for report in reports), sum(count.cast for count in slips)
    if not recorded == cast == len(plan.voters):
        yield f"{len(plan.voters)} people voted, the kiosks hold {recorded} receipts, the log has {cast} ballots"
    refused = sum((report.refused for report in reports), Counter[str]())
    if refused != Counter({"already_voted": plan.second_votes, "unknown_credential": plan.false_codes}):
        yield f"refused ballots other than those that had to be: {dict(refused)}"


def let_vote(
    engine: Engine,
    plan: Plan,
    teller: Teller,
    opened: Opened,
    url: str,
    folder: Path,
    kiosks: int,
    per_delivery: int,
) -> tuple[list[Report], float]:
    """Everybody of the plan votes at one of the `kiosks`, whose keys are destroyed after that; their reports, and the seconds."""
    queues = [
        Queue(
            url=url,
            folder=folder / f"kiosk-{number}",
            code=invite_kiosk(engine, plan.units[0].kato, f"Kiosk {number}").code,
            round_id=opened.round_id,
            tasks=tasks,
            per_delivery=per_delivery,
        )
        for number, tasks in enumerate(_queues(plan, opened, kiosks), start=1)
    ]
    ballots = sum(len(queue.tasks) for queue in queues)
    with teller.step(f"{kiosks} kiosks deliver signed ballots over HTTP", ballots) as advance:
        reports, seconds = vote(queues, advance)
    for report in reports:
        engine.kiosks.revoke(report.kiosk_id, "the election is over, its key is destroyed", by=HEAD)
    recorded = sum(report.recorded for report in reports)
    teller.fact(
        f"{recorded:,} ballots recorded, each with a receipt, in {seconds:.1f} s"
        f" ({recorded / seconds:,.0f} ballots/s, signing included)"
    )
    return reports, seconds


def _queues(plan: Plan, opened: Opened, kiosks: int) -> list[list[Task]]:
    """Everybody with a slip of their unit, spread over the kiosks; who tries to cheat stands at the end of the first queue."""
    unused = {unit: iter(codes) for unit, codes in opened.slips.items()}
    tasks = [Task(next(unused[voter.unit]), voter.choices) for voter in plan.voters]
    Random(0).shuffle(tasks)  # noqa: S311 - only so that units do not queue one after the other
    queues = [tasks[number::kiosks] for number in range(kiosks)]
    honest = queues[0].copy()
    queues[0] += [Task(task.code, task.choices) for task in honest[: plan.second_votes]]
    queues[0] += [Task(new_code(), task.choices) for task in honest[: plan.false_codes]]
    return queues


@contextmanager
def _cancelled_unless_concluded(engine: Engine, round_id: UUID) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(PersistenceError):  # a database that is away says so by itself
            _give_up(engine, round_id)
        raise


def _give_up(engine: Engine, round_id: UUID) -> None:
    with suppress(Refused):  # where there is no round yet, or a conclusion already
        engine.rounds.cancel(round_id, "the election was interrupted", by=HEAD)
