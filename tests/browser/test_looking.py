"""What looks at the pages sees: a page made wrong on purpose is told of."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import window
from tests.browser.looking import arrived, barriers, outside_the_window, pale, small_targets, walked
from tests.browser.screens import ZOOMED
from tests.browser.world import World


@pytest.fixture(scope="module")
def small_window(chromium: Browser, served: World) -> Iterator[Page]:
    with window(chromium, served.address, size=ZOOMED) as page:
        yield page


@pytest.fixture
def page(small_window: Page) -> Page:
    """A short page of ours, for tests to spoil."""
    small_window.goto("/en/units")
    return small_window


def test_a_field_without_a_label_is_a_barrier(page: Page) -> None:
    page.evaluate("() => document.querySelector('main').append(document.createElement('input'))")
    assert "label: " in "".join(barriers(page))


def test_pale_text_is_a_barrier(page: Page) -> None:
    page.evaluate("() => document.querySelector('h1').style.color = '#ddd'")
    assert "color-contrast: " in "".join(barriers(page, within="h1"))
    assert "color-contrast: " in "".join(pale(page))


def test_what_is_wider_than_the_window_is_found_but_not_in_a_frame_of_its_own(page: Page) -> None:
    page.goto("/en/design")
    assert not outside_the_window(page)
    page.evaluate("() => document.querySelector('.wide table').style.width = '900px'")
    assert not outside_the_window(page)
    page.evaluate("() => document.querySelector('h1').style.width = '900px'")
    assert [each for each in outside_the_window(page) if "<h1" in each]


def test_what_moves_while_the_page_comes_is_told(page: Page) -> None:
    assert arrived(page).shifted < 0.02
    page.evaluate("() => document.querySelector('main').before(document.createElement('textarea'))")
    assert arrived(page).shifted > 0.02


def test_a_low_button_is_found(page: Page) -> None:
    page.goto("/en/check")
    page.evaluate("() => Object.assign(document.querySelector('.button').style, {minHeight: 0, padding: 0})")
    assert len(small_targets(page)) == 1


def test_a_page_is_judged_when_its_style_has_come(chromium: Browser, served: World) -> None:
    """Where each request takes its time, so that the address is known long before."""
    slow = {"offline": False, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1}
    with window(chromium, served.address, size=ZOOMED) as page:
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
        page.goto("/en/units", wait_until="commit")
        assert small_targets(page) == []


def test_a_control_that_the_keyboard_passes_by_is_missed_and_a_focus_that_cannot_be_seen_is_told(
    page: Page,
) -> None:
    page.evaluate("() => document.querySelector('main a').tabIndex = -1")
    page.evaluate("() => document.querySelector('nav.languages a').style.outline = 'none'")
    [missed], [unseen] = walked(page).values()
    assert "/units/" in missed
    assert "hreflang" in unseen


def test_a_style_that_the_policy_refuses_fails_the_window(chromium: Browser, served: World) -> None:
    with pytest.raises(AssertionError, match="style-src-attr"):
        _run(chromium, served, "document.body.setAttribute('style', 'color: red')", _refusal)


def test_an_error_that_nobody_caught_fails_the_window(chromium: Browser, served: World) -> None:
    with pytest.raises(AssertionError, match="on purpose"):
        _run(chromium, served, "setTimeout(() => { throw new Error('on purpose') })", _error)


def _refusal(page: Page) -> AbstractContextManager[object]:
    return page.expect_console_message(lambda message: message.text.startswith("refused by"))


def _error(page: Page) -> AbstractContextManager[object]:
    return page.expect_event("pageerror")


def _run(
    chromium: Browser, served: World, script: str, told: Callable[[Page], AbstractContextManager[object]]
) -> None:
    """And wait until it is told: what a window that is closed before has not heard fails nobody."""
    with window(chromium, served.address) as page:
        page.goto("/en/units")
        with told(page):
            page.evaluate(f"() => {{ {script} }}")
