"""A round open for voting, staged by the engine's own use cases, and really signed deliveries for it, ready to be sent."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from secrets import token_bytes
from typing import Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.cli.telling import Narrator
from api.composition import Engine
from api.election.plan import Plan, Planned, Voter
from api.election.staff import Opened, Staff, announce
from application import base64url
from application.codes import credential_key
from application.delivery import SALT_BYTES
from application.kiosk.signing import Ballot, delivery_hash, sign_ballot, sign_delivery
from benchmarks.load import Requests, request
from domain.paper import BallotForm, BallotType, RoundKind, Rules, Unit
from domain.proposal import Sketch

UNIT: Final = "990000000"
PROJECTS: Final = 40
CHOICES: Final = 3

_COST_TIYN: Final = 10**9


def random_choices(random: Random) -> list[str]:
    """As a voter would fill in the paper: up to `CHOICES` of `PROJECTS`, in their one encoding."""
    return sorted({str(random.randint(1, PROJECTS)) for _ in range(CHOICES)})


@dataclass(frozen=True, slots=True)
class Election:
    """A round that takes ballots."""

    engine: Engine
    staff: Staff
    opened: Opened
    _unused: Iterator[tuple[str, Voter]]

    @property
    def round_id(self) -> UUID:
        return self.opened.round_id

    def kiosk(self, label: str) -> "Kiosk":
        """An enrolled one."""
        key = Ed25519PrivateKey.generate()
        code = self.engine.kiosks.invite(label, "hall", by="bench").code
        public_key = base64url.to_text(key.public_key().public_bytes_raw())
        return Kiosk(self, key, self.engine.kiosks.enrol(code, public_key))

    def ballots(self, number: int) -> list[Ballot]:
        """Of voters who have not voted yet."""
        return [
            sign_ballot(
                credential_key(code, self.round_id), self.round_id, voter.choices, token_bytes(SALT_BYTES)
            )
            for code, voter in islice(self._unused, number)
        ]


@dataclass(slots=True)
class Kiosk:
    """A kiosk's side of its deliveries."""

    election: Election
    key: Ed25519PrivateKey
    kiosk_id: UUID
    sequence: int = 0
    previous: str = ""

    def delivery(self, ballots: int) -> bytes:
        """The next delivery, as a request."""
        self.sequence += 1
        body = sign_delivery(
            self.key,
            self.kiosk_id,
            audience=self.election.engine.settings.audience,
            sequence=self.sequence,
            previous=self.previous,
            ballots=self.election.ballots(ballots),
        )
        self.previous = delivery_hash(body)
        return request("POST", "/v1/deliveries", body, content_type="application/jose")

    def deliveries(self, number: int, ballots: int) -> list[bytes]:
        return [self.delivery(ballots) for _ in range(number)]


def deliveries(kiosks: list[Kiosk], each: int, ballots: int) -> Requests:
    """`each` deliveries of so many ballots per kiosk."""
    return [kiosk.deliveries(each, ballots) for kiosk in kiosks]


@contextmanager
def open_election(engine: Engine, voters: int, projects: int = PROJECTS) -> Iterator[Election]:
    """Roll, slips and credentials for `voters`, proposals admitted, paper frozen, voting open."""
    plan, round_id = plan_of(voters, projects), uuid4()
    announce(engine, plan, round_id)
    with tempfile.TemporaryDirectory(prefix="dauys-bench-") as workspace:
        staff = Staff(engine, plan, Narrator(), Path(workspace))
        opened = staff.open_round(round_id)
        yield Election(engine, staff, opened, zip(opened.slips[UNIT], plan.voters, strict=True))


def plan_of(voters: int, projects: int = PROJECTS) -> Plan:
    """One city, one envelope; voters choose among the first `PROJECTS`."""
    random = Random(voters)
    return Plan(
        kind=RoundKind.CITY,
        title="Benchmark",
        units=(Unit(UNIT, "City", PROJECTS // 2 * _COST_TIYN),),
        form=BallotForm(BallotType.APPROVAL, max_choices=CHOICES),
        rules=Rules(),
        proposals=tuple(
            Planned(
                Sketch(f"Project {number}", "Measured.", UNIT, _COST_TIYN),
                number=str(number),
                cost_tiyn=_COST_TIYN,
            )
            for number in range(1, projects + 1)
        ),
        voters=tuple(Voter(UNIT, random_choices(random)) for _ in range(voters)),
        early_reason="a benchmark does not wait for two weeks",
    )
