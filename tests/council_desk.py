"""A rural district in a real store with a Council of seven and an open sitting, on a clock that a test sets.

The district is its only locality; its gathering elects, agrees and dissolves by ten representatives.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from application.self_government.councils import Councils
from application.self_government.decisions import Decisions
from application.self_government.gatherings import Gatherings
from application.self_government.matters import Budget, LocalRules, MatterRequest
from application.self_government.offices import Offices
from application.self_government.sittings import Sittings
from application.self_government.units import Units
from application.storage.documents import Documents
from application.store import Store
from domain.self_government import rules
from domain.self_government.call import Call, Level
from domain.self_government.council import Council
from domain.self_government.decision import CouncilDecision, Proposal
from domain.self_government.motion import AgendaItem, Candidate, ItemKind, Motion, OpenVote
from domain.self_government.office import Official
from domain.self_government.rollcall import Vote
from domain.self_government.seating import LocalitySeats
from domain.self_government.sitting import Point, Summons
from domain.self_government.substance import RegulatedMatter
from domain.self_government.unit import Names, UnitKind
from tests.councils import CHAIR, DAY, SEVEN, roll_call
from tests.self_government import CLERK, MINUTES, TEXT, UNIT

PEOPLE = 500
REPRESENTATIVES = 10  # one for each 50 people
ELECTED = datetime(2026, 2, 21, 5, tzinfo=UTC)
SAT = ELECTED + 10 * DAY
TEXT_BODY = "Ауылдық округтің ережесі".encode()
CANDIDATES = tuple(Candidate(Official(each, f"Мүше {each}"), UNIT) for each in SEVEN)


class CouncilDesk:
    def __init__(self, store: Store, documents: Documents, now: datetime = ELECTED) -> None:
        self.store, self.documents, self.now = store, documents, now
        self.units = Units(store, self._clock)
        self.offices = Offices(store, self._clock)
        self.gatherings = Gatherings(store, self._clock, secrets.token_bytes)
        self.councils = Councils(store, self._clock)
        self.sittings = Sittings(store, self._clock)
        self.decisions = Decisions(store, documents, self._clock)

    def _clock(self) -> datetime:
        return self.now

    def settle_in(self, **changed: Any) -> UUID:
        """The district, its rules and its Council with a chair; the Council's id. The clock then stands ten days later."""
        names = Names("Жаңа ауыл", "Новый аул", "Zhana Auyl")
        self.units.register(UNIT, UnitKind.RURAL_DISTRICT, names, by=CLERK)
        self.units.record_population(UNIT, self.now.year, PEOPLE, "Census", by=CLERK)
        self.units.set_rules(UNIT, rules.LocalRules(**changed), "Maslikhat decision 5", by=CLERK)
        elected = self.resolve(ItemKind.COUNCIL_ELECTED, candidates=CANDIDATES)
        council_id = self.councils.form(UNIT, elected, "item", (LocalitySeats(UNIT, 7),), by=CLERK)
        self.now += SAT - ELECTED
        sitting_id = self.sit(council_id, "first")
        self.councils.elect_chair(sitting_id, CHAIR, roll_call(SEVEN), by=CLERK)
        self.sittings.close(sitting_id, MINUTES, by=CLERK)
        return council_id

    def resolve(self, kind: ItemKind, *, text_digest: str = TEXT, **stated: Any) -> UUID:
        """A gathering held at this moment that adopted one item, «item»; its id."""
        told, held = self.now - 15 * DAY, self.now
        choosing = AgendaItem("people", ItemKind.REPRESENTATIVES_CHOSEN, "Representatives")
        separate = self.gatherings.convene_separate(
            UNIT, UNIT, Level.LOCALITY, Call("School", told, held, (choosing,)), by=CLERK
        )
        self._vote(separate, "people", Motion(TEXT, representatives=REPRESENTATIVES), PEOPLE, PEOPLE)
        item = AgendaItem("item", kind, "The matter")
        gathering = self.gatherings.convene(UNIT, Call("School", told, held, (item,)), by=CLERK)
        self.gatherings.take_representatives(gathering, separate, "people", by=CLERK)
        self._vote(gathering, "item", Motion(text_digest, **stated), REPRESENTATIVES, 0)
        return gathering

    def _vote(self, gathering: UUID, key: str, motion: Motion, present: int, residents: int) -> None:
        self.gatherings.open(gathering, present, residents=residents, by=CLERK)
        self.gatherings.put_to_vote(gathering, key, motion, OpenVote(present, present, 0, 0), by=CLERK)
        self.gatherings.close(gathering, MINUTES, by=CLERK)

    def sit(self, council_id: UUID, number: str, present: Sequence[str] = SEVEN) -> UUID:
        """A sitting opened at this moment, with the one point «1»; its id."""
        summons = Summons("Akim's office", self.now - 5 * DAY, self.now, (Point("1", "The matter"),))
        sitting_id = self.sittings.convene(council_id, number, summons, by=CLERK)
        self.sittings.open(sitting_id, present, by=CLERK)
        return sitting_id

    def propose(
        self,
        sitting_id: UUID,
        number: str = "1",
        matter: MatterRequest | None = None,
        *,
        effective_from: datetime | None = None,
        **affects: Any,
    ) -> UUID:
        text_digest = self.documents.put(TEXT_BODY, "text/plain")
        proposal = Proposal(number, "The matter", text_digest, "Law, article 1", effective_from)
        matter = matter or LocalRules(RegulatedMatter.SANITATION)
        return self.decisions.propose(sitting_id, "1", proposal, matter, by=CLERK, **affects)

    def propose_budget(self, sitting_id: UUID, agreed: UUID) -> UUID:
        return self.propose(sitting_id, "budget", Budget(agreed, "item"))

    def vote(self, decision_id: UUID, members: Sequence[str] = SEVEN, vote: Vote = Vote.FOR) -> None:
        for member in members:
            self.decisions.vote(decision_id, member, vote, by=CLERK)

    def decision(self, decision_id: UUID) -> CouncilDecision:
        return self.store.load(CouncilDecision, decision_id)

    def council(self, council_id: UUID) -> Council:
        return self.store.load(Council, council_id)
