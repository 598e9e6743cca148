"""The staff's side of a kiosk: enrolment, the corner behind the PIN, signed reports, new versions, a long paper.

And the office's: it hears how a kiosk is, and gets its reports at opening and closing.
"""

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, expect

from application import base64url
from application.clock import now
from application.kiosk_health import Health
from application.log import canonical
from application.signatures import verify_ed25519
from domain.kiosk import Kiosk as EnrolledKiosk
from domain.paper import BallotForm, BallotType
from tests.browser.counter import Counter
from tests.browser.hall import CITY, DISTRICT, PIN, Hall, Kiosk
from tests.dauys import eventually

APPROVAL = BallotForm(BallotType.APPROVAL, 3)
PROJECTS = 1_500


def enter_corner(kiosk: Kiosk, pin: str = PIN) -> None:
    kiosk.page.locator(".foot .button").click()
    try_pin(kiosk.page, pin)


def test_wrong_pins_make_the_next_attempt_wait_also_after_a_restart(
    clocked_counter: Counter, hall: Hall
) -> None:
    hall.open_round(APPROVAL)
    kiosk = clocked_counter.kiosk()
    page = kiosk.page
    enter_corner(kiosk, "111111")
    for _ in range(5):
        refused(page)
        page.clock.fast_forward(20_000)
        try_pin(page, "111111")
    refused(page)
    try_pin(page, PIN)  # within the 32 seconds that the sixth has cost
    refused(page)
    kiosk.open()
    enter_corner(kiosk)
    refused(page)
    page.clock.fast_forward(40_000)
    try_pin(page, PIN)
    page.locator("[data-action=zero]").wait_for()


def try_pin(page: Page, pin: str) -> None:
    page.locator("#pin").fill(pin)
    page.locator("[type=submit]").click()


def refused(page: Page) -> None:
    """The PIN is gone from its field, the corner is closed, and why is told."""
    page.wait_for_function("() => document.querySelector('#pin').value === ''")
    page.locator("[type=submit]:enabled").wait_for()
    page.locator(".fault:not(:empty)").wait_for()


def test_reports_are_signed_with_the_kiosks_key_and_kept(counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL)
    kiosk = counter.kiosk()
    page = kiosk.page
    enter_corner(kiosk)
    page.locator("[data-action=zero]").click()
    page.locator("[data-action=leave]").click()
    kiosk.vote(opened.slips[CITY.kato][0], "1")
    kiosk.at("recorded")
    kiosk.done()
    enter_corner(kiosk)
    page.locator("[data-action=closing]").click()
    page.locator("details").nth(1).wait_for()
    reports = [json.loads(each) for each in page.locator("details pre").all_text_contents()]
    made = reports[1]["made"]
    assert [(each["kind"], each["made"], each["waiting"]) for each in reports] == [
        ("closing", made + 1, 0),
        ("zero", made, 0),
    ]
    for report in reports:
        assert report["round"] == str(opened.round_id)
        assert is_signed(hall, report)


def is_signed(hall: Hall, report: dict[str, Any]) -> bool:
    public = hall.engine.store.load(EnrolledKiosk, report["kiosk"]).public_key
    signature = base64url.decoded(report["signature"].encode())
    plain = {name: value for name, value in report.items() if name != "signature"}
    assert public
    assert signature
    return verify_ed25519(
        bytes.fromhex(public), b"dauys.kiosk-report.v1\n" + canonical.encode(plain), signature
    )


def test_the_office_hears_how_a_kiosk_is_and_gets_its_reports_in_order(counter: Counter, hall: Hall) -> None:
    """Also when the network was away meanwhile."""
    opened = hall.open_round(APPROVAL)
    began = now()
    kiosk = counter.kiosk()
    page = kiosk.page
    kiosk_id = UUID(str(kiosk.module("database.js", _KIOSK_ID)))
    first = heard_until(hall, kiosk_id, lambda health: health.heard is not None and health.heard > began)
    assert (first.waiting, first.silent, first.oldest) == (0, False, None)
    assert abs(first.clock_offset_ms) < 5_000
    assert len(first.version) == 12
    hall.stop()
    enter_corner(kiosk)
    page.locator('[data-action="zero"]').click()
    page.locator('[data-action="closing"]').click()
    page.locator('[data-action="leave"]').click()
    kiosk.vote(opened.slips[CITY.kato][0], "1")
    kiosk.at("kept")
    assert not told_kinds(hall, kiosk_id, opened.round_id)
    hall.start()
    heard_until(hall, kiosk_id, lambda health: (health.made, health.waiting) == (first.made + 1, 0))
    eventually("both are told", lambda: len(told_kinds(hall, kiosk_id, opened.round_id)) == 2, 60)
    assert told_kinds(hall, kiosk_id, opened.round_id) == ["closing", "zero"]


_KIOSK_ID = """const identity = await import(path.replace("database.js", "identity.js"))
  return (await identity.readIdentity(await it.openDatabase())).id"""


def heard_until(hall: Hall, kiosk_id: UUID, enough: Callable[[Health], bool]) -> Health:
    def health() -> Health:
        return next(each for each in hall.engine.kiosk_health.now() if each.kiosk_id == kiosk_id)

    eventually("the office hears it", lambda: enough(health()), 60)
    return health()


