"""The worker: keeps every projection at the log's end, compares every tally with a recount, has checkpoints cosigned, and writes
to residents of what they follow.

Any number of workers may run. A fault stops neither the worker nor the other projections: what failed is tried again after a
pause, so a database that went away is followed again when it is back.
"""

from collections.abc import Callable, Iterator
from functools import partial
from threading import Event, Thread
from time import sleep
from typing import TypeVar

import structlog

import projections
from api.composition import letter_sender
from api.residents.letters import notices_letter
from application.clock import now
from application.cosigning import Cosigning, read_policy
from application.log.cosigned import CosignedCheckpoints
from application.log.policy import Policy
from application.log.reader import LogReader
from application.recount import recount
from application.residents.letters import send_letters
from application.settings import Settings
from application.storage.database import Datastore
from application.storage.documents import Documents
from projections import checks, tally
from projections.following import follow, lagging, reached
from projections.projection import Projection

_log = structlog.get_logger(__name__)

TDone = TypeVar("TDone")


class _Stopped(Exception):  # noqa: N818 - ends a recount that nobody waits for any more
    pass


class Worker:
    """One per process; `run` owns its connections and its threads. PolicyInvalid when the configured policy is wrong."""

    def __init__(self, settings: Settings, database_url: str) -> None:
        self._settings = settings
        self._url = database_url
        path = settings.policy_file
        self._policy = read_policy(path, settings.log_origin) if path else None
        self._failing: set[str] = set()

    def run(self, stop: Event) -> None:
        """Follow, compare and have cosigned until told to stop; in threads, because recounts and witnesses take their time."""
        with Datastore(self._url, self._settings) as datastore:
            beside = [Thread(target=self._repeat, args=(stop, partial(self._compare, datastore, stop)))]
            beside.append(Thread(target=self._write_letters, args=(datastore, stop)))
            if self._policy:
                beside.append(Thread(target=self._cosign, args=(datastore, self._policy, stop)))
            for thread in beside:
                thread.start()
            self._repeat(stop, partial(self._follow, datastore))
            for thread in beside:
                thread.join()

    def _repeat(self, stop: Event, step: Callable[[], bool]) -> None:
        """Call `step` again at once while it says that there is more to do, after a pause otherwise."""
        while not stop.is_set():
            if not step():
                stop.wait(self._settings.projection_pause_seconds)

    def _follow(self, datastore: Datastore) -> bool:
        """Whether one of them was so far behind that it took a full step; with the rest a pause gathers what comes in."""
        nobody: list[Projection] = []
        steps = [
            self._guarded(projection.name, partial(self._follow_one, datastore, projection), 0)
            for projection in self._guarded("lagging", partial(self._lagging, datastore), nobody)
        ]
        return self._settings.projection_events in steps

    def _lagging(self, datastore: Datastore) -> list[Projection]:
        with datastore.get_connection() as connection:
            return lagging(connection, projections.ALL)

    def _follow_one(self, datastore: Datastore, projection: Projection) -> int:
        with datastore.get_connection() as connection:
            return follow(connection, projection, self._settings.projection_events)

    def _compare(self, datastore: Datastore, stop: Event) -> bool:
        return self._guarded("tally_checks", partial(compare_tallies, datastore, stop), 0) > 0

    def _cosign(self, datastore: Datastore, policy: Policy, stop: Event) -> None:
        log, cosigned = LogReader(datastore), CosignedCheckpoints(datastore)
        with Cosigning(log, cosigned, policy, self._settings, now) as cosigning:
            while not stop.wait(self._settings.witness_pause_seconds):
                self._guarded("cosigning", partial(cosigning.round, stop), 0)

    def _write_letters(self, datastore: Datastore, stop: Event) -> None:
        sender, write = letter_sender(self._settings), notices_letter(self._settings.site_url)
        while not stop.wait(self._settings.letters_pause_seconds):
            self._guarded("letters", partial(send_letters, datastore, sender, write), 0)

    def _guarded(self, name: str, step: Callable[[], TDone], nothing: TDone) -> TDone:
        """What `step` got done; `nothing` if it failed, which is said once, without the values that a database error may quote."""
        try:
            done = step()
        except _Stopped:
            return nothing
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with one, the others go on
            if name not in self._failing:
                self._failing.add(name)
                sqlstate = getattr(fault.__cause__, "sqlstate", None)
                _log.error("worker_step_failed", step=name, fault=type(fault).__name__, sqlstate=sqlstate)
            return nothing
        if name in self._failing:
            self._failing.discard(name)
            _log.info("worker_step_recovered", step=name)
        return done


def catch_up(datastore: Datastore, settings: Settings) -> int:
    """Follow until every projection has passed what is the log's end now; that position. Other workers may be at it too."""
    newest = LogReader(datastore).size()
    with datastore.get_connection() as connection:
        for projection in projections.ALL:
            while reached(connection, [projection]) < newest:
                if not follow(connection, projection, settings.projection_events):
                    sleep(settings.projection_pause_seconds)  # another worker has the step
    return newest


def compare_tallies(datastore: Datastore, stop: Event) -> int:
    """Compare each tally that has not been compared yet with a recount of the log's entries; how many were."""
    with datastore.get_connection() as connection:
        due = checks.due(connection)
    for round_id, generation, closed_at in due:
        entries = _until_stopped(LogReader(datastore), closed_at, stop)
        counted = recount(entries, round_id, Documents(datastore).get).tallies
        with datastore.get_connection() as connection:
            stored = tally.of_round(connection, round_id)
            differs = sum(stored.get(id_) != counted.get(id_) for id_ in stored.keys() | counted.keys())
            checks.keep(connection, round_id, generation, differs)
        if differs:
            _log.error("tally_differs", round_id=str(round_id), projects=differs)
    return len(due)


def _until_stopped(log: LogReader, size: int, stop: Event) -> Iterator[bytes]:
    for entry in log.entries(0, size):
        if stop.is_set():
            raise _Stopped
        yield entry.bytes_
