"""Time-based one-time codes (RFC 6238): SHA-1, six digits, 30 seconds, because every authenticator app knows these and no others.

A code of the present step is right, and of the one before and after it, because clocks differ; each is right only once.
"""

import hmac
from datetime import datetime
from typing import ClassVar, Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from domain.errors import Refused

SECRET_BYTES: Final = 20
DIGITS: Final = 6
STEP_SECONDS: Final = 30
_STEPS_AROUND: Final = 1


class CodeWrong(Refused):
    """It is not the code of this moment, or was used before."""

    code: ClassVar[str] = "one_time_code_wrong"


def code_at(secret: bytes, at: datetime) -> str:
    """The code that an authenticator app shows at that moment."""
    return _code(secret, _step(at))


def step_of(secret: bytes, code: str, at: datetime, newest_used: int) -> int:
    """The time step whose code this is; CodeWrong when it is none of the steps around `at` that are newer than `newest_used`."""
    typed = "".join(code.split()).encode("utf-8", "replace")
    now, found = _step(at), None
    for step in range(now - _STEPS_AROUND, now + _STEPS_AROUND + 1):
        if hmac.compare_digest(_code(secret, step).encode(), typed) and step > newest_used:
            found = step
    if found is None:
        raise CodeWrong
    return found


def enrolment_uri(secret: bytes, login: str, issuer: str) -> str:
    """What the QR code holds (the `otpauth:` key URI that authenticator apps read)."""
    return _totp(secret).get_provisioning_uri(login, issuer)


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def _code(secret: bytes, step: int) -> str:
    return _totp(secret).generate(step * STEP_SECONDS).decode()


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - HMAC-SHA-1 is what RFC 6238 and the apps mean
