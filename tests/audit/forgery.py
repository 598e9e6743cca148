"""A lying operator: takes a good bundle, changes something, and makes everything else agree with the change, signatures included.

What follows from the log (conclusions with their roots and digests, results, slip and kiosk counts, checkpoints, manifest) is told
anew by the engine's own code, so that of one lie only the lie is wrong. Nothing of audit/verify.py is used.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from io import BytesIO, StringIO
from itertools import product
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.downloads import results_csv
from api.views import ResultsView
from application import base64url
from application.bundle import layout
from application.bundle.archive import MANIFEST
from application.conclusions import document
from application.log import canonical
from application.log.merkle import Frontier, GrowingTree, leaf_hash
from application.log.note import LogSigner, sign_checkpoint
from application.log.tiles import TilePath, encode_bundle
from application.pabulib.writer import Heading, write_pb
from application.polls import read_paper
from application.recount import Recount, recount
from domain.ballot import Ballot
from domain.conclusion import Channel, ConclusionState
from domain.round import Phase
from domain.terms import Terms
from projections.conclusions import Version
from projections.documents import ConclusionDocument, UnitTurnout
from projections.results import Change, Results, Status
from projections.rounds import Happened, RegisteredRound
from tests.audit.election import Good
from tests.deliveries import text_of

Json = dict[str, Any]
Bytes = Callable[[bytes], bytes]

CAST = "ballot.cast.v1"
_FINDINGS = ("conclusion.drafted.v1", "conclusion.redrafted.v1", "conclusion.correction_drafted.v1")
_CONCLUSION = msgspec.json.Decoder(ConclusionDocument).decode
_WRITTEN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
"""Of an event: canonical, unless a lie put something into it that cannot be."""
_COUNTED = re.compile(rb'"topic":"(?:ballot|round|proposal|roll)\.')
"""In an entry that a recount looks into."""
_KEPT = 80
"""One checkpoint in so many is kept beside those that something rests on: each costs the verifier a signature."""


@dataclass(eq=False)
class Told:
    """An entry to be. `hidden`: withheld. `uncounted`: a ballot that the office leaves out of its count.

    `alter` changes the event after everything was told anew, `alter_bytes` its bytes; both stand under the signed root.
    """

    event: Json
    hidden: bool = False
    uncounted: bool = False
    alter: Callable[[Json], object] | None = None
    alter_bytes: Bytes = bytes

    @property
    def topic(self) -> str:
        topic: str = self.event["topic"]
        return topic

    @property
    def state(self) -> Json:
        state: Json = self.event["state"]
        return state

    def text(self) -> str:
        """The event as it is now, which both that follow are given."""
        return _WRITTEN(self.event)

    def honest(self, text: str) -> bytes:
        """As the office's own recount sees it."""
        if self.uncounted:
            text = _WRITTEN({**self.event, "topic": "left.out.v1"})
        return _canonical(text)

    def stored(self, text: str) -> bytes:
        if self.alter:
            event = deepcopy(self.event)
            self.alter(event)
            text = _WRITTEN(event)
        return self.alter_bytes(text.encode())


