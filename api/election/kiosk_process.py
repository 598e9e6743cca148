"""One kiosk of an election: it enrols, says that it is ready, votes when told to."""

from multiprocessing.connection import Connection
from secrets import token_bytes
from uuid import UUID

from api.election.messages import Kept, Queue, Report, Task
from application.codes import credential_key
from application.delivery import SALT_BYTES
from application.kiosk.answers import Recorded
from application.kiosk.client import Kiosk
from application.kiosk.identity import enrol
from application.kiosk.signing import Ballot, sign_ballot

SAMPLED_RECEIPTS = 100
"""Kept for the check after closing, of one kiosk."""
ONE_IN = 20
"""Ballots of a delivery whose receipt is kept."""


def run(pipe: Connection) -> None:
    """What its process does."""
    queue = pipe.recv()
    identity = enrol(queue.folder, queue.url, queue.code)
    pipe.send(None)
    pipe.recv()
    report = Report(identity.kiosk_id, identity.log_key)
    vote(pipe, queue, report)
    pipe.send(report)


def vote(pipe: Connection, queue: Queue, report: Report) -> None:
    """Serve the queue; the pipe is told the size of every delivery that was answered."""
    with Kiosk(queue.folder) as kiosk:
        for start in range(0, len(queue.tasks), queue.per_delivery):
            ballots = [
                signed(task, queue.round_id) for task in queue.tasks[start : start + queue.per_delivery]
            ]
            for place, (ballot, told) in enumerate(zip(ballots, kiosk.deliver(ballots), strict=True)):
                if not isinstance(told, Recorded):
                    report.refused[told.code] += 1
                    continue
                report.recorded += 1
                if place % ONE_IN == 0 and len(report.kept) < SAMPLED_RECEIPTS:
                    report.kept.append(Kept(ballot, told.position, told.receipt))
            pipe.send(len(ballots))


def signed(task: Task, round_id: UUID) -> Ballot:
    return sign_ballot(credential_key(task.code, round_id), round_id, task.choices, token_bytes(SALT_BYTES))
