"""The deployment's secrets: 32-byte keys in files of mode 0600 under `<home>/keys`, made once, never printed.

- log: seeds the Ed25519 key that signs checkpoints.  - roll: keys the HMAC that hides IINs, and seals desks' tickets.
- resident: keys the HMAC that hides how residents prove who they are; another than the roll's, so that nobody joins the two.
- witness: seeds the Ed25519 key of a witness, in a home of its own.  - accounts: seals what accounts must keep secret.
- spool: the X25519 key that kiosks in a browser seal waiting deliveries to; without it they are lost.
A crash while a key is made leaves no half-written key: it is written beside and linked into place.
"""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.log.cosignature import WitnessSigner
from application.log.note import LogSigner
from application.sealing import Sealing
from domain.iin import Iin

_KEY_BYTES = 32
_NONCE_BYTES = 12
_OTHERS = 0o077


class KeyFileUnsafe(Exception):  # noqa: N818 - a statement of fact for the operator
    """A key file that others may read, or that does not hold a key."""


class SealBroken(Exception):  # noqa: N818 - as KeyFileUnsafe
    """What is stored was not sealed under this key for this owner: the key file was replaced, or a row was moved."""


class Keys:
    """Reads keys on first use and makes those that are missing. `repr` shows the folder only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, bytes] = {}

    def log_signer(self, origin: str) -> LogSigner:
        return LogSigner(origin, self._key("log"))

    def witness_signer(self, name: str) -> WitnessSigner:
        return WitnessSigner(name, self._key("witness"))

    def person(self, iin: Iin) -> bytes:
        """What stands on the roll for a person: HMAC-SHA-256 of the IIN, 32 bytes, useless without the roll key."""
        return hmac.digest(self._key("roll"), iin.digits.encode(), sha256)

    def sealed(self, secret: bytes, owner: bytes) -> bytes:
        """AES-256-GCM under the accounts key: a random nonce of 12 bytes, then the ciphertext; opens for the same `owner` only."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._key("accounts")).encrypt(nonce, secret, owner)

    def unsealed(self, stored: bytes, owner: bytes) -> bytes:
        nonce, ciphertext = stored[:_NONCE_BYTES], stored[_NONCE_BYTES:]
        try:
            return AESGCM(self._key("accounts")).decrypt(nonce, ciphertext, owner)
        except InvalidTag:
            raise SealBroken(
                "accounts.key is not the key that this was sealed with; restore it from its copy"
            ) from None

    def resident(self, purpose: str, text: str) -> bytes:
        """HMAC-SHA-256 of a text about a resident, 32 bytes; those for one purpose have nothing to do with another's."""
        return hmac.digest(self._key("resident"), f"{purpose}\0{text}".encode(), sha256)

    def ticket_key(self) -> bytes:
        """Seals a desk's tickets for minutes: 32 bytes. No IIN has this text, so nothing on a roll tells of the key."""
        return hmac.digest(self._key("roll"), b"dauys desk ticket v1", sha256)

    def sealing(self) -> Sealing:
        return Sealing(self._key("spool"))

    def __repr__(self) -> str:
        return f"Keys({str(self._folder)!r})"

    def _key(self, name: str) -> bytes:
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def _read(self, name: str) -> bytes:
        path = self._folder / f"{name}.key"
        if not path.exists():
            self._make(path)
        if path.stat().st_mode & _OTHERS:
            raise KeyFileUnsafe(f"others may read {path}; mend it with: chmod 600 {path}")
        try:
            key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:
            raise KeyFileUnsafe(
                f"{path} does not hold a key of {_KEY_BYTES} bytes in hex; restore it from its copy"
            )
        return key

    def _make(self, path: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)  # refuses to replace a key that another process made meanwhile
        except FileExistsError:
            pass
        finally:
            beside.unlink()
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)  # or a power cut takes the key away that the log is already signed with
        finally:
            os.close(folder)
