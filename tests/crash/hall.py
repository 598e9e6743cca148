"""A hall full of kiosks that go on whatever dies around them, and the account of what they were told.

Each kiosk is the real library on a folder of its own, in a thread, on a connection of its own. Voters come for as long as the hall
is open; some come back and choose something else the second time.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Self
from uuid import UUID

import httpx
import msgspec

from api.worker import catch_up
from application.kiosk import files
from application.kiosk.answers import Recorded
from application.kiosk.client import Kiosk
from application.kiosk.identity import Identity
from application.kiosk.receipts import check_entry
from application.kiosk.signing import Ballot
from application.log.note import LogSigner
from application.log.receipt import parse_receipt
from application.recount import recount
from application.settings import Settings
from domain.ballot import Ballot as Cast
from domain.round import Round
from domain.tally import ProjectTally, add_up
from projections import tally
from tests.dauys import eventually
from tests.deliveries import AUDIENCE, DISTRICT_PROJECT, PROJECTS, Device, Voter, enrol
from tests.engine import Engine

KIOSKS = 4
PER_DELIVERY = 3
COMES_BACK = 7
"""Every so many voters one does."""
PAUSE_SECONDS = 0.01
"""Between two deliveries of a kiosk: the test is about the kills, not about speed."""
PATIENCE_SECONDS = 120.0


@dataclass
class Told:
    """What all kiosks together were told. `recorded`: position → (ballot, receipt)."""

    recorded: dict[int, tuple[Ballot, str]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    deliveries: Counter[UUID] = field(default_factory=Counter)


class Hall:
    """Its kiosks are enrolled when it is made; they work while it is `open`."""

    def __init__(self, engine: Engine, voters: Sequence[Voter], url: str, folder: Path) -> None:
        self.told = Told()
        self.came_back = 0
        self.faults: list[BaseException] = []
        self._coming = iter(voters)
        self._returning: list[Voter] = []
        self._lock = Lock()
        self._closing = Event()
        self._asking = enrol(engine, f"asking of {folder}")
        self._asked: tuple[Ballot, bytes] | None = None
        self._kiosks: dict[UUID, Path] = {}
        for number in range(KIOSKS):
            device = enrol(engine, f"kiosk {number} of {folder}")
            self._kiosks[device.id] = folder / f"kiosk-{number}"
            equip(self._kiosks[device.id], device, url, engine.signer)

    @contextmanager
    def open(self) -> Iterator[Self]:
        """At the end nobody else may vote, and everything that was spooled is answered."""
        threads = [Thread(target=self._work, args=kiosk) for kiosk in self._kiosks.items()]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._closing.set()
            for thread in threads:
                thread.join()
        assert not self.faults, self.faults

    def wait_for(self, ballots: int, seconds: float = 60) -> None:
        """Until so many more are recorded."""
        wanted = len(self.told.recorded) + ballots
        eventually(f"{wanted} ballots", lambda: len(self.told.recorded) >= wanted or self.faults, seconds)
        assert not self.faults, self.faults

    def ask(self, client: httpx.Client) -> httpx.Response:
        """Send one more ballot, the same one until it is answered; for a look at the answer itself."""
        if self._asked is None:
            with self._lock:
                voter = next(self._coming)
            ballot = voter.ballot(_choices(voter))
            self._asked = ballot, self._asking.deliver(ballot)
        ballot, body = self._asked
        response = client.post("/v1/deliveries", content=body, headers={"Content-Type": "application/jose"})
        if response.is_success:
            self._asked = None
            [result] = response.json()["results"]
            with self._lock:
                self.told.deliveries[self._asking.id] += 1
                self.told.recorded[result["position"]] = ballot, result["receipt"]
        return response

    def _work(self, kiosk_id: UUID, folder: Path) -> None:
        try:
            with Kiosk(folder, patience_seconds=PATIENCE_SECONDS) as kiosk:
                while not self._closing.wait(PAUSE_SECONDS):
                    self._deliver(kiosk, kiosk_id)
                assert kiosk.spool.waiting == []
        except BaseException as fault:  # noqa: BLE001 - told in the test's own thread
            self.faults.append(fault)

    def _deliver(self, kiosk: Kiosk, kiosk_id: UUID) -> None:
        with self._lock:
            voters = list(islice(self._coming, PER_DELIVERY))
            returning, self._returning = self._returning, []
        assert voters, "everybody has voted; the test wants more voters"
        ballots = [voter.ballot(_choices(voter)) for voter in voters]
        ballots += [voter.ballot(_other_choices(voter)) for voter in returning]
        answer = kiosk.deliver(ballots)
        with self._lock:
            self.told.deliveries[kiosk_id] += 1
            self.came_back += len(returning)
            for ballot, told in zip(ballots, answer, strict=True):
                if isinstance(told, Recorded):
                    assert told.position not in self.told.recorded
                    self.told.recorded[told.position] = ballot, told.receipt
                else:
                    self.told.refused[told.code] += 1
            self._returning += [voter for voter in voters if voter.number % COMES_BACK == 0]


def equip(folder: Path, device: Device, url: str, signer: LogSigner) -> None:
    """What enrolling leaves on a device."""
    files.make_folder(folder)
    files.write(folder / "key", device.key.private_bytes_raw().hex().encode())
    identity = Identity(device.id, url, AUDIENCE, str(signer.verifier))
    files.write(folder / "identity.json", msgspec.json.encode(asdict(identity)))


def check_account(engine: Engine, hall: Hall, round_id: UUID) -> None:
    """After closing: the log, the tally, its recount and the kiosks hold the same ballots, each once."""
    told = hall.told
    entries = list(engine.reader.entries(0, engine.reader.size()))
    [closed] = [
        entry.position
        for entry in entries
        if (entry.originator_id, entry.topic) == (round_id, Round.VotingClosed.TOPIC)
    ]
    cast = {
        entry.position: entry
        for entry in entries
        if entry.topic == Cast.Created.TOPIC and json.loads(entry.state)["round_id"] == str(round_id)
    }
    assert sorted(cast) == sorted(told.recorded)
    assert max(cast) < closed
    assert len({ballot["credential"] for ballot, _ in told.recorded.values()}) == len(cast)
    for position, (ballot, receipt) in told.recorded.items():
        check_entry(parse_receipt(receipt), cast[position].bytes_, ballot, engine.signer.verifier)

    counted = _tally(ballot for ballot, _ in told.recorded.values())
    assert recount((each.bytes_ for each in entries), round_id, engine.documents.get).tallies == counted
    catch_up(engine.datastore, Settings())
    with engine.datastore.get_connection() as connection:
        assert tally.of_round(connection, round_id) == counted
        progress = connection.execute("SELECT kiosk_id, sequence FROM dauys.kiosk_progress").fetchall()
    last = {row["kiosk_id"]: row["sequence"] for row in progress}
    assert {kiosk: last[kiosk] for kiosk in told.deliveries} == told.deliveries
    engine.check()


def _choices(voter: Voter) -> list[str]:
    return sorted({PROJECTS[voter.number % 5], PROJECTS[voter.number % 3]})


def _other_choices(voter: Voter) -> list[str]:
    return [PROJECTS[(voter.number + 4) % 5]]


def _tally(ballots: Iterator[Ballot]) -> dict[str, ProjectTally]:
    return add_up((*PROJECTS, DISTRICT_PROJECT), (dict.fromkeys(ballot["choices"], 1) for ballot in ballots))