@dataclass
class Forgery:
    """`sizes`: of the checkpoints that are told of. `recounted`: the entries as the office's own recount sees them. `files`: what
    does not follow from the log. Lies about files come before the manifest is written, `damages` after. A file whose lie gives
    None is gone.
    """

    good: Good
    told: list[Told] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    signer: LogSigner = field(init=False)
    roots: dict[int, bytes] = field(default_factory=dict)
    recounted: list[bytes] = field(default_factory=list)
    conclusions: list[str] = field(default_factory=list)
    document_lie: Callable[[int, Json], object] = lambda _, __: None
    note_lie: Callable[[int, str], str] = lambda _, note: note
    newest_lie: Callable[[str], str] = str
    file_lies: dict[str, Callable[[bytes], bytes | None]] = field(default_factory=dict)
    manifest_lie: Callable[[Json], object] = lambda _: None
    damages: dict[str, Callable[[bytes], bytes | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.signer = self.good.signer
        with ZipFile(BytesIO(self.good.bundle)) as bundle:
            held = {name: bundle.read(name) for name in bundle.namelist()}
        hidden = {json.loads(line)["position"] for line in held["log/withheld.jsonl"].splitlines()}
        self.told = [
            Told(json.loads(entry), hidden=position in hidden)
            for position, entry in enumerate(self.good.entries, start=1)
        ]
        signed = [json.loads(line)["size"] for line in held["log/checkpoints.jsonl"].splitlines()]
        older = int(self.good.older_note.split(b"\n")[1])
        self.sizes = sorted({*signed[::_KEPT], *self._rested_on(), older, signed[-1]})
        kept = ("kiosks.json", layout.KEY, layout.POLICY, layout.README)
        self.files = {
            name: body
            for name, body in held.items()
            if name in kept or name.endswith(("credentials.csv", "paper.json"))
        }
        papers = [body for name, body in held.items() if name.endswith("paper.json")]
        self.documents = {sha256(body).hexdigest(): body for body in papers}

    def _rested_on(self) -> set[int]:
        """Sizes that a conclusion was computed at."""
        return {each.state["finding"]["checkpoint_size"] for each in self.told if each.topic in _FINDINGS}

    # Finding and changing.

    def of(self, topic: str, round_id: UUID | None = None, **state: object) -> list[Told]:
        """Entries with this topic, of this round, whose state holds at least this."""
        found = [each for each in self.told if each.topic == topic and state.items() <= each.state.items()]
        if not found or round_id is None:
            return found
        wanted = str(round_id)
        owned = {
            each.event["id"]
            for each in self.told
            if each.event["id"] == wanted or each.state.get("round_id") == wanted
        }
        return [each for each in found if each.event["id"] in owned]

    def one(self, topic: str, round_id: UUID | None = None, **state: object) -> Told:
        return self.of(topic, round_id, **state)[0]

    def ballot(self, round_id: UUID, unit: str | None = None) -> Told:
        return self.of(CAST, round_id, **({"unit": unit} if unit else {}))[0]

    def remove(self, each: Told) -> None:
        self._shift(self.told.index(each), -1)
        self.told.remove(each)

    def insert(self, index: int, each: Told) -> None:
        self._shift(index, 1)
        self.told.insert(index, each)

    def forget(self, each: Told) -> None:
        """As if the event had never been: the versions behind it move up."""
        for other in self.told:
            same = other.event["id"] == each.event["id"]
            other.event["version"] -= same and other.event["version"] > each.event["version"]
        self.remove(each)

    def move(self, each: Told, index: int) -> None:
        """To stand at `index` once it has left its place."""
        self.remove(each)
        self.insert(index, each)

    def insert_event(self, after: Told, owner: Told, topic: str, state: Json) -> Told:
        """An event of `owner`'s aggregate behind `after`, with the versions behind it counted on."""
        index = self.told.index(after) + 1
        mine = [each for each in self.told if each.event["id"] == owner.event["id"]]
        version = 1 + sum(self.told.index(each) < index for each in mine)
        for each in mine:
            each.event["version"] += each.event["version"] >= version
        new = Told(
            {"id": owner.event["id"], "position": 0, "state": state, "topic": topic, "version": version}
        )
        self.insert(index, new)
        return new

    def _shift(self, index: int, by: int) -> None:
        end = len(self.told)

        def shifted(size: int) -> int:
            return size + by if size > index or (size == index == end) else size

        self.sizes = sorted({shifted(size) for size in self.sizes})
        for each in self.told:
            if each.topic in _FINDINGS:
                finding = each.state["finding"]
                finding["checkpoint_size"] = shifted(finding["checkpoint_size"])

    def set_paper(self, round_id: UUID, change: Callable[[Json], object]) -> None:
        """Another paper, frozen by its digest as if it had always been this one."""
        name = layout.of_round(round_id, "paper.json")
        paper = json.loads(self.files[name])
        change(paper)
        self.files[name] = canonical.encode(paper)
        digest = sha256(self.files[name]).hexdigest()
        self.documents[digest] = self.files[name]
        self.one("round.voting_opened.v1", round_id).state["paper_digest"] = digest

    def signed(self, each: Told, choices: object, key: Ed25519PrivateKey | None = None) -> None:
        """The ballot with other choices, signed by its own voter, or as if `key` were the credential behind it."""
        state = each.state
        key = key or self.good.keys[state["round_id"], state["credential"]]
        state["choices"] = choices
        message = {"choices": choices, "round": state["round_id"], "salt": state["salt"]}
        state["signature"] = text_of(key.sign(b"dauys.ballot.v1\n" + canonical.encode(message)))

    def of_another(self, each: Told, key: Ed25519PrivateKey) -> None:
        """The same ballot as the holder of `key` would have cast it."""
        state = each.state
        state["credential"] = base64url.to_text(key.public_key().public_bytes_raw())
        each.event["id"] = str(Ballot.create_id(UUID(state["round_id"]), state["credential"]))
        self.signed(each, state["choices"], key)

    # Telling everything anew.

    def written(self) -> bytes:
        """The bundle as a ZIP."""
        self._count_ballots()
        files = {**self.files, **self._log(), **self._conclusions_and_results()}
        for name, lie in self.file_lies.items():
            _apply(files, name, lie)
        manifest = self._manifest(files)
        self.manifest_lie(manifest)
        files[MANIFEST] = canonical.encode(manifest)
        for name, damage in self.damages.items():
            _apply(files, name, damage)
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as bundle:
            for name, body in files.items():
                bundle.writestr(name, body)
        return out.getvalue()

    def _log(self) -> dict[str, bytes]:
        """Entries, leaves and signed checkpoints; on the way every conclusion is computed from what stands before it."""
        tree, roots, wanted = GrowingTree(Frontier(0, ())), self.roots, {*self.sizes, *self._rested_on()}
        renamed: dict[str, str] = {}
        self.conclusions.clear()
        self.recounted.clear()
        entries, withheld = [], []
        for position, each in enumerate(self.told, start=1):
            each.event["position"] = position
            self._conclude(each, position, roots, renamed)
            text = each.text()
            body = each.stored(text)
            tree.append(leaf_hash(body))
            if position in wanted:
                roots[position] = tree.root()
            self.recounted.append(each.honest(text))
            entries.append(b"" if each.hidden else body)
            if each.hidden:
                withheld.append({"leaf": leaf_hash(body).hex(), "position": position})
        notes = {
            size: self.note_lie(size, sign_checkpoint(size, roots[size], self.signer)) for size in self.sizes
        }
        tiles = range(-(-len(entries) // 256))
        return {
            layout.CHECKPOINT: self.newest_lie(notes[self.sizes[-1]]).encode(),
            layout.CHECKPOINTS: _lines({"note": note, "size": size} for size, note in notes.items()),
            layout.WITHHELD: _lines(withheld),
            **{
                layout.entries(TilePath(None, tile, min(256, len(entries) - tile * 256))): encode_bundle(
                    entries[tile * 256 : tile * 256 + 256]
                )
                for tile in tiles
            },
        }

    def _count_ballots(self) -> None:
        """Slips and kiosks report whatever ballots there are now; slips that lay unused were handed out if need be."""
        cast = Counter(
            each.state["unit"] for each in self.of(CAST, self.good.published) if not each.uncounted
        )
        for each in self.of("roll.slips_reconciled.v1"):
            for slips in each.state["slips"]:
                slips["cast"] = cast[slips["unit"]]
                more = max(0, slips["cast"] - slips["handed_out"])
                slips["handed_out"], slips["unused"] = slips["handed_out"] + more, slips["unused"] - more
        kiosks = json.loads(self.files["kiosks.json"])
        seen = sum(each.hidden or each.topic == CAST for each in self.told)
        kiosks[0]["delivered"] = kiosks[0]["recorded"] = seen
        self.files["kiosks.json"] = canonical.encode(kiosks)

    def _conclude(self, each: Told, position: int, roots: dict[int, bytes], renamed: dict[str, str]) -> None:
        state = each.state
        noted = (state.get("substance") or {}).get("noted") or {}
        for told, name in product((state, noted), ("document_digest", "conclusion_digest", "replaces")):
            if name in told:
                told[name] = renamed.get(told[name], told[name])
        if each.topic not in _FINDINGS:
            return
        size, finding = state["finding"]["checkpoint_size"], state["finding"]
        counted = self._recount(self.good.published, min(size, position - 1))
        counted = replace(counted, size=size, root=roots[size].hex())
        about = {
            "number": state.get("number", 1),
            "replaces": state.get("replaces", ""),
            "reason": state.get("reason", ""),
        }
        said = json.loads(document(counted, self.signer.origin, **about))
        self.document_lie(len(self.conclusions), said)
        body = canonical.encode(said)
        digest = sha256(body).hexdigest()
        renamed[finding["document_digest"]] = digest
        self.documents[digest] = body
        self.conclusions.append(digest)
        finding |= {
            "document_digest": digest,
            "checkpoint_size": said["checkpoint"]["size"],
            "checkpoint_root": said["checkpoint"]["root"],
            "rules_version": counted.paper.rules.version,
        }

    def _recount(self, round_id: UUID, size: int) -> Recount:
        """As in the last forgery whose log said the same of rounds and ballots; size and root may be another's."""
        entries = self.recounted[:size]
        heard = tuple(entry for entry in entries if _COUNTED.search(entry))
        if (round_id, heard) not in self.good.recounts:
            self.good.recounts[round_id, heard] = recount(entries, round_id, self.documents.__getitem__)
        return self.good.recounts[round_id, heard]

    def _conclusions_and_results(self) -> dict[str, bytes]:
        files = {
            layout.of_round(self.good.published, f"conclusions/{number}.json"): self.documents[digest]
            for number, digest in enumerate(dict.fromkeys(self.conclusions), start=1)
        }
        for round_id in (self.good.published, self.good.provisional):
            results = self._results(round_id)
            files[layout.of_round(round_id, "results.json")] = msgspec.json.encode(ResultsView.of(results))
            files[layout.of_round(round_id, "results.csv")] = results_csv(results)
            files[layout.of_round(round_id, "results.pb")] = self._pb(results)
        return files

    def _results(self, round_id: UUID) -> Results:
        versions = self._versions() if round_id == self.good.published else []
        published = [version for version in versions if version.state is ConclusionState.PUBLISHED]
        version = published[-1] if published else next(iter(versions), None)
        paper_digest = self.one("round.voting_opened.v1", round_id).state["paper_digest"]
        paper = read_paper(self.documents[paper_digest])
        round_ = self._round(round_id, paper_digest)
        if version is None:
            counted = self._recount(round_id, len(self.recounted))
            units = [unit.kato for unit in paper.units]
            turnout = tuple(
                UnitTurnout(unit, counted.people.get(unit, 0), counted.cast.get(unit, 0)) for unit in units
            )
            return Results(
                round_, paper, Status.PROVISIONAL, round_.changed, counted.outcome, turnout, None, (), (), ()
            )
        said_now = _CONCLUSION(self.documents[version.document_digest])
        before = self.documents.get(version.replaces)
        status = Status.CORRECTED if version.number > 1 else Status.PUBLISHED
        status = status if version.state is ConclusionState.PUBLISHED else Status.CONCLUDED
        return Results(
            round=round_,
            paper=paper,
            status=status,
            as_of=version.checkpoint_size,
            outcome=said_now.outcome,
            turnout=said_now.turnout,
            version=version,
            versions=tuple(versions),
            changes=tuple(_changes(_CONCLUSION(before), said_now)) if before else (),
            witnesses=(),
        )

    def _round(self, round_id: UUID, paper_digest: str) -> RegisteredRound:
        steps = [
            Happened(
                each.topic.split(".")[1],
                each.event["position"],
                datetime.fromisoformat(each.state["timestamp"]),
                "",
            )
            for each in self.told
            if each.event["id"] == str(round_id)
        ]
        terms = msgspec.convert(self.one("round.drafted.v1", round_id).state["terms"], Terms)
        return RegisteredRound(
            round_id, 0, steps[-1].position, Phase.CLOSED, terms, None, paper_digest, tuple(steps), {}, {}
        )

    def _versions(self) -> list[Version]:
        """Approved versions as the events tell them."""
        found: list[Version] = []
        drafted: Version | None = None
        for each in self.told:
            if not each.topic.startswith("conclusion."):
                continue
            state = json.loads(each.stored(each.text()))["state"]
            if each.topic in _FINDINGS:
                finding = state["finding"]
                drafted = Version(
                    number=state.get("number", 1),
                    state=ConclusionState.DRAFTED,
                    document_digest=finding["document_digest"],
                    checkpoint_size=finding["checkpoint_size"],
                    replaces=state.get("replaces", ""),
                    reason=state.get("reason", ""),
                    channels=(),
                    published_at=None,
                    changed=0,
                )
            elif each.topic == "conclusion.approved.v1" and drafted:
                found.append(replace(drafted, state=ConclusionState.APPROVED))
            elif each.topic == "conclusion.published.v1":
                found[-1] = replace(
                    found[-1],
                    state=ConclusionState.PUBLISHED,
                    channels=msgspec.convert(state["channels"], tuple[Channel, ...]),
                    published_at=datetime.fromisoformat(state["timestamp"]),
                )
        return found

    def _pb(self, results: Results) -> bytes:
        out = StringIO(newline="")
        ballots = [
            each.state["choices"] for each in self.of(CAST, results.round.round_id) if not each.uncounted
        ]
        day = date(2026, 9, 1)
        write_pb(out, Heading("A round", "Unit", "2026", day, day), results.paper, results.outcome, ballots)
        return out.getvalue().encode()

    def _manifest(self, files: dict[str, bytes]) -> Json:
        newest = files[layout.CHECKPOINT].decode().split("\n")
        return {
            "counts": {
                "checkpoints": len(self.sizes),
                "entries": len(self.told),
                "rounds": len({name.split("/")[1] for name in files if name.startswith("rounds/")}),
                "withheld": sum(each.hidden for each in self.told),
            },
            "files": {
                name: {"bytes": len(body), "sha256": sha256(body).hexdigest()} for name, body in files.items()
            },
            "format": layout.FORMAT,
            "origin": newest[0],
            "root": msgspec.convert(newest[2], bytes).hex(),
            "scope": layout.EVERY_ROUND,
            "size": int(newest[1]),
        }


def _changes(before: ConclusionDocument, after: ConclusionDocument) -> Iterator[Change]:
    lines = {line.project: line for line in before.lines}
    for line in after.lines:
        if line.project in lines and lines[line.project] != line:
            yield Change(line.project, lines[line.project], line)


def _apply(files: dict[str, bytes], name: str, change: Callable[[bytes], bytes | None]) -> None:
    changed = change(files.pop(name, b""))
    if changed is not None:
        files[name] = changed


@cache
def _canonical(written: str) -> bytes:
    """Most entries are alike in all forgeries."""
    return canonical.encode(json.loads(written))


def _lines(values: Any) -> bytes:
    return b"".join(canonical.encode(value) + b"\n" for value in values)
