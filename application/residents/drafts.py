"""Drafts: a resident's own, seen by nobody else, gone when handed in.

A draft handed in becomes the proposal of the same id, so that handing it in twice cannot make two. Handing in, making its photos
public, following it and deleting the draft are one transaction: a crash leaves either the draft or the proposal.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from application.kiosks import Random
from application.log.recorder import LogTransaction
from application.photos.photos import name_photos
from application.proposals import Proposals
from application.residents.draft_body import DraftBody, body_of
from application.residents.following import follow_in
from application.storage.database import Datastore
from application.store import Clock, Store
from domain.errors import Refused
from domain.proposal import Proposal
from domain.round import Phase, Round

MOST_DRAFTS: Final = 20

_COLUMNS: Final[LiteralString] = "draft_id, round_id, proposal_id, body, saved_at"
_ONE: Final[LiteralString] = f"SELECT {_COLUMNS} FROM dauys.drafts WHERE draft_id = %s AND account_id = %s"
_ALL: Final[LiteralString] = (
    f"SELECT {_COLUMNS} FROM dauys.drafts WHERE account_id = %s ORDER BY saved_at DESC"
)
_START: Final[LiteralString] = f"""
INSERT INTO dauys.drafts (draft_id, account_id, round_id, proposal_id, body, saved_at)
SELECT %(draft)s, %(account)s, %(round)s, %(proposal)s, %(body)s, %(now)s
WHERE (SELECT count(*) FROM dauys.drafts WHERE account_id = %(account)s) < {MOST_DRAFTS}
ON CONFLICT (account_id, proposal_id) DO UPDATE SET saved_at = excluded.saved_at RETURNING {_COLUMNS}
"""
_SAVE: Final[LiteralString] = f"""
UPDATE dauys.drafts SET body = %s, saved_at = %s WHERE draft_id = %s AND account_id = %s RETURNING {_COLUMNS}
"""
_DELETE: Final[LiteralString] = "DELETE FROM dauys.drafts WHERE draft_id = %s AND account_id = %s"
_DROP: Final[LiteralString] = "DELETE FROM dauys.drafts WHERE proposal_id = ANY(%s)"


class DraftMissing(Refused):
    """No such draft, or somebody else's: which of the two is not told."""

    code: ClassVar[str] = "draft_missing"


class TooManyDrafts(Refused):
    """`most` drafts lie there already; hand one in or delete it."""

    code: ClassVar[str] = "too_many_drafts"


@dataclass(frozen=True, slots=True)
class Draft:
    """`proposal_id`: the proposal that this is to be a new version of; None for a new one."""

    draft_id: UUID
    round_id: UUID
    proposal_id: UUID | None
    body: DraftBody
    saved_at: datetime


class Drafts:
    def __init__(
        self, store: Store, datastore: Datastore, proposals: Proposals, clock: Clock, random: Random
    ) -> None:
        self._store = store
        self._datastore = datastore
        self._proposals = proposals
        self._clock = clock
        self._random = random

    def start(self, account_id: UUID, round_id: UUID, unit: str = "") -> Draft:
        """An empty draft for a round whose intake is open."""
        self._store.load(Round, round_id).must_be_in(Phase.INTAKE)
        return self._start(account_id, round_id, None, DraftBody(unit=unit))

    def revise(self, account_id: UUID, login: str, proposal_id: UUID) -> Draft:
        """The draft of a new version of one's own proposal; the one begun before, if there is one."""
        proposal = self._store.load(Proposal, proposal_id)
        proposal.must_be_by(login)
        return self._start(
            account_id, proposal.round_id, proposal_id, body_of(proposal.sketch, proposal.marks)
        )

    def get(self, account_id: UUID, draft_id: UUID) -> Draft:
        with self._datastore.get_connection() as connection:
            row = connection.execute(_ONE, [draft_id, account_id]).fetchone()
        if row is None:
            raise DraftMissing
        return _draft(row)

    def all(self, account_id: UUID) -> list[Draft]:
        """At most `MOST_DRAFTS`, the one saved last first."""
        with self._datastore.get_connection() as connection:
            return [_draft(row) for row in connection.execute(_ALL, [account_id]).fetchall()]

    def save(self, account_id: UUID, draft_id: UUID, body: DraftBody) -> Draft:
        facts = [Jsonb(asdict(body.checked())), self._clock(), draft_id, account_id]
        with self._datastore.get_connection() as connection:
            row = connection.execute(_SAVE, facts).fetchone()
        if row is None:
            raise DraftMissing
        return _draft(row)

    def delete(self, account_id: UUID, draft_id: UUID) -> None:
        """Of a draft that is not there, nothing."""
        with self._datastore.get_connection() as connection:
            connection.execute(_DELETE, [draft_id, account_id])

    def hand_in(self, account_id: UUID, login: str, draft_id: UUID) -> UUID:
        """Submit the draft, or revise the proposal it is a version of; the proposal's id. Handed in before: the same again."""
        with self._store.deciding() as decision:
            row = decision.transaction.execute(_ONE, [draft_id, account_id]).fetchone()
            if row is None:
                handed_in = decision.find(Proposal, draft_id)
                if handed_in is None or handed_in.author != login:
                    raise DraftMissing
                return draft_id
            draft = _draft(row)
            sketch, marks = draft.body.sketch(), draft.body.marks()
            if draft.proposal_id is None:
                proposal_id = self._proposals.submit(
                    draft.round_id, login, sketch, proposal_id=draft_id, marks=marks
                )
            else:
                proposal_id = draft.proposal_id
                self._proposals.revise(proposal_id, sketch, author=login, marks=marks)
            name_photos(decision.transaction, account_id, sketch.attachments)
            follow_in(decision.transaction, account_id, proposal_id, draft.round_id)
            decision.transaction.execute(_DELETE, [draft_id, account_id])
        return proposal_id

    def _start(self, account_id: UUID, round_id: UUID, proposal_id: UUID | None, body: DraftBody) -> Draft:
        facts = {
            "draft": UUID(bytes=self._random(16), version=4),
            "account": account_id,
            "round": round_id,
            "proposal": proposal_id,
            "body": Jsonb(asdict(body)),
            "now": self._clock(),
        }
        with self._datastore.get_connection() as connection:
            row = connection.execute(_START, facts).fetchone()
        if row is None:
            raise TooManyDrafts(most=MOST_DRAFTS)
        return _draft(row)


def drop_new_versions(transaction: LogTransaction, *proposal_ids: UUID) -> None:
    """Drafts of new versions of these proposals, in the transaction of what makes them versions of another text."""
    transaction.execute(_DROP, [[*proposal_ids]])


def _draft(row: Mapping[str, Any]) -> Draft:
    return msgspec.convert(row, Draft)
