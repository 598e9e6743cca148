"""Ids swapped: who puts the id of another unit's thing, or another resident's, into an address gets nothing and changes nothing.

Every guarded route with an id in it is asked by somebody in the right role who acts for other units; and then by whom it belongs
to, who shows that the request was one that would have been taken.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from api.web import matrix
from api.web.access import SAFE
from api.web.matrix import Row
from application.accounts.actor import Actor
from application.accounts.roles import Role
from application.residents.draft_body import DraftBody
from domain.approval import TwoPeopleAct
from domain.roll import Roll
from domain.self_government.unit import TerritorialUnit
from tests.api.everybody import Everybody, everybody
from tests.application.residents.desk import jpeg
from tests.browser.world import CATEGORIES
from tests.desks import prepared_round
from tests.examples import CITY
from tests.people import iin
from tests.self_government import UNIT
from tests.server import PLAIN
from tests.signed_in import account

ELSEWHERE: Final = ("110000000",)
FREE: Final = "/admin/"
"""Accounts are of no unit: every sysadmin looks after all of them."""
OPEN: Final = {
    "/my/proposals/{proposal_id}",
    "/my/proposals/{proposal_id}/follow",
    "/my/proposals/{proposal_id}/unfollow",
}
"""A proposal is public: any resident may look at it and follow it."""
REFUSED: Final = {403, 404}
NOT_TAKEN: Final = {
    *("not_found", "draft_missing", "not_your_unit", "request_invalid"),
    *("no_such_page", "role_missing", "form_token_wrong"),
}
WORDS: Final = {
    Role.COUNCIL_SECRETARY: "gathering.convened",
    Role.MASLIKHAT_SECRETARY: "unit.rules_set",
    Role.OFFICE: "unit.population_recorded",
}
"""An act that each of them may enter about a unit."""
WRITTEN: Final = DraftBody("Lamps", "It is dark.", CITY, CATEGORIES[0], "Park", "900 000", languages=("kk",))
PILE: Final = "00000000-0000-4000-8000-000000000001"
FIELDS: Final[dict[str, dict[str, str]]] = {
    "/desk/{round_id}/codes": {"pile": PILE, "unit": CITY, "first": "1", "last": "2"},
    "/desk/{round_id}/find": {"iin": iin(1)},
    "/desk/{round_id}/piles": {"pile": PILE[:-1] + "2", "unit": CITY, "slips": "2"},
    "/desk/{round_id}/second-slips": {"ticket": "made-up", "fate": "lost"},
    "/desk/{round_id}/serve": {"ticket": "made-up"},
    "/desk/{round_id}/signatures": {"unit": CITY, "unused": "0", "spoiled": "0"},
    "/my/proposals/{proposal_id}/withdraw": {"reason": "I have moved away."},
}
"""What a form must hold to be looked at; others may be empty."""


@pytest.fixture(scope="module")
def people(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everybody]:
    with everybody(cluster, template, tmp_path_factory.mktemp("swapped") / "home") as people:
        yield people


@pytest.fixture(scope="module")
def strangers(people: Everybody) -> Everybody:
    """The same city as seen by people of other units, and another resident."""
    others = {role: account(people.engine, role, units=ELSEWHERE) for role in people.sessions}
    return Everybody(people.world, people.engine, others)


def guarded() -> list[tuple[Row, Role]]:
    """Reading comes first, or some of what is read would be gone."""
    rows = sorted(matrix.rows(matrix.the_app()), key=lambda row: row.method not in SAFE)
    return [
        (row, role)
        for row in rows
        if Role.PUBLIC not in row.roles
        and "{" in row.path
        and not row.path.startswith(FREE)
        and row.path not in OPEN
        for role in sorted(row.roles)
    ]


@pytest.fixture(scope="module")
def ids(people: Everybody, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One of each thing, as its own people see it."""
    engine, known = people.engine, people.known()
    author = people.sessions[Role.RESIDENT].actor
    engine.drafts.save(author.account_id, UUID(known["draft_id"][0]), WRITTEN)
    scrap = engine.drafts.start(author.account_id, UUID(people.world.ids["intake"])).draft_id
    mine, twin, third = (
        propose(people, who) for who in (author, account(engine, Role.RESIDENT).actor, author)
    )
    merging = engine.mergings.propose(mine, twin, WRITTEN.sketch(), "The same lamps", by="expert-1")
    photos = {
        role: engine.photos.add(people.sessions[role].actor.account_id, jpeg(9)).digest
        for role in (Role.RESIDENT, Role.OFFICE)
    }
    asked = engine.approvals.request(
        TwoPeopleAct.INVITE_KIOSK,
        None,
        {"label": "Hall 1", "place": "Hall", "unit": CITY},
        by="operator",
        reason="One",
    )
    engine.approvals.approve(asked, by="head")
    desk = prepared_round(engine, tmp_path_factory.mktemp("slips"))
    slip = engine.approvals.request(
        TwoPeopleAct.REPLACE_SLIP,
        Roll.create_id(desk),
        {"slip": PILE, "unit": CITY, "fate": "lost", "by": "another-desk"},
        by="another-desk",
        reason="lost",
    )
    return {name: values[0] for name, values in known.items()} | {
        "merging_id": str(merging),
        "into_id": str(mine),
        "twin_id": str(twin),
        "/my/proposals": str(third),
        "/desk": str(slip),
        "kiosk_id": str(engine.approvals.asked(asked).approval.subject),
        "scrap": str(scrap),
        "size": "large",
        "/my/photos": photos[Role.RESIDENT],
        "/office/photos": photos[Role.OFFICE],
        "round of the desk": str(desk),
    }


