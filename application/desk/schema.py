"""The tables of check-in desks: counts by desk, unit and local day, and what a desk answers for. No row names a person or a slip.

A desk is the account that serves. Piles and signatures only grow: privileges and a trigger see to it.
"""

from typing import Final, LiteralString

DESK: Final[LiteralString] = """
CREATE TABLE dauys.desk_counts (
    round_id uuid NOT NULL,
    unit text NOT NULL,
    day date NOT NULL,
    desk text NOT NULL,
    served bigint NOT NULL DEFAULT 0,
    lost bigint NOT NULL DEFAULT 0,
    spoiled bigint NOT NULL DEFAULT 0,
    not_handed_over bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (round_id, unit, day, desk)
);
COMMENT ON TABLE dauys.desk_counts IS 'people marked as served, and second slips by what became of the first';

CREATE TABLE dauys.desk_slips_due (
    slip uuid PRIMARY KEY,
    round_id uuid NOT NULL,
    unit text NOT NULL,
    desk text NOT NULL,
    handed_over boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE dauys.desk_slips_due IS 'second slips that two people granted; to whom stands nowhere';

CREATE TABLE dauys.desk_piles (
    pile uuid PRIMARY KEY,
    round_id uuid NOT NULL,
    unit text NOT NULL,
    desk text NOT NULL,
    day date NOT NULL,
    slips bigint NOT NULL CHECK (slips > 0),
    first bigint,
    last bigint,
    CHECK ((first IS NULL AND last IS NULL) OR last - first + 1 = slips)
);
COMMENT ON TABLE dauys.desk_piles IS 'slips that a desk took over; codes by their places in the file';

CREATE TABLE dauys.desk_signatures (
    round_id uuid NOT NULL,
    unit text NOT NULL,
    day date NOT NULL,
    desk text NOT NULL,
    number bigint NOT NULL,
    unused bigint NOT NULL CHECK (unused >= 0),
    spoiled bigint NOT NULL CHECK (spoiled >= 0),
    missing bigint NOT NULL,
    note text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (round_id, unit, day, desk, number)
);
COMMENT ON TABLE dauys.desk_signatures IS 'what lay on the desk when it signed; the last of a day is its word';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dauys.desk_piles
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dauys.desk_signatures
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_change();
COMMENT ON TABLE dauys.slips_handed_out IS
    'people marked as served, and slips handed out in place of lost ones, counted by unit and local day';
GRANT SELECT, INSERT, UPDATE ON dauys.desk_counts, dauys.desk_slips_due TO dauys_app;
GRANT SELECT, INSERT ON dauys.desk_piles, dauys.desk_signatures TO dauys_app;
"""
