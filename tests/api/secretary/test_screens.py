"""A Council from its unit's registration to a decision in force, entered by forms alone; and who may enter what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import randrange
from uuid import UUID

import httpx
import pytest

from application.accounts.roles import Role
from domain.self_government.council import Council
from domain.self_government.decision import CouncilDecision, DecisionState
from domain.self_government.gathering import Gathering, GatheringState
from domain.self_government.sitting import Sitting
from domain.self_government.unit import TerritorialUnit
from domain.times import KAZAKHSTAN
from tests.server import Server
from tests.signed_in import signed_in

OTHER = "990700000"
MEMBERS = ("a.bek", "b.dos", "c.nur", "d.sal", "e.tai")


def day(days: int, hour: int = 10) -> str:
    """So many days from now, as a browser sends it."""
    when = datetime.now(UTC).astimezone(KAZAKHSTAN) + timedelta(days=days)
    return f"{when:%Y-%m-%d}T{hour:02}:00"


@dataclass(frozen=True)
class Secretary:
    """Somebody signed in, whose unit no other test knows."""

    client: httpx.Client
    kato: str

    @property
    def unit(self) -> UUID:
        return TerritorialUnit.create_id(self.kato)

    def enter(self, about: str, word: str, **fields: object) -> UUID:
        """Try it and record it, as a person does; the id of the page that follows."""
        address = f"/en/secretary/{about}/{word}"
        tried = self.client.post(address, data={**fields, "step": "try"})
        assert tried.status_code == 200, re.findall(r'(?s)role="alert".*?</div>', tried.text)
        assert "Nothing is recorded yet" in tried.text
        recorded = self.client.post(address, data={**fields, "step": "record"})
        assert recorded.status_code == 303, recorded.text
        return UUID(recorded.headers["location"].rpartition("/")[2])

    def settle(self) -> None:
        """The unit enters the register, with its people and rules."""
        names = {"names.kk": "Қайыңды кенті", "names.ru": "посёлок Каинды", "names.en": "Qaiyndy"}
        registered = {"kato": self.kato, "kind": "township", **names}
        self.enter(f"new-unit/{self.kato}", "unit.registered", **registered)
        about = f"units/{self.unit}"
        self.enter(about, "unit.population_recorded", year=2025, people=1900, source="Bureau")
        rules = {"rules.people_per_representative": 40}
        self.enter(about, "unit.rules_set", legal_basis="№ 18/2", **rules)

    def convene(self, name: str, kind: str, **fields: object) -> UUID:
        """A gathering held two days ago with one item, «1»."""
        agenda = {"agenda.0.key": "1", "agenda.0.kind": kind, "agenda.0.title": "The matter"}
        call = {"gathering": name, "place": "Club", "announced": day(-30), "held": day(-2), "level": "unit"}
        return self.enter(f"units/{self.unit}", "gathering.convened", **{**call, **agenda, **fields})

    def choose_representatives(self, gathering: UUID) -> None:
        """A separate gathering of the only locality sends all that its quota gives."""
        where = {"level": "locality", "locality": self.kato, "held": day(-5)}
        separate = self.convene(f"for {gathering}", "representatives_chosen", **where)
        about = f"gatherings/{separate}"
        self.enter(about, "gathering.opened", present=400, residents=1500)
        votes = {"for": 400, "against": 0, "abstained": 0, "representatives": 48}
        self.enter(about, "gathering.item_voted", item="1", text="We send", present=400, **votes)
        self.enter(about, "gathering.closed", minutes="Minutes of the locality")
        chosen = {"separate": str(separate), "item": "1"}
        self.enter(f"gatherings/{gathering}", "gathering.representatives_chosen", **chosen)

    def elect(self) -> UUID:
        """A gathering elects five members; the Council's id."""
        candidates = {
            f"candidates.{row}.{key}": value
            for row, id_ in enumerate(MEMBERS)
            for key, value in {"id": id_, "name": f"Мүше {id_}", "locality": self.kato}.items()
        }
        gathering = self.convene("spring", "council_elected")
        self.choose_representatives(gathering)
        about = f"gatherings/{gathering}"
        self.enter(about, "gathering.opened", present=40)
        votes = {"for": 38, "against": 1, "abstained": 1, **candidates}
        self.enter(about, "gathering.item_voted", item="1", text="We elect", present=40, **votes)
        self.enter(about, "gathering.closed", minutes="Minutes of the gathering")
        self.enter(about, "gathering.published", site="https://akimat.example/spring")
        seats = {f"seats.{self.kato}": len(MEMBERS)}
        return self.enter(f"units/{self.unit}", "council.formed", gathering=str(gathering), item="1", **seats)


