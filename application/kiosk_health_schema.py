"""The tables of what kiosks tell of themselves: one row of heartbeats a kiosk, and its reports at opening and closing."""

from typing import Final, LiteralString

KIOSK_HEALTH: Final[LiteralString] = """
CREATE TABLE dauys.kiosk_heartbeats (
    kiosk_id uuid PRIMARY KEY,
    heard timestamptz NOT NULL,
    at timestamptz NOT NULL,
    clock_offset_ms bigint NOT NULL,
    made bigint NOT NULL,
    waiting bigint NOT NULL,
    oldest timestamptz,
    version text NOT NULL
);
COMMENT ON TABLE dauys.kiosk_heartbeats IS 'the last word of each kiosk; the one before it is gone';
CREATE TABLE dauys.kiosk_reports (
    kiosk_id uuid NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('zero', 'closing')),
    report bytea NOT NULL,
    PRIMARY KEY (kiosk_id, kind, at)
);
COMMENT ON TABLE dauys.kiosk_reports IS 'canonical JSON with the kiosk''s signature, as it came';
GRANT SELECT, INSERT, UPDATE ON dauys.kiosk_heartbeats TO dauys_app;
GRANT SELECT, INSERT ON dauys.kiosk_reports TO dauys_app;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dauys.kiosk_reports
    FOR EACH STATEMENT EXECUTE FUNCTION dauys.refuse_change();
"""
