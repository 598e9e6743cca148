"""The spool: nothing taken in is forgotten, numbers have no gap, damage is told, and no choices stay behind."""

import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from application.kiosk.signing import delivery_hash
from application.kiosk.spool import Spool, SpoolBusy, SpoolDamaged, SpoolFull

additions = st.binary(max_size=40).map(lambda body: ("add", body))
others = st.sampled_from([("answer", b""), ("reopen", b""), ("tear", b"")])
steps = st.lists(additions | others, max_size=12)


@settings(max_examples=40, deadline=None)
@forall(steps)
def test_whatever_happens_the_spool_holds_what_was_added_and_not_answered(
    history: list[tuple[str, bytes]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spool, waiting, last, last_hash = Spool(folder), dict[int, bytes](), 0, ""
        for step, body in history:
            if step == "add":
                last, last_hash = spool.add(body), delivery_hash(body)
                waiting[last] = body
            elif step == "answer" and waiting:
                first = min(waiting)
                spool.mark_answered(first, waiting.pop(first))
            elif step == "tear":  # a crash before a delivery was whole
                (folder / "spool" / f"{spool.next_sequence:016}.jws.part").write_bytes(b"torn")
            else:
                spool.close()
                spool = Spool(folder)
            assert {number: spool.read(number) for number in spool.waiting} == waiting
            assert (spool.next_sequence, spool.previous) == (last + 1, last_hash)
        spool.close()


def test_a_torn_file_that_was_never_whole_is_thrown_away(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.add(b"first")
    torn = tmp_path / "spool" / "0000000000000002.jws.part"
    torn.write_bytes(b"sec")
    with Spool(tmp_path) as spool:
        assert spool.waiting == [1]
        assert not torn.exists()
        assert spool.add(b"second") == 2


def test_a_delivery_that_came_back_after_its_removal_is_not_sent_again(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.add(b"first")
        spool.mark_answered(1, b"first")
    # A power cut may undo a removal that had not reached the disk.
    (tmp_path / "spool" / "0000000000000001.jws").write_bytes(b"first")
    with Spool(tmp_path) as spool:
        assert spool.waiting == []
        assert spool.next_sequence == 2


def _lose_the_first(folder: Path) -> None:
    (folder / "spool" / "0000000000000001.jws").unlink()


def _put_a_stranger(folder: Path) -> None:
    (folder / "spool" / "notes.jws").write_bytes(b"")


def _cut_the_note(folder: Path) -> None:
    (folder / "answered.json").write_bytes(b'{"sequence":')


@pytest.mark.parametrize("damage", [_lose_the_first, _put_a_stranger, _cut_the_note])
def test_damage_to_what_may_have_been_sent_stops_the_kiosk(
    damage: Callable[[Path], None], tmp_path: Path
) -> None:
    with Spool(tmp_path) as spool:
        spool.add(b"first")
        spool.add(b"second")
    damage(tmp_path)
    with pytest.raises(SpoolDamaged):
        Spool(tmp_path)
    # Refusing must not keep the folder locked: whoever mends it opens it again.
    with pytest.raises(SpoolDamaged):
        Spool(tmp_path)


@pytest.mark.parametrize("limits", [{"most_files": 2}, {"most_bytes": 11}])
def test_a_full_spool_refuses_and_keeps_what_it_has(limits: dict[str, int], tmp_path: Path) -> None:
    with Spool(tmp_path, **limits) as spool:
        spool.add(b"first")
        spool.add(b"second")
        with pytest.raises(SpoolFull):
            spool.add(b"third")
        assert spool.waiting == [1, 2]


def test_answers_are_taken_in_order_only(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.add(b"first")
        spool.add(b"second")
        with pytest.raises(ValueError, match="order"):
            spool.mark_answered(2, b"second")


def test_two_processes_never_share_a_spool(tmp_path: Path) -> None:
    with Spool(tmp_path), pytest.raises(SpoolBusy):
        Spool(tmp_path)
    with Spool(tmp_path):
        pass


def test_nobody_else_may_read_what_waits(tmp_path: Path) -> None:
    folder = tmp_path / "kiosk"
    with Spool(folder) as spool:
        spool.add(b"first")
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))]
    assert all(mode & 0o077 == 0 for mode in modes)


def test_nothing_of_an_answered_delivery_stays_on_the_device(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.add(b"choices of somebody")
        spool.mark_answered(1, b"choices of somebody")
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"choices" not in left
