"""What entries of a scenario are recorded with: the use cases under one clock, and the ids behind the names a clerk writes.

Every id is computed from the unit and the name, so a scenario can refer to what an earlier one recorded; whatever was entered
by other means is named by its id.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Protocol, Self
from uuid import UUID, uuid5

from msgspec import Struct

from application.kiosks import Random
from application.self_government.councils import Councils
from application.self_government.decisions import Decisions
from application.self_government.dismissals import Dismissals
from application.self_government.executions import Executions
from application.self_government.gatherings import Gatherings
from application.self_government.offices import Offices
from application.self_government.report_meetings import ReportMeetings
from application.self_government.scenario.mistakes import ContestsNotHeldHere, FileUnreadable
from application.self_government.sittings import Sittings
from application.self_government.units import Units
from application.storage.documents import DOCUMENT_BYTES, Documents
from application.store import Clock, Store
from domain.conclusion import Channel, ChannelKind
from domain.self_government.council import Council
from domain.self_government.decision import CouncilDecision
from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.execution import Execution
from domain.self_government.report_meeting import ReportMeeting
from domain.self_government.sitting import Sitting
from domain.self_government.unit import TerritorialUnit
from domain.times import KAZAKHSTAN

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?")
NOT_A_MOMENT = "not a moment"
_MEDIA_TYPES = {".pdf": "application/pdf", ".txt": "text/plain; charset=utf-8", ".jpg": "image/jpeg"}


class Moment:
    """`2026-02-21 15:00` by the clock of Kazakhstan; a date alone is its first minute."""

    __slots__ = ("when",)

    def __init__(self, when: datetime) -> None:
        self.when = when

    @classmethod
    def parse(cls, text: object) -> Self:
        """ValueError, `NOT_A_MOMENT`, when it is none."""
        if isinstance(text, str) and _MOMENT.fullmatch(text):
            with suppress(ValueError):
                return cls(datetime.fromisoformat(text).replace(tzinfo=KAZAKHSTAN).astimezone(UTC))
        raise ValueError(NOT_A_MOMENT)


class InFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A text that is kept in a file beside the scenario, such as signed minutes."""

    file: str


Text = str | InFile
"""The words themselves, or the file they are in; kept as a document that the log names by SHA-256."""


class ContestProposal(Struct, frozen=True, forbid_unknown_fields=True):
    """What is proposed, its price, and how many people choose it."""

    number: str
    title: str
    cost_tiyn: int
    votes: int


class Contests(Protocol):
    """Whoever can hold a rural district's contest on the spot, as a real round with real ballots."""

    def announce(
        self, round_id: UUID, unit: str, title: str, *, envelope_tiyn: int, most_choices: int
    ) -> None:
        """Draft the round of the unit (a KATO)."""

    def hold(
        self, round_id: UUID, proposals: tuple[ContestProposal, ...], *, voters: int, at_home: int
    ) -> None:
        """From intake to the published conclusion; `at_home` people stand on the roll and do not vote."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The use cases of self-government, all under the same clock."""

    documents: Documents
    units: Units
    offices: Offices
    gatherings: Gatherings
    councils: Councils
    sittings: Sittings
    decisions: Decisions
    executions: Executions
    dismissals: Dismissals
    report_meetings: ReportMeetings

    @classmethod
    def of(cls, store: Store, documents: Documents, clock: Clock, random: Random) -> Self:
        return cls(
            documents=documents,
            units=Units(store, clock),
            offices=Offices(store, clock),
            gatherings=Gatherings(store, clock, random),
            councils=Councils(store, clock),
            sittings=Sittings(store, clock),
            decisions=Decisions(store, documents, clock),
            executions=Executions(store, clock),
            dismissals=Dismissals(store, clock),
            report_meetings=ReportMeetings(store, clock),
        )


@dataclass(frozen=True, slots=True)
class Book:
    """One scenario being recorded for `unit` (a KATO), in the name of the staff account `by`; its files are in `folder`.

    `at`: when what is being recorded was done.
    """

    desk: Desk
    unit: str
    by: str
    folder: Path
    at: datetime
    held_contests: Contests | None = None

    @property
    def contests(self) -> Contests:
        if self.held_contests is None:
            raise ContestsNotHeldHere
        return self.held_contests

    def gathering(self, name: str) -> UUID:
        return gathering_id(self.unit, name)

    def round(self, name: str) -> UUID:
        return round_id(self.unit, name)

    def council(self, number: int) -> UUID:
        return Council.create_id(self.unit, number)

    def sitting(self, council: int, number: str) -> UUID:
        return Sitting.create_id(self.council(council), number)

    def decision(self, council: int, number: str) -> UUID:
        return CouncilDecision.create_id(self.council(council), number)

    def execution(self, council: int, number: str) -> UUID:
        return Execution.create_id(self.decision(council, number))

    def initiative(self, akim: str, number: int) -> UUID:
        return DismissalInitiative.create_id(self.unit, akim, number)

    def report(self, year: int) -> UUID:
        return ReportMeeting.create_id(self.unit, year)

    def keep(self, text: Text) -> str:
        """Store the text as a document; its SHA-256."""
        if isinstance(text, str):
            return self.desk.documents.put(f"{text.strip()}\n".encode(), _MEDIA_TYPES[".txt"])
        path = PurePosixPath(text.file)
        if path.is_absolute() or ".." in path.parts:
            raise FileUnreadable
        try:
            with (self.folder / path).open("rb") as file:
                body = file.read(DOCUMENT_BYTES + 1)
        except OSError:
            raise FileUnreadable from None
        return self.desk.documents.put(body, _MEDIA_TYPES.get(path.suffix, "application/octet-stream"))


def gathering_id(unit: str, name: str) -> UUID:
    """Of the gathering that a scenario of the unit (a KATO) calls by this name, or that has this id."""
    return _named(unit, "gathering", name)


def round_id(unit: str, name: str) -> UUID:
    """As above, of a contest."""
    return _named(unit, "contest", name)


def _named(unit: str, kind: str, name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        return uuid5(TerritorialUnit.create_id(unit), f"{kind}:{name}")


def published(site: str, mass_media: str, when: datetime) -> tuple[Channel, ...]:
    """On the site and, if named, in mass media."""
    channels = ((ChannelKind.SITE, site), (ChannelKind.MASS_MEDIA, mass_media))
    return tuple(Channel(kind, where, when) for kind, where in channels if where)
