"""What is asked of every page: no barrier that axe knows, nothing outside the window, every control reached by keyboard.

A page is judged when all that it is drawn by has come: whoever followed a form knows the address before the style is there.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from playwright.sync_api import Page

_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RULES_OF_COLOUR: Final = ["color-contrast", "link-in-text-block"]
_SMALLEST_TARGET_PX: Final = 44
_PARTS_OF_A_MOMENT: Final = 8
"""Where the focus stops inside one field for a day and a time: its numbers, and the calendar."""
_WEIGHT: Final = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, each) => sum + each.encodedBodySize, 0)"""
_ARRIVED: Final = f"""() => new Promise(done => {{
  let shifted = 0
  const add = shifts => shifts.forEach(each => {{ shifted += each.value }})
  const observer = new PerformanceObserver(list => add(list.getEntries()))
  observer.observe({{type: "layout-shift", buffered: true}})
  requestAnimationFrame(() => requestAnimationFrame(() => {{
    add(observer.takeRecords())
    done({{
      language: document.documentElement.lang,
      headings: document.querySelectorAll("h1").length,
      weight_bytes: ({_WEIGHT})(),
      shifted,
    }})
  }}))
}})"""
_AXE: Final = """async ([within, options]) => {
  if (!window.axe) {
    if (!window.loadAxe) return null
    loadAxe()
  }
  const { violations } = await axe.run(within ?? document, options)
  return violations.flatMap(({ id, nodes }) => nodes.map(each => `${id}: ${each.target} ${each.failureSummary}`))
}"""
"""Told in the page: all else that axe notes of every element would weigh more than the page."""
_COLOURS_ARE_READ_ONCE: Final = """
  const { Color } = axe.commons.color, parse = Color.prototype.parseString, known = new Map()
  Color.prototype.parseString = function (text) {
    if (!known.has(text)) known.set(text, parse.call(new Color(), text))
    const { r, g, b, alpha } = known.get(text)
    return Object.assign(this, { r, g, b, alpha })
  }"""
"""A page has a dozen colours, and axe takes a third of its time to read them again for every element."""

_OUTSIDE: Final = """() => {
  const root = document.documentElement
  if (root.scrollWidth <= root.clientWidth) return []
  return [...document.querySelectorAll("body *")]
    .filter(each => each.getBoundingClientRect().right > root.clientWidth + 1 && !each.closest(".wide, .visually-hidden"))
    .map(each => each.outerHTML.slice(0, 120))
}"""
_SMALL: Final = """least => [...document.querySelectorAll(".button, .input, .choice, nav a, summary")]
  .filter(each => each.checkVisibility() && each.getBoundingClientRect().height + 0.5 < least)
  .map(each => `${each.getBoundingClientRect().height} px: ${each.outerHTML.slice(0, 120)}`)"""
_WATCH_FOCUS: Final = """() => {
  const seen = new Set()
  const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter(each => each.checkVisibility({visibilityProperty: true}) && !each.disabled && each.type !== "hidden")
    .filter(each => each.type !== "radio" || each === (
      document.querySelector(`input[type=radio][name="${each.name}"]:checked`)
      ?? document.querySelector(`input[type=radio][name="${each.name}"]`)))
  const walk = {reached: new Set(), unseen: [], controls}
  document.addEventListener("focusin", ({target}) => {
    walk.reached.add(target)
    const style = getComputedStyle(target), box = target.getBoundingClientRect()
    const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    const inWindow = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
    if (!ringed || !inWindow) walk.unseen.push(target.outerHTML.slice(0, 120))
  })
  window.walk = walk
  return controls.length
}"""
_WALKED: Final = """() => ({
  missed: walk.controls.filter(each => !walk.reached.has(each)).map(each => each.outerHTML.slice(0, 120)),
  unseen: walk.unseen,
})"""


def barriers(page: Page, within: str | None = None) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA, one line an element; on all of the page, or in what a selector names."""
    return _violations(page, {"type": "tag", "values": _RULES}, within)


def pale(page: Page) -> list[str]:
    """Of those only what the colours decide, for a page whose other barriers were asked for in another colour scheme."""
    return _violations(page, {"type": "rule", "values": _RULES_OF_COLOUR})


def _violations(page: Page, run_only: dict[str, Any], within: str | None = None) -> list[str]:
    asked = [within, {"runOnly": run_only, "resultTypes": ["violations"], "preload": False}]
    page.wait_for_load_state()
    found: list[str] | None = page.evaluate(_AXE, asked)
    if found is None:
        _bring_axe(page)
        found = page.evaluate(_AXE, asked)
    assert found is not None
    return found


def _bring_axe(page: Page) -> None:
    """To this page, and to every later one of its window: there the browser still has it compiled, and nobody sends it again."""
    page.context.add_init_script(_axe_core())
    console = page.context.new_cdp_session(page)
    console.send("Runtime.evaluate", {"expression": _axe_core()})
    console.detach()


@dataclass(frozen=True)
class Arrival:
    """What came: the language the page says it is in, how many headings of the first rank it has, its weight, and its cumulative
    layout shift: how far what was already to be seen moved while it came.
    """

    language: str
    headings: int
    weight_bytes: int
    shifted: float


def arrived(page: Page) -> Arrival:
    """Of a page that has just been loaded, as soon as it has been drawn."""
    return Arrival(**page.evaluate(_ARRIVED))


def weight_bytes(page: Page) -> int:
    """Of the page and all it loaded, as it came over the network, however much of that was kept from before."""
    size: int = page.evaluate(_WEIGHT)
    return size


def outside_the_window(page: Page) -> list[str]:
    """What makes the page scroll sideways; wide tables scroll in frames of their own."""
    page.wait_for_load_state()
    found: list[str] = page.evaluate(_OUTSIDE)
    return found


def small_targets(page: Page) -> list[str]:
    """Controls lower than a fingertip; links within sentences are none."""
    page.wait_for_load_state()
    found: list[str] = page.evaluate(_SMALL, _SMALLEST_TARGET_PX)
    return found


def walked(page: Page) -> dict[str, list[str]]:
    """Tab through the page: controls it `missed`, and those where the focus was `unseen`."""
    moments = page.locator('input[type="datetime-local"]').count()
    for _ in range(page.evaluate(_WATCH_FOCUS) + 2 + _PARTS_OF_A_MOMENT * moments):
        page.keyboard.press("Tab")
    result: dict[str, list[str]] = page.evaluate(_WALKED)
    return result


@cache
def _axe_core() -> str:
    """Loads nothing before it is asked to; ends in nothing, so that nothing is told of it."""
    core = files("axe_playwright_python").joinpath("axe.min.js").read_text()
    return f"window.loadAxe = function () {{\n{core}\n{_COLOURS_ARE_READ_ONCE}\n}}\n;0"
