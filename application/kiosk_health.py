"""How the kiosks are: what each tells of itself, signed with its key, and which ones have fallen silent.

A heartbeat takes the place of the one before, so nothing is kept of when a kiosk was how busy. A zero report at opening and a
report at closing are kept for good. None of them tells anything about a ballot or a voter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final, Literal, LiteralString
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from psycopg import Connection
from psycopg.rows import DictRow

from application import base64url
from application.delivery import KioskKey
from application.kiosks import Kiosks
from application.log import canonical
from application.signatures import verify_ed25519
from application.storage.database import Datastore
from application.store import Clock
from domain.errors import Refused

REPORT_BYTES: Final = 4 * 1024
SIGNED_PREFIX: Final = b"dauys.kiosk-report.v1\n"
HEARTBEAT: Final = "heartbeat"
MOST_REPORTS: Final = 40

_SIGNATURE_BYTES: Final = 64
_MOST: Final = 2**53

_HEAR: Final[LiteralString] = """
INSERT INTO dauys.kiosk_heartbeats AS last (kiosk_id, heard, at, clock_offset_ms, made, waiting, oldest, version)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (kiosk_id) DO UPDATE SET heard = excluded.heard, at = excluded.at, made = excluded.made,
    clock_offset_ms = excluded.clock_offset_ms, waiting = excluded.waiting, oldest = excluded.oldest, version = excluded.version
WHERE excluded.at > last.at RETURNING kiosk_id
"""
_KEPT: Final[LiteralString] = """
SELECT count(*) AS reports, count(*) FILTER (WHERE kind = %(kind)s AND at = %(at)s) AS same FROM dauys.kiosk_reports
WHERE kiosk_id = %(kiosk)s AND at > %(at)s - interval '1 day' AND at < %(at)s + interval '1 day'
"""
_KEEP: Final[LiteralString] = """
INSERT INTO dauys.kiosk_reports (kiosk_id, at, kind, report) VALUES (%(kiosk)s, %(at)s, %(kind)s, %(report)s)
ON CONFLICT DO NOTHING
"""
_LAST: Final[LiteralString] = (
    "SELECT kiosk_id, heard, clock_offset_ms, made, waiting, oldest, version FROM dauys.kiosk_heartbeats"
)
_REPORTS: Final[LiteralString] = (
    "SELECT report FROM dauys.kiosk_reports WHERE kiosk_id = %s ORDER BY at DESC LIMIT %s"
)


class ReportMalformed(Refused):
    """Not the canonical JSON of a report."""

    code: ClassVar[str] = "report_malformed"


class ReportSignatureInvalid(Refused):
    """Not signed by the kiosk it names."""

    code: ClassVar[str] = "report_signature_invalid"


class ReportStale(Refused):
    """No later than the last heartbeat of this kiosk: sent again, or its clock went back."""

    code: ClassVar[str] = "report_stale"


class TooManyReports(Refused):
    """A kiosk opens and closes a few times a day; `most` reports of it are kept of any two days."""

    code: ClassVar[str] = "too_many_reports"


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """`made`: deliveries ever made; `waiting`: those without an answer, the `oldest` of them of this hour. `round`: its id, or
    nothing while there is none.
    """

    kind: Literal["heartbeat", "zero", "closing"]
    kiosk: str
    at: datetime
    clock_offset_ms: Annotated[int, Meta(ge=-_MOST, le=_MOST)]
    round: Annotated[str, Meta(max_length=36)]
    made: Annotated[int, Meta(ge=0, le=_MOST)]
    waiting: Annotated[int, Meta(ge=0, le=_MOST)]
    version: Annotated[str, Meta(max_length=40)]
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """An enrolled kiosk; what it last said, when it said anything. `silent`: for too long."""

    kiosk_id: UUID
    label: str
    place: str
    heard: datetime | None
    silent: bool
    clock_offset_ms: int = 0
    made: int = 0
    waiting: int = 0
    oldest: datetime | None = None
    version: str = ""


class KioskHealth:
    def __init__(
        self,
        datastore: Datastore,
        kiosks: Kiosks,
        kiosk_key: KioskKey,
        clock: Clock,
        silence: timedelta,
    ) -> None:
        self._datastore = datastore
        self._kiosks = kiosks
        self._kiosk_key = kiosk_key
        self._clock = clock
        self._silence = silence

    def hear(self, body: bytes) -> datetime:
        """Take a report in; when it was heard. The same report of a day's opening or closing again changes nothing."""
        report, kiosk_id = self._opened(body)
        heard = self._clock()
        with self._datastore.get_connection() as connection:
            if report.kind != HEARTBEAT:
                self._keep(connection, kiosk_id, report, body)
                return heard
            told = (
                report.at,
                report.clock_offset_ms,
                report.made,
                report.waiting,
                report.oldest,
                report.version,
            )
            if connection.execute(_HEAR, [kiosk_id, heard, *told]).fetchone() is None:
                raise ReportStale
        return heard

    def now(self) -> list[Health]:
        """Every kiosk in service, in the order of their invitations."""
        with self._datastore.get_connection() as connection:
            last: dict[UUID, dict[str, Any]] = {row["kiosk_id"]: row for row in connection.execute(_LAST)}
        at = self._clock()
        return [
            Health(
                label=kiosk.label,
                place=kiosk.place,
                silent=at - said["heard"] > self._silence,
                **said,
            )
            if (said := last.get(kiosk.kiosk_id))
            else Health(kiosk.kiosk_id, kiosk.label, kiosk.place, None, silent=True)
            for kiosk in self._kiosks.register()
            if kiosk.state == "enrolled"
        ]

    def reports(self, kiosk_id: UUID, most: int) -> list[dict[str, Any]]:
        """Opening and closing reports as they were signed, the newest first."""
        with self._datastore.get_connection() as connection:
            rows = connection.execute(_REPORTS, [kiosk_id, most])
            return [msgspec.json.decode(row["report"]) for row in rows]

    def _keep(self, connection: Connection[DictRow], kiosk_id: UUID, report: Report, body: bytes) -> None:
        facts = {"kiosk": kiosk_id, "at": report.at, "kind": report.kind, "report": body}
        [kept] = connection.execute(_KEPT, facts)
        if not kept["same"] and kept["reports"] >= MOST_REPORTS:
            raise TooManyReports(most=MOST_REPORTS)
        connection.execute(_KEEP, facts)

    def _opened(self, body: bytes) -> tuple[Report, UUID]:
        try:
            members = msgspec.json.decode(body)
            if not isinstance(members, dict) or canonical.encode(members) != body:
                raise ReportMalformed
            signature = base64url.to_bytes(str(members.pop("signature", "")), _SIGNATURE_BYTES)
            report = msgspec.convert(members, Report)
            kiosk_id = UUID(report.kiosk)
        except (msgspec.MsgspecError, canonical.NotCanonical, ValueError, RecursionError):
            raise ReportMalformed from None
        if str(kiosk_id) != report.kiosk or report.at.tzinfo is None:
            raise ReportMalformed
        signed = SIGNED_PREFIX + canonical.encode(members)
        if signature is None or not verify_ed25519(self._kiosk_key(kiosk_id), signed, signature):
            raise ReportSignatureInvalid
        return report, kiosk_id
