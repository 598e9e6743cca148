"""Rounds that take ballots, kiosks and voters, and the deliveries between them, right or wrong.

Independent of the kiosk's own library: everything is put together by hand here, so that any part can be spoilt.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.ballot_box import BallotBox
from application.delivery import Delivery, open_delivery
from application.log import canonical
from application.polls import Polls
from application.roots import stored_credentials
from domain.kiosk import Kiosk
from domain.paper import BallotForm, BallotType, Paper, Project
from domain.roll import Roll
from domain.round import Round
from tests.engine import Engine
from tests.examples import AFTER, CITY, CLERK, DISTRICT, DURING, EARLY, SEED, TERMS, digest

AUDIENCE = "dauys.test"
MOST_BALLOTS = 500
PROJECTS = ("101", "102", "103", "104", "105")
DISTRICT_PROJECT = "201"
APPROVAL = BallotForm(BallotType.APPROVAL, max_choices=3)

Json = dict[str, Any]


def text_of(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def key_of(name: str) -> Ed25519PrivateKey:
    """The same key for the same name, in every process of a test."""
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


@dataclass(frozen=True)
class Voter:
    """Whoever holds slip `number` of a round."""

    round_id: UUID
    number: int
    unit: str = CITY

    @property
    def key(self) -> Ed25519PrivateKey:
        return key_of(f"voter {self.number} of {self.round_id}")

    @property
    def credential_bytes(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def credential(self) -> str:
        return text_of(self.credential_bytes)

    def ballot(self, choices: object, *, salt: bytes | None = None, **spoilt: object) -> Json:
        """Signed, then spoilt: members replaced or added."""
        salt_text = text_of(
            hmac.digest(b"salt", str(self.number).encode(), sha256)[:16] if salt is None else salt
        )
        signed = {"choices": choices, "round": str(self.round_id), "salt": salt_text}
        signature = self.key.sign(b"dauys.ballot.v1\n" + canonical.encode(signed))
        return {**signed, "credential": self.credential, "signature": text_of(signature), **spoilt}


@dataclass
class Device:
    """A kiosk's side of its deliveries."""

    name: str = "hall"
    id: UUID = field(default_factory=uuid4)
    sequence: int = 0
    previous: str = ""

    @property
    def key(self) -> Ed25519PrivateKey:
        return key_of(f"kiosk {self.name}")

    def deliver(self, *ballots: object) -> bytes:
        """The next delivery; the device goes on from it."""
        body = self.jws(self.payload(*ballots))
        self.sequence += 1
        self.previous = text_of(sha256(body).digest())
        return body

    def payload(self, *ballots: object) -> Json:
        return {
            "aud": AUDIENCE,
            "sequence": self.sequence + 1,
            "previous": self.previous,
            "ballots": list(ballots),
        }

    def jws(self, payload: object, **header: object) -> bytes:
        """The payload signed as it is: bytes, or anything JSON can hold; header members of the caller's take precedence."""
        members = {"alg": "Ed25519", "kid": str(self.id), **header}
        return self.signed(json.dumps(members).encode(), as_bytes(payload))

    def signed(self, header: bytes, payload: bytes) -> bytes:
        signing_input = f"{text_of(header)}.{text_of(payload)}".encode()
        return signing_input + b"." + text_of(self.key.sign(signing_input)).encode()


def as_bytes(payload: object) -> bytes:
    return payload if isinstance(payload, bytes) else json.dumps(payload).encode()


# Rounds and kiosks, as their use cases leave them behind.


def enrol(engine: Engine, name: str = "hall", kiosk_id: UUID | None = None) -> Device:
    device = Device(name, kiosk_id or uuid4())
    kiosk = Kiosk.invite(
        device.id,
        label=name,
        place="Hall",
        code_digest=digest(name),
        expires=EARLY + timedelta(days=1),
        by=CLERK,
        at=EARLY,
    )
    kiosk.enrol(digest(name), device.key.public_key().public_bytes_raw().hex(), at=EARLY)
    with engine.store.deciding() as decision:
        decision.save(kiosk)
    return device


