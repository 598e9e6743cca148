"""Codes in the desk's browser: loaded, locked, drawn at random, wiped before they are printed, and never sent anywhere."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from application.clock import now
from application.codes import credential, parse_code
from tests.browser.check_in import PIN, CheckIn, Desk, desk_window
from tests.browser.looking import barriers
from tests.examples import CITY, DISTRICT
from tests.people import iin

OURS = f"number,code for {CITY} in {{round}}"
GOOD = "1,0CFG-M5G8-X66D-7580-5\n2,0CFG-M5G8-X66D-7581-6\n"
_MODULE = """async ([name, argument]) => {
    const address = document.querySelector('script[src*="desk/main.js"]').src.replace("main.js", name);
    const it = await import(address); %s
}"""
_KEPT = """async () => {
    const open = indexedDB.open("dauys-desk");
    const database = await new Promise(done => { open.onsuccess = () => done(open.result) });
    const all = name => new Promise(done => {
        const asked = database.transaction(name).objectStore(name).getAll();
        asked.onsuccess = () => done(asked.result);
    });
    const told = JSON.stringify([await all("desk"), await all("stacks"), await all("codes")], (_, value) =>
        value instanceof Uint8Array ? String.fromCharCode(...value) : value);
    const codes = (await all("codes")).length;
    database.close();
    return [told, codes];
}"""


@pytest.fixture
def check_in(site: CheckIn, tmp_path: Path) -> CheckIn:
    return site.of_another_round(tmp_path / "slips")


@pytest.fixture
def desk(check_in: CheckIn, machine: Page) -> Iterator[Desk]:
    """On a machine that keeps nothing yet."""
    with check_in.desk(machine) as desk:
        yield desk


def module(page: Page, name: str, body: str, argument: object = None) -> Any:
    return page.evaluate(_MODULE % body, [name, argument])


def kept(page: Page) -> tuple[str, int]:
    """All that lies in the browser's database as text, and how many codes do."""
    told, codes = page.evaluate(_KEPT)
    return told, codes


def test_codes_are_printed_one_by_one_each_once_until_none_is_left(desk: Desk, check_in: CheckIn) -> None:
    desk.load_by_hand(CITY, 3, 6)
    expect(desk.page.locator("#counts")).to_contain_text("4 left")
    for person in range(4):
        desk.look_up(person)
        assert desk.serve() == "Marked as served"
        assert len(desk.printed()) == person + 1
        assert kept(desk.page)[1] == 3 - person
        desk.press("handed")
    assert sorted(desk.printed()) == sorted(check_in.codes()[2:6])
    desk.page.wait_for_function(
        "() => document.getElementById('counts').innerText.includes('0 left, 4 handed over')"
    )
    desk.look_up(4)
    desk.page.locator("[data-does=serve] [type=submit]").click()
    desk.page.get_by_text("No code of this unit is left here").wait_for()
    desk.page.locator("#source").check()
    assert desk.serve() == "Marked as served"
    expect(desk.page.locator("#answer")).to_contain_text("Take one slip")
    assert len(desk.printed()) == 4


def test_a_spoiled_print_is_counted_and_leads_to_a_second_person_and_no_code_leaves_the_browser(
    desk: Desk, check_in: CheckIn
) -> None:
    """All that the window sent, from loading the file to signing the day, is looked through for codes and what follows of them."""
    desk.load(CITY, 1, 12)
    for person in range(3):
        desk.look_up(person)
        desk.serve()
        desk.printed()
        desk.press("spoiled" if person == 1 else "handed")
        if person == 1:
            desk.page.get_by_text("The slip is counted as spoiled").wait_for()
            expect(desk.page.get_by_label("Spoiled: torn")).to_be_checked()
            expect(desk.page.locator("#counts")).to_contain_text("1 spoiled")
            desk.page.get_by_role("button", name="Ask a second person for a slip").click()
            desk.page.get_by_text("A second person has been asked").wait_for()
    desk.page.goto(f"/en/desk/{check_in.round_id}/days")
    desk.page.locator("#unused").fill("9")
    desk.page.locator("#spoiled").fill("1")
    desk.page.get_by_role("button", name="Sign", exact=True).click()
    sent = " ".join(unquote_plus(part) for request in desk.sent for part in request)
    assert "first=1" in sent
    assert "last=12" in sent
    assert iin(0) in sent  # so this test would see what is sent
    for code in check_in.codes():
        secret = parse_code(code)
        public = credential(code, check_in.round_id)
        for trace in (code, code.replace("-", ""), code[:9], secret.hex(), public):
            assert trace not in sent
            assert trace.lower() not in sent.lower()
    assert PIN not in sent
    assert not [url for url, _, _ in desk.sent if re.search(r"\d{12}", url)]


