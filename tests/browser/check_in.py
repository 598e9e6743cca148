"""A check-in desk: a round whose slips are registered, its secret files of codes, made-up people, and desks in a browser's windows.

What a window sends is noted in full, so that a test can look for what must never be sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import psycopg
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request
from pydantic import SecretStr

import projections
from api.composition import Engine, attach_engine
from api.main import create_app
from api.web.access import COOKIE
from api.worker import catch_up
from application.accounts.roles import Role
from application.settings import Settings
from application.slips import codes_of
from tests.browser.chromium import forget, window
from tests.desks import prepared_round
from tests.examples import CITY, DISTRICT
from tests.listening import listening
from tests.people import iin
from tests.postgres import fresh_database
from tests.signed_in import CHEAP, account

PIN = "тоғыз жолдың торабы"


@dataclass
class CheckIn:
    """One round at a server that several may share."""

    engine: Engine
    address: str
    round_id: UUID
    slips: Path

    def codes(self, unit: str = CITY) -> list[str]:
        return codes_of(self.file(unit))

    def file(self, unit: str = CITY) -> Path:
        return self.slips / f"slips-{unit}.csv"

    def of_another_round(self, folder: Path) -> "CheckIn":
        """At the same server, with nobody served yet; `folder` gets its files of codes."""
        round_id = prepared_round(self.engine, folder)
        catch_up(self.engine.datastore, self.engine.settings)
        return replace(self, round_id=round_id, slips=folder)

    def sign_in(self, context: BrowserContext, *units: str, login: str = "", role: Role = Role.DESK) -> None:
        """As a new account."""
        session = account(self.engine, role, units=units or (CITY, DISTRICT), login=login)
        https = self.address.replace("http:", "https:")
        context.add_cookies([{"name": COOKIE, "value": session.token, "url": https, "secure": True}])

    @contextmanager
    def desk(self, page: Page, *units: str, login: str = "", language: str = "en") -> Iterator["Desk"]:
        """A new account at the round's page, in a window of `desk_window`, where nothing is left of who sat there before."""
        forget(page, self.address)
        self.sign_in(page.context, *units, login=login)
        desk = Desk(page, self)
        page.context.on("request", desk.note)
        try:
            yield desk.open(language)
        finally:
            page.context.remove_listener("request", desk.note)


@contextmanager
def desk_window(browser: Browser, address: str, *, quick: bool = True) -> Iterator[Page]:
    """At a machine with a printer. A `quick` one makes keys of PINs in no time, else a PIN costs it a fifth of a second's work."""
    with window(browser, address) as page:
        page.add_init_script(_NO_DIALOG)
        if quick:
            page.add_init_script(_QUICK)
        yield page


# A headless browser prints nothing: what would be on paper is kept for the test, as it stands when the dialog would open.
_NO_DIALOG = """window.printed = []; window.print = () => {
    const sheet = document.getElementById("printing");
    const halves = [...sheet.querySelectorAll(".slip-code span")].map(half => half.textContent);
    window.printed.push({sheet: sheet.outerHTML, code: halves.join("-")});
}"""
# How many rounds the page asks for is kept for the test; the machine does a thousandth of them.
_QUICK = """{
    const derive = SubtleCrypto.prototype.deriveKey;
    window.rounds = [];
    SubtleCrypto.prototype.deriveKey = function (way, ...others) {
        window.rounds.push(way.iterations);
        return derive.call(this, {...way, iterations: Math.ceil(way.iterations / 1000)}, ...others);
    };
}"""
# Who has done it once does it at one go; the first time it is done by hand.
_LOAD = """(form, typed) => {
    document.getElementById("source-2").click();
    for (const [name, value] of Object.entries(typed)) form.elements.namedItem(name).value = value;
    form.requestSubmit();
}"""


