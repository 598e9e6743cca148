"""The good bundle of the verifier's tests: years of self-government, then four small rounds, by the engine's own use cases.

- `published`: approval, two units; a rejected draft, a conclusion, and a correction after a funded project was withdrawn. In it a
  favourite that does not fit, an exclusion, a tie that the lot decides, nine voters, eleven where twelve are asked for.
- `provisional`: cumulative, closed, no conclusion. `cancelled`: approval. `open`: ranked, so its ballots are withheld.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4
from zipfile import ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.bundle import take_stock, write_bundle
from api.composition import Engine
from api.election.plan import Plan, Planned, Voter
from api.election.staff import CLERK, HEAD, Opened, Staff, announce
from application import base64url
from application.bundle import layout
from application.clock import now
from application.codes import credential, credential_key
from application.delivery import open_delivery
from application.kiosk.signing import delivery_hash, sign_ballot, sign_delivery
from application.log.note import LogSigner
from application.recount import Recount
from application.slips import codes_of
from domain.ballot_form import Choices
from domain.conclusion import Channel, ChannelKind
from domain.paper import BallotForm, BallotType, RoundKind, Rules, Unit
from domain.proposal import Sketch
from domain.roll import Roll, SlipFate
from domain.round import Round
from tests.audit.second_council import SecondCouncil
from tests.deployment import Quiet
from tests.self_government import UNIT
from tests.self_government_story import tell_self_government

CITY, DISTRICT = UNIT, "990010000"
"""The city is the unit whose Councils the story tells of, so that they can decide on its envelopes."""
VOTES = {"7": 30, "1": 26, "2": 22, "8": 18, "3": 14, "4": 14, "6": 11, "5": 9}
COSTS = {
    "7": 500_000,
    "1": 30_000,
    "2": 30_000,
    "8": 20_000,
    "3": 25_000,
    "4": 25_000,
    "6": 10_000,
    "5": 10_000,
}
CITY_VOTERS, DISTRICT_VOTERS = 44, 14
CHANNELS = (ChannelKind.SITE, ChannelKind.MASS_MEDIA)


@dataclass(frozen=True)
class Good:
    """`bundle`, and `older`: one of before the correction. `entries`: all of the log, the withheld ones too.

    `keys`: (round, credential) → what is behind it, for every slip that was printed.
    """

    bundle: bytes
    older: bytes
    signer: LogSigner
    entries: tuple[bytes, ...] = field(repr=False)
    keys: dict[tuple[str, str], Ed25519PrivateKey] = field(repr=False)
    published: UUID
    provisional: UUID
    cancelled: UUID
    open: UUID
    recounts: dict[tuple[UUID, tuple[bytes, ...]], Recount] = field(default_factory=dict, repr=False)
    """What lies that leave rounds and ballots alone need not count again."""

    @property
    def older_note(self) -> bytes:
        """The newest checkpoint of the older bundle."""
        with ZipFile(BytesIO(self.older)) as older:
            return older.read(layout.CHECKPOINT)


def hold(engine: Engine, folder: Path) -> Good:
    council = SecondCouncil(tell_self_government(engine.store, engine.documents).desk)
    hall = _Hall(engine, folder)
    open_, open_slips = hall.open(_small(BallotForm(BallotType.RANKED, 2), [["2", "1"], ["1"], ["1", "2"]]))
    hall.cast(open_, open_slips, _RANKED[:2])
    published = hall.publish(council)
    older = hall.bundle()
    provisional, slips = hall.open(_small(BallotForm(BallotType.CUMULATIVE, 2, max_points=5), _CUMULATIVE))
    hall.cast(provisional, slips, _CUMULATIVE)
    engine.rounds.close_voting(provisional.round_id, by=HEAD, early_reason="snow")
    cancelled, slips = hall.open(_small(BallotForm(BallotType.APPROVAL, 2), _CHOSEN))
    hall.cast(cancelled, slips, _CHOSEN)
    engine.rounds.cancel(cancelled.round_id, "no money", by=HEAD)
    hall.cast(open_, open_slips[2:], _RANKED[2:])
    hall.correct(published)
    return Good(
        bundle=hall.bundle(),
        older=older,
        signer=engine.signer,
        entries=tuple(entry.bytes_ for entry in engine.log.entries(0, engine.log.size())),
        keys=hall.keys,
        published=published.round_id,
        provisional=provisional.round_id,
        cancelled=cancelled.round_id,
        open=open_.round_id,
    )


class _Hall:
    """One kiosk, and staff for every round."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._kiosk_key = Ed25519PrivateKey.generate()
        invitation = engine.kiosks.invite("Kiosk", "Hall", by=CLERK)
        public = base64url.to_text(self._kiosk_key.public_key().public_bytes_raw())
        self._kiosk = engine.kiosks.enrol(invitation.code, public)
        engine.kiosks.invite("Kiosk that nobody enrolled", "Hall", by=CLERK)
        self._sequence, self._previous = 0, ""
        self._staff: dict[UUID, Staff] = {}
        self.keys: dict[tuple[str, str], Ed25519PrivateKey] = {}

    def open(
        self, plan: Plan, announced: Callable[[UUID], object] = lambda _: None
    ) -> tuple[Opened, list[str]]:
        """A round in voting, and the codes of those who come, in the order of the plan's units."""
        round_id = uuid4()
        folder = self._folder / str(round_id)
        folder.mkdir()
        self._staff[round_id] = Staff(self._engine, plan, Quiet(), folder)
        announce(self._engine, plan, round_id)
        announced(round_id)
        opened = self._staff[round_id].open_round(round_id)
        for path in (folder / "slips").glob("slips-*.csv"):
            for code in codes_of(path):
                self.keys[str(round_id), credential(code, round_id)] = credential_key(code, round_id)
        return opened, [code for unit in plan.units for code in opened.slips.get(unit.kato, [])]

    def cast(self, opened: Opened, codes: Iterable[str], choices: Sequence[Choices]) -> None:
        """One delivery per ten ballots."""
        round_id, engine = opened.round_id, self._engine
        ballots = [
            sign_ballot(credential_key(code, round_id), round_id, chosen, bytes([number]) * 16)
            for number, (code, chosen) in enumerate(zip(codes, choices, strict=False))
        ]
        for start in range(0, len(ballots), 10):
            self._sequence += 1
            body = sign_delivery(
                self._kiosk_key,
                self._kiosk,
                audience="dauys.test",
                sequence=self._sequence,
                previous=self._previous,
                ballots=ballots[start : start + 10],
            )
            self._previous = delivery_hash(body)
            delivery = open_delivery(body, engine.polls.kiosk_key, audience="dauys.test", most_ballots=500)
            engine.ballot_box.cast([delivery])

    def publish(self, council: SecondCouncil) -> Opened:
        opened, codes = self.open(_PLAN, council.approve_envelope)
        self._replace_spoiled(opened.round_id)
        self.cast(opened, codes, [voter.choices for voter in _PLAN.voters])
        self._staff[opened.round_id].close_round(opened)
        conclusions = self._engine.conclusions
        conclusions.draft(opened.round_id, by=CLERK)
        conclusions.reject_draft(opened.round_id, "a signature is missing", by=HEAD)
        self._staff[opened.round_id].conclude(opened.round_id)
        self._staff[opened.round_id].publish(opened.round_id)
        council.note_conclusion(opened.round_id)
        return opened

    def _replace_spoiled(self, round_id: UUID) -> None:
        """What the plan counts as spoiled was replaced at the desk."""
        for unit, spoiled in _PLAN.spoiled.items():
            for _ in range(spoiled):
                with self._engine.store.deciding() as decision:
                    roll, round_ = decision.get(Roll, Roll.create_id(round_id)), decision.get(Round, round_id)
                    roll.replace_slip(round_, unit, SlipFate.SPOILED, by=CLERK, approved_by=HEAD, at=now())
                    decision.save(roll)

    def correct(self, opened: Opened) -> None:
        """Project 8 is withdrawn after it was published as funded."""
        engine, round_id = self._engine, opened.round_id
        with engine.datastore.rows(
            "SELECT originator_id FROM dauys.events WHERE topic = 'proposal.admitted.v1'"
            " AND convert_from(state, 'UTF8')::json ->> 'project' = '8' LIMIT 1",
            (),
        ) as rows:
            [row] = rows
        engine.proposals.withdraw(row["originator_id"], "the yard was sold")
        engine.conclusions.correct(round_id, "project 8 was withdrawn", by=CLERK)
        engine.conclusions.approve(round_id, by=HEAD)
        channels = tuple(Channel(kind, "akimat.example", now()) for kind in CHANNELS)
        engine.conclusions.publish(round_id, channels, by=HEAD)

    def bundle(self) -> bytes:
        out = BytesIO()
        write_bundle(self._engine, take_stock(self._engine, None), out)
        return out.getvalue()


