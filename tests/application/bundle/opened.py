"""A bundle taken apart, for tests of what is in it. It trusts the bundle; audit/verify.py is who does not."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZipFile

from application.log.merkle import Frontier, GrowingTree, leaf_hash
from application.log.tiles import decode_bundle

DOCUMENT = Path(__file__).parents[3] / "docs" / "bundle.md"
_ROUND = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True)
class Opened:
    """`files`: name → bytes, in the order of the ZIP."""

    files: dict[str, bytes]

    @property
    def manifest(self) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads(self.files["manifest.json"])
        return manifest

    def lines(self, name: str) -> list[Any]:
        return [json.loads(line) for line in self.files[name].splitlines()]

    @property
    def entries(self) -> list[bytes]:
        """By position; a withheld one is empty."""
        tiles = [body for name, body in self.files.items() if name.startswith("log/tile/entries/")]
        return [entry for tile in tiles for entry in decode_bundle(tile)]

    @property
    def root(self) -> str:
        """Recomputed from entries, and from leaf hashes where they are withheld."""
        withheld = {
            line["position"]: bytes.fromhex(line["leaf"]) for line in self.lines("log/withheld.jsonl")
        }
        tree = GrowingTree(Frontier(0, ()))
        for position, entry in enumerate(self.entries, start=1):
            tree.append(leaf_hash(entry) if entry else withheld.pop(position))
        assert not withheld
        return tree.root().hex()


def opened(path: Path | BinaryIO) -> Opened:
    with ZipFile(path) as bundle:
        assert bundle.testzip() is None
        names = bundle.namelist()
        assert len(names) == len(set(names))
        return Opened({name: bundle.read(name) for name in names})


def documented() -> list[re.Pattern[str]]:
    """The names that the format's document lists, in its order."""
    listed = DOCUMENT.read_text("utf-8").split("```")[1]
    return [_pattern(line.partition("  ")[0].strip()) for line in listed.strip().splitlines()]


def _pattern(name: str) -> re.Pattern[str]:
    pattern = re.escape(name).replace("<round>", _ROUND)
    pattern = pattern.replace(re.escape("000 …"), r"(x[0-9]{3}/)*[0-9]{3}(\.p/[1-9][0-9]*)?")
    return re.compile(pattern.replace(re.escape("1.json …"), r"[1-9][0-9]*\.json"))
