"""The ZIP itself: bytes that follow from the files, a manifest that names them all, and limits that hold."""

import json
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.bundle import archive
from application.bundle.archive import BundleTooLarge, new_archive
from tests.application.bundle.opened import opened

NAMES = st.text("abcdefgh/.0123456789", min_size=1, max_size=20).filter(lambda name: not name.endswith("/"))
FILES = st.dictionaries(NAMES, st.lists(st.binary(max_size=300), max_size=5), max_size=8)


def written(files: dict[str, list[bytes]]) -> BytesIO:
    out = BytesIO()
    with new_archive(out) as new:
        for name, pieces in files.items():
            new.add(name, pieces)
        new.finish({"format": "test"})
    return out


@given(FILES)
def test_what_was_added_comes_out_and_the_manifest_names_it_all(files: dict[str, list[bytes]]) -> None:
    bundle = opened(written(files))
    bodies = {name: b"".join(pieces) for name, pieces in files.items()}
    assert list(bundle.files) == [*files, "manifest.json"]
    assert bundle.files == bodies | {"manifest.json": bundle.files["manifest.json"]}
    assert bundle.manifest == {
        "format": "test",
        "files": {
            name: {"bytes": len(body), "sha256": sha256(body).hexdigest()} for name, body in bodies.items()
        },
    }


@given(FILES, st.integers(1, 7))
def test_the_bytes_follow_from_the_files_however_they_come_in_pieces(
    files: dict[str, list[bytes]], width: int
) -> None:
    again = {
        name: [b"".join(pieces)[i : i + width] for i in range(0, sum(map(len, pieces)), width)]
        for name, pieces in files.items()
    }
    assert written(files).getvalue() == written(again).getvalue()


def test_members_tell_nothing_of_when_and_where_they_were_written() -> None:
    with ZipFile(written({"a": [b"a" * 999]})) as bundle:
        for member in bundle.infolist():
            assert member.date_time == (1980, 1, 1, 0, 0, 0)
            assert (member.create_system, member.external_attr >> 16) == (3, 0o100644)
            assert (member.compress_type, member.flag_bits) == (ZIP_DEFLATED, 0)
            assert (member.extra, member.comment, bundle.comment) == (b"", b"", b"")


def test_the_manifest_is_canonical() -> None:
    manifest = opened(written({"b": [b""], "a": [b""]})).files["manifest.json"]
    assert manifest == json.dumps(json.loads(manifest), sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("limit", "most", "facts"),
    [
        ("MOST_FILES", 2, {"files": 2, "most": 2}),
        ("MOST_FILE_BYTES", 9, {"bytes": 10, "most": 9}),
        ("MOST_BYTES", 29, {"bytes": 30, "most": 29}),
    ],
)
def test_a_bundle_that_readers_would_refuse_is_not_written(
    limit: str, most: int, facts: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, limit, most)
    with pytest.raises(BundleTooLarge) as refused:
        written({name: [b"12345", b"67890"] for name in "abc"})
    assert refused.value.facts == facts


def test_an_endless_file_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_FILE_BYTES", 1_000_000)

    def endless() -> Iterator[bytes]:
        while True:
            yield b"0" * 1_000

    with pytest.raises(BundleTooLarge), new_archive(BytesIO()) as new:
        new.add("a", endless())
