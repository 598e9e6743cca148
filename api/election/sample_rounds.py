"""A made-up city to look round in: a round in every phase, three of them open for voting, one of each form of ballot.

Its units' codes (99…) belong to no real place, and it is never put beside a round of a real one. Ids follow from names, so the
same rounds are not made twice; an attempt that was interrupted is cancelled, and the next one makes new ones.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

from api.composition import Engine
from api.election.people import assign
from api.election.plan import Plan, Voter, deal
from api.election.run import let_vote
from api.election.sample import CITY, EMBANKMENT, GARDENS, OLD_TOWN, STATION, sample
from api.election.staff import CLERK, HEAD, Opened, Staff, announce
from api.election.workspace import workspace
from api.worker import catch_up
from application.clock import now
from application.new_files import SECRET, NewFiles
from application.slips import codes_of
from application.store import NotFound
from domain.ballot_form import Choices
from domain.errors import Refused
from domain.paper import BallotForm, BallotType
from domain.round import Phase, Round

MADE_UP: Final = "99"
"""What the KATO of every made-up unit begins with."""
TO_TRY: Final = "to-try"
"""The folder, in the home, of what somebody needs who wants to vote: codes, and people on the roll."""

_NAMESPACE: Final = UUID("5f0d7c52-7a0f-4d4c-8a3f-0e6b6a3f9d11")
_APPROVAL: Final = BallotForm(BallotType.APPROVAL, max_choices=3)
_RANKED: Final = BallotForm(BallotType.RANKED, max_choices=3)
_CUMULATIVE: Final = BallotForm(BallotType.CUMULATIVE, max_choices=3, max_points=10)
_EVERY_VOTE_FOR: Final = 6
"""So many of the demonstration's votes are one here; counts up to 12, that the rule of ten is about, stay as they are."""
_KEPT_AS_IS: Final = 12
_PER_PERSON: Final = 2
_AT_HOME: Final = 40
_ROUNDS: Final = "SELECT originator_id FROM dauys.events WHERE topic = %s ORDER BY notification_id"


@dataclass(frozen=True, slots=True)
class SampleRound:
    """`district`: where it is held, beside the city's own projects."""

    title: str
    district: str
    phase: Phase
    form: BallotForm = _APPROVAL


ROUNDS: Final = (
    SampleRound("Вокзал ауданы: шырақ пен жарық", STATION, Phase.COMPLETED),
    SampleRound("Ескі қала: тар көшелер", OLD_TOWN, Phase.IMPLEMENTING),
    SampleRound("Жағалау: өзен бойы", EMBANKMENT, Phase.PUBLISHED),
    SampleRound("Бақша ауданы: мектеп маңы", GARDENS, Phase.CONCLUDED),
    SampleRound("Вокзал ауданы: жаяу жолдар", STATION, Phase.CLOSED),
    SampleRound("Ескі қала: қысқы саябақ", OLD_TOWN, Phase.CANCELLED),
    SampleRound("Самалтау: келесі жыл", GARDENS, Phase.DRAFTED),
    SampleRound("Бақша ауданы: аулалар", GARDENS, Phase.INTAKE),
    SampleRound("Жағалау: спорт алаңдары", EMBANKMENT, Phase.REVIEW),
    SampleRound("Самалтау: жасыл қала", GARDENS, Phase.VOTING, _RANKED),
    SampleRound("Ескі қала: он ұпай", OLD_TOWN, Phase.VOTING, _CUMULATIVE),
    SampleRound("Самалтау: халық қатысатын бюджет", EMBANKMENT, Phase.VOTING),
)


class RealUnits(Exception):  # noqa: N818 - a statement of fact for the operator
    """There are rounds of real units here; nothing made up is put beside them."""


class _Silent:
    """A `Teller` that tells nothing: what is told of twelve rounds nobody reads."""

    @contextmanager
    def step(self, what: str, total: int | None = None) -> Iterator[Callable[[int], object]]:  # noqa: ARG002 - as the protocol
        yield lambda _: None

    def fact(self, text: str) -> None:
        pass


def make_rounds(engine: Engine, url: str, advance: Callable[[int], object]) -> bool:
    """Make every round, on the `engine` whose server is at `url`; False when they are there already."""
    _refuse_beside_real_units(engine)
    for attempt in count(1):
        ids = [uuid5(_NAMESPACE, f"{each.title}/{attempt}") for each in ROUNDS]
        if not _is_there(engine, ids[0]):
            for round_id, wanted in zip(ids, ROUNDS, strict=True):
                _SampleRoundMaker(engine, url, round_id, wanted).make()
                advance(1)
            catch_up(engine.datastore, engine.settings)
            return True
        if _is_there(engine, ids[-1]) and _phase(engine, ids[-1]) is ROUNDS[-1].phase:
            return False
        _give_up(engine, ids)
    raise AssertionError


def _refuse_beside_real_units(engine: Engine) -> None:
    with engine.datastore.get_connection() as connection:
        rows = connection.execute(_ROUNDS, [Round.Created.TOPIC]).fetchall()
    rounds = (engine.store.load(Round, row["originator_id"]) for row in rows)
    real = [round_ for round_ in rounds if not round_.terms.units[0].kato.startswith(MADE_UP)]
    if real:
        raise RealUnits(f"{len(real)} rounds of real units are here; look round in another DAUYS_HOME")


def _is_there(engine: Engine, round_id: UUID) -> bool:
    with suppress(NotFound):
        return _phase(engine, round_id) is not None
    return False


