"""What a desk must never do: keep or tell an IIN, tie a person to a slip, or come near a vote."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from api.web import matrix
from application.accounts.roles import Role
from application.keys import Keys
from domain.iin import Iin
from domain.roll import SlipFate
from tests.desk_hall import DeskClient, DeskHall, open_desk_hall
from tests.elections import Election
from tests.engine import Engine, open_engine
from tests.examples import CITY, DISTRICT
from tests.hearing import heard
from tests.people import iin
from tests.postgres import fresh_database
from tests.server import serve
from tests.signed_in import signed_in

CHILD, WRONG = "120101500016", "990101100011"
TITLE = "Unmistakable fountain"
_EVER_OTHER = re.compile(r'name="(?:csrf_token|pile)" value="[^"]*"|"ticket": ?"[^"]*"|nonce|date: [^,]*')


@dataclass(frozen=True)
class Day:
    """`said`: to the desks; `logged`: by the server meanwhile; `tables`: what is stored in the end."""

    hall: DeskHall
    said: str
    logged: str
    tables: dict[str, str]


@pytest.fixture(scope="module")
def day(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """Looked at by every test, changed by none; its log holds nothing else."""
    with (
        fresh_database(cluster, template) as url,
        open_engine(url) as engine,
        ExitStack() as serving,
    ):
        with heard() as lines:
            hall = serving.enter_context(open_desk_hall(engine, tmp_path_factory.mktemp("day")))
            said = everything_done(hall)
        yield Day(hall, "\n".join(said), lines.getvalue(), dumped(hall))


def everything_done(hall: DeskHall) -> list[str]:
    """A day at two desks with every kind of answer; all that was said to them."""
    desk, second = hall.desk(login="first.desk"), hall.desk(login="second.desk")
    for digits in (iin(1), iin(99), CHILD, WRONG):
        for as_page in (True, False):
            desk.post("/find", as_page=as_page, iin=digits)
    for number, fate in zip((1, 2, 3), SlipFate, strict=True):
        desk.serve(number)
        desk.post("/serve", as_page=True, ticket=desk.find(number)["ticket"])
        asked = desk.ask(number, fate)
        second.get("/second-slips")
        second.post(f"/second-slips/{asked}/grant", as_page=True)
    for due in desk.get("/due").json():
        desk.post(f"/due/{due['slip']}", as_page=True)
    desk.post("/piles", as_page=True, pile=str(uuid4()), unit=CITY, slips=9)
    desk.post("/signatures", as_page=True, unit=CITY, unused=4, spoiled=1)
    for path in ("", "/days", "/second-slips"):
        desk.get(path)
    return [*desk.said, *second.said]


def dumped(hall: DeskHall) -> dict[str, str]:
    """Every row of every table, as text."""
    with (
        hall.whole.datastore.get_connection() as connection,
        connection.cursor(row_factory=tuple_row) as cursor,
    ):
        tables = cursor.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema LIKE 'dauys%'"
            " AND table_type = 'BASE TABLE'"
        ).fetchall()
        return {
            table: "\n".join(
                str(row[0])
                for row in cursor.execute(
                    SQL("SELECT t::text FROM {} t").format(Identifier(schema, table))
                ).fetchall()
            )
            for schema, table in tables
        }


def test_no_iin_is_told_logged_or_stored(day: Day) -> None:
    assert "desk_counts" in day.tables
    assert "Has had a slip" in day.said
    assert "startup complete" in day.logged
    for digits in (*(iin(number) for number in range(26)), iin(99), CHILD, WRONG):
        assert digits not in day.said
        assert digits not in day.logged
        for table, text in day.tables.items():
            assert digits not in text, table


def test_a_person_stands_on_the_roll_and_in_no_other_row(day: Day) -> None:
    keys = Keys(day.hall.server.settings.home / "keys")
    people = {keys.person(Iin.parse(iin(number))).hex() for number in range(26)}
    for table, text in day.tables.items():
        found = {person for person in people if person in text}
        assert found == (people if table == "roll_people" else set()), table
    assert not [person for person in people if person in day.said]


def test_what_desks_leave_behind_is_counts_that_name_nobody(day: Day) -> None:
    with day.hall.whole.datastore.get_connection() as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'dauys' AND table_name LIKE 'desk%'"
        ).fetchall()
    told: dict[str, set[str]] = {}
    for row in columns:
        told.setdefault(row["table_name"], set()).add(row["column_name"])
    place = {"round_id", "unit", "desk"}
    assert told == {
        "desk_counts": place | {"day", "served", "lost", "spoiled", "not_handed_over"},
        "desk_slips_due": place | {"slip", "handed_over"},
        "desk_piles": place | {"pile", "day", "slips", "first", "last"},
        "desk_signatures": place | {"day", "number", "unused", "spoiled", "missing", "note", "at"},
    }


# The vote


def rows_of_desk() -> list[matrix.Row]:
    """Routes that a desk comes in to and the public does not."""
    return [
        row
        for row in matrix.rows(matrix.the_app())
        if Role.DESK in row.roles and Role.PUBLIC not in row.roles
    ]


def test_a_desk_comes_in_to_its_own_pages_and_its_account_and_nowhere_else() -> None:
    """What the public may read of an open round tests/api/test_secrecy.py searches; this is all that is added."""
    places = {"/" + row.path.split("/")[1] for row in rows_of_desk()}
    assert places <= {"/desk", "/staff", "/account", "/sign-out"}


def desk_reads(election: Election, client: DeskClient) -> dict[str, str]:
    """Every page of an open round that a desk can get, without what is other every time."""
    read = {}
    for row in rows_of_desk():
        if row.method == "GET" and "/desk" in row.path:
            address = "/en" + row.path.replace("{round_id}", str(election.id))
            answer = client.client.get(address, headers={"accept": "*/*"})
            assert answer.status_code == 200, address
            read[address] = _EVER_OTHER.sub("", answer.text)
    return read


def test_no_page_of_a_desk_tells_of_votes_or_changes_with_them(engine: Engine, tmp_path: Path) -> None:
    """An open round's pages before and behind sixty ballots are the same bytes, and name no project."""
    election = Election(engine).drafted().reviewed({"1": 100, "2": 200}, titles={"1": TITLE})
    election.opened()
    with (
        serve(engine, tmp_path / "home") as server,
        signed_in(server, Role.DESK, units=(CITY, DISTRICT), login="watching.desk") as session,
    ):
        client = DeskClient(session, "watching.desk", election.id)
        before = desk_reads(election, client)
        election.cast([["1"]] * 40 + [["1", "2"]] * 20)
        after = desk_reads(election, client)
    assert len(before) >= 4
    assert before == after
    assert not [address for address, text in after.items() if TITLE in text]


def test_nothing_a_desk_posts_stores_a_ballot_or_closes_a_round(day: Day) -> None:
    with day.hall.whole.datastore.rows("SELECT topic FROM dauys.events ORDER BY notification_id", []) as rows:
        topics = [row["topic"] for row in rows]
    added = set(topics[topics.index("roll.credentials_registered.v1") + 1 :])
    assert added == {"approval.requested.v1", "approval.granted.v1", "roll.slip_replaced.v1"}
