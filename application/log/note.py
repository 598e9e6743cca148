"""Checkpoints: the log's size and root as a C2SP signed note (c2sp.org/signed-note, c2sp.org/tlog-checkpoint).

One signature type, Ed25519 (0x01). The key's name is the log's origin, so a note of one log never opens as another's.
A note is text: what is signed is its bytes up to and including the newline before the blank line.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.log.merkle import MAX_TREE_HEIGHT
from application.signatures import verify_ed25519

MAX_NOTE_BYTES = 131_072
"""Room for sixteen post-quantum cosignatures of 5 kB, which every verifier must accept."""
MAX_SIGNATURES = 16
"""Signature lines in a note; as many as every verifier must accept."""

BASE64 = (
    r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)"
)
"""Pattern of RFC 4648 §4 in its one canonical spelling, at least one byte."""
HASH_BASE64 = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
"""As BASE64, of exactly 32 bytes."""

_KEY_BYTES = 32
_KEY_ID_BYTES = 4
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_VERIFIER = re.compile(rf"(?P<name>[^+]+)\+(?P<key_id>[0-9a-f]{{8}})\+(?P<key>{BASE64})")
_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_SIGNATURE_LINE = re.compile(rf"— (?P<name>[^\s+]+) (?P<blob>{BASE64})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteInvalid(ValueError):  # noqa: N818 - reads as the answer it is
    """A note, or a verifier key, is malformed or not signed by the expected key; the message says why."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A log's public key and name, written `<name>+<key id in hex>+<base64(0x01 ‖ public key)>`."""

    signature_type: ClassVar[bytes] = b"\x01"

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise NoteInvalid(
                "a key name is UTF-8, not empty, without spaces, plus signs or control characters"
            )
        if len(self.public_key) != _KEY_BYTES:
            raise NoteInvalid("an Ed25519 public key is 32 bytes")

    @classmethod
    def parse(cls, text: str) -> Self:
        match = _VERIFIER.fullmatch(text)
        key = b64decode(match["key"]) if match else b""
        if not match or key[:1] != cls.signature_type:
            raise NoteInvalid(f"not an Ed25519 verifier key of signature type 0x{cls.signature_type.hex()}")
        verifier = cls(match["name"], key[1:])
        if match["key_id"] != verifier.key_id.hex():
            raise NoteInvalid("the key id does not belong to the name and key")
        return verifier

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256(name ‖ newline ‖ type ‖ public key): tells keys apart, proves nothing."""
        return sha256(self.name.encode() + b"\n" + self._typed_key).digest()[:_KEY_ID_BYTES]

    @property
    def _typed_key(self) -> bytes:
        return self.signature_type + self.public_key

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(self._typed_key).decode()}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note; nothing of it verified. `line` has its newline."""

    name: str
    key_id: bytes
    bytes_: bytes
    line: str

    def is_by(self, verifier: Verifier) -> bool:
        """Whether it claims to be; only then may, and must, it be verified with that key."""
        return (self.name, self.key_id) == (verifier.name, verifier.key_id)


class LogSigner:
    """The log's private key (a 32-byte RFC 8032 seed) with the log's origin. Shows neither seed nor key."""

    def __init__(self, origin: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(origin, self._key.public_key().public_bytes_raw())
        self._key_id = self.verifier.key_id

    @property
    def origin(self) -> str:
        return self.verifier.name

    def signature_line(self, text: str) -> str:
        return signature_line(self.origin, self._key_id + self._key.sign(text.encode()))

    def __repr__(self) -> str:
        return f"LogSigner({self.origin!r})"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log commits to: a tree of `size` leaves has the RFC 6962 root `root` (32 bytes)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def signature_line(name: str, blob: bytes) -> str:
    """`blob` is the key id and the signature."""
    return f"— {name} {b64encode(blob).decode()}\n"


def sign_checkpoint(size: int, root: bytes, signer: LogSigner) -> str:
    text = f"{signer.origin}\n{size}\n{b64encode(root).decode()}\n"
    return f"{text}\n{signer.signature_line(text)}"


def open_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint in a note that `verifier`'s key has signed; NoteInvalid for anything else."""
    checkpoint = parse_checkpoint(open_note(note, verifier))
    if checkpoint.origin != verifier.name:
        raise NoteInvalid("the checkpoint is of another log")
    return checkpoint


def open_note(note: str, verifier: Verifier) -> str:
    """The signed text of a note. Signatures by other keys are ignored, a wrong one by this key is not."""
    text, signatures = parse_note(note)
    expected = [signature for signature in signatures if signature.is_by(verifier)]
    if not expected:
        raise NoteInvalid("not signed by the expected key")
    if not all(
        verify_ed25519(verifier.public_key, text.encode(), signature.bytes_) for signature in expected
    ):
        raise NoteInvalid("wrong signature")
    return text


def parse_note(note: str) -> tuple[str, list[Signature]]:
    """Text and signatures of a note, nothing verified: the text must be ignored until one of them is."""
    text, lines = _split(note)
    return text, [_parse_signature(line) for line in lines]


def _parse_signature(line: str) -> Signature:
    match = _SIGNATURE_LINE.fullmatch(line)
    blob = b64decode(match["blob"]) if match else b""
    key_id, signature = blob[:_KEY_ID_BYTES], blob[_KEY_ID_BYTES:]
    if not match or not signature:
        raise NoteInvalid("malformed signature line")
    return Signature(match["name"], key_id, signature, f"{line}\n")


def _split(note: str) -> tuple[str, list[str]]:
    """Signed text and signature lines (without newlines), parted by the last empty line."""
    try:
        size_bytes = len(note.encode())
    except UnicodeEncodeError:
        raise NoteInvalid("the note is not valid UTF-8") from None
    if size_bytes > MAX_NOTE_BYTES:
        raise NoteInvalid("the note is too long")
    if _CONTROL.search(note):
        raise NoteInvalid("the note has control characters")
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise NoteInvalid("the note does not end in signature lines")
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteInvalid("the note has too many signatures")
    return text + "\n", lines


def parse_checkpoint(text: str) -> Checkpoint:
    """What the signed text of a checkpoint says."""
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):  # noqa: PLR2004 - origin, size, root
        raise NoteInvalid("a checkpoint is origin, size and root, and has no empty line")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size) or int(size) >> MAX_TREE_HEIGHT:
        raise NoteInvalid("the tree size is not a decimal number below 2^63")
    if not re.fullmatch(HASH_BASE64, root):
        raise NoteInvalid("the root hash is not 32 bytes in canonical base64")
    return Checkpoint(origin, int(size), b64decode(root), tuple(extensions))
