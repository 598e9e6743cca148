"""Every screen of the kiosk, upright as in a hall: in each language, theme and text size without barriers, and pictured."""

from contextlib import closing
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from domain.paper import BallotForm, BallotType
from tests.browser.counter import Counter
from tests.browser.hall import CITY, DISTRICT, PIN, Hall, Kiosk
from tests.browser.looking import barriers, outside_the_window, pale, walked
from tests.browser.screenshots import Camera

DRESSES = (("kk", "light"), ("ru", "dark"), ("en", "contrast"))
"""Languages and themes, each once: a colour has no language. The fourth theme has only its colours looked at."""
SIZES = ("0", "3", "1")
"""Of the text, and the last the usual one."""
TARGET_PX = 13 / 25.4 * 96
"""13 mm of CSS."""
GAP_PX = 8

_WEAR = """dress => Object.entries(dress).map(([what, value]) => {
  const button = document.querySelector(`.bar [data-${what}="${value}"]`)
  button.scrollIntoView({block: "nearest"})
  const {x, y, width, height} = button.getBoundingClientRect()
  if (!button.contains(document.elementFromPoint(x + width / 2, y + height / 2))) return "out of reach"
  button.click()
  return document.querySelector(`.bar [data-${what}][aria-pressed="true"]`).dataset[what]
})"""
"""Presses the buttons of the bar where a finger would; what is pressed then."""
_TOO_SMALL = """least => [...document.querySelectorAll("button, input, select, summary")]
  .filter(each => each.checkVisibility() && each.type !== "checkbox")
  .map(each => [each, each.getBoundingClientRect()])
  .filter(([, box]) => Math.min(box.width, box.height) < least)
  .map(([each, box]) => `${box.width} × ${box.height}: ${each.outerHTML.slice(0, 100)}`)"""
_TOO_CLOSE = """least => {
  const all = [...document.querySelectorAll("button")].filter(each => each.checkVisibility() && !each.closest(".sticky"))
  const boxes = all.slice(0, 80).map(each => each.getBoundingClientRect())
  const apart = (a, b) => Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom)
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => apart(a, b) < least).map(b => `${a.x},${a.y} ${b.x},${b.y}`))
}"""


