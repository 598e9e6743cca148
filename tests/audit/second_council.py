"""What the built-in story lacks and a lie may need: the district's second Council, its decisions on rates, money and rounds.

It turns against the akim twice: takes the first initiative back, lets the second lapse. `tests.self_government_story` came before.
"""

from uuid import UUID

from application.self_government import matters
from application.self_government.dismissals import ActReference, Dismissals
from domain.self_government.initiating import Body
from domain.self_government.motion import ItemKind
from domain.self_government.office import LeaveReason, OfficeKind
from domain.self_government.rules import LocalRules, RateRange
from domain.self_government.seating import LocalitySeats
from domain.self_government.substance import Transfer
from tests.council_desk import CANDIDATES, CouncilDesk
from tests.councils import CHAIR, DAY, SEVEN, roll_call
from tests.dismissals import EVIDENCE, GROUNDS, STATEMENT
from tests.self_government import CLERK, MINUTES, NEXT_AKIM, UNIT

BASIS = "Maslikhat decision 9"


class SecondCouncil:
    """One open sitting, «7», in which everything is decided by all seven; «8» was held by four of them."""

    def __init__(self, desk: CouncilDesk) -> None:
        """The first Council was dissolved at this moment."""
        self._desk = desk
        desk.units.set_rules(UNIT, LocalRules(rate_ranges=(RateRange("land", 10, 500),)), BASIS, by=CLERK)
        elected = desk.resolve(ItemKind.COUNCIL_ELECTED, candidates=CANDIDATES)
        council = desk.councils.form(UNIT, elected, "item", (LocalitySeats(UNIT, 7),), by=CLERK)
        desk.now += 10 * DAY
        self._sitting = desk.sit(council, "7")
        desk.councils.elect_chair(self._sitting, CHAIR, roll_call(SEVEN), by=CLERK)
        self._decide("rates", matters.TaxRate({"land": 300}))
        transfers = Transfer("roads", 500_000), Transfer("lamps", -500_000)
        self._decide("transfers", matters.Reallocation(transfers))
        self._turn_against_the_akim()
        desk.sittings.close(desk.sit(council, "8", SEVEN[:4]), MINUTES, by=CLERK)

    def approve_envelope(self, round_id: UUID) -> None:
        self._decide("envelope", matters.Envelope(round_id))

    def note_conclusion(self, round_id: UUID) -> None:
        self._decide("noted", matters.ConclusionNoted(round_id))
        self._decide("controlled", matters.ExecutionControl(round_id=round_id))

    def _decide(self, number: str, matter: matters.MatterRequest) -> UUID:
        decision = self._desk.propose(self._sitting, number, matter)
        self._desk.vote(decision)
        self._desk.decisions.close_vote(decision, by=CLERK)
        return decision

    def _turn_against_the_akim(self) -> None:
        desk, way = self._desk, Dismissals(self._desk.store, lambda: self._desk.now)
        desk.offices.take(
            UNIT,
            OfficeKind.AKIM,
            NEXT_AKIM,
            term_from=desk.now - 100 * DAY,
            term_until=desk.now + 1000 * DAY,
            basis="Election",
            by=CLERK,
        )
        initiative = self._raise(way, "against")
        taken_back = self._decide("taken_back", matters.DismissalWithdrawn())
        way.withdraw(initiative, ActReference(Body.COUNCIL, taken_back), "The road is mended", by=CLERK)
        initiative = self._raise(way, "again")
        desk.now += 61 * DAY
        way.lapse(initiative, by=CLERK)
        reason = LeaveReason.RESIGNED
        desk.offices.leave(UNIT, OfficeKind.AKIM, on=desk.now, reason=reason, basis="Own wish", by=CLERK)

    def _raise(self, way: Dismissals, number: str) -> UUID:
        act = ActReference(Body.COUNCIL, self._decide(number, matters.DismissalInitiated()))
        return way.raise_against(
            UNIT, NEXT_AKIM.id, act, grounds=GROUNDS, statement=STATEMENT, evidence=EVIDENCE, by=CLERK
        )