def told_kinds(hall: Hall, kiosk_id: UUID, round_id: UUID) -> list[str]:
    """Of the reports on the round that have come, the newest first."""
    reports = hall.engine.kiosk_health.reports(kiosk_id, 10)
    return [report["kind"] for report in reports if report["round"] == str(round_id)]


def test_a_kiosk_of_one_place_asks_no_voter_where_they_live(counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL, units=(CITY, DISTRICT))
    kiosk = counter.kiosk()
    page = kiosk.page
    enter_corner(kiosk)
    page.locator("#unit").select_option(DISTRICT.kato)
    page.locator("[data-action=leave]").click()
    kiosk.vote(opened.slips[DISTRICT.kato][0], "3")
    kiosk.at("recorded")


def test_a_device_can_be_enrolled_anew_once_nothing_waits_with_a_good_code_and_one_pin_typed_twice(
    counter: Counter, hall: Hall
) -> None:
    opened = hall.open_round(APPROVAL)
    first, second = opened.slips[CITY.kato][:2]
    kiosk = counter.kiosk()
    page = kiosk.page
    kiosk.vote(first, "1")
    kiosk.at("recorded")
    kiosk.done()
    enter_corner(kiosk)
    page.locator("#sure").check()
    page.locator(".danger").click()
    kiosk.at("enrol")
    page.locator("#enrolment-code").fill("00000000000040008000000000000000.nobody")
    page.locator("#pin").fill(PIN)
    page.locator("#pin-again").fill("999999")
    page.locator("[type=submit]").click()
    page.get_by_text("differ").or_(page.get_by_text("бірдей емес")).or_(
        page.get_by_text("не совпадают")
    ).wait_for()
    page.locator("#pin-again").fill(PIN)
    page.locator("[type=submit]").click()
    page.get_by_text("enrolment_code_invalid").wait_for()
    page.locator("#enrolment-code").fill(hall.invite())
    page.locator("[type=submit]").click()
    kiosk.at("resting")
    kiosk.vote(second, "2")
    kiosk.at("recorded")
    assert [choices for _, choices in hall.ballots(opened.round_id)] == [["1"], ["2"]]


def test_a_paper_of_1500_proposals_can_be_searched_and_chosen_from(counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL, voters=1, projects=PROJECTS)
    kiosk = counter.kiosk()
    page = kiosk.page
    kiosk.begin(opened.slips[CITY.kato][0])
    kiosk.at("choose")
    expect(page.locator(".project")).to_have_count(PROJECTS)
    page.locator("#search").fill("1234")
    expect(page.locator(".project:visible")).to_have_count(1)
    page.locator(".project:visible .mark").click()
    expect(page.locator(".project.chosen")).to_have_count(1)


_LOOK = "() => navigator.serviceWorker.getRegistration().then(found => found.update()).catch(() => null).then(() => null)"
_WAITS = "() => navigator.serviceWorker.getRegistration().then(found => found.waiting !== null)"
_BETWEEN_TWO_ASKINGS_MS = 6_000
_TAKEN_OVER_SECONDS = 330
"""A browser may let the old version finish what it believes it still does, for five minutes at most."""


def test_a_new_version_waits_for_the_voter_to_leave(counter: Counter, hall: Hall) -> None:
    """Also at a page that came past its worker, as one does that is on its way while the first worker takes over."""
    opened = hall.open_round(APPROVAL)
    with closing(counter):  # the next test has the server back as it was
        kiosk = counter.kiosk()
        page = kiosk.page
        page.clock.install()
        come_past_the_worker(page)
        before = shown_version(page)
        kiosk.begin(opened.slips[CITY.kato][0])
        kiosk.choose("1")
        hall.stop()
        hall.start(kiosk_idle_seconds=299)
        eventually("the new version is there", lambda: page.evaluate(_LOOK) or page.evaluate(_WAITS))
        page.clock.run_for(2 * _BETWEEN_TWO_ASKINGS_MS)
        assert shown_version(page) == before
        expect(page.locator(".project.chosen")).to_have_count(1)
        kiosk.review()
        kiosk.cast()
        kiosk.at("recorded")
        assert page.evaluate(_WAITS)
        kiosk.done()
        eventually("the new version is shown", lambda: next_version(page) != before, _TAKEN_OVER_SECONDS)
        kiosk.at("resting")


def come_past_the_worker(page: Page) -> None:
    """It does not stay nobody's: else it would ask the network for photos, and never hear of a new version."""
    machine = page.context.new_cdp_session(page)
    with page.expect_navigation():
        machine.send("Page.reload", {"ignoreCache": True})
    machine.detach()
    page.wait_for_function("() => navigator.serviceWorker.controller")


def next_version(page: Page) -> str:
    """What is shown a little later, whether the page begins anew just now or not."""
    page.wait_for_timeout(500)
    return shown_version(page)


def shown_version(page: Page) -> str:
    page.wait_for_load_state()
    config: dict[str, Any] = json.loads(page.locator("#config").text_content() or "{}")
    version: str = config["version"]
    return version
