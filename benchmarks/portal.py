"""(j): public pages as a browser opens them that has never been here, while others read: first paint, what shifts, what they weigh.

The readers share the machine with the browser, which is not so in a city.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Final

import msgspec
from playwright.sync_api import Browser

from api.worker import catch_up
from benchmarks.browser import in_chromium
from benchmarks.deliveries import HUNDRED
from benchmarks.election import deliveries, open_election
from benchmarks.load import Load, run_load
from benchmarks.reads import each
from benchmarks.report import Outcome, Row, p95
from benchmarks.sizes import Sizes
from benchmarks.stage import Stage
from tests.browser.chromium import window
from tests.browser.screens import PHONE

MOST_FIRST_PAINT_MS: Final = 1_000
MOST_BYTES: Final = 100_000
MOST_SHIFT: Final = 0.0
_PAINT, _WEIGHT = "first paint of public pages", "bytes of a public page, with all it needs"
_PAGES: Final = ("/", "/rounds/{round}", "/rounds/{round}/data", "/check", "/units")
_WATCH_SHIFTS: Final = """(() => {
  globalThis.shifted = 0
  new PerformanceObserver(list => { for (const each of list.getEntries()) shifted += each.value })
    .observe({ type: "layout-shift", buffered: true })
})()"""
_SEEN: Final = """() => ({
  first_paint_ms: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  shifted,
})"""


class _Seen(msgspec.Struct):
    """`shifted`: the sum of layout shifts (Layout Instability, W3C)."""

    first_paint_ms: float
    shifted: float


@dataclass(frozen=True, slots=True)
class _Opened:
    """A page opened once. `sent_bytes`: of it and of all that it made the browser fetch, heads included."""

    page: str
    seen: _Seen
    sent_bytes: int


def measure(stage: Stage) -> Outcome:
    return in_chromium(stage.chromium(), "j", (_PAINT, _WEIGHT), partial(_measured, stage))


def _measured(stage: Stage, browser: Browser) -> Outcome:
    engine, sizes = stage.engine, stage.sizes
    with open_election(engine, sizes.ballots_read) as election, stage.served() as address:
        kiosk = election.kiosk("kiosk")
        run_load(address, deliveries([kiosk], sizes.ballots_read // HUNDRED, HUNDRED))
        election.staff.close_round(election.opened)
        election.staff.conclude(election.round_id)
        catch_up(engine.datastore, engine.settings)
        pages = [f"/ru{page.format(round=election.round_id)}" for page in _PAGES[: sizes.pages]]
        requests = each(sizes.page_readers, sizes.page_reads, pages, accept_encoding="gzip")
        alone = [_open(browser, address, page) for page in pages]
        opened: list[_Opened] = []
        with _meanwhile(lambda: run_load(address, requests, pause_seconds=sizes.reading_seconds)) as read:
            while not opened or read.going_on:
                opened += [_open(browser, address, page) for page in pages]
    return _told(sizes, alone, opened, read.loads[0])


@dataclass(slots=True)
class _Reading:
    """A load under way in a thread."""

    thread: threading.Thread
    loads: list[Load]

    @property
    def going_on(self) -> bool:
        return self.thread.is_alive()


@contextmanager
def _meanwhile(read: Callable[[], Load]) -> Iterator[_Reading]:
    """Until the end, which is that of the load."""
    loads: list[Load] = []
    thread = threading.Thread(target=lambda: loads.append(read()))
    thread.start()
    yield _Reading(thread, loads)
    thread.join()


def _open(browser: Browser, address: str, path: str) -> _Opened:
    """In a window that keeps nothing of the one before."""
    sent: list[float] = []
    with window(browser, address, language="ru", size=PHONE) as page:
        page.add_init_script(_WATCH_SHIFTS)
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda told: sent.append(told["encodedDataLength"]))
        page.goto(path, wait_until="networkidle")
        page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
        seen = msgspec.convert(page.evaluate(_SEEN), _Seen)
    return _Opened(path, seen, round(sum(sent)))


def _told(sizes: Sizes, alone: list[_Opened], opened: list[_Opened], load: Load) -> Outcome:
    paints, paints_alone = ([each.seen.first_paint_ms for each in those] for those in (opened, alone))
    slow, shifted = p95(paints), max(each.seen.shifted for each in opened)
    heaviest = max(opened, key=lambda each: each.sent_bytes)
    among = f"{sizes.page_readers} readers, {load.per_second:,.0f} pages/s"
    rows = [
        Row(
            "j",
            _PAINT,
            f"{median(paints):.0f} ms, p95 {slow:.0f} ms; shifted {shifted:.3f}",
            f"among {among}; alone {median(paints_alone):.0f} ms",
            median(paints) / median(paints_alone),
            target=f"p95 < {MOST_FIRST_PAINT_MS:,} ms, no shift",
            met=slow < MOST_FIRST_PAINT_MS and shifted <= MOST_SHIFT,
        ),
        Row(
            "j",
            _WEIGHT,
            f"{heaviest.sent_bytes / 1_000:.0f} kB at most",
            "as sent, with styles, scripts and icons",
            target=f"≤ {MOST_BYTES // 1_000} kB",
            met=heaviest.sent_bytes <= MOST_BYTES,
        ),
    ]
    return Outcome(rows, {"portal": {"alone": alone, "opened": opened, "readers": load}})
