"""Files that enter the log by their SHA-256 alone: minutes, letters, acts."""

from hashlib import sha256
from pathlib import Path

_CHUNK_BYTES = 1 << 20


def digest_of_file(path: Path) -> str:
    """Its SHA-256 in hex, read in bounded memory."""
    with path.open("rb") as file:
        digest = sha256()
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