@pytest.fixture
def secretary(server: Server) -> Iterator[Secretary]:
    kato = f"9906{randrange(10**5):05}"
    with signed_in(server, Role.COUNCIL_SECRETARY, Role.MASLIKHAT_SECRETARY, units=(kato,)) as client:
        yield Secretary(client, kato)


def test_a_council_is_entered_from_its_unit_to_a_decision_in_force(
    server: Server, secretary: Secretary
) -> None:
    secretary.settle()
    council = secretary.elect()
    sitting = secretary.enter(
        f"councils/{council}",
        "sitting.convened",
        sitting="1",
        place="Akimat",
        announced=day(-10),
        held=day(-1),
        **{"agenda.0.key": "1", "agenda.0.title": "Chair", "agenda.1.key": "2", "agenda.1.title": "Rules"},
    )
    about = f"sittings/{sitting}"
    secretary.enter(about, "sitting.opened", present=MEMBERS)
    all_for = {f"votes.{member}": "for" for member in MEMBERS}
    secretary.enter(about, "council.chair_elected", chair=MEMBERS[0], **all_for)
    decision = secretary.enter(
        about,
        "decision.proposed",
        point="2",
        decision="1",
        title="Rules of improvement",
        text="The rules",
        **{"legal_basis": "Law, art. 39-3", "matter.kind": "local_rules", "matter.regulates": "improvement"},
    )
    deciding = f"decisions/{decision}"
    secretary.enter(deciding, "decision.vote_cast", **all_for)
    secretary.enter(deciding, "decision.vote_closed")
    secretary.enter(deciding, "decision.signed", signer=MEMBERS[0])
    secretary.enter(deciding, "decision.published", site="https://akimat.example/1")
    secretary.enter(about, "sitting.closed", minutes="Minutes of the sitting")
    store = server.engine.store
    stands = store.load(CouncilDecision, decision)
    assert stands.state is DecisionState.PUBLISHED
    assert stands.in_force_on(datetime.now(UTC))
    assert set(store.load(Council, council).members_on(datetime.now(UTC))) == set(MEMBERS)
    assert store.load(Sitting, sitting).present == set(MEMBERS)
    assert server.engine.check() == server.engine.reader.size()


def test_what_a_rule_refuses_is_told_in_the_readers_language_and_what_was_typed_is_kept(
    server: Server, secretary: Secretary
) -> None:
    secretary.settle()
    size = server.engine.reader.size()
    refused = secretary.client.post(
        f"/ru/secretary/units/{secretary.unit}/gathering.convened",
        data={
            "gathering": "hasty",
            "place": "Клуб <b>",
            "announced": day(-3),
            "held": day(-2),
            "level": "unit",
            "agenda.0.key": "1",
            "agenda.0.kind": "other",
            "agenda.0.title": "Спешное",
            "step": "record",
        },
    )
    assert refused.status_code == 422
    assert 'value="Клуб &lt;b&gt;"' in refused.text
    assert 'value="Спешное"' in refused.text
    assert 'role="alert"' in refused.text
    assert server.engine.reader.size() == size


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [("people", "many", "people"), ("people", "", "people"), ("year", "20x5", "year")],
)
def test_a_mistake_is_told_at_its_field(secretary: Secretary, field: str, value: str, place: str) -> None:
    secretary.settle()
    fields = {"year": "2024", "people": "1890", "source": "Bureau", "step": "record", field: value}
    told = secretary.client.post(
        f"/en/secretary/units/{secretary.unit}/unit.population_recorded", data=fields
    )
    assert told.status_code == 422
    assert f'<a href="#{place}">' in told.text
    assert re.search(rf'id="{place}"[^>]*aria-invalid="true"', told.text)


def test_a_trial_records_nothing(server: Server, secretary: Secretary) -> None:
    secretary.settle()
    size = server.engine.reader.size()
    fields = {"year": "2024", "people": "1890", "source": "Bureau", "step": "try"}
    assert (
        secretary.client.post(
            f"/en/secretary/units/{secretary.unit}/unit.population_recorded", data=fields
        ).status_code
        == 200
    )
    assert server.engine.reader.size() == size


def test_a_row_is_added_without_scripts_and_nothing_typed_is_lost(secretary: Secretary) -> None:
    secretary.settle()
    page = secretary.client.post(
        f"/kk/secretary/units/{secretary.unit}/gathering.convened",
        data={"place": "Клуб", "agenda.0.title": "Бірінші", "step": "agenda"},
    )
    assert page.status_code == 200
    assert 'name="agenda.0.title" type="text" value="Бірінші"' in page.text
    assert 'name="agenda.1.title"' in page.text
    assert 'value="Клуб"' in page.text


