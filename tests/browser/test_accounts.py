"""The first day of a server in a real browser: bootstrap code, first sysadmin, an invitation, a colleague's first sign-in.

The cookies are Secure and of the strictest kind, and Chromium keeps them on loopback.
"""

import re
from base64 import b32decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.web.access import COOKIE
from api.web.visitors import DEVICE_COOKIE
from application.accounts.one_time_codes import code_at
from tests.browser.chromium import forget, viewport_of, window
from tests.browser.looking import barriers, outside_the_window, small_targets
from tests.browser.screens import DESKTOP, PHONE, Screen, Size
from tests.browser.screenshots import picture
from tests.engine import open_engine
from tests.postgres import fresh_database
from tests.server import Server, serve
from tests.signed_in import CHEAP, PASSWORD, whole_engine


@pytest.fixture
def server(cluster: str, template: str, tmp_path: Path) -> Iterator[Server]:
    with (
        fresh_database(cluster, template) as url,
        open_engine(url) as engine,
        serve(engine, tmp_path, **CHEAP) as server,
    ):
        yield server


def look(page: Page, name: str, size: Size) -> None:
    """It has no barrier, fits, and is kept as a picture."""
    assert barriers(page) == []
    assert outside_the_window(page) == []
    assert small_targets(page) == []
    language = page.locator("html").get_attribute("lang") or ""
    picture(page, Screen(name, page.url), language, "light", size)


def set_up(page: Page, code: str, size: Size, screen: str, **first: str) -> bytes:
    """From the set-up code to the console; the authenticator's secret."""
    page.goto("/ru/set-up")
    page.locator("#setup_code").fill(code)
    page.locator("main .button").click()
    for field, value in first.items():
        page.locator(f"#{field}").fill(value)
    page.locator("summary").click()
    secret = b32decode(page.locator("details code").inner_text().replace(" ", ""))
    page.wait_for_function("() => document.querySelector('main img').naturalWidth > 100")
    look(page, screen, size)
    page.locator("#password").fill(PASSWORD)
    page.locator("#code").fill(code_at(secret, datetime.now(UTC)))
    page.locator("main form .button").click()
    expect(page).to_have_url(re.compile(r"/ru/staff$"))
    return secret


def test_from_the_bootstrap_code_to_a_colleague_at_work(chromium: Browser, server: Server) -> None:
    """First the admin at a desk, then the colleague on a phone."""
    address = f"http://127.0.0.1:{server.port}"
    with whole_engine(server) as engine:
        code = engine.account_setup.bootstrap_code()
    with window(chromium, address, language="ru") as page:
        set_up(page, code, DESKTOP, "set-up-first", login="s.akhmetova", name="Ахметова Сәуле")
        assert_cookies_are_kept_from_scripts(page)
        invited = invite(page)
        forget(page, address)
        page.set_viewport_size(viewport_of(PHONE))
        secret = set_up(page, invited, PHONE, "set-up-invited")
        expect(page.locator("h1")).to_have_text("Сейткали Айгерім")
        page.locator("form[action='/ru/sign-out'] button").click()
        sign_in_for_the_desk(page, secret)


def assert_cookies_are_kept_from_scripts(page: Page) -> None:
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies.keys() == {COOKIE, DEVICE_COOKIE}
    for cookie in cookies.values():
        kept = cookie["secure"], cookie["httpOnly"], cookie["sameSite"], cookie["path"]
        assert kept == (True, True, "Lax", "/")
    assert page.evaluate("document.cookie") == ""


def invite(page: Page) -> str:
    """The colleague's set-up code."""
    page.goto("/ru/admin/accounts/new")
    page.locator("#login").fill("a.seitkali")
    page.locator("#name").fill("Сейткали Айгерім")
    page.locator("#role-desk").check()
    page.locator("#other_units").fill("750000000")
    page.locator("main form .button").click()
    look(page, "set-up-code-handed-over", DESKTOP)
    invited = page.locator(".code-shown").inner_text()
    page.locator("a.back").click()
    look(page, "account", DESKTOP)
    return invited


def sign_in_for_the_desk(page: Page, secret: bytes) -> None:
    page.goto("/ru/desk")
    expect(page).to_have_url(re.compile(r"/ru/sign-in\?next=%2Fdesk$"))
    page.locator("#login").fill("a.seitkali")
    page.locator("#password").fill("not my password")
    page.locator("main .button").click()
    look(page, "sign-in-refused", PHONE)
    expect(page.locator("#login")).to_have_value("a.seitkali")
    page.locator("#password").fill(PASSWORD)
    page.locator("main .button").click()
    look(page, "one-time-code", PHONE)
    page.locator("#code").fill(code_at(secret, datetime.now(UTC) + timedelta(seconds=30)))
    page.locator("main .button").click()
    expect(page).to_have_url(re.compile(r"/ru/desk$"))
