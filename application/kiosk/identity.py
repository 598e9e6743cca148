"""Who a kiosk is: its key, made on the device and never leaving it, and what it learned when it was enrolled.

    <folder>/key            the Ed25519 seed in hex, mode 0600, made before the code is used
    <folder>/identity.json  kiosk id, server, audience, and the log's verifier key, pinned from now on
A crash between the two leaves a key without an identity: the same code enrols the same key again, and nothing is recorded twice.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application import base64url
from application.kiosk import files
from application.kiosk.faults import KioskFault
from application.kiosk.server import Server
from application.log.note import Verifier

_KEY, _IDENTITY = "key", "identity.json"
_OTHERS = 0o077


class KioskFolderInvalid(KioskFault):
    """The folder is not that of an enrolled kiosk, or not of this one; the text says what is wrong and how to mend it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """`audience` goes into every delivery; `log_key` is a C2SP verifier key."""

    kiosk_id: UUID
    url: str
    audience: str
    log_key: str

    @property
    def verifier(self) -> Verifier:
        return Verifier.parse(self.log_key)


class _Enrolled(msgspec.Struct):
    kiosk_id: UUID
    audience: str
    log_key: str


def enrol(folder: Path, url: str, code: str) -> Identity:
    """Trade the one-time `code` for an identity. KioskStopped when the server refuses it, NotReached when it is away."""
    if (folder / _IDENTITY).exists():
        raise KioskFolderInvalid(f"{folder} is enrolled already; a new kiosk takes a new folder")
    files.make_folder(folder)
    if not (folder / _KEY).exists():
        _make_key(folder)
    key = read_key(folder)
    with Server(url) as server:
        body = server.enrol(code, base64url.to_text(key.public_key().public_bytes_raw()))
    enrolled = msgspec.json.decode(body, type=_Enrolled)
    identity = Identity(enrolled.kiosk_id, url, enrolled.audience, enrolled.log_key)
    _ = identity.verifier  # refuses a key that no receipt could be checked with
    files.write(folder / _IDENTITY, msgspec.json.encode(asdict(identity)))
    return identity


def read_identity(folder: Path) -> Identity:
    try:
        return msgspec.json.decode((folder / _IDENTITY).read_bytes(), type=Identity)
    except FileNotFoundError:
        raise KioskFolderInvalid(
            f"{folder} is not enrolled; do it with: dauys kiosk enrol CODE --folder {folder}"
        ) from None
    except msgspec.MsgspecError:
        raise KioskFolderInvalid(f"{folder / _IDENTITY} is damaged; enrol a new kiosk") from None


def read_key(folder: Path) -> Ed25519PrivateKey:
    path = folder / _KEY
    if not path.exists():
        raise KioskFolderInvalid(f"{path} is missing; without it nothing can be delivered: enrol a new kiosk")
    if path.stat().st_mode & _OTHERS:
        raise KioskFolderInvalid(f"others may read {path}; mend it with: chmod 600 {path}")
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii")))
    except ValueError:
        raise KioskFolderInvalid(f"{path} holds no key; enrol a new kiosk") from None


def _make_key(folder: Path) -> None:
    files.write(folder / _KEY, Ed25519PrivateKey.generate().private_bytes_raw().hex().encode())
