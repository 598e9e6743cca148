"""The way of a gathering: call it, take in the representatives, open it, record its votes, close and publish the minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from eventsourcing.domain import Aggregate

from application.kiosks import Random
from application.self_government.units import localities_of, unit_of
from application.store import Clock, Decision, Store
from domain.conclusion import Channel
from domain.errors import Refused
from domain.self_government.call import Call, Level
from domain.self_government.gathering import Gathering
from domain.self_government.motion import Motion, OpenVote


class GatheringExists(Refused):
    """A gathering of this name, or anything with this id, is in the log."""

    code: ClassVar[str] = "gathering_exists"


class Gatherings:
    def __init__(self, store: Store, clock: Clock, random: Random) -> None:
        self._store = store
        self._clock = clock
        self._random = random

    def convene(self, unit: str, call: Call, *, by: str, gathering_id: UUID | None = None) -> UUID:
        """Announce a gathering of the unit (a KATO) with quotas for all its localities; its id."""
        with self._store.deciding() as decision:
            held_by = unit_of(decision, unit)
            gathering = Gathering.convene(
                self._free(decision, gathering_id),
                held_by,
                localities_of(decision, held_by),
                call,
                by=by,
                at=self._clock(),
            )
            decision.save(gathering)
        return gathering.id

    def convene_separate(
        self,
        unit: str,
        locality: str,
        level: Level,
        call: Call,
        *,
        by: str,
        gathering_id: UUID | None = None,
    ) -> UUID:
        """Announce a separate gathering of a locality of the unit (both KATO), or of a street or house in it; its id."""
        with self._store.deciding() as decision:
            gathering = Gathering.convene_separate(
                self._free(decision, gathering_id),
                unit_of(decision, unit),
                unit_of(decision, locality),
                level,
                call,
                by=by,
                at=self._clock(),
            )
            decision.save(gathering)
        return gathering.id

    def _free(self, decision: Decision, gathering_id: UUID | None) -> UUID:
        if gathering_id is None:
            return self._new_id()
        if decision.find(Aggregate, gathering_id) is not None:
            raise GatheringExists
        return gathering_id

    def take_representatives(self, gathering_id: UUID, separate_id: UUID, key: str, *, by: str) -> None:
        """Count in whom the separate gathering chose by its resolution `key`."""
        with self._store.deciding() as decision:
            gathering = decision.get(Gathering, gathering_id)
            separate = decision.get(Gathering, separate_id)
            gathering.take_representatives(separate, key, by=by, at=self._clock())
            decision.save(gathering)

    def open(self, gathering_id: UUID, present: int, *, by: str, residents: int = 0) -> None:
        with self._changing(gathering_id) as (gathering, at):
            gathering.open(present, residents=residents, by=by, at=at)

    def put_to_vote(self, gathering_id: UUID, key: str, motion: Motion, vote: OpenVote, *, by: str) -> bool:
        """Record the open vote on an item; whether it was adopted."""
        with self._changing(gathering_id) as (gathering, at):
            return gathering.put_to_vote(key, motion, vote, by=by, at=at)

    def close(self, gathering_id: UUID, minutes_digest: str, *, by: str) -> None:
        with self._changing(gathering_id) as (gathering, at):
            gathering.close(minutes_digest, by=by, at=at)

    def publish(self, gathering_id: UUID, channels: tuple[Channel, ...], *, by: str) -> None:
        with self._changing(gathering_id) as (gathering, at):
            gathering.publish(channels, by=by, at=at)

    def call_off(self, gathering_id: UUID, reason: str, *, by: str) -> None:
        with self._changing(gathering_id) as (gathering, at):
            gathering.call_off(reason, by=by, at=at)

    def _new_id(self) -> UUID:
        return UUID(bytes=self._random(16), version=4)

    @contextmanager
    def _changing(self, gathering_id: UUID) -> Iterator[tuple[Gathering, datetime]]:
        with self._store.deciding() as decision:
            gathering = decision.get(Gathering, gathering_id)
            yield gathering, self._clock()
            decision.save(gathering)
