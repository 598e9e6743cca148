# ruff: noqa: INP001 - one file on its own, by design
"""Checks a Dauys bundle (docs/bundle.md) without Dauys: one file, Python 3.11 or newer, nothing to install.

    python3 -I verify.py BUNDLE.zip [--since OLDER-BUNDLE-OR-CHECKPOINT] [--lang kk|ru|en]

It proves that every entry stands under a signed checkpoint and nothing was removed or changed since you last looked; that each
ballot was signed by a code registered for its unit before voting opened, stands inside the voting window and is counted once;
that the paper was frozen; that the ten-voter rule was kept; and that everything published is exactly what the ballots give.

It does NOT prove that a kiosk showed the voter what it signed, that slips were handed to the right people, that the log holds
what nobody ever recorded, or that nobody was forced. docs/auditors.md says what a commission does about each of these.

Twelve steps, each a function `step_…` under «The twelve steps»; read from there. What it says stands at the end, under «Words».
Exit code: 0 every step that could be checked passed, 1 one failed, 2 the file cannot be read as a bundle. Nothing is written
except to the screen and to --json; nothing is ever unpacked.
"""

import argparse
import base64
import csv
import functools
import hashlib
import io
import json
import multiprocessing
import os
import random
import re
import secrets
import struct
import sys
import time
import zipfile
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby, pairwise, zip_longest
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, NoReturn, Self

VERSION = "1"
FORMAT = "dauys.bundle.v1"
RULES = "dauys-rules-1"
TEN_VOTERS = 10
MOST_POINTS = 1_000_000
MOST_FILES, MOST_BYTES = 200_000, 4 << 30
MOST_TILE_BYTES, MOST_MANIFEST_BYTES, MOST_DOCUMENT_BYTES = 256 * 65_537, 64 << 20, 16 << 20
MOST_LINE_BYTES, MOST_NOTE_BYTES = 256 << 10, 131_072
KEPT_FAILURES = 100
"""Failures of one step that are told one by one; the rest are counted."""

Json = Any
MALFORMED = (
    *(KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, OverflowError),
    *(StopIteration, csv.Error),
)
"""What Python raises when a file that may hold anything does not hold what it must."""


class Unreadable(Exception):  # noqa: N818 - a statement of fact
    """This is not a bundle that can be checked at all; `what` is a key of TEXTS."""

    def __init__(self, what: str, where: str = "") -> None:
        super().__init__(what)
        self.what, self.where = what, where


# ---- The record: steps, what they counted, what they found. -------------------------------------------------------------------


class Step:
    """One numbered step; as a context it takes the time and turns malformed input into a failure."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.items = self.failed = 0
        self.seconds = 0.0
        self.failures: list[dict[str, str]] = []
        self.remarks: list[tuple[str, str]] = []
        self.status = "passed"

    def fail(self, what: str, where: object = "", detail: object = "") -> None:
        self.failed += 1
        self.status = "failed"
        if len(self.failures) < KEPT_FAILURES:
            self.failures.append({"id": what, "where": str(where), "detail": str(detail)})

    def expect(self, what: str, where: object, found: object, right: object) -> None:
        """Fail unless `found` equals `right`; both are shown, shortened."""
        if found != right:
            self.fail(what, where, f"{found!r:.200} ≠ {right!r:.200}")

    def remark(self, what: str, detail: object = "") -> None:
        if len(self.remarks) < KEPT_FAILURES:
            self.remarks.append((what, str(detail)))

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        return self

    def __exit__(
        self, _: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> bool:
        self.seconds += time.perf_counter() - self._began
        if isinstance(fault, MALFORMED):
            self.fail("malformed", detail=repr(fault)[:200])
            return True
        return False


# ---- Canonical JSON: one value, one text (RFC 8785 with whole numbers only). --------------------------------------------------


def _refuse(_: str) -> NoReturn:
    raise ValueError("a number is not whole")


_read = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse).raw_decode


def parse(text: str) -> Json:
    """The value of JSON with nothing around it; ValueError for anything else."""
    value, end = _read(text)
    if end != len(text):
        raise ValueError("something stands behind the value")
    return value


# Keys are sorted by code point, which for ASCII keys, and ours are, is what the RFC asks for.
write = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
).encode


def is_canonical(value: Json, data: bytes) -> bool:
    """Whether `data` is the one way to write `value`; a key that stood twice does not come out again."""
    try:
        return write(value).encode() == data
    except MALFORMED:
        return False


# ---- Ed25519 (RFC 8032), verification only. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z. ---------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
D2 = 2 * D % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]
Cached = tuple[int, int, int, int]
"""A point prepared for being added: (Y + X, Y − X, 2Z, 2dT)."""
NEUTRAL: Point = (0, 1, 1, 0)
KEY_BYTES, SIGNATURE_BYTES = 32, 64


def to_point(data: bytes) -> Point | None:
    """The point that 32 bytes encode, or None when they encode none, or not in the one allowed way."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * SQRT_MINUS_1 % P
    if y >= P or v * x * x % P != u or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def cached(point: Point) -> Cached:
    x, y, z, t = point
    return y + x, y - x, 2 * z, t * D2 % P


def add(point: Point, other: Cached) -> Point:
    x, y, z, t = point
    plus, minus, z2, t2 = other
    a, b, c, d = (y - x) * minus, (y + x) * plus, t * t2, z * z2
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(point: Point) -> Point:
    x, y, z, _ = point
    a, b = x * x, y * y
    h, e = a + b, (x + y) * (x + y)
    e, g = (h - e) % P, (a - b) % P
    f = (2 * z * z + g) % P
    h %= P
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiples(point: Point, most: int) -> list[Cached]:
    """0, 1, … `most` times the point."""
    found, step = [NEUTRAL], cached(point)
    for _ in range(most):
        found.append(add(found[-1], step))
    return [cached(each) for each in found]


def table_of(point: Point) -> list[list[Cached]]:
    """For a point used again and again: multiples of 256^i times it, so that a product takes 32 additions and no doubling."""
    table = []
    for _ in range(32):
        table.append(multiples(point, 255))
        for _ in range(8):
            point = double(point)
    return table


def from_table(start: Point, number: int, table: list[list[Cached]]) -> Point:
    for byte, row in zip(number.to_bytes(32, "little"), table, strict=True):
        if byte:
            start = add(start, row[byte])
    return start


def times(number: int, point: Point) -> Point:
    """`number` times a point used once: four doublings and one addition for each of 64 hexadecimal digits.

    Two of three multiplications of all the program's are here, so `double` is written out, without T where nothing is added.
    """
    small, (x, y, z, t) = multiples(point, 15), NEUTRAL
    for digit in f"{number:064x}":
        for _ in range(4):
            a, b, c = x * x, y * y, x + y
            h, g = a + b, (a - b) % P
            e, f = (h - c * c) % P, (2 * z * z + g) % P
            x, y, z = e * f % P, g * h % P, f * g % P
        t = e * h % P
        if digit != "0":
            x, y, z, t = add((x, y, z, t), small[int(digit, 16)])
    return x, y, z, t


def negated(key: bytes) -> Point | None:
    """Minus the key's point; None for bytes that are no key, or one of small order, for which anybody can sign."""
    point = to_point(key) if len(key) == KEY_BYTES else None
    if point is None or double(double(double(point)))[0] == 0:
        return None
    x, y, z, t = point
    return P - x, y, z, P - t


@functools.cache
def base_table() -> list[list[Cached]]:
    base = to_point(b"\x58" + b"\x66" * 31)
    assert base is not None
    return table_of(base)


@functools.cache
def negated_table(key: bytes) -> list[list[Cached]] | None:
    """For a key that signs again and again, as the log's does."""
    point = negated(key)
    return None if point is None else table_of(point)


def verify(key: bytes, message: bytes, signature: bytes, *, often: bool = False) -> bool:
    """Whether `signature` by `key` covers `message`: whether [s]B − [k]A is the R that it begins with. `often`: keep a table."""
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    if often:
        table = negated_table(key)
        started = None if table is None else from_table(NEUTRAL, k, table)
    else:
        point = negated(key)
        started = None if point is None else times(k, point)
    if started is None or len(signature) != SIGNATURE_BYTES or s >= ORDER:
        return False
    x, y, z, _ = from_table(started, s, base_table())
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# ---- Signed notes and checkpoints (c2sp.org/signed-note, /tlog-checkpoint, /tlog-cosignature, /tlog-policy). -------------------

LOG_KEY, WITNESS_KEY = b"\x01", b"\x04"
BASE64 = (
    r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)"
)


class Key(NamedTuple):
    """A verifier key: `<name>+<key id>+<base64(type ‖ 32 bytes)>`."""

    name: str
    id: bytes
    public: bytes


class Checkpoint(NamedTuple):
    """`note` is all of it, `text` what is signed, `signatures` are (name, key id, signature)."""

    origin: str
    size: int
    root: bytes
    note: str
    text: str
    signatures: list[tuple[str, bytes, bytes]]


def read_key(text: str, kind: bytes) -> Key:
    """ValueError unless `text` is a verifier key of this kind with a usable public key."""
    match = re.fullmatch(rf"([^+\s]+)\+([0-9a-f]{{8}})\+({BASE64})", text)
    blob = base64.b64decode(match[3]) if match else b""
    if not match or blob[:1] != kind or len(blob) != 33:  # noqa: PLR2004 - type and key
        raise ValueError("not a verifier key")
    if hashlib.sha256(match[1].encode() + b"\n" + blob).digest()[:4].hex() != match[2]:
        raise ValueError("the key id is not of this key")
    if negated(blob[1:]) is None:
        raise ValueError("not a point that a key may be")
    return Key(match[1], bytes.fromhex(match[2]), blob[1:])


def read_checkpoint(note: str) -> Checkpoint:
    """ValueError unless `note` is three lines, a blank one, and one to sixteen signature lines: nothing more, nothing less."""
    text, blank, rest = note.rpartition("\n\n")
    head = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)", text)
    if (
        not head
        or not blank
        or not rest.endswith("\n")
        or len(note) > MOST_NOTE_BYTES
        or re.search(r"[\x00-\x09\x0b-\x1f]", note)
    ):
        raise ValueError("not a checkpoint")
    signatures: list[tuple[str, bytes, bytes]] = []
    for line in rest[:-1].split("\n"):
        match = re.fullmatch(rf"— ([^\s+]+) ({BASE64})", line)
        if not match or len(signatures) == 16:  # noqa: PLR2004 - the format's own limit
            raise ValueError("not a signature line")
        blob = base64.b64decode(match[2])
        signatures.append((match[1], blob[:4], blob[4:]))
    return Checkpoint(head[1], int(head[2]), base64.b64decode(head[3]), note, text + "\n", signatures)


def is_signed(checkpoint: Checkpoint, key: Key) -> bool:
    """By this log's key, and wrongly by it nowhere."""
    ours = [
        signature for name, key_id, signature in checkpoint.signatures if (name, key_id) == (key.name, key.id)
    ]
    message = checkpoint.text.encode()
    return (
        bool(ours)
        and checkpoint.origin == key.name
        and all(verify(key.public, message, each, often=True) for each in ours)
    )


class Policy(NamedTuple):
    logs: list[Key]
    witnesses: dict[str, Key]
    groups: dict[str, tuple[int, list[str]]]
    quorum: str


def read_policy(text: str) -> Policy:
    """ValueError for anything that is not a policy; a name must be defined on a line above its use."""
    policy = Policy([], {}, {}, "")
    for words in filter(None, (re.split(r"[ \t]+", line.strip(" \t")) for line in text.split("\n"))):
        known = policy.witnesses.keys() | policy.groups.keys()
        match words:
            case [first, *_] if not first or first.startswith("#"):
                continue
            case ["log", key] | ["log", key, _]:
                policy.logs.append(read_key(key, LOG_KEY))
            case ["witness", name, key] | ["witness", name, key, _] if name not in known and name != "none":
                policy.witnesses[name] = read_key(key, WITNESS_KEY)
            case ["group", name, needed, *members] if name not in known and members and known >= set(members):
                least = {"any": 1, "all": len(members)}.get(needed) or int(needed)
                if not 1 <= least <= len(members) or len(set(members)) != len(members):
                    raise ValueError("a group that cannot be")
                policy.groups[name] = (least, members)
            case ["quorum", name] if not policy.quorum and (name == "none" or name in known):
                policy = policy._replace(quorum=name)
            case _:
                raise ValueError("not a policy line")
    if not policy.quorum or len({key.public for key in policy.witnesses.values()}) != len(policy.witnesses):
        raise ValueError("no quorum, or one witness under two names")
    return policy


