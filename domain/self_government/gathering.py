"""A gathering of a unit, or a separate one of a locality, street or house: from its announcement to the published minutes.

    convened → (representatives chosen)* → opened → (item voted)* → closed → published;  called off before it opens.
The numbers that decide (notice, quotas, quorum, majority) are the unit's rules of the day it was convened, kept in that event.
Nothing is adopted without a quorum present at that very vote; nothing is voted on that was not announced.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.conclusion import Channel
from domain.errors import Refused
from domain.self_government.call import (
    AgendaInvalid,
    Call,
    GatheringNotDue,
    Level,
    LocalityNotOfUnit,
    Notice,
    Quota,
    quota,
)
from domain.self_government.motion import ItemKind, Motion, OpenVote
from domain.self_government.publication import check_channels
from domain.self_government.resolution import Resolution, ResolutionNotAdopted
from domain.self_government.rules import Threshold
from domain.self_government.unit import TerritorialUnit
from domain.text import REASON_CHARS, check_actor, check_sha256, check_text

MOST_LOCALITIES = 200


class GatheringState(StrEnum):
    CONVENED = "convened"
    OPENED = "opened"
    CLOSED = "closed"
    PUBLISHED = "published"
    CALLED_OFF = "called_off"


class WrongGatheringState(Refused):
    code: ClassVar[str] = "wrong_gathering_state"


class NotASeparateGathering(Refused):
    """Representatives are chosen at separate gatherings of the same unit, each counted once and held before (lines 585-586)."""

    code: ClassVar[str] = "not_a_separate_gathering"


class TooManyRepresentatives(Refused):
    """A locality sends no more than its quota of `most` (lines 588-590)."""

    code: ClassVar[str] = "too_many_representatives"


class MorePresentThanEntitled(Refused):
    """At most `most` people are entitled to be there."""

    code: ClassVar[str] = "more_present_than_entitled"


class NoQuorum(Refused):
    """`present` of `entitled` are there, `needed` must be."""

    code: ClassVar[str] = "no_quorum"


class NotOnAgenda(Refused):
    """Only what was announced is put to the vote."""

    code: ClassVar[str] = "not_on_agenda"


class ItemAlreadyVoted(Refused):
    code: ClassVar[str] = "item_already_voted"


class Gathering(Aggregate):
    TOPIC = "gathering"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        TOPIC = "gathering.convened.v1"
        unit: str
        level: Level
        call: Call
        notice: Notice
        quotas: tuple[Quota, ...]
        quorum: Threshold
        majority: Threshold
        by: str

    class RepresentativesChosen(Aggregate.Event):
        TOPIC = "gathering.representatives_chosen.v1"
        locality: str
        separate_gathering: UUID
        key: str
        representatives: int
        by: str

    class Opened(Aggregate.Event):
        TOPIC = "gathering.opened.v1"
        entitled: int
        present: int
        needed: int
        by: str

    class ItemVoted(Aggregate.Event):
        TOPIC = "gathering.item_voted.v1"
        key: str
        kind: ItemKind
        motion: Motion
        vote: OpenVote
        needed: int
        adopted: bool
        by: str

    class Closed(Aggregate.Event):
        TOPIC = "gathering.closed.v1"
        minutes_digest: str
        by: str

    class Published(Aggregate.Event):
        TOPIC = "gathering.published.v1"
        channels: tuple[Channel, ...]
        by: str

    class CalledOff(Aggregate.Event):
        TOPIC = "gathering.called_off.v1"
        reason: str
        by: str

    @classmethod
    def convene(
        cls,
        gathering_id: UUID,
        unit: TerritorialUnit,
        localities: Sequence[TerritorialUnit],
        call: Call,
        *,
        by: str,
        at: datetime,
    ) -> Self:
        """Announce a gathering of the unit. `localities`: all of the unit's; none where the unit is its only locality."""
        if len(localities) > MOST_LOCALITIES:
            raise AgendaInvalid(problem="localities", most=MOST_LOCALITIES)
        threshold = unit.rules.gathering_quorum
        return cls._convene(
            gathering_id, unit, localities or (unit,), Level.UNIT, call, threshold, by=by, at=at
        )

    @classmethod
    def convene_separate(
        cls,
        gathering_id: UUID,
        unit: TerritorialUnit,
        locality: TerritorialUnit,
        level: Level,
        call: Call,
        *,
        by: str,
        at: datetime,
    ) -> Self:
        """Announce a separate gathering of a locality or, within it, of a street or house (`call.place` names it)."""
        if level is Level.UNIT:
            raise NotASeparateGathering
        threshold = unit.rules.separate_quorum
        return cls._convene(gathering_id, unit, (locality,), level, call, threshold, by=by, at=at)

    @classmethod
    def _convene(
        cls,
        gathering_id: UUID,
        unit: TerritorialUnit,
        localities: Sequence[TerritorialUnit],
        level: Level,
        call: Call,
        quorum: Threshold,
        *,
        by: str,
        at: datetime,
    ) -> Self:
        call = call.checked(level)
        return cls._create(
            cls.Created,
            id=gathering_id,
            unit=unit.kato,
            level=level,
            call=call,
            notice=call.notice(unit.rules.gathering_notice_days, at=at),
            quotas=tuple(quota(unit, locality, call.held_at) for locality in localities),
            quorum=quorum,
            majority=unit.rules.gathering_majority,
            by=check_actor(by),
            timestamp=at,
        )

    def take_representatives(self, separate: "Gathering", key: str, *, by: str, at: datetime) -> None:
        """Count in the representatives that a separate gathering chose by its resolution `key`."""
        self._must_be(GatheringState.CONVENED)
        resolution = separate.resolution(key)
        if (
            self.level is not Level.UNIT
            or resolution.kind is not ItemKind.REPRESENTATIVES_CHOSEN
            or separate.unit != self.unit
            or separate.held_at > self.held_at
            or separate.id in self.separate_gatherings
        ):
            raise NotASeparateGathering
        locality, representatives = separate.quotas[0].locality, separate.motions[key].representatives
        most = next((quota.representatives for quota in self.quotas if quota.locality == locality), None)
        if most is None:
            raise LocalityNotOfUnit(locality=locality)
        if self.representatives.get(locality, 0) + representatives > most:
            raise TooManyRepresentatives(locality=locality, most=most)
        self.trigger_event(
            self.RepresentativesChosen,
            locality=locality,
            separate_gathering=separate.id,
            key=key,
            representatives=representatives,
            by=check_actor(by),
            timestamp=at,
        )

    def open(self, present: int, *, by: str, at: datetime, residents: int = 0) -> None:
        """Count who came. `residents`: of a separate gathering, how many are entitled to take part (never above the population).

        For the gathering of the unit the whole is what the quotas give: a locality that chose nobody counts as absent.
        """
        self._must_be(GatheringState.CONVENED)
        if at < self.held_at:
            raise GatheringNotDue(opens=self.held_at, now=at)
        if self.level is Level.UNIT:
            entitled = sum(quota.representatives for quota in self.quotas)
        else:
            entitled = residents
            if not 1 <= residents <= self.quotas[0].people:
                raise MorePresentThanEntitled(most=self.quotas[0].people)
        self._check_attendance(present, entitled)
        self.trigger_event(
            self.Opened,
            entitled=entitled,
            present=present,
            needed=self.quorum.least(entitled),
            by=check_actor(by),
            timestamp=at,
        )

    def put_to_vote(self, key: str, motion: Motion, vote: OpenVote, *, by: str, at: datetime) -> bool:
        """Record the open vote on an item of the agenda, for ever; whether the motion was adopted."""
        self._must_be(GatheringState.OPENED)
        item = next((item for item in self.call.agenda if item.key == key), None)
        if item is None:
            raise NotOnAgenda
        if key in self.motions:
            raise ItemAlreadyVoted
        vote.check()
        self._check_attendance(vote.present, self.entitled)
        adopted = self.majority.reached(vote.votes_for, vote.present)
        self.trigger_event(
            self.ItemVoted,
            key=key,
            kind=item.kind,
            motion=motion.checked(item.kind, self.held_at),
            vote=vote,
            needed=self.majority.least(vote.present),
            adopted=adopted,
            by=check_actor(by),
            timestamp=at,
        )
        return adopted

    def close(self, minutes_digest: str, *, by: str, at: datetime) -> None:
        """End the gathering with its signed minutes; an item that was not put to the vote is not adopted."""
        self._must_be(GatheringState.OPENED)
        digest = check_sha256("minutes_digest", minutes_digest)
        self.trigger_event(self.Closed, minutes_digest=digest, by=check_actor(by), timestamp=at)

    def publish(self, channels: tuple[Channel, ...], *, by: str, at: datetime) -> None:
        self._must_be(GatheringState.CLOSED)
        channels = check_channels(channels, adopted=self.held_at, at=at)
        self.trigger_event(self.Published, channels=channels, by=check_actor(by), timestamp=at)

    def call_off(self, reason: str, *, by: str, at: datetime) -> None:
        """It was announced and does not take place, as for want of a quorum."""
        self._must_be(GatheringState.CONVENED)
        reason = check_text("reason", reason, REASON_CHARS)
        self.trigger_event(self.CalledOff, reason=reason, by=check_actor(by), timestamp=at)

    def resolution(self, key: str) -> Resolution:
        """The adopted item `key`, once the minutes are closed."""
        if key not in self.adopted or self.state not in (GatheringState.CLOSED, GatheringState.PUBLISHED):
            raise ResolutionNotAdopted
        motion = self.motions[key]
        return Resolution(
            gathering_id=self.id,
            key=key,
            kind=self.adopted[key],
            text_digest=motion.text_digest,
            adopted_on=self.held_at,
            unit=self.unit,
            candidates=motion.candidates,
            akim=motion.akim,
        )

    @property
    def held_at(self) -> datetime:
        return self.call.held_at

    def _check_attendance(self, present: int, entitled: int) -> None:
        most = sum(self.representatives.values()) if self.level is Level.UNIT else entitled
        if not 0 <= present <= most:
            raise MorePresentThanEntitled(most=most)
        if not self.quorum.reached(present, entitled):
            raise NoQuorum(present=present, entitled=entitled, needed=self.quorum.least(entitled))

    def _must_be(self, state: GatheringState) -> None:
        if self.state is not state:
            raise WrongGatheringState(state=self.state.value, needed=state.value)

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(
        self,
        unit: str,
        level: Level,
        call: Call,
        notice: Notice,
        quotas: tuple[Quota, ...],
        quorum: Threshold,
        majority: Threshold,
    ) -> None:
        self.unit = unit
        self.level = level
        self.call = call
        self.notice = notice
        self.quotas = quotas
        self.quorum = quorum
        self.majority = majority
        self.state = GatheringState.CONVENED
        self.separate_gatherings: set[UUID] = set()
        self.representatives: dict[str, int] = {}
        self.entitled = 0
        self.motions: dict[str, Motion] = {}
        self.adopted: dict[str, ItemKind] = {}

    @event(RepresentativesChosen)
    def _representatives_chosen(self, locality: str, separate_gathering: UUID, representatives: int) -> None:
        self.separate_gatherings.add(separate_gathering)
        self.representatives[locality] = self.representatives.get(locality, 0) + representatives

    @event(Opened)
    def _opened(self, entitled: int) -> None:
        self.state = GatheringState.OPENED
        self.entitled = entitled

    @event(ItemVoted)
    def _item_voted(self, key: str, kind: ItemKind, motion: Motion, adopted: bool) -> None:  # noqa: FBT001 - the event's field
        self.motions[key] = motion
        if adopted:
            self.adopted[key] = kind

    @event(Closed)
    def _closed(self) -> None:
        self.state = GatheringState.CLOSED

    @event(Published)
    def _published(self) -> None:
        self.state = GatheringState.PUBLISHED

    @event(CalledOff)
    def _called_off(self) -> None:
        self.state = GatheringState.CALLED_OFF
