"""A kiosk that tests come to one after another: enrolled for the first of them, found as if new by each.

A test that left it with something waiting, stopped, or not at rest costs the next one an enrolment, and nothing else.
"""

from contextlib import ExitStack
from typing import Final

from playwright.sync_api import Browser, Error, Page

from tests.browser.chromium import Complaints, window
from tests.browser.hall import Hall, Kiosk
from tests.browser.screens import KIOSK

FORGET: Final = """const database = await it.openDatabase()
  await database.put("poll", null)
  await database.put("unit", null)
  const pin = await database.get("pin")
  await database.put("pin", pin && {...pin, failures: 0, openAt: 0})
  return database.read(spool => spool.count())"""
"""What the last round and the staff have left on the device; comes to the number of deliveries that wait."""
WAITING: Final = "return (await it.openDatabase()).read(spool => spool.count())"
"""That number alone."""

_UNFIT: Final = ":is([data-screen=halted], [data-screen=enrol], [data-screen=elsewhere])"


class Counter:
    """`clock`: the page's clock is the test's to wind on."""

    def __init__(self, chromium: Browser, hall: Hall, *, clock: bool = False) -> None:
        self._chromium = chromium
        self._hall = hall
        self._clock = clock
        self._windows = ExitStack()
        self._complaints = Complaints()
        self._kiosk: Kiosk | None = None

    def kiosk(self) -> Kiosk:
        """At rest, open for voters of the hall's round, of no place; nothing waits on it."""
        if self._kiosk and not self._is_ready(self._kiosk):
            self.close()
        self._kiosk = self._kiosk or Kiosk(self._new_window(), self._hall).enrol()
        return self._kiosk

    def newcomer(self) -> Kiosk:
        """In a window that nobody has enrolled yet; enrolled by its test, it is the kiosk of the next ones."""
        self.close()
        self._kiosk = Kiosk(self._new_window(), self._hall)
        return self._kiosk

    def end_of_test(self) -> None:
        """What complained is not there for the next one; its window tells of it."""
        if self._complaints.told:
            self.close()

    def close(self) -> None:
        """The next kiosk, if one is wanted, is enrolled anew."""
        self._kiosk = None
        self._windows.close()

    def _new_window(self) -> Page:
        page = self._windows.enter_context(window(self._chromium, self._hall.address, size=KIOSK))
        self._complaints = Complaints()
        self._complaints.watch(page)
        page.context.on("page", self._complaints.watch)
        if self._clock:
            page.clock.install()
        return page

    def _is_ready(self, kiosk: Kiosk) -> bool:
        try:
            waiting = kiosk.module("database.js", FORGET)
            kiosk.open()
            start = kiosk.page.locator("[data-action=start]")
            start.or_(kiosk.page.locator(_UNFIT)).first.wait_for()
            return waiting == 0 and start.is_visible()
        except Error:
            return False
