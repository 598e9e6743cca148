"""A witness: cosigns a log's checkpoint if it extends the last one it cosigned, and never two histories (c2sp.org/tlog-witness).

- What it has cosigned last is checked and replaced under one lock, and on disk, *before* the cosignature is given away: requests
  in any order, from any number of threads and processes, and a power cut at any moment, never roll a log back.
- One file per log holds the log's key and that checkpoint together, so a lost file means an unknown log, never one at size zero.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

import msgspec

from application.durable_files import alone, create_file, replace_file
from application.log.cosignature import WitnessSigner
from application.log.fork import Fork, encode_fork, same_size
from application.log.merkle import EMPTY_ROOT, ProofInvalid, verify_consistency
from application.log.note import (
    Checkpoint,
    NoteInvalid,
    Verifier,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
)
from application.witness.request import AddCheckpoint, RequestInvalid

PROOFS = "forks"
"""Folder, beside what was cosigned, for proofs that a log has signed two histories."""


class UnknownLog(Exception):  # noqa: N818 - a statement of fact, as the others here
    """The checkpoint is of a log that the witness was not told to trust."""


class NotSigned(Exception):  # noqa: N818 - as UnknownLog
    """The log's key has not signed the checkpoint."""


class SizeConflict(Exception):  # noqa: N818 - as UnknownLog
    """The request does not start from `size`, that of the checkpoint cosigned last, or has another root of that size."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class AlreadyTrusted(Exception):  # noqa: N818 - as UnknownLog
    """A log of this origin is trusted already; its key is never replaced."""


class _Log(msgspec.Struct, frozen=True):
    """A trusted log: its verifier key and the checkpoint cosigned last. `root` in hex; `note` as the log signed it, or empty."""

    FORMAT: ClassVar[str] = "dauys.witnessed-log.v1"

    format: str
    verifier: str
    size: int
    root: str
    note: str


class Witness:
    """Its trusted logs are files in `folder`, named by the SHA-256 of their origin, so that no origin is a path."""

    def __init__(self, folder: Path, signer: WitnessSigner, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._signer = signer
        self._now = now

    def add_checkpoint(self, request: AddCheckpoint) -> str:
        """The cosignature line; an exception of this module, RequestInvalid or ProofInvalid when there is none to be had."""
        text, checkpoint = _stated(request.note)
        path = self._path(checkpoint.origin)
        if not path.exists():
            raise UnknownLog
        with alone(path.with_suffix(".lock")):
            log = msgspec.json.decode(path.read_bytes(), type=_Log)
            verifier = Verifier.parse(log.verifier)
            try:
                open_checkpoint(request.note, verifier)
            except NoteInvalid:
                raise NotSigned from None
            if _is_forked(checkpoint, log):
                self._keep_proof(path.name, same_size(verifier, log.note, request.note))
            _check(request, checkpoint, log)
            if checkpoint.size > log.size or not log.note:
                cosigned = _Log(
                    log.format, log.verifier, checkpoint.size, checkpoint.root.hex(), request.note
                )
                replace_file(path, msgspec.json.encode(cosigned))
            # Under the lock, too: by its time the cosignature says that this is the largest tree seen.
            return self._signer.signature_line(text, int(self._now().timestamp()))

    def trust(self, log: Verifier) -> None:
        """Cosign this log from now on, beginning with whatever checkpoint comes first; AlreadyTrusted for a known origin."""
        self._folder.mkdir(parents=True, exist_ok=True)
        unseen = _Log(_Log.FORMAT, str(log), 0, EMPTY_ROOT.hex(), "")
        try:
            create_file(self._path(log.name), msgspec.json.encode(unseen))
        except FileExistsError:
            raise AlreadyTrusted(f"a log {log.name} is trusted already") from None

    def trusted(self) -> dict[str, int]:
        """Verifier key of each trusted log → size of the checkpoint cosigned last, 0 if none."""
        logs = [msgspec.json.decode(path.read_bytes(), type=_Log) for path in self._folder.glob("*.json")]
        return {log.verifier: log.size for log in sorted(logs, key=lambda log: log.verifier)}

    def _keep_proof(self, name: str, fork: Fork) -> None:
        """The first one about a log; nobody but the holder of the log's key can make us write another."""
        proofs = self._folder / PROOFS
        proofs.mkdir(exist_ok=True)
        with suppress(FileExistsError):
            create_file(proofs / name, encode_fork(fork))

    def _path(self, origin: str) -> Path:
        return self._folder / f"{sha256(origin.encode()).hexdigest()}.json"


def _stated(note: str) -> tuple[str, Checkpoint]:
    """Text and content of a checkpoint, whoever signed it."""
    try:
        text, _ = parse_note(note)
        return text, parse_checkpoint(text)
    except NoteInvalid as invalid:
        raise RequestInvalid(str(invalid)) from None


def _is_forked(checkpoint: Checkpoint, log: _Log) -> bool:
    """Whether the log has signed another root than before for a size that has entries."""
    return 0 < checkpoint.size == log.size and checkpoint.root.hex() != log.root


def _check(request: AddCheckpoint, checkpoint: Checkpoint, log: _Log) -> None:
    """In the order of the specification, so that each lie has its own answer."""
    if request.old_size > checkpoint.size:
        raise RequestInvalid("the old size is larger than the checkpoint's")
    root = bytes.fromhex(log.root)
    if request.old_size != log.size or (checkpoint.size == log.size and checkpoint.root != root and log.size):
        raise SizeConflict(log.size)
    if log.size:
        verify_consistency(log.size, root, checkpoint.size, checkpoint.root, request.path)
    elif request.path:
        raise ProofInvalid("nothing is to be proven from size zero")
    elif not checkpoint.size and checkpoint.root != EMPTY_ROOT:
        raise ProofInvalid("an empty tree has one root only")