def test_what_lies_on_the_disk_is_sealed_and_a_printed_code_is_neither_there_nor_in_the_page(
    desk: Desk, check_in: CheckIn
) -> None:
    desk.load(CITY, 1, 5)
    assert desk.page.evaluate("window.rounds") == [600_000]  # of what makes a key of the PIN
    told, codes = kept(desk.page)
    assert codes == 5
    desk.look_up(0)
    desk.serve()
    [code] = desk.printed()
    assert code in check_in.codes()
    after, left = kept(desk.page)
    assert left == 4
    for text in (told, after):
        assert not [code for code in check_in.codes() if code in text or code.replace("-", "") in text]
        assert PIN not in text
    assert json.loads(after)[1][0]["pending"] == 1
    shown = desk.page.content()
    assert not [part for part in (code, code[:9], code[10:]) if part in shown]
    expect(desk.page.locator("#printing")).to_have_count(0)
    sheet = desk.page.evaluate("window.printed[0].sheet")
    assert "Алматы" in sheet
    assert "<svg" in sheet


def test_another_window_or_a_reload_finds_the_codes_locked(desk: Desk, check_in: CheckIn) -> None:
    desk.load()
    desk.open()
    desk.page.locator("#unlock").wait_for()
    desk.look_up(0)
    desk.page.locator("[data-does=serve] [type=submit]").click()
    desk.page.get_by_text("Unlock the codes first").wait_for()
    assert check_in.engine.registrar.status(check_in.round_id).handed_out[CITY] == 0
    with desk.page.context.new_page() as second:
        second.goto(desk.page.url)
        second.locator("#source-2").check()
        second.get_by_text("The desk is open in another window of this browser").wait_for()
    desk.unlock()
    assert desk.serve() == "Marked as served"
    assert len(desk.printed()) == 1


_WAITS = """let record = {failures: 0, openAt: 0}; const waits = [];
    for (let k = 0; k < 14; k += 1) { record = it.counted(record, 0); waits.push(record.openAt) } return waits;"""


def test_a_wrong_pin_opens_nothing_and_makes_the_next_wait_longer(
    check_in: CheckIn, chromium: Browser
) -> None:
    """In a window of its own: its clock stands until the test winds it on, and every PIN costs it what it costs a desk."""
    with (
        desk_window(chromium, check_in.address, quick=False) as page,
        check_in.desk(page) as desk,
    ):
        desk.page.clock.install()
        desk.open().load()
        desk.page.clock.pause_at(now() + timedelta(minutes=1))
        desk.open()
        told = []
        for _ in range(4):
            desk.unlock("wrong password")
            told.append(desk.told)
        assert told[0] == told[1] == "Wrong PIN."
        waits = [int(re.sub(r"\D", "", each)) for each in told[2:]]
        assert waits == [2, 2]  # a PIN that comes too early is not looked at, and not counted
        desk.open()
        desk.unlock()
        expect(desk.page.locator("#told")).to_contain_text(
            "Wrong PIN. Wait"
        )  # a reload does not shorten it, nor does the right PIN
        desk.page.clock.fast_forward(2_100)
        desk.unlock()
        expect(desk.page.locator("#told")).to_have_text("")
        expect(desk.page.locator("#unlocked")).to_be_visible()
        doubled = module(page, "lock.js", _WAITS)
        assert doubled == [0, 0, *(min(1000 * 2**k, 900_000) for k in range(1, 13))]  # a quarter of an hour


