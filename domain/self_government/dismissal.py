"""The initiative to end an akim's powers early: from an adopted act of the gathering or Council to the maslikhat's decision.

    raised → notified → answered → submitted → registered → hearing set → heard → decided → published
An akim who stays silent hinders nobody once the days to answer are over. Until the hearing the body that raised it may withdraw
it; at its deadline, or when the akim has left office, it lapses. One initiative against an akim is open at a time, and nothing
but a majority of the maslikhat ends one with the akim's powers (concept, lines 648-657).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.conclusion import Channel
from domain.errors import Refused
from domain.self_government import maslikhat as vote_of_maslikhat
from domain.self_government.civil_days import days_after
from domain.self_government.initiating import (
    STATEMENT_CHARS,
    Act,
    ActOutOfTime,
    AdoptedAct,
    Evidence,
    Ground,
    InitiativeRules,
    NotTheSittingAkim,
    check_evidence,
    check_grounds,
    check_maslikhat,
    raising,
    serves_on,
    sitting_akim,
    withdrawing,
)
from domain.self_government.initiative_course import (
    BEFORE_HEARING,
    OPEN,
    InitiativeState,
    LapseReason,
    WrongInitiativeState,
    check_answer,
    check_hearing,
    check_held,
    check_in_time,
    check_not_begun,
    check_silence,
    lapse_reason,
)
from domain.self_government.maslikhat import MaslikhatCount
from domain.self_government.motion import OpenVote
from domain.self_government.office import Office, Official
from domain.self_government.publication import check_channels
from domain.self_government.steps import check_step
from domain.self_government.unit import TerritorialUnit
from domain.text import NAME_CHARS, REASON_CHARS, TITLE_CHARS, check_actor, check_sha256, check_text
from domain.times import check_time


class InitiativeOpen(Refused):
    """Initiative `number` against this akim is still open."""

    code: ClassVar[str] = "initiative_open"


class ActUsed(Refused):
    """One act raises one initiative: this one has raised number `number`."""

    code: ClassVar[str] = "act_used"


class DismissalInitiative(Aggregate):
    TOPIC = "dismissal"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        """`on`, here and below: when it happened. `rules`: what it was held against and will be; after `decision_due` it lapses."""

        TOPIC = "dismissal.raised.v1"
        unit: str
        number: int
        akim: Official
        term_from: datetime
        act: Act
        grounds: tuple[Ground, ...]
        statement: str
        evidence: tuple[Evidence, ...]
        rules: InitiativeRules
        on: datetime
        decision_due: datetime
        by: str

    class AkimNotified(Aggregate.Event):
        TOPIC = "dismissal.akim_notified.v1"
        notice_digest: str
        on: datetime
        answer_due: datetime
        by: str

    class AkimAnswered(Aggregate.Event):
        TOPIC = "dismissal.akim_answered.v1"
        answer: str
        answer_digest: str
        on: datetime
        by: str

    class Submitted(Aggregate.Event):
        TOPIC = "dismissal.submitted.v1"
        maslikhat: str
        text_digest: str
        on: datetime
        by: str

    class Registered(Aggregate.Event):
        TOPIC = "dismissal.registered.v1"
        entry: str
        on: datetime
        by: str

    class HearingSet(Aggregate.Event):
        TOPIC = "dismissal.hearing_set.v1"
        hearing: datetime
        place: str
        on: datetime
        by: str

    class Heard(Aggregate.Event):
        TOPIC = "dismissal.heard.v1"
        akim_spoke: bool
        minutes_digest: str
        on: datetime
        by: str

    class Decided(Aggregate.Event):
        TOPIC = "dismissal.decided.v1"
        count: MaslikhatCount
        text_digest: str
        on: datetime
        by: str

    class Published(Aggregate.Event):
        TOPIC = "dismissal.published.v1"
        text_digest: str
        channels: tuple[Channel, ...]
        by: str

    class Withdrawn(Aggregate.Event):
        TOPIC = "dismissal.withdrawn.v1"
        act: Act
        reason: str
        on: datetime
        by: str

    class Lapsed(Aggregate.Event):
        TOPIC = "dismissal.lapsed.v1"
        reason: LapseReason
        decision_due: datetime
        on: datetime
        by: str

    @staticmethod
    def create_id(unit: str, akim: str, number: int) -> UUID:
        """`unit` is a KATO, `akim` an official's id. Numbered without gaps, so the store itself refuses two at once."""
        return uuid5(TerritorialUnit.create_id(unit), f"dismissal:{akim}:{number}")

    @classmethod
    def raise_against(
        cls,
        unit: TerritorialUnit,
        office: Office,
        akim: str,
        act: AdoptedAct,
        grounds: tuple[Ground, ...],
        statement: str,
        evidence: tuple[Evidence, ...],
        *,
        earlier: Sequence["DismissalInitiative"],
        on: datetime,
        by: str,
        at: datetime,
    ) -> Self:
        """Enter an initiative against the akim (an official's id). `earlier`: all there were against the same akim, in order."""
        on = check_step(on, after=act.adopted_on, at=at)
        reference = raising(act, unit.kato, akim)
        tenure = sitting_akim(office, unit.kato, akim, on)
        for initiative in earlier:
            if initiative.is_open:
                raise InitiativeOpen(number=initiative.number)
            if (initiative.act.id, initiative.act.key) == (reference.id, reference.key):
                raise ActUsed(number=initiative.number)
        declined_on = max((each.last_on for each in earlier if each.declined), default=None)
        rules = InitiativeRules.of(unit.rules)
        rules.check_time(reference, on, term_from=tenure.term_from, declined_on=declined_on)
        number = len(earlier) + 1
        return cls._create(
            cls.Created,
            id=cls.create_id(unit.kato, akim, number),
            unit=unit.kato,
            number=number,
            akim=tenure.holder,
            term_from=tenure.term_from,
            act=reference,
            grounds=check_grounds(grounds),
            statement=check_text("statement", statement, STATEMENT_CHARS),
            evidence=check_evidence(evidence),
            rules=rules,
            on=on,
            decision_due=days_after(on, rules.decision_days),
            by=check_actor(by),
            timestamp=at,
        )

    def notify_akim(self, notice_digest: str, *, on: datetime, by: str, at: datetime) -> None:
        """Enter that the akim was handed the notice (by SHA-256, as acknowledged); the days to answer begin."""
        on = self._step(on, at, InitiativeState.RAISED)
        digest, due = check_sha256("notice_digest", notice_digest), days_after(on, self.rules.answer_days)
        self._record(self.AkimNotified, by, at, notice_digest=digest, on=on, answer_due=due)

    def answer(self, answer: str, answer_digest: str, *, on: datetime, by: str, at: datetime) -> None:
        """Enter what the akim answers, in short, and the whole answer by SHA-256."""
        on = self._step(on, at, InitiativeState.NOTIFIED)
        check_answer(on, self.answer_due)
        answer = check_text("answer", answer, STATEMENT_CHARS)
        digest = check_sha256("answer_digest", answer_digest)
        self._record(self.AkimAnswered, by, at, answer=answer, answer_digest=digest, on=on)

    def submit(
        self,
        unit: TerritorialUnit,
        maslikhat: TerritorialUnit,
        text_digest: str,
        *,
        on: datetime,
        by: str,
        at: datetime,
    ) -> None:
        """Hand it to the maslikhat of the district or city `maslikhat`, which the akim's `unit` belongs to."""
        on = self._step(on, at, InitiativeState.NOTIFIED, InitiativeState.ANSWERED)
        if self.state is InitiativeState.NOTIFIED:
            check_silence(on, self.answer_due)
        to = check_maslikhat(maslikhat, unit, self.unit)
        digest = check_sha256("text_digest", text_digest)
        self._record(self.Submitted, by, at, maslikhat=to, text_digest=digest, on=on)

    def register(self, entry: str, *, on: datetime, by: str, at: datetime) -> None:
        """Enter the number under which the maslikhat has registered it."""
        on = self._step(on, at, InitiativeState.SUBMITTED)
        self._record(self.Registered, by, at, entry=check_text("entry", entry, NAME_CHARS), on=on)

    def set_hearing(self, hearing: datetime, place: str, *, on: datetime, by: str, at: datetime) -> None:
        """Announce when and where it is heard; a hearing that has not been held may be set anew."""
        on = self._step(on, at, InitiativeState.REGISTERED, InitiativeState.HEARING_SET)
        hearing, place = check_time("hearing", hearing), check_text("place", place, TITLE_CHARS)
        check_hearing(hearing, self.decision_due, set_on=on)
        self._record(self.HearingSet, by, at, hearing=hearing, place=place, on=on)

    def hear(self, minutes_digest: str, *, akim_spoke: bool, on: datetime, by: str, at: datetime) -> None:
        on = self._step(on, at, InitiativeState.HEARING_SET)
        check_held(on, self.hearing)
        digest = check_sha256("minutes_digest", minutes_digest)
        self._record(self.Heard, by, at, akim_spoke=akim_spoke, minutes_digest=digest, on=on)

    def decide(
        self,
        office: Office,
        deputies: int,
        vote: OpenVote,
        text_digest: str,
        *,
        on: datetime,
        by: str,
        at: datetime,
    ) -> bool:
        """Record the maslikhat's vote; whether it ended the akim's powers, which `office` then follows: save both together."""
        on = self._step(on, at, InitiativeState.HEARD)
        if not serves_on(office, self.unit, self.akim.id, self.term_from, on):
            raise NotTheSittingAkim
        rules = self.rules
        count = vote_of_maslikhat.count(deputies, vote, rules.maslikhat_quorum, rules.maslikhat_majority)
        digest = check_sha256("text_digest", text_digest)
        if count.ended:
            office.end_powers(on, f"dismissal:{self.id}", by=by, at=at)
        self._record(self.Decided, by, at, count=count, text_digest=digest, on=on)
        return count.ended

    def publish(self, channels: tuple[Channel, ...], *, by: str, at: datetime) -> None:
        """Enter where the maslikhat's decision was published, electronically at least."""
        self._must_be(InitiativeState.DECIDED)
        channels = check_channels(channels, adopted=self.last_on, at=at)
        self._record(self.Published, by, at, text_digest=self.decision_digest, channels=channels)

    def withdraw(self, act: AdoptedAct, reason: str, *, on: datetime, by: str, at: datetime) -> None:
        """Take it back before the hearing, by a later act of the body that raised it."""
        on = self._step(on, at, *BEFORE_HEARING)
        check_not_begun(on, self.hearing)
        reference = withdrawing(act, self.unit, self.akim.id, self.act.body)
        if not self.raised_on <= reference.adopted_on <= on:
            raise ActOutOfTime(adopted=reference.adopted_on, raised=self.raised_on)
        reason = check_text("reason", reason, REASON_CHARS)
        self._record(self.Withdrawn, by, at, act=reference, reason=reason, on=on)

    def lapse(self, office: Office, *, on: datetime, by: str, at: datetime) -> None:
        """Enter that nothing can come of it any more, because the akim has left office or the deadline is over."""
        self._must_be(*OPEN)
        on = check_step(on, after=self.last_on, at=at)
        left = not serves_on(office, self.unit, self.akim.id, self.term_from, on)
        reason = lapse_reason(on, self.decision_due, left_office=left)
        self._record(self.Lapsed, by, at, reason=reason, decision_due=self.decision_due, on=on)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def declined(self) -> bool:
        """Whether the maslikhat has refused to end the akim's powers."""
        return self.count is not None and not self.count.ended

    def _step(self, on: datetime, at: datetime, *states: InitiativeState) -> datetime:
        self._must_be(*states)
        on = check_step(on, after=self.last_on, at=at)
        check_in_time(on, self.decision_due)
        return on

    def _must_be(self, *states: InitiativeState) -> None:
        if self.state not in states:
            raise WrongInitiativeState(state=self.state.value, needed="|".join(states))

    def _record(self, event_class: type[Aggregate.Event], by: str, at: datetime, **facts: Any) -> None:
        self.trigger_event(event_class, **facts, by=check_actor(by), timestamp=at)

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(
        self,
        unit: str,
        number: int,
        akim: Official,
        term_from: datetime,
        act: Act,
        grounds: tuple[Ground, ...],
        rules: InitiativeRules,
        on: datetime,
        decision_due: datetime,
    ) -> None:
        self.unit = unit
        self.number = number
        self.akim = akim
        self.term_from = term_from
        self.act = act
        self.grounds = grounds
        self.rules = rules
        self.raised_on = self.last_on = on
        self.decision_due = decision_due
        self.state = InitiativeState.RAISED
        self.hearing: datetime | None = None
        self.count: MaslikhatCount | None = None

    @event(AkimNotified)
    def _notified(self, on: datetime, answer_due: datetime) -> None:
        self.state, self.last_on, self.answer_due = InitiativeState.NOTIFIED, on, answer_due

    @event(AkimAnswered)
    def _answered(self, on: datetime) -> None:
        self.state, self.last_on = InitiativeState.ANSWERED, on

    @event(Submitted)
    def _submitted(self, on: datetime) -> None:
        self.state, self.last_on = InitiativeState.SUBMITTED, on

    @event(Registered)
    def _registered(self, on: datetime) -> None:
        self.state, self.last_on = InitiativeState.REGISTERED, on

    @event(HearingSet)
    def _hearing_set(self, hearing: datetime, on: datetime) -> None:
        self.state, self.last_on, self.hearing = InitiativeState.HEARING_SET, on, hearing

    @event(Heard)
    def _heard(self, on: datetime) -> None:
        self.state, self.last_on = InitiativeState.HEARD, on

    @event(Decided)
    def _decided(self, count: MaslikhatCount, text_digest: str, on: datetime) -> None:
        self.state, self.last_on = InitiativeState.DECIDED, on
        self.count, self.decision_digest = count, text_digest

    @event(Published)
    def _published(self) -> None:
        self.state = InitiativeState.PUBLISHED

    @event(Withdrawn)
    def _withdrawn(self, on: datetime) -> None:
        self.state, self.last_on = InitiativeState.WITHDRAWN, on

    @event(Lapsed)
    def _lapsed(self, on: datetime) -> None:
        self.state, self.last_on = InitiativeState.LAPSED, on
