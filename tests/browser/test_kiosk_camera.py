"""The camera as a scanner: a code that it reads is the voter's, and it is on while somebody holds a slip under it, no longer.

Chromium on Linux cannot read a QR by itself, so what it has elsewhere is stood in for; the camera is Chromium's own for tests.
"""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from domain.paper import BallotForm, BallotType
from tests.browser.chromium import ARGUMENTS, OWN_BROWSER, as_people_have_it, window
from tests.browser.hall import CITY, Hall, Kiosk
from tests.browser.screens import KIOSK

_CAMERA: Final = "--use-fake-device-for-media-stream"
_READER: Final = """() => {
  window.underTheCamera = ""
  window.BarcodeDetector = class {
    async detect(video) {
      window.camera = video.srcObject
      return video.videoWidth && underTheCamera ? [{ rawValue: underTheCamera }] : []
    }
  }
}"""
_IS_ON: Final = "() => Boolean(window.camera) && camera.getTracks().every(each => each.readyState === 'live')"
_IS_OFF: Final = "() => camera.getTracks().every(each => each.readyState === 'ended')"
_HOLD_UNDER_IT: Final = "text => { underTheCamera = text }"


@pytest.fixture(scope="module")
def slip(shared_hall: Hall) -> str:
    """The code on it."""
    return shared_hall.open_round(BallotForm(BallotType.APPROVAL, 3)).slips[CITY.kato][0]


@pytest.fixture(scope="module")
def with_a_camera(chromium: Browser) -> Iterator[Browser]:
    path = as_people_have_it()
    if path is None:
        pytest.skip(f"no Chromium here with cameras: apt-get install chromium, or name one in {OWN_BROWSER}")
    with chromium.browser_type.launch(executable_path=path, args=[*ARGUMENTS, _CAMERA]) as browser:
        yield browser


@pytest.fixture(scope="module")
def enrolled(with_a_camera: Browser, shared_hall: Hall, slip: str) -> Iterator[Kiosk]:  # noqa: ARG001 - for its round
    with window(with_a_camera, shared_hall.address, size=KIOSK) as page:
        page.add_init_script(f"({_READER})()")
        yield Kiosk(page, shared_hall).enrol()


@pytest.fixture
def kiosk(enrolled: Kiosk) -> Kiosk:
    """At rest, and nobody has allowed it the camera."""
    enrolled.page.context.clear_permissions()
    return enrolled.open()


def begin(kiosk: Kiosk) -> None:
    kiosk.page.locator("[data-action=start]").click()
    kiosk.at("code")


def look(kiosk: Kiosk, held: str) -> None:
    kiosk.page.evaluate(_HOLD_UNDER_IT, "")
    kiosk.page.locator(".camera .button").click()
    kiosk.page.wait_for_function(_IS_ON)
    kiosk.page.evaluate(_HOLD_UNDER_IT, held)


def test_it_reads_the_slip_and_is_off_as_soon_as_nobody_needs_it(kiosk: Kiosk, slip: str) -> None:
    page = kiosk.page
    page.context.grant_permissions(["camera"])
    begin(kiosk)
    look(kiosk, "https://example.kz/another-code-than-a-slip-has")
    expect(page.locator("#code-fault")).not_to_be_empty()
    expect(page.locator("#code")).to_have_value("")
    page.wait_for_function(_IS_OFF)

    page.locator("#code").fill("ABC")
    look(kiosk, slip)
    kiosk.at("choose")
    page.wait_for_function(_IS_OFF)


def test_it_goes_off_with_the_voter(kiosk: Kiosk) -> None:
    page = kiosk.page
    page.context.grant_permissions(["camera"])
    begin(kiosk)
    look(kiosk, "")
    page.locator(".code-form .actions .button").first.click()
    kiosk.at("resting")
    page.wait_for_function(_IS_OFF)


def test_where_nobody_allowed_it_the_code_is_typed(kiosk: Kiosk, slip: str) -> None:
    page = kiosk.page
    begin(kiosk)
    page.locator(".camera .button").click()
    expect(page.locator(".camera .fault")).not_to_be_empty()
    page.locator("#code").click()
    page.keyboard.type(slip)
    kiosk.at("choose")