def test_a_browser_that_dies_between_wiping_and_printing_leaves_a_spoiled_slip(desk: Desk) -> None:
    """The printer's dialog never opens: the page is closed in its place. The code is nowhere any more, and counted."""
    desk.load(CITY, 1, 5)
    desk.page.evaluate("() => { window.print = () => { location.reload() } }")
    desk.look_up(0)
    with desk.page.expect_navigation():
        desk.page.locator("[data-does=serve] [type=submit]").click()
    desk.page.locator("#stacks").wait_for()
    desk.unlock()
    desk.page.get_by_text("One slip was drawn before this page was closed").wait_for()
    expect(desk.page.locator("#counts")).to_contain_text("4 left, 0 handed over, 1 spoiled")
    desk.press("pending-spoiled")
    desk.page.locator("#pending").wait_for(state="hidden")
    expect(desk.page.locator("#counts")).to_contain_text("4 left, 0 handed over, 1 spoiled")
    told, codes = kept(desk.page)
    assert codes == 4
    assert json.loads(told)[1][0]["pending"] == 0
    assert desk.look_up(0) == "Has had a slip"


def test_a_slip_that_cannot_be_drawn_is_told_with_the_next_step(desk: Desk) -> None:
    """The database is gone behind the page's back when the person is marked already."""
    desk.load()
    desk.look_up(0)
    module(
        desk.page,
        "stacks.js",
        "it.Stacks.prototype.draw = () => Promise.reject(new DOMException('quota', 'QuotaExceededError'));",
    )
    assert desk.serve() == "Marked as served, but no slip was drawn here"
    expect(desk.page.get_by_label("Never handed over")).to_be_checked()


def test_the_same_codes_are_loaded_at_one_desk_only(
    desk: Desk, check_in: CheckIn, next_machine: Page
) -> None:
    desk.load(CITY, 1, 5)
    with check_in.desk(next_machine) as other:
        other.load(CITY, 5, 9)
        assert other.told.startswith("These codes are taken")
        assert kept(other.page)[1] == 0
        other.load(CITY, 6, 9)
        expect(other.page.locator("#counts")).to_contain_text("4 left")


def test_a_file_whose_taking_over_was_not_answered_is_loaded_again_and_counted_once(
    desk: Desk, check_in: CheckIn
) -> None:
    def lose(route: Any) -> None:
        route.fetch()
        route.abort("connectionreset")

    desk.page.route("**/codes", lose, times=1)
    desk.load(CITY, 1, 5)
    expect(desk.page.locator("#told")).to_contain_text("No answer from the server")
    assert kept(desk.page)[1] == 0
    desk.load(CITY, 1, 5)
    expect(desk.page.locator("#counts")).to_contain_text("5 left")
    [line] = check_in.engine.piles.days(check_in.round_id, [CITY])
    assert line.taken_over == 5


NOT_LOADED = {
    "other signs": ("number;code", "1;x\n", "This is not a file of codes"),
    "credentials": ("unit,credential", "", "This is not a file of codes"),
    "mistyped": (OURS, "1,0CFG-M5G8-X66D-7580-5\n2,0CFG-M5G8-X66D-7580-6\n", "Line 3 is damaged"),
    "twice": (
        OURS,
        "1,0CFG-M5G8-X66D-7580-5\n2,0CFG-M5G8-X66D-7580-5\n",
        "A code stands in the file twice",
    ),
    "misnumbered": (OURS, "1,0CFG-M5G8-X66D-7580-5\n3,0CFG-M5G8-X66D-7580-5\n", "Line 3 is damaged"),
    "too few": (OURS, "1,0CFG-M5G8-X66D-7580-5\n", "The file does not have these numbers"),
    "old": ("number,code", GOOD, "The file does not say which round it is of"),
    "round": (OURS.replace("{round}", str(UUID(int=7))), GOOD, "This file is of another round"),
    "unit": (OURS.replace(CITY, DISTRICT), GOOD, "This file is of another unit"),
}
"""First line, further lines, and what is told."""


