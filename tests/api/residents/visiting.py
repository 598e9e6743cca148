"""A resident at a browser, over real HTTP: fills in the forms that the pages show, with the tokens that they hold."""

import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from html import unescape
from typing import Any
from uuid import UUID

import httpx

from application.proposals import Proposals
from projections import ALL
from projections.following import follow
from tests.examples import DISTRICT, EARLY
from tests.residents import letters_in, seeded
from tests.server import Server
from tests.signed_in import browser

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_CODE = re.compile(r"\b[0-9]{8}\b")
TYPED: dict[str, Any] = {
    "title": "Саябаққа шамдар",
    "description": "Кешке қараңғы.\r\nБалалар қорқады.",
    "unit": DISTRICT,
    "category": "lighting",
    "place": "Абай саябағы",
    "estimate": "15 000 000",
    "latitude": "",
    "longitude": "",
    "languages": "kk",
}


@dataclass(frozen=True)
class Site:
    server: Server
    round_id: UUID
    clients: list[httpx.Client] = field(default_factory=list)

    def visitor(self) -> httpx.Client:
        self.clients.append(browser(self.server.port))
        return self.clients[-1]

    def close(self) -> None:
        for client in self.clients:
            client.close()

    def address(self, name: str) -> str:
        """Of this test's own person."""
        return f"{name}.{self.round_id.hex[:12]}@example.kz"

    def resident(self, name: str) -> "Visit":
        """Signed in by a code, as anybody would."""
        visit = Visit(self, self.visitor())
        visit.sign_in(self.address(name))
        return visit

    def letters_to(self, address: str) -> list[EmailMessage]:
        return [each for each in letters_in(self.server.settings.home / "outbox") if each["To"] == address]

    @property
    def proposals(self) -> Proposals:
        """The office's side."""
        return Proposals(self.server.engine.store, lambda: EARLY, seeded("office"))

    def follow_log(self) -> None:
        with self.server.engine.datastore.get_connection() as connection:
            for projection in ALL:
                follow(connection, projection, 10_000)


@dataclass
class Visit:
    """One browser. `page` is what it shows."""

    site: Site
    client: httpx.Client
    page: str = field(default="", repr=False)

    def get(self, path: str, status: int = 200) -> httpx.Response:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == status, answer.text
        self.page = answer.text
        return answer

    def post(self, path: str, status: int = 200, files: Any = None, **fields: Any) -> httpx.Response:
        """Send a form of the page that is shown."""
        token = _TOKEN.search(self.page)
        data = {"csrf_token": token[1] if token else "", **fields}
        answer = self.client.post(path, data=data, files=files, follow_redirects=True)
        assert answer.status_code == status, answer.text
        self.page = answer.text
        return answer

    @property
    def shown(self) -> str:
        return unescape(self.page)

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        assert found, f"{name} is not on the page"
        return unescape(found[1])

    def code_for(self, address: str) -> str:
        found = _CODE.search(self.site.letters_to(address)[-1].get_content())
        assert found
        return found[0]

    def sign_in(self, address: str) -> None:
        self.get("/kk/residents/sign-in")
        self.post("/kk/residents/sign-in/code", address=address, adult="yes", next="")
        facts: dict[str, Any] = {
            "challenge": self.hidden("challenge"),
            "adult": self.hidden("adult"),
            "next": "",
        }
        self.post("/kk/residents/sign-in/prove", answer=self.code_for(address), **facts)

    def draft(self) -> UUID:
        """A new, empty draft, shown."""
        self.get("/kk/my")
        answer = self.post("/kk/my/drafts", round_id=str(self.site.round_id))
        return UUID(answer.url.path.rpartition("/")[2])

    def hand_in(self, **changed: Any) -> UUID:
        draft_id = self.draft()
        self.post(f"/kk/my/drafts/{draft_id}", do="preview", **(TYPED | changed))
        self.post(f"/kk/my/drafts/{draft_id}/hand-in")
        return draft_id