@dataclass
class Look:
    """At each screen of a way, in every dress; what is wrong is kept and told at the end."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keep = Camera(self.page).keep

    def at(self, screen: str) -> None:
        for language, theme in DRESSES:
            self._wear(language=language, theme=theme)
            self._check(screen, language)
            self._tell(screen, theme, barriers(self.page))
            self.keep(f"kiosk-{screen}-{language}-{theme}")
        self._wear(language="kk", theme="soft")
        self._tell(screen, "soft", pale(self.page))
        self.keep(f"kiosk-{screen}-kk-soft")
        self._wear(theme="light")
        for size in SIZES:
            self._wear(size=size)
            self._check(screen, f"size {size}")

    def as_it_is(self, screen: str, language: str) -> None:
        """Where nothing can be chosen yet, in the language of the machine."""
        self.page.locator(f"[data-screen={screen}]").wait_for()
        assert self.page.locator("html").get_attribute("lang") == language
        self._check(screen, language)
        self._tell(screen, language, barriers(self.page))
        self.keep(f"kiosk-{screen}-{language}-light")

    def _wear(self, **dress: str) -> None:
        assert self.page.evaluate(_WEAR, dress) == list(dress.values())

    def _check(self, screen: str, dress: str) -> None:
        found = [
            *outside_the_window(self.page),
            *self.page.evaluate(_TOO_SMALL, TARGET_PX),
            *self.page.evaluate(_TOO_CLOSE, GAP_PX),
        ]
        self._tell(screen, dress, found)

    def _tell(self, screen: str, dress: str, found: list[str]) -> None:
        self.faults += [f"{screen}, {dress}: {each}" for each in found]


def test_every_screen_can_be_read_and_touched_by_everybody(counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(BallotForm(BallotType.RANKED, 3), units=(CITY, DISTRICT))
    code = opened.slips[DISTRICT.kato][0]
    kiosk = counter.newcomer()
    page, look = kiosk.page, Look(kiosk.page)
    for language in ("kk", "ru", "en"):
        speak(page, language)
        kiosk.open()
        look.as_it_is("enrol", language)
    kiosk.enrol()
    look.at("resting")
    page.locator("[data-action=start]").click()
    kiosk.at("code")
    look.at("code")
    page.keyboard.type(code)
    kiosk.at("unit")
    look.at("unit")
    page.locator(f"[data-unit='{DISTRICT.kato}']").click()
    kiosk.choose("3", "1")
    look.at("choose")
    kiosk.review()
    look.at("review")
    assert walked(page) == {"missed": [], "unseen": []}
    kiosk.cast()
    kiosk.at("recorded")
    look.at("recorded")
    kiosk.done()
    kiosk.vote_again(code)
    look.at("refused")
    kiosk.done()
    page.get_by_role("button", name="Қызметкерлер").click()
    kiosk.open_corner(PIN)
    look.at("staff")
    assert not look.faults, "\n".join(look.faults)


def speak(page: Page, language: str) -> None:
    """The machine is set to it from the next page on."""
    machine = page.context.new_cdp_session(page)
    named = {"userAgent": page.evaluate("navigator.userAgent"), "acceptLanguage": language}
    machine.send("Emulation.setUserAgentOverride", named)


def test_the_screens_that_few_ever_see_can_too(clocked_counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(BallotForm(BallotType.CUMULATIVE, 3, max_points=5))
    kiosk = clocked_counter.kiosk()
    page, look = kiosk.page, Look(kiosk.page)
    second = page.context.new_page()
    Kiosk(second, hall).open().at("elsewhere")
    assert not barriers(second)
    second.close()
    kiosk.begin(opened.slips[CITY.kato][0])
    kiosk.choose("1", "1", "4")
    look.at("choose-points")
    kiosk.review()
    look.at("review-points")
    page.clock.fast_forward(301_000)
    page.get_by_role("alertdialog").wait_for()
    assert not barriers(page)
    look.keep("kiosk-warning")
    page.get_by_role("alertdialog").get_by_role("button").click()
    hall.gate.hold = "before"
    kiosk.cast()
    kiosk.at("casting")
    look.at("casting")
    page.clock.fast_forward(2_000)
    kiosk.at("kept")
    look.at("kept")
    hall.gate.hold = ""
    kiosk.at("recorded")
    assert not look.faults, "\n".join(look.faults)


def test_what_was_chosen_and_typed_stays_when_language_size_and_contrast_change(
    counter: Counter, hall: Hall
) -> None:
    opened = hall.open_round(BallotForm(BallotType.APPROVAL, 3))
    code = opened.slips[CITY.kato][0]
    kiosk = counter.kiosk()
    page = kiosk.page
    kiosk.begin(code[:9])
    page.locator("[data-language=ru]").click()
    expect(page.locator("#code")).to_have_value(code[:9])
    page.keyboard.type(code[9:])
    kiosk.choose("2", "4")
    page.locator("#search").fill("мектеп")
    for what in (".bar [data-language=en]", ".bar [data-size='3']", ".bar [data-theme=contrast]"):
        page.locator(what).click()
        expect(page.locator(what)).to_have_attribute("aria-pressed", "true")
        expect(page.locator(what)).to_be_focused()
    expect(page.locator("#search")).to_have_value("мектеп")
    expect(page.locator(".project.chosen")).to_have_count(2)
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_revoked_kiosk_is_out_of_service_in_every_dress_and_keeps_its_spool(
    counter: Counter, hall: Hall
) -> None:
    opened = hall.open_round(BallotForm(BallotType.APPROVAL, 3))
    with closing(counter):  # of what it leaves no other test has any use
        kiosk = counter.kiosk()
        page, look = kiosk.page, Look(kiosk.page)
        hall.revoke_kiosks()
        kiosk.vote(opened.slips[CITY.kato][0], "1")
        kiosk.at("refused")  # in words: vote at another one
        page.locator("[data-action=done]").click()
        kiosk.at("halted")
        page.get_by_text("kiosk_revoked").wait_for()
        look.at("halted")
        page.locator(".foot .button").click()
        kiosk.open_corner(PIN)
        expect(page.locator("#sure")).to_have_count(0)  # nothing is forgotten while something waits
    assert not look.faults, "\n".join(look.faults)
