"""The paper on the kiosk's screens before anybody votes: the kiosk's own page, for the office alone, and no way out of it."""

import json
import re
from hashlib import sha256
from posixpath import dirname, normpath
from typing import Any

import msgspec
import pytest

from api.web.assets import assets
from application.accounts.roles import Role
from application.log import canonical
from domain.round import Phase, Round
from tests.application.residents.desk import jpeg
from tests.elections import Election
from tests.examples import DISTRICT
from tests.office_desk import CONFLICT, FORBIDDEN, SEE_OTHER, Enter, around_now, asked, ready_to_open
from tests.photos import stored
from tests.server import Server
from tests.signed_in import whole_engine

OF_A_DEVICE = re.compile(
    r"\b(fetch|XMLHttpRequest|sendBeacon|WebSocket|EventSource|indexedDB|localStorage|serviceWorker|subtle|locks)\b"
)
"""What a script would send, keep or sign with."""
NOT_ALLOWED = 405


@pytest.fixture(scope="module")
def election(server: Server) -> Election:
    """Ready to be opened, and read only."""
    return ready_to_open(server)


def path_of(election: Election) -> str:
    return f"/preview/rounds/{election.id}"


def brought(page: str, name: str) -> Any:
    """The data that the page gives to its script."""
    (text,) = re.findall(rf'<script type="application/json" id="{name}">(.*?)</script>', page)
    return json.loads(text)


def scripts(page: str) -> dict[str, str]:
    """Every script that the page's entry loads, by its path below `api/static`."""
    (entry,) = re.findall(r'<script type="module" src="/static/\w+/([^"]+)">', page)
    paths = [entry]
    for path in paths:
        named = re.findall(r'(?:from|import) ?\(?"([^"]+)"', assets()[path].body.decode())
        found = (normpath(f"{dirname(path)}/{name}") for name in named)
        paths += [name for name in found if name not in paths]
    return {path: assets()[path].body.decode() for path in paths}


@pytest.mark.parametrize("role", [Role.OFFICE, Role.OFFICE_APPROVER, Role.OPERATOR])
def test_who_prepares_opens_or_runs_the_vote_may_look(enter: Enter, election: Election, role: Role) -> None:
    assert enter(role).get(path_of(election)).status_code == 200


@pytest.mark.parametrize("role", [Role.DESK, Role.EXPERT, Role.AUDITOR, Role.SYSADMIN])
def test_others_may_not(enter: Enter, election: Election, role: Role) -> None:
    assert enter(role).get(path_of(election)).status_code == FORBIDDEN


def test_neither_may_the_office_of_another_unit_nor_who_is_not_signed_in(
    enter: Enter, server: Server, election: Election
) -> None:
    assert enter(Role.OFFICE, units=(DISTRICT,)).get(path_of(election)).status_code == FORBIDDEN
    away = server.client.get(f"/en{path_of(election)}", headers={"Accept": "text/html"})
    assert (away.status_code, "/sign-in" in away.headers["location"]) == (SEE_OTHER, True)


def test_it_is_the_kiosks_page_with_another_entry_and_a_band(enter: Enter, election: Election) -> None:
    clerk = enter(Role.OFFICE)
    preview, kiosk = clerk.get(path_of(election)).text, clerk.client.get("/kiosk/").text
    for part in (*re.findall(r'<link rel="stylesheet"[^>]+>', kiosk), '<div id="kiosk"></div>'):
        assert part in preview
    assert "kiosk/app.js" in scripts(preview)
    assert scripts(preview).keys() - {"preview/main.js"} < scripts(kiosk).keys()
    assert "manifest" not in preview
    assert "Preview — nothing is recorded." in preview


def test_no_script_of_it_can_send_keep_or_sign_anything(enter: Enter, election: Election) -> None:
    clerk = enter(Role.OFFICE)
    found = {
        path: words
        for path, text in scripts(clerk.get(path_of(election)).text).items()
        if (words := OF_A_DEVICE.findall(re.sub(r"//.*|/\*[\s\S]*?\*/", "", text)))
    }
    assert set(found) <= {"kiosk/bytes.js"}, found  # has SHA-256, of whatever it is given
    assert OF_A_DEVICE.search("".join(scripts(clerk.client.get("/kiosk/").text).values()))


