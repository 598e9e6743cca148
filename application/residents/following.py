"""Following a proposal, and the notices that come of it: read from the log itself, so that none is lost and none invented.

A notice is an event of a followed proposal, of its round or of its implementation, behind the position at which it was followed;
to its author also one of a merging that is proposed for it. What a resident has done is no news to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import msgspec
from psycopg import Connection

from application.log.recorder import LogTransaction
from application.storage.database import Datastore
from application.store import NotFound, Store
from domain.implementation import Implementation
from domain.merging import Merging
from domain.proposal import Proposal
from domain.round import Round

MOST_FOLLOWED: Final = 1_000
MOST_COUNTED: Final = 100

_OF_PROPOSAL: Final = (
    Proposal.Returned,
    Proposal.Revised,
    Proposal.Admitted,
    Proposal.Rejected,
    Proposal.Withdrawn,
    Proposal.Absorbed,
    Proposal.Merged,
)
_BY_AUTHOR: Final = (Proposal.Revised, Proposal.Withdrawn)
_OF_ROUND: Final = (
    Round.ReviewStarted,
    Round.VotingOpened,
    Round.VotingClosed,
    Round.Published,
    Round.Cancelled,
)
_OF_MERGING: Final = (Merging.Created, Merging.Consented, Merging.Declined, Merging.Withdrawn)
_OF_WORK: Final = (
    Implementation.Created,
    Implementation.Contracted,
    Implementation.Delayed,
    Implementation.Completed,
    Implementation.Accepted,
)

_HEAD: Final[LiteralString] = "SELECT coalesce(max(size), 0) AS size FROM dauys.checkpoints"
_FOLLOW: Final[LiteralString] = f"""
INSERT INTO dauys.followed_proposals (account_id, proposal_id, round_id, since, told)
SELECT %(account)s, %(proposal)s, %(round)s, head.size, head.size FROM ({_HEAD}) AS head
WHERE (SELECT count(*) FROM dauys.followed_proposals WHERE account_id = %(account)s) < {MOST_FOLLOWED}
ON CONFLICT DO NOTHING
"""
_FOLLOW_ON: Final[LiteralString] = f"""
INSERT INTO dauys.followed_proposals (account_id, proposal_id, round_id, since, told)
SELECT twins.account_id, %(into)s, %(round)s, %(since)s, %(since)s FROM dauys.followed_proposals AS twins
WHERE twins.proposal_id = %(twin)s AND (
    SELECT count(*) FROM dauys.followed_proposals AS own WHERE own.account_id = twins.account_id) < {MOST_FOLLOWED}
ON CONFLICT DO NOTHING
"""
_UNFOLLOW: Final[LiteralString] = (
    "DELETE FROM dauys.followed_proposals WHERE account_id = %s AND proposal_id = %s"
)
_FOLLOWED: Final[LiteralString] = (
    "SELECT proposal_id, round_id, since, told FROM dauys.followed_proposals WHERE account_id = %s ORDER BY since DESC"
)
_ADMITTED: Final[LiteralString] = """
SELECT originator_id AS proposal_id, convert_from(state, 'UTF8')::jsonb ->> 'project' AS project FROM dauys.events
WHERE topic = %s AND originator_id = ANY(%s)
"""
_MINE: Final[LiteralString] = """
SELECT originator_id AS proposal_id, convert_from(state, 'UTF8')::jsonb ->> 'author' AS author
FROM dauys.events WHERE topic = %s AND originator_id = ANY(%s)
AND convert_from(state, 'UTF8')::jsonb ->> 'author' = (SELECT login FROM dauys.accounts WHERE id = %s)
"""
_MERGINGS: Final[LiteralString] = """
SELECT merging, into_id, twin_id FROM (
    SELECT originator_id AS merging, (convert_from(state, 'UTF8')::jsonb ->> 'into')::uuid AS into_id,
        (convert_from(state, 'UTF8')::jsonb ->> 'twin')::uuid AS twin_id FROM dauys.events WHERE topic = %s
) AS proposed WHERE into_id = ANY(%s) OR twin_id = ANY(%s)
"""
_HAPPENED: Final[LiteralString] = """
SELECT notification_id AS position, originator_id AS thing, topic, convert_from(state, 'UTF8')::jsonb AS state
FROM dauys.events WHERE originator_id = ANY(%(things)s) AND topic = ANY(%(topics)s)
AND notification_id > %(after)s AND notification_id < %(before)s ORDER BY notification_id DESC LIMIT %(most)s
"""
_SEEN: Final[LiteralString] = "SELECT seen FROM dauys.residents WHERE account_id = %s"
_SEE: Final[LiteralString] = "UPDATE dauys.residents SET seen = greatest(seen, %s) WHERE account_id = %s"
_END: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Followed:
    """Positions in the log: followed since, and told by letter up to."""

    proposal_id: UUID
    round_id: UUID
    since: int
    told: int


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened: the event's `topic` and stored `state`. `proposal_id` is None where it concerns the whole round.

    `merging_id`: of what is proposed for one's own proposal.
    """

    position: int
    topic: str
    state: dict[str, Any]
    at: datetime
    round_id: UUID
    proposal_id: UUID | None
    merging_id: UUID | None


