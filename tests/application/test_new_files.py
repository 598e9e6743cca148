"""New files take nobody's place, however late another file comes, and appear together or not at all."""

import errno
import os
from pathlib import Path

import pytest

from application.new_files import PUBLIC, SECRET, FileExists, NewFiles


@pytest.fixture(params=["links", "no links"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """On a file system with links, and on one that answers as vfat does."""
    if request.param == "no links":

        def refuse(part: Path, place: Path) -> None:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), part, None, place)

        monkeypatch.setattr(os, "link", refuse)
    return tmp_path


def begun(folder: Path) -> NewFiles:
    files = NewFiles(folder)
    for name, mode in (("secret", SECRET), ("public", PUBLIC)):
        with files.write(name, mode) as file:
            file.write(f"our {name}")
    return files


def held(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_files_appear_when_published_and_their_parts_are_gone(folder: Path) -> None:
    files = begun(folder)
    assert held(folder).keys() == {".secret.part", ".public.part"}
    assert files.publish() == [folder / "secret", folder / "public"]
    assert held(folder) == {"secret": "our secret", "public": "our public"}
    assert [path.stat().st_mode & 0o777 for path in (folder / "secret", folder / "public")] == [
        SECRET,
        PUBLIC,
    ]
    files.discard()
    assert held(folder).keys() == {"secret", "public"}


@pytest.mark.parametrize("taken", ["secret", "public"])
def test_a_file_that_came_meanwhile_is_not_replaced_and_none_of_ours_appears(
    folder: Path, taken: str
) -> None:
    files = begun(folder)
    (folder / taken).write_text("another's")
    with pytest.raises(FileExists) as refused:
        files.publish()
    assert refused.value.facts == {"file": taken}
    files.discard()
    assert held(folder) == {taken: "another's"}


def test_a_link_to_nowhere_is_not_followed(folder: Path) -> None:
    files = begun(folder)
    (folder / "public").symlink_to(folder / "elsewhere")
    with pytest.raises(FileExists):
        files.publish()
    files.discard()
    assert [path.name for path in folder.iterdir()] == ["public"]


def test_another_fault_is_told_as_it_is_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def fail_on_the_second(part: Path, place: Path) -> None:
        if place.name == "public":
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))
        link(part, place)

    files = begun(tmp_path)
    monkeypatch.setattr(os, "link", fail_on_the_second)
    with pytest.raises(OSError, match=os.strerror(errno.EDQUOT)):
        files.publish()
    files.discard()
    assert held(tmp_path) == {}
