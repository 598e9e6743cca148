"""Proof by the electronic digital signature (EDS, ЭЦҚ, ЭЦП): the resident signs a text that only we could have asked for.

The signature is an attached CMS. It is checked by NCANode (github.com/malikzh/NCANode, version 3): `POST /cms/verify` judges
signature, certificate and revocation, `POST /cms/extract` gives back what was signed. Both are needed: of a CMS that carries a
text of its own, `verify` judges that one whatever `data` it is given, so a signature made elsewhere would pass. And `valid` alone
says too little: it is true of a CMS in which no certificate belongs to the signer.
Of the certificate only the IIN is read, and kept only as a keyed hash; name and number never leave this module.
"""

import asyncio
import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from application.fetching import Answer, Limits, NotAnswered, Turns, fetch, new_client
from application.identity.challenges import Asked, Challenge, Challenges, Method, ProofInvalid, Proven
from application.keys import Keys
from application.kiosks import Random
from application.store import Clock
from domain.errors import Refused
from domain.iin import Iin, IinInvalid
from domain.self_government.civil_days import civil_date

CMS_BYTES: Final = 48 * 1024
_ANSWER: Final = Limits(seconds=20, bytes_=256 * 1024)
_NONCE_BYTES: Final = 32
_CHECKS: Final = ("OCSP", "CRL")
_PERSON: Final = "INDIVIDUAL"
_OK: Final = 200
_ITS_OWN_FAULT: Final = 500


class EdsServiceAway(Refused):
    """NCANode does not answer, or not in time; another way to sign in may work."""

    code: ClassVar[str] = "eds_service_away"


@dataclass(frozen=True, slots=True)
class EdsLimits:
    """`seconds` to sign in; `tries`; full `years` of whoever is told to be of age."""

    seconds: int = 900
    tries: int = 5
    years: int = 18


class _Revocation(msgspec.Struct):
    revoked: bool
    by: str


class _Subject(msgspec.Struct):
    iin: str = ""


class _Certificate(msgspec.Struct, rename="camel"):
    valid: bool
    subject: _Subject
    key_user: tuple[str, ...] = ()
    revocations: tuple[_Revocation, ...] = ()


class _Signer(msgspec.Struct):
    certificates: tuple[_Certificate, ...]


class _Verified(msgspec.Struct):
    """What `/cms/verify` answers, less what we do not read."""

    valid: bool
    signers: tuple[_Signer, ...]


class _Extracted(msgspec.Struct):
    data: str


_verified = msgspec.json.Decoder(_Verified).decode
_extracted = msgspec.json.Decoder(_Extracted).decode


class Eds:
    """An `Identifier`. `address` is NCANode's, best on this machine or behind TLS: it is believed."""

    def __init__(
        self,
        challenges: Challenges,
        keys: Keys,
        clock: Clock,
        random: Random,
        address: str,
        audience: str,
        limits: EdsLimits,
    ) -> None:
        self._challenges = challenges
        self._keys = keys
        self._clock = clock
        self._random = random
        self._address = address.rstrip("/")
        self._audience = audience
        self._limits = limits
        self._turns = Turns()

    def begin(self, claim: str, language: str) -> Challenge:
        """A text to sign; whoever signs it makes the claim, so `claim` and `language` say nothing here."""
        del claim, language
        nonce, challenge_id = self._random(_NONCE_BYTES), self._challenges.new_id()
        limits = self._limits
        expires = self._challenges.ask(challenge_id, Method.EDS, nonce, None, limits.seconds, limits.tries)
        return Challenge(challenge_id, self._text(challenge_id, nonce), expires)

    def text_of(self, challenge_id: UUID) -> str:
        """What an open challenge asks to sign; ChallengeOver."""
        return self._text(challenge_id, self._challenges.secret(challenge_id, Method.EDS))

    def prove(self, challenge_id: UUID, answer: str) -> Proven:
        """`answer`: the CMS in base64, with or without line breaks."""
        asked = self._challenges.attempt(challenge_id, Method.EDS)
        cms = "".join(answer.split())
        try:
            if not 0 < len(base64.b64decode(cms, validate=True)) <= CMS_BYTES:
                raise ProofInvalid(tries_left=asked.tries_left)
        except binascii.Error:
            raise ProofInvalid(tries_left=asked.tries_left) from None
        try:
            with self._turns.one(EdsServiceAway):
                iin = asyncio.run(self._signer(asked, cms))
        except (msgspec.DecodeError, IinInvalid, UnicodeError, binascii.Error):
            raise ProofInvalid(tries_left=asked.tries_left) from None
        self._challenges.use(asked)
        adult = iin.age_on(civil_date(self._clock())) >= self._limits.years
        return Proven(Method.EDS, self._keys.resident(Method.EDS, iin.digits), adult)

    async def _signer(self, asked: Asked, cms: str) -> Iin:
        """Whose signature under our text this is; ProofInvalid when it is not one that holds today."""
        verified = _verified(await self._ask(asked, "/cms/verify", {"cms": cms, "revocationCheck": _CHECKS}))
        extracted = _extracted(await self._ask(asked, "/cms/extract", {"cms": cms}))
        signed = base64.b64decode(extracted.data, validate=True)
        certificates = [each for signer in verified.signers for each in signer.certificates]
        ours = hmac.compare_digest(signed, self._text(asked.challenge_id, asked.secret).encode())
        if not (ours and verified.valid and len(verified.signers) == 1 and len(certificates) == 1):
            raise ProofInvalid(tries_left=asked.tries_left)
        only = certificates[0]
        if not (only.valid and _PERSON in only.key_user and _not_revoked(only)):
            raise ProofInvalid(tries_left=asked.tries_left)
        return Iin.parse(only.subject.iin)

    async def _ask(self, asked: Asked, path: str, question: dict[str, object]) -> bytes:
        try:
            async with new_client(self._address) as client:
                client.headers["content-type"] = "application/json"
                body = msgspec.json.encode(question)
                answer: Answer = await fetch(client, self._address + path, _ANSWER, body)
        except NotAnswered:
            raise EdsServiceAway from None
        if answer.status >= _ITS_OWN_FAULT:
            raise EdsServiceAway
        if answer.status != _OK:
            raise ProofInvalid(tries_left=asked.tries_left)
        return answer.body

    def _text(self, challenge_id: UUID, nonce: bytes) -> str:
        """Names us, so that a signature given to another site is no use here, nor ours there."""
        return f"dauys.sign-in.v1\n{self._audience}\n{challenge_id}\n{nonce.hex()}\n"


def _not_revoked(certificate: _Certificate) -> bool:
    """Both registers were asked and neither has it; silence is not an answer."""
    asked = {each.by for each in certificate.revocations}
    return asked >= set(_CHECKS) and not any(each.revoked for each in certificate.revocations)
