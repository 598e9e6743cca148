"""The published result, recomputed from what anyone can download: checkpoint, entries and the frozen paper. Nothing else is asked.

What must agree: the root over all entries with the signed checkpoint; the root at the conclusion's own checkpoint; the
conclusion's bytes with those recomputed; its SHA-256 with the one in the log; and every sampled receipt with its entry.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from itertools import islice
from typing import Any, Self
from uuid import UUID

import httpx
import msgspec

from api.election.messages import Kept
from application.conclusions import document
from application.kiosk.receipts import check_entry
from application.log.merkle import Frontier, GrowingTree, leaf_hash
from application.log.note import Checkpoint, Verifier, open_checkpoint
from application.log.receipt import ReceiptInvalid, parse_receipt
from application.log.tiles import TILE_WIDTH, TilePath, decode_bundle
from application.recount import recount
from application.trust import trust_for
from domain.conclusion import Conclusion

_TIMEOUT_SECONDS = 60.0


class DownloadFailed(Exception):  # noqa: N818 - a statement of fact for whoever checks
    """The log could not be downloaded; nothing is known about whether it is right."""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """`differences` in plain words, none when everything agrees; `checkpoint` is the newest signed note."""

    checkpoint: str
    entries: int
    receipts: int
    conclusion: dict[str, Any] = field(repr=False)
    differences: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        return not self.differences


class PublicLog:
    """A deployment's public side over HTTP, used as a context. Every answer is taken as a claim."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(
            base_url=url, verify=trust_for(url), timeout=_TIMEOUT_SECONDS, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def checkpoint(self) -> str:
        return self._get("/log/checkpoint").decode()

    def document(self, digest: str) -> bytes:
        body = self._get(f"/v1/documents/{digest}")
        if sha256(body).hexdigest() != digest:
            raise DownloadFailed("a document is not what its SHA-256 says")
        return body

    def entries(self, size: int) -> Iterator[bytes]:
        """The first `size` entries, in order."""
        for start in range(0, size, TILE_WIDTH):
            path = TilePath(None, start // TILE_WIDTH, min(TILE_WIDTH, size - start))
            yield from decode_bundle(self._get(f"/log/{path}"))

    def _get(self, path: str) -> bytes:
        try:
            response = self._client.get(path)
        except httpx.TransportError as fault:
            raise DownloadFailed(f"{path}: {type(fault).__name__}") from None
        if response.status_code == HTTPStatus.FORBIDDEN:
            raise DownloadFailed(
                "another round of this log is still open, so its ballots are withheld; wait until it has closed"
            )
        if response.status_code != HTTPStatus.OK:
            raise DownloadFailed(f"{path}: HTTP {response.status_code}")
        return response.content


class _Watched:
    """The entries on their way to the recount: hashed for the whole log's root, and looked at where something must agree."""

    def __init__(self, round_id: UUID, wanted: Iterable[int], advance: Callable[[int], object]) -> None:
        self._conclusion = str(Conclusion.create_id(round_id)).encode()
        self._wanted = set(wanted)
        self._advance = advance
        self._frontier = Frontier(0, ())
        self._unhashed: list[bytes] = []
        self.size = 0
        self.kept: dict[int, bytes] = {}
        self.published = ""

    def watch(self, entries: Iterable[bytes]) -> Iterator[bytes]:
        for entry in entries:
            if self.size in self._wanted:
                self.kept[self.size] = entry
            if self._conclusion in entry and Conclusion.Published.TOPIC.encode() in entry:
                self.published = msgspec.json.decode(entry)["state"]["document_digest"]
            self.size += 1
            self._unhashed.append(entry)
            if len(self._unhashed) == TILE_WIDTH:
                self.root()
                self._advance(TILE_WIDTH)
            yield entry

    def root(self) -> bytes:
        """Over everything so far; the leaves themselves are forgotten."""
        tree = GrowingTree(self._frontier)
        for entry in self._unhashed:
            tree.append(leaf_hash(entry))
        self._frontier, self._unhashed = tree.frontier(), []
        return self._frontier.root()


def recompute(
    url: str,
    round_id: UUID,
    digest: str,
    log_key: str,
    kept: list[Kept],
    advance: Callable[[int], object],
) -> Recomputed:
    """Hold the conclusion with SHA-256 `digest` against the log. `log_key`: the verifier key as the kiosks pinned it."""
    verifier = Verifier.parse(log_key)
    with PublicLog(url) as public:
        note = public.checkpoint()
        signed = open_checkpoint(note, verifier)
        published = public.document(digest)
        said = msgspec.json.decode(published)
        watched = _Watched(round_id, (one.position - 1 for one in kept), advance)
        entries = watched.watch(public.entries(signed.size))
        counted = recount(islice(entries, said["checkpoint"]["size"]), round_id, public.document)
        again = document(
            counted, signed.origin, number=said["number"], replaces=said["replaces"], reason=said["reason"]
        )
        for _ in entries:
            pass  # the rest of the log, which the recount does not need and the checkpoint commits to
    agreements = {
        "the entries do not give the root of the signed checkpoint": watched.root() == signed.root,
        "the entries do not give the root that the conclusion names": counted.root
        == said["checkpoint"]["root"],
        "the conclusion recomputed from the log has other bytes than the published one": again == published,
        "the log does not name this conclusion as published": watched.published == digest,
    }
    differences = [words for words, agrees in agreements.items() if not agrees]
    differences += _wrong_receipts(kept, watched.kept, verifier, signed)
    return Recomputed(note, signed.size, len(kept), said, tuple(differences))


def _wrong_receipts(
    kept: list[Kept], entries: dict[int, bytes], verifier: Verifier, newest: Checkpoint
) -> Iterator[str]:
    for one in kept:
        try:
            promised = check_entry(
                parse_receipt(one.receipt), entries[one.position - 1], one.ballot, verifier
            )
        except (ReceiptInvalid, KeyError) as wrong:
            yield f"the receipt for position {one.position} does not hold: {wrong}"
        else:
            if promised.size > newest.size:
                yield f"the receipt for position {one.position} promises a longer log than there is"