def test_a_file_that_is_not_whole_or_not_ours_is_not_loaded(desk: Desk, check_in: CheckIn) -> None:
    told = {}
    for name, (first_line, lines, _) in NOT_LOADED.items():
        whose = first_line.replace("{round}", str(check_in.round_id))
        check_in.file().write_text(f"{whose}\n{lines}", encoding="utf-8")
        desk.page.locator("#told").evaluate("told => { told.textContent = '' }")
        desk.load(CITY, 1, 2)
        told[name] = (desk.told, kept(desk.page)[1])
    assert [name for name, (*_, words) in NOT_LOADED.items() if words not in told[name][0]] == [], told
    assert {codes for _, codes in told.values()} == {0}
    assert not [url for url, _, _ in desk.sent if url.endswith("/codes")]


def test_a_forgotten_pin_wipes_the_codes_and_they_count_as_spoiled(desk: Desk) -> None:
    desk.load(CITY, 1, 5)
    desk.open()
    desk.press_and_agree("forget")
    desk.page.wait_for_function("() => document.getElementById('counts').innerText.includes('5 spoiled')")
    assert kept(desk.page)[1] == 0
    desk.load(CITY, 6, 7, pin="another pass phrase")
    expect(desk.page.locator("#counts")).to_contain_text("2 left, 0 handed over, 5 spoiled")


def test_stacks_of_units_are_drawn_from_apart_and_wiped_apart_when_voting_has_ended(
    desk: Desk, check_in: CheckIn
) -> None:
    desk.load(CITY, 1, 3)
    desk.load(DISTRICT, 1, 3)
    desk.look_up(21)
    desk.serve()
    assert desk.printed()[0] in check_in.codes(DISTRICT)[:3]
    assert "Алмалы ауданы" in desk.page.evaluate("window.printed[0].sheet")
    desk.press("handed")
    desk.press_and_agree("wipe")
    city, district = desk.page.locator("#counts li").all()
    expect(city).to_contain_text("0 left")
    expect(district).to_contain_text("2 left")
    told, codes = kept(desk.page)
    assert codes == 2
    assert [stack["wiped"] for stack in json.loads(told)[1]] == [3, 0]


def test_a_draw_favours_no_code(desk: Desk) -> None:
    """What would favour the first ones is drawn again: of 2³² values, the highest 2³² mod n; and all come about equally often."""
    bounds = [1, 3, 1000, 2**31 + 1]
    edges = module(
        desk.page,
        "chance.js",
        "return argument.map(bound => { const over = 2**32 - 2**32 % bound;"
        " const values = [over, over - 1]; return it.below(bound, () => values.shift()); });",
        bounds,
    )
    assert edges == [2**32 % 2**32 and 0, 2, 999, 2**31]
    counts = module(
        desk.page,
        "chance.js",
        "const counts = Array(7).fill(0); for (let k = 0; k < 70000; k += 1) counts[it.below(7)] += 1; return counts;",
    )
    chi_squared = sum((count - 10_000) ** 2 / 10_000 for count in counts)
    assert chi_squared < 40  # with six degrees of freedom, once in two million runs


PAPERS = {"80mm": (227, 354), "a6": (298, 420)}
"""Width and height in points."""


def test_a_slip_is_one_page_of_its_paper_with_nothing_else_on_it(desk: Desk) -> None:
    desk.page.evaluate(
        "() => { window.print = () => { window.kept = document.getElementById('printing').cloneNode(true) } }"
    )
    printed = {}
    for width in PAPERS:
        slip = {"code": "0CFG-M5G8-X66D-7580-5", "unitName": "Алмалы ауданы", "width": width}
        module(desk.page, "slip.js", "return it.printSlip(argument);", slip)
        desk.page.evaluate("document.body.append(window.kept)")
        assert not barriers(desk.page, within="#printing"), width
        pdf = desk.page.pdf(prefer_css_page_size=True)
        boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
        printed[width] = [tuple(round(float(side)) for side in box) for box in boxes]
        desk.page.emulate_media(media="print")
        visible = desk.page.locator("body > *:visible").evaluate_all("all => all.map(each => each.id)")
        assert visible == ["printing"], width
        desk.page.emulate_media(media="null")
        desk.page.evaluate("window.kept.remove()")
    assert printed == {width: [size] for width, size in PAPERS.items()}
