"""Everything that residents do, on an engine of one test, with a round in intake and two residents."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from application.identity.challenges import Method, Proven
from application.keys import Keys
from application.photos.photos import Photos
from application.proposals import Proposals
from application.residents.draft_body import DraftBody
from application.residents.drafts import Drafts
from application.residents.following import Following
from application.residents.membership import Residents
from domain.round import Round
from tests.engine import Engine
from tests.examples import CLERK, DISTRICT, EARLY, ROUND_ID, TERMS
from tests.residents import HandClock, seeded

TYPED = DraftBody(
    title="Саябаққа шамдар",
    description="Кешке қараңғы",
    unit=DISTRICT,
    category="lighting",
    place="Абай саябағы",
    estimate="15 000 000",
    languages=("kk",),
)


@dataclass(frozen=True)
class Resident:
    account_id: UUID
    login: str


@dataclass(frozen=True)
class Desk:
    engine: Engine
    clock: HandClock
    residents: Residents
    proposals: Proposals
    photos: Photos
    drafts: Drafts
    following: Following
    keys: Keys

    def enter(self, who: str) -> Resident:
        proven = Proven(Method.CODE, self.keys.resident(Method.CODE, who), adult=None)
        login = self.residents.login_of(proven, declared_adult=True, language="kk")
        with self.engine.datastore.get_connection() as connection:
            row = connection.execute("SELECT id FROM dauys.accounts WHERE login = %s", [login]).fetchone()
        assert row
        return Resident(row["id"], login)

    def handed_in(self, who: Resident, body: DraftBody = TYPED) -> UUID:
        draft = self.drafts.start(who.account_id, ROUND_ID)
        self.drafts.save(who.account_id, draft.draft_id, body)
        return self.drafts.hand_in(who.account_id, who.login, draft.draft_id)

    def rows(self, table: str) -> list[dict[str, object]]:
        with self.engine.datastore.rows(f"SELECT * FROM dauys.{table}") as rows:
            return list(rows)


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    clock, random = HandClock(), seeded("residents")
    round_ = Round.draft(ROUND_ID, TERMS, by=CLERK, at=EARLY)
    round_.open_intake(by=CLERK, at=EARLY)
    engine.store.save(round_)
    proposals = Proposals(engine.store, clock, random)
    return Desk(
        engine,
        clock,
        Residents(engine.datastore, clock, random, adult_years=18),
        proposals,
        Photos(engine.datastore, clock),
        Drafts(engine.store, engine.datastore, proposals, clock, random),
        Following(engine.store, engine.datastore),
        Keys(tmp_path / "keys"),
    )


def jpeg(shade: int = 120) -> bytes:
    """A small photo; another shade is another photo."""
    out = BytesIO()
    Image.new("RGB", (40, 30), (shade, shade, shade)).save(out, "JPEG")
    return out.getvalue()
