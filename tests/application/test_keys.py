"""The deployment's secrets: made once, readable by their owner only, never shown."""

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from application.keys import KeyFileUnsafe, Keys
from domain.iin import Iin

ORIGIN = "dauys.test/log"
PERSON = Iin("0" * 12)  # no one's, so that no number of a person stands here


def public_keys(folders: list[Path]) -> list[bytes]:
    return [Keys(folder).log_signer(ORIGIN).verifier.public_key for folder in folders]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "keys"


def test_a_key_is_made_once_for_its_owner_alone_and_nothing_else_is_left(folder: Path) -> None:
    first = Keys(folder).log_signer(ORIGIN).verifier
    assert first == Keys(folder).log_signer(ORIGIN).verifier
    assert [path.name for path in folder.iterdir()] == ["log.key"]
    assert (folder / "log.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_each_purpose_and_each_deployment_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys, others = Keys(tmp_path / "a"), Keys(tmp_path / "b")
    assert keys.person(PERSON) == keys.person(PERSON)
    assert len(keys.person(PERSON)) == 32
    assert keys.person(PERSON) != others.person(PERSON)
    assert keys.person(PERSON) != keys.person(Iin("1" * 12))
    keys.log_signer(ORIGIN)
    texts = {path.read_text() for folder in (tmp_path / "a", tmp_path / "b") for path in folder.iterdir()}
    assert len(texts) == 3


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_key_that_others_may_touch_is_refused_with_the_command_that_mends_it(
    folder: Path, mode: int
) -> None:
    path = folder / "log.key"
    verifier = Keys(folder).log_signer(ORIGIN).verifier
    path.chmod(mode)
    with pytest.raises(KeyFileUnsafe, match=f"chmod 600 {path}$"):
        Keys(folder).log_signer(ORIGIN)
    path.chmod(0o600)
    assert Keys(folder).log_signer(ORIGIN).verifier == verifier


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"00" * 31, b"00" * 33, b"zz" * 32, "ы".encode() * 32, b"\xff" * 64],
    ids=["empty", "a line", "short", "long", "not hex", "not ASCII", "not UTF-8"],
)
def test_a_corrupted_key_is_refused_and_neither_replaced_nor_shown(folder: Path, content: bytes) -> None:
    path = folder / "roll.key"
    folder.mkdir(parents=True)
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileUnsafe, match="does not hold a key of 32 bytes") as caught:
        Keys(folder).person(PERSON)
    assert path.read_bytes() == content
    assert "00" not in str(caught.value).replace(str(path), "")


def test_nothing_that_is_printed_shows_a_key(folder: Path) -> None:
    keys = Keys(folder)
    signer = keys.log_signer(ORIGIN)
    keys.person(PERSON)
    shown = f"{keys!r} {keys} {signer!r} {signer}"
    assert repr(str(folder)) in shown
    for path in folder.iterdir():
        secret = path.read_text().strip()
        assert secret not in shown
        assert repr(bytes.fromhex(secret)) not in shown


def test_processes_that_make_a_key_at_once_get_the_same_one(
    tmp_path: Path, processes: ProcessPoolExecutor
) -> None:
    folders = [tmp_path / str(number) for number in range(60)]  # enough for some to be made by both at once
    ours, theirs = processes.map(public_keys, [folders] * 2)
    assert ours == theirs == public_keys(folders)
    assert {path.name for folder in folders for path in folder.iterdir()} == {"log.key"}