class Following:
    def __init__(self, store: Store, datastore: Datastore) -> None:
        self._store = store
        self._datastore = datastore

    def follow(self, account_id: UUID, proposal_id: UUID) -> None:
        """Followed already: nothing. NotFound for what is no proposal."""
        with self._store.deciding() as decision:
            proposal = decision.find(Proposal, proposal_id)
            if proposal is None:
                raise NotFound(kind="proposal", id=proposal_id)
            follow_in(decision.transaction, account_id, proposal_id, proposal.round_id)

    def unfollow(self, account_id: UUID, proposal_id: UUID) -> None:
        with self._datastore.get_connection() as connection:
            connection.execute(_UNFOLLOW, [account_id, proposal_id])

    def followed(self, account_id: UUID) -> list[Followed]:
        """The one followed last first."""
        with self._datastore.get_connection() as connection:
            return followed_by(connection, account_id)

    def notices(self, account_id: UUID, most: int, before: int | None = None) -> list[Notice]:
        """At most `most`, the newest first, before a position in the log."""
        with self._datastore.get_connection() as connection:
            followed = followed_by(connection, account_id)
            since = {each.proposal_id: each.since for each in followed}
            return notices_for(connection, account_id, followed, since, most, before or _END)

    def unread(self, account_id: UUID) -> int:
        """How many notices are newer than what was read, up to `MOST_COUNTED`."""
        with self._datastore.get_connection() as connection:
            row = connection.execute(_SEEN, [account_id]).fetchone()
            followed = followed_by(connection, account_id)
            seen = row["seen"] if row else 0
            since = {each.proposal_id: max(each.since, seen) for each in followed}
            return len(notices_for(connection, account_id, followed, since, MOST_COUNTED))

    def read_up_to(self, account_id: UUID, position: int) -> None:
        with self._datastore.get_connection() as connection:
            connection.execute(_SEE, [position, account_id])


def follow_in(transaction: LogTransaction, account_id: UUID, proposal_id: UUID, round_id: UUID) -> None:
    """In the transaction of the command that makes it worth following."""
    transaction.execute(_FOLLOW, {"account": account_id, "proposal": proposal_id, "round": round_id})  # type: ignore[arg-type]


def follow_on(transaction: LogTransaction, twin: UUID, into: UUID, round_id: UUID, since: int) -> None:
    """Who follows `twin` follows `into` as well, behind position `since`, but for who follows `MOST_FOLLOWED` already."""
    facts = {"twin": twin, "into": into, "round": round_id, "since": since}
    transaction.execute(_FOLLOW_ON, facts)  # type: ignore[arg-type]


def log_head(connection: Connection[Any]) -> int:
    """The log's size."""
    row = connection.execute(_HEAD).fetchone()
    return int(row["size"]) if row else 0


def followed_by(connection: Connection[Any], account_id: UUID) -> list[Followed]:
    return [Followed(**row) for row in connection.execute(_FOLLOWED, [account_id]).fetchall()]


def notices_for(
    connection: Connection[Any],
    account_id: UUID,
    followed: Sequence[Followed],
    behind: dict[UUID, int],
    most: int,
    before: int = _END,
) -> list[Notice]:
    """Events of the followed things, each behind the position that `behind` names for its proposal."""
    if not followed:
        return []
    ids = [each.proposal_id for each in followed]
    rounds = {each.proposal_id: each.round_id for each in followed}
    admitted = connection.execute(_ADMITTED, [Proposal.Admitted.TOPIC, ids]).fetchall()
    mine = {
        row["proposal_id"]: row["author"]
        for row in connection.execute(_MINE, [Proposal.Created.TOPIC, ids, account_id]).fetchall()
    }
    mergings = {
        row["merging"]: proposal_id
        for row in connection.execute(_MERGINGS, [Merging.Created.TOPIC, [*mine], [*mine]]).fetchall()
        for proposal_id in (row["into_id"], row["twin_id"])
        if proposal_id in mine
    }
    works = {
        Implementation.create_id(rounds[row["proposal_id"]], row["project"]): row["proposal_id"]
        for row in admitted
    }
    since_round = {
        round_id: min(behind[each.proposal_id] for each in followed if each.round_id == round_id)
        for round_id in rounds.values()
    }
    asked = {
        "things": [*ids, *works, *mergings, *since_round],
        "topics": [event.TOPIC for event in (*_OF_PROPOSAL, *_OF_MERGING, *_OF_ROUND, *_OF_WORK)],
        "after": min(behind.values()),
        "before": before,
        "most": most + MOST_FOLLOWED,
    }
    about = works | mergings | {proposal_id: proposal_id for proposal_id in ids}
    found: list[Notice] = []
    for row in connection.execute(_HAPPENED, asked).fetchall():
        thing, topic, state = row["thing"], row["topic"], row["state"]
        proposal_id = about.get(thing)
        known_from = behind[proposal_id] if proposal_id else since_round[thing]
        if row["position"] > known_from and not _own_act(topic, state, mine.get(proposal_id)):
            at = msgspec.convert(state["timestamp"], datetime)
            round_id = rounds[proposal_id] if proposal_id else thing
            merging_id = thing if thing in mergings else None
            found.append(Notice(row["position"], topic, state, at, round_id, proposal_id, merging_id))
    return found[:most]


def _own_act(topic: str, state: dict[str, Any], author: str | None) -> bool:
    """`author`: the reader, where the proposal is their own."""
    by_author = topic in {event.TOPIC for event in _BY_AUTHOR}
    return author is not None and (by_author or state.get("author") == author)
