"""A kiosk at work: ballots in, one answer a ballot out, whatever happens to the device or the connection in between.

Sign, spool, send, check, forget - in this order. A crash after any step is made good by `resume`: the same bytes go out again,
and the server gives the answer it gave before.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from application.kiosk.answers import Answer, NotRecorded, Recorded
from application.kiosk.faults import KioskFault
from application.kiosk.identity import read_identity, read_key
from application.kiosk.receipts import check_at_once
from application.kiosk.server import PATIENCE_SECONDS, KioskStopped, Server
from application.kiosk.signing import Ballot, ballots_in, sign_delivery
from application.kiosk.spool import Spool, SpoolDamaged
from application.log.receipt import ReceiptInvalid

MOST_BALLOTS = 500
"""In one delivery; a server may be set to take fewer."""
MOST_DELIVERY_BYTES = 512 * 1024


class DeliveryTooLarge(KioskFault):
    """Too many ballots, or too many bytes, for one delivery; nothing was spooled."""


class _Result(msgspec.Struct):
    status: str
    position: int = 0
    receipt: str = ""
    code: str = ""


class _Answered(msgspec.Struct):
    sequence: int
    results: list[_Result]


class Kiosk:
    """An enrolled kiosk, used as a context. Not for several threads at once."""

    def __init__(self, folder: Path, url: str = "", *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """`url`: where the server is now, when that is not where the kiosk was enrolled."""
        identity = read_identity(folder)
        self.kiosk_id = identity.kiosk_id
        self._audience = identity.audience
        self._verifier = identity.verifier
        self._key = read_key(folder)
        self._server = Server(url or identity.url, patience_seconds=patience_seconds)
        self.spool = Spool(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.spool.close()
        self._server.close()

    def keep(self, ballots: Sequence[Ballot]) -> int:
        """Sign and spool, without sending; the delivery's number. From here on the ballots survive the device's power cuts."""
        if not 1 <= len(ballots) <= MOST_BALLOTS:
            raise DeliveryTooLarge(f"a delivery has 1 to {MOST_BALLOTS} ballots")
        delivery = sign_delivery(
            self._key,
            self.kiosk_id,
            audience=self._audience,
            sequence=self.spool.next_sequence,
            previous=self.spool.previous,
            ballots=ballots,
        )
        if len(delivery) > MOST_DELIVERY_BYTES:
            raise DeliveryTooLarge(f"a delivery has at most {MOST_DELIVERY_BYTES} bytes")
        return self.spool.add(delivery)

    def deliver(self, ballots: Sequence[Ballot]) -> Answer:
        """An answer per ballot, in order. What waits in the spool goes first: `resume` before, to hear those answers.

        NotReached: the ballots are spooled, `resume` sends them. KioskStopped: the server will not take them from this kiosk.
        """
        sequence = self.keep(ballots)
        return next(answer for number, answer in self.resume() if number == sequence)

    def resume(self) -> Iterator[tuple[int, Answer]]:
        """Send all that waits, in order: each delivery's number with its answer, as it comes in."""
        for sequence in self.spool.waiting:
            yield sequence, self._send(sequence)

    def _send(self, sequence: int) -> Answer:
        delivery = self.spool.read(sequence)
        ballots = ballots_in(delivery, self._key, sequence)
        if ballots is None:
            raise SpoolDamaged(f"delivery {sequence} is not what this kiosk signed under that number")
        answer = self._read_answer(sequence, ballots, self._server.deliver(delivery))
        self.spool.mark_answered(sequence, delivery)
        return answer

    def _read_answer(self, sequence: int, ballots: int, body: bytes) -> Answer:
        """The server's answer, each receipt checked as far as it can be now. Nothing is forgotten over a wrong one."""
        try:
            answered = msgspec.json.decode(body, type=_Answered)
        except msgspec.MsgspecError:
            raise KioskStopped("not_understood", "the answer is not as docs/kiosks.md has it") from None
        if answered.sequence != sequence or len(answered.results) != ballots:
            raise KioskStopped("not_understood", "the answer is to another delivery")
        return tuple(map(self._told, answered.results))

    def _told(self, result: _Result) -> Recorded | NotRecorded:
        if result.status == "refused" and result.code:
            return NotRecorded(result.code)
        if result.status != "recorded":
            raise KioskStopped("not_understood", "a ballot was neither recorded nor refused")
        try:
            check_at_once(result.receipt, result.position, self._verifier)
        except ReceiptInvalid as invalid:
            raise KioskStopped("receipt_invalid", str(invalid)) from None
        return Recorded(result.position, result.receipt)
