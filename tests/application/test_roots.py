"""The roots of roll and credentials: those of RFC 6962, computed here from its words, over what is stored."""

from hashlib import sha256
from uuid import UUID

import pytest

from application import base64url
from application.roots import stored_credentials, stored_people
from tests.engine import Engine

ROUND, OTHER = UUID(int=1), UUID(int=2)
UNITS = ("750000000", "101033102")


def merkle_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, as it is written there."""
    if not entries:
        return sha256().digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1 << (len(entries) - 1).bit_length() - 1
    return sha256(b"\x01" + merkle_root(entries[:split]) + merkle_root(entries[split:])).digest()


def keys_of(number: int) -> list[bytes]:
    return [sha256(b"%d" % each).digest() for each in range(number)]


@pytest.mark.parametrize("number", [0, 1, 2, 3, 300, 10_001])
def test_roots_are_rfc_6962s_over_sorted_entries(engine: Engine, number: int) -> None:
    rows = [(key, UNITS[key[0] % 2]) for key in keys_of(number)]
    people = sorted(f"{unit} {key.hex()}".encode() for key, unit in rows)
    credentials = sorted(f"{unit} {base64url.to_text(key)}".encode() for key, unit in rows)
    counts = {unit: n for unit in UNITS if (n := [unit for _, unit in rows].count(unit))}
    with engine.datastore.get_connection() as connection, connection.transaction():
        for table, key in (("roll_people", "person"), ("credentials", "credential")):
            connection.execute(
                f"INSERT INTO dauys.{table} (round_id, {key}, unit)"
                " SELECT %b, * FROM unnest(%b::bytea[], %t::text[])",
                (ROUND, [key for key, _ in rows], [unit for _, unit in rows]),
            )
            connection.execute(
                f"INSERT INTO dauys.{table} (round_id, {key}, unit) VALUES (%b, %b, '1')",
                (OTHER, b"o" * 32),
            )
        listed, registered = stored_people(connection, ROUND), stored_credentials(connection, ROUND)
    assert listed.counts == registered.counts == counts
    assert listed.root == merkle_root(people).hex()
    assert registered.root == merkle_root(credentials).hex()


def test_roots_can_be_read_behind_the_logs_lock(engine: Engine) -> None:
    with engine.store.deciding() as decision:
        assert stored_people(decision.transaction, ROUND).root == sha256().hexdigest()
        assert stored_credentials(decision.transaction, ROUND).counts == {}
