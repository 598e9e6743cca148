"""A kiosk in a browser tells how it is; its reports at opening and closing reach the office, also when the network was away."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from application.kiosk_health import Health
from domain.paper import BallotForm, BallotType
from tests.browser.chromium import window
from tests.browser.hall import CITY, PIN, Hall, Kiosk, open_hall
from tests.browser.screens import KIOSK

APPROVAL = BallotForm(BallotType.APPROVAL, 3)


@pytest.fixture(scope="module")
def hall(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with open_hall(cluster, tmp_path_factory.mktemp("hall")) as hall:
        hall.stop()
        hall.start(kiosk_heartbeat_seconds=5)
        yield hall


@pytest.fixture
def page(chromium: Browser, hall: Hall) -> Iterator[Page]:
    with window(chromium, hall.address, size=KIOSK) as page:
        yield page


def heard_until(page: Page, hall: Hall, enough: Callable[[Health], bool]) -> Health:
    give_up = time.monotonic() + 60
    while True:
        [health] = hall.engine.kiosk_health.now()
        if health.heard and enough(health):
            return health
        assert time.monotonic() < give_up, health
        page.wait_for_timeout(200)


def test_the_office_hears_how_a_kiosk_is_and_gets_its_reports_in_order(page: Page, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL)
    kiosk = Kiosk(page, hall).enrol()
    first = heard_until(page, hall, lambda _: True)
    assert (first.made, first.waiting, first.silent, first.oldest) == (0, 0, False, None)
    assert abs(first.clock_offset_ms) < 5_000
    assert len(first.version) == 12
    hall.stop()
    page.locator(".foot .button").click()
    kiosk.open_corner(PIN)
    page.locator('[data-action="zero"]').click()
    page.locator('[data-action="closing"]').click()
    page.locator('[data-action="leave"]').click()
    kiosk.vote(opened.slips[CITY.kato][0], "1")
    kiosk.at("kept")
    assert not hall.engine.kiosk_health.reports(first.kiosk_id, 10)
    hall.start(kiosk_heartbeat_seconds=5)
    heard_until(page, hall, lambda health: health.made == 1 and health.waiting == 0)
    give_up = time.monotonic() + 60
    while len(reports := hall.engine.kiosk_health.reports(first.kiosk_id, 10)) < 2:
        assert time.monotonic() < give_up
        page.wait_for_timeout(200)
    assert [report["kind"] for report in reports] == ["closing", "zero"]
