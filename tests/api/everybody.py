"""A made-up city whose every route can be asked by a person in every role: who is signed in, and the ids that are really there."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from api.composition import Engine
from api.self_government.tables import Kind
from api.web.access import COOKIE, TOKEN_HEADER
from application.accounts.roles import Role
from application.accounts.sessions import Stage, form_token
from application.accounts.signing_in import SignedIn
from domain.conclusion import Conclusion
from tests.browser.world import World, told_world
from tests.examples import CITY, DISTRICT
from tests.self_government import ELSEWHERE, UNIT
from tests.signed_in import CHEAP, account, whole_engine

STAFF: Final = [role for role in Role if role not in (Role.PUBLIC, Role.RESIDENT)]
UNITS: Final = (CITY, DISTRICT, UNIT, ELSEWHERE)
UNCOUNTED: Final[dict[str, Any]] = {
    "address_burst": 10**6,
    "newcomers_burst": 10**6,
    "device_burst": 10**6,
    "account_acts_burst": 10**6,
    "sign_in_free_failures": 10**6,
}
"""Settings under which nobody asks too often."""
_ROUNDS: Final = (
    "early",
    "intake",
    "review",
    "voting",
    "provisional",
    "concluding",
    "published",
    "corrected",
    "cancelled",
)


@dataclass(frozen=True)
class Everybody:
    world: World
    engine: Engine
    sessions: dict[Role, SignedIn]

    def headers(self, role: Role) -> dict[str, str]:
        """What the browser of the person in this role sends with every form of ours; of the public, no cookie."""
        ours = {"sec-fetch-site": "same-origin"}
        if role is Role.PUBLIC:
            return ours
        if self._has_left(role):
            self.sessions[role] = account(self.engine, role, units=UNITS)
        token = self.sessions[role].token
        return {**ours, "cookie": f"{COOKIE}={token}", TOKEN_HEADER: form_token(token)}

    def _has_left(self, role: Role) -> bool:
        """Signed out, or suspended by a sysadmin: what is asked at random does that too."""
        session = self.engine.sessions.find(self.sessions[role].token) if role in self.sessions else None
        return session is None or session.stage is not Stage.SIGNED_IN

    def known(self) -> Mapping[str, list[str]]:
        """Of each parameter in an address the values that lead somewhere."""
        ids = self.world.ids
        resident = self.sessions[Role.RESIDENT].actor
        draft = self.engine.drafts.start(resident.account_id, UUID(ids["intake"]), CITY)
        kiosk = self.engine.kiosks.invite("Kiosk", "Hall", by="operator").kiosk_id
        conclusion = self.engine.store.load(Conclusion, Conclusion.create_id(UUID(ids["published"])))
        return {
            "round_id": [ids[name] for name in _ROUNDS if name in ids],
            "thing_id": [*ids.values()],
            "proposal_id": [ids["proposal"]],
            "draft_id": [str(draft.draft_id)],
            "approval_id": [ids["approval"]],
            "kiosk_id": [str(kiosk)],
            "account_id": [str(each.id) for each in self.engine.accounts.page(20, "")],
            "council_id": [ids["council"]],
            "sitting_id": [ids["sitting"]],
            "decision_id": [ids["decision"]],
            "gathering_id": [ids["gathering"]],
            "execution_id": [ids["execution"]],
            "initiative_id": [ids["dismissal"]],
            "meeting_id": [ids["meeting"]],
            "digest": [conclusion.computation.document_digest],
            "number": ["1", "2"],
            "project": ["1", "2", "7"],
            "unit": [*UNITS],
            "kind": [kind.value for kind in Kind],
            "decision": ["admit", "return", "reject"],
        }


@contextmanager
def everybody(cluster: str, template: str, home: Path) -> Iterator[Everybody]:
    with (
        told_world(cluster, template, home, **UNCOUNTED, **CHEAP) as world,
        whole_engine(world.server) as engine,
    ):
        people = Everybody(world, engine, {})
        for role in (Role.RESIDENT, *STAFF):
            people.headers(role)
        yield people
