"""A rural district with an akim in office, in a real store, and acts of its gathering against them; on a clock that a test sets."""

import secrets
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from application.self_government.dismissals import ActReference, Dismissals
from application.self_government.executions import Executions
from application.self_government.gatherings import Gatherings
from application.self_government.offices import Offices
from application.self_government.report_meetings import ReportMeetings
from application.self_government.units import UnitAlreadyRegistered, Units
from application.store import Store
from domain.self_government.call import Call, Level
from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.initiating import Body
from domain.self_government.motion import AgendaItem, ItemKind, Motion, OpenVote
from domain.self_government.office import Office, OfficeKind
from domain.self_government.rules import LocalRules
from domain.self_government.unit import Names, UnitKind
from tests.dismissals import DAY, DISTRICT, EVIDENCE, GROUNDS, RAISED, STATEMENT, TERM_FROM, TERM_UNTIL
from tests.self_government import AKIM, CLERK, MINUTES, TEXT, UNIT

PEOPLE = 500
REPRESENTATIVES = 10  # one for each 50 people
NOTICE = 15 * DAY


class DismissalDesk:
    """The use cases on one clock, `now`, for one `unit`."""

    def __init__(self, store: Store, now: datetime = RAISED, unit: str = UNIT) -> None:
        self.store, self.now, self.unit = store, now, unit
        self.units = Units(store, self._clock)
        self.offices = Offices(store, self._clock)
        self.gatherings = Gatherings(store, self._clock, secrets.token_bytes)
        self.dismissals = Dismissals(store, self._clock)
        self.report_meetings = ReportMeetings(store, self._clock)
        self.executions = Executions(store, self._clock)

    def _clock(self) -> datetime:
        return self.now

    def settle_in(self) -> None:
        """The district above if it is not there, the rural district with its rules, and its akim."""
        names = Names("Жаңа ауыл", "Новый аул", "Zhana Auyl")
        with suppress(UnitAlreadyRegistered):
            self.units.register(DISTRICT, UnitKind.DISTRICT, names, by=CLERK)
        self.units.register(self.unit, UnitKind.RURAL_DISTRICT, names, parent=DISTRICT, by=CLERK)
        self.units.record_population(self.unit, 2025, PEOPLE, "Census", by=CLERK)
        self.units.set_rules(self.unit, LocalRules(), "Maslikhat decision 5", by=CLERK)
        self.offices.take(
            self.unit,
            OfficeKind.AKIM,
            AKIM,
            term_from=TERM_FROM,
            term_until=TERM_UNTIL,
            basis="Election",
            by=CLERK,
        )

    def act(
        self, kind: ItemKind = ItemKind.DISMISSAL_INITIATED, *, votes_for: int = REPRESENTATIVES
    ) -> ActReference:
        """What a gathering held at this moment has voted on, with so many of ten hands for it."""
        told, held = self.now - NOTICE, self.now
        choosing = AgendaItem("people", ItemKind.REPRESENTATIVES_CHOSEN, "Representatives")
        separate = self.gatherings.convene_separate(
            self.unit, self.unit, Level.LOCALITY, Call("School", told, held, (choosing,)), by=CLERK
        )
        self._vote(separate, "people", Motion(TEXT, representatives=REPRESENTATIVES), REPRESENTATIVES, PEOPLE)
        item = AgendaItem("item", kind, "About the akim")
        gathering = self.gatherings.convene(self.unit, Call("School", told, held, (item,)), by=CLERK)
        self.gatherings.take_representatives(gathering, separate, "people", by=CLERK)
        self._vote(gathering, "item", Motion(TEXT, akim=AKIM.id), votes_for, 0)
        return ActReference(Body.GATHERING, gathering, "item")

    def _vote(self, gathering: UUID, key: str, motion: Motion, votes_for: int, residents: int) -> None:
        present = residents or REPRESENTATIVES
        self.gatherings.open(gathering, present, residents=residents, by=CLERK)
        votes = OpenVote(present, residents or votes_for, 0, 0)
        self.gatherings.put_to_vote(gathering, key, motion, votes, by=CLERK)
        self.gatherings.close(gathering, MINUTES, by=CLERK)

    def raise_one(self, act: ActReference) -> UUID:
        return self.dismissals.raise_against(
            self.unit, AKIM.id, act, grounds=GROUNDS, statement=STATEMENT, evidence=EVIDENCE, by=CLERK
        )

    def initiative(self, initiative_id: UUID) -> DismissalInitiative:
        return self.store.load(DismissalInitiative, initiative_id)

    def office(self) -> Office:
        return self.store.load(Office, Office.create_id(self.unit, OfficeKind.AKIM, 0))