def revoke(engine: Engine, device: Device) -> None:
    with engine.store.deciding() as decision:
        kiosk = decision.get(Kiosk, device.id)
        kiosk.revoke("stolen", by=CLERK, at=DURING)
        decision.save(kiosk)


def prepare_round(
    engine: Engine,
    voters: int = 5,
    *,
    form: BallotForm = APPROVAL,
    round_id: UUID | None = None,
) -> list[Voter]:
    """A round in review whose credentials are registered; its voters, of whom the last lives in the district."""
    round_id = round_id or uuid4()
    people = [Voter(round_id, number) for number in range(voters)]
    people[-1] = replace(people[-1], unit=DISTRICT)
    _register(engine, people)
    round_ = Round.draft(round_id, replace(TERMS, form=form), by=CLERK, at=EARLY)
    round_.open_intake(by=CLERK, at=EARLY)
    round_.start_review(by=CLERK, at=EARLY)
    round_.draw_lot(SEED, by=CLERK, at=EARLY)
    counts = {unit: n for unit in (CITY, DISTRICT) if (n := sum(each.unit == unit for each in people))}
    roll = Roll.seal(round_, counts, digest("roll"), by=CLERK, at=EARLY)
    with engine.store.deciding() as decision:
        credentials = stored_credentials(decision.transaction, round_id)
        roll.register_credentials(round_, credentials.counts, credentials.root, by=CLERK, at=EARLY)
        decision.save(round_, roll)
    return people


def open_voting(engine: Engine, round_id: UUID, projects: Iterable[str] = PROJECTS) -> None:
    round_ = engine.store.load(Round, round_id)
    paper = _paper(round_, engine.store.load(Roll, Roll.create_id(round_id)), projects)
    paper_digest = engine.documents.put(canonical.encode(msgspec.to_builtins(paper)))
    round_.open_voting(paper_digest, len(paper.projects), by=CLERK, at=DURING)
    with engine.store.deciding() as decision:
        decision.save(round_)


def open_round(
    engine: Engine, voters: int = 5, *, projects: Iterable[str] = PROJECTS, **details: Any
) -> list[Voter]:
    """A round that takes ballots; its voters, of whom the last lives in the district."""
    people = prepare_round(engine, voters, **details)
    open_voting(engine, people[0].round_id, projects)
    return people


def close_round(engine: Engine, round_id: UUID) -> None:
    with engine.store.deciding() as decision:
        round_ = decision.get(Round, round_id)
        round_.close_voting(by=CLERK, at=AFTER)
        decision.save(round_)


def _register(engine: Engine, people: Iterable[Voter]) -> None:
    rows = [(each.round_id, each.credential_bytes, each.unit) for each in people]
    with engine.datastore.get_connection() as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO dauys.credentials VALUES (%s, %s, %s)", rows)


def _paper(round_: Round, roll: Roll, projects: Iterable[str]) -> Paper:
    terms = round_.terms
    listed = [Project(id_, CITY, 10**9, f"Project {id_}") for id_ in projects]
    return Paper(
        round_id=str(round_.id),
        kind=terms.kind,
        title=terms.title,
        units=terms.units,
        projects=(*listed, Project(DISTRICT_PROJECT, DISTRICT, 10**9, "Yard")),
        form=terms.form,
        rules=terms.rules,
        lot_seed=SEED,
        roll_root=roll.root,
        credentials_root=roll.credentials_root or "",
        categories=terms.categories,
    )


# The ballot box of one process.


@dataclass(frozen=True)
class Box:
    """A ballot box with what opens its deliveries."""

    engine: Engine
    polls: Polls
    box: BallotBox

    def opened(self, body: bytes) -> Delivery:
        return open_delivery(body, self.polls.kiosk_key, audience=AUDIENCE, most_ballots=MOST_BALLOTS)

    def cast(self, *bodies: bytes) -> list[Any]:
        """One batch of deliveries; per delivery its answer or its refusal."""
        return self.box.cast([self.opened(body) for body in bodies])


def box_of(engine: Engine, clock: Callable[[], datetime] = lambda: DURING) -> Box:
    polls = Polls(engine.store, engine.documents)
    return Box(engine, polls, BallotBox(engine.store, engine.reader, polls, clock))
