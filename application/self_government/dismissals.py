"""The way of an initiative to end an akim's powers, from the act that raises it to the maslikhat's published decision.

Each step runs alone behind the log's lock, on everything it depends on as it is there: of two initiatives against one akim
the second sees the first. When the maslikhat ends the powers, the office register follows in the same transaction.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from application.self_government.units import unit_of
from application.store import Clock, Decision, Store
from domain.conclusion import Channel
from domain.errors import Refused
from domain.self_government.decision import CouncilDecision
from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.gathering import Gathering
from domain.self_government.initiating import AdoptedAct, Body, Evidence, Ground
from domain.self_government.motion import OpenVote
from domain.self_government.office import Office, OfficeKind
from domain.text import IdentifierInvalid, check_identifier

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_REFERENCE = re.compile(rf"gathering:(?P<gathering>{_UUID})/(?P<key>\S+)|decision:(?P<decision>{_UUID})")


class ActReferenceInvalid(Refused):
    """An act is «gathering:ID/ITEM» or «decision:ID»; a petition is none (concept, section 5)."""

    code: ClassVar[str] = "act_reference_invalid"


@dataclass(frozen=True, slots=True)
class ActReference:
    """An act of the gathering, by its agenda item's `key`, or of the Council, whose `key` is empty."""

    body: Body
    id: UUID
    key: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """«gathering:ID/ITEM» or «decision:ID»."""
        match = _REFERENCE.fullmatch(text)
        if match is None:
            raise ActReferenceInvalid
        if match["decision"]:
            return cls(Body.COUNCIL, UUID(match["decision"]))
        try:
            return cls(Body.GATHERING, UUID(match["gathering"]), check_identifier("key", match["key"]))
        except IdentifierInvalid:
            raise ActReferenceInvalid from None

    def adopted(self, decision: Decision) -> AdoptedAct:
        """The act itself, or the refusal when it was not adopted."""
        if self.body is Body.GATHERING:
            return decision.get(Gathering, self.id).resolution(self.key)
        return decision.get(CouncilDecision, self.id).adoption()


class Dismissals:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def raise_against(
        self,
        unit: str,
        akim: str,
        act: ActReference,
        *,
        grounds: tuple[Ground, ...],
        statement: str,
        evidence: tuple[Evidence, ...],
        by: str,
        on: datetime | None = None,
    ) -> UUID:
        """Enter an initiative against the akim (an official's id) of the unit (a KATO); its id. `on`, as below: None is now."""
        with self._store.deciding() as decision:
            at = self._clock()
            initiative = DismissalInitiative.raise_against(
                unit_of(decision, unit),
                _office(decision, unit),
                akim,
                act.adopted(decision),
                grounds,
                statement,
                evidence,
                earlier=tuple(_all_against(decision, unit, akim)),
                on=on or at,
                by=by,
                at=at,
            )
            decision.save(initiative)
        return initiative.id

    def notify_akim(
        self, initiative_id: UUID, notice_digest: str, *, by: str, on: datetime | None = None
    ) -> None:
        with self._changing(initiative_id) as (initiative, _, at):
            initiative.notify_akim(notice_digest, on=on or at, by=by, at=at)

    def answer(
        self, initiative_id: UUID, answer: str, answer_digest: str, *, by: str, on: datetime | None = None
    ) -> None:
        with self._changing(initiative_id) as (initiative, _, at):
            initiative.answer(answer, answer_digest, on=on or at, by=by, at=at)

    def submit(
        self, initiative_id: UUID, maslikhat: str, text_digest: str, *, by: str, on: datetime | None = None
    ) -> None:
        """Hand it to the maslikhat of the district or city `maslikhat` (a KATO)."""
        with self._changing(initiative_id) as (initiative, decision, at):
            unit, above = unit_of(decision, initiative.unit), unit_of(decision, maslikhat)
            initiative.submit(unit, above, text_digest, on=on or at, by=by, at=at)

    def register(self, initiative_id: UUID, entry: str, *, by: str, on: datetime | None = None) -> None:
        with self._changing(initiative_id) as (initiative, _, at):
            initiative.register(entry, on=on or at, by=by, at=at)

    def set_hearing(
        self, initiative_id: UUID, hearing: datetime, place: str, *, by: str, on: datetime | None = None
    ) -> None:
        with self._changing(initiative_id) as (initiative, _, at):
            initiative.set_hearing(hearing, place, on=on or at, by=by, at=at)

    def hear(
        self,
        initiative_id: UUID,
        minutes_digest: str,
        *,
        akim_spoke: bool,
        by: str,
        on: datetime | None = None,
    ) -> None:
        with self._changing(initiative_id) as (initiative, _, at):
            initiative.hear(minutes_digest, akim_spoke=akim_spoke, on=on or at, by=by, at=at)

    def decide(
        self,
        initiative_id: UUID,
        deputies: int,
        vote: OpenVote,
        text_digest: str,
        *,
        by: str,
        on: datetime | None = None,
    ) -> bool:
        """Record the vote of the maslikhat of so many `deputies`; whether it ended the akim's powers."""
        with self._store.deciding() as decision:
            initiative, at = decision.get(DismissalInitiative, initiative_id), self._clock()
            office = _office(decision, initiative.unit)
            ended = initiative.decide(office, deputies, vote, text_digest, on=on or at, by=by, at=at)
            decision.save(initiative, office)
        return ended

    def publish(self, initiative_id: UUID, channels: tuple[Channel, ...], *, by: str) -> None:
        with self._changing(initiative_id) as (initiative, _, at):
            initiative.publish(channels, by=by, at=at)

    def withdraw(
        self,
        initiative_id: UUID,
        act: ActReference,
        reason: str,
        *,
        by: str,
        on: datetime | None = None,
    ) -> None:
        with self._changing(initiative_id) as (initiative, decision, at):
            initiative.withdraw(act.adopted(decision), reason, on=on or at, by=by, at=at)

    def lapse(self, initiative_id: UUID, *, by: str, on: datetime | None = None) -> None:
        with self._changing(initiative_id) as (initiative, decision, at):
            initiative.lapse(_office(decision, initiative.unit), on=on or at, by=by, at=at)

    @contextmanager
    def _changing(self, initiative_id: UUID) -> Iterator[tuple[DismissalInitiative, Decision, datetime]]:
        with self._store.deciding() as decision:
            initiative = decision.get(DismissalInitiative, initiative_id)
            yield initiative, decision, self._clock()
            decision.save(initiative)


def _office(decision: Decision, unit: str) -> Office:
    return decision.get(Office, Office.create_id(unit, OfficeKind.AKIM, 0))


def _all_against(decision: Decision, unit: str, akim: str) -> Iterator[DismissalInitiative]:
    """Every initiative there ever was against this akim: they are numbered without gaps."""
    number = 1
    while initiative := decision.find(DismissalInitiative, DismissalInitiative.create_id(unit, akim, number)):
        yield initiative
        number += 1
