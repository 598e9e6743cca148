"""Databases of the tests: whatever one test left behind, the next finds what the template holds, and nobody there."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.copies import LEAST_AT_REST, MOST_LOANS, MOST_ROWS
from tests.postgres import fresh_database, lending

Borrowed = Callable[[], psycopg.Connection[tuple[object, ...]]]


@pytest.fixture
def lent(cluster: str) -> Iterator[Callable[[Callable[[str], None]], str]]:
    """Lends a copy to somebody and tells the number of its database, by which one that was used before is known."""
    with fresh_database(cluster) as url:
        with psycopg.connect(url) as connection:
            connection.execute(
                "CREATE TABLE seeded (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, said text)"
            )
            connection.execute("INSERT INTO seeded (said) VALUES ('one\n'), ('two'), (NULL)")
            connection.execute("CREATE TABLE child (seeded bigint REFERENCES seeded)")
            connection.execute(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
            )
            connection.execute(
                "CREATE TRIGGER kept BEFORE DELETE ON child FOR EACH ROW EXECUTE FUNCTION refuse()"
            )

        with lending(cluster, urlsplit(url).path.removeprefix("/")) as template:

            def to(somebody: Callable[[str], None]) -> str:
                with fresh_database(cluster, template) as copy:
                    with psycopg.connect(copy) as connection:
                        [number] = (
                            connection.execute(
                                "SELECT oid FROM pg_database WHERE datname = current_database()"
                            ).fetchone()
                            or ()
                        )
                    somebody(copy)
                return str(number)

            yield to


def holds_what_the_template_holds(url: str) -> None:
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT id, said FROM seeded ORDER BY id").fetchall() == [
            (1, "one\n"),
            (2, "two"),
            (3, None),
        ]
        assert connection.execute("SELECT count(*) FROM child").fetchall() == [(0,)]
        assert connection.execute("INSERT INTO seeded (said) VALUES ('') RETURNING id").fetchall() == [(4,)]
        connection.rollback()


CHANGES = {
    "nothing": "SELECT 1",
    "rows that came": "INSERT INTO seeded (said) VALUES ('four'); INSERT INTO child VALUES (4), (1)",
    "a row that went": "DELETE FROM seeded WHERE id = 2",
    "a row that is another": "UPDATE seeded SET said = 'TWO' WHERE id = 2",
    "a number that was drawn": "SELECT nextval('seeded_id_seq')",
    "many rows": f"INSERT INTO child SELECT 1 FROM generate_series(0, {MOST_ROWS})",
    "another table": "CREATE TABLE other ()",
    "another column": "ALTER TABLE seeded ADD COLUMN more text",
    "a trigger that is off": "ALTER TABLE child DISABLE TRIGGER kept",
    "a right that was given": "GRANT SELECT ON seeded TO PUBLIC",
    "another function": "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "a schema that is gone": "DROP SCHEMA public CASCADE",
}
UNDONE = {"nothing", "rows that came", "a row that went", "a row that is another", "a number that was drawn"}


@pytest.mark.parametrize("what", CHANGES)
def test_the_next_finds_what_the_template_holds(
    what: str, lent: Callable[[Callable[[str], None]], str]
) -> None:
    def change(url: str) -> None:
        with psycopg.connect(url) as connection:
            connection.execute(CHANGES[what])

    def nothing(_: str) -> None:
        return

    first = lent(change)
    others = [lent(nothing) for _ in range(LEAST_AT_REST - 1)]
    again = lent(holds_what_the_template_holds)
    assert again not in others
    assert (again == first) == (what in UNDONE)


def test_whoever_holds_on_is_thrown_out_and_finds_nothing_when_he_comes_back(
    lent: Callable[[Callable[[str], None]], str],
) -> None:
    left: list[tuple[str, psycopg.Connection[tuple[object, ...]]]] = []
    lent(lambda url: left.append((url, psycopg.connect(url))))
    [(address, connection)] = left
    with connection, pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    for _ in range(LEAST_AT_REST):
        lent(holds_what_the_template_holds)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(address)


def test_no_copy_is_used_forever(lent: Callable[[Callable[[str], None]], str]) -> None:
    loans = LEAST_AT_REST * (MOST_LOANS + 1)
    assert LEAST_AT_REST < len({lent(lambda _: None) for _ in range(loans)}) < loans / 4
