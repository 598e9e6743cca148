"""The write side's tables, made once by `migrate` and append-only ever after.

Migrations run in order, each in one transaction with its row in `migrations`; an advisory lock lets one process run them.
The application works as the role `dauys_app`, which may INSERT and SELECT events, tiles, checkpoints, cosignatures and
documents and nothing more; a trigger refuses the rest even to the owner.
"""

from typing import Final, LiteralString

import psycopg
from psycopg.rows import tuple_row

APP_ROLE: Final = "dauys_app"
_MIGRATION_LOCK: Final = 0x6461757973  # "dauys"

_ROLE: Final[LiteralString] = """
DO $$ BEGIN
    CREATE ROLE dauys_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
GRANT dauys_app TO CURRENT_USER;
"""

_FIRST: Final[LiteralString] = """
CREATE TABLE dauys.events (
    notification_id bigint NOT NULL,
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    leaf bytea NOT NULL CHECK (length(leaf) = 32),
    PRIMARY KEY (originator_id, originator_version)
) WITH (autovacuum_analyze_scale_factor = 0.01);
CREATE UNIQUE INDEX events_position ON dauys.events (notification_id);
CREATE INDEX events_rare_topics ON dauys.events (topic, notification_id) WHERE topic <> 'ballot.cast.v1';
COMMENT ON COLUMN dauys.events.notification_id IS 'position in the log, dense from 1; leaf index + 1';
COMMENT ON COLUMN dauys.events.leaf IS 'RFC 6962 leaf hash of the entry';

-- Locked EXCLUSIVE by every writer before it reads the head. A table of its own, because PostgreSQL lets only roles that
-- may UPDATE or DELETE take that lock, and on the events nobody may.
CREATE TABLE dauys.log_writer ();

CREATE TABLE dauys.tiles (
    level smallint NOT NULL,
    number bigint NOT NULL,
    hashes bytea NOT NULL CHECK (length(hashes) = 8192),
    root bytea NOT NULL CHECK (length(root) = 32),
    PRIMARY KEY (level, number)
);
ALTER TABLE dauys.tiles ALTER COLUMN hashes SET STORAGE EXTERNAL; -- hashes do not compress
COMMENT ON TABLE dauys.tiles IS 'full C2SP tiles only; partial ones are read from the level below';

CREATE TABLE dauys.checkpoints (
    size bigint PRIMARY KEY,
    root bytea NOT NULL CHECK (length(root) = 32),
    frontier bytea NOT NULL,
    note text NOT NULL
);
COMMENT ON COLUMN dauys.checkpoints.frontier IS 'roots of the perfect subtrees, left to right: all an append needs';

CREATE TABLE dauys.documents (
    digest text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
    media_type text NOT NULL,
    body bytea NOT NULL
);

CREATE TABLE dauys.roll_people (
    round_id uuid NOT NULL,
    person bytea NOT NULL CHECK (length(person) = 32),
    unit text NOT NULL,
    served boolean NOT NULL DEFAULT false,
    PRIMARY KEY (round_id, person)
);
COMMENT ON COLUMN dauys.roll_people.person IS 'HMAC-SHA-256 of the IIN under the roll key';

CREATE TABLE dauys.credentials (
    round_id uuid NOT NULL,
    credential bytea NOT NULL CHECK (length(credential) = 32),
    unit text NOT NULL,
    PRIMARY KEY (round_id, credential)
);

-- The last delivery of each kiosk and its counts. Overwritten in place, so that no row ties an older delivery to its ballots.
CREATE TABLE dauys.kiosk_progress (
    kiosk_id uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    delivery_hash bytea NOT NULL CHECK (length(delivery_hash) = 32),
    refusals text NOT NULL,
    delivered bigint NOT NULL,
    recorded bigint NOT NULL
) WITH (fillfactor = 50);
COMMENT ON COLUMN dauys.kiosk_progress.refusals IS 'JSON list: refusal code per ballot of that delivery, null where recorded';

CREATE FUNCTION dauys.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append_only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dauys.events
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dauys.tiles
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dauys.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dauys.documents
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON dauys.credentials
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_change();

CREATE SCHEMA dauys_read AUTHORIZATION dauys_app;
GRANT USAGE ON SCHEMA dauys TO dauys_app;
GRANT SELECT ON ALL TABLES IN SCHEMA dauys TO dauys_app;
GRANT INSERT ON dauys.events, dauys.tiles, dauys.checkpoints, dauys.documents, dauys.roll_people, dauys.credentials,
    dauys.kiosk_progress TO dauys_app;
GRANT UPDATE ON dauys.log_writer, dauys.kiosk_progress TO dauys_app;
GRANT UPDATE (served) ON dauys.roll_people TO dauys_app;
GRANT DELETE ON dauys.roll_people, dauys.credentials TO dauys_app;
"""

_COSIGNATURES: Final[LiteralString] = """
CREATE TABLE dauys.cosignatures (
    size bigint NOT NULL,
    witness text NOT NULL,
    key_id bytea NOT NULL CHECK (length(key_id) = 4),
    timestamp bigint NOT NULL,
    line text NOT NULL,
    PRIMARY KEY (witness, key_id, size)
);
CREATE INDEX cosignatures_size ON dauys.cosignatures (size);
COMMENT ON COLUMN dauys.cosignatures.timestamp IS 'when the witness gave it, in POSIX seconds by its own clock';
COMMENT ON COLUMN dauys.cosignatures.line IS 'signature line of a C2SP signed note, with its newline';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dauys.cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_change();
GRANT SELECT, INSERT ON dauys.cosignatures TO dauys_app;
"""

MIGRATIONS: Final[tuple[LiteralString, ...]] = (_FIRST, _COSIGNATURES)
"""Numbered from 1 by their place; only ever added to."""


class SchemaTooNew(Exception):  # noqa: N818 - a statement of fact for the operator
    """The database was migrated by a newer Dauys than this one."""

    def __init__(self, done: int) -> None:
        super().__init__(f"the database is at version {done}, this Dauys knows {len(MIGRATIONS)}")


def migrate(connection: psycopg.Connection) -> int:
    """Bring the schema to this version; how many migrations ran. Safe to call from many processes at once."""
    connection.autocommit = True
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            cursor.execute("SET client_min_messages = warning")
            cursor.execute(_ROLE)
            cursor.execute("CREATE SCHEMA IF NOT EXISTS dauys")
            cursor.execute("CREATE TABLE IF NOT EXISTS dauys.migrations (version integer PRIMARY KEY)")
            done = applied(connection)
            if done > len(MIGRATIONS):
                raise SchemaTooNew(done)
            for version, statements in enumerate(MIGRATIONS[done:], start=done + 1):
                with connection.transaction():
                    cursor.execute(statements)
                    cursor.execute("INSERT INTO dauys.migrations VALUES (%s)", [version])
            return len(MIGRATIONS) - done
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def applied(connection: psycopg.Connection) -> int:
    """The newest migration that has run; 0 on an empty database."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT to_regclass('dauys.migrations') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute("SELECT coalesce(max(version), 0) FROM dauys.migrations")
        row = cursor.fetchone()
        return int(row[0]) if row else 0
