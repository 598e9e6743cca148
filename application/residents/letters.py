"""Letters of notices: to whoever asked for them, of what they were not told yet.

`told` is moved on in the transaction in which a letter goes out, so a crash in between sends it twice at most, and never not at
all; two workers at once do not write to the same person.
"""

from collections.abc import Callable, Sequence
from typing import Final, LiteralString
from uuid import UUID

from application.identity.sender import Letter, LetterNotSent, Sender
from application.residents.following import Notice, followed_by, log_head, notices_for
from application.storage.database import Datastore

NOTICES_IN_LETTER: Final = 20
_NOBODY: Final = UUID(int=0)

_DUE: Final[LiteralString] = """
SELECT r.account_id, r.notices_to, r.language FROM dauys.residents r
WHERE r.account_id > %s AND r.notices_to IS NOT NULL AND EXISTS (
    SELECT FROM dauys.followed_proposals f WHERE f.account_id = r.account_id AND f.told < %s)
ORDER BY r.account_id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_TELL: Final[LiteralString] = "UPDATE dauys.followed_proposals SET told = %s WHERE account_id = %s"

WriteNotices = Callable[[str, Sequence[Notice]], tuple[str, str]]
"""(language, notices) → subject and text of a letter."""


def send_letters(datastore: Datastore, sender: Sender, write: WriteNotices) -> int:
    """Write to everybody who asked for letters of what they have not been told yet; how many letters went out.

    Who could not be written to stays untold and is tried again the next time, behind nobody and before nobody.
    """
    sent, after = 0, _NOBODY
    while (found := _next_letter(datastore, sender, write, after)) is not None:
        after, went_out = found
        sent += went_out
    return sent


def _next_letter(
    datastore: Datastore, sender: Sender, write: WriteNotices, after: UUID
) -> tuple[UUID, bool] | None:
    """The next resident behind `after` to whom something is untold, and whether a letter went out to them; None behind the last."""
    with datastore.get_connection() as connection, connection.transaction():
        head = log_head(connection)
        resident = connection.execute(_DUE, [after, head]).fetchone()
        if resident is None:
            return None
        account_id: UUID = resident["account_id"]
        followed = followed_by(connection, account_id)
        told = {each.proposal_id: each.told for each in followed}
        news = notices_for(connection, account_id, followed, told, NOTICES_IN_LETTER)
        if news:
            try:
                sender.send(Letter(resident["notices_to"], *write(resident["language"], news)))
            except LetterNotSent:
                return account_id, False
        connection.execute(_TELL, [head, account_id])
        return account_id, bool(news)