@dataclass
class Desk:
    page: Page
    check_in: CheckIn
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    """Of every request: its address, its headers, its body."""

    def note(self, request: Request) -> None:
        body = request.post_data_buffer or b""
        self.sent.append((request.url, str(request.headers), body.decode("utf-8", "replace")))

    def open(self, language: str = "en") -> "Desk":
        self.page.goto(f"/{language}/desk/{self.check_in.round_id}")
        self.page.locator("p.script-only").wait_for()
        return self

    def look_up(self, number: int) -> str:
        """The answer's heading."""
        return self.look_up_digits(iin(number))

    def look_up_digits(self, digits: str) -> str:
        self.page.locator("#iin").fill(digits)
        self.page.locator("#iin").press("Enter")
        return self.answer()

    def answer(self) -> str:
        self.page.locator("#find:not([aria-busy])").wait_for()
        return self.page.locator("#answer .title").inner_text()

    def serve(self) -> str:
        self.page.locator("[data-does=serve] [type=submit]").click()
        self.page.locator("#answer:not(:has([data-does=serve]))").wait_for()
        return self.answer()

    def load(self, unit: str = CITY, first: int = 1, last: int = 5, *, pin: str = PIN) -> None:
        """The PIN is asked for with the first codes only."""
        self.page.locator("#codes").set_input_files(self.check_in.file(unit))
        typed = {"unit": unit, "first": first, "last": last, "new_pin": pin, "new_pin_again": pin}
        self.page.locator("#load").evaluate(_LOAD, typed)
        self.loaded()

    def load_by_hand(self, unit: str, first: int, last: int) -> None:
        """On a machine that has no codes yet."""
        self.page.locator("#source-2").check()
        self.page.locator("#loading summary").click()
        self.page.locator("#unit").select_option(unit)
        self.page.locator("#codes").set_input_files(self.check_in.file(unit))
        self.page.locator("#first").fill(str(first))
        self.page.locator("#last").fill(str(last))
        self.page.locator("#new_pin").fill(PIN)
        self.page.locator("#new_pin_again").fill(PIN)
        self.page.locator("#load [type=submit]").click()
        self.loaded()

    def loaded(self) -> None:
        """Or told why not."""
        self.page.locator("#load [type=submit]:not([disabled])").wait_for(state="attached")

    def unlock(self, pin: str = PIN) -> None:
        self.page.locator("#pin").fill(pin)
        self.page.locator("#unlock [type=submit]").click()
        self.page.locator("#unlock [type=submit]:not([disabled])").wait_for(state="attached")

    @property
    def told(self) -> str:
        return self.page.locator("#told").inner_text()

    @property
    def counts(self) -> str:
        return self.page.locator("#counts").inner_text()

    def printed(self) -> list[str]:
        """The codes that came out of the printer."""
        self.page.wait_for_function("() => document.getElementById('printing') === null")
        printed: list[str] = self.page.evaluate("window.printed.map(each => each.code)")
        return printed

    def press(self, does: str) -> None:
        self.page.locator(f"[data-does={does}]:visible").first.click()

    def press_and_agree(self, does: str) -> None:
        """To what the page asks before it does it."""

        def agree(dialog: Dialog) -> None:
            dialog.accept()

        self.page.on("dialog", agree)
        try:
            self.press(does)
        finally:
            self.page.remove_listener("dialog", agree)


@contextmanager
def open_check_in(cluster: str, template: str, folder: Path) -> Iterator[CheckIn]:
    """On a database of its own; the round is in review, when slips may be handed out already."""
    with fresh_database(cluster, template) as url:
        with psycopg.connect(url) as connection:
            projections.prepare(connection)
        settings = Settings(home=folder / "home", database_url=SecretStr(url), **CHEAP)
        with attach_engine(settings, url) as engine, listening(create_app(settings)) as port:
            round_id = prepared_round(engine, folder / "slips")
            catch_up(engine.datastore, settings)
            yield CheckIn(engine, f"http://127.0.0.1:{port}", round_id, folder / "slips")
