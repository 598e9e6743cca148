"""Proof by a one-time code: digits sent to an address, told back before they run out.

The code is kept as a keyed hash bound to its challenge: whoever reads the database, but not the key, learns no code, and few as
the digits are, cannot try them out.
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final
from uuid import UUID

from application.identity.challenges import Challenge, Challenges, Method, ProofInvalid, Proven
from application.identity.sender import Letter, Sender
from application.keys import Keys
from application.kiosks import Random
from domain.errors import Refused

ADDRESS_CHARS: Final = 254
"""RFC 5321, 4.5.3.1.3, as corrected."""
_EMAIL: Final = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_PHONE: Final = re.compile(r"\+7[0-9]{10}")
_SPACE_IN_NUMBERS: Final = re.compile(r"[\s()-]")

WriteLetter = Callable[[str, str], tuple[str, str]]
"""(language, code) → subject and text."""


class AddressInvalid(Refused):
    """Neither an e-mail address nor a telephone number of Kazakhstan; it is not echoed."""

    code: ClassVar[str] = "address_invalid"


@dataclass(frozen=True, slots=True)
class CodeLimits:
    """`digits` of a code, `seconds` it lives, `tries` it may be told wrong.

    A stranger may have three codes sent in ten minutes and guess five times at each: 2,160 guesses a day, of 100 million.
    """

    digits: int = 8
    seconds: int = 600
    tries: int = 5


def check_address(text: str) -> str:
    """The address in its one spelling: small letters, or +7 and ten digits. AddressInvalid."""
    address = text.strip().lower()
    if "@" not in address:
        address = _SPACE_IN_NUMBERS.sub("", address)
        address = f"+7{address[1:]}" if address.startswith("8") else address
        if _PHONE.fullmatch(address):
            return address
    elif len(address) <= ADDRESS_CHARS and _EMAIL.fullmatch(address):
        return address
    raise AddressInvalid


class OneTimeCodes:
    """An `Identifier`. It tells nothing of age, so `adult` stays None."""

    def __init__(
        self,
        challenges: Challenges,
        keys: Keys,
        sender: Sender,
        write: WriteLetter,
        random: Random,
        limits: CodeLimits,
    ) -> None:
        self._challenges = challenges
        self._keys = keys
        self._sender = sender
        self._write = write
        self._random = random
        self._limits = limits

    def begin(self, claim: str, language: str) -> Challenge:
        """Send a code to the address `claim`. Whether somebody is known by it makes no difference to anything seen outside."""
        address, limits = check_address(claim), self._limits
        code = f"{int.from_bytes(self._random(16)) % 10**limits.digits:0{limits.digits}}"
        challenge_id = self._challenges.new_id()
        expires = self._challenges.ask(
            challenge_id,
            Method.CODE,
            self._hash(challenge_id, code),
            self._keys.resident(Method.CODE, address),
            limits.seconds,
            limits.tries,
        )
        self._sender.send(Letter(address, *self._write(language, code)))
        return Challenge(challenge_id, "", expires)

    def prove(self, challenge_id: UUID, answer: str) -> Proven:
        asked = self._challenges.attempt(challenge_id, Method.CODE)
        if not hmac.compare_digest(self._hash(challenge_id, re.sub(r"\s", "", answer)), asked.secret):
            raise ProofInvalid(tries_left=asked.tries_left)
        self._challenges.use(asked)
        assert asked.person is not None, "a code is always sent to somebody"
        return Proven(Method.CODE, asked.person, adult=None)

    def _hash(self, challenge_id: UUID, code: str) -> bytes:
        return self._keys.resident("challenge", f"{challenge_id}:{code}")
