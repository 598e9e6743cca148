"""A browser as a person uses it: opens a page, fills in one of its forms, and sends it with what the page hid in it."""

import re
from base64 import b32decode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from application.accounts.one_time_codes import code_at
from tests.signed_in import PASSWORD

_FORM = re.compile(r'<form method="post" action="([^"]+)".*?</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def hidden_fields(shown: str, action: str) -> dict[str, str]:
    """What the form that goes to `action` brings along."""
    for form in _FORM.finditer(shown):
        if form[1] == action:
            return dict(_HIDDEN.findall(form[0]))
    raise AssertionError(f"no form goes to {action}")


def fill_in(client: httpx.Client, page: str, action: str = "", **fields: str | list[str]) -> httpx.Response:
    """Send the form on `page` that goes to `action`, which is the page itself unless given."""
    shown = client.get(page)
    assert shown.status_code == 200, shown.text
    return client.post(action or page, data=hidden_fields(shown.text, action or page) | fields)


@dataclass(frozen=True)
class Person:
    login: str
    secret: bytes = b""

    def code(self, steps: int = 1) -> str:
        """The next code: the present one was used to set up."""
        return code_at(self.secret, datetime.now(UTC) + timedelta(seconds=30 * steps))


def set_up(client: httpx.Client, setup_code: str, login: str = "") -> Person:
    """Go through the set-up's pages; the client is signed in after it."""
    answer = fill_in(client, "/en/set-up", setup_code=setup_code)
    assert answer.status_code == 303, answer.text
    shown = client.get(answer.headers["location"]).text
    key = re.search(r"<code>([A-Z2-7 ]+)</code>", shown)
    assert key is not None
    person = Person(login, b32decode(key[1].replace(" ", "")))
    first = {"login": login, "name": "Ахметова Сәуле"} if 'name="name"' in shown else {}
    answer = fill_in(client, "/en/set-up/account", password=PASSWORD, code=person.code(0), **first)
    assert answer.status_code == 303, answer.text
    return person