def _phase(engine: Engine, round_id: UUID) -> Phase:
    return engine.store.load(Round, round_id).phase


def _give_up(engine: Engine, ids: list[UUID]) -> None:
    for round_id in ids:
        with suppress(Refused):  # not made yet, or with a conclusion already
            engine.rounds.cancel(round_id, "making the sample was interrupted", by=HEAD)


class _SampleRoundMaker:
    """Takes one round from its announcement to its phase."""

    def __init__(self, engine: Engine, url: str, round_id: UUID, wanted: SampleRound) -> None:
        self._engine = engine
        self._url = url
        self._teller = _Silent()
        self._id = round_id
        self._wanted = wanted
        self._plan = plan_of(wanted)

    def make(self) -> None:
        engine, id_, phase = self._engine, self._id, self._wanted.phase
        announce(engine, self._plan, id_)
        with workspace(engine.settings.home, id_) as folder:
            staff = Staff(engine, self._plan, self._teller, folder)
            if phase is Phase.INTAKE:
                staff.take_in(id_)
            elif phase is Phase.REVIEW:
                submitted = staff.take_in(id_)
                staff.review(id_, submitted[: len(submitted) // 2])
            elif phase is Phase.CANCELLED:
                engine.rounds.cancel(id_, "қаражат апаттан кейінгі жөндеуге бағытталды", by=HEAD)
            elif phase is not Phase.DRAFTED:
                self._vote_and_on(staff, folder)

    def _vote_and_on(self, staff: Staff, folder: Path) -> None:
        opened = staff.open_round(self._id)
        let_vote(self._engine, self._plan, self._teller, opened, self._url, folder, kiosks=1, per_delivery=50)
        if self._wanted.phase is Phase.VOTING:
            self._leave_to_try(folder)
            return
        for step in self._steps(staff, opened):
            if _phase(self._engine, self._id) is self._wanted.phase:
                return
            step()

    def _steps(self, staff: Staff, opened: Opened) -> Iterator[Callable[[], object]]:
        yield lambda: staff.close_round(opened)
        yield lambda: staff.conclude(self._id)
        yield lambda: staff.publish(self._id)
        yield self._carry_out
        yield lambda: self._engine.rounds.complete(self._id, by=HEAD)

    def _carry_out(self) -> None:
        """Three funded projects at different stages, or all of them accepted where the round is to be completed."""
        implementations, at = self._engine.implementations, now()
        done = self._wanted.phase is Phase.COMPLETED
        minutes = self._engine.documents.put(b"Minutes of the monitoring commission.\n", "text/plain")
        funded = implementations.funded(self._id)
        for place, (project, cost_tiyn) in enumerate(funded.items()):
            id_ = implementations.begin(self._id, project, by=CLERK)
            if not done and place == 0:
                continue
            due = at + timedelta(days=90 + 10 * place)
            implementations.contract(id_, "«Самал Құрылыс» ЖШС", cost_tiyn * 97 // 100, due, by=CLERK)
            implementations.report_progress(id_, 35 + 10 * (place % 5), "іргетас дайын", by=CLERK)
            if place == 1:
                implementations.delay(id_, "аяз: бетон құйылмайды", due + timedelta(days=21), by=CLERK)
            if done:
                implementations.complete(id_, by=CLERK)
                implementations.accept(id_, minutes_digest=minutes, by=HEAD)

    def _leave_to_try(self, folder: Path) -> None:
        """Codes of slips that nobody took, and people who did not come: two files, in no common order."""
        district, at_home = self._wanted.district, self._plan.at_home[self._wanted.district]
        codes = codes_of(folder / "slips" / f"slips-{district}.csv")[-at_home:]
        people = [iin for iin, _ in assign({district: self._plan.people(district)})][:at_home]
        place = self._engine.settings.home / TO_TRY
        place.mkdir(mode=0o700, exist_ok=True)
        files = NewFiles(place)
        try:
            for name, lines in (("codes", codes), ("people", people)):
                with files.write(f"{name}-{self._id}.txt", SECRET) as file:
                    file.writelines(f"{line}\n" for line in sorted(lines))
            files.publish()
        finally:
            files.discard()


def plan_of(wanted: SampleRound) -> Plan:
    """The demonstration's city projects and those of one district, with fewer people."""
    full = sample()
    proposals = tuple(each for each in full.proposals if each.sketch.unit in (CITY, wanted.district))
    counts = Counter(number for voter in full.voters for number in voter.choices)
    votes = {each.number: _votes(counts[each.number]) for each in proposals if each.number}
    people = -(-sum(votes.values()) // _PER_PERSON)
    hands = deal(votes, people)
    return replace(
        full,
        title=wanted.title,
        units=tuple(unit for unit in full.units if unit.kato in (CITY, wanted.district)),
        form=wanted.form,
        proposals=proposals,
        voters=tuple(Voter(wanted.district, _choices(hand, wanted.form)) for hand in hands),
        at_home={wanted.district: _AT_HOME},
        spoiled={},
        second_votes=0,
        false_codes=0,
        early_reason="a sample does not wait for two weeks",
    )


def _votes(votes: int) -> int:
    return votes if votes <= _KEPT_AS_IS else max(votes // _EVERY_VOTE_FOR, _KEPT_AS_IS)


def _choices(hand: list[str], form: BallotForm) -> Choices:
    if form.type is BallotType.CUMULATIVE:
        return {number: (form.max_points or 0) // len(hand) for number in hand}
    return hand if form.type is BallotType.RANKED else sorted(hand)
