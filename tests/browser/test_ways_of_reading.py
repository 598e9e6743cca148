"""The same page for who skips to the content, reads on paper, or has colours of their own."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from application.accounts.roles import Role
from tests.browser.chromium import viewport_of
from tests.browser.conftest import Opening
from tests.browser.screens import PAPER, PHONE, SCREENS
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


def test_on_paper_there_is_nothing_to_press_and_all_is_black_on_white(
    browser_page: Opening, served: World
) -> None:
    page = browser_page(scheme="dark", size=PAPER)
    for screen in ON_PAPER:
        page.emulate_media(media="screen")
        page.goto("/ru" + screen.path.format(**served.ids))
        page.emulate_media(media="print")
        picture(page, screen, "ru", "printed", PAPER)
        shown = page.locator("nav, button, .button, .foot").filter(visible=True)
        assert not shown.count(), screen.name
        colours = page.evaluate(
            "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
        )
        assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"], screen.name


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


def test_on_a_phone_the_console_opens_its_places_and_a_field_its_files_without_scripts(
    chromium: Browser, served: World, tmp_path: Path
) -> None:
    minutes = tmp_path / "хаттама.txt"
    minutes.write_text("Minutes")
    context = chromium.new_context(
        base_url=served.address, viewport=viewport_of(PHONE), java_script_enabled=False
    )
    try:
        served.sign_in(context, Role.EXPERT)
        page = context.new_page()
        page.goto(f"/ru/expert/proposals/{served.ids['proposal']}/admit")
        opens, place = page.locator(".places-open"), page.locator("#places a[aria-current]")
        expect(opens).to_have_text("Меню: Предложения на рассмотрении")
        expect(place).to_be_hidden()
        opens.click()
        expect(place).to_be_visible()
        page.keyboard.press("Escape")
        expect(place).to_be_hidden()
        said = page.locator(".file .hint")
        expect(said).to_have_text("Пока ничего не выбрано")
        page.locator("#file").set_input_files(minutes)
        expect(said).to_be_hidden()
    finally:
        context.close()
