"""The tables of residents: how they prove who they are, what they follow, their drafts and photos.

A resident's account stands among the others with nothing but an opaque login; how it is proven is a keyed hash beside it, under
another key than the roll's, so no query joins a resident with a voter. Drafts are private and are deleted when they are handed in;
a photo can be deleted until a proposal in the log names it, and never after.
"""

from typing import Final, LiteralString

RESIDENTS: Final[LiteralString] = """
CREATE TABLE dauys.identity_challenges (
    challenge_id uuid PRIMARY KEY,
    method text NOT NULL,
    secret bytea NOT NULL CHECK (length(secret) = 32),
    person bytea CHECK (length(person) = 32),
    tries smallint NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX identity_challenges_person ON dauys.identity_challenges (person);
CREATE INDEX identity_challenges_expires ON dauys.identity_challenges (expires);
COMMENT ON COLUMN dauys.identity_challenges.secret IS 'keyed hash of a code, or a nonce that is to be signed';

CREATE TABLE dauys.residents (
    account_id uuid PRIMARY KEY REFERENCES dauys.accounts,
    adult_by text NOT NULL CHECK (adult_by IN ('eds', 'declared')),
    notices_to text,
    language text NOT NULL,
    seen bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN dauys.residents.notices_to IS 'e-mail address for notices, only where the resident asked for them';
COMMENT ON COLUMN dauys.residents.seen IS 'position in the log up to which notices were read';
CREATE TABLE dauys.resident_proofs (
    person bytea PRIMARY KEY CHECK (length(person) = 32),
    method text NOT NULL,
    account_id uuid NOT NULL REFERENCES dauys.residents
);
COMMENT ON COLUMN dauys.resident_proofs.person IS 'HMAC-SHA-256 of an address or an IIN under the resident key';

CREATE TABLE dauys.followed_proposals (
    account_id uuid NOT NULL REFERENCES dauys.residents,
    proposal_id uuid NOT NULL,
    round_id uuid NOT NULL,
    since bigint NOT NULL,
    told bigint NOT NULL,
    PRIMARY KEY (account_id, proposal_id)
);
COMMENT ON COLUMN dauys.followed_proposals.told IS 'position in the log up to which letters were sent';

CREATE TABLE dauys.drafts (
    draft_id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES dauys.residents,
    round_id uuid NOT NULL,
    proposal_id uuid,
    body jsonb NOT NULL,
    saved_at timestamptz NOT NULL,
    UNIQUE (account_id, proposal_id)
);
CREATE INDEX drafts_account ON dauys.drafts (account_id, saved_at);
COMMENT ON COLUMN dauys.drafts.proposal_id IS 'the proposal that this is a new version of; null for a new one';

CREATE TABLE dauys.photos (
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    account_id uuid NOT NULL REFERENCES dauys.residents,
    added_at timestamptz NOT NULL,
    named boolean NOT NULL DEFAULT false,
    width integer NOT NULL,
    height integer NOT NULL,
    large bytea NOT NULL,
    small bytea NOT NULL,
    PRIMARY KEY (digest, account_id)
);
CREATE INDEX photos_waiting ON dauys.photos (account_id, added_at) WHERE NOT named;
COMMENT ON COLUMN dauys.photos.digest IS 'SHA-256 of the large image, which is what a proposal names';
COMMENT ON COLUMN dauys.photos.named IS 'a proposal in the log names it: public, and kept';
CREATE TRIGGER kept BEFORE DELETE ON dauys.photos FOR EACH ROW WHEN (OLD.named)
    EXECUTE FUNCTION dauys.refuse_change();
CREATE TRIGGER unchanged BEFORE UPDATE OF digest, account_id, large, small OR TRUNCATE ON dauys.photos
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_change();

CREATE TABLE dauys.oidc_attempts (
    state bytea PRIMARY KEY CHECK (length(state) = 32),
    browser bytea NOT NULL CHECK (length(browser) = 32),
    nonce text NOT NULL,
    verifier text NOT NULL,
    next text NOT NULL,
    expires timestamptz NOT NULL
);
COMMENT ON TABLE dauys.oidc_attempts IS 'sign-ins of staff that are under way at the identity provider';

GRANT SELECT, INSERT, UPDATE, DELETE ON dauys.identity_challenges, dauys.drafts, dauys.oidc_attempts TO dauys_app;
GRANT SELECT, INSERT, UPDATE ON dauys.residents TO dauys_app;
GRANT SELECT, INSERT ON dauys.resident_proofs TO dauys_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON dauys.followed_proposals TO dauys_app;
GRANT SELECT, INSERT, DELETE ON dauys.photos TO dauys_app;
GRANT UPDATE (named) ON dauys.photos TO dauys_app;
"""
