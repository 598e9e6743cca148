"""The tables of accounts: who may sign in, who is signed in, what is waited for, and the record of it.

No table holds a password, a session's token, a device's cookie or a set-up code: only Argon2id and SHA-256 of them, and the secret
of the one-time codes under a key that is not in the database. The access log only grows: privileges and a trigger see to it.
"""

from typing import Final, LiteralString

ACCOUNTS: Final[LiteralString] = """
CREATE TABLE dauys.accounts (
    id uuid PRIMARY KEY,
    login text NOT NULL UNIQUE,
    name text NOT NULL,
    roles text[] NOT NULL,
    units text[] NOT NULL,
    state text NOT NULL CHECK (state IN ('invited', 'active', 'suspended')),
    password text,
    totp_sealed bytea,
    totp_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL
);
COMMENT ON COLUMN dauys.accounts.password IS 'Argon2id in PHC string format; null where another provider vouches for the person';
COMMENT ON COLUMN dauys.accounts.totp_sealed IS 'RFC 6238 secret, AES-256-GCM under the key file accounts.key';
COMMENT ON COLUMN dauys.accounts.totp_step IS 'the newest time step whose code was used; older ones are refused';

CREATE TABLE dauys.sessions (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    account_id uuid REFERENCES dauys.accounts,
    stage text NOT NULL CHECK (stage IN ('setting_up', 'second_factor', 'signed_in')),
    how text NOT NULL,
    browser text NOT NULL,
    totp_sealed bytea,
    message text,
    opened_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    CHECK (account_id IS NOT NULL OR stage = 'setting_up')
);
CREATE INDEX sessions_account ON dauys.sessions (account_id);
COMMENT ON COLUMN dauys.sessions.token_hash IS 'SHA-256 of the 32 random bytes in the cookie';
COMMENT ON COLUMN dauys.sessions.totp_sealed IS 'of an account that is being set up, until it is';
COMMENT ON COLUMN dauys.sessions.message IS 'told on the next page, once';

CREATE TABLE dauys.setup_codes (
    code_hash bytea PRIMARY KEY CHECK (length(code_hash) = 32),
    account_id uuid UNIQUE NULLS NOT DISTINCT REFERENCES dauys.accounts,
    ends_at timestamptz NOT NULL
);
COMMENT ON COLUMN dauys.setup_codes.account_id IS 'null: the bootstrap code, for the first sysadmin';

CREATE TABLE dauys.known_devices (
    account_id uuid NOT NULL REFERENCES dauys.accounts,
    device_hash bytea NOT NULL CHECK (length(device_hash) = 32),
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, device_hash)
);
COMMENT ON TABLE dauys.known_devices IS 'browsers that the account was signed in on: strangers'' failures do not lock these out';

CREATE TABLE dauys.sign_in_failures (
    subject bytea PRIMARY KEY CHECK (length(subject) = 32),
    failures integer NOT NULL,
    last_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);
COMMENT ON COLUMN dauys.sign_in_failures.subject IS 'SHA-256 of what is counted: a login, a device, or both';

CREATE TABLE dauys.access_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    roles text[] NOT NULL,
    act text NOT NULL,
    subject text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('done', 'refused')),
    reason text NOT NULL
);
CREATE INDEX access_log_actor ON dauys.access_log (actor, id);
COMMENT ON COLUMN dauys.access_log.actor IS 'login, or empty when nobody was signed in';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dauys.access_log
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_change();

GRANT SELECT, INSERT ON dauys.access_log TO dauys_app;
GRANT SELECT, INSERT, UPDATE ON dauys.accounts TO dauys_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON dauys.sessions, dauys.setup_codes, dauys.known_devices, dauys.sign_in_failures
    TO dauys_app;
"""
