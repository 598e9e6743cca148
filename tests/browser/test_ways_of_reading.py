"""The same page for who skips to the content, reads on paper, or has colours of their own."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opening
from tests.browser.screens import PAPER, SCREENS, Screen
from tests.browser.screenshots import picture
from tests.browser.world import World

ON_PAPER = tuple(
    screen for screen in SCREENS if screen.name in ("round-published", "anomalies", "decision", "trail")
)


def test_the_first_key_offers_to_skip_to_the_content(browser_page: Opening) -> None:
    page = browser_page("kk")
    page.goto("/kk/units")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Мазмұнға өту")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("screen", ON_PAPER, ids=lambda screen: screen.name)
def test_on_paper_there_is_nothing_to_press_and_all_is_black_on_white(
    screen: Screen, browser_page: Opening, served: World
) -> None:
    page = browser_page(scheme="dark", size=PAPER)
    page.goto("/ru" + screen.path.format(**served.ids))
    page.emulate_media(media="print")
    picture(page, screen, "ru", "printed", PAPER)
    assert not page.locator("nav, button, .button, .foot").filter(visible=True).count()
    colours = page.evaluate(
        "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


def test_with_colours_of_ones_own_a_button_has_an_edge_and_the_focus_a_ring(browser_page: Opening) -> None:
    page = browser_page()
    page.emulate_media(forced_colors="active")
    page.goto("/en/design")
    button = page.locator("button.primary").first
    button.focus()
    edge, ring = button.evaluate(
        "each => [getComputedStyle(each).borderTopColor, getComputedStyle(each).outlineStyle]"
    )
    assert edge != "rgba(0, 0, 0, 0)"
    assert ring == "solid"
