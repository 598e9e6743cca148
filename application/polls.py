"""What the ballot box must know by heart: rounds with their papers, and kiosks with their keys.

An aggregate is remembered together with its version. Behind the log's lock the versions are read again, so what is
remembered is used only while it is still the truth, in however many processes.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import ClassVar, TypeVar
from uuid import UUID

import msgspec

from application.storage.documents import Documents
from application.store import Decision, NotFound, Store
from domain.ballot_form import BallotChecker
from domain.errors import Refused
from domain.kiosk import Kiosk, KioskRevoked
from domain.paper import Paper
from domain.round import Phase, Round

_REMEMBERED = 10_000
"""Aggregates kept at most; the one read longest ago goes first."""


class UnknownKiosk(Refused):
    """Never invited, or invited and not enrolled yet."""

    code: ClassVar[str] = "unknown_kiosk"


class RoundNotOpen(Refused):
    """No such round, or voting has not opened yet, or is over."""

    code: ClassVar[str] = "round_not_open"


@dataclass(frozen=True, slots=True)
class Poll:
    """An open round as the ballot box sees it."""

    version: int
    checker: BallotChecker | None
    """None while no ballot may be cast."""


NO_POLL = Poll(version=0, checker=None)
"""A round that does not exist, or that nobody has asked for yet."""


def read_paper(body: bytes) -> Paper:
    """The paper in a stored document."""
    return msgspec.json.decode(body, type=Paper)


class Polls:
    """Shared by the threads of one process; every method either remembers or asks the store."""

    def __init__(self, store: Store, documents: Documents) -> None:
        self._store = store
        self._documents = documents
        self._polls: OrderedDict[UUID, Poll] = OrderedDict()
        self._kiosks: OrderedDict[UUID, Kiosk] = OrderedDict()

    def knows_kiosk(self, kiosk_id: UUID) -> bool:
        """Whether `kiosk_key` answers without asking the store."""
        return kiosk_id in self._kiosks

    def kiosk_key(self, kiosk_id: UUID) -> bytes:
        """The public key to check a delivery with, before the lock; `kiosk_may_deliver` has the last word."""
        kiosk = self._kiosks.get(kiosk_id)
        if kiosk is None:
            try:
                kiosk = self._store.load(Kiosk, kiosk_id)
            except NotFound:
                raise UnknownKiosk from None
            if kiosk.public_key is not None:
                _remember(self._kiosks, kiosk_id, kiosk)
        if kiosk.public_key is None:
            raise UnknownKiosk
        return bytes.fromhex(kiosk.public_key)

    def kiosk_may_deliver(self, decision: Decision, kiosk_id: UUID, version: int) -> None:
        """Refuse a kiosk that has been revoked by now; `version` was read behind the lock."""
        kiosk = self._kiosks.get(kiosk_id)
        if kiosk is None or kiosk.version != version:
            kiosk = decision.get(Kiosk, kiosk_id)
            _remember(self._kiosks, kiosk_id, kiosk)
        if kiosk.revoked:
            raise KioskRevoked

    def remembered(self, round_id: UUID) -> Poll:
        """The round as last seen, perhaps long ago: only its version, compared behind the lock, says whether it still is so."""
        return self._polls.get(round_id, NO_POLL)

    def poll(self, decision: Decision, round_id: UUID, version: int) -> Poll:
        """The round as it is behind the lock, where its version was read."""
        poll = self.remembered(round_id)
        if poll.version != version:
            round_ = decision.find(Round, round_id)  # None: a ballot may name a kiosk's id as its round
            checker = None
            if round_ is not None and round_.phase is Phase.VOTING and round_.paper_digest is not None:
                checker = BallotChecker(read_paper(self._documents.get(round_.paper_digest)))
            poll = Poll(version, checker)
            _remember(self._polls, round_id, poll)
        return poll


TRemembered = TypeVar("TRemembered")


def _remember(known: OrderedDict[UUID, TRemembered], key: UUID, value: TRemembered) -> None:
    known[key] = value
    known.move_to_end(key)
    while len(known) > _REMEMBERED:
        known.popitem(last=False)
