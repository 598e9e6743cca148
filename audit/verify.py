# ruff: noqa: INP001 - one file on its own, by design
"""Checks a Dauys bundle (docs/bundle.md) without Dauys: one file, Python 3.11 or newer, nothing to install.

    python3 -I verify.py BUNDLE.zip [--since OLDER-BUNDLE-OR-CHECKPOINT] [--lang kk|ru|en]

It proves that every entry stands under a signed checkpoint and nothing was removed or changed since you last looked; that each
ballot was signed by a code registered for its unit before voting opened, stands inside the voting window and is counted once;
that the paper was frozen; that the ten-voter rule was kept; that everything published is exactly what the ballots give; and that
every act of self-government had its notice, quorum, votes and publication by the rules of its unit.

It does NOT prove that a kiosk showed the voter what it signed, that slips were handed to the right people, that the log holds
what nobody ever recorded, or that nobody was forced. docs/auditors.md says what a commission does about each of these.

How to read it: begin with «The twelve steps», one function each, and look up what they use above. `audit.fail("some_id")` puts
a failure into the record; the table at the end, «Words», gives each id its sentence and, by its place there, its step.
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
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby, islice, pairwise, zip_longest
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeVar

VERSION = "1"
FORMAT = "dauys.bundle.v1"
RULES = "dauys-rules-1"
TEN_VOTERS = 10
MOST_POINTS = 1_000_000
MOST_FILES, MOST_BYTES = 200_000, 4 << 30
MOST_TILE_BYTES, MOST_MANIFEST_BYTES, MOST_DOCUMENT_BYTES = 256 * 65_537, 64 << 20, 16 << 20
MOST_LINE_BYTES, MOST_NOTE_BYTES = 256 << 10, 131_072
MOST_TOLD = 100
"""Failures and remarks of one step that are told one by one; further failures are counted."""

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


# ---- Canonical JSON: one value, one text (RFC 8785 with whole numbers only). --------------------------------------------------


def _refuse(_: str) -> NoReturn:
    raise ValueError("a number is not whole")


parse = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse).decode

# Keys are sorted by code point, which for ASCII keys, and ours are, is what the RFC asks for. Text that is not what is written for
# its value had a key twice, or a space, or its keys in another order.
write = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
).encode


# ---- Ed25519 (RFC 8032), verification only. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z. ---------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)
BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE_Y = 4 * pow(5, -1, P) % P
KEY_BYTES, SIGNATURE_BYTES = 32, 64

Point = tuple[int, int, int, int]


def add(point: Point, other: Point) -> Point:
    """`other` is prepared for it: (Y + X, Y − X, 2Z, 2dT)."""
    x, y, z, t = point
    plus, minus, z2, t2 = other
    a, b, c, d = (y - x) * minus, (y + x) * plus, t * t2, z * z2
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiples(x: int, y: int, most: int) -> list[Point]:
    """0, 1, … `most` times the point, prepared for being added."""
    found, step = [(0, 1, 1, 0)], (y + x, y - x, 2, 2 * D * x * y % P)
    for _ in range(most):
        found.append(add(found[-1], step))
    return [(y + x, y - x, 2 * z, 2 * D * t % P) for x, y, z, t in found]


BASE_MULTIPLES = multiples(BASE_X, BASE_Y, 255)


@functools.lru_cache(16)  # the log's key, and witnesses'
def negated_multiples(key: bytes) -> list[Point]:
    """Of minus the key's point, 0 to 15. Empty for bytes that are no key, or one of small order, for which anybody can sign."""
    y = int.from_bytes(key, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * SQRT_MINUS_1 % P
    if len(key) != KEY_BYTES or y >= P or v * x * x % P != u or (x == 0 and sign):
        return []
    found = multiples(x if x & 1 != sign else P - x, y, 15)
    return found if found[8][0] != found[8][1] else []


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` by `key` covers `message`: whether [s]B − [k]A is the R that it begins with.

    One digit of k, and one byte of s, after the other. Two of three multiplications of all the program's are in the doublings, so
    they are written out, and leave T away where nothing is added.
    """
    negated, s = negated_multiples(key), int.from_bytes(signature[32:], "little")
    if not negated or len(signature) != SIGNATURE_BYTES or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    x, y, z, t = 0, 1, 1, 0
    for place, digit in enumerate(f"{k:064x}"):
        for _ in range(4):
            a, b, c = x * x, y * y, x + y
            h, g = a + b, (a - b) % P
            e, f = (h - c * c) % P, (2 * z * z + g) % P
            x, y, z = e * f % P, g * h % P, f * g % P
        x, y, z, t = add((x, y, z, e * h % P), negated[int(digit, 16)])
        if place % 2:
            x, y, z, t = add((x, y, z, t), BASE_MULTIPLES[signature[63 - place // 2]])
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# ---- Signed notes and checkpoints (c2sp.org/signed-note, /tlog-checkpoint, /tlog-cosignature, /tlog-policy). -------------------

LOG_KEY, WITNESS_KEY = b"\x01", b"\x04"
MOST_SIGNATURES = 16
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


class Policy(NamedTuple):
    logs: list[Key]
    witnesses: dict[str, Key]
    groups: dict[str, tuple[int, list[str]]]
    quorum: str


def read_key(text: str, kind: bytes) -> Key:
    """ValueError unless `text` is a verifier key of this kind with a usable public key."""
    match = re.fullmatch(rf"([^+\s]+)\+([0-9a-f]{{8}})\+({BASE64})", text)
    blob = base64.b64decode(match[3]) if match else b""
    if not match or blob[:1] != kind or not negated_multiples(blob[1:]):
        raise ValueError("not a verifier key")
    if hashlib.sha256(match[1].encode() + b"\n" + blob).digest()[:4].hex() != match[2]:
        raise ValueError("the key id is not of this key")
    return Key(match[1], bytes.fromhex(match[2]), blob[1:])


def read_checkpoint(note: str) -> Checkpoint:
    """ValueError unless `note` is three lines, a blank one, and one to sixteen signature lines: nothing more, nothing less."""
    text, _, rest = note.rpartition("\n\n")
    head = re.fullmatch(r"([^\x00-\x1f]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)", text)
    lines = [re.fullmatch(rf"— ([^\s+]+) ({BASE64})", line) for line in rest.removesuffix("\n").split("\n")]
    whole = rest.endswith("\n") and len(note) <= MOST_NOTE_BYTES and len(lines) <= MOST_SIGNATURES
    if not head or not whole or not all(lines):
        raise ValueError("not a checkpoint")
    signed = [(line[1], base64.b64decode(line[2])) for line in lines if line]
    signatures = [(name, blob[:4], blob[4:]) for name, blob in signed]
    return Checkpoint(head[1], int(head[2]), base64.b64decode(head[3]), note, text + "\n", signatures)


def is_signed(checkpoint: Checkpoint, key: Key) -> bool:
    """By this log's key, and wrongly by it nowhere."""
    ours = [blob for name, key_id, blob in checkpoint.signatures if (name, key_id) == (key.name, key.id)]
    message = checkpoint.text.encode()
    right = all(verify(key.public, message, each) for each in ours)
    return bool(ours) and right and checkpoint.origin == key.name


def is_cosigned(checkpoint: Checkpoint, witness: Key, blob: bytes) -> bool:
    """Whether `blob` is the witness's cosignature: eight bytes of time, and a signature over time and checkpoint."""
    message = f"cosignature/v1\ntime {int.from_bytes(blob[:8], 'big')}\n{checkpoint.text}"
    return verify(witness.public, message.encode(), blob[8:])


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
            starts = range(0, len(below) - 63, 64)
            self.levels.append(
                b"".join([hashlib.sha256(b"\x01" + below[i : i + 64]).digest() for i in starts])
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

ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, *MALFORMED)
OF_LOG = {"key.txt", "policy.txt", "checkpoint.txt", "checkpoints.jsonl", "withheld.jsonl"}
REQUIRED = {"manifest.json", "README.txt", "kiosks.json"} | {f"log/{name}" for name in OF_LOG}
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
    """`sizes`: of all files. `tiles`: (index, width, name) of the entry bundles, in order. `folders`: names of a round's files."""

    def __init__(self, path: str) -> None:
        self.path, self._file = path, _BoundedFile(path)
        self.sizes: dict[str, int] = {}
        self.tiles: list[tuple[int, int, str]] = []
        self.folders: defaultdict[str, set[str]] = defaultdict(set)
        try:
            self._zip = zipfile.ZipFile(self._file)
            self._list()
        except (Unreadable, *ZIP_FAULTS) as why:
            self._file.close()
            raise why if isinstance(why, Unreadable) else Unreadable("not_a_zip", path) from None

    def close(self) -> None:
        self._zip.close()
        self._file.close()

    def _list(self) -> None:
        for one in self._zip.infolist():
            name, tile, file = one.filename, TILE.fullmatch(one.filename), OF_ROUND.fullmatch(one.filename)
            if name not in REQUIRED and not tile and not file:
                raise Unreadable("bad_name", repr(name)[:100])
            if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Unreadable("damaged", name)
            if name in self.sizes:
                raise Unreadable("name_twice", name)
            self.sizes[name] = one.file_size  # `chunks` never unpacks more than this
            if tile:
                self.tiles.append((int(re.sub("[x/]", "", tile[1])), int(tile[2] or 256), name))
            if file:
                self.folders[file[1]].add(file[2])
        self.tiles.sort()
        if len(self.sizes) > MOST_FILES or sum(self.sizes.values()) > MOST_BYTES:
            raise Unreadable("too_large", self.path)
        for name in REQUIRED - self.sizes.keys():
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

    def stamp(self, name: str) -> Json:
        """As the manifest has it."""
        size, digest = 0, hashlib.sha256()
        for chunk in self.chunks(name):
            size += len(chunk)
            digest.update(chunk)
        return {"bytes": size, "sha256": digest.hexdigest()}

    def entries(self, name: str) -> list[bytes]:
        """Those of one entry bundle, each behind its length in two bytes."""
        tile, found, end = self.read(name, MOST_TILE_BYTES), [], 0
        while end < len(tile):
            start = end + 2
            end = start + int.from_bytes(tile[end:start], "big")
            found.append(tile[start:end])
        if end > len(tile):
            raise Unreadable("damaged", name)
        return found


# ---- The rules of ballots and of counting (docs/auditors.md has them in words). -----------------------------------------------


class Form:
    """How a ballot may be filled in, and who may choose what: the unit's own projects and those of every unit above it."""

    def __init__(self, paper: Json) -> None:
        form = paper["form"]
        self.type: str = form["type"]
        self.container: Any = dict if self.type == "cumulative" else list
        self.least, self.points, self.places = form["min_choices"], form["max_points"], form["max_choices"]
        self.most = 1 if self.type == "choose_one" else self.places
        self.projects = {project["id"] for project in paper["projects"]}
        self.open_to: dict[str, set[str]] = {}
        for unit in paper["units"]:  # parents stand before their children
            own = {project["id"] for project in paper["projects"] if project["unit"] == unit["kato"]}
            self.open_to[unit["kato"]] = own | self.open_to.get(unit["parent"], set())

    def problem(self, unit: str, choices: Json) -> str:
        """What is wrong with these choices of a voter of `unit`: a key of TEXTS, or nothing."""
        if type(choices) is not self.container or not all(type(each) is str for each in choices):
            return "choices_form"
        if not self.least <= len(choices) <= self.most:
            return "choices_number"
        if not self.open_to.get(unit, set()).issuperset(choices):
            return "choices_unit" if self.projects.issuperset(choices) else "choices_unknown"
        if self.type == "cumulative":
            whole = all(type(points) is int and 1 <= points <= MOST_POINTS for points in choices.values())
            within = whole and (self.points is None or sum(choices.values()) <= self.points)
            return "" if within else "choices_points"
        ordered = self.type == "ranked" or all(one < following for one, following in pairwise(choices))
        return "" if ordered and len(set(choices)) == len(choices) else "choices_order"

    def worth(self, choices: Json) -> Iterable[tuple[str, int]]:
        """Points that a ballot gives: those given, or by rank the first place most, or one a choice."""
        if self.type == "cumulative":
            return list(choices.items())
        ranked = self.type == "ranked"
        return [(project, self.places - place if ranked else 1) for place, project in enumerate(choices)]


class Tally:
    def __init__(self, paper: Json) -> None:
        self.voters = {project["id"]: 0 for project in paper["projects"]}
        self.score = dict.fromkeys(self.voters, 0)

    def add(self, worth: Iterable[tuple[str, int]]) -> None:
        for project, points in worth:
            self.voters[project] += 1
            self.score[project] += points


NO_VERDICT: dict[str, Json] = dict.fromkeys(("tie", "left_tiyn", "excluded_by", "stopped_by"))
FUNDED: dict[str, Json] = {"reason": "funded"}


def rivals_of(excludes: Iterable[tuple[str, list[str]]]) -> dict[str, set[str]]:
    """Who excludes whom: one naming the other is enough for both."""
    found: dict[str, set[str]] = defaultdict(set)
    for one, others in excludes:
        for other in others:
            found[one].add(other)
            found[other].add(one)
    return found


class Outcome:
    """Ten voters first, then the money of each unit, project by project; `lines`, `units` and `ties` as a conclusion has them."""

    left: int
    stopped_by: str | None

    def __init__(self, paper: Json, tally: Tally, withdrawn: set[str]) -> None:
        self.rules, self.tally, self.withdrawn = paper["rules"], tally, withdrawn
        self.rivals = rivals_of((one["id"], one["excludes"]) for one in paper["projects"])
        self.funded: list[str] = []
        self.lines: list[Json] = []
        self.units: list[Json] = []
        self.ties: list[Json] = []
        ranked, seed = list(paper["projects"]), paper["lot_seed"].encode() + b"\0"
        if self.rules["tie_rule"] == "cost_then_lot":  # else equal scores stay in the order of the paper
            lot = {one["id"]: hashlib.sha256(seed + one["id"].encode()).digest() for one in ranked}
            ranked.sort(key=lambda one: (one["cost_tiyn"], lot[one["id"]]))
        ranked.sort(key=lambda one: -tally.score[one["id"]])
        for unit in paper["units"]:
            self.share_out(unit, [one for one in ranked if one["unit"] == unit["kato"]])

    def share_out(self, unit: Json, ranked: list[Json]) -> None:
        kato, envelope = unit["kato"], unit["envelope_tiyn"]
        self.left, self.stopped_by = envelope, None
        verdicts = {one["id"]: self.barred(one) for one in ranked}
        contenders = [one for one in ranked if not verdicts[one["id"]]]
        for score, tied in groupby(contenders, lambda one: self.tally.score[one["id"]]):
            verdicts |= self.settled(kato, score, list(tied))
        for rank, one in enumerate(ranked, start=1):
            line = {"project": one["id"], "unit": kato, "cost_tiyn": one["cost_tiyn"], "rank": rank}
            counts = {"voters": self.tally.voters[one["id"]], "score": self.tally.score[one["id"]]}
            self.lines.append(line | counts | NO_VERDICT | verdicts[one["id"]])
        money = {"envelope_tiyn": envelope, "spent_tiyn": envelope - self.left, "left_tiyn": self.left}
        self.units.append({"unit": kato, **money})

    def barred(self, project: Json) -> dict[str, Json]:
        """Why a project may not be carried out whatever the money. A local minimum can only raise the bar of ten."""
        voters, score = self.tally.voters[project["id"]], self.tally.score[project["id"]]
        if project["id"] in self.withdrawn:
            return {"reason": "withdrawn"}
        if voters < TEN_VOTERS:
            return {"reason": "fewer_than_ten_voters"}
        enough = voters >= self.rules["minimum_voters"] and score >= self.rules["score_threshold"]
        return {} if enough else {"reason": "below_local_threshold"}

    def verdict(self, project: Json) -> dict[str, Json]:
        """If its turn were now."""
        rival = next((one for one in self.funded if one in self.rivals[project["id"]]), None)
        if rival is not None:
            return {"reason": "excluded_by_another", "excluded_by": rival}
        if self.stopped_by is not None or project["cost_tiyn"] > self.left:
            return {"reason": "did_not_fit", "left_tiyn": self.left, "stopped_by": self.stopped_by}
        return FUNDED

    def settled(self, unit: str, score: int, tied: list[Json]) -> dict[str, dict[str, Json]]:
        """Verdicts on projects of equal score, in their order."""
        if_first, verdicts = {one["id"]: self.verdict(one) for one in tied}, {}
        may_stop = self.rules["allocation"] == "greedy_no_skip" and self.stopped_by is None
        for one in tied:
            now = verdicts[one["id"]] = self.verdict(one)
            if now is FUNDED:
                self.left -= one["cost_tiyn"]
                self.funded.append(one["id"])
            elif may_stop and self.stopped_by is None and now["reason"] == "did_not_fit":
                self.stopped_by = one["id"]
        won = [one for one in tied if verdicts[one["id"]] is FUNDED]
        lost = [one for one in tied if if_first[one["id"]] is FUNDED and one not in won]
        a_block = may_stop and any(each["reason"] == "did_not_fit" for each in if_first.values())
        # Another order would have funded others: one that could have come first did not win, or could have been stopped.
        if lost or (a_block and won):
            # The lot decided only if a winner and a loser cost the same.
            same_cost = {one["cost_tiyn"] for one in won} & {one["cost_tiyn"] for one in lost}
            by_cost = "lot" if same_cost else "lower_cost"
            by = by_cost if self.rules["tie_rule"] == "cost_then_lot" else self.rules["tie_rule"]
            tie = {"unit": unit, "score": score, "projects": [*verdicts], "resolved_by": by}
            verdicts = {id_: each | {"tie": len(self.ties)} for id_, each in verdicts.items()}
            verdicts |= {one["id"]: verdicts[one["id"]] | {"reason": "lost_tie"} for one in lost}
            self.ties.append(tie)
        return verdicts


# ---- What the log says: one pass over all entries. ----------------------------------------------------------------------------

ENTRY = {"id": str, "position": int, "state": dict, "topic": str, "version": int}
CAST = "ballot.cast.v1"
BALLOT_BYTES = re.compile(r"[\w-]{42}[AEIMQUYcgkosw048] [\w-]{21}[AQgw] [\w-]{85}[AQgw]", re.ASCII)
EVENTS = {
    "approval": "requested<(act by expires originator_topic parameters_digest reason subject)"
    " granted<requested(by) declined<requested(by reason) withdrawn<requested(by)",
    "ballot": "cast(choices credential round_id salt signature unit originator_topic)",
    "conclusion": "drafted(by finding round_id originator_topic) draft_rejected(by reason) redrafted(by finding)"
    " correction_drafted(by finding number reason replaces) approved(by document_digest)"
    " published(by channels document_digest)",
    "council": "formed<(band by elected_on gathering_id members number originator_topic population resolution"
    " seats term_from term_until unit) members_elected*<formed(by gathering_id members resolution since)"
    " member_left*<formed(by member on reason) chair_elected*<formed(by chair count sitting_id term_from"
    " term_until votes) chair_left*<formed(by chair on reason) interest_declared*<formed(by key matter member"
    " on) dissolved<formed(by gathering_id on resolution)",
    "decision": "proposed<(amends by council_id effective_from kind legal_basis number originator_topic point"
    " repeals sitting_id substance text_digest title unit) vote_cast*<proposed(by member vote)"
    " recused*<proposed(by interest member) vote_closed<proposed(by count on votes) signed<vote_closed(by on"
    " signer) published<signed(by channels in_force_from) repealed<published(by repealed_from repealing)"
    " amended*<published|repealed(amended_from amending by)",
    "dismissal": "raised<(act akim by decision_due evidence grounds number on originator_topic rules statement"
    " term_from unit) akim_notified<raised(answer_due by notice_digest on) akim_answered<akim_notified(answer"
    " answer_digest by on) submitted<akim_notified|akim_answered(by maslikhat on text_digest)"
    " registered<submitted(by entry on) hearing_set<registered|hearing_set(by hearing on place)"
    " heard<hearing_set(akim_spoke by minutes_digest on) decided<heard(by count on text_digest)"
    " published<decided(by channels text_digest)"
    " withdrawn<raised|akim_notified|akim_answered|submitted|registered|hearing_set(act by on reason)"
    " lapsed<raised|akim_notified|akim_answered|submitted|registered|hearing_set|heard(by decision_due on"
    " reason)",
    "execution": "ordered<(adopted_on by decision_id originator_topic tasks unit) progressed*<ordered(by key"
    " note per_cent) extended*<ordered(by due key reason) done*<ordered(by evidence_digest key note on"
    " overdue)",
    "finding": "opened<(by checkpoint_root checkpoint_size originator_topic statement subject)"
    " closed<opened|answered(by outcome reason) answered<opened|answered(by document_digest number summary)"
    " presented<closed(by held sitting)",
    "gathering": "convened<(by call level majority notice originator_topic quorum quotas unit)"
    " representatives_chosen*<convened(by key locality representatives separate_gathering) opened<convened(by"
    " entitled needed present) item_voted*<opened(adopted by key kind motion needed vote) closed<opened(by"
    " minutes_digest) published<closed(by channels) called_off<convened(by reason)",
    "implementation": "started(by conclusion_digest cost_tiyn project round_id originator_topic)"
    " contracted(amount_tiyn by contractor due) progressed(by note per_cent) delayed(by due reason) completed(by)"
    " accepted(by minutes_digest) acceptance_refused(by minutes_digest reason) pictured(by pictures)",
    "kiosk": "invited(by code_digest expires label place originator_topic) enrolled(public_key) revoked(by reason)",
    "merging": "proposed<(authors by into into_version originator_topic reason round_id sketch twin twin_version)"
    " consented*<proposed(author) declined<proposed(author reason) withdrawn<proposed(by)",
    "office": "established<(by kind originator_topic seat unit) taken<established|taken|left(basis by holder"
    " term_from term_until) left<taken(basis by holder on reason)",
    "proposal": "submitted(author round_id sketch originator_topic) returned(by reason) revised(sketch)"
    " admitted(by cost_tiyn excludes minutes_digest project) rejected(by minutes_digest reason) withdrawn(reason)"
    " marked(marks) absorbed*<(merging sketch twin) merged*<(into merging)",
    "report_meeting": "held<(akim by held_at minutes_digest originator_topic present status_months unit year)"
    " question_raised*<held(by key text topic) status_reported*<held(by key month status text)"
    " question_settled*<held(by key outcome text)",
    "roll": "sealed(by people root round_id originator_topic) credentials_registered(by credentials root)"
    " slip_replaced(approved_by by fate unit) slips_reconciled(by explanation slips)",
    "round": "drafted(by terms originator_topic) terms_changed(by terms) intake_opened(by) review_started(by)"
    " lot_drawn(by seed) voting_opened(by paper_digest projects) voting_closed(by early_reason) cancelled(by reason)"
    " concluded(conclusion_digest) published(conclusion_digest) implementation_started(by) completed(by)",
    "sitting": "convened<(by council_id notice number originator_topic summons unit) opened<convened(by chair"
    " needed present quorum seats) member_arrived*<opened(by member) member_left*<opened(by member)"
    " closed<opened(by minutes_digest) called_off<convened(by reason)",
    "unit": "registered<(by kato kind names originator_topic parent) population_recorded*<registered(by"
    " population) rules_set*<registered(by legal_basis rules)",
}
TOLD = [
    (f"{kind}.{name}.v1", members, before, not stays)
    for kind, events in EVENTS.items()
    for name, stays, before, members in re.findall(r"(\w+)(\*?)(<[\w|]*)?\(([^)]*)\)", events)
]
MEMBERS = {topic: {"timestamp", *members.split()} for topic, members, _, _ in TOLD}
"""What events hold, by topic (tests/golden/event_formats.json). Nothing else may be in them: no name, no number of a person."""
COURSE = {topic: (before[1:].split("|"), moves) for topic, _, before, moves in TOLD if before}
"""Of acts of self-government: the stages behind which each may stand (`name<stages`), and whether it is one itself (no star)."""
BY_TWO = {
    "open_voting": "round.voting_opened.v1",
    "close_early": "round.voting_closed.v1",
    "approve_conclusion": "conclusion.approved.v1",
    "publish_correction": "conclusion.approved.v1",
    "invite_kiosk": "kiosk.invited.v1",
    "replace_slip": "roll.slip_replaced.v1",
}
"""What takes two people when it is done through the screens: the act, and the event that stands right behind its grant."""
UNDER_REVIEW = {f"proposal.{name}.v1" for name in ("submitted", "revised", "marked", "absorbed")}
FREEZING = {
    *("round.terms_changed", "round.lot_drawn", "proposal.admitted", "proposal.revised"),
    *("proposal.absorbed", "proposal.merged"),
}

moment = datetime.fromisoformat


class Version:
    """A version of a conclusion, or a draft of one: what its events say."""

    def __init__(self, event: Json, number: int) -> None:
        state = event["state"]
        self.number, self.position = number, event["position"]
        self.finding, self.by = state["finding"], state["by"]
        self.digest: str = self.finding["document_digest"]
        self.replaces, self.reason = state.get("replaces", ""), state.get("reason", "")
        self.approved: Json = None
        self.published: Json = None

    def view(self) -> Json:
        """As the public downloads have it."""
        published = self.published or {"channels": [], "timestamp": None}
        return {
            "number": self.number,
            "state": "published" if self.published else "approved",
            "document": self.digest,
            "checkpoint_size": self.finding["checkpoint_size"],
            "replaces": self.replaces,
            "reason": self.reason,
            "channels": published["channels"],
            "published_at": published["timestamp"],
        }


class Round:
    """One round: its events in their order, and what its ballots add up to."""

    phase = "before"  # "open", then "closed" or "cancelled"
    opened: Json = None
    terms: Json = None
    paper: Json = None
    registered: dict[str, str] | None = None
    ballots = closed_at = first_ballot = 0

    def __init__(self, audit: "Audit", id_: str) -> None:
        self.audit, self.id, self.files = audit, id_, audit.archive.folders.get(id_, set())
        self.id_bytes = bytes.fromhex(id_.replace("-", ""))
        self.events: list[Json] = []
        self.used: set[str] = set()
        self.cast: Counter[str] = Counter()

    def of(self, *topics: str) -> list[Json]:
        return [event for event in self.events if event["topic"].removesuffix(".v1") in topics]

    def file(self, name: str) -> str:
        return f"rounds/{self.id}/{name}"

    def document(self, name: str) -> tuple[str, Json]:
        """SHA-256 and content of a file of its folder."""
        data = self.audit.archive.read(self.file(name))
        return hashlib.sha256(data).hexdigest(), parse(data.decode())

    @functools.cached_property
    def documents(self) -> dict[str, tuple[str, Json]]:
        """SHA-256 → (file, content) of the conclusion's documents in the bundle."""
        names = sorted(name for name in self.files if name.startswith("conclusions/"))
        found = ((name, *self.document(name)) for name in names)
        return {digest: (self.file(name), content) for name, digest, content in found}

    @functools.cached_property
    def versions(self) -> list[Version]:
        found: list[Version] = []
        for event in self.events:
            topic, state = event["topic"], event["state"]
            if "finding" in state:
                before = found[-1].number if topic == "conclusion.redrafted.v1" else 1
                found.append(Version(event, state.get("number", before)))
            elif topic == "conclusion.approved.v1":
                found[-1].approved = state
            elif topic == "conclusion.published.v1":
                found[-1].published = state
        return found

    def take(self, event: Json) -> None:
        self.events.append(event)
        topic = event["topic"]
        if topic == "round.voting_opened.v1" and self.phase == "before":
            self.opened, self.phase = event, "open"
            self.open()
        elif topic in ("round.voting_closed.v1", "round.cancelled.v1") and self.phase == "open":
            self.closed_at, self.phase = event["position"], "cancelled" if "cancelled" in topic else "closed"

    def open(self) -> None:
        """Put the paper together from the log alone, so that the bundle's own paper can be held against it."""
        try:
            self.terms = self.of("round.drafted", "round.terms_changed")[-1]["state"]["terms"]
            self.roll = self.of("roll.sealed")[0]["state"]
            self.credentials = self.of("roll.credentials_registered")[0]["state"]
            paper = self.frozen_paper()
            self.form, self.tally, self.paper = Form(paper), Tally(paper), paper
        except MALFORMED as fault:
            self.audit.fail("paper_content", f"#{self.opened['position']}", f"{fault!r:.100}")
        else:
            self.read_credentials()

    def frozen_paper(self) -> Json:
        standing = {event["id"]: event for event in self.events if event["topic"].startswith("proposal.")}
        admitted = {id_: each["state"] for id_, each in standing.items() if "admitted" in each["topic"]}
        sketched = self.of("proposal.submitted", "proposal.revised", "proposal.absorbed")
        sketches = {event["id"]: event["state"]["sketch"] for event in sketched}
        rivals = rivals_of((each["project"], each["excludes"]) for each in admitted.values())
        projects = [
            {name: sketches[id_][name] for name in ("unit", "title", "category")}
            | {"id": one["project"], "cost_tiyn": one["cost_tiyn"]}
            | {"excludes": sorted(rivals[one["project"]])}
            for id_, one in admitted.items()
        ]
        projects.sort(key=lambda one: (len(one["id"]), one["id"]))
        same = {name: self.terms[name] for name in ("kind", "title", "units", "form", "rules", "categories")}
        roots = {"roll_root": self.roll["root"], "credentials_root": self.credentials["root"]}
        seed = self.of("round.lot_drawn")[-1]["state"]["seed"]
        return same | roots | {"round_id": self.id, "projects": projects, "lot_seed": seed}

    def read_credentials(self) -> None:
        """The public list, held against what was fixed before opening: its root, and how many a unit."""
        leaves, name, registered = bytearray(), self.file("credentials.csv"), {}
        if "credentials.csv" not in self.files:
            return
        try:
            for line in islice(self.audit.archive.lines(name), 1, None):
                unit, _, credential = line.decode("ascii").partition(",")
                registered[credential] = sys.intern(unit)
                leaves += leaf_hash(line.replace(b",", b" ", 1))
        except MALFORMED as fault:
            self.audit.fail("credentials_differ", name, f"{fault!r:.100}")
        tree, counts = Tree(leaves), Counter(registered.values())
        root, self.registered = tree.root(tree.size).hex(), registered
        self.audit.expect("credentials_differ", name, root, self.credentials["root"])
        self.audit.expect("credentials_differ", name, dict(counts), self.credentials["credentials"])

    def take_ballot(self, ballot: Json, where: str) -> None:
        state, fail = ballot["state"], self.audit.fail
        credential, unit = state["credential"], state["unit"]
        name = hashlib.sha1(self.id_bytes + credential.encode(), usedforsecurity=False).hexdigest()
        variant = "89ab"[int(name[16], 16) & 3]  # RFC 9562: a UUID of version 5
        if ballot["id"] != f"{name[:8]}-{name[8:12]}-5{name[13:16]}-{variant}{name[17:20]}-{name[20:32]}":
            fail("ballot_id", where)
        self.first_ballot = self.first_ballot or ballot["position"]
        if self.phase != "open":
            fail("paper_late" if self.phase == "before" else "ballot_late", where)
        if credential in self.used:
            fail("credential_twice", where)
        self.used.add(credential)
        if not self.files or self.paper is None:
            return
        if self.registered is not None and self.registered.get(credential) != unit:
            fail("other_unit" if credential in self.registered else "unregistered", where)
        if problem := self.form.problem(unit, state["choices"]):
            fail(problem, where)
        elif self.phase == "open":
            self.ballots += 1
            self.cast[unit] += 1
            self.tally.add(self.form.worth(state["choices"]))

    def results(self, size: int) -> Json:
        """What a conclusion must say that is computed when the log has `size` entries."""
        gone = {event["id"] for event in self.of("proposal.withdrawn") if event["position"] <= size}
        admitted = self.of("proposal.admitted")
        withdrawn = {event["state"]["project"] for event in admitted if event["id"] in gone}
        people, units = self.roll["people"], [unit["kato"] for unit in self.paper["units"]]
        turnout = [{"unit": unit, "people": people.get(unit, 0), "cast": self.cast[unit]} for unit in units]
        of_money = Outcome(self.paper, self.tally, withdrawn)
        return {"lines": of_money.lines, "units": of_money.units, "ties": of_money.ties, "turnout": turnout}


class Log:
    """All entries read once, in order. Ballots are counted and forgotten; everything else is rare and kept by its round."""

    withheld = first_withheld = 0
    leaves_known = True

    def __init__(self, audit: "Audit") -> None:
        self.audit = audit
        self.leaves = bytearray()
        self.last_version: dict[str, int] = {}
        self.rounds: dict[str, Round] = {}
        self.round_of: dict[str, Round] = {}
        self.kiosks: dict[str, str] = {}
        self.acts: list[Json] = []
        self.granted: dict[int, Json] = {}
        self.alone: Counter[str] = Counter()
        self.others: Counter[str] = Counter()
        self.ballots = array("Q")
        self._withheld_lines = audit.archive.lines("log/withheld.jsonl")

    def read(self) -> None:
        audit, tiles = self.audit, self.audit.archive.tiles
        for index, (number, width, name) in enumerate(tiles):
            with audit.taking(3):
                entries = audit.archive.entries(name)
                full = 256 if index < len(tiles) - 1 else width
                audit.expect("tile_order", name, (number, width, len(entries)), (index, full, full))
                events = [event for event in map(self.read_entry, entries) if event]
            with audit.taking(6):
                for event in events:
                    self.take(event, f"#{event['position']}")
        if next(self._withheld_lines, None) is not None:
            audit.fail("withheld_differs", "log/withheld.jsonl")
        with audit.taking(3):
            self.tree = Tree(self.leaves)

    def read_entry(self, data: bytes) -> Json:
        """The entry, or None if it is withheld or cannot be used."""
        position, fail = len(self.leaves) // 32 + 1, self.audit.fail
        if not data:
            self.leaves += self.withheld_leaf(position)
            return None
        self.leaves += leaf_hash(data)
        self.audit.steps[3].items += 1
        try:
            event = parse(data.decode())
            canonical = write(event).encode() == data
            form = {name: type(value) for name, value in event.items()}
        except MALFORMED:
            fail("not_canonical", f"#{position}")
            return None
        if form != ENTRY:
            fail("entry_form", f"#{position}")
            return None
        if not canonical:
            fail("not_canonical", f"#{position}")
        if event["position"] != position:
            fail("position_gap", f"#{position}", event["position"])
        id_, version = event["id"], event["version"]
        before = 0 if event["topic"] == CAST else self.last_version.get(id_, 0)
        if version != before + 1:
            fail("version_gap", f"#{position}", f"{event['topic']}: {before} → {version}")
        if event["topic"] != CAST:
            self.last_version[id_] = version
        event["position"] = position
        return event

    def withheld_leaf(self, position: int) -> bytes:
        self.withheld += 1
        self.first_withheld = self.first_withheld or position
        line = rb'{"leaf":"([0-9a-f]{64})","position":%d}' % position
        match = re.fullmatch(line, next(self._withheld_lines, b""))
        if match is None and self.leaves_known:
            self.audit.fail("withheld_differs", f"#{position}")
            self.leaves_known = False
        return bytes.fromhex(match[1].decode()) if match else bytes(32)

    def take(self, event: Json, where: str) -> None:
        topic, id_, state = event["topic"], event["id"], event["state"]
        try:
            if topic == CAST:
                self.take_ballot(event, where)
                return
            kind = topic.partition(".")[0]
            self.match_grant(event)
            if kind not in EVENTS:
                self.others[topic] += 1
                return
            if state.keys() != MEMBERS.get(topic):
                self.audit.fail("entry_form", where, topic)
            if topic in COURSE:
                self.acts.append(event)
            if topic == "round.drafted.v1":
                self.rounds[id_] = self.round_of[id_] = Round(self.audit, id_)
            elif "round_id" in state:
                self.round_of[id_] = self.rounds[state["round_id"]]
            if kind in ("round", "roll", "proposal", "conclusion"):
                self.round_of[id_].take(event)
            elif topic == "kiosk.enrolled.v1":
                self.kiosks[id_] = state["public_key"]
        except MALFORMED as fault:
            self.audit.fail("entry_form", where, f"{topic}: {fault!r:.100}")

    def match_grant(self, event: Json) -> None:
        """What stands right behind a grant is what was granted; acts that take two people and stand behind none are counted."""
        topic, before = event["topic"], event["position"] - 1
        if before in self.granted:
            self.granted[before] = event
        elif topic in BY_TWO.values() and event["state"].get("early_reason", "-"):
            self.alone[topic] += 1
        if topic == "approval.granted.v1":
            self.granted[event["position"]] = None

    def take_ballot(self, ballot: Json, where: str) -> None:
        state, fail = ballot["state"], self.audit.fail
        self.audit.steps[6].items += 1
        texts = [state.get(name) for name in ("credential", "salt", "signature")]
        if state.keys() != MEMBERS[CAST] or not BALLOT_BYTES.fullmatch(" ".join(texts)):
            fail("ballot_form", where)
            return
        self.ballots.append(ballot["position"])
        if not state["timestamp"].endswith(":00:00Z"):
            fail("ballot_time", where)
        round_ = self.rounds.get(state["round_id"])
        if round_ is None:
            fail("ballot_round", where)
        else:
            round_.take_ballot(ballot, where)


# ---- Signatures of ballots: the only slow part, spread over processes. --------------------------------------------------------

Given = TypeVar("Given")
Found = TypeVar("Found")


def spread(work: Callable[[Given], Found], over: Iterable[Given], jobs: int) -> Iterator[Found]:
    with multiprocessing.Pool(jobs) if jobs > 1 else nullcontext() as pool:
        yield from pool.imap(work, over) if pool else map(work, over)


def wrongly_signed(ballots: list[tuple[int, bytes]]) -> list[int]:
    """Of entries behind their positions the positions of those whose ballot is not signed by its credential."""
    return [position for position, entry in ballots if not ballot_is_signed(parse(entry.decode())["state"])]


def ballot_is_signed(state: Json) -> bool:
    signed = write({"choices": state["choices"], "round": state["round_id"], "salt": state["salt"]})
    key, signature = (base64.urlsafe_b64decode(state[name] + "==") for name in ("credential", "signature"))
    return verify(key, b"dauys.ballot.v1\n" + signed.encode(), signature)


def check_signatures(archive: Archive, positions: list[int], jobs: int) -> Iterator[int]:
    """Of the ballots at these positions those that are wrongly signed, an entry bundle at a time."""
    names = {index: name for index, _, name in archive.tiles}
    tiles = (
        [(position, entries[(position - 1) % 256]) for position in those]
        for index, those in groupby(positions, lambda position: (position - 1) // 256)
        for entries in [archive.entries(names[index])]
    )
    for done, wrong in enumerate(spread(wrongly_signed, tiles, jobs)):
        yield from wrong
        if sys.stderr.isatty():
            print(f"{done * 25_600 // len(positions)} %", end="\r", file=sys.stderr, flush=True)


# ---- Self-government: each act is held against the log as it stood before it, and against the unit's rules of that moment. -----

OPEN_INITIATIVE = {*COURSE["dismissal.lapsed.v1"][0]}
KNOWN_BY = {
    "unit": ["kato"],
    "office": ["unit", "kind", "seat"],
    "council": ["unit", "number"],
    "sitting": ["council_id", "number"],
    "decision": ["council_id", "number"],
    "dismissal": ["unit", "akim", "number"],
    "execution": ["decision_id"],
    "report_meeting": ["unit", "year"],
}
"""Two things of a kind differ in these; approvals, gatherings, findings, mergings and proposals in their ids alone."""
TIMES = (
    *("adopted_on", "amended_from", "answer_due", "convened_at", "decision_due", "due", "effective_from"),
    *("elected_on", "expires", "hearing", "held", "held_at", "in_force_from", "on", "repealed_from", "since"),
    *("term_from", "term_until", "timestamp", "when"),
)
KAZAKHSTAN = timezone(timedelta(hours=5))


def timed(value: Json, name: str = "") -> Json:
    """The same with its times as moments."""
    if isinstance(value, dict):
        return {each: timed(inner, each) for each, inner in value.items()}
    if isinstance(value, list):
        return [timed(each) for each in value]
    return moment(value) if name in TIMES else value


def days(first: datetime, last: datetime) -> int:
    """From date to date, whatever the hours."""
    return (last.astimezone(KAZAKHSTAN).date() - first.astimezone(KAZAKHSTAN).date()).days


def months_after(when: datetime, months: int) -> datetime:
    """The same day and hour so many months later; where that month is shorter, its last day."""
    local = when.astimezone(KAZAKHSTAN)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)


def least(share: Json, whole: int) -> int:
    """The smallest number that is more than this share of `whole` or, where that is enough, as much."""
    part, of = whole * int(share["numerator"]), int(share["denominator"])
    return part // of + 1 if share["more_than"] else -(-part // of)


def reached(share: Json, part: int, whole: int) -> bool:
    return whole > 0 and part >= least(share, whole)


class Thing:
    """One unit, Council, decision … as the log has told it so far: what happened, in order, and the stage it is at."""

    stage = ""

    def __init__(self, id_: str) -> None:
        self.id = id_
        self.events: list[tuple[str, Json]] = []

    def __getitem__(self, member: str) -> Json:
        """Of the event that began it."""
        return self.events[0][1][member]

    def of(self, *names: str) -> list[Json]:
        return [state for name, state in self.events if name in names]

    def holders(self, when: datetime, began: set[str], ended: set[str]) -> dict[str, datetime]:
        """Who holds a seat at that moment, and since when, by the events of these names."""
        spans: list[tuple[str, datetime, datetime]] = []
        for name, state in self.events:
            if name in began:
                until = state.get("term_until") or self["term_until"]
                spans += [(one, state.get("since") or state["term_from"], until) for one in people(state)]
            elif name in ended:
                gone = people(state) or {one for one, _, _ in spans}
                spans = [
                    (one, since, min(until, state["on"]) if one in gone else until)
                    for one, since, until in spans
                ]
        return {one: since for one, since, until in spans if since <= when < until}

    def members(self, when: datetime) -> dict[str, datetime]:
        return self.holders(when, {"formed", "members_elected"}, {"member_left", "dissolved"})

    def chair(self, when: datetime) -> str:
        chairs = self.holders(when, {"chair_elected"}, {"chair_left", "member_left", "dissolved"})
        return next(iter(chairs), "")

    def seats(self) -> dict[str, int]:
        return {each["locality"]: each["seats"] for each in self["seats"]}


def present(sitting: Thing) -> set[str]:
    found: set[str] = set()
    for state in sitting.of("opened", "member_arrived", "member_left"):
        found = found ^ set(state.get("present") or [state["member"]])
    return found


def people(state: Json) -> set[str]:
    """Whom an event seats or unseats, by their ids."""
    one = state.get("holder", {}).get("id") or state.get("chair") or state.get("member")
    return {each["official"]["id"] for each in state.get("members", [])} | ({one} if one else set())


class Acts:
    """Everything that the log has told so far, and the event in hand. What cannot be looked up there, an act cannot rest on."""

    where, position, version = "", 0, 0

    def __init__(self, audit: "Audit") -> None:
        self.audit = audit
        self.things: dict[str, Thing] = {}
        self.known: dict[str, dict[str, Thing]] = defaultdict(dict)
        self.below: dict[str, list[str]] = defaultdict(list)
        self.owed: dict[Json, str] = {}

    def take(self, event: Json) -> None:
        kind, name, _ = event["topic"].split(".")
        self.position, self.version, self.where = event["position"], event["version"], f"#{event['position']}"
        it = self.things.setdefault(event["id"], Thing(event["id"]))
        before, moves = COURSE[event["topic"]]
        state: Json = {}
        self.check(it.stage in before, "act_order", f"{it.stage or '-'} → {name}")
        if not it.events:
            key = write([event["state"].get(member) for member in KNOWN_BY.get(kind, [])] or it.id)
            self.check(self.known[kind].setdefault(key, it) is it, "act_twice", key)
        try:
            state = timed(event["state"])
            JUDGES[kind](self, it, name, state)
        except MALFORMED as fault:
            self.check(right=False, what="act_basis", detail=f"{fault!r:.100}")
        it.events.append((name, state))
        it.stage = name if moves else it.stage

    def check(self, right: object, what: str, detail: object = "") -> None:
        self.audit.check(right, what, self.where, detail)

    def expect(self, what: str, found: Json, right: Json) -> None:
        self.audit.expect(what, self.where, found, right)

    def says(self, what: str, state: Json, **right: Json) -> None:
        for name, value in right.items():
            self.audit.expect(what, f"{self.where} {name}", state[name], value)

    def follows(self, *what: Json) -> None:
        """This can only be there because an act before it says so."""
        self.check(self.owed.pop(what, ""), "act_unasked", what[0])

    def find(self, kind: str, *key: Json) -> Thing:
        return self.known[kind][write([*key])]

    def rules(self, unit: str) -> Json:
        return self.find("unit", unit).of("rules_set")[-1]["rules"]

    def population(self, unit: str, when: datetime) -> Json:
        """The newest count of the newest year that is not a later one."""
        counts = [each["population"] for each in self.find("unit", unit).of("population_recorded")]
        counts = [each for each in counts if each["year"] <= when.astimezone(KAZAKHSTAN).year]
        return max(reversed(counts), key=lambda each: int(each["year"]))

    def localities(self, unit: str) -> list[str]:
        return self.below[unit] or [unit]

    def akim(self, unit: str, when: datetime) -> dict[str, datetime]:
        return self.find("office", unit, "akim", 0).holders(when, {"taken"}, {"left"})

    def resolution(self, gathering_id: str, key: str, kind: str, unit: str) -> Json:
        """The motion that a gathering of the unit adopted, with `on`, its day; it counts once the minutes are closed."""
        gathering = self.things[gathering_id]
        [voted] = [each for each in gathering.of("item_voted") if each["key"] == key and each["adopted"]]
        right = (voted["kind"], gathering["unit"]) == (kind, unit)
        self.check(right and gathering.stage in ("closed", "published"), "act_basis", f"{gathering_id} {key}")
        return voted["motion"] | {"on": gathering["call"]["held_at"]}

    def adoption(self, decision_id: str, unit: str) -> Json:
        """The decision that the unit's Council adopted, as proposed, with `on`, the day."""
        decision = self.things[decision_id]
        [closed] = decision.of("vote_closed")
        self.check(closed["count"]["adopted"] and decision["unit"] == unit, "act_basis", decision_id)
        return decision.events[0][1] | {"on": closed["on"]}

    def act(self, act: Json, kind: str, unit: str) -> str:
        """Whom the act concerns that one of the unit's two bodies adopted; what is said of it here is so."""
        if act["body"] == "gathering":
            adopted = self.resolution(act["id"], act["key"], kind, unit)
            adopted |= {"kind": kind, "substance": adopted}
        else:
            adopted = self.adoption(act["id"], unit)
            self.expect("act_basis", (act["body"], act["key"]), ("council", ""))
        right = (adopted["kind"], adopted["text_digest"], adopted["on"])
        self.expect("act_basis", (kind, act["text_digest"], act["adopted_on"]), right)
        akim: str = adopted["substance"]["akim"]
        return akim

    # What is asked of acts of several kinds.

    def called(self, call: Json, notice: Json, needed: int, recorded: datetime) -> None:
        given = days(call["convened_at"], call["held_at"])
        self.expect("act_notice", notice, {"given_days": given, "needed_days": needed})
        self.check(given >= needed and call["convened_at"] <= call["held_at"], "act_notice", given)
        self.check(call["convened_at"] <= recorded, "act_time")

    def quorate(self, share: Json, present: int, whole: int) -> None:
        self.check(reached(share, present, whole), "act_quorum", f"{present} / {whole}")

    def published(self, channels: Json, since: datetime, recorded: datetime) -> datetime:
        """When it first stood on a site."""
        self.check(all(since <= each["when"] <= recorded for each in channels), "act_time", "channels")
        sites = [each["when"] for each in channels if each["kind"] == "site"]
        self.check(sites, "act_published")
        return min(sites, default=recorded)

    def in_office(self, council: Thing, when: datetime) -> None:
        right = council.stage == "formed" and council["term_from"] <= when < council["term_until"]
        self.check(right, "council_over", f"{council.stage} {when}")

    def sitting(self, sitting: Thing) -> tuple[Thing, set[str], str]:
        """The Council of an open sitting that may decide, the members who are there now, and the chair if there too."""
        council, on = self.things[sitting["council_id"]], sitting["summons"]["held_at"]
        self.check(sitting.stage == "opened", "act_order", sitting.stage)
        self.in_office(council, on)
        there = present(sitting) & council.members(on).keys()
        return council, there, council.chair(on) if council.chair(on) in there else ""

    def counted(self, found: Json, sitting: Thing, roll: dict[str, str], recused: set[str]) -> None:
        """A roll-call under the unit's rules. A majority is of those who may vote; who stood back for an interest may not."""
        (council, there, chair), rules = self.sitting(sitting), self.rules(sitting["unit"])
        seats, voting = sum(council.seats().values()), there - recused
        cast = Counter(vote for member, vote in roll.items() if member in voting)
        named = {"votes_for": cast["for"], "votes_against": cast["against"], "abstained": cast["abstained"]}
        self.says("act_votes", found, seats=seats, present=len(there), recused=len(there & recused), **named)
        self.says("act_votes", found, voting=len(voting))
        quorum, majority = rules["council_quorum"], rules["council_majority"]
        self.says("act_rules", found, quorum=quorum, quorum_needed=least(quorum, seats))
        self.says("act_rules", found, majority=majority, votes_needed=least(majority, len(voting)))
        tie = cast["for"] == cast["against"]
        casting = rules["casting_vote"] and tie and chair in voting and roll.get(chair) == "for"
        adopted = reached(majority, cast["for"] + casting, len(voting))
        self.says("act_adopted", found, casting_vote=casting, adopted=adopted)
        self.quorate(quorum, len(there), seats)


def judge_unit(acts: Acts, _: Thing, name: str, state: Json) -> None:
    """Below a unit that was registered before. Its rules let no minority decide."""
    if name == "registered" and state["parent"]:
        acts.below[acts.find("unit", state["parent"])["kato"]].append(state["kato"])
    elif name == "rules_set":
        for each, share in state["rules"].items():
            if "majority" in each:
                over_half = 2 * share["numerator"] >= share["denominator"] + (not share["more_than"])
                acts.check(over_half, "rules_minority", each)


def judge_office(acts: Acts, it: Thing, name: str, state: Json) -> None:
    """One holder at a time. Who is dismissed, is so by the maslikhat."""
    if name == "established":
        acts.find("unit", state["unit"])
    elif name == "taken":
        held = it.holders(state["term_from"], {"taken"}, {"left"})
        acts.check(state["term_from"] < state["term_until"] and not held, "act_time", [*held])
    else:
        acts.check(state["holder"]["id"] in it.holders(state["on"], {"taken"}, {"left"}), "akim_other")
        if state["reason"] == "dismissed":
            acts.follows("dismissed", it["unit"], state["holder"]["id"], state["on"], state["basis"])


def judge_gathering(acts: Acts, it: Thing, name: str, state: Json) -> None:
    """Called in time, open only with a quorum; what is adopted was announced and has the majority of those present then."""
    if name == "convened":
        judge_call(acts, state)
        return
    whole, held, recorded = it["level"] == "unit", it["call"]["held_at"], state["timestamp"]
    chosen = it.of("representatives_chosen")
    if name == "representatives_chosen":
        judge_representatives(acts, it, state)
    elif name == "opened":
        entitled = sum(each["representatives"] for each in it["quotas"]) if whole else state["entitled"]
        acts.check(whole or entitled <= it["quotas"][0]["people"], "act_quota", entitled)
        acts.says("act_rules", state, entitled=entitled, needed=least(it["quorum"], entitled))
        acts.check(held <= recorded, "act_time")
    elif name == "item_voted":
        vote = state["vote"]
        agenda = {each["key"]: each["kind"] for each in it["call"]["agenda"]}
        once = state["key"] not in [each["key"] for each in it.of("item_voted")]
        acts.check(once and agenda.get(state["key"]) == state["kind"], "act_agenda", state["key"])
        hands = vote["votes_for"] + vote["votes_against"] + vote["abstained"]
        acts.check(hands <= vote["present"], "act_votes", f"{hands} > {vote['present']}")
        needed = least(it["majority"], vote["present"])
        acts.says("act_adopted", state, needed=needed, adopted=vote["votes_for"] >= needed)
    elif name == "published":
        acts.published(state["channels"], held, recorded)
    if name in ("opened", "item_voted"):
        present, entitled = state.get("vote", state)["present"], [*it.of("opened"), state][0]["entitled"]
        most = sum(each["representatives"] for each in chosen) if whole else entitled
        acts.check(present <= most, "act_votes", f"{present} > {most}")
        acts.quorate(it["quorum"], present, entitled)


def judge_call(acts: Acts, state: Json) -> None:
    """Announced with the notice, the shares and, by population, the quotas that the unit's rules give."""
    unit, call, whole = state["unit"], state["call"], state["level"] == "unit"
    rules = acts.rules(unit)
    quorum = rules["gathering_quorum" if whole else "separate_quorum"]
    acts.says("act_rules", state, quorum=quorum, majority=rules["gathering_majority"])
    acts.called(call, state["notice"], rules["gathering_notice_days"], state["timestamp"])
    for each in call["agenda"]:
        fits = each["kind"] == "other" or (each["kind"] == "representatives_chosen") != whole
        acts.check(fits, "act_agenda", each["kind"])
    places = [each["locality"] for each in state["quotas"]]
    right = places == acts.localities(unit) if whole else places[0] in (unit, *acts.localities(unit))
    acts.check(right and (whole or len(places) == 1), "act_quota", places)
    for each in state["quotas"]:
        people = acts.population(each["locality"], call["held_at"])["people"]
        quota = people, -(-people // rules["people_per_representative"])
        acts.expect("act_quota", (each["people"], each["representatives"]), quota)


def judge_representatives(acts: Acts, it: Thing, state: Json) -> None:
    """Chosen at a separate gathering before, counted once, and no more than the locality may send."""
    chosen, from_, locality = it.of("representatives_chosen"), state["separate_gathering"], state["locality"]
    motion = acts.resolution(from_, state["key"], "representatives_chosen", it["unit"])
    told = acts.things[from_]["quotas"][0]["locality"], motion["representatives"]
    acts.expect("act_quota", (locality, state["representatives"]), told)
    once = from_ not in [each["separate_gathering"] for each in chosen]
    acts.check(once and it["level"] == "unit" and motion["on"] <= it["call"]["held_at"], "act_quota", from_)
    sent = sum(each["representatives"] for each in [*chosen, state] if each["locality"] == locality)
    quota = {each["locality"]: each["representatives"] for each in it["quotas"]}[locality]
    acts.check(sent <= quota, "act_quota", f"{sent} > {quota}")


def judge_council(acts: Acts, it: Thing, name: str, state: Json) -> None:
    """Seated as the gathering elected, by the table of seats; its members and chair act while it is in office, and only then."""
    if name == "formed":
        judge_formed(acts, state)
        return
    unit, on = it["unit"], state.get("on")
    if name == "chair_elected":
        sitting = acts.things[state["sitting_id"]]
        on, roll = sitting["summons"]["held_at"], {each["member"]: each["vote"] for each in state["votes"]}
        right = len(roll) == len(state["votes"]) and acts.sitting(sitting)[1] >= {*roll, state["chair"]}
        acts.check(right and sitting["council_id"] == it.id, "act_votes", roll)
        acts.counted(state["count"], sitting, roll, set())
        acts.check(state["count"]["adopted"], "act_adopted")
        acts.check(not it.chair(on), "act_signer", it.chair(on))
        until = min(months_after(on, 12 * acts.rules(unit)["chair_years"]), it["term_until"])
        acts.says("act_time", state, term_from=on, term_until=until)
    elif name in ("members_elected", "dissolved"):
        kind = "council_dissolved" if name == "dissolved" else name
        motion = acts.resolution(state["gathering_id"], state["resolution"], kind, unit)
        acts.check(motion["on"] > it["elected_on"], "act_time", motion["on"])
        on = motion["on"] if name == "dissolved" else max(motion["on"], it["term_from"])
        acts.expect("act_time", state.get("since") or state["on"], on)
        if name == "members_elected":
            acts.expect("council_seats", state["members"], motion["candidates"])
            seated = [one for one in it.of("formed", "members_elected") for one in one["members"]]
            places = {one["official"]["id"]: one["locality"] for one in seated}
            judge_seats(acts, it.seats(), [places[one] for one in it.members(on)], state["members"])
    elif name == "chair_left":
        acts.expect("act_signer", it.chair(on), state["chair"])
    else:
        acts.check(state["member"] in it.members(on), "council_seats", state["member"])
    acts.in_office(it, on)


def judge_formed(acts: Acts, state: Json) -> None:
    """Of the members elected, for as long as the rules say; seats by the table, one for every locality at least."""
    unit, seats = state["unit"], {each["locality"]: each["seats"] for each in state["seats"]}
    motion = acts.resolution(state["gathering_id"], state["resolution"], "council_elected", unit)
    acts.says("council_seats", state, members=motion["candidates"])
    rules, counted = acts.rules(unit), acts.population(unit, motion["on"])
    table, people = rules["council_seats"], counted["people"]
    [band] = [each for each in table if each["over_people"] < people <= each["up_to_people"]]
    acts.says("act_rules", state, population=counted, band=band)
    right = max(band["least"], len(seats)) <= sum(seats.values()) <= max(band["most"], len(seats))
    each_has_one = sorted(seats) == sorted(acts.localities(unit)) and min(seats.values()) > 0
    acts.check(right and each_has_one and len(seats) == len(state["seats"]), "council_seats", seats)
    judge_seats(acts, seats, [], state["members"])
    begins = motion["on"]
    if state["number"] > 1:
        before = acts.find("council", unit, state["number"] - 1)
        acts.check(before["elected_on"] < begins, "act_time", begins)
        begins = max(begins, *([each["on"] for each in before.of("dissolved")] or [before["term_until"]]))
    until = months_after(begins, 12 * rules["council_years"])
    acts.says("act_time", state, elected_on=motion["on"], term_from=begins, term_until=until)


def judge_seats(acts: Acts, seats: dict[str, int], taken: list[str], elected: list[Json]) -> None:
    """No more members than seats in any locality, and nobody on two."""
    sitting = Counter([*taken, *(each["locality"] for each in elected)])
    fits = all(number <= seats.get(each, 0) for each, number in sitting.items())
    once = len({each["official"]["id"] for each in elected}) == len(elected)
    acts.check(fits and once, "council_seats", dict(sitting))


def judge_sitting(acts: Acts, it: Thing, name: str, state: Json) -> None:
    """Of a Council in office, called in time, opened with the quorum of all seats by members present by name."""
    about = state if name == "convened" else it.events[0][1]
    council, on = acts.things[about["council_id"]], about["summons"]["held_at"]
    rules = acts.rules(about["unit"])
    members, seats = council.members(on), sum(council.seats().values())
    if name == "convened":
        acts.called(state["summons"], state["notice"], rules["sitting_notice_days"], state["timestamp"])
        acts.check(council["unit"] == state["unit"], "act_basis")
        acts.quorate(rules["council_quorum"], len(members), seats)
    elif name == "opened":
        acts.check(on <= state["timestamp"], "act_time", on)
        acts.check(set(state["present"]) <= members.keys(), "act_votes", state["present"])
        acts.quorate(rules["council_quorum"], len(state["present"]), seats)
        quorum, chair = rules["council_quorum"], council.chair(on)
        acts.says("act_rules", state, seats=seats, quorum=quorum, needed=least(quorum, seats))
        acts.says("act_signer", state, chair=chair if chair in state["present"] else "")
    elif name in ("member_arrived", "member_left"):
        right = state["member"] in members and (state["member"] in present(it)) == (name == "member_left")
        acts.check(right, "act_votes", state["member"])
    if name in ("convened", "opened", "member_arrived"):
        acts.in_office(council, on)


def judge_decision(acts: Acts, it: Thing, name: str, state: Json) -> None:
    """Put to an open sitting, voted by name, signed by the chair, published and only then in force; what it ends, ends with it."""
    if name == "proposed":
        judge_proposal(acts, state)
        return
    sitting, recorded = acts.things[it["sitting_id"]], state["timestamp"]
    council, recused = acts.things[it["council_id"]], {each["member"] for each in it.of("recused")}
    if name in ("vote_cast", "recused"):
        acts.check(state["member"] in acts.sitting(sitting)[1] - recused, "act_votes", state["member"])
        if name == "recused":
            declared = [(each["key"], each["member"]) for each in council.of("interest_declared")]
            acts.check((state["interest"], state["member"]) in declared, "act_basis", state["interest"])
    elif name == "vote_closed":
        roll = {each["member"]: each["vote"] for each in it.of("vote_cast") if each["member"] not in recused}
        there = acts.sitting(sitting)[1]
        votes = [{"member": one, "vote": roll[one]} for one in sorted(there & roll.keys())]
        acts.expect("act_votes", state["votes"], votes)
        acts.counted(state["count"], sitting, roll, recused)
        acts.expect("act_time", state["on"], sitting["summons"]["held_at"])
    elif name == "signed":
        adopted = acts.adoption(it.id, it["unit"])
        acts.in_office(council, state["on"])
        acts.expect("act_signer", state["signer"], council.chair(state["on"]))
        acts.check(adopted["on"] <= state["on"] <= recorded, "act_time", state["on"])
    elif name == "published":
        begins = acts.published(state["channels"], it.of("signed")[-1]["on"], recorded)
        begins = max(begins, it["effective_from"])
        acts.expect("act_published", state["in_force_from"], begins)
        for each in it["repeals"]:
            if acts.things[each].stage != "repealed":
                acts.owed["repealed", each, it.id, begins] = acts.where
        acts.owed |= {("amended", each, it.id, begins): acts.where for each in it["amends"]}
    else:
        acts.follows(name, it.id, state.get("repealing") or state["amending"], state[f"{name}_from"])


def judge_proposal(acts: Acts, state: Json) -> None:
    """On the agenda of an open sitting of the unit's Council; ends or changes only what is published and stands."""
    sitting, unit = acts.things[state["sitting_id"]], state["unit"]
    points, affected = sitting["summons"]["agenda"], [*state["repeals"], *state["amends"]]
    council, _, _ = acts.sitting(sitting)
    right = (council.id, council["unit"]) == (state["council_id"], unit)
    acts.check(right and len({*affected}) == len(affected), "act_basis", affected)
    acts.check(state["point"] in [each["key"] for each in points], "act_agenda", state["point"])
    for each in affected:
        earlier = acts.things[each]
        acts.check((earlier.stage, earlier["unit"]) == ("published", unit), "act_basis", each)
    judge_substance(acts, state, acts.rules(unit), sitting["summons"]["held_at"])


def judge_substance(acts: Acts, state: Json, rules: Json, on: datetime) -> None:
    """What the law asks of this kind of decision before it may be put to the vote."""
    facts, unit, kind = state["substance"], state["unit"], state["kind"]
    if kind in ("development_plan", "budget"):
        agreed, item = facts["agreed"], "budget_agreed" if kind == "budget" else "plan_agreed"
        motion = acts.resolution(agreed["gathering_id"], agreed["key"], item, unit)
        right = state["text_digest"], agreed["adopted_on"], True
        acts.expect("act_facts", (motion["text_digest"], motion["on"], motion["on"] <= on), right)
    elif kind in ("tax_rate", "zoning_coefficient"):
        ranges = {each["rate"]: each for each in rules["rate_ranges"]}
        for each in facts["rates"]:
            acts.expect("act_rules", each, each | ranges[each["rate"]])
            in_range = each["least_basis_points"] <= each["basis_points"] <= each["most_basis_points"]
            acts.check(in_range, "act_facts", each)
    elif kind == "reallocation":
        acts.expect("act_facts", sum(each["change_tiyn"] for each in facts["transfers"]), 0)
    elif kind in ("dismissal_initiated", "dismissal_withdrawn"):
        acts.check(facts["akim"] in acts.akim(unit, on), "akim_other", facts["akim"])
    elif kind == "repeal":
        acts.check(state["repeals"], "act_facts")
    elif kind == "execution_control" and facts["controlled"]["kind"] == "decision":
        acts.adoption(facts["controlled"]["id"], unit)
    elif kind in ("envelope", "conclusion_noted", "execution_control"):
        about = facts["envelope"] or facts["noted"] or facts["controlled"]
        judge_round(acts, acts.audit.log.rounds[about.get("round_id") or about["id"]], kind, about, unit)


def judge_round(acts: Acts, round_: Round, kind: str, about: Json, unit: str) -> None:
    """The unit has an envelope in the round: approved before voting, its conclusion noted once published, then controlled."""
    before = [each for each in round_.events if each["position"] < acts.position]
    terms = [each["state"]["terms"] for each in before if "terms" in each["state"]][-1]
    [envelope] = [each["envelope_tiyn"] for each in terms["units"] if each["kato"] == unit]
    said = {each["topic"]: each["state"] for each in before}
    if kind == "envelope":
        acts.says("act_facts", about, envelope_tiyn=envelope)
        acts.check(not said.keys() & {"round.voting_opened.v1", "round.cancelled.v1"}, "act_facts", round_.id)
    elif kind == "conclusion_noted":
        acts.says("act_facts", about, document_digest=said["conclusion.published.v1"]["document_digest"])
    else:
        acts.check("round.published.v1" in said, "act_facts", round_.id)


def judge_dismissal(acts: Acts, it: Thing, name: str, state: Json) -> None:
    """Withdrawn only by who raised it and before the hearing; ended only by the majority of all deputies."""
    if name == "raised":
        judge_raised(acts, it, state)
        return
    unit, due, recorded, last = it["unit"], it["decision_due"], state["timestamp"], it.events[-1][1]
    if name == "published":
        acts.published(state["channels"], last["on"], recorded)
        acts.expect("act_published", state["text_digest"], last["text_digest"])
        return
    on, akim = state["on"], it["akim"]["id"]
    in_time = last["on"] <= on <= recorded and (name == "lapsed" or days(due, on) <= 0)
    acts.check(in_time and keeps_days(it, name, state), "act_time", on)
    serves = acts.akim(unit, on).get(akim) == it["term_from"]
    if name == "submitted":
        above = acts.find("unit", state["maslikhat"])
        right = above["kind"] in ("district", "city") and acts.find("unit", unit)["parent"] == above["kato"]
        acts.check(right, "act_basis", above["kato"])
    elif name == "decided":
        acts.check(serves, "akim_other")
        judge_maslikhat(acts, it["rules"], state["count"])
        if state["count"]["ended"]:
            acts.owed["dismissed", unit, akim, on, f"dismissal:{it.id}"] = acts.where
    elif name == "withdrawn":
        told = acts.act(state["act"], "dismissal_withdrawn", unit), state["act"]["body"]
        acts.expect("act_basis", told, (akim, it["act"]["body"]))
    elif name == "lapsed":
        acts.expect("act_time", state["decision_due"], due)
        acts.says("act_time", state, reason="deadline" if serves else "left_office")
        acts.check(not serves or days(due, on) > 0, "act_time", on)


def keeps_days(it: Thing, name: str, state: Json) -> bool:
    """A day given is over at midnight. Whoever is silent hinders nobody once the days to answer are over."""
    on, last, due = state["on"], it.events[-1][1], it["decision_due"]
    hearing = [each["hearing"] for each in it.of("hearing_set")][-1:]
    if name == "akim_notified":
        return bool(state["answer_due"] == on + timedelta(days=it["rules"]["answer_days"]))
    if name in ("akim_answered", "submitted") and "answer_due" in last:
        return (days(last["answer_due"], on) <= 0) == (name == "akim_answered")
    if name == "hearing_set":
        return on <= state["hearing"] and days(due, state["hearing"]) <= 0
    if name == "withdrawn":
        return it["on"] <= state["act"]["adopted_on"] <= on and all(on < each for each in hearing)
    return name != "heard" or hearing[0] <= on


def judge_raised(acts: Acts, it: Thing, state: Json) -> None:
    """By an adopted act about this very akim, in office; young enough, used once; while no other is open against them."""
    unit, akim, on, act = state["unit"], state["akim"]["id"], state["on"], state["act"]
    rules = acts.rules(unit)
    short = {name: rules[name if name in rules else f"dismissal_{name}"] for name in state["rules"]}
    acts.expect("act_rules", state["rules"], short)
    acts.expect("akim_other", acts.act(act, "dismissal_initiated", unit), akim)
    acts.check(acts.akim(unit, on).get(akim) == state["term_from"], "akim_other", akim)
    young = days(act["adopted_on"], on) <= short["act_days"]
    acts.check(young and act["adopted_on"] <= on <= state["timestamp"], "act_time", on)
    acts.expect("act_time", state["decision_due"], on + timedelta(days=short["decision_days"]))
    others = [each for each in acts.known["dismissal"].values() if each is not it]
    earlier = [each for each in others if (each["unit"], each["akim"]["id"]) == (unit, akim)]
    acts.check(all(each.stage not in OPEN_INITIATIVE for each in earlier), "initiative_two")
    acts.expect("act_twice", state["number"], len(earlier) + 1)
    used = [(each["act"]["id"], each["act"]["key"]) for each in earlier]
    acts.check((act["id"], act["key"]) not in used, "act_twice", used)
    ends = [each["on"] for one in earlier for each in one.of("decided") if not each["count"]["ended"]]
    waits = [months_after(each, short["after_failure_months"] or 0) for each in ends]
    waits.append(months_after(state["term_from"], short["after_office_months"] or 0))
    acts.check(max(waits) <= on, "act_time", max(waits))
    acts.check(state["grounds"] and state["evidence"], "act_facts")


def judge_maslikhat(acts: Acts, rules: Json, count: Json) -> None:
    """Quorum and majority are of all deputies, present or not."""
    vote, deputies = count["vote"], count["deputies"]
    hands = vote["votes_for"] + vote["votes_against"] + vote["abstained"]
    acts.check(hands <= vote["present"] <= deputies, "act_votes", f"{hands} > {vote['present']} > {deputies}")
    quorum, majority = rules["maslikhat_quorum"], rules["maslikhat_majority"]
    acts.says("act_rules", count, quorum=quorum, quorum_needed=least(quorum, deputies))
    acts.says("act_rules", count, majority=majority, votes_needed=least(majority, deputies))
    acts.quorate(quorum, vote["present"], deputies)
    acts.says("act_adopted", count, ended=reached(majority, vote["votes_for"], deputies))


def judge_execution(acts: Acts, it: Thing, name: str, state: Json) -> None:
    """Tasks of an adopted decision, put off only openly; whether one was late follows from its dates."""
    if name == "ordered":
        adopted = acts.adoption(state["decision_id"], state["unit"])
        acts.expect("act_time", state["adopted_on"], adopted["on"])
        acts.check(all(adopted["on"] < each["due"] for each in state["tasks"]), "act_time")
        return
    told = [*it["tasks"], *it.of("extended", "done")]
    mine = [each for each in told if each["key"] == state["key"]]
    acts.check(mine and "overdue" not in mine[-1], "act_agenda", state["key"])
    due = [each["due"] for each in mine if "due" in each][-1]
    if name == "extended":
        acts.check(due < state["due"], "act_time", state["due"])
    elif name == "done":
        acts.says("act_time", state, overdue=days(due, state["on"]) > 0)
        acts.check(it["adopted_on"] <= state["on"] <= state["timestamp"], "act_time", state["on"])


def judge_meeting(acts: Acts, it: Thing, name: str, state: Json) -> None:
    """Held by who was akim then; each question has one report a month, behind the meeting's, until it is settled."""
    if name == "held":
        akim = acts.akim(state["unit"], state["held_at"])
        acts.check(state["akim"]["id"] in akim, "akim_other", state["akim"]["id"])
        acts.says("act_rules", state, status_months=acts.rules(state["unit"])["report_status_months"])
        acts.check(state["held_at"] <= state["timestamp"], "act_time", state["held_at"])
        return
    mine = [(told, each) for told, each in it.events[1:] if each["key"] == state["key"]]
    if name == "question_raised":
        acts.check(not mine, "act_agenda", state["key"])
        return
    acts.check(mine and mine[-1][0] != "question_settled", "act_agenda", state["key"])
    if name == "status_reported":
        held, now = (f"{each.astimezone(KAZAKHSTAN):%Y-%m}" for each in (it["held_at"], state["timestamp"]))
        once = state["month"] not in [each.get("month") for _, each in mine]
        acts.check(once and held < state["month"] <= now, "act_time", state["month"])


def judge_finding(acts: Acts, it: Thing, name: str, state: Json) -> None:
    """About a log that was signed, as it stood before; answered by other people than open, close and present it."""
    if name == "opened":
        size, root = state["checkpoint_size"], state["checkpoint_root"]
        checkpoint = acts.audit.checkpoints.get(size)
        # A root that an entry names cannot cover that entry, so the log was signed before it.
        signed = checkpoint is not None and checkpoint.root.hex() == root
        acts.check(signed, "act_checkpoint", size)
    elif name == "answered":
        acts.expect("act_order", state["number"], len(it.of("answered")) + 1)
    elif name == "presented":
        acts.check(state["held"] <= state["timestamp"], "act_time", state["held"])
    others = {each["by"] for told, each in it.events if (told == "answered") != (name == "answered")}
    acts.check(state["by"] not in others, "act_sides")


def judge_approval(acts: Acts, it: Thing, name: str, state: Json) -> None:
    """Answered by another than asked, who takes back alone; what is granted in time is done there and then, by who granted it."""
    if name == "requested":
        return
    acts.check((state["by"] == it["by"]) == (name == "withdrawn"), "approval_own")
    if name == "granted":
        acts.check(state["timestamp"] < it["expires"], "act_time", it["expires"])
        done = acts.audit.log.granted[acts.position] or {"topic": "", "id": "", "state": {}}
        by = done["state"].get("approved_by") or done["state"].get("by")
        acts.expect(
            "approval_act", (done["topic"], done["id"], by), (BY_TWO[it["act"]], it["subject"], state["by"])
        )


def judge_merging(acts: Acts, it: Thing, name: str, state: Json) -> None:
    """Two proposals of a round become one by the consent of both authors, right behind the last; one no is enough against it."""
    if name == "proposed":
        submitted = acts.audit.log.rounds[state["round_id"]].of("proposal.submitted")
        authors = {event["id"]: event["state"]["author"] for event in submitted}
        both = [authors[state["into"]], authors[state["twin"]]]
        acts.expect("merging_consent", state["authors"], [*dict.fromkeys(both)])
    elif name != "withdrawn":
        waiting = {*it["authors"]} - {each["author"] for each in it.of("consented")}
        asked = waiting if name == "consented" else it["authors"]
        acts.check(waiting and state["author"] in asked, "merging_consent", state["author"])
        if name == "consented" and waiting == {state["author"]}:
            acts.owed["absorbed", it["into"], it.id, acts.position + 1] = acts.where
            acts.owed["merged", it["twin"], it.id, acts.position + 2] = acts.where


def judge_twin(acts: Acts, it: Thing, name: str, state: Json) -> None:
    """Merged with the wording that was consented to, and with nothing else done to it since that was proposed."""
    merging = acts.things[state["merging"]]
    acts.check(acts.owed.pop((name, it.id, merging.id, acts.position), ""), "merging_consent", name)
    own, other = ("into", "twin") if name == "absorbed" else ("twin", "into")
    right = merging[other], merging[f"{own}_version"] + 1, merging["sketch"]
    acts.expect("merging_consent", (state[other], acts.version, state.get("sketch", right[-1])), right)
    told = [each for each in acts.audit.log.round_of[it.id].events if each["position"] < acts.position]
    last = [each["topic"] for each in told if each["id"] == it.id][-1]
    acts.check(last in UNDER_REVIEW, "merging_consent", last)


JUDGES: dict[str, Callable[[Acts, Thing, str, Json], None]] = {
    "approval": judge_approval,
    "unit": judge_unit,
    "office": judge_office,
    "gathering": judge_gathering,
    "council": judge_council,
    "sitting": judge_sitting,
    "decision": judge_decision,
    "dismissal": judge_dismissal,
    "execution": judge_execution,
    "report_meeting": judge_meeting,
    "finding": judge_finding,
    "merging": judge_merging,
    "proposal": judge_twin,
}
"""A new kind of act needs its members in EVENTS, its course in COURSES, its rules here, its sentences in «Words»."""


# ---- The twelve steps. ---------------------------------------------------------------------------------------------------------


@dataclass
class Step:
    """What one step counted and found."""

    number: int
    status: str = "passed"
    items: int = 0
    seconds: float = 0.0
    failed: int = 0
    failures: list[dict[str, str]] = field(default_factory=list)
    remarks: list[dict[str, str]] = field(default_factory=list)


def manifest_of(archive: Archive) -> Json:
    try:
        manifest = parse(archive.read("manifest.json", MOST_MANIFEST_BYTES).decode())
        told = manifest["format"]
    except MALFORMED:
        raise Unreadable("damaged", "manifest.json") from None
    if told != FORMAT:
        raise Unreadable("other_format", f"{told!r:.100}")
    return manifest


class Audit:
    """The bundle, what its log says, and the record of the steps."""

    key: Key | None = None
    newest: Checkpoint | None = None

    def __init__(self, archive: Archive, options: argparse.Namespace) -> None:
        self.archive, self.options = archive, options
        self.manifest = manifest_of(archive)
        self.steps = {number: Step(number) for number in range(1, 13)}
        self.checkpoints: dict[int, Checkpoint] = {}
        self.witnesses: list[Key] = []
        self.log = Log(self)

    def run(self) -> None:
        with self.taking(2):
            self.read_notes()
        self.log.read()
        for number, check in enumerate(STEPS, start=1):
            with self.taking(number) as step:
                check(self, step)

    @contextmanager
    def taking(self, number: int) -> Iterator[Step]:
        """The step takes the time of what happens here, and fails by what is malformed here."""
        step, began = self.steps[number], time.perf_counter()
        try:
            yield step
        except MALFORMED as fault:
            self.fail("malformed", detail=repr(fault)[:200], number=number)
        finally:
            step.seconds += time.perf_counter() - began

    def fail(self, what: str, where: object = "", detail: object = "", *, number: int = 0) -> None:
        """`what`: an id of «Words», which says of which step; else `number` does."""
        step = self.steps[number or STEP_OF[what]]
        step.status, step.failed = "failed", step.failed + 1
        if step.failed <= MOST_TOLD:
            step.failures.append({"id": what, "where": str(where), "detail": str(detail)})

    def check(self, right: object, what: str, where: object = "", detail: object = "") -> None:
        if not right:
            self.fail(what, where, detail)

    def expect(self, what: str, where: object, found: object, right: object) -> None:
        """Fail unless `found` equals `right`; both are shown, shortened."""
        self.check(found == right, what, where, f"{found!r:.200} ≠ {right!r:.200}")

    def expect_members(self, what: str, where: str, found: Json, right: Json) -> None:
        for name in found.keys() | right.keys():
            self.expect(what, f"{where} {name}", found.get(name), right.get(name))

    def remark(self, what: str, detail: object = "") -> None:
        remarks = self.steps[STEP_OF[what]].remarks
        if len(remarks) < MOST_TOLD:
            remarks.append({"id": what, "detail": str(detail)})

    @property
    def rounds(self) -> list[Round]:
        """Those whose folder is in the bundle and whose paper is known."""
        return [each for each in self.log.rounds.values() if each.files and each.paper is not None]

    def read_notes(self) -> None:
        """The log's key, the newest checkpoint, and all that were ever signed, by size."""
        archive = self.archive
        try:
            self.key = read_key(archive.text("log/key.txt").removesuffix("\n"), LOG_KEY)
        except MALFORMED:
            self.fail("key_malformed", "log/key.txt")
        self.newest = self.read_note("log/checkpoint.txt", archive.text("log/checkpoint.txt"))
        last, largest = None, -1
        for number, line in enumerate(archive.lines("log/checkpoints.jsonl"), start=1):
            where, note = f"log/checkpoints.jsonl:{number}", parse(line.decode())
            last = self.read_note(where, note["note"])
            if last is not None:
                if last.size != note["size"] or last.size <= largest:
                    self.fail("checkpoint_order", where)
                self.checkpoints[last.size], largest = last, last.size
        if self.newest is not None and (last is None or last.text != self.newest.text):
            self.fail("checkpoint_order", "log/checkpoint.txt")

    def read_note(self, where: str, note: str) -> Checkpoint | None:
        try:
            return read_checkpoint(note)
        except MALFORMED:
            self.fail("note_malformed", where)
            return None


def step_1_completeness(audit: Audit, step: Step) -> None:
    """All that the manifest names and nothing else; no round is left out; nothing is withheld without need."""
    archive, manifest, log, newest = audit.archive, audit.manifest, audit.log, audit.newest
    named, there = manifest["files"].keys(), archive.sizes.keys() - {"manifest.json"}
    for name in named | there:
        step.items += 1
        if name in named & there:
            audit.expect("file_differs", name, archive.stamp(name), manifest["files"][name])
        else:
            audit.fail("file_missing" if name in named else "file_extra", name)
    counts = {"checkpoints": len(audit.checkpoints), "entries": len(log.leaves) // 32}
    counts |= {"rounds": len(archive.folders), "withheld": log.withheld}
    audit.expect("counts_differ", "manifest.json counts", manifest["counts"], counts)
    if newest is not None:
        told = (manifest["origin"], manifest["size"], manifest["root"])
        audit.expect("counts_differ", "manifest.json", told, (newest.origin, newest.size, newest.root.hex()))
    opened = {round_.id: round_ for round_ in log.rounds.values() if round_.opened is not None}
    due = opened.keys() if manifest["scope"] == "ALL" else {manifest["scope"]}
    for id_ in due ^ archive.folders.keys():
        audit.fail("round_missing", id_)
    for round_ in opened.values():
        needed = {"paper.json", "credentials.csv"} if round_.files else set()
        needed |= {"results.json", "results.csv"} if round_.files and round_.phase == "closed" else set()
        for name in needed - round_.files:
            audit.fail("file_missing", round_.file(name))
    check_withheld(audit, [round_ for round_ in opened.values() if round_.phase == "open"])


def check_withheld(audit: Audit, still_open: list[Round]) -> None:
    """Ballots of open rounds are withheld, all of them, and nothing else."""
    log = audit.log
    for round_ in still_open:
        audit.check(not round_.first_ballot, "ballot_shown", f"#{round_.first_ballot}")
    if not log.withheld:
        return
    audit.remark("remark_withheld", log.withheld)
    first = min((round_.opened["position"] for round_ in still_open), default=len(log.leaves))
    if log.first_withheld <= first:
        audit.fail("withheld_needlessly", f"#{log.first_withheld}")
    elif log.withheld > sum(sum(round_.credentials["credentials"].values()) for round_ in still_open):
        audit.fail("withheld_too_many", detail=log.withheld)


def step_2_authenticity(audit: Audit, step: Step) -> None:
    """Every checkpoint ever signed is signed by the log's key, and the newest by the witnesses that the policy asks for."""
    key, newest = audit.key, audit.newest
    if key is None:
        return
    sizes = sample(list(audit.checkpoints), audit.options)
    signed = [*([newest] if newest else []), *(audit.checkpoints[size] for size in sizes)]
    judged = spread(functools.partial(is_signed, key=key), signed, audit.options.jobs)
    for checkpoint, right in zip(signed, judged, strict=True):
        step.items += 1
        audit.check(right, "note_unsigned", f"size {checkpoint.size}")
    if len(sizes) < len(audit.checkpoints):
        audit.remark("remark_notes", f"{len(sizes)} / {len(audit.checkpoints)}")
    try:
        policy = read_policy(audit.archive.text("log/policy.txt"))
    except MALFORMED as why:
        audit.fail("policy_malformed", "log/policy.txt", repr(why))
        return
    audit.check(not policy.logs or key in policy.logs, "policy_malformed", "log/policy.txt")
    audit.witnesses = [*policy.witnesses.values()]
    if newest is not None:
        check_quorum(audit, step, policy, newest)


def check_quorum(audit: Audit, step: Step, policy: Policy, newest: Checkpoint) -> None:
    """A cosignature that is wrong is a failure even where others would do."""
    seen: set[str] = set()
    for local_name, witness in policy.witnesses.items():
        for name, key_id, blob in newest.signatures:
            if (name, key_id) == (witness.name, witness.id):
                step.items += 1
                right = is_cosigned(newest, witness, blob)
                audit.check(right, "cosignature_wrong", "log/checkpoint.txt", name)
                seen |= {local_name} if right else set()
    if seen:
        audit.remark("remark_witnesses", ", ".join(sorted(seen)))
    for group, (needed, members) in policy.groups.items():
        if len(seen.intersection(members)) >= needed:
            seen.add(group)
    audit.check(policy.quorum in {"none", *seen}, "quorum_missed", "log/policy.txt", policy.quorum)


def step_3_integrity(audit: Audit, _: Step) -> None:
    """The root of the entries, now and at every checkpoint ever signed. Each entry itself was checked as it was read."""
    tree, newest = audit.log.tree, audit.newest
    if not audit.log.leaves_known:
        audit.remark("remark_root")
    elif newest is not None and newest.size != tree.size:
        audit.fail("size_differs", "log/checkpoint.txt", f"{newest.size} ≠ {tree.size}")
    else:
        for checkpoint in [*audit.checkpoints.values(), *([newest] if newest else [])]:
            right = checkpoint.size <= tree.size and tree.root(checkpoint.size) == checkpoint.root
            audit.check(right, "root_differs", f"size {checkpoint.size}")


def step_4_append_only(audit: Audit, step: Step) -> None:
    """Everything that the auditor's own older copy stands under is still there, byte for byte."""
    log, key, newest = audit.log, audit.key, audit.newest
    if audit.options.since is None:
        audit.remark("remark_since")
    if audit.options.since is None or key is None or newest is None:
        step.status = "unchecked"
        return
    older_key, notes = read_older(audit.options.since)
    for old in notes:
        step.items += 1
        where, evidence = f"size {old.size}", f"{old.note}\n{newest.note}"
        ours = audit.checkpoints.get(old.size)
        if old.origin != key.name or older_key not in (None, key):
            audit.fail("older_other_log", old.origin)
        elif not is_signed(old, key):
            audit.fail("older_forged", where)
        elif old.size > newest.size:
            audit.fail("older_longer", where, evidence)
        elif log.leaves_known and log.tree.root(old.size) != old.root:
            audit.fail("older_changed", where, evidence)
        elif ours is None or ours.text != old.text:
            audit.fail("older_vanished", where, evidence)
    audit.remark("remark_same", newest.size - max((old.size for old in notes), default=0))


def read_older(path: str) -> tuple[Key | None, list[Checkpoint]]:
    """Of an older bundle its key and every checkpoint, of a file with one signed note that note."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(MOST_NOTE_BYTES + 1)
        if not head.startswith(b"PK"):
            return None, [read_checkpoint(head.decode())]
        with closing(Archive(path)) as older:
            manifest_of(older)
            key = read_key(older.text("log/key.txt").removesuffix("\n"), LOG_KEY)
            notes = [parse(line.decode())["note"] for line in older.lines("log/checkpoints.jsonl")]
            return key, [read_checkpoint(note) for note in [*notes, older.text("log/checkpoint.txt")]]
    except MALFORMED:
        raise Unreadable("damaged", path) from None


def step_5_paper(audit: Audit, step: Step) -> None:
    """Each round's paper is the one frozen by its opening event, equals what the log gives, and is named by all documents."""
    for round_ in audit.log.rounds.values():
        check_frozen(audit, round_)
    for round_ in audit.rounds:
        step.items += 1
        frozen, paper, where = round_.opened["state"], round_.paper, round_.file("paper.json")
        least = paper["rules"]["minimum_voters"]
        audit.check(least >= TEN_VOTERS, "below_ten", round_.id, least)
        audit.expect("paper_content", round_.id, frozen["projects"], len(paper["projects"]))
        if "paper.json" in round_.files:
            digest, theirs = round_.document("paper.json")
            audit.expect("paper_digest", where, digest, frozen["paper_digest"])
            if digest == frozen["paper_digest"]:
                audit.expect_members("paper_content", where, theirs, paper)
        documents = dict(round_.documents.values())
        if "results.json" in round_.files:
            documents[round_.file("results.json")] = round_.document("results.json")[1]
        for name, document in documents.items():
            audit.expect("paper_elsewhere", name, document["paper_digest"], frozen["paper_digest"])


def check_frozen(audit: Audit, round_: Round) -> None:
    """Opened once; nothing that makes the paper stands behind the opening, no admission behind the lot."""
    opened = round_.opened["position"] if round_.opened else len(audit.log.leaves)
    lot = min((event["position"] for event in round_.of("round.lot_drawn")), default=opened)
    for event in round_.events:
        topic, position = event["topic"].removesuffix(".v1"), event["position"]
        if position > opened and topic == "round.voting_opened":
            audit.fail("paper_twice", f"#{position}")
        elif position > opened and topic in FREEZING:
            audit.fail("paper_touched", f"#{position}", topic)
        elif lot < position < opened and topic == "proposal.admitted":
            audit.fail("lot_after", f"#{position}")


def step_6_ballots(audit: Audit, _: Step) -> None:
    """The window, the lists, the signatures; what else there is was checked ballot by ballot in the log (`take_ballot`)."""
    for round_ in audit.log.rounds.values():
        if round_.terms is not None:
            check_window(audit, round_)
    ballots, options = audit.log.ballots, audit.options
    chosen = sorted(sample(ballots, options))
    began = time.perf_counter()
    for position in check_signatures(audit.archive, chosen, options.jobs):
        audit.fail("signature_wrong", f"#{position}")
    if chosen:
        audit.remark("remark_rate", round(len(chosen) / (time.perf_counter() - began)))
    if len(chosen) < len(ballots):
        audit.remark("remark_sample", f"{len(chosen)} / {len(ballots)} (--seed {options.seed})")
        audit.remark("remark_miss", f"{0.99 ** len(chosen):.3g}")
    elsewhere = sum(len(round_.used) for round_ in audit.log.rounds.values() if not round_.files)
    if elsewhere:
        audit.remark("remark_scope", elsewhere)


def check_window(audit: Audit, round_: Round) -> None:
    """Opened inside the announced window, closed at its end or with a reason; roll and credentials fixed once, before opening."""
    opens, closes = moment(round_.terms["voting_opens"]), moment(round_.terms["voting_closes"])
    right = opens <= moment(round_.opened["state"]["timestamp"]) < closes
    audit.check(right, "window_early", f"#{round_.opened['position']}")
    for event in round_.of("round.voting_closed", "round.cancelled"):
        reason = event["state"].get("early_reason") or event["state"].get("reason")
        in_time = moment(event["state"]["timestamp"]) >= closes
        audit.check(reason or in_time, "window_early", f"#{event['position']}")
    for topic in ("roll.sealed", "roll.credentials_registered"):
        for place, event in enumerate(round_.of(topic)):
            right = place == 0 and event["position"] < round_.opened["position"]
            audit.check(right, "credentials_late", f"#{event['position']}")


def sample(of: "list[int] | array[int]", options: argparse.Namespace) -> list[int]:
    """All, or as many as were asked for, drawn at random: who makes the bundle must not know the seed beforehand."""
    if options.sample is None or options.sample >= len(of):
        return list(of)
    return random.Random(options.seed).sample(of, options.sample)  # noqa: S311 - the seed is what must be secret, and is


def step_7_once(audit: Audit, step: Step) -> None:
    """Checked ballot by ballot as the log was read (`take_ballot`); here is only how many."""
    step.items = sum(len(round_.used) for round_ in audit.log.rounds.values())


def step_8_registers(audit: Audit, step: Step) -> None:
    """Slips against people and ballots, kiosks' counts against the log. What differs and is explained is told, not failed."""
    for round_ in audit.rounds:
        people, credentials = round_.roll["people"], round_.credentials["credentials"]
        reconciled = round_.of("roll.slips_reconciled")
        for unit in people.keys() | credentials.keys():
            step.items += 1
            slips, needed = credentials.get(unit, 0), people.get(unit, 0)
            right = 0 <= slips - needed <= max(20, needed // 10)
            audit.check(right, "slips_few", f"{round_.id} {unit}", f"{slips} / {needed}")
        check_replaced(audit, round_, people, credentials)
        if reconciled:
            check_slips(audit, round_, credentials, reconciled[-1]["state"])
        elif round_.phase == "closed":
            audit.remark("remark_unreconciled", round_.id)
    check_kiosks(audit, step)


def check_replaced(audit: Audit, round_: Round, people: dict[str, int], credentials: dict[str, int]) -> None:
    """A second slip takes two people and, unless the first was never drawn, one of the spares; nobody gets one behind closing."""
    spares = Counter({unit: slips - people.get(unit, 0) for unit, slips in credentials.items()})
    registered, ended = (
        round_.of("roll.credentials_registered")[0]["position"],
        round_.closed_at or sys.maxsize,
    )
    for event in round_.of("roll.slip_replaced"):
        state = event["state"]
        spares[state["unit"]] -= state["fate"] != "not_handed_over"
        right = registered < event["position"] < ended and state["by"] != state["approved_by"]
        right = right and spares[state["unit"]] >= 0 and state["unit"] in credentials
        audit.check(right, "slips_replaced", f"#{event['position']}", state["unit"])


def check_slips(audit: Audit, round_: Round, credentials: dict[str, int], act: Json) -> None:
    explanation, counts = act["explanation"], act["slips"]
    audit.expect("slips_printed", round_.id, sorted(each["unit"] for each in counts), sorted(credentials))
    for each in counts:
        where, printed, out = f"{round_.id} {each['unit']}", each["printed"], each["handed_out"]
        unused, spoiled, cast = each["unused"], each["spoiled"], each["cast"]
        audit.remark("remark_slips", f"{each['unit']}: {printed} = {out} + {unused} + {spoiled}; {cast}")
        audit.expect("slips_printed", where, printed, credentials.get(each["unit"]))
        audit.expect("slips_cast", where, cast, round_.cast[each["unit"]])
        if printed == out + unused + spoiled and cast <= out:
            continue
        if explanation:
            audit.remark("remark_explained", explanation)
        else:
            audit.fail("slips_differ", where, f"{printed} ≠ {out} + {unused} + {spoiled}, {cast}")


def check_kiosks(audit: Audit, step: Step) -> None:
    kiosks = parse(audit.archive.read("kiosks.json").decode())
    keys = {each["kiosk_id"]: each["public_key"] for each in kiosks}
    audit.expect("kiosk_differs", "kiosks.json", keys, audit.log.kiosks)
    for each in kiosks:
        step.items += 1
        audit.remark("remark_kiosk", f"{each['kiosk_id']}: {each['delivered']}, {each['recorded']}")
        audit.check(0 <= each["recorded"] <= each["delivered"], "kiosk_counts", each["kiosk_id"])
    recorded, stored = sum(each["recorded"] for each in kiosks), audit.steps[6].items + audit.log.withheld
    audit.check(recorded >= stored, "ballots_undelivered", "kiosks.json", f"{recorded} < {stored}")
    if recorded > stored:
        audit.remark("remark_twice", f"{recorded} > {stored}")


def step_9_recount(audit: Audit, step: Step) -> None:
    """The results of every approved version against those that paper and ballots give."""
    for round_ in audit.rounds:
        step.items += round_.ballots
        if round_.paper["rules"]["version"] != RULES:
            audit.fail("rules_unknown", round_.id, round_.paper["rules"]["version"])
            continue
        for version in round_.versions:
            if version.approved is not None and version.digest in round_.documents:
                ours = round_.results(version.finding["checkpoint_size"])
                compare_results(audit, *round_.documents[version.digest], ours)


BARRED = {"fewer_than_ten_voters", "below_local_threshold", "withdrawn", "excluded_by_another"}


def compare_results(audit: Audit, where: str, theirs: Json, ours: Json) -> None:
    """Of each line that is wrong the gravest that is wrong about it."""
    lines = {line["project"]: line for line in theirs["lines"]}
    if len(lines) != len(theirs["lines"]) or lines.keys() != {line["project"] for line in ours["lines"]}:
        audit.fail("lines_differ", where)
        return
    wrong = [right for right in ours["lines"] if lines[right["project"]] != right]
    for right in wrong:
        line, what = lines[right["project"]], "verdict_differs"
        if (line["voters"], line["score"]) != (right["voters"], right["score"]):
            what = "votes_differ"
        elif line["reason"] == "funded" and right["reason"] in BARRED:
            what = right["reason"]
        elif right["tie"] is not None or line["tie"] is not None or line["rank"] != right["rank"]:
            what = "tie_differs"
        both = {name: (line.get(name), right.get(name)) for name in sorted(line.keys() | right.keys())}
        differ = {name: (found, wanted) for name, (found, wanted) in both.items() if found != wanted}
        audit.fail(what, f"{where} {right['project']}", differ)
    if not wrong:
        audit.expect("lines_differ", where, theirs["lines"], ours["lines"])
        audit.expect("tie_differs", where, theirs["ties"], ours["ties"])
    audit.expect("money_differs", where, theirs["units"], ours["units"])
    audit.expect("turnout_differs", where, theirs["turnout"], ours["turnout"])


def step_10_published(audit: Audit, step: Step) -> None:
    """Documents, events, JSON, CSV and .pb of each round say the same; they were approved and published as they must be."""
    for round_ in audit.rounds:
        for version in round_.versions:
            step.items += 1
            check_finding(audit, round_, version)
            check_procedure(audit, round_, version)
        approved = [version for version in round_.versions if version.approved is not None]
        for event in round_.of("round.concluded", "round.published"):
            right = approved[0].digest if approved else None
            audit.expect("approval_differs", round_.id, event["state"]["conclusion_digest"], right)
        if round_.phase == "closed" and "results.json" in round_.files:
            check_downloads(audit, round_, approved)


def check_finding(audit: Audit, round_: Round, version: Version) -> None:
    """The document's frame: what it says it was computed from."""
    if version.digest not in round_.documents:
        return  # step 11 says so
    where, document = round_.documents[version.digest]
    size, root = version.finding["checkpoint_size"], version.finding["checkpoint_root"]
    right: Json = {"format": "dauys.conclusion.v1", "round_id": round_.id}
    right |= {name: round_.paper[name] for name in ("title", "rules")}
    right |= {"checkpoint": {"origin": audit.manifest["origin"], "size": size, "root": root}}
    audit.expect_members("finding_differs", where, {name: document.get(name) for name in right}, right)
    audit.expect("finding_differs", where, version.finding["rules_version"], round_.paper["rules"]["version"])
    checkpoint = audit.checkpoints.get(size)
    signed = checkpoint is not None and checkpoint.root.hex() == root
    audit.check(signed, "finding_checkpoint", where, size)
    audit.check(not signed or round_.closed_at <= size < version.position, "finding_early", where, size)


def check_procedure(audit: Audit, round_: Round, version: Version) -> None:
    """Approved by another than its author, published as approved, on the site and in mass media."""
    where, approved, published = f"{round_.id} #{version.position}", version.approved, version.published
    for said in filter(None, (approved, published)):
        audit.expect("approval_differs", where, said["document_digest"], version.digest)
    audit.check(approved is None or approved["by"] != version.by, "approval_differs", where, version.by)
    if published is not None:
        audit.check(approved is not None, "approval_differs", where)
        kinds = {each["kind"] for each in published["channels"]}
        audit.check(kinds == {"site", "mass_media"}, "channels_missing", where)


def check_downloads(audit: Audit, round_: Round, approved: list[Version]) -> None:
    """The version in force, or the provisional results where there is none, against what the public downloads."""
    served = round_.document("results.json")[1]
    published = [version for version in approved if version.published is not None]
    version = published[-1] if published else next(iter(approved), None)
    before: Json = None
    if version is None:
        audit.remark("remark_no_conclusion", round_.id)
        ours, status, as_of = round_.results(served["as_of"]), "provisional", served["as_of"]
    elif version.digest not in round_.documents:
        return  # step 11 says so
    else:
        ours, as_of = round_.documents[version.digest][1], version.finding["checkpoint_size"]
        published_as = "published" if version.number == 1 else "corrected"
        status = published_as if version.published else "concluded"
        before = round_.documents.get(version.replaces, ("", None))[1]
    right = {
        "status": status,
        "as_of": as_of,
        "round_id": round_.id,
        "title": round_.paper["title"],
        "paper_digest": served["paper_digest"],  # step 5 looks at it
        "conclusion": version and version.view(),
        "versions": [each.view() for each in approved],
        "replaces": (version.replaces or None) if version else None,
        "witnesses": [one for one in served["witnesses"] if has_witnessed(audit, one, as_of)],
        "changes": changes(before, ours) if before else [],
        "lines": lines_view(round_.paper, ours["lines"]),
        **{name: ours[name] for name in ("turnout", "units", "ties")},
    }
    audit.expect_members("json_differs", round_.file("results.json"), served, right)
    check_csv(audit, round_, right)
    if "results.pb" in round_.files:
        check_pb(audit, round_, right["lines"])


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


CSV_COLUMNS = [
    *("unit", "unit_name", "rank", "project", "title", "category", "cost_tiyn", "voters", "score", "reason"),
    *("balance_tiyn", "status", "as_of"),
]


def check_csv(audit: Audit, round_: Round, right: Json) -> None:
    """The table has the lines of the JSON; a text that a spreadsheet would run as a formula stands behind an apostrophe."""
    names = {unit["kato"]: unit["name"] for unit in round_.paper["units"]}
    also = {"status": right["status"], "as_of": right["as_of"]}
    rows = [line | also | {"unit_name": names[line["unit"]]} for line in right["lines"]]
    expected = [CSV_COLUMNS, *([inert(row[column]) for column in CSV_COLUMNS] for row in rows)]
    data = audit.archive.read(round_.file("results.csv")).decode("utf-8-sig")
    for number, (found, wanted) in enumerate(zip_longest(csv.reader(io.StringIO(data)), expected), start=1):
        audit.expect("csv_differs", round_.file(f"results.csv:{number}"), found, wanted)


def inert(cell: Json) -> str:
    formula = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if formula else str(cell)


def check_pb(audit: Audit, round_: Round, lines: list[Json]) -> None:
    """The Pabulib file: its projects are ours, and its anonymous votes give the same tally as the log."""
    where, section, columns = round_.file("results.pb"), "", []
    tally, votes, projects = Tally(round_.paper), 0, {}
    meta: dict[str, str] = {}
    rows = csv.reader((line.decode() + "\n" for line in audit.archive.lines(where)), delimiter=";")
    for row in rows:
        if row in (["META"], ["PROJECTS"], ["VOTES"]):
            section, columns = row[0], next(rows)
        elif section == "VOTES":  # voter_id, vote and, where they are given, points
            votes += 1
            chosen = row[1].split(",")
            tally.add(zip(chosen, map(int, row[2].split(",")) if row[2:] else [1] * len(chosen), strict=True))
        elif section == "PROJECTS":
            projects[row[0]] = dict(zip(columns, row, strict=True))
        else:
            meta[row[0]] = row[1]
    budget = sum(unit["envelope_tiyn"] for unit in round_.paper["units"])
    facts = {"budget": tenge(budget), "num_votes": str(round_.ballots), "num_projects": str(len(lines))}
    audit.expect("pb_differs", f"{where} META", {name: meta.get(name) for name in facts}, facts)
    audit.expect("pb_differs", f"{where} VOTES", (votes, vars(tally)), (round_.ballots, vars(round_.tally)))
    audit.expect("pb_differs", f"{where} PROJECTS", set(projects), {line["project"] for line in lines})
    for line in lines:
        unaffordable = line["reason"] == "withdrawn" or line["cost_tiyn"] > budget
        cost = "999999999" if unaffordable else tenge(line["cost_tiyn"])  # the format's own mark
        right: Json = {"cost": cost, "votes": str(line["voters"]), "score": str(line["score"])}
        right["selected"] = "1" if line["reason"] == "funded" else "0"
        cells = {"score": right["score"]} | projects.get(line["project"], {})
        found = {name: cells.get(name) for name in right}
        audit.expect("pb_differs", f"{where} {line['project']}", found, right)


def tenge(tiyn: int) -> str:
    whole, rest = divmod(tiyn, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


RESULTS = ("lines", "units", "ties", "turnout")


def step_11_corrections(audit: Audit, step: Step) -> None:
    """Every document ever named is still there; each correction has its number, what it replaces, why, and changes something."""
    for round_ in audit.rounds:
        documents = {digest: document for digest, (_, document) in round_.documents.items()}
        for digest in documents.keys() - {version.digest for version in round_.versions}:
            audit.fail("version_extra", round_.documents[digest][0])
        for event in round_.of("conclusion.drafted")[1:]:
            audit.fail("conclusion_twice", f"#{event['position']}")
        in_force: Version | None = None
        for version in round_.versions:
            step.items += 1
            where, document = f"{round_.id} #{version.position}", documents.get(version.digest)
            if document is None:
                audit.fail("version_missing", where, version.digest)
                continue
            number, replaced = (in_force.number + 1, in_force.digest) if in_force else (1, "")
            audit.expect("correction_number", where, {version.number, document["number"]}, {number})
            audit.expect("correction_replaces", where, {version.replaces, document["replaces"]}, {replaced})
            given = document["reason"] == version.reason and bool(version.reason.strip()) == bool(in_force)
            audit.check(given, "correction_reason", where)
            before = documents.get(replaced)
            changed = not before or any(document[part] != before[part] for part in RESULTS)
            audit.check(changed, "correction_nothing", where)
            if version.published is not None:
                in_force = version


def step_12_council(audit: Audit, step: Step) -> None:
    """Each act by the rules for its kind of thing. Kinds of events that this version does not know are named, and not checked."""
    acts = Acts(audit)
    for event in audit.log.acts:
        step.items += 1
        acts.take(event)
    for what, where in acts.owed.items():
        audit.fail("act_unfollowed", where, what[0])
    if audit.log.alone:
        audit.remark("remark_alone", dict(audit.log.alone))
    others = audit.log.others
    if others:
        audit.remark("remark_other", dict(others))
    if step.status == "passed":
        step.status = "unchecked" if others else "passed" if step.items else "absent"


STEPS = (
    *(step_1_completeness, step_2_authenticity, step_3_integrity, step_4_append_only, step_5_paper),
    *(step_6_ballots, step_7_once, step_8_registers, step_9_recount, step_10_published),
    *(step_11_corrections, step_12_council),
)


# ---- The report. --------------------------------------------------------------------------------------------------------------


def told(audit: Audit, language: str) -> Iterator[str]:
    """The record, line by line, plain enough to be attached to an audit act."""

    def say(key: str) -> str:
        return TEXTS[key][language]

    newest, python = audit.newest, sys.version.split()[0]
    yield say("title")
    yield f"{say('bundle')}: {audit.archive.path}, SHA-256 {file_digest(audit.archive.path)}"
    if newest is not None:
        yield f"{say('log')}: {newest.origin}"
        yield f"{say('checkpoint')}: {newest.size}, {newest.root.hex()}"
    yield f"{say('key')}: {printable(audit.archive.text('log/key.txt').strip())}"
    yield f"{say('program')}: verify.py {VERSION}, Python {python}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    for step in audit.steps.values():
        yield f"\n{step.number:2}. {say(f'step {step.number}')}"
        yield f"    {say(step.status)} — {say('checked')}: {step.items:,}; {step.seconds:.1f} s"
        for failure in step.failures:
            where, detail = printable(failure["where"]), printable(failure["detail"])
            yield f"    ✗ {failure['id']} {where}: {say(failure['id'])} {detail}"
        if step.failed > len(step.failures):
            yield f"    ✗ {say('more')} {step.failed - len(step.failures):,}"
        for remark in step.remarks:
            yield f"    · {say(remark['id'])}{': ' if remark['detail'] else ''}{printable(remark['detail'])}"
    yield f"\n{say('some_failed' if failed(audit) else 'all_passed')}"
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
    return {
        "format": "dauys.audit.v1",
        "bundle": {"sha256": file_digest(audit.archive.path)},
        "checkpoint": audit.newest and audit.newest.note,
        "passed": not failed(audit),
        "steps": [vars(step) | {"seconds": round(step.seconds, 3)} for step in audit.steps.values()],
    }


def arguments(given: list[str] | None) -> argparse.Namespace:
    reading = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    option, cores = reading.add_argument, os.cpu_count() or 1
    option("bundle", metavar="BUNDLE")
    option("--since", metavar="OLDER", help="your own older bundle, or a file with an older checkpoint")
    option("--sample", type=natural, metavar="N", help="check only N signatures, drawn at random, and say so")
    option("--seed", default=secrets.token_hex(8), help="draw the same sample as another auditor did")
    option("--jobs", type=natural, default=cores, metavar="N", help="processes that check signatures")
    option("--json", metavar="REPORT", help="write the record as JSON too")
    option("--lang", choices=LANGUAGES, default="en")
    return reading.parse_args(given)


def natural(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError("a number from 1")
    return number


def main(given: list[str] | None = None) -> int:
    options = arguments(given)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # else a Windows console cannot write Kazakh
    try:
        with closing(Archive(options.bundle)) as archive:
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


# ---- Words: the id of a message | Kazakh | Russian | English. Behind the line of a step stand its failures and remarks. ----------

LANGUAGES = ("kk", "ru", "en")
_WORDS = """
title | Dauys жинағын тексеру хаттамасы | Протокол проверки комплекта Dauys | Record of checking a Dauys bundle
bundle | Жинақ | Комплект | Bundle
log | Журнал | Журнал | Log
checkpoint | Бақылау нүктесі | Контрольная точка | Checkpoint
key | Журнал кілті (басқа жерден алынған кілтпен салыстырыңыз) | Ключ журнала (сравните с ключом, полученным из другого места) | Log key (compare it with one from elsewhere)
program | Бағдарлама | Программа | Program
checked | тексерілді | проверено | checked
passed | ДҰРЫС | ВЕРНО | PASSED
failed | ҚАТЕ | НЕВЕРНО | FAILED
absent | ЖОҚ | НЕТ | NOT PRESENT
unchecked | ТЕКСЕРІЛМЕДІ | НЕ ПРОВЕРЯЛОСЬ | NOT CHECKED
more | және тағы | и ещё | and more
all_passed | Барлық тексерілген қадамдар дұрыс. | Все проверенные шаги верны. | Every step that was checked has passed.
some_failed | Кемінде бір қадам қате. Жинақты және осы хаттаманы сақтаңыз. | По меньшей мере один шаг неверен. Сохраните комплект и этот протокол. | At least one step has failed. Keep the bundle and this record.
unproven | Дәлелденбейді: киоск экраны не көрсеткені, талон кімге берілгені, ешқашан тіркелмегені, мәжбүрлеу болмағаны. | Не доказывается: что показывал экран киоска, кому выданы талоны, что не было записано вовсе, отсутствие принуждения. | Not proven: what a kiosk's screen showed, to whom slips were handed, what was never recorded, that nobody was forced.
not_a_zip | Бұл толық ZIP файлы емес. | Это не целый файл ZIP. | This is not a whole ZIP file.
too_large | Файл рұқсат етілген шектен үлкен. | Файл больше допустимого. | This is larger than a bundle may be.
bad_name | Жинақта болмауға тиіс файл аты. | Имя файла, какого в комплекте не бывает. | A file name that no bundle has.
name_twice | Бір атпен екі файл. | Два файла с одним именем. | Two files of one name.
not_here | Онсыз тексеру мүмкін емес файл жоқ. | Нет файла, без которого проверка невозможна. | A file is missing without which nothing can be checked.
damaged | Файл бүлінген. | Файл повреждён. | A file is damaged.
other_format | Бұл нұсқа мұндай пішімді білмейді; тексеру бағдарламасының жаңасын алыңыз. | Эта версия не знает такого формата; возьмите более новую программу проверки. | This version does not know the format; get a newer verify.py.
malformed | Мұнда болуға тиіс пішім емес; қадам аяқталмады. | Здесь не та форма, какая должна быть; шаг не завершён. | Something here is not of the form it must have; the step was not finished.
step 1 | Толықтық: жинақта тізімдегінің бәрі бар, артық ештеңе жоқ | Полнота: в комплекте всё, что названо в описи, и ничего больше | Completeness: all that the manifest names and nothing else
file_missing | Тізімде бар немесе болуға тиіс файл жинақта жоқ. | Файл назван в описи или обязателен, но в комплекте его нет. | A file that is named, or must be there, is not in the bundle.
file_extra | Тізімде жоқ файл. | Файл не назван в описи. | A file that the manifest does not name.
file_differs | Файлдың өлшемі не SHA-256 мәні тізімдегідей емес. | Размер или SHA-256 файла не такие, как в описи. | A file's size or SHA-256 is not what the manifest says.
counts_differ | Тізімдегі сан немесе атау жинақтың мазмұнына сәйкес емес. | Число или имя в описи не сходится с содержимым. | A count or name in the manifest is not what the bundle holds.
round_missing | Дауыс беруі ашылған кезеңнің папкасы жоқ. | Нет папки тура, голосование которого открывалось. | A round whose voting has opened has no folder.
withheld_differs | Жасырылған жазбалар тізімі орындарға сәйкес емес. | Список закрытых записей не сходится с местами в журнале. | The list of withheld entries does not fit the gaps in the log.
withheld_needlessly | Ашық дауыс беру жоқ, ал жазба жасырылған. | Запись закрыта, хотя голосование не идёт. | An entry is withheld although no open round can be the reason.
withheld_too_many | Жасырылған жазба ашық кезеңдердің кодтарынан көп. | Закрытых записей больше, чем кодов в открытых турах. | More entries are withheld than the open rounds have credentials.
ballot_shown | Дауыс беру әлі ашық, ал бюллетень көрініп тұр. | Бюллетень виден, хотя голосование ещё идёт. | A ballot is shown while its round is still open.
remark_withheld | Ашық кезеңдердің жазбалары әлі жасырын; жабылған соң қайта тексеріңіз | Записи открытых туров пока закрыты; проверьте снова после закрытия | Entries of open rounds are withheld; check again when they have closed
step 2 | Түпнұсқалық: бақылау нүктелеріндегі қолдар | Подлинность: подписи под контрольными точками | Authenticity: the signatures under the checkpoints
key_malformed | Журнал кілті дұрыс жазылмаған немесе жарамсыз. | Ключ журнала записан неверно или негоден. | The log's key is malformed or no valid key.
note_malformed | Бақылау нүктесі дұрыс жазылмаған. | Контрольная точка записана неверно. | A checkpoint is not written as one must be.
note_unsigned | Бақылау нүктесінде осы журнал кілтінің дұрыс қолы жоқ. | Под контрольной точкой нет верной подписи ключом этого журнала. | A checkpoint is not signed by this log's key.
checkpoint_order | Бақылау нүктелерінің тізімі ретсіз немесе соңғысымен бітпейді. | Список контрольных точек не по порядку или не кончается последней. | The list of checkpoints is out of order or does not end with the newest.
policy_malformed | Куәгерлер саясаты дұрыс жазылмаған немесе басқа журналдікі. | Политика свидетелей записана неверно или о другом журнале. | The witness policy is malformed or of another log.
cosignature_wrong | Куәгердің қолы жалған. | Подпись свидетеля неверна. | A witness's cosignature is wrong.
quorum_missed | Куәгерлердің қолы жеткіліксіз. | Подписей свидетелей недостаточно. | Too few witnesses have cosigned the checkpoint.
remark_notes | Бақылау нүктелеріндегі қолдар толық тексерілмеді, кездейсоқ іріктеме | Подписи под контрольными точками проверены не все, случайная выборка | Not all signatures under checkpoints were checked, but a random sample
remark_witnesses | Қол қойған куәгерлер | Подписали свидетели | Witnesses that have cosigned
step 3 | Тұтастық: әр жазба орнында, өзгермеген, түбір сәйкес | Целостность: каждая запись на месте и не изменена, корень сходится | Integrity: every entry in place and unaltered, the root recomputed
not_canonical | Жазба бірегей (канондық) түрде емес: артық таңба, қайталанған кілт не бөлшек сан. | Запись не в единственно верном виде: лишний знак, повтор ключа или дробное число. | An entry is not in canonical form: a space, a key twice, a fraction.
entry_form | Жазбаның құрамы дұрыс емес. | Состав записи неверен. | An entry does not have the members it must have.
position_gap | Жазба өз орнында емес. | Запись не на своём месте. | An entry does not say the position it stands at.
version_gap | Бір нәрсенің оқиғалары үзіліссіз нөмірленбеген. | События одного предмета пронумерованы с пропуском. | The events of one thing are not numbered without a gap.
tile_order | Жазба бумалары үзіліссіз емес немесе толық емес. | Пачки записей идут с пропуском или не полны. | The entry bundles are not in one row or not full.
size_differs | Жазбалар саны бақылау нүктесіндегідей емес. | Число записей не такое, как в контрольной точке. | There are more or fewer entries than the checkpoint says.
root_differs | Жазбалардан шыққан түбір бақылау нүктесіндегідей емес. | Корень, вычисленный по записям, не такой, как в контрольной точке. | The root recomputed from the entries is not the one that was signed.
remark_root | Жасырын жазбалар тізімі қате болғандықтан түбір есептелмеді | Корень не вычислен: список закрытых записей неверен | The root was not recomputed: the list of withheld entries is wrong
step 4 | Бұрынғы көшірмеңізден бері журнал тек толықты | Журнал только дополнялся со времени вашей прежней копии | Append-only: only added to since your own older copy
older_other_log | Бұрынғы көшірме басқа журналдікі: аты не кілті бөлек. | Прежняя копия — другого журнала: иное имя или ключ. | The older copy is of another log: its name or key differs.
older_forged | Бұрынғы көшірмеде осы журналдың дұрыс қолы жоқ. | Под прежней копией нет верной подписи этого журнала. | The older copy is not signed by this log.
older_longer | Бұрынғы көшірме ұзынырақ: жазбалар жоғалған. | Прежняя копия длиннее: записи исчезли. | The older copy is longer: entries have vanished.
older_changed | Бұрынғы көшірмедегі жазбалар өзгерген. Екі қол қойылған нүкте — осының дәлелі. | Записи из прежней копии изменены. Две подписанные точки — доказательство этого. | Entries of the older copy were changed. The two signed checkpoints prove it.
older_vanished | Бұрынғы көшірмедегі бақылау нүктесі жоғалған. | Контрольная точка из прежней копии исчезла. | A checkpoint of the older copy has vanished.
remark_since | Бұрынғы көшірме берілмеді (--since). | Прежняя копия не дана (--since). | No older copy was given (--since).
remark_same | Бұрынғы көшірмеден кейін қосылған жазбалар | Записей добавлено после прежней копии | Entries added since the older copy
step 5 | Бюллетень үлгісі: дауыс беру ашылғанға дейін бекітілген, барлық жерде бірдей | Лист голосования: заморожен до первого бюллетеня и всюду одинаков | The paper: frozen before the first ballot, the same everywhere
paper_digest | Бюллетень үлгісінің файлы ашылу оқиғасында бекітілген үлгі емес. | Файл листа — не тот, что заморожен событием открытия. | The paper's file is not the one that the opening event froze.
paper_content | Бюллетень үлгісі журналдан шығатын үлгіге тең емес. | Лист не равен тому, что следует из журнала. | The paper is not what terms, proposals, lot and roll in the log give.
paper_twice | Дауыс беру екі рет ашылған. | Голосование открыто дважды. | Voting was opened twice.
paper_touched | Ашылғаннан кейін үлгіге қатысты оқиға болған. | После открытия было событие, меняющее лист. | An event after the opening would change the paper.
paper_late | Бюллетень үлгі бекітілгенге дейін түскен. | Бюллетень подан до заморозки листа. | A ballot stands before the paper was frozen.
paper_elsewhere | Басқа құжат басқа үлгіні атайды. | Другой документ называет иной лист. | Another document names another paper.
lot_after | Жеребеден кейін жоба қабылданған: нөмірді жеребеге сай таңдауға болар еді. | Проект допущен после жребия: номер могли подобрать под жребий. | A project was admitted after the lot was drawn, so its number could suit the lot.
below_ten | Ережелер он дауыстан аз талап етеді. | Правила требуют меньше десяти голосов. | The rules ask for fewer than ten voters.
step 6 | Әр бюллетень: тіркелген код, код қолы, мерзімі, дұрыс толтырылуы | Каждый бюллетень: код зарегистрирован, подпись кода, срок, верное заполнение | Every ballot: registered code, its signature, inside the window, rightly filled in
ballot_form | Бюллетень құрамы дұрыс емес. | Состав бюллетеня неверен. | A ballot does not have the members it must have, or has more.
ballot_time | Бюллетень уақыты сағаттан дәл: дауыс иесін тануға болар еді. | Время бюллетеня точнее часа: так можно узнать голосующего. | A ballot's time is finer than the hour, which could betray the voter.
ballot_round | Мұндай кезең журналда жоқ. | Такого тура в журнале нет. | A ballot of a round that is not in the log.
ballot_late | Бюллетень дауыс беру жабылғаннан кейін тұр. | Бюллетень стоит после закрытия голосования. | A ballot stands after the closing of its round.
window_early | Дауыс беру жарияланған мерзімнен тыс ашылған не себепсіз ерте жабылған. | Голосование открыто вне объявленного срока или закрыто раньше без причины. | Voting opened outside its announced window, or closed early without a reason.
credentials_differ | Кодтар тізімі ашылуға дейін бекітілген тізім емес. | Список кодов — не тот, что зафиксирован до открытия. | The list of credentials is not the one fixed before voting opened.
credentials_late | Кодтар ашылғаннан кейін немесе екінші рет тіркелген. | Коды зарегистрированы после открытия или повторно. | Credentials were registered after the opening, or a second time.
unregistered | Мұндай код бұл кезеңге тіркелмеген. | Такой код для этого тура не зарегистрирован. | This credential was never registered for the round.
other_unit | Код басқа аумаққа тіркелген. | Код зарегистрирован для другой территории. | The credential was registered for another unit.
signature_wrong | Бюллетеньде өз кодының қолы жоқ. | Под бюллетенем нет подписи его кода. | The ballot is not signed by its credential.
choices_form | Таңдау осы бюллетень түріне сай емес. | Выбор не той формы, какой требует вид бюллетеня. | The choices are not of the form that the ballot type asks for.
choices_number | Таңдалғандар саны шектен аз не көп. | Выбрано меньше или больше допустимого. | Too few or too many choices.
choices_unknown | Үлгіде жоқ жоба таңдалған. | Выбран проект, которого нет на листе. | A choice that is not on the paper.
choices_unit | Дауыс берушінің аумағына жатпайтын жоба таңдалған. | Выбран проект чужой территории. | A choice of a unit that the voter does not belong to.
choices_order | Бір жоба екі рет не тізім реті бұзылған. | Проект дважды или порядок списка нарушен. | A project twice, or a list out of its order.
choices_points | Ұпайлар дұрыс емес не шектен асқан. | Баллы неверны или сверх предела. | Points that are not whole, or above the limit.
remark_scope | Басқа кезеңдердің бюллетеньдері бұл жинақта тексерілмейді | Бюллетени других туров этим комплектом не проверяются | Ballots of other rounds, which this bundle cannot check
remark_sample | Қол толық тексерілмеді, кездейсоқ іріктеме | Подписи проверены не все, случайная выборка | Not all signatures were checked, but a random sample
remark_rate | Қол тексеру жылдамдығы, секундына | Скорость проверки подписей, в секунду | Signatures checked per second
remark_miss | Бюллетеньдердің 1 % жалған болса, іріктеме оны байқамау ықтималдығы | Если 1 % бюллетеней подделан, выборка не заметит этого с вероятностью | If 1 % of the ballots were forged, this sample would miss it with probability
step 7 | Ешбір код екі рет қолданылмаған | Ни один код не использован дважды | No credential twice
credential_twice | Бір кодпен екі бюллетень. | Два бюллетеня с одним кодом. | Two ballots of one credential.
ballot_id | Бюллетень нөмірі кезең мен кодтан шықпайды. | Номер бюллетеня не следует из тура и кода. | A ballot's id does not follow from its round and credential.
step 8 | Екі тізілім салыстырылды: талондар, бюллетеньдер, киоскілер | Сверка двух реестров: талоны, бюллетени, киоски | Two registers reconciled: slips, ballots, kiosks
slips_few | Тізімдегі адамдарға код жетпейді не қосалқысы рұқсаттан көп. | Кодов меньше, чем людей в списке, или запасных больше допустимого. | Fewer credentials than people on the roll, or more spares than allowed.
slips_differ | Талондар түсіндірусіз сәйкес келмейді. | Талоны не сходятся, и объяснения нет. | The slips do not add up and no explanation is given.
slips_replaced | Талон екі адамсыз, қосалқысыз не уақытынан тыс алмастырылған. | Талон заменён без двух человек, без запасного или не вовремя. | A slip was replaced without two people, without a spare, or out of time.
slips_printed | Басылған талон саны тіркелген кодтар санына тең емес. | Напечатано не столько талонов, сколько зарегистрировано кодов. | The slips printed are not as many as the credentials registered.
slips_cast | Актідегі бюллетень саны журналдағыдай емес. | Число бюллетеней в акте сверки не такое, как в журнале. | The reconciliation counts other ballots than the log holds.
kiosk_differs | Киоскілер тізімі немесе кілті журналдағыдай емес. | Список киосков или ключ киоска не такой, как в журнале. | The kiosks, or a kiosk's key, are not those of the log.
kiosk_counts | Киоск жеткізгенінен көп бюллетень тіркелген. | От киоска записано больше, чем он доставил. | More ballots of a kiosk were recorded than it delivered.
ballots_undelivered | Журналда киоскілер жеткізгеннен көп бюллетень бар. | В журнале больше бюллетеней, чем записано от киосков. | The log holds more ballots than kiosks had recorded.
remark_unreconciled | Талондар әлі салыстырылмаған | Талоны ещё не сверены | Slips have not been reconciled yet
remark_slips | Басылған, берілген, пайдаланылмаған, бүлінген, түскен | Напечатано, выдано, не использовано, испорчено, подано | Printed, handed out, unused, spoiled, cast
remark_explained | Айырма түсіндірілген | Расхождение объяснено | A difference, explained
remark_kiosk | Киоск: жеткізді, тіркелді | Киоск: доставил, записано | Kiosk: delivered, recorded
remark_twice | Киоскілерден тіркелгені журналдағыдан көп: бюллетень қайта жеткізілген, не жоғалған. Киоск санағымен салыстырыңыз | От киосков записано больше, чем есть в журнале: доставлено повторно или исчезло. Сравните с киосками | More was recorded from kiosks than the log holds: delivered twice, or gone. Compare with the kiosks' own counts
step 9 | Дауыстар қайта саналды: он дауыс ережесі, шек, теңдік, қаражат | Голоса пересчитаны: правило десяти, порог, равенство, деньги | Recount: ten-voter rule, threshold, exclusions, ties, money
rules_unknown | Бұл бағдарлама ондай ережелер нұсқасын білмейді. | Эта программа не знает такой версии правил. | This program does not know that version of the rules.
lines_differ | Қорытындыда жоба жетіспейді не артық. | В заключении проекта не хватает или есть лишний. | The conclusion lacks a project, or has one too many or out of order.
votes_differ | Дауыс саны не ұпай бюллетеньдерден шыққандай емес. | Число голосов или баллов не такое, как дают бюллетени. | Voters or score are not what the ballots give.
fewer_than_ten_voters | Он адамнан аз дауыс алған жоба қаржыландырылған. | Финансируется проект, за который менее десяти человек. | A project that fewer than ten people chose is funded.
below_local_threshold | Жергілікті шектен төмен жоба қаржыландырылған. | Финансируется проект ниже местного порога. | A project below the local threshold is funded.
withdrawn | Кері алынған жоба қаржыландырылған. | Финансируется отозванный проект. | A project that was withdrawn is funded.
excluded_by_another | Бірін-бірі жоққа шығаратын екі жоба қаржыландырылған. | Финансируются проекты, исключающие друг друга. | A project is funded beside one that excludes it.
tie_differs | Тең дауыс ережеге сай шешілмеген. | Равенство голосов разрешено не по правилу. | A tie is not resolved as the rule and the lot say.
verdict_differs | Жоба туралы шешім ережеден шығатындай емес. | Решение о проекте не такое, как следует из правил. | A project's verdict is not what the rules give.
money_differs | Аумақ қаражаты дұрыс есептелмеген. | Деньги территории посчитаны неверно. | A unit's money is not counted right.
turnout_differs | Қатысу саны журналдағыдай емес. | Явка не такая, как в журнале. | The turnout is not what the log gives.
step 10 | Жарияланғанның бәрі қорытындыға тең | Всё опубликованное равно заключению | Everything published equals the conclusion
finding_differs | Қорытынды құжаты оны атаған оқиғаға сәйкес емес. | Документ заключения расходится с событием, которое его называет. | A conclusion's document contradicts the event that names it.
finding_checkpoint | Қорытындының бақылау нүктесі журналдікі емес. | Контрольная точка заключения — не этого журнала. | A conclusion names a checkpoint that this log never signed.
finding_early | Қорытынды дауыс беру жабылмай есептелген. | Заключение вычислено до закрытия голосования. | A conclusion was computed before voting closed.
approval_differs | Бекітілген, жарияланған құжат басқа, не оны бекіткен — жобаны жасаған адам. | Утверждён или опубликован иной документ, или утвердил его тот же, кто составил. | Another document was approved or published, or by the one who drafted it.
channels_missing | Сайтта да, БАҚ-та да жарияланбаған. | Не опубликовано и на сайте, и в СМИ. | Not published both on the site and in mass media.
json_differs | results.json қорытындыға тең емес. | results.json не равен заключению. | results.json is not the conclusion in force.
csv_differs | results.csv қорытындыға тең емес. | results.csv не равен заключению. | results.csv is not the conclusion in force.
pb_differs | results.pb қорытындыға не бюллетеньдерге тең емес. | results.pb не равен заключению или бюллетеням. | results.pb is not the conclusion in force, or not the ballots.
remark_no_conclusion | Қорытынды әлі жоқ; алдын ала нәтиже журналдан есептелгенмен салыстырылды | Заключения ещё нет; предварительный итог сверен с вычисленным | No conclusion yet; provisional results were compared with the recount
step 11 | Түзетулер: не үшін, нені ауыстырады, ештеңе жоғалмаған | Исправления: что и почему заменено, ничего не исчезло | Corrections: what each replaces and why, nothing vanished
version_missing | Журнал атаған қорытынды құжаты жинақта жоқ. | Документа заключения, названного в журнале, в комплекте нет. | A document that the log names as a conclusion has vanished.
version_extra | Журналда аталмаған қорытынды құжаты. | Документ заключения, которого журнал не называет. | A conclusion's document that no event names.
conclusion_twice | Бір кезеңге екі бөлек қорытынды. | Два отдельных заключения об одном туре. | Two separate conclusions of one round.
correction_number | Түзету нөмірі реттен тыс. | Номер исправления не по порядку. | A correction's number is out of order.
correction_replaces | Түзету күшіндегі нұсқаны атамайды. | Исправление не называет действующую версию. | A correction does not name the version it replaces.
correction_reason | Түзету себебі көрсетілмеген не құжатта басқаша. | Причина исправления не названа или иная в документе. | A correction has no reason, or the document gives another.
correction_nothing | Түзету ештеңені өзгертпейді. | Исправление ничего не меняет. | A correction that changes nothing.
step 12 | Ескертпелер, Кеңес шешімдері, өкілеттікті тоқтату бастамалары | Замечания ревизии, решения Кенеса, инициативы о прекращении полномочий | Findings, Council decisions and dismissal initiatives
approval_own | Сұраған адам өзі келіскен не бас тартқан, не сұрауды басқа біреу қайтарып алған. | Кто запросил, сам же и ответил, или отозвал запрос другой. | Who asked has answered it too, or another took it back.
approval_act | Келісімнен кейін бірден сұралған әрекет тұрған жоқ не оны басқа адам жасаған. | Сразу за согласием стоит не то, что запрошено, или сделал это другой. | What stands behind a grant is not what was asked for, or another did it.
merging_consent | Екі ұсыныс екі автордың келісімінсіз не олар келіскендей емес біріктірілген. | Два предложения объединены без согласия обоих авторов или не так, как они согласились. | Two proposals are merged without the consent of both authors, or not as they consented to.
act_checkpoint | Ескертпе журналдың қол қойылған күйіне сүйенбейді. | Замечание не опирается на подписанное состояние журнала. | A finding does not rest on a log that was signed.
act_sides | Ескертпеде бір адам екі тарап атынан сөйлеген: жауап берген де, жазған не жапқан да сол. | Один и тот же говорит за обе стороны: и отвечает, и открывает или закрывает замечание. | One person speaks for both sides of a finding: answers it, and opens, closes or presents it.
act_order | Бұл әрекет бұрын болғаннан кейін тұра алмайды. | Это действие не может следовать за тем, что было прежде. | It cannot follow what happened before.
act_twice | Бір нәрсе екі рет тіркелген. | Одно и то же записано дважды. | One thing is recorded twice, or an act is used a second time.
act_basis | Журналда бұған дейін оның негізі жоқ: ондай ештеңе қабылданбаған, тіркелмеген не күшінде емес. | Основания для этого в журнале прежде нет: ничто такое не принято, не записано или не действует. | It rests on what the log does not hold before it: nothing such was adopted, recorded or in force.
act_rules | Аумақтың сол кездегі ережелеріндегі сандар емес. | Числа не те, что в правилах территории на тот момент. | Its numbers are not those of the unit's rules at that moment.
rules_minority | Ережелер азшылыққа шешуге мүмкіндік береді. | Правила позволяют решать меньшинству. | The rules let a minority decide.
act_time | Уақыты дұрыс емес: алдыңғыдан бұрын, тіркелуден кейін не мерзімінен тыс. | Время неверно: раньше предыдущего, позже записи или вне своего срока. | Its time is wrong: before what it follows, after its recording, or outside its days.
act_notice | Адамдарға кеш хабарланған не мерзім қате есептелген. | Людей известили поздно, или срок посчитан неверно. | People were told too late, or the notice is not counted right.
act_quota | Өкілдер саны квотаға не жеке жиындардың шешіміне сай емес. | Представители — не по квоте или не по решению раздельного схода. | Representatives do not follow from quotas and separate gatherings.
act_quorum | Кворум жоқ. | Нет кворума. | There is no quorum.
act_votes | Дауыстар дұрыс есептелмеген не қатыспаған адам дауыс берген. | Голоса посчитаны неверно, или голосовал отсутствующий. | Votes are not counted right, or somebody votes who is not there.
act_agenda | Күн тәртібінде жоқ не екінші рет қаралған. | Этого нет в повестке, или оно решается повторно. | It is about what was not announced, or is settled already.
act_adopted | Қабылданды не қабылданбады деп дауыстарға қайшы айтылған. | Принято или нет — сказано не так, как дают голоса. | Whether it was adopted is not what the votes give.
act_facts | Шешімнің бұл түріне қойылатын шарт орындалмаған. | Условие для такого решения не выполнено. | What the law asks of such a decision is not so.
act_signer | Төраға емес адам төраға ретінде көрсетілген. | За председателя действует не председатель. | Somebody else acts as the chair.
act_published | Сайтта жарияланбаған не жариялануынан бұрын күшіне енген. | Не опубликовано на сайте или действует раньше публикации. | It is not published on a site, or in force before that.
act_unasked | Негіз болатын актісіз күші жойылған, өзгертілген не қызметтен босатылған. | Отменено, изменено или уволен — без акта, который это решил. | Repealed, amended or dismissed without an act that says so.
act_unfollowed | Актіден шығуға тиіс нәрсе журналда жоқ. | Того, что должно следовать из акта, в журнале нет. | What must follow from an act is not in the log.
council_over | Кеңестің өкілеттігі жоқ: мерзімі бітті, әлі басталмады не таратылған. | Кенес не у власти: срок истёк, не начался, или он распущен. | The Council is not in office: expired, not begun or dissolved.
council_seats | Кеңес құрамы кестеге, елді мекендерге не сайлауға сай емес. | Состав Кенеса — не по таблице, не по населённым пунктам или не по выборам. | Seats or members are not as table, localities and election give.
akim_other | Ол күні қызметте басқа әкім болған. | В тот день должность занимал другой. | Somebody else held the office on that day.
initiative_two | Бір әкімге қарсы екі ашық бастама. | Две открытые инициативы против одного акима. | Two initiatives against one akim are open at once.
remark_alone | Екінші адамның келісімінсіз, серверде жалғыз жасалған | Сделано у сервера одним человеком, без согласия второго | Done at the machine by one person, without a second one's approval
remark_other | Бұл нұсқа тексермейтін оқиға түрлері | Виды событий, которые эта версия не проверяет | Kinds of events that this version does not check
"""  # noqa: E501 - a table, a message a line
STEP_OF: dict[str, int] = {}
TEXTS: dict[str, dict[str, str]] = {}


def _learn() -> None:
    step = 0
    for paragraph in _WORDS.strip().split("\n"):
        key, *said = paragraph.split(" | ")
        TEXTS[key] = dict(zip(LANGUAGES, said, strict=True))
        if key.startswith("step "):
            step = int(key[5:])
        elif step:
            STEP_OF[key] = step


_learn()


if __name__ == "__main__":
    sys.exit(main())