def test_its_policy_lets_nothing_out(enter: Enter, election: Election) -> None:
    answer = enter(Role.OFFICE).get(path_of(election))
    policy = answer.headers["content-security-policy"].split("; ")
    for line in (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'none'",
        "worker-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "trusted-types 'none'",
        "require-trusted-types-for 'script'",
    ):
        assert line in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "camera=()" in answer.headers["permissions-policy"]


def test_what_makes_a_device_a_kiosk_is_not_in_it(enter: Enter, election: Election) -> None:
    clerk = enter(Role.OFFICE)
    of_kiosk = brought(clerk.client.get("/kiosk/").text, "config")
    config = brought(clerk.get(path_of(election)).text, "config")
    assert of_kiosk.keys() - config.keys() == {"version", "spool_key", "heartbeat_seconds"}
    assert config.items() <= of_kiosk.items()


def test_it_only_shows(enter: Enter, election: Election) -> None:
    clerk = enter(Role.OFFICE)
    size = clerk.server.engine.reader.size()
    assert clerk.get(path_of(election)).status_code == 200
    assert clerk.post(path_of(election)).status_code == NOT_ALLOWED
    assert clerk.server.engine.reader.size() == size


def test_it_shows_the_paper_that_is_frozen_then(enter: Enter, server: Server) -> None:
    election = ready_to_open(server)
    clerk, head = enter(Role.OFFICE), enter(Role.OFFICE_APPROVER)
    before = brought(clerk.get(path_of(election)).text, "poll")
    request = clerk.post(f"/office/rounds/{election.id}/steps/open", confirmed="yes", reason="Бәрі дайын.")
    head.post(f"/office/approvals/{asked(request)}/approve")
    round_ = server.engine.store.load(Round, election.id)
    assert round_.phase is Phase.VOTING
    after = brought(clerk.get(path_of(election)).text, "poll")
    assert before == after
    assert sha256(canonical.encode(after["paper"])).hexdigest() == round_.paper_digest
    assert after["paper"] == msgspec.json.decode(clerk.client.get(f"/v1/rounds/{election.id}/paper").content)


def test_it_shows_the_photos_that_a_kiosk_would(enter: Enter, server: Server) -> None:
    with whole_engine(server) as engine:
        (digest,) = stored(engine, [jpeg(140)])
    election = Election(server.engine, terms=around_now()).drafted()
    election.reviewed({"1": 500, "2": 500}, photos={"2": (digest,)})
    clerk = enter(Role.OFFICE)
    ((project, address),) = brought(clerk.get(path_of(election)).text, "poll")["photos"]
    assert (project, clerk.client.get(address).status_code) == ("2", 200)
    assert digest in address


def test_a_paper_that_cannot_be_frozen_yet_is_told_in_words(enter: Enter) -> None:
    clerk = enter(Role.OFFICE)
    election = Election(clerk.server.engine, terms=around_now()).drafted()
    answer = clerk.client.get(f"/en{path_of(election)}", headers={"Accept": "text/html"})
    assert answer.status_code == CONFLICT
    assert "<h1" in answer.text
    assert path_of(election) not in clerk.get(f"/office/rounds/{election.id}/paper").text


def test_what_was_typed_into_a_title_is_data_in_it(enter: Enter) -> None:
    clerk = enter(Role.OFFICE)
    evil = "</script><script>alert(1)</script>"
    election = Election(clerk.server.engine, terms=around_now(title=evil)).drafted()
    election.reviewed({"1": 500})
    page = clerk.get(path_of(election))
    assert evil not in page.text
    assert brought(page.text, "poll")["round"]["title"] == evil


@pytest.mark.parametrize("place", ["paper", "steps/open"])
def test_it_is_found_from_the_paper_and_before_the_vote_is_opened(
    enter: Enter, election: Election, place: str
) -> None:
    assert (
        f'href="/en{path_of(election)}"'
        in enter(Role.OFFICE).get(f"/office/rounds/{election.id}/{place}").text
    )
