"""The write side's tables, made once by `migrate` and append-only ever after.

Migrations run in order, each in one transaction with its row in `migrations`; an advisory lock lets one process run them.
The application works as the role `dauys_app`, which may INSERT and SELECT events, tiles, checkpoints, cosignatures and
documents and nothing more; a trigger refuses the rest even to the owner. A round's roll and its credentials may be replaced
until the event that seals or registers them stands in the log, by nobody after it: what is left then is to mark people served.
"""

from typing import Final, LiteralString

import psycopg
from psycopg.rows import tuple_row

from application.accounts.schema import ACCOUNTS
from application.desk.schema import DESK
from application.kiosk_health_schema import KIOSK_HEALTH
from application.photos.schema import PHOTOS_OF_STAFF
from application.residents.schema import RESIDENTS

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

# Who changes a list holds a shared lock on its round until COMMIT, and the event that freezes the list waits for them all; who
# comes after the event waits for its COMMIT and then sees it. Functions and types are looked up in pg_catalog alone, because
# the application has a schema of its own, in which it could define others by the same names.
_FROZEN_LISTS: Final[LiteralString] = """
CREATE VIEW dauys.frozen_lists AS
    SELECT frozen.topic, frozen.originator_id AS roll_id,
        (convert_from(sealed.state, 'UTF8')::json->>'round_id')::uuid AS round_id
    FROM dauys.events AS frozen
    JOIN dauys.events AS sealed ON sealed.originator_id = frozen.originator_id AND sealed.originator_version = 1
    WHERE frozen.topic IN ('roll.sealed.v1', 'roll.credentials_registered.v1');
COMMENT ON VIEW dauys.frozen_lists IS 'rounds of which a list changes no more; the topic of the event that froze it says which';
GRANT SELECT ON dauys.frozen_lists TO dauys_app;

CREATE FUNCTION dauys.freeze_list() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock('dauys.frozen_lists'::regclass::oid::integer, uuid_hash(round_id))
        FROM dauys.frozen_lists WHERE roll_id = NEW.originator_id AND topic = NEW.topic;
    RETURN NULL;
END $$;
CREATE TRIGGER freeze_list AFTER INSERT ON dauys.events FOR EACH ROW
    WHEN (NEW.topic IN ('roll.sealed.v1', 'roll.credentials_registered.v1')) EXECUTE FUNCTION dauys.freeze_list();

CREATE FUNCTION dauys.refuse_when_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rounds uuid[] := ARRAY(SELECT DISTINCT round_id FROM changed);
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'frozen_list: % on %.% is refused to a transaction that might not see the event',
            TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock_shared('dauys.frozen_lists'::regclass::oid::integer, uuid_hash(round_id))
        FROM unnest(rounds) AS round_id;
    IF EXISTS (SELECT FROM dauys.frozen_lists WHERE topic = TG_ARGV[0] AND round_id = ANY (rounds)) THEN
        RAISE EXCEPTION 'frozen_list: % on %.% is refused after %', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0]
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER frozen_insert AFTER INSERT ON dauys.roll_people REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_when_frozen('roll.sealed.v1');
CREATE TRIGGER frozen_delete AFTER DELETE ON dauys.roll_people REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_when_frozen('roll.sealed.v1');
CREATE TRIGGER frozen_insert AFTER INSERT ON dauys.credentials REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_when_frozen('roll.credentials_registered.v1');
CREATE TRIGGER frozen_delete AFTER DELETE ON dauys.credentials REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_when_frozen('roll.credentials_registered.v1');

CREATE TRIGGER append_only BEFORE UPDATE OF round_id, person, unit OR TRUNCATE ON dauys.roll_people
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_change();
CREATE TRIGGER served_for_good BEFORE UPDATE OF served ON dauys.roll_people FOR EACH ROW
    WHEN (OLD.served AND NOT NEW.served) EXECUTE FUNCTION dauys.refuse_change();
"""

# Counts for auditors (ADR 9). No row of either comes from a transaction that stores a ballot, and none names a person.
_IRREGULARITIES: Final[LiteralString] = """
CREATE TABLE dauys.refused_deliveries (
    kiosk_id uuid NOT NULL,
    hour timestamptz NOT NULL,
    code text NOT NULL,
    deliveries bigint NOT NULL,
    PRIMARY KEY (kiosk_id, hour, code)
);
COMMENT ON TABLE dauys.refused_deliveries IS 'whole deliveries refused, of which no ballot was stored, by kiosk, hour and refusal';
CREATE TABLE dauys.slips_handed_out (
    round_id uuid NOT NULL,
    unit text NOT NULL,
    day date NOT NULL,
    slips bigint NOT NULL,
    PRIMARY KEY (round_id, unit, day)
);
COMMENT ON TABLE dauys.slips_handed_out IS 'people marked as served, counted by unit and local day';
GRANT SELECT, INSERT, UPDATE ON dauys.refused_deliveries, dauys.slips_handed_out TO dauys_app;
"""

MIGRATIONS: Final[tuple[LiteralString, ...]] = (
    _FIRST,
    _COSIGNATURES,
    _FROZEN_LISTS,
    _IRREGULARITIES,
    ACCOUNTS,
    RESIDENTS,
    DESK,
    KIOSK_HEALTH,
    PHOTOS_OF_STAFF,
)
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