def propose(people: Everybody, author: Actor) -> UUID:
    draft = people.engine.drafts.start(author.account_id, UUID(people.world.ids["intake"]), CITY)
    people.engine.drafts.save(author.account_id, draft.draft_id, WRITTEN)
    return people.engine.drafts.hand_in(author.account_id, author.login, draft.draft_id)


def test_an_id_of_another_unit_or_resident_gives_nothing_and_changes_nothing(
    people: Everybody, strangers: Everybody, ids: dict[str, str]
) -> None:
    before = stored(people)
    for row, role in guarded():
        answer = ask(strangers, row, role, ids)
        assert answer.status_code in REFUSED, f"{role}: {row.method} {answer.url} {answer.text[:300]}"
        assert stored(people) == before, f"{role}: {row.method} {answer.url}"
    refused: dict[str, str] = {}
    for row, role in guarded():
        answer = ask(people, row, role, ids)
        problem = answer.headers.get("content-type") == "application/problem+json"
        assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, f"{role}: {row.method} {answer.url}"
        if problem and answer.json()["code"] in NOT_TAKEN:
            refused[f"{role}: {row.method} {row.path}"] = answer.text[:200]
    assert not refused, "\n".join(f"{what}: {told}" for what, told in refused.items())


def ask(people: Everybody, row: Row, role: Role, ids: dict[str, str]) -> httpx.Response:
    with httpx.Client(base_url=people.world.address, timeout=30, trust_env=False, verify=PLAIN) as client:
        return client.request(
            row.method,
            "/en" + row.path.format(**of_route(row.path, role, people, ids)),
            headers=people.headers(role) | {"accept": "application/json"},
            data=FIELDS.get(row.path, {}) if row.method not in SAFE else None,
        )


def of_route(path: str, role: Role, people: Everybody, ids: dict[str, str]) -> dict[str, str]:
    rounds = people.world.ids
    mine = {"proposal_id": ids["/my/proposals"]} if path.startswith("/my/") else {}
    scrap = {"draft_id": ids["scrap"]} if path.endswith("/delete") else {}
    photo = next(
        ({"digest": ids[area]} for area in ("/my/photos", "/office/photos") if path.startswith(area)), {}
    )
    desk = (
        {"round_id": ids["round of the desk"], "approval_id": ids["/desk"], "slip": PILE}
        if path.startswith("/desk/")
        else {}
    )
    published = {"round_id": rounds["published"]} if "conclusion" in path or "projects" in path else {}
    name = "begin" if "projects" in path else "close"
    secretary = {
        "kind": "units",
        "thing_id": str(TerritorialUnit.create_id(UNIT)),
        "word": WORDS.get(role, ""),
    }
    return (
        ids
        | {"name": name, "round_id": rounds["voting"]}
        | secretary
        | mine
        | scrap
        | photo
        | desk
        | published
    )


def stored(people: Everybody) -> dict[str, Any]:
    """What lies in every table, but for sessions and the log of refusals."""
    with (
        people.engine.datastore.get_connection() as connection,
        connection.cursor(row_factory=tuple_row) as cursor,
    ):
        names = cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'dauys' AND table_type = 'BASE TABLE'"
        ).fetchall()
        tables = {name for (name,) in names} - {"sessions", "access_log"}
        return {
            name: cursor.execute(
                SQL("SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} t").format(
                    Identifier("dauys", name)
                )
            ).fetchone()
            for name in tables
        }