def test_a_file_stands_for_a_text_by_its_digest(server: Server, secretary: Secretary) -> None:
    secretary.settle()
    gathering = secretary.convene("plain", "other")
    secretary.choose_representatives(gathering)
    secretary.enter(f"gatherings/{gathering}", "gathering.opened", present=40)
    address = f"/en/secretary/gatherings/{gathering}/gathering.closed"
    tried = secretary.client.post(
        address,
        data={"step": "try"},
        files={"minutes.upload": ("../m.pdf", b"%PDF-1.4 minutes", "application/pdf")},
    )
    [digest] = re.findall(r'name="minutes.file" value="([0-9a-f]{64})"', tried.text)
    assert secretary.client.post(address, data={"minutes.file": digest, "step": "record"}).status_code == 303
    assert server.engine.store.load(Gathering, gathering).state is GatheringState.CLOSED
    assert server.engine.documents.get(digest) == b"%PDF-1.4 minutes"


def test_nobody_enters_acts_of_a_unit_that_is_not_theirs(server: Server, secretary: Secretary) -> None:
    secretary.settle()
    with signed_in(server, Role.COUNCIL_SECRETARY, Role.MASLIKHAT_SECRETARY, units=(OTHER,)) as other:
        for address in (
            f"units/{secretary.unit}",
            f"units/{secretary.unit}/gathering.convened",
            f"new-unit/{secretary.kato}/unit.registered",
        ):
            assert other.get(f"/en/secretary/{address}").status_code == 403
        posted = other.post(
            f"/en/secretary/units/{secretary.unit}/unit.rules_set",
            data={"legal_basis": "x", "step": "record"},
        )
        assert posted.status_code == 403


def test_an_act_of_another_role_is_not_offered_and_not_taken(server: Server, secretary: Secretary) -> None:
    secretary.settle()
    with signed_in(server, Role.OFFICE, units=(secretary.kato,)) as office:
        assert "gathering.convened" not in office.get(f"/en/secretary/units/{secretary.unit}").text
        posted = office.post(
            f"/en/secretary/units/{secretary.unit}/gathering.convened", data={"step": "record"}
        )
        assert posted.status_code == 404
    with signed_in(server, Role.DESK, units=(secretary.kato,)) as desk:
        assert desk.get("/en/secretary").status_code == 403


def test_the_rules_in_force_are_what_their_form_begins_with(secretary: Secretary) -> None:
    secretary.settle()
    page = secretary.client.get(f"/kk/secretary/units/{secretary.unit}/unit.rules_set")
    assert page.status_code == 200
    assert re.search(r'name="rules.people_per_representative" type="text" value="40"', page.text)
    assert re.search(r'name="rules.council_seats.1.least" type="text" value="\d+"', page.text)
    kept = dict(re.findall(r'name="(rules\.[a-z0-9_.]+)" type="text" value="([^"]+)"', page.text))
    kept |= dict(
        re.findall(r'name="(rules\.[a-z0-9_.]+)" type="radio" value="(true|false)" checked', page.text)
    )
    secretary.enter(f"units/{secretary.unit}", "unit.rules_set", **kept, legal_basis="№ 19/1")


def test_the_maslikhat_of_the_district_acts_as_that_alone(server: Server, secretary: Secretary) -> None:
    district = f"9907{randrange(10**5):05}"
    roles = (Role.COUNCIL_SECRETARY, Role.MASLIKHAT_SECRETARY)
    with signed_in(server, *roles, units=(district,)) as client:
        above = Secretary(client, district)
        names = {f"names.{language}": "District" for language in ("kk", "ru", "en")}
        above.enter(f"new-unit/{district}", "unit.registered", kato=district, kind="district", **names)
        below = {"kato": secretary.kato, "kind": "township", "parent": district, **names}
        secretary.enter(f"new-unit/{secretary.kato}", "unit.registered", **below)
        page = client.get(f"/en/secretary/units/{secretary.unit}").text
        assert "unit.rules_set" in page
        assert "gathering.convened" not in page
        assert client.get(f"/en/secretary/units/{secretary.unit}/gathering.convened").status_code == 404
    with signed_in(server, Role.COUNCIL_SECRETARY, units=(district,)) as client:
        assert client.get(f"/en/secretary/units/{secretary.unit}").status_code == 403


def test_a_second_gathering_of_the_same_name_is_refused_in_words(
    server: Server, secretary: Secretary
) -> None:
    secretary.settle()
    gathering = secretary.convene("spring", "other")
    size = server.engine.reader.size()
    agenda = {"agenda.0.key": "1", "agenda.0.kind": "other", "agenda.0.title": "Again"}
    call = {"place": "Club", "announced": day(-30), "held": day(-2), "level": "unit", "step": "record"}
    for name in ("spring", str(gathering), str(secretary.unit)):
        again = secretary.client.post(
            f"/en/secretary/units/{secretary.unit}/gathering.convened",
            data={"gathering": name, **call, **agenda},
        )
        assert again.status_code == 422
        assert "The gathering exists" in again.text
    assert server.engine.reader.size() == size
