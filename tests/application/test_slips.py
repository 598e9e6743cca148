"""Making slips: what the files hold, who may read them, and that a run never harms an earlier one."""

import csv
import stat
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from application import slips as slips_module
from application.codes import credential
from application.new_files import FileExists
from application.slips import MOST_SLIPS, SlipCountInvalid, SlipOrder, codes_of, make_slips
from domain.errors import Refused
from domain.kato import KatoInvalid
from domain.roll import TooManySpares

UNIT = "750000000"
ORDER = SlipOrder(UUID(int=7), UNIT, people=30, spares=5, title="Бюджет <2026>", unit_name="Алматы & co")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class Interrupted(Exception):  # noqa: N818 - stands for any fault
    """Somebody pulls the plug."""


def test_every_slip_has_its_credential_on_the_list_and_no_other_is_there(tmp_path: Path) -> None:
    slips, listed = make_slips(ORDER, tmp_path)
    expected = sorted(credential(code, ORDER.round_id) for code in codes_of(slips))
    assert [row["credential"] for row in rows(listed)] == expected
    assert {row["unit"] for row in rows(listed)} == {UNIT}
    assert len(set(expected)) == 35


def test_the_file_says_whose_codes_it_holds_and_numbers_them_from_one(tmp_path: Path) -> None:
    slips, listed = make_slips(ORDER, tmp_path)
    first, *lines = slips.read_text(encoding="ascii").splitlines()
    assert first == f"number,code for {UNIT} in 00000000-0000-0000-0000-000000000007"
    assert lines == [f"{number},{code}" for number, code in enumerate(codes_of(slips), start=1)]
    assert str(ORDER.round_id) not in listed.read_text(encoding="ascii")


def test_slip_numbers_say_nothing_about_the_lists_order(tmp_path: Path) -> None:
    order = replace(ORDER, people=1_000, spares=0)
    slips, listed = make_slips(order, tmp_path)
    places = {row["credential"]: place for place, row in enumerate(rows(listed))}
    by_number = [places[credential(code, order.round_id)] for code in codes_of(slips)]
    rising = sum(by_number[at] < by_number[at + 1] for at in range(999))
    assert 400 < rising < 600  # for a random order 499.5 with a deviation of 9


def test_slips_are_for_their_maker_alone_and_the_list_is_for_all(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    slips, page, listed = make_slips(ORDER, folder, html=True)
    assert mode(folder) == 0o700
    assert mode(slips) == mode(page) == 0o600
    assert mode(listed) == 0o644


def test_pages_show_code_and_qr_but_no_number_and_only_escaped_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slips_module, "PART_SLIPS", 20)
    slips, *pages, _ = make_slips(ORDER, tmp_path, html=True)
    assert [page.name for page in pages] == [f"slips-{UNIT}-0001.html", f"slips-{UNIT}-0002.html"]
    html = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert [code for code in codes_of(slips) if html.count(code) != 1] == []
    assert html.count("<svg") == html.count("</article>") == 35
    assert "Бюджет &lt;2026&gt;" in html
    assert "Алматы &amp; co" in html
    assert "<2026>" not in html
    assert "№" not in html
    assert "http" not in html  # self-contained: it prints on a machine without a network


def test_a_second_run_overwrites_nothing(tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in make_slips(ORDER, tmp_path)}
    with pytest.raises(FileExists):
        make_slips(ORDER, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_list_that_is_there_already_keeps_its_place_and_no_slips_appear(tmp_path: Path) -> None:
    listed = tmp_path / f"credentials-{UNIT}.csv"
    listed.write_text("of an earlier run")
    with pytest.raises(FileExists, match=listed.name):
        make_slips(ORDER, tmp_path)
    assert list(tmp_path.iterdir()) == [listed]
    assert listed.read_text() == "of an earlier run"


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    def second_run(_: int) -> None:
        with pytest.raises(FileExists):
            make_slips(ORDER, tmp_path)

    slips, listed = make_slips(ORDER, tmp_path, progress=second_run)
    assert len(codes_of(slips)) == len(rows(listed)) == 35


def test_a_fault_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    def fail(_: int) -> None:
        assert list(tmp_path.iterdir())  # something was being written
        raise Interrupted

    with pytest.raises(Interrupted):
        make_slips(ORDER, tmp_path, html=True, progress=fail)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        (replace(ORDER, people=0), SlipCountInvalid),
        (replace(ORDER, spares=-1), SlipCountInvalid),
        (replace(ORDER, people=MOST_SLIPS, spares=1), SlipCountInvalid),
        (replace(ORDER, spares=21), TooManySpares),
        (replace(ORDER, unit="../../etc"), KatoInvalid),
    ],
)
def test_what_could_not_be_registered_is_not_made(
    tmp_path: Path, changed: SlipOrder, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        make_slips(changed, tmp_path)
    assert list(tmp_path.iterdir()) == []