# ---- Merkle tree (RFC 6962): all perfect subtrees, a level at a time, 32 bytes each. -------------------------------------------


class Tree:
    def __init__(self, leaves: bytes | bytearray) -> None:
        self.size = len(leaves) // 32
        self.levels: list[bytes | bytearray] = [leaves]
        while len(below := self.levels[-1]) >= 64:  # noqa: PLR2004 - two hashes
            pairs = range(0, len(below) - 63, 64)
            self.levels.append(
                b"".join([hashlib.sha256(b"\x01" + below[i : i + 64]).digest() for i in pairs])
            )

    def root(self, size: int) -> bytes:
        """The root of the first `size` leaves: their perfect subtrees, joined from the right."""
        root, end = b"", size
        for level, row in enumerate(self.levels):
            if size >> level & 1:
                end -= 1 << level
                at = (end >> level) * 32
                left = bytes(row[at : at + 32])
                root = hashlib.sha256(b"\x01" + left + root).digest() if root else left
        return root or hashlib.sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


# ---- The bundle: a ZIP that is hostile until checked. It is read where it lies; nothing of it is ever written anywhere. ----------

ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    NotImplementedError,
    *MALFORMED,
)
REQUIRED = (
    *("manifest.json", "README.txt", "kiosks.json", "log/key.txt", "log/policy.txt", "log/checkpoint.txt"),
    *("log/checkpoints.jsonl", "log/withheld.jsonl"),
)
TILE = re.compile(r"log/tile/entries/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
OF_ROUND = re.compile(
    r"rounds/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"/(paper\.json|credentials\.csv|results\.(?:json|csv|pb)|conclusions/[1-9][0-9]{0,5}\.json)"
)


class _BoundedFile(io.FileIO):
    """A file that is never read in one piece larger than a bundle's table of contents may be, whatever the ZIP asks for."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MOST_MANIFEST_BYTES:
            raise Unreadable("too_large")
        return super().read(size)


class Archive:
    def __init__(self, path: str) -> None:
        self.path = path
        self._file = _BoundedFile(path)
        try:
            self._zip = zipfile.ZipFile(self._file)
            self._check(self._zip.infolist())
        except ZIP_FAULTS:
            self._file.close()
            raise Unreadable("not_a_zip", path) from None
        except Unreadable:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._file.close()

    def _check(self, infos: list[zipfile.ZipInfo]) -> None:
        self.sizes: dict[str, int] = {}
        for info in infos:
            if (
                info.filename not in REQUIRED
                and not TILE.fullmatch(info.filename)
                and not OF_ROUND.fullmatch(info.filename)
            ):
                raise Unreadable("bad_name", repr(info.filename)[:100])
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Unreadable("damaged", info.filename)
            if info.filename in self.sizes:
                raise Unreadable("name_twice", info.filename)
            self.sizes[info.filename] = info.file_size  # the reader below never unpacks more than this
        if len(infos) > MOST_FILES or sum(self.sizes.values()) > MOST_BYTES:
            raise Unreadable("too_large", self.path)
        for name in REQUIRED:
            if name not in self.sizes:
                raise Unreadable("not_here", name)

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self._zip.open(name) as file:
                while chunk := file.read(1 << 20):
                    yield chunk
        except ZIP_FAULTS:
            raise Unreadable("damaged", name) from None

    def read(self, name: str, most: int = MOST_DOCUMENT_BYTES) -> bytes:
        if self.sizes[name] > most:
            raise Unreadable("too_large", name)
        return b"".join(self.chunks(name))

    def text(self, name: str) -> str:
        """A short text, or as much of it as can be read."""
        return self.read(name, MOST_NOTE_BYTES).decode("utf-8", "surrogateescape")

    def lines(self, name: str) -> Iterator[bytes]:
        rest = b""
        for chunk in self.chunks(name):
            *whole, rest = (rest + chunk).split(b"\n")
            if len(rest) > MOST_LINE_BYTES:
                raise Unreadable("too_large", name)
            yield from whole
        if rest:
            yield rest

    def tiles(self) -> list[tuple[int, int, str]]:
        """(index, width, name) of the entry bundles, in order."""
        found = [match for match in map(TILE.fullmatch, self.sizes) if match]
        return sorted((int(re.sub("[x/]", "", match[1])), int(match[2] or 256), match[0]) for match in found)

    def of_rounds(self) -> dict[str, set[str]]:
        """Round → names of the files in its folder."""
        folders: dict[str, set[str]] = defaultdict(set)
        for match in filter(None, map(OF_ROUND.fullmatch, self.sizes)):
            folders[match[1]].add(match[2])
        return dict(folders)

    def manifest(self) -> Json:
        try:
            manifest = parse(self.read("manifest.json", MOST_MANIFEST_BYTES).decode())
            told = manifest["format"]
        except MALFORMED:
            raise Unreadable("damaged", "manifest.json") from None
        if told != FORMAT:
            raise Unreadable("other_format", f"{told!r:.100}")
        return manifest


def split(tile: bytes, name: str) -> list[bytes]:
    """The entries of a bundle, each behind its length in two bytes."""
    entries, end = [], 0
    while end < len(tile):
        start = end + 2
        end = start + int.from_bytes(tile[end:start], "big")
        if end > len(tile):
            raise Unreadable("damaged", name)
        entries.append(tile[start:end])
    return entries


# ---- The rules of ballots and of counting (docs/auditors.md has them in words). -----------------------------------------------


class Form:
    """How a ballot may be filled in, and who may choose what: the unit's own projects and those of every unit above it."""

    def __init__(self, paper: Json) -> None:
        form = paper["form"]
        self.type: str = form["type"]
        self.container: Any = dict if self.type == "cumulative" else list
        self.least, self.points = form["min_choices"], form["max_points"]
        self.most = 1 if self.type == "choose_one" else form["max_choices"]
        self.rank_points = form["max_choices"]
        self.projects = {project["id"] for project in paper["projects"]}
        self.open_to: dict[str, set[str]] = {}
        for unit in paper["units"]:  # parents stand before their children
            own = {project["id"] for project in paper["projects"] if project["unit"] == unit["kato"]}
            self.open_to[unit["kato"]] = own | self.open_to.get(unit["parent"], set())

    def problem(self, unit: str, choices: Json) -> str:
        """What is wrong with these choices of a voter of `unit`: a key of TEXTS, or nothing."""
        if self.container is not type(choices) or not all(type(each) is str for each in choices):
            return "choices_form"
        if not self.least <= len(choices) <= self.most:
            return "choices_number"
        if not self.open_to.get(unit, set()).issuperset(choices):
            return "choices_unit" if self.projects.issuperset(choices) else "choices_unknown"
        if self.type == "cumulative":
            whole = all(type(points) is int and 1 <= points <= MOST_POINTS for points in choices.values())
            within = whole and (self.points is None or sum(choices.values()) <= self.points)
            return "" if within else "choices_points"
        if self.type == "ranked":
            return "" if len(set(choices)) == len(choices) else "choices_order"
        return "" if all(one < next_one for one, next_one in pairwise(choices)) else "choices_order"

    def worth(self, choices: Json) -> Iterable[tuple[str, int]]:
        """Points that a ballot gives: one a choice, those given, or by rank the first place most."""
        if self.type == "cumulative":
            return list(choices.items())
        if self.type == "ranked":
            return [(project, self.rank_points - place) for place, project in enumerate(choices)]
        return [(project, 1) for project in choices]


class Tally:
    def __init__(self, paper: Json) -> None:
        self.voters = {project["id"]: 0 for project in paper["projects"]}
        self.score = dict.fromkeys(self.voters, 0)

    def add(self, worth: Iterable[tuple[str, int]]) -> None:
        for project, points in worth:
            self.voters[project] += 1
            self.score[project] += points


def outcome(paper: Json, tally: Tally, withdrawn: set[str]) -> dict[str, list[Json]]:
    """Lines, units' money and ties that mattered, as a conclusion states them: ten voters first, then the money of each unit."""
    rules, seed = paper["rules"], paper["lot_seed"].encode()
    ranked = list(paper["projects"])
    if rules["tie_rule"] == "cost_then_lot":  # else equal scores stay in the order of the paper
        lot = {each["id"]: hashlib.sha256(seed + b"\0" + each["id"].encode()).digest() for each in ranked}
        ranked.sort(key=lambda one: (one["cost_tiyn"], lot[one["id"]]))
    ranked.sort(key=lambda one: -tally.score[one["id"]])
    rivals: dict[str, set[str]] = defaultdict(set)
    for project in paper["projects"]:
        for other in project["excludes"]:
            rivals[project["id"]].add(other)
            rivals[other].add(project["id"])
    result: dict[str, list[Json]] = {"lines": [], "units": [], "ties": []}
    funded: list[str] = []
    for unit in paper["units"]:
        kato, envelope = unit["kato"], unit["envelope_tiyn"]
        here = [project for project in ranked if project["unit"] == kato]
        verdicts, left = share_out(unit, here, paper, tally, withdrawn, rivals, funded, result["ties"])
        for rank, project in enumerate(here, start=1):
            id_ = project["id"]
            line = {"project": id_, "unit": kato, "cost_tiyn": project["cost_tiyn"], "rank": rank}
            counts = {"voters": tally.voters[id_], "score": tally.score[id_]}
            result["lines"].append(line | counts | NO_VERDICT | verdicts[id_])
        money = {"envelope_tiyn": envelope, "spent_tiyn": envelope - left, "left_tiyn": left}
        result["units"].append({"unit": kato, **money})
    return result


NO_VERDICT: dict[str, Json] = dict.fromkeys(("tie", "left_tiyn", "excluded_by", "stopped_by"))
FUNDED: dict[str, Json] = {"reason": "funded"}


def barred(project: Json, rules: Json, tally: Tally, withdrawn: set[str]) -> str:
    """Why a project may not be carried out whatever the money. A local minimum can only raise the bar of ten."""
    voters, score = tally.voters[project["id"]], tally.score[project["id"]]
    if project["id"] in withdrawn:
        return "withdrawn"
    if voters < TEN_VOTERS:
        return "fewer_than_ten_voters"
    enough = voters >= rules["minimum_voters"] and score >= rules["score_threshold"]
    return "" if enough else "below_local_threshold"


def share_out(
    unit: Json,
    ranked: list[Json],
    paper: Json,
    tally: Tally,
    withdrawn: set[str],
    rivals: dict[str, set[str]],
    funded: list[str],
    ties: list[Json],
) -> tuple[dict[str, dict[str, Json]], int]:
    """One unit's envelope given to its projects in order: a verdict on each, and what is left. Grows `funded` and `ties`."""
    rules = paper["rules"]
    stops = rules["allocation"] == "greedy_no_skip"
    left: int = unit["envelope_tiyn"]
    stopped_by: str | None = None
    why = {project["id"]: barred(project, rules, tally, withdrawn) for project in ranked}
    verdicts: dict[str, dict[str, Json]] = {id_: {"reason": reason} for id_, reason in why.items() if reason}

    def verdict(project: Json) -> dict[str, Json]:
        """If its turn were now."""
        rival = next((one for one in funded if one in rivals[project["id"]]), None)
        if rival is not None:
            return {"reason": "excluded_by_another", "excluded_by": rival}
        if stopped_by is not None or project["cost_tiyn"] > left:
            return {"reason": "did_not_fit", "left_tiyn": left, "stopped_by": stopped_by}
        return FUNDED

    contenders = (project for project in ranked if not why[project["id"]])
    for score, group in groupby(contenders, key=lambda project: tally.score[project["id"]]):
        tied = list(group)
        if_first = {project["id"]: verdict(project) for project in tied}
        may_stop = stops and stopped_by is None
        a_block = may_stop and any(each["reason"] == "did_not_fit" for each in if_first.values())
        for project in tied:
            now = verdicts[project["id"]] = verdict(project)
            if now is FUNDED:
                left -= project["cost_tiyn"]
                funded.append(project["id"])
            elif may_stop and stopped_by is None and now["reason"] == "did_not_fit":
                stopped_by = project["id"]
        won = [project for project in tied if verdicts[project["id"]] is FUNDED]
        lost = [project for project in tied if if_first[project["id"]] is FUNDED and project not in won]
        # Another order would have funded others: one that could have come first did not win, or could have been stopped.
        if lost or (a_block and won):
            for project in tied:
                reason = {"reason": "lost_tie"} if project in lost else {}
                verdicts[project["id"]] = verdicts[project["id"]] | reason | {"tie": len(ties)}
            tie = {"unit": unit["kato"], "score": score, "projects": [project["id"] for project in tied]}
            ties.append(tie | {"resolved_by": resolved_by(rules["tie_rule"], won, lost)})
    return verdicts, left


def resolved_by(rule: str, won: list[Json], lost: list[Json]) -> str:
    """The lot decided only if a winner and a loser cost the same."""
    if rule == "listed_order":
        return "listed_order"
    same = {project["cost_tiyn"] for project in won} & {project["cost_tiyn"] for project in lost}
    return "lot" if same else "lower_cost"


# ---- What the log says: one pass over all entries. ----------------------------------------------------------------------------

CAST = "ballot.cast.v1"
ENTRY = {"id", "position", "state", "topic", "version"}
BALLOT_BYTES = re.compile(r"[\w-]{42}[AEIMQUYcgkosw048] [\w-]{21}[AQgw] [\w-]{85}[AQgw]", re.ASCII)
_EVENTS = """
ballot.cast choices credential round_id salt signature unit originator_topic
conclusion.approved by document_digest
conclusion.correction_drafted by finding number reason replaces
conclusion.draft_rejected by reason
conclusion.drafted by finding round_id originator_topic
conclusion.published by channels document_digest
conclusion.redrafted by finding
implementation.acceptance_refused by minutes_digest reason
implementation.accepted by minutes_digest
implementation.completed by
implementation.contracted amount_tiyn by contractor due
implementation.delayed by due reason
implementation.progressed by note per_cent
implementation.started by conclusion_digest cost_tiyn project round_id originator_topic
kiosk.enrolled public_key
kiosk.invited by code_digest expires label place originator_topic
kiosk.revoked by reason
proposal.admitted by cost_tiyn excludes minutes_digest project
proposal.rejected by minutes_digest reason
proposal.returned by reason
proposal.revised sketch
proposal.submitted author round_id sketch originator_topic
proposal.withdrawn reason
roll.credentials_registered by credentials root
roll.sealed by people root round_id originator_topic
roll.slips_reconciled by explanation slips
round.cancelled by reason
round.completed by
round.concluded conclusion_digest
round.drafted by terms originator_topic
round.implementation_started by
round.intake_opened by
round.lot_drawn by seed
round.published conclusion_digest
round.review_started by
round.terms_changed by terms
round.voting_closed by early_reason
round.voting_opened by paper_digest projects
"""
MEMBERS = {
    f"{topic}.v1": {"timestamp", *members} for topic, *members in map(str.split, _EVENTS.strip().splitlines())
}
"""What events hold, by topic (tests/golden/event_formats.json). Nothing else may be in them: no name, no number of a person."""
FREEZING = {"round.terms_changed.v1", "round.lot_drawn.v1", "proposal.admitted.v1", "proposal.revised.v1"}


moment = datetime.fromisoformat


class Version:
    """A version of a conclusion, or a draft of one: what its events say."""

    def __init__(self, event: Json, number: int) -> None:
        self.number, self.position = number, event["position"]
        self.finding, self.by = event["state"]["finding"], event["state"]["by"]
        self.digest: str = self.finding["document_digest"]
        self.replaces, self.reason = event["state"].get("replaces", ""), event["state"].get("reason", "")
        self.approved: Json = None
        self.published: Json = None


class Round:
    """One round as its events tell it, in their order, and what its ballots add up to."""

    def __init__(self, id_: str, steps: dict[int, Step], archive: Archive, files: set[str] | None) -> None:
        self.id, self.steps, self.archive, self.files = id_, steps, archive, files
        self.id_bytes = bytes.fromhex(id_.replace("-", ""))
        self.phase = "before"
        self.terms: Json = None
        self.lot: Json = None
        self.opened: Json = None
        self.fixed: dict[str, Json] = {}
        self.slips: Json = None
        self.paper: Json = None
        self.proposals: dict[str, dict[str, Json]] = {}
        self.versions: list[Version] = []
        self.named: list[str] = []
        self.registered: dict[str, str] | None = None
        self.used: set[str] = set()
        self.cast: Counter[str] = Counter()
        self.ballots = 0
        self.closed_at = 0
        self.first_ballot = 0

    @property
    def roll(self) -> Json:
        return self.fixed["sealed"]

    @property
    def credentials(self) -> Json:
        return self.fixed["credentials_registered"]

    def file(self, name: str) -> str:
        return f"rounds/{self.id}/{name}"

    def take(self, event: Json) -> None:
        topic = event["topic"]
        if self.opened is not None and topic in FREEZING:
            self.steps[5].fail("paper_touched", f"#{event['position']}", topic)
        of_kind = {"proposal": self.take_proposal, "conclusion": self.take_conclusion, "roll": self.take_roll}
        of_kind.get(topic.partition(".")[0], self.take_own)(event)

    def take_own(self, event: Json) -> None:
        match event["topic"]:
            case "round.drafted.v1" | "round.terms_changed.v1":
                self.terms = event["state"]["terms"]
            case "round.lot_drawn.v1":
                self.lot = event
            case "round.voting_opened.v1":
                self.open(event)
            case "round.voting_closed.v1" | "round.cancelled.v1":
                self.close(event)
            case "round.concluded.v1" | "round.published.v1":
                self.named.append(event["state"]["conclusion_digest"])

    def take_roll(self, event: Json) -> None:
        which = event["topic"].split(".")[1]
        if which == "slips_reconciled":
            self.slips = event["state"]
        elif self.opened is not None or which in self.fixed:
            self.steps[6].fail("credentials_late", f"#{event['position']}")
        else:
            self.fixed[which] = event["state"]

    def take_proposal(self, event: Json) -> None:
        topic, state = event["topic"], event["state"]
        proposal = self.proposals.setdefault(event["id"], {"withdrawn": 0})
        proposal["standing"] = topic
        if topic == "proposal.withdrawn.v1":
            proposal["withdrawn"] = event["position"]
        elif topic == "proposal.admitted.v1":
            if self.lot is not None and self.opened is None:
                self.steps[5].fail("lot_after", f"#{event['position']}")
            proposal |= {name: state[name] for name in ("project", "cost_tiyn", "excludes")}
        elif "sketch" in state:
            proposal["sketch"] = state["sketch"]

    def take_conclusion(self, event: Json) -> None:
        topic, state = event["topic"], event["state"]
        if topic == "conclusion.drafted.v1":
            if self.versions:
                self.steps[11].fail("conclusion_twice", f"#{event['position']}")
            self.versions.append(Version(event, 1))
        elif topic == "conclusion.redrafted.v1":
            self.versions.append(Version(event, self.versions[-1].number))
        elif topic == "conclusion.correction_drafted.v1":
            self.versions.append(Version(event, state["number"]))
        elif topic == "conclusion.approved.v1":
            self.versions[-1].approved = state
        elif topic == "conclusion.published.v1":
            self.versions[-1].published = state

    def open(self, event: Json) -> None:
        """Freeze: the paper is put together from the log alone, so that the bundle's own paper can be held against it."""
        if self.opened is not None:
            self.steps[5].fail("paper_twice", f"#{event['position']}")
            return
        self.opened, self.phase = event, "open"
        opens, closes = moment(self.terms["voting_opens"]), moment(self.terms["voting_closes"])
        if not opens <= moment(event["state"]["timestamp"]) < closes:
            self.steps[6].fail("window_early", f"#{event['position']}")
        try:
            paper = self.frozen_paper()
            self.form, self.tally, self.paper = Form(paper), Tally(paper), paper
        except MALFORMED as fault:
            self.steps[5].fail("paper_content", f"#{event['position']}", f"{fault!r:.100}")
        if self.paper is not None and self.files and "credentials.csv" in self.files:
            self.read_credentials()

    def close(self, event: Json) -> None:
        if self.phase == "open":
            self.phase = "cancelled" if event["topic"] == "round.cancelled.v1" else "closed"
            self.closed_at = event["position"]
            early = event["state"].get("early_reason") or event["state"].get("reason")
            if not early and moment(event["state"]["timestamp"]) < moment(self.terms["voting_closes"]):
                self.steps[6].fail("window_early", f"#{event['position']}")

    def frozen_paper(self) -> Json:
        admitted = [each for each in self.proposals.values() if each["standing"] == "proposal.admitted.v1"]
        excludes: dict[str, set[str]] = defaultdict(set)
        for one in admitted:
            for other in one["excludes"]:
                excludes[one["project"]].add(other)
                excludes[other].add(one["project"])
        projects = [
            {
                "id": one["project"],
                "unit": one["sketch"]["unit"],
                "cost_tiyn": one["cost_tiyn"],
                "title": one["sketch"]["title"],
                "category": one["sketch"]["category"],
                "excludes": sorted(excludes[one["project"]]),
            }
            for one in sorted(admitted, key=lambda each: (len(each["project"]), each["project"]))
        ]
        same = {name: self.terms[name] for name in ("kind", "title", "units", "form", "rules", "categories")}
        return same | {
            "round_id": self.id,
            "projects": projects,
            "lot_seed": self.lot["state"]["seed"],
            "roll_root": self.roll["root"],
            "credentials_root": self.credentials["root"],
        }

    def read_credentials(self) -> None:
        """The public list, held against what was fixed before opening: its root, and how many a unit."""
        leaves, name, registered = bytearray(), self.file("credentials.csv"), {}
        for number, line in enumerate(self.archive.lines(name)):
            if number:
                unit, _, credential = line.decode("ascii").partition(",")
                registered[credential] = sys.intern(unit)
                leaves += leaf_hash(f"{unit} {credential}".encode())
        tree, counts = Tree(leaves), Counter(registered.values())
        root, self.registered = tree.root(tree.size).hex(), registered
        self.steps[6].expect("credentials_differ", name, root, self.credentials["root"])
        self.steps[6].expect("credentials_differ", name, dict(counts), self.credentials["credentials"])

    def take_ballot(self, ballot: Json) -> None:
        state, where = ballot["state"], f"#{ballot['position']}"
        credential, unit = state["credential"], state["unit"]
        if self.phase == "before":
            self.steps[5].fail("paper_late", where)
        elif self.phase != "open":
            self.steps[6].fail("ballot_late", where)
        self.first_ballot = self.first_ballot or ballot["position"]
        if credential in self.used:
            self.steps[7].fail("credential_twice", where)
        self.used.add(credential)
        if self.files is None or self.paper is None:
            return
        if self.registered is not None and self.registered.get(credential) != unit:
            self.steps[6].fail("other_unit" if credential in self.registered else "unregistered", where)
        if problem := self.form.problem(unit, state["choices"]):
            self.steps[6].fail(problem, where)
        elif self.phase == "open":
            self.ballots += 1
            self.cast[unit] += 1
            self.tally.add(self.form.worth(state["choices"]))

    def results(self, size: int) -> Json:
        """What a conclusion must say that is computed when the log has `size` entries."""
        found = (each for each in self.proposals.values() if "project" in each)
        withdrawn = {each["project"] for each in found if 0 < each["withdrawn"] <= size}
        people, units = self.roll["people"], [unit["kato"] for unit in self.paper["units"]]
        turnout = [{"unit": unit, "people": people.get(unit, 0), "cast": self.cast[unit]} for unit in units]
        return outcome(self.paper, self.tally, withdrawn) | {"turnout": turnout}


class Log:
    """All entries read once, in order. Ballots are counted and forgotten; everything else is rare and kept by its round."""

    def __init__(self, archive: Archive, steps: dict[int, Step]) -> None:
        self.archive, self.steps = archive, steps
        self.folders = archive.of_rounds()
        self.leaves = bytearray()
        self.leaves_known = True
        self.last_version: dict[str, int] = {}
        self.rounds: dict[str, Round] = {}
        self.round_of: dict[str, Round] = {}
        self.kiosks: dict[str, str] = {}
        self.others: Counter[str] = Counter()
        self.ballots = array("Q")
        self.withheld = 0
        self.first_withheld = 0
        self._withheld_lines = archive.lines("log/withheld.jsonl")

    def read(self) -> None:
        for index, (number, width, name) in enumerate(tiles := self.archive.tiles()):
            with self.steps[3] as step:
                entries = split(self.archive.read(name, MOST_TILE_BYTES), name)
                full = 256 if index < len(tiles) - 1 else width
                step.expect("tile_order", name, (number, width, len(entries)), (index, full, full))
                events = [event for event in map(self.read_entry, entries) if event]
            with self.steps[6]:
                for event in events:
                    self.take(event)
        if next(self._withheld_lines, None) is not None:
            self.steps[1].fail("withheld_differs", "log/withheld.jsonl")
        self.tree = Tree(self.leaves)

    def read_entry(self, data: bytes) -> Json:
        """The entry, or None if it is withheld or cannot be used."""
        position, step = len(self.leaves) // 32 + 1, self.steps[3]
        if not data:
            self.leaves += self.withheld_leaf(position)
            return None
        self.leaves += leaf_hash(data)
        step.items += 1
        try:
            event = parse(data.decode())
            right = event.keys() == ENTRY and type(event["state"]) is dict and type(event["version"]) is int
            right = right and type(event["id"]) is str and type(event["topic"]) is str
        except MALFORMED:
            step.fail("not_canonical", f"#{position}")
            return None
        if not right:
            step.fail("entry_form", f"#{position}")
            return None
        if not is_canonical(event, data):
            step.fail("not_canonical", f"#{position}")
        step.expect("position_gap", f"#{position}", event["position"], position)
        before = 0 if event["topic"] == CAST else self.last_version.get(event["id"], 0)
        if event["version"] != before + 1:
            step.fail("version_gap", f"#{position}", f"{event['topic']}: {before} → {event['version']}")
        if event["topic"] != CAST:
            self.last_version[event["id"]] = event["version"]
        event["position"] = position
        return event

    def withheld_leaf(self, position: int) -> bytes:
        self.withheld += 1
        self.first_withheld = self.first_withheld or position
        try:
            line = parse(next(self._withheld_lines).decode())
            leaf = bytes.fromhex(line["leaf"])
            if line["position"] == position and len(leaf) == 32:  # noqa: PLR2004 - a hash
                return leaf
        except MALFORMED:
            pass
        if self.leaves_known:
            self.steps[1].fail("withheld_differs", f"#{position}")
        self.leaves_known = False
        return bytes(32)

    def take(self, event: Json) -> None:
        topic, state = event["topic"], event["state"]
        try:
            if topic == CAST:
                self.take_ballot(event)
                return
            kind = topic.partition(".")[0] if topic in MEMBERS else ""
            if kind and state.keys() != MEMBERS[topic]:
                self.steps[3].fail("entry_form", f"#{event['position']}", topic)
            if topic in ("roll.sealed.v1", "proposal.submitted.v1", "conclusion.drafted.v1"):
                self.round_of[event["id"]] = self.rounds[state["round_id"]]
                self.round_of[event["id"]].take(event)
            elif kind in ("round", "roll", "proposal", "conclusion"):
                if topic == "round.drafted.v1":
                    files = self.folders.get(event["id"])
                    self.rounds[event["id"]] = Round(event["id"], self.steps, self.archive, files)
                    self.round_of[event["id"]] = self.rounds[event["id"]]
                self.round_of[event["id"]].take(event)
            elif topic == "kiosk.enrolled.v1":
                self.kiosks[event["id"]] = state["public_key"]
            elif not kind and not topic.startswith("finding."):  # an auditor's finding decides nothing
                self.others[topic] += 1
        except MALFORMED as fault:
            self.steps[3].fail("entry_form", f"#{event['position']}", f"{topic}: {fault!r:.100}")

    def take_ballot(self, ballot: Json) -> None:
        state, step, where = ballot["state"], self.steps[6], f"#{ballot['position']}"
        step.items += 1
        texts = [state.get(name) for name in ("credential", "salt", "signature")]
        if state.keys() != MEMBERS[CAST] or not BALLOT_BYTES.fullmatch(" ".join(texts)):
            step.fail("ballot_form", where)
            return
        self.ballots.append(ballot["position"])
        if not state["timestamp"].endswith(":00:00Z"):
            step.fail("ballot_time", where)
        round_ = self.rounds.get(state["round_id"])
        if round_ is None:
            step.fail("ballot_round", where)
            return
        name = hashlib.sha1(round_.id_bytes + state["credential"].encode(), usedforsecurity=False).hexdigest()
        variant = "89ab"[int(name[16], 16) & 3]  # RFC 9562: a UUID of version 5
        if ballot["id"] != f"{name[:8]}-{name[8:12]}-5{name[13:16]}-{variant}{name[17:20]}-{name[20:32]}":
            self.steps[7].fail("ballot_id", where)
        round_.take_ballot(ballot)


# ---- Signatures of ballots: the only slow part, spread over processes. --------------------------------------------------------

Task = tuple[str, int, list[int]]
"""An entry bundle, the position of its first entry, and the positions of the ballots to check in it."""


def wrongly_signed(archive: Archive, task: Task) -> list[int]:
    """Those of the task's positions whose ballot is not signed by its credential."""
    name, first, wanted = task
    entries = split(archive.read(name, MOST_TILE_BYTES), name)
    return [each for each in wanted if not ballot_is_signed(parse(entries[each - first].decode())["state"])]


_opened = functools.cache(Archive)
"""In a worker process: the bundle is opened once."""


def _in_worker(work: tuple[str, Task]) -> list[int]:
    path, task = work
    return wrongly_signed(_opened(path), task)


def ballot_is_signed(state: Json) -> bool:
    signed = write({"choices": state["choices"], "round": state["round_id"], "salt": state["salt"]})
    key, signature = (base64.urlsafe_b64decode(state[name] + "==") for name in ("credential", "signature"))
    return verify(key, b"dauys.ballot.v1\n" + signed.encode(), signature)


def check_signatures(log: Log, positions: list[int], jobs: int) -> Iterator[int]:
    """Positions of ballots that are wrongly signed."""
    wanted: dict[int, list[int]] = defaultdict(list)
    for position in positions:
        wanted[(position - 1) // 256].append(position)
    names = {index: name for index, _, name in log.archive.tiles()}
    tasks = [(names[index], index * 256 + 1, those) for index, those in sorted(wanted.items())]
    if jobs == 1 or len(tasks) == 1:
        found = (wrongly_signed(log.archive, task) for task in tasks)
        yield from told_of_progress(found, len(tasks))
    else:
        with multiprocessing.Pool(jobs) as pool:
            work = [(log.archive.path, task) for task in tasks]
            yield from told_of_progress(pool.imap(_in_worker, work), len(tasks))


def told_of_progress(found: Iterable[list[int]], of: int) -> Iterator[int]:
    for done, wrong in enumerate(found):
        if sys.stderr.isatty():
            print(f"{100 * done // of} %", end="\r", file=sys.stderr, flush=True)
        yield from wrong


# ---- The twelve steps. ---------------------------------------------------------------------------------------------------------


class Audit:
    """What the steps share."""

    def __init__(self, archive: Archive, options: argparse.Namespace) -> None:
        self.archive, self.options = archive, options
        self.manifest = archive.manifest()
        self.steps = {number: Step(number) for number in range(1, 13)}
        self.log = Log(archive, self.steps)
        self.key: Key | None = None
        self.newest: Checkpoint | None = None
        self.checkpoints: dict[int, Checkpoint] = {}
        self.witnesses: list[Key] = []

    @property
    def rounds(self) -> list[Round]:
        """Those whose folder is in the bundle and whose paper is known."""
        every = self.log.rounds.values()
        return [each for each in every if each.files is not None and each.paper is not None]

    def run(self) -> None:
        for step in (step_1_completeness, step_2_authenticity):
            self.take(step)
        self.log.read()
        for step in _AFTER_READING:
            self.take(step)

    def take(self, step: "Callable[[Audit, Step], None]") -> None:
        with self.steps[int(step.__name__.split("_")[1])] as record:
            step(self, record)

    def document(self, round_: Round, name: str) -> tuple[bytes, Json]:
        data = self.archive.read(round_.file(name))
        return data, parse(data.decode())


def step_1_completeness(audit: Audit, step: Step) -> None:
    """The manifest's files are there, unchanged, and no others. What belongs in there is asked again when the log is read."""
    files, sizes = audit.manifest["files"], audit.archive.sizes
    for name in files.keys() | sizes.keys() - {"manifest.json"}:
        step.items += 1
        if name not in sizes:
            step.fail("file_missing", name)
        elif name not in files:
            step.fail("file_extra", name)
        else:
            size, digest = 0, hashlib.sha256()
            for chunk in audit.archive.chunks(name):
                size += len(chunk)
                digest.update(chunk)
            step.expect("file_differs", name, {"bytes": size, "sha256": digest.hexdigest()}, files[name])


def step_1_contents(audit: Audit, step: Step) -> None:
    """What must be there is there, nothing is withheld without need, and the manifest counts right."""
    log, manifest, newest = audit.log, audit.manifest, audit.newest
    counts = {
        "checkpoints": len(audit.checkpoints),
        "entries": len(log.leaves) // 32,
        "rounds": len(log.folders),
        "withheld": log.withheld,
    }
    step.expect("counts_differ", "manifest.json counts", manifest["counts"], counts)
    if newest is not None:
        told = (manifest["origin"], manifest["size"], manifest["root"])
        step.expect("counts_differ", "manifest.json", told, (newest.origin, newest.size, newest.root.hex()))
    opened = {round_.id: round_ for round_ in log.rounds.values() if round_.opened is not None}
    due = opened.keys() if manifest["scope"] == "ALL" else {manifest["scope"]}
    for id_ in due ^ log.folders.keys():
        step.fail("round_missing", id_)
    for round_ in opened.values():
        closed = {"results.json", "results.csv"} if round_.phase == "closed" else set()
        for name in sorted({"paper.json", "credentials.csv"} | closed if round_.files is not None else ()):
            if name not in (round_.files or ()):
                step.fail("file_missing", round_.file(name))
    check_withheld(log, step, [round_ for round_ in opened.values() if round_.phase == "open"])


def check_withheld(log: Log, step: Step, still_open: list[Round]) -> None:
    for round_ in still_open:
        if round_.first_ballot:
            step.fail("ballot_shown", f"#{round_.first_ballot}")
    first = min((round_.opened["position"] for round_ in still_open), default=len(log.leaves))
    if log.withheld and log.first_withheld <= first:
        step.fail("withheld_needlessly", f"#{log.first_withheld}")
    elif log.withheld > sum(sum(round_.credentials["credentials"].values()) for round_ in still_open):
        step.fail("withheld_too_many", detail=log.withheld)
    if log.withheld:
        step.remark("remark_withheld", log.withheld)


def step_2_authenticity(audit: Audit, step: Step) -> None:
    """Every checkpoint ever signed is signed by the log's key, and the newest by the witnesses that the policy asks for."""
    archive = audit.archive
    try:
        audit.key = read_key(archive.text("log/key.txt").removesuffix("\n"), LOG_KEY)
    except MALFORMED:
        step.fail("key_malformed", "log/key.txt")
    key = audit.key
    audit.newest = read_or_fail(step, "log/checkpoint.txt", archive.text("log/checkpoint.txt"), key)
    listed = sum(1 for _ in archive.lines("log/checkpoints.jsonl"))
    lucky = set(sample(range(1, listed + 1), audit.options))
    last, largest = None, -1
    for number, line in enumerate(archive.lines("log/checkpoints.jsonl"), start=1):
        where = f"log/checkpoints.jsonl:{number}"
        note = parse(line.decode())
        last = read_or_fail(step, where, note["note"], key if number in lucky else None)
        if last is not None:
            if last.size != note["size"] or last.size <= largest:
                step.fail("checkpoint_order", where)
            audit.checkpoints[last.size], largest = last, last.size
    if audit.newest is not None and (last is None or last.text != audit.newest.text):
        step.fail("checkpoint_order", "log/checkpoint.txt")
    if len(lucky) < len(audit.checkpoints):
        step.remark("remark_sample", f"{len(lucky)} / {len(audit.checkpoints)}")
    if audit.newest is not None and key is not None:
        check_quorum(audit, step, key, audit.newest)


def read_or_fail(step: Step, where: str, note: str, key: Key | None) -> Checkpoint | None:
    """The checkpoint if it is one; with a `key` its signature is checked too."""
    try:
        checkpoint = read_checkpoint(note)
    except MALFORMED:
        step.fail("note_malformed", where)
        return None
    if key is not None:
        step.items += 1
        if not is_signed(checkpoint, key):
            step.fail("note_unsigned", where)
    return checkpoint


def check_quorum(audit: Audit, step: Step, key: Key, newest: Checkpoint) -> None:
    """Whether the newest checkpoint is cosigned by the witnesses whom the policy asks for."""
    try:
        policy = read_policy(audit.archive.text("log/policy.txt"))
        if policy.logs and key not in policy.logs:
            raise ValueError("a policy about another log")
    except MALFORMED as why:
        step.fail("policy_malformed", "log/policy.txt", repr(why))
        return
    audit.witnesses = [*policy.witnesses.values()]
    seen = set(cosigners(step, policy, newest))
    if seen:
        step.remark("remark_witnesses", ", ".join(sorted(seen)))
    for group, (needed, members) in policy.groups.items():
        if len(seen.intersection(members)) >= needed:
            seen.add(group)
    if policy.quorum not in {"none", *seen}:
        step.fail("quorum_missed", "log/policy.txt", policy.quorum)


def is_cosigned(checkpoint: Checkpoint, witness: Key, blob: bytes) -> bool:
    """Whether `blob` is the witness's cosignature: eight bytes of time, and a signature over time and checkpoint."""
    message = f"cosignature/v1\ntime {int.from_bytes(blob[:8], 'big')}\n{checkpoint.text}"
    return verify(witness.public, message.encode(), blob[8:])


def cosigners(step: Step, policy: Policy, checkpoint: Checkpoint) -> Iterator[str]:
    """The policy's witnesses who have cosigned; a cosignature of one of them that is wrong is a failure."""
    for local_name, witness in policy.witnesses.items():
        for name, key_id, blob in checkpoint.signatures:
            if (name, key_id) == (witness.name, witness.id):
                step.items += 1
                if is_cosigned(checkpoint, witness, blob):
                    yield local_name
                else:
                    step.fail("cosignature_wrong", "log/checkpoint.txt", name)


def step_3_integrity(audit: Audit, step: Step) -> None:
    """The root of the entries, now and at every checkpoint ever signed. Each entry itself was checked as it was read."""
    tree = audit.log.tree
    if not audit.log.leaves_known:
        step.remark("remark_root")
        return
    newest = audit.newest
    if newest is not None and newest.size != tree.size:
        step.fail("size_differs", "log/checkpoint.txt", f"{newest.size} ≠ {tree.size}")
        return
    for checkpoint in [*audit.checkpoints.values(), *([newest] if newest else [])]:
        if checkpoint.size > tree.size or tree.root(checkpoint.size) != checkpoint.root:
            step.fail("root_differs", f"size {checkpoint.size}")


def step_4_append_only(audit: Audit, step: Step) -> None:
    """Everything that the auditor's own older copy stands under is still there, byte for byte."""
    if audit.options.since is None:
        step.remark("remark_since")
        step.status = "unchecked"
        return
    key, notes = read_older(audit.options.since)
    if audit.key is None or audit.newest is None:
        step.status = "unchecked"
        return
    for old in notes:
        step.items += 1
        ours = audit.checkpoints.get(old.size)
        root = audit.log.tree.root(old.size) if audit.log.leaves_known else old.root
        evidence = f"{old.note}\n{audit.newest.note}"
        if old.origin != audit.key.name or key not in (None, audit.key):
            step.fail("older_other_log", old.origin)
        elif not is_signed(old, audit.key):
            step.fail("older_forged", f"size {old.size}")
        elif old.size > audit.newest.size:
            step.fail("older_longer", f"size {old.size}", evidence)
        elif root != old.root:
            step.fail("older_changed", f"size {old.size}", evidence)
        elif ours is None or ours.text != old.text:
            step.fail("older_vanished", f"size {old.size}", evidence)
    step.remark("remark_same", audit.newest.size - max((old.size for old in notes), default=0))


def read_older(path: str) -> tuple[Key | None, list[Checkpoint]]:
    """Of an older bundle its key and every checkpoint, of a file with one signed note that note."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(MOST_NOTE_BYTES + 1)
        if not head.startswith(b"PK"):
            return None, [read_checkpoint(head.decode())]
        with Archive(path) as older:
            older.manifest()
            key = read_key(older.text("log/key.txt").removesuffix("\n"), LOG_KEY)
            notes = [parse(line.decode())["note"] for line in older.lines("log/checkpoints.jsonl")]
            return key, [read_checkpoint(note) for note in [*notes, older.text("log/checkpoint.txt")]]
    except MALFORMED:
        raise Unreadable("damaged", path) from None


def step_5_paper(audit: Audit, step: Step) -> None:
    """Each round's paper is the one frozen by its opening event, equals what the log gives, and is named by all documents."""
    for round_ in audit.rounds:
        step.items += 1
        digest, paper = round_.opened["state"]["paper_digest"], round_.paper
        if paper["rules"]["minimum_voters"] < TEN_VOTERS:
            step.fail("below_ten", round_.id, paper["rules"]["minimum_voters"])
        step.expect("paper_content", round_.id, round_.opened["state"]["projects"], len(paper["projects"]))
        files = round_.files or set()
        if "paper.json" in files:
            data, theirs = audit.document(round_, "paper.json")
            if hashlib.sha256(data).hexdigest() != digest:
                step.fail("paper_digest", round_.file("paper.json"))
            else:
                for name in theirs.keys() | paper.keys():
                    step.expect("paper_content", round_.file(name), theirs.get(name), paper.get(name))
        for name in sorted(files):
            if name == "results.json" or name.startswith("conclusions/"):
                _, document = audit.document(round_, name)
                step.expect("paper_elsewhere", round_.file(name), document["paper_digest"], digest)


def step_6_ballots(audit: Audit, step: Step) -> None:
    """The signatures; everything else about a ballot was checked in its place in the log (`Round.take_ballot`)."""
    ballots = audit.log.ballots
    chosen = sorted(sample(ballots, audit.options))
    began = time.perf_counter()
    for position in check_signatures(audit.log, chosen, audit.options.jobs):
        step.fail("signature_wrong", f"#{position}")
    if chosen:
        step.remark("remark_rate", round(len(chosen) / (time.perf_counter() - began)))
    if len(chosen) < len(ballots):
        step.remark("remark_sample", f"{len(chosen)} / {len(ballots)} (--seed {audit.options.seed})")
        step.remark("remark_miss", f"{0.99 ** len(chosen):.3g}")
    elsewhere = sum(len(round_.used) for round_ in audit.log.rounds.values() if round_.files is None)
    if elsewhere:
        step.remark("remark_scope", elsewhere)


def sample(of: "range | array[int]", options: argparse.Namespace) -> list[int]:
    """All, or as many as were asked for, drawn at random: who makes the bundle must not know the seed beforehand."""
    if options.sample is None or options.sample >= len(of):
        return list(of)
    return random.Random(options.seed).sample(of, options.sample)  # noqa: S311 - the seed is what must be secret, and is


def step_7_once(audit: Audit, step: Step) -> None:
    """Checked ballot by ballot as the log was read; here is only how many."""
    step.items = sum(len(round_.used) for round_ in audit.log.rounds.values())


def step_8_registers(audit: Audit, step: Step) -> None:
    """Slips against people and ballots, kiosks' counts against the log. What differs and is explained is told, not failed."""
    for round_ in audit.rounds:
        people, credentials = round_.roll["people"], round_.credentials["credentials"]
        for unit in people.keys() | credentials.keys():
            step.items += 1
            slips, needed = credentials.get(unit, 0), people.get(unit, 0)
            if not 0 <= slips - needed <= max(20, needed // 10):
                step.fail("slips_few", f"{round_.id} {unit}", f"{slips} / {needed}")
        if round_.slips is not None:
            check_slips(step, round_, credentials)
        elif round_.phase == "closed":
            step.remark("remark_unreconciled", round_.id)
    check_kiosks(audit, step)


def check_slips(step: Step, round_: Round, credentials: dict[str, int]) -> None:
    explanation, counts = round_.slips["explanation"], round_.slips["slips"]
    step.expect("slips_printed", round_.id, sorted(each["unit"] for each in counts), sorted(credentials))
    for each in counts:
        where, printed, out = f"{round_.id} {each['unit']}", each["printed"], each["handed_out"]
        unused, spoiled, cast = each["unused"], each["spoiled"], each["cast"]
        step.remark("remark_slips", f"{each['unit']}: {printed} = {out} + {unused} + {spoiled}; {cast}")
        step.expect("slips_printed", where, printed, credentials.get(each["unit"]))
        step.expect("slips_cast", where, cast, round_.cast[each["unit"]])
        if printed != out + unused + spoiled or cast > out:
            if explanation:
                step.remark("remark_explained", explanation)
            else:
                step.fail("slips_differ", where, f"{printed} ≠ {out} + {unused} + {spoiled}, {cast}")


def check_kiosks(audit: Audit, step: Step) -> None:
    kiosks = parse(audit.archive.read("kiosks.json").decode())
    step.expect(
        "kiosk_differs",
        "kiosks.json",
        {each["kiosk_id"]: each["public_key"] for each in kiosks},
        audit.log.kiosks,
    )
    for each in kiosks:
        step.items += 1
        step.remark("remark_kiosk", f"{each['kiosk_id']}: {each['delivered']}, {each['recorded']}")
        if not 0 <= each["recorded"] <= each["delivered"]:
            step.fail("kiosk_counts", each["kiosk_id"])
    recorded = sum(each["recorded"] for each in kiosks)
    stored = audit.log.steps[6].items + audit.log.withheld
    if recorded < stored:
        step.fail("ballots_undelivered", "kiosks.json", f"{recorded} < {stored}")
    elif recorded > stored:
        step.remark("remark_twice", f"{recorded} > {stored}")


def step_9_recount(audit: Audit, step: Step) -> None:
    """The results of every approved version against those that paper and ballots give."""
    for round_ in audit.rounds:
        step.items += round_.ballots
        if round_.paper["rules"]["version"] != RULES:
            step.fail("rules_unknown", round_.id, round_.paper["rules"]["version"])
            continue
        documents = documents_of(audit, round_)
        for version in round_.versions:
            if version.approved is not None and version.digest in documents:
                name, theirs = documents[version.digest]
                ours = round_.results(version.finding["checkpoint_size"])
                compare_results(step, round_.file(name), theirs, ours)


def documents_of(audit: Audit, round_: Round) -> dict[str, tuple[str, Json]]:
    """SHA-256 → (name, content) of the conclusion's documents in the bundle."""
    found = {}
    for name in sorted(name for name in round_.files or () if name.startswith("conclusions/")):
        data, document = audit.document(round_, name)
        found[hashlib.sha256(data).hexdigest()] = (name, document)
    return found


FUNDED_AGAINST = {
    "fewer_than_ten_voters": "nine_voters",
    "below_local_threshold": "threshold",
    "withdrawn": "withdrawn",
    "excluded_by_another": "excluded",
}


def compare_results(step: Step, where: str, theirs: Json, ours: Json) -> None:
    """Fail with the gravest that is wrong about each line."""
    lines = {line["project"]: line for line in theirs["lines"]}
    if len(lines) != len(theirs["lines"]) or lines.keys() != {line["project"] for line in ours["lines"]}:
        step.fail("lines_differ", where)
        return
    wrong = False
    for right in ours["lines"]:
        line = lines[right["project"]]
        if line == right:
            continue
        wrong, what = True, "verdict_differs"
        if (line["voters"], line["score"]) != (right["voters"], right["score"]):
            what = "votes_differ"
        elif line["reason"] == "funded" and right["reason"] in FUNDED_AGAINST:
            what = FUNDED_AGAINST[right["reason"]]
        elif right["tie"] is not None or line["tie"] is not None or line["rank"] != right["rank"]:
            what = "tie_differs"
        differ = sorted(name for name in line.keys() | right.keys() if line.get(name) != right.get(name))
        step.fail(
            what, f"{where} {right['project']}", {name: (line.get(name), right.get(name)) for name in differ}
        )
    if not wrong and theirs["lines"] != ours["lines"]:
        step.fail("lines_differ", where)
    step.expect("money_differs", where, theirs["units"], ours["units"])
    step.expect("turnout_differs", where, theirs["turnout"], ours["turnout"])
    if not wrong:
        step.expect("tie_differs", where, theirs["ties"], ours["ties"])


def step_10_published(audit: Audit, step: Step) -> None:
    """Documents, events, JSON, CSV and .pb of each round say the same; they were approved and published as they must be."""
    for round_ in audit.rounds:
        documents = documents_of(audit, round_)
        for version in round_.versions:
            if version.digest in documents:
                step.items += 1
                check_finding(audit, step, round_, version, *documents[version.digest])
            check_procedure(step, round_, version)
        approved = [version for version in round_.versions if version.approved is not None]
        for digest in round_.named:
            step.expect("approval_differs", round_.id, digest, approved[0].digest if approved else None)
        if round_.phase == "closed" and round_.files is not None and "results.json" in round_.files:
            check_downloads(audit, step, round_, approved, documents)


def check_finding(
    audit: Audit, step: Step, round_: Round, version: Version, name: str, document: Json
) -> None:
    """The document's frame: what it says it was computed from."""
    where, finding = round_.file(name), version.finding
    size, root = finding["checkpoint_size"], finding["checkpoint_root"]
    frame = {
        "format": "dauys.conclusion.v1",
        "round_id": round_.id,
        "title": round_.paper["title"],
        "rules": round_.paper["rules"],
        "checkpoint": {"origin": audit.manifest["origin"], "size": size, "root": root},
    }
    for member, right in frame.items():
        step.expect("finding_differs", where, document.get(member), right)
    step.expect("finding_differs", where, finding["rules_version"], round_.paper["rules"]["version"])
    checkpoint = audit.checkpoints.get(size)
    if checkpoint is None or checkpoint.root.hex() != root:
        step.fail("finding_checkpoint", where, size)
    elif not round_.closed_at <= size < version.position:
        step.fail("finding_early", where, size)


def check_procedure(step: Step, round_: Round, version: Version) -> None:
    """Approved by another than its author, published as approved, on the site and in mass media."""
    where = f"{round_.id} #{version.position}"
    for said in (version.approved, version.published):
        if said is not None:
            step.expect("approval_differs", where, said["document_digest"], version.digest)
    if version.approved is not None and version.approved["by"] == version.by:
        step.fail("approval_differs", where, version.by)
    if version.published is not None:
        if version.approved is None:
            step.fail("approval_differs", where)
        if {each["kind"] for each in version.published["channels"]} != {"site", "mass_media"}:
            step.fail("channels_missing", where)


def check_downloads(
    audit: Audit, step: Step, round_: Round, approved: list[Version], documents: dict[str, tuple[str, Json]]
) -> None:
    published = [version for version in approved if version.published is not None]
    version = published[-1] if published else next(iter(approved), None)
    if version is not None and version.digest not in documents:
        return  # step 11 says so
    _, served = audit.document(round_, "results.json")
    if version is None:
        step.remark("remark_no_conclusion", round_.id)
        ours = round_.results(served["as_of"])
        about = {"status": "provisional", "as_of": served["as_of"]}
    else:
        ours = documents[version.digest][1]
        about = {"status": status_of(version), "as_of": version.finding["checkpoint_size"]}
    before = documents.get(version.replaces, (None, None))[1] if version is not None else None
    right = about | {
        "round_id": round_.id,
        "title": round_.paper["title"],
        "paper_digest": served["paper_digest"],  # step 5 looks at it
        "conclusion": version and view_of(version),
        "versions": [view_of(each) for each in approved],
        "replaces": (version.replaces or None) if version else None,
        "witnesses": [one for one in served["witnesses"] if has_witnessed(audit, one, about["as_of"])],
        "changes": changes(before, ours) if before else [],
        "lines": lines_view(round_.paper, ours["lines"]),
        **{name: ours[name] for name in ("turnout", "units", "ties")},
    }
    for name in right.keys() | served.keys():
        step.expect("json_differs", round_.file(f"results.json {name}"), served.get(name), right.get(name))
    check_csv(audit, step, round_, right)
    if "results.pb" in (round_.files or ()):
        check_pb(audit, step, round_, right["lines"])


def has_witnessed(audit: Audit, claim: Json, size: int) -> bool:
    """Whether the witness named has cosigned, at the time named, a checkpoint that contains the first `size` entries."""
    checkpoint = audit.checkpoints.get(claim["size"])
    if checkpoint is None or checkpoint.size < size:
        return False
    keys = {(key.name, key.id): key for key in audit.witnesses}
    return any(
        name == claim["witness"]
        and int.from_bytes(blob[:8], "big") == moment(claim["at"]).timestamp()
        # A witness who has left the policy has left no key to check with.
        and ((name, key_id) not in keys or is_cosigned(checkpoint, keys[name, key_id], blob))
        for name, key_id, blob in checkpoint.signatures
    )


def status_of(version: Version) -> str:
    if version.published is None:
        return "concluded"
    return "published" if version.number == 1 else "corrected"


def view_of(version: Version) -> Json:
    return {
        "number": version.number,
        "state": "approved" if version.published is None else "published",
        "document": version.digest,
        "checkpoint_size": version.finding["checkpoint_size"],
        "replaces": version.replaces,
        "reason": version.reason,
        "channels": version.published["channels"] if version.published else [],
        "published_at": version.published["timestamp"] if version.published else None,
    }


def changes(before: Json, after: Json) -> list[Json]:
    old = {line["project"]: line for line in before["lines"]}
    changed = [line for line in after["lines"] if old[line["project"]] != line]
    return [{"project": line["project"], "before": old[line["project"]], "after": line} for line in changed]


def lines_view(paper: Json, lines: list[Json]) -> list[Json]:
    """Lines with title and category, and what was left of the envelope behind each."""
    projects = {project["id"]: project for project in paper["projects"]}
    left = {unit["kato"]: unit["envelope_tiyn"] for unit in paper["units"]}
    views = []
    for line in lines:
        if line["reason"] == "funded":
            left[line["unit"]] -= line["cost_tiyn"]
        about = {name: projects[line["project"]][name] for name in ("title", "category")}
        views.append(line | about | {"balance_tiyn": left[line["unit"]]})
    return views


CSV_COLUMNS = (
    *("unit", "unit_name", "rank", "project", "title", "category", "cost_tiyn", "voters", "score", "reason"),
    *("balance_tiyn", "status", "as_of"),
)


def check_csv(audit: Audit, step: Step, round_: Round, right: Json) -> None:
    """The table has the lines of the JSON; a text that a spreadsheet would run as a formula stands behind an apostrophe."""
    names = {unit["kato"]: unit["name"] for unit in round_.paper["units"]}
    also = {"status": right["status"], "as_of": right["as_of"]}
    rows = [line | also | {"unit_name": names[line["unit"]]} for line in right["lines"]]
    expected = [list(CSV_COLUMNS), *([inert(row[column]) for column in CSV_COLUMNS] for row in rows)]
    data = audit.archive.read(round_.file("results.csv")).decode("utf-8-sig")
    for number, (found, wanted) in enumerate(zip_longest(csv.reader(io.StringIO(data)), expected), start=1):
        step.expect("csv_differs", round_.file(f"results.csv:{number}"), found, wanted)


def inert(cell: Json) -> str:
    formula = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if formula else str(cell)


def check_pb(audit: Audit, step: Step, round_: Round, lines: list[Json]) -> None:
    """The Pabulib file: its projects are ours, and its anonymous votes give the same tally as the log."""
    where, section, columns = round_.file("results.pb"), "", []
    tally, votes, projects = Tally(round_.paper), 0, {}
    meta: dict[str, str] = {}
    rows = csv.reader((line.decode() + "\n" for line in audit.archive.lines(where)), delimiter=";")
    for row in rows:
        if row in (["META"], ["PROJECTS"], ["VOTES"]):
            section, columns = row[0], next(rows)
            continue
        if section == "VOTES":  # voter_id, vote and, where they are given, points
            votes += 1
            chosen = row[1].split(",")
            tally.add(zip(chosen, map(int, row[2].split(",")) if row[2:] else [1] * len(chosen), strict=True))
        elif section == "PROJECTS":
            projects[row[0]] = dict(zip(columns, row, strict=True))
        else:
            meta[row[0]] = row[1]
    step.expect("pb_differs", f"{where} VOTES", votes, round_.ballots)
    step.expect("pb_differs", f"{where} VOTES", vars(tally), vars(round_.tally))
    step.expect("pb_differs", f"{where} PROJECTS", set(projects), {line["project"] for line in lines})
    budget = sum(unit["envelope_tiyn"] for unit in round_.paper["units"])
    facts = {"budget": tenge(budget), "num_votes": str(round_.ballots), "num_projects": str(len(lines))}
    step.expect("pb_differs", f"{where} META", {name: meta.get(name) for name in facts}, facts)
    for line in lines:
        unaffordable = line["reason"] == "withdrawn" or line["cost_tiyn"] > budget
        right = {
            "cost": "999999999" if unaffordable else tenge(line["cost_tiyn"]),  # the format's own mark
            "votes": str(line["voters"]),
            "score": str(line["score"]),
            "selected": "1" if line["reason"] == "funded" else "0",
        }
        cells = {"score": right["score"]} | projects.get(line["project"], {})
        found = {name: cells.get(name) for name in right}
        step.expect("pb_differs", f"{where} {line['project']}", found, right)


def tenge(tiyn: int) -> str:
    whole, rest = divmod(tiyn, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


RESULTS = ("lines", "units", "ties", "turnout")


def step_11_corrections(audit: Audit, step: Step) -> None:
    """Every document ever named is still there; each correction has its number, what it replaces, why, and changes something."""
    for round_ in audit.rounds:
        documents = documents_of(audit, round_)
        in_force: Version | None = None
        for version in round_.versions:
            where = f"{round_.id} #{version.position}"
            step.items += 1
            document = documents.get(version.digest, (None, None))[1]
            if document is None:
                step.fail("version_missing", where, version.digest)
                continue
            number, replaced = (in_force.number + 1, in_force.digest) if in_force else (1, "")
            step.expect("correction_number", where, {version.number, document["number"]}, {number})
            step.expect("correction_replaces", where, {version.replaces, document["replaces"]}, {replaced})
            if document["reason"] != version.reason or bool(version.reason.strip()) != bool(in_force):
                step.fail("correction_reason", where)
            before = documents.get(replaced, (None, None))[1]
            if before and all(document[part] == before[part] for part in RESULTS):
                step.fail("correction_nothing", where)
            if version.published is not None:
                in_force = version
        for digest in documents.keys() - {version.digest for version in round_.versions}:
            step.fail("version_extra", round_.file(documents[digest][0]))


def step_12_council(audit: Audit, step: Step) -> None:
    """Nothing to check unless such events exist; then this version says that it does not check them."""
    step.items = audit.log.others.total()
    if step.items:
        step.remark("remark_other", dict(audit.log.others))
    step.status = "unchecked" if step.items else "absent"


_AFTER_READING = (
    *(step_1_contents, step_3_integrity, step_4_append_only, step_5_paper, step_6_ballots, step_7_once),
    *(step_8_registers, step_9_recount, step_10_published, step_11_corrections, step_12_council),
)


# ---- The report. --------------------------------------------------------------------------------------------------------------


def told(audit: Audit, language: str) -> Iterator[str]:
    """The record, line by line, plain enough to be attached to an audit act."""

    def say(key: str) -> str:
        return TEXTS[key][language]

    newest = audit.newest
    yield say("title")
    yield f"{say('bundle')}: {audit.archive.path}, SHA-256 {file_digest(audit.archive.path)}"
    if newest is not None:
        yield f"{say('log')}: {newest.origin}"
        yield f"{say('checkpoint')}: {newest.size}, {newest.root.hex()}"
    yield f"{say('key')}: {printable(audit.archive.text('log/key.txt').strip())}"
    yield f"{say('program')}: verify.py {VERSION}, Python {sys.version.split()[0]}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    for step in audit.steps.values():
        yield ""
        yield f"{step.number:2}. {say(f'step {step.number}')}"
        yield f"    {say(step.status)} — {say('checked')}: {step.items:,}; {step.seconds:.1f} s"
        for failure in step.failures:
            yield f"    ✗ {failure['id']} {printable(failure['where'])}: {say(failure['id'])} {printable(failure['detail'])}"
        if step.failed > len(step.failures):
            yield f"    ✗ {say('more')} {step.failed - len(step.failures):,}"
        for remark, detail in step.remarks:
            yield f"    · {say(remark)}{': ' if detail else ''}{printable(detail)}"
    yield ""
    yield say("some_failed" if failed(audit) else "all_passed")
    yield say("unproven")


def printable(text: str) -> str:
    """Shortened, and without control characters that would repaint the auditor's terminal."""
    return "".join(each if each.isprintable() else "�" for each in text[:300])


def failed(audit: Audit) -> bool:
    return any(step.status == "failed" for step in audit.steps.values())


def file_digest(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def as_json(audit: Audit) -> Json:
    newest = audit.newest
    return {
        "format": "dauys.audit.v1",
        "bundle": {"sha256": file_digest(audit.archive.path)},
        "checkpoint": newest and newest.note,
        "passed": not failed(audit),
        "steps": [
            {
                "number": step.number,
                "status": step.status,
                "items": step.items,
                "seconds": round(step.seconds, 3),
                "failed": step.failed,
                "failures": step.failures,
                "remarks": [{"id": remark, "detail": detail} for remark, detail in step.remarks],
            }
            for step in audit.steps.values()
        ],
    }


def arguments(given: list[str] | None) -> argparse.Namespace:
    reading = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    option = reading.add_argument
    option("bundle", metavar="BUNDLE")
    option(
        "--since", metavar="OLDER", help="your own older bundle, or a file with one older signed checkpoint"
    )
    option("--sample", type=natural, metavar="N", help="check only N signatures, drawn at random, and say so")
    option("--seed", default=secrets.token_hex(8), help="draw the same sample as another auditor did")
    option(
        "--jobs",
        type=natural,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes that check signatures",
    )
    option("--json", metavar="REPORT", help="write the record as JSON too")
    option("--lang", choices=LANGUAGES, default="en")
    return reading.parse_args(given)


def natural(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("a number from 1")
    return number


def main(given: list[str] | None = None) -> int:
    options = arguments(given)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # else a Windows console cannot write Kazakh
    try:
        with Archive(options.bundle) as archive:
            audit = Audit(archive, options)
            audit.run()
            print("\n".join(told(audit, options.lang)))
    except Unreadable as why:
        print(f"{TEXTS[why.what][options.lang]} [{why.what}] {printable(why.where)}", file=sys.stderr)
        return 2
    except OSError as why:
        print(printable(str(why)), file=sys.stderr)
        return 2
    if options.json:
        record = json.dumps(as_json(audit), ensure_ascii=False, indent=1) + "\n"
        Path(options.json).write_text(record, encoding="utf-8")
    return 1 if failed(audit) else 0


# ---- Words. Three lines a message: its key and Kazakh, Russian, English. -------------------------------------------------------

LANGUAGES = ("kk", "ru", "en")
_WORDS = """
title = Dauys жинағын тексеру хаттамасы
Протокол проверки комплекта Dauys
Record of checking a Dauys bundle
bundle = Жинақ
Комплект
Bundle
log = Журнал
Журнал
Log
checkpoint = Бақылау нүктесі
Контрольная точка
Checkpoint
key = Журнал кілті (басқа жерден алынған кілтпен салыстырыңыз)
Ключ журнала (сравните с ключом, полученным из другого места)
Log key (compare it with one from elsewhere)
program = Бағдарлама
Программа
Program
checked = тексерілді
проверено
checked
passed = ДҰРЫС
ВЕРНО
PASSED
failed = ҚАТЕ
НЕВЕРНО
FAILED
absent = ЖОҚ
НЕТ
NOT PRESENT
unchecked = ТЕКСЕРІЛМЕДІ
НЕ ПРОВЕРЯЛОСЬ
NOT CHECKED
more = және тағы
и ещё
and more
all_passed = Барлық тексерілген қадамдар дұрыс.
Все проверенные шаги верны.
Every step that was checked has passed.
some_failed = Кемінде бір қадам қате. Жинақты және осы хаттаманы сақтаңыз.
По меньшей мере один шаг неверен. Сохраните комплект и этот протокол.
At least one step has failed. Keep the bundle and this record.
unproven = Дәлелденбейді: киоск экраны не көрсеткені, талон кімге берілгені, ешқашан тіркелмегені, мәжбүрлеу болмағаны.
Не доказывается: что показывал экран киоска, кому выданы талоны, что не было записано вовсе, отсутствие принуждения.
Not proven: what a kiosk's screen showed, to whom slips were handed, what was never recorded, that nobody was forced.
step 1 = Толықтық: жинақта тізімдегінің бәрі бар, артық ештеңе жоқ
Полнота: в комплекте всё, что названо в описи, и ничего больше
Completeness: all that the manifest names and nothing else
step 2 = Түпнұсқалық: бақылау нүктелеріндегі қолдар
Подлинность: подписи под контрольными точками
Authenticity: the signatures under the checkpoints
step 3 = Тұтастық: әр жазба орнында, өзгермеген, түбір сәйкес
Целостность: каждая запись на месте и не изменена, корень сходится
Integrity: every entry in place and unaltered, the root recomputed
step 4 = Бұрынғы көшірмеңізден бері журнал тек толықты
Журнал только дополнялся со времени вашей прежней копии
Append-only: only added to since your own older copy
step 5 = Бюллетень үлгісі: дауыс беру ашылғанға дейін бекітілген, барлық жерде бірдей
Лист голосования: заморожен до первого бюллетеня и всюду одинаков
The paper: frozen before the first ballot, the same everywhere
step 6 = Әр бюллетень: тіркелген код, код қолы, мерзімі, дұрыс толтырылуы
Каждый бюллетень: код зарегистрирован, подпись кода, срок, верное заполнение
Every ballot: registered code, its signature, inside the window, rightly filled in
step 7 = Ешбір код екі рет қолданылмаған
Ни один код не использован дважды
No credential twice
step 8 = Екі тізілім салыстырылды: талондар, бюллетеньдер, киоскілер
Сверка двух реестров: талоны, бюллетени, киоски
Two registers reconciled: slips, ballots, kiosks
step 9 = Дауыстар қайта саналды: он дауыс ережесі, шек, теңдік, қаражат
Голоса пересчитаны: правило десяти, порог, равенство, деньги
Recount: ten-voter rule, threshold, exclusions, ties, money
step 10 = Жарияланғанның бәрі қорытындыға тең
Всё опубликованное равно заключению
Everything published equals the conclusion
step 11 = Түзетулер: не үшін, нені ауыстырады, ештеңе жоғалмаған
Исправления: что и почему заменено, ничего не исчезло
Corrections: what each replaces and why, nothing vanished
step 12 = Кеңес шешімдері және өкілеттікті тоқтату бастамалары
Решения Кенеса и инициативы о прекращении полномочий
Council decisions and dismissal initiatives
not_a_zip = Бұл толық ZIP файлы емес.
Это не целый файл ZIP.
This is not a whole ZIP file.
too_large = Файл рұқсат етілген шектен үлкен.
Файл больше допустимого.
This is larger than a bundle may be.
bad_name = Жинақта болмауға тиіс файл аты.
Имя файла, какого в комплекте не бывает.
A file name that no bundle has.
name_twice = Бір атпен екі файл.
Два файла с одним именем.
Two files of one name.
not_here = Онсыз тексеру мүмкін емес файл жоқ.
Нет файла, без которого проверка невозможна.
A file is missing without which nothing can be checked.
damaged = Файл бүлінген.
Файл повреждён.
A file is damaged.
other_format = Бұл нұсқа мұндай пішімді білмейді; тексеру бағдарламасының жаңасын алыңыз.
Эта версия не знает такого формата; возьмите более новую программу проверки.
This version does not know the format; get a newer verify.py.
malformed = Мұнда болуға тиіс пішім емес; қадам аяқталмады.
Здесь не та форма, какая должна быть; шаг не завершён.
Something here is not of the form it must have; the step was not finished.
file_missing = Тізімде бар немесе болуға тиіс файл жинақта жоқ.
Файл назван в описи или обязателен, но в комплекте его нет.
A file that is named, or must be there, is not in the bundle.
file_extra = Тізімде жоқ файл.
Файл не назван в описи.
A file that the manifest does not name.
file_differs = Файлдың өлшемі не SHA-256 мәні тізімдегідей емес.
Размер или SHA-256 файла не такие, как в описи.
A file's size or SHA-256 is not what the manifest says.
counts_differ = Тізімдегі сан немесе атау жинақтың мазмұнына сәйкес емес.
Число или имя в описи не сходится с содержимым.
A count or name in the manifest is not what the bundle holds.
round_missing = Дауыс беруі ашылған кезеңнің папкасы жоқ.
Нет папки тура, голосование которого открывалось.
A round whose voting has opened has no folder.
withheld_differs = Жасырылған жазбалар тізімі орындарға сәйкес емес.
Список закрытых записей не сходится с местами в журнале.
The list of withheld entries does not fit the gaps in the log.
withheld_needlessly = Ашық дауыс беру жоқ, ал жазба жасырылған.
Запись закрыта, хотя голосование не идёт.
An entry is withheld although no open round can be the reason.
withheld_too_many = Жасырылған жазба ашық кезеңдердің кодтарынан көп.
Закрытых записей больше, чем кодов в открытых турах.
More entries are withheld than the open rounds have credentials.
ballot_shown = Дауыс беру әлі ашық, ал бюллетень көрініп тұр.
Бюллетень виден, хотя голосование ещё идёт.
A ballot is shown while its round is still open.
key_malformed = Журнал кілті дұрыс жазылмаған немесе жарамсыз.
Ключ журнала записан неверно или негоден.
The log's key is malformed or no valid key.
note_malformed = Бақылау нүктесі дұрыс жазылмаған.
Контрольная точка записана неверно.
A checkpoint is not written as one must be.
note_unsigned = Бақылау нүктесінде осы журнал кілтінің дұрыс қолы жоқ.
Под контрольной точкой нет верной подписи ключом этого журнала.
A checkpoint is not signed by this log's key.
checkpoint_order = Бақылау нүктелерінің тізімі ретсіз немесе соңғысымен бітпейді.
Список контрольных точек не по порядку или не кончается последней.
The list of checkpoints is out of order or does not end with the newest.
policy_malformed = Куәгерлер саясаты дұрыс жазылмаған немесе басқа журналдікі.
Политика свидетелей записана неверно или о другом журнале.
The witness policy is malformed or of another log.
cosignature_wrong = Куәгердің қолы жалған.
Подпись свидетеля неверна.
A witness's cosignature is wrong.
quorum_missed = Куәгерлердің қолы жеткіліксіз.
Подписей свидетелей недостаточно.
Too few witnesses have cosigned the checkpoint.
not_canonical = Жазба бірегей (канондық) түрде емес: артық таңба, қайталанған кілт не бөлшек сан.
Запись не в единственно верном виде: лишний знак, повтор ключа или дробное число.
An entry is not in canonical form: a space, a key twice, a fraction.
entry_form = Жазбаның құрамы дұрыс емес.
Состав записи неверен.
An entry does not have the members it must have.
position_gap = Жазба өз орнында емес.
Запись не на своём месте.
An entry does not say the position it stands at.
version_gap = Бір нәрсенің оқиғалары үзіліссіз нөмірленбеген.
События одного предмета пронумерованы с пропуском.
The events of one thing are not numbered without a gap.
tile_order = Жазба бумалары үзіліссіз емес немесе толық емес.
Пачки записей идут с пропуском или не полны.
The entry bundles are not in one row or not full.
size_differs = Жазбалар саны бақылау нүктесіндегідей емес.
Число записей не такое, как в контрольной точке.
There are more or fewer entries than the checkpoint says.
root_differs = Жазбалардан шыққан түбір бақылау нүктесіндегідей емес.
Корень, вычисленный по записям, не такой, как в контрольной точке.
The root recomputed from the entries is not the one that was signed.
older_other_log = Бұрынғы көшірме басқа журналдікі: аты не кілті бөлек.
Прежняя копия — другого журнала: иное имя или ключ.
The older copy is of another log: its name or key differs.
older_forged = Бұрынғы көшірмеде осы журналдың дұрыс қолы жоқ.
Под прежней копией нет верной подписи этого журнала.
The older copy is not signed by this log.
older_longer = Бұрынғы көшірме ұзынырақ: жазбалар жоғалған.
Прежняя копия длиннее: записи исчезли.
The older copy is longer: entries have vanished.
older_changed = Бұрынғы көшірмедегі жазбалар өзгерген. Екі қол қойылған нүкте — осының дәлелі.
Записи из прежней копии изменены. Две подписанные точки — доказательство этого.
Entries of the older copy were changed. The two signed checkpoints prove it.
older_vanished = Бұрынғы көшірмедегі бақылау нүктесі жоғалған.
Контрольная точка из прежней копии исчезла.
A checkpoint of the older copy has vanished.
paper_digest = Бюллетень үлгісінің файлы ашылу оқиғасында бекітілген үлгі емес.
Файл листа — не тот, что заморожен событием открытия.
The paper's file is not the one that the opening event froze.
paper_content = Бюллетень үлгісі журналдан шығатын үлгіге тең емес.
Лист не равен тому, что следует из журнала.
The paper is not what terms, proposals, lot and roll in the log give.
paper_twice = Дауыс беру екі рет ашылған.
Голосование открыто дважды.
Voting was opened twice.
paper_touched = Ашылғаннан кейін үлгіге қатысты оқиға болған.
После открытия было событие, меняющее лист.
An event after the opening would change the paper.
paper_late = Бюллетень үлгі бекітілгенге дейін түскен.
Бюллетень подан до заморозки листа.
A ballot stands before the paper was frozen.
paper_elsewhere = Басқа құжат басқа үлгіні атайды.
Другой документ называет иной лист.
Another document names another paper.
lot_after = Жеребеден кейін жоба қабылданған: нөмірді жеребеге сай таңдауға болар еді.
Проект допущен после жребия: номер могли подобрать под жребий.
A project was admitted after the lot was drawn, so its number could suit the lot.
below_ten = Ережелер он дауыстан аз талап етеді.
Правила требуют меньше десяти голосов.
The rules ask for fewer than ten voters.
ballot_form = Бюллетень құрамы дұрыс емес.
Состав бюллетеня неверен.
A ballot does not have the members it must have, or has more.
ballot_time = Бюллетень уақыты сағаттан дәл: дауыс иесін тануға болар еді.
Время бюллетеня точнее часа: так можно узнать голосующего.
A ballot's time is finer than the hour, which could betray the voter.
ballot_round = Мұндай кезең журналда жоқ.
Такого тура в журнале нет.
A ballot of a round that is not in the log.
ballot_late = Бюллетень дауыс беру жабылғаннан кейін тұр.
Бюллетень стоит после закрытия голосования.
A ballot stands after the closing of its round.
window_early = Дауыс беру жарияланған мерзімнен тыс ашылған не себепсіз ерте жабылған.
Голосование открыто вне объявленного срока или закрыто раньше без причины.
Voting opened outside its announced window, or closed early without a reason.
credentials_differ = Кодтар тізімі ашылуға дейін бекітілген тізім емес.
Список кодов — не тот, что зафиксирован до открытия.
The list of credentials is not the one fixed before voting opened.
credentials_late = Кодтар ашылғаннан кейін немесе екінші рет тіркелген.
Коды зарегистрированы после открытия или повторно.
Credentials were registered after the opening, or a second time.
unregistered = Мұндай код бұл кезеңге тіркелмеген.
Такой код для этого тура не зарегистрирован.
This credential was never registered for the round.
other_unit = Код басқа аумаққа тіркелген.
Код зарегистрирован для другой территории.
The credential was registered for another unit.
signature_wrong = Бюллетеньде өз кодының қолы жоқ.
Под бюллетенем нет подписи его кода.
The ballot is not signed by its credential.
choices_form = Таңдау осы бюллетень түріне сай емес.
Выбор не той формы, какой требует вид бюллетеня.
The choices are not of the form that the ballot type asks for.
choices_number = Таңдалғандар саны шектен аз не көп.
Выбрано меньше или больше допустимого.
Too few or too many choices.
choices_unknown = Үлгіде жоқ жоба таңдалған.
Выбран проект, которого нет на листе.
A choice that is not on the paper.
choices_unit = Дауыс берушінің аумағына жатпайтын жоба таңдалған.
Выбран проект чужой территории.
A choice of a unit that the voter does not belong to.
choices_order = Бір жоба екі рет не тізім реті бұзылған.
Проект дважды или порядок списка нарушен.
A project twice, or a list out of its order.
choices_points = Ұпайлар дұрыс емес не шектен асқан.
Баллы неверны или сверх предела.
Points that are not whole, or above the limit.
credential_twice = Бір кодпен екі бюллетень.
Два бюллетеня с одним кодом.
Two ballots of one credential.
ballot_id = Бюллетень нөмірі кезең мен кодтан шықпайды.
Номер бюллетеня не следует из тура и кода.
A ballot's id does not follow from its round and credential.
slips_few = Тізімдегі адамдарға код жетпейді не қосалқысы рұқсаттан көп.
Кодов меньше, чем людей в списке, или запасных больше допустимого.
Fewer credentials than people on the roll, or more spares than allowed.
slips_differ = Талондар түсіндірусіз сәйкес келмейді.
Талоны не сходятся, и объяснения нет.
The slips do not add up and no explanation is given.
slips_printed = Басылған талон саны тіркелген кодтар санына тең емес.
Напечатано не столько талонов, сколько зарегистрировано кодов.
The slips printed are not as many as the credentials registered.
slips_cast = Актідегі бюллетень саны журналдағыдай емес.
Число бюллетеней в акте сверки не такое, как в журнале.
The reconciliation counts other ballots than the log holds.
kiosk_differs = Киоскілер тізімі немесе кілті журналдағыдай емес.
Список киосков или ключ киоска не такой, как в журнале.
The kiosks, or a kiosk's key, are not those of the log.
kiosk_counts = Киоск жеткізгенінен көп бюллетень тіркелген.
От киоска записано больше, чем он доставил.
More ballots of a kiosk were recorded than it delivered.
ballots_undelivered = Журналда киоскілер жеткізгеннен көп бюллетень бар.
В журнале больше бюллетеней, чем записано от киосков.
The log holds more ballots than kiosks had recorded.
rules_unknown = Бұл бағдарлама ондай ережелер нұсқасын білмейді.
Эта программа не знает такой версии правил.
This program does not know that version of the rules.
lines_differ = Қорытындыда жоба жетіспейді не артық.
В заключении проекта не хватает или есть лишний.
The conclusion lacks a project, or has one too many or out of order.
votes_differ = Дауыс саны не ұпай бюллетеньдерден шыққандай емес.
Число голосов или баллов не такое, как дают бюллетени.
Voters or score are not what the ballots give.
nine_voters = Он адамнан аз дауыс алған жоба қаржыландырылған.
Финансируется проект, за который менее десяти человек.
A project that fewer than ten people chose is funded.
threshold = Жергілікті шектен төмен жоба қаржыландырылған.
Финансируется проект ниже местного порога.
A project below the local threshold is funded.
withdrawn = Кері алынған жоба қаржыландырылған.
Финансируется отозванный проект.
A project that was withdrawn is funded.
excluded = Бірін-бірі жоққа шығаратын екі жоба қаржыландырылған.
Финансируются проекты, исключающие друг друга.
A project is funded beside one that excludes it.
tie_differs = Тең дауыс ережеге сай шешілмеген.
Равенство голосов разрешено не по правилу.
A tie is not resolved as the rule and the lot say.
verdict_differs = Жоба туралы шешім ережеден шығатындай емес.
Решение о проекте не такое, как следует из правил.
A project's verdict is not what the rules give.
money_differs = Аумақ қаражаты дұрыс есептелмеген.
Деньги территории посчитаны неверно.
A unit's money is not counted right.
turnout_differs = Қатысу саны журналдағыдай емес.
Явка не такая, как в журнале.
The turnout is not what the log gives.
finding_differs = Қорытынды құжаты оны атаған оқиғаға сәйкес емес.
Документ заключения расходится с событием, которое его называет.
A conclusion's document contradicts the event that names it.
finding_checkpoint = Қорытындының бақылау нүктесі журналдікі емес.
Контрольная точка заключения — не этого журнала.
A conclusion names a checkpoint that this log never signed.
finding_early = Қорытынды дауыс беру жабылмай есептелген.
Заключение вычислено до закрытия голосования.
A conclusion was computed before voting closed.
approval_differs = Бекітілген, жарияланған құжат басқа, не оны бекіткен — жобаны жасаған адам.
Утверждён или опубликован иной документ, или утвердил его тот же, кто составил.
Another document was approved or published, or by the one who drafted it.
channels_missing = Сайтта да, БАҚ-та да жарияланбаған.
Не опубликовано и на сайте, и в СМИ.
Not published both on the site and in mass media.
json_differs = results.json қорытындыға тең емес.
results.json не равен заключению.
results.json is not the conclusion in force.
csv_differs = results.csv қорытындыға тең емес.
results.csv не равен заключению.
results.csv is not the conclusion in force.
pb_differs = results.pb қорытындыға не бюллетеньдерге тең емес.
results.pb не равен заключению или бюллетеням.
results.pb is not the conclusion in force, or not the ballots.
version_missing = Журнал атаған қорытынды құжаты жинақта жоқ.
Документа заключения, названного в журнале, в комплекте нет.
A document that the log names as a conclusion has vanished.
version_extra = Журналда аталмаған қорытынды құжаты.
Документ заключения, которого журнал не называет.
A conclusion's document that no event names.
conclusion_twice = Бір кезеңге екі бөлек қорытынды.
Два отдельных заключения об одном туре.
Two separate conclusions of one round.
correction_number = Түзету нөмірі реттен тыс.
Номер исправления не по порядку.
A correction's number is out of order.
correction_replaces = Түзету күшіндегі нұсқаны атамайды.
Исправление не называет действующую версию.
A correction does not name the version it replaces.
correction_reason = Түзету себебі көрсетілмеген не құжатта басқаша.
Причина исправления не названа или иная в документе.
A correction has no reason, or the document gives another.
correction_nothing = Түзету ештеңені өзгертпейді.
Исправление ничего не меняет.
A correction that changes nothing.
remark_since = Бұрынғы көшірме берілмеді (--since).
Прежняя копия не дана (--since).
No older copy was given (--since).
remark_same = Бұрынғы көшірмеден кейін қосылған жазбалар
Записей добавлено после прежней копии
Entries added since the older copy
remark_scope = Басқа кезеңдердің бюллетеньдері бұл жинақта тексерілмейді
Бюллетени других туров этим комплектом не проверяются
Ballots of other rounds, which this bundle cannot check
remark_withheld = Ашық кезеңдердің жазбалары әлі жасырын; жабылған соң қайта тексеріңіз
Записи открытых туров пока закрыты; проверьте снова после закрытия
Entries of open rounds are withheld; check again when they have closed
remark_sample = Қол толық тексерілмеді, кездейсоқ іріктеме
Подписи проверены не все, случайная выборка
Not all signatures were checked, but a random sample
remark_rate = Қол тексеру жылдамдығы, секундына
Скорость проверки подписей, в секунду
Signatures checked per second
remark_miss = Бюллетеньдердің 1 % жалған болса, іріктеме оны байқамау ықтималдығы
Если 1 % бюллетеней подделан, выборка не заметит этого с вероятностью
If 1 % of the ballots were forged, this sample would miss it with probability
remark_witnesses = Қол қойған куәгерлер
Подписали свидетели
Witnesses that have cosigned
remark_root = Жасырын жазбалар тізімі қате болғандықтан түбір есептелмеді
Корень не вычислен: список закрытых записей неверен
The root was not recomputed: the list of withheld entries is wrong
remark_unreconciled = Талондар әлі салыстырылмаған
Талоны ещё не сверены
Slips have not been reconciled yet
remark_slips = Басылған, берілген, пайдаланылмаған, бүлінген, түскен
Напечатано, выдано, не использовано, испорчено, подано
Printed, handed out, unused, spoiled, cast
remark_explained = Айырма түсіндірілген
Расхождение объяснено
A difference, explained
remark_kiosk = Киоск: жеткізді, тіркелді
Киоск: доставил, записано
Kiosk: delivered, recorded
remark_twice = Киоскілерден тіркелгені журналдағыдан көп: бюллетень қайта жеткізілген, не жоғалған. Киоск санағымен салыстырыңыз
От киосков записано больше, чем есть в журнале: доставлено повторно или исчезло. Сравните с киосками
More was recorded from kiosks than the log holds: delivered twice, or gone. Compare with the kiosks' own counts
remark_no_conclusion = Қорытынды әлі жоқ; алдын ала нәтиже журналдан есептелгенмен салыстырылды
Заключения ещё нет; предварительный итог сверен с вычисленным
No conclusion yet; provisional results were compared with the recount
remark_other = Бұл нұсқа тексермейтін оқиға түрлері
Виды событий, которые эта версия не проверяет
Kinds of events that this version does not check
"""


def _messages(lines: list[str]) -> dict[str, dict[str, str]]:
    found = {}
    for first, russian, english in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        key, kazakh = first.split(" = ", 1)
        found[key] = dict(zip(LANGUAGES, (kazakh, russian, english), strict=True))
    return found


TEXTS = _messages(_WORDS.strip().split("\n"))


if __name__ == "__main__":
    sys.exit(main())
