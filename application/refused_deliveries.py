"""How often a kiosk's deliveries were refused as a whole, by hour: what tells a restored copy, or a device that sends on revoked.

Nothing of such a delivery is stored, so its count is tied to no ballot; it is kept outside of the ballot box's transaction (ADR 9).
"""

from typing import Final, LiteralString
from uuid import UUID

import structlog
from eventsourcing.persistence import PersistenceError
from psycopg import Error as PostgresError
from psycopg_pool import PoolTimeout

from application.ballot_box import SequenceBroken
from application.storage.database import Datastore
from application.store import Clock
from domain.ballot import to_the_hour
from domain.kiosk import KioskRevoked

COUNTED: Final = (SequenceBroken, KioskRevoked)
"""Refusals of deliveries that an enrolled kiosk has really signed; what anybody could send is not counted."""

_log = structlog.get_logger(__name__)

_COUNT: Final[LiteralString] = """
INSERT INTO dauys.refused_deliveries AS kept (kiosk_id, hour, code, deliveries) VALUES (%s, %s, %s, 1)
ON CONFLICT (kiosk_id, hour, code) DO UPDATE SET deliveries = kept.deliveries + 1
"""


class RefusedDeliveries:
    def __init__(self, datastore: Datastore, clock: Clock) -> None:
        self._datastore = datastore
        self._clock = clock

    def count(self, kiosk_id: UUID, code: str) -> None:
        """One more now. The kiosk is to hear its refusal whatever becomes of the count, so a fault is only logged."""
        try:
            with self._datastore.get_connection() as connection:
                connection.execute(_COUNT, [kiosk_id, to_the_hour(self._clock()), code])
        except (PersistenceError, PostgresError, PoolTimeout) as fault:
            _log.warning("refusal_not_counted", code=code, fault=type(fault).__name__)
