"""HTML in every text field, shown on every page: whatever anybody can type, into an event or a form, is read and never run.

The city's log holds markup in every text of every event; each page is looked at as somebody who may see it, and every form on it
is filled in with markup, and with what no database or number likes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import product
from typing import Any, Final
from uuid import UUID
from xml.etree import ElementTree as ET

import httpx
import msgspec
import pytest
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import StoredEvent

from api.web import matrix
from api.web.access import SAFE
from api.web.languages import FOR_PROGRAMS, LANGUAGES, first_part
from api.worker import catch_up
from application.accounts.roles import Role
from application.log import canonical
from application.log.mapper import CanonicalMapper
from tests.api.everybody import Everybody, everybody
from tests.api.walking import Page
from tests.elections import Election
from tests.examples import CLERK, DURING
from tests.findings import tell_findings
from tests.house.files import ROOT
from tests.self_government import UNIT
from tests.server import PLAIN

LANGUAGE = "/en"
EVIL: Final = "\"'></title></textarea></script><evil-{name} onevil=1>{{0}} %s"
"""It would break out of an attribute, a text and a script, and be an element called after the field."""
TEXTS: Final = {
    *(
        "answer",
        "basis",
        "contractor",
        "description",
        "early_reason",
        "en",
        "entry",
        "explanation",
        "institution",
    ),
    *("interest", "kk", "label", "legal_basis", "matter", "name", "note", "number", "per", "place", "post"),
    *("programme", "ranges_basis", "reason", "responsible", "ru", "service", "shows", "sitting", "source"),
    *("statement", "summary", "text", "title", "topic", "where"),
}
"""Members of events that hold what somebody has typed."""
NO_TEXTS: Final = {
    *("akim", "approved_by", "author", "by", "category", "chair", "checkpoint_root", "credential", "id"),
    *(
        "kato",
        "key",
        "kind",
        "locality",
        "maslikhat",
        "member",
        "month",
        "parent",
        "point",
        "project",
        "public_key",
    ),
    *(
        "rate",
        "replaces",
        "resolution",
        "root",
        "rules_version",
        "salt",
        "seed",
        "signature",
        "signer",
        "unit",
    ),
    *("version",),
}
"""Members that hold codes, identifiers, keys and digests: their rules let no sentence in. So do all `…digest` and lists."""
UNTOLD: Final = {"institution", "per", "post", "programme", "ranges_basis", "service"}
"""Of decisions on posts, tariffs and programmes, of which this city makes none."""
NOWHERE: Final = {"basis", "explanation", "shows"}
"""Told, if at all, by a trail alone."""
OTHERWISE: Final = ("\0", "9" * 40, "²")
ID: Final = re.compile("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{9}|(?<=/)[0-9](?=/)")
"""In an address."""
THINGS: Final = {
    "offices": {"finding"},
    "councils": {"council", "finding"},
    "decisions": {"decision", "repealed", "finding"},
    "sittings": {"sitting", "finding"},
    "gatherings": {"gathering", "finding"},
    "dismissals": {"dismissal", "finding"},
    "report-meetings": {"meeting", "finding"},
    "executions": {"execution", "finding"},
}
"""Of each kind those that are told of; a finding, which is none, stands for all that is not found there."""
FORMATS: Final = json.loads((ROOT / "tests" / "golden" / "event_formats.json").read_text(encoding="utf-8"))


def test_every_member_of_every_event_is_a_text_or_none() -> None:
    found = set(_words(FORMATS))
    assert found - TEXTS - NO_TEXTS == set()
    assert found >= TEXTS | NO_TEXTS


def _words(shape: Any, name: str = "") -> Iterator[str]:
    """Names of the members that are plain strings; digests, and strings in lists, are left out."""
    if shape == "str" and name and not name.endswith("digest"):
        yield name
    elif isinstance(shape, dict):
        for key, each in shape.items():
            yield from _words(each, "" if key in ("tuple", "Sequence", "Mapping", "dict", "one of") else key)
    elif isinstance(shape, list):
        for each in shape:
            yield from _words(each, name)


def marked(value: Any, enumerated: str, name: str = "") -> Any:
    """The state of an event with markup before each of its texts; its format names those that are of a closed list."""
    if isinstance(value, dict):
        return {key: marked(each, enumerated, key) for key, each in value.items()}
    if isinstance(value, list):
        return [marked(each, enumerated, name) for each in value]
    is_text = name in TEXTS and f"'{name}': 'str " not in enumerated
    return EVIL.format(name=name) + value if is_text and value and isinstance(value, str) else value


@pytest.fixture(scope="module")
def people(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everybody]:
    """Whoever stores an event while the city is told, stores it with markup: past every rule, as an old log might hold it."""
    plain = CanonicalMapper.to_stored_event

    def with_markup(mapper: CanonicalMapper, event: DomainEventProtocol[Any]) -> StoredEvent:
        stored = plain(mapper, event)
        state = marked(msgspec.json.decode(stored.state), str(FORMATS[stored.topic]))
        return replace(stored, state=canonical.encode(state))

    home = tmp_path_factory.mktemp("typed") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CanonicalMapper, "to_stored_event", with_markup)
        with everybody(cluster, template, home) as people:
            tell_the_rest(people)
            patch.undo()
            yield people


def tell_the_rest(people: Everybody) -> None:
    """Findings, a kiosk, a project on its way and a round closed early."""
    engine, round_id = people.engine, UUID(people.world.ids["published"])
    people.world.ids["finding"] = str(tell_findings(people.world.server.engine, round_id)[-1])
    engine.kiosks.invite("Kiosk", "Hall", by="operator")
    project = min(engine.implementations.funded(round_id))
    begun, due = (
        engine.implementations.begin(round_id, project, by=CLERK),
        datetime.now(UTC) + timedelta(days=9),
    )
    engine.implementations.contract(begun, "Lamps and sons", 100, due, by=CLERK)
    engine.implementations.report_progress(begun, 10, "The ditch is dug", by=CLERK)
    engine.implementations.delay(begun, "Frost", due + timedelta(days=9), by=CLERK)
    early = Election(people.world.server.engine).drafted().reviewed({"1": 100}).opened()
    early._change(lambda round_: round_.close_voting(by=CLERK, at=DURING, early_reason="Everybody has voted"))
    people.world.ids["early"] = str(early.id)
    catch_up(engine.datastore, engine.settings)


class Walk:
    """Looks at pages and fills in forms as somebody who may. `shown`: fields whose text was to be read somewhere; `faults`: what
    was run, or broke.
    """

    def __init__(self, people: Everybody) -> None:
        self._people = people
        self._client = httpx.Client(
            base_url=people.world.address,
            timeout=30,
            trust_env=False,
            verify=PLAIN,
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self._filled: set[tuple[str, ...]] = set()
        self.shown: set[str] = set()
        self.faults: dict[str, str] = {}

    def look(self, address: str, role: Role) -> Page:
        return self._judged(self._client.get(address, headers=self._headers(role)), f"{role}: {address}")

    def fill_in(self, address: str, page: Page, role: Role) -> None:
        """Every form of the page with markup, once; with the rest if none of its route was, whatever it was about."""
        for form in page.forms:
            action = form.action or address
            for button, text in product(form.buttons or [("", "")], (EVIL.format(name="typed"), *OTHERWISE)):
                sent = form.filled(text, button)
                place = ID.sub("", action) if text in OTHERWISE else action
                alike = place, str(sorted(sent)), str(button), text
                if alike in self._filled:
                    continue
                self._filled.add(alike)
                files = [("", ("", b""))] if form.multipart else None
                answer = self._client.post(action, data=sent, files=files, headers=self._headers(role))
                self._judged(answer, f"{role}: {action} {button} {text[-9:]!r}")

    def _headers(self, role: Role) -> dict[str, str]:
        return self._people.headers(role) | {"accept": "text/html"}

    def _judged(self, answer: httpx.Response, what: str) -> Page:
        kind = answer.headers.get("content-type", "")
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.faults[what] = str(answer.status_code)
        if kind.startswith("application/atom+xml"):
            ET.fromstring(answer.content)  # noqa: S314 - our own server's
        page = Page(answer.text if kind.startswith("text/html") else "")
        if run := {each for each in page.elements if "evil" in each}:
            self.faults[what] = str(run)
        self.shown |= set(re.findall(r"<evil-([a-z_]+)[ >]", page.text))
        return page


def pages(known: Mapping[str, list[str]], ids: Mapping[str, str]) -> Iterator[tuple[str, Role]]:
    """Every address of every GET route but files and the endless stream; the roles that it is for take turns."""
    names = {id_: name for name, id_ in ids.items()}
    for row in matrix.rows(matrix.the_app()):
        if row.method not in SAFE or ":path" in row.path or row.path == "/v1/stream":
            continue
        path = row.path if first_part(row.path) in FOR_PROGRAMS else LANGUAGE + row.path
        roles = [Role.PUBLIC] if Role.PUBLIC in row.roles else sorted(row.roles)
        addresses = [each for each in filled(path, known) if is_of_its_kind(each, names)]
        for turn in range(max(len(addresses), len(roles)) if addresses else 0):
            yield addresses[turn % len(addresses)], roles[turn % len(roles)]


def filled(path: str, known: Mapping[str, list[str]]) -> list[str]:
    """With every combination of the ids that lead somewhere."""
    names = re.findall(r"{([a-z_]+)}", path)
    return [
        path.format(**dict(zip(names, values, strict=True)))
        for values in product(*(known.get(name, []) for name in names))
    ]


def is_of_its_kind(address: str, names: Mapping[str, str]) -> bool:
    """Whether what is asked for is no thing, or one of `THINGS`."""
    *_, kind, thing = address.rsplit("/", 2)
    return kind not in THINGS or names[thing] in THINGS[kind]


def test_what_anybody_typed_is_read_on_every_page_and_run_on_none(people: Everybody) -> None:
    walk, known = Walk(people), people.known()
    looked: set[str] = set()
    linked: dict[str, Role] = {}
    for address, role in pages(known, people.world.ids):
        looked.add(address)
        page = walk.look(address, role)
        walk.fill_in(address, page, role)
        linked |= {link: role for link in page.links if role is not Role.PUBLIC}
    for address, role in linked.items():
        if address not in looked and address.startswith(LANGUAGE) and "?" not in address:
            walk.fill_in(address, walk.look(address, role), role)
    for language in LANGUAGES:  # each has names of its own
        walk.look(f"/{language}/units/{UNIT}", Role.PUBLIC)
    assert walk.faults == {}
    assert walk.shown - {"typed"} == TEXTS - UNTOLD - NOWHERE