def _project(number: str, unit: str, cost_tiyn: int) -> Planned:
    excludes = ("2",) if number == "1" else ()
    sketch = Sketch(f"=Project {number}", "A project.", unit, cost_tiyn, "yards")
    return Planned(sketch, number, cost_tiyn, excludes)


def _full_ballots() -> list[Voter]:
    """As many ballots for each project as `VOTES` says, at most three choices each; the district's voters choose 9 first."""
    voters = [(CITY, list[str]()) for _ in range(CITY_VOTERS)]
    voters += [(DISTRICT, ["9"]) for _ in range(DISTRICT_VOTERS)]
    for number, votes in VOTES.items():
        for _, chosen in sorted(voters, key=lambda voter: len(voter[1]))[:votes]:
            chosen.append(number)
    return [Voter(unit, sorted(chosen)) for unit, chosen in voters]


_PLAN = Plan(
    kind=RoundKind.CITY,
    title="Халық қатысатын бюджет",
    units=(Unit(CITY, "Қала", 90_000), Unit(DISTRICT, "Аудан", 10_000, CITY)),
    form=BallotForm(BallotType.APPROVAL, 3),
    rules=Rules(minimum_voters=12),
    proposals=(
        *(_project(number, CITY, COSTS[number]) for number in sorted(COSTS)),
        _project("9", DISTRICT, 9_050),
        Planned(Sketch("Fountain", "Too dear.", CITY, 100, "yards"), rejected="not municipal land"),
    ),
    voters=tuple(_full_ballots()),
    early_reason="the test has seen enough",
    at_home={CITY: 3},
    spoiled={CITY: 2},
    categories=("yards",),
    at_desk=True,
)
_RANKED: list[Choices] = [["2", "1"], ["1"], ["1", "2"]]
_CUMULATIVE: list[Choices] = [{"1": 3, "2": 2}] * 11
_CHOSEN: list[Choices] = [["1"], ["2"]]


def _small(form: BallotForm, ballots: Sequence[Choices]) -> Plan:
    """A rural contest of two projects."""
    return replace(
        _PLAN,
        kind=RoundKind.RURAL,
        title=f"Contest, {form.type}",
        units=(Unit(CITY, "Ауыл", 50_000),),
        form=form,
        rules=Rules(),
        proposals=tuple(_project(number, CITY, 30_000) for number in ("1", "2")),
        voters=tuple(Voter(CITY, choices) for choices in ballots),
        at_home={},
        spoiled={},
        at_desk=False,
    )
