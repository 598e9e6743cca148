"""Whatever file the verifier is given: one plain sentence, exit code 2, in bounded time and memory; nothing is ever unpacked."""

import json
import resource
import struct
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest

from tests.audit.conftest import VERIFIER, Verify
from tests.audit.election import Good
from tests.audit.forgery import Forgery

MEMORY_BYTES = 200 << 20
"""Of address space, less than the bomb unpacked."""
SECONDS = 60


def with_file(bundle: bytes, name: str, body: bytes) -> bytes:
    out = BytesIO(bundle)
    with ZipFile(out, "a", ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return out.getvalue()


def rewritten(bundle: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    with ZipFile(BytesIO(bundle)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def patched(bundle: bytes, name: bytes, offset: int, value: bytes) -> bytes:
    """A field of a file's line in the table of contents, `offset` bytes into it, overwritten."""
    at = bundle.rindex(name) - 46 + offset
    return bundle[:at] + value + bundle[at + len(value) :]


def of_format(bundle: bytes, told: object) -> bytes:
    def change(files: dict[str, bytes]) -> None:
        files["manifest.json"] = json.dumps({**json.loads(files["manifest.json"]), "format": told}).encode()

    return rewritten(bundle, change)


def twice(bundle: bytes) -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return with_file(bundle, "README.txt", b"another")


def packed_otherwise(bundle: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(BytesIO(bundle)) as files, ZipFile(out, "w", ZIP_LZMA) as archive:
        for name in files.namelist():
            archive.writestr(name, files.read(name))
    return out.getvalue()


def cut(files: dict[str, bytes]) -> None:
    name = next(name for name in files if name.startswith("log/tile/entries/"))
    files[name] = files[name][:-5]


HOSTILE: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "nothing": ("not_a_zip", lambda _: b""),
    "ten megabytes of garbage": ("not_a_zip", lambda _: b"garbage\n" * (10 << 17)),
    "a truncated ZIP": ("not_a_zip", lambda bundle: bundle[: len(bundle) // 2]),
    "a ZIP that lost its last byte": ("not_a_zip", lambda bundle: bundle[:-1]),
    "a ZIP without its middle": ("damaged", lambda bundle: bundle[:400] + bytes(100) + bundle[500:]),
    "a path out of the folder": ("bad_name", lambda bundle: with_file(bundle, "../../etc/passwd", b"")),
    "an absolute path": ("bad_name", lambda bundle: with_file(bundle, "/etc/passwd", b"")),
    "a path of Windows": ("bad_name", lambda bundle: with_file(bundle, "log\\..\\key.txt", b"")),
    "a round that is no id": ("bad_name", lambda bundle: with_file(bundle, "rounds/../paper.json", b"")),
    "a name that repaints the screen": ("bad_name", lambda bundle: with_file(bundle, "\x1b[2J", b"")),
    "a folder": ("bad_name", lambda bundle: with_file(bundle, "rounds/", b"")),
    "two files of one name": ("name_twice", twice),
    "no manifest": ("not_here", lambda bundle: rewritten(bundle, lambda files: files.pop("manifest.json"))),
    "no checkpoint": (
        "not_here",
        lambda bundle: rewritten(bundle, lambda files: files.pop("log/checkpoint.txt")),
    ),
    "a manifest that is no JSON": (
        "damaged",
        lambda bundle: rewritten(bundle, lambda files: files.update({"manifest.json": b"{"})),
    ),
    "a manifest nested a million deep": (
        "damaged",
        lambda bundle: rewritten(bundle, lambda files: files.update({"manifest.json": b"[" * 10**6})),
    ),
    "a later format": ("other_format", lambda bundle: of_format(bundle, "dauys.bundle.v2")),
    "a format of no form": ("other_format", lambda bundle: of_format(bundle, {"v": [1]})),
    "a file as long as all may be": (
        "too_large",
        lambda bundle: patched(bundle, b"README.txt", 24, b"\xff" * 4),
    ),
    "a manifest of 70 MB": (
        "too_large",
        lambda bundle: patched(bundle, b"manifest.json", 24, struct.pack("<I", 70 << 20)),
    ),
    "an encrypted file": ("damaged", lambda bundle: patched(bundle, b"manifest.json", 8, b"\x01\x00")),
    "a packing that takes memory": ("damaged", packed_otherwise),
    "another packing": ("damaged", lambda bundle: patched(bundle, b"manifest.json", 10, b"\x63\x00")),
    "a line of a megabyte": (
        "too_large",
        lambda bundle: rewritten(
            bundle, lambda files: files.update({"log/checkpoints.jsonl": b"x" * (2 << 20)})
        ),
    ),
    "an entry bundle cut within an entry": ("damaged", lambda bundle: rewritten(bundle, cut)),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_bundle_is_said_in_one_line(what: str, good: Good, verify: Verify) -> None:
    told, change = HOSTILE[what]
    record = verify(change(good.bundle))
    assert record.code == 2, record.screen
    assert f"[{told}]" in record.screen
    assert len(record.screen.strip().splitlines()) == 1
    assert record.screen.isprintable() or record.screen.rstrip("\n").isprintable()


def test_every_way_to_be_unreadable_is_tried(verifier: Any) -> None:
    source = VERIFIER.read_text(encoding="utf-8")
    raised = {word for word in verifier.TEXTS if f'Unreadable("{word}"' in source}
    assert raised == {told for told, _ in HOSTILE.values()}


def test_a_file_that_is_not_there_is_said_so(verify: Verify, tmp_path: Path) -> None:
    assert verify.module.main([str(tmp_path / "absent.zip")]) == 2


@pytest.mark.parametrize("older", [b"", b"\xff\xfe", b"PK\x03\x04", b"no checkpoint\n", b"x" * (1 << 20)])
def test_an_older_copy_that_is_none_is_said_so(older: bytes, good: Good, verify: Verify) -> None:
    record = verify(good.bundle, since=older)
    assert record.code == 2
    assert len(record.screen.strip().splitlines()) == 1


def test_an_older_checkpoint_with_an_extra_line_is_refused(good: Good, verify: Verify) -> None:
    note = json.loads(ZipFile(BytesIO(good.older)).read("log/checkpoints.jsonl").splitlines()[-1])["note"]
    assert verify(good.bundle, since=note.encode()).code == 0
    assert verify(good.bundle, since=note.replace("\n\n", "\nextra\n\n", 1).encode()).code == 2
    assert verify(good.bundle, since=f"{note}{'x' * 99}".encode()).code == 2


JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    "",
    "x",
    "\x1b[2J",
    [],
    {},
    [1],
    {"a": 1},
    [[]],
    "9" * 50,
    1.5,
    "2026-01-01",
)


def spoilt(value: Any, chance: Random) -> Any:
    """One place in it, however deep, is junk, gone, or doubled."""
    if not isinstance(value, dict | list) or not value or chance.random() < 0.1:
        return chance.choice(JUNK)
    changed: Any = value.copy()
    key = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
    if chance.random() < 0.1:
        del changed[key]
    else:
        changed[key] = spoilt(value[key], chance)
    return changed


def spoilt_file(body: bytes, chance: Random) -> bytes:
    try:
        return json.dumps(spoilt(json.loads(body), chance), sort_keys=True, separators=(",", ":")).encode()
    except ValueError:  # no JSON: a line of it is junk
        lines = body.split(b"\n")
        lines[chance.randrange(len(lines))] = chance.choice(
            (b"", b"x", b"\xff", b";;;", b"META", b'{"note":1}', b'"""')
        )
        return b"\n".join(lines)


@pytest.mark.parametrize("seed", range(60))
def test_junk_anywhere_is_found_or_harmless_and_never_a_traceback(
    seed: int, good: Good, verify: Verify
) -> None:
    chance, forgery = Random(seed), Forgery(good)
    if seed % 2:
        told = chance.choice(forgery.told)
        told.alter = lambda event: event.update(state=spoilt(event["state"], Random(seed)))
    else:
        names = [
            "kiosks.json",
            "log/key.txt",
            "log/policy.txt",
            "log/checkpoints.jsonl",
            "log/withheld.jsonl",
        ]
        files = [
            "paper.json",
            "credentials.csv",
            "results.json",
            "results.csv",
            "results.pb",
            "conclusions/3.json",
        ]
        name = chance.choice([*names, *(f"rounds/{good.published}/{name}" for name in files)])
        forgery.file_lies[name] = lambda body: spoilt_file(body, Random(seed))
    record = verify(forgery.written(), "--sample", "3")
    assert record.code in (0, 1, 2)
    assert "\x1b" not in record.screen


@pytest.fixture(scope="module")
def bomb(good: Good) -> bytes:
    """A good bundle but for a quarter of a gigabyte of zeros in it."""
    zeros = bytes(256 << 20)
    return rewritten(good.bundle, lambda files: files.update({"README.txt": zeros}))


@pytest.mark.parametrize("told", [10, (4 << 30) - 2])
def test_a_bomb_takes_neither_time_nor_memory(told: int, bomb: bytes, tmp_path: Path) -> None:
    """Its size the table of contents tells as ten bytes, or as more than there may be."""
    (tmp_path / "bomb.zip").write_bytes(patched(bomb, b"README.txt", 24, struct.pack("<I", told)))
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(tmp_path / "bomb.zip"), "--jobs", "1"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES)),
    )
    assert done.returncode == 2, done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) == 1
