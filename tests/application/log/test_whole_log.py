"""The check of the whole log is itself checked: whatever an owner of the database changes behind the log's back, it sees."""

from typing import LiteralString

import psycopg
import pytest

from application.log.note import LogSigner, NoteInvalid
from tests.engine import ORIGIN, Engine, plain_event, plain_events
from tests.whole_log import check_whole_log

TAMPERINGS: dict[str, LiteralString] = {
    "a state": "UPDATE dauys.events SET state = '{\"forged\":1}' WHERE notification_id = 3",
    "a topic": "UPDATE dauys.events SET topic = 'test.forged.v1' WHERE notification_id = 3",
    "a leaf": "UPDATE dauys.events SET leaf = sha256(leaf) WHERE notification_id = 3",
    "an event gone": "DELETE FROM dauys.events WHERE notification_id = 3",
    "the last event gone": "DELETE FROM dauys.events WHERE notification_id = 258",
    "two events swapped": "UPDATE dauys.events SET notification_id = 0 WHERE notification_id = 130;"
    "UPDATE dauys.events SET notification_id = 130 WHERE notification_id = 132;"
    "UPDATE dauys.events SET notification_id = 132 WHERE notification_id = 0",
    "an event slipped in": "INSERT INTO dauys.events SELECT 259, gen_random_uuid(), 1, topic, state, leaf"
    " FROM dauys.events WHERE notification_id = 3",
    "a version left out": "UPDATE dauys.events SET originator_version = 3 WHERE originator_version = 2",
    "a tile gone": "DELETE FROM dauys.tiles",
    "a tile too many": "INSERT INTO dauys.tiles SELECT 0, 1, hashes, root FROM dauys.tiles",
    "a tile's hashes": "UPDATE dauys.tiles SET hashes = set_byte(hashes, 76, get_byte(hashes, 76) # 1)",
    "a tile's root": "UPDATE dauys.tiles SET root = sha256(root)",
    "a checkpoint's root": "UPDATE dauys.checkpoints SET root = sha256(root) WHERE size = 2",
    "a checkpoint's frontier": "UPDATE dauys.checkpoints SET frontier = frontier || root WHERE size = 2",
    "a checkpoint's note": "UPDATE dauys.checkpoints SET note = (SELECT note FROM dauys.checkpoints WHERE size = 258)"
    " WHERE size = 2",
    "the last checkpoint gone": "DELETE FROM dauys.checkpoints WHERE size = 258",
}


@pytest.fixture
def log(engine: Engine) -> Engine:
    first = plain_event()
    engine.recorder.insert_events([first, plain_event(first.originator_id, 2)])  # type: ignore[arg-type]
    engine.recorder.insert_events(plain_events(256))
    assert engine.check() == 258
    return engine


@pytest.mark.parametrize("statement", TAMPERINGS.values(), ids=TAMPERINGS)
def test_tampering_is_seen(log: Engine, statement: LiteralString) -> None:
    with psycopg.connect(log.url) as owner:
        owner.execute("SET session_replication_role = replica")  # no trigger fires
        assert owner.execute(statement).rowcount
    with pytest.raises((AssertionError, NoteInvalid)):
        log.check()


def test_checkpoints_of_another_key_are_seen(log: Engine) -> None:
    with pytest.raises(NoteInvalid):
        check_whole_log(log.datastore, LogSigner(ORIGIN, bytes(32)).verifier)
