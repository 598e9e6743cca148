"""The anomalies of a round over HTTP, as a page and by command: after closing only, by the numbers, in three languages."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import psycopg
import pytest
from typer.testing import CliRunner, Result

import projections
from api.anomaly_words import MEASURES, NEXT, PAGE, RULES, TITLES, UNTOLD
from api.cli.main import app
from api.hour_chart import hour_chart
from api.web.words import LANGUAGES, translated
from api.wording import saying
from application.new_files import FileExists
from application.store import NotFound
from domain.kiosk import Kiosk
from domain.roll import Roll, SlipCount
from domain.round import Round
from domain.times import KAZAKHSTAN
from projections.anomaly import Kind, Measure, Untold
from projections.results import ResultsNotPublicYet
from tests.api.reading import Site, site_of
from tests.dauys import give_log_key
from tests.elections import PEOPLE, Election
from tests.engine import ORIGIN, Engine
from tests.examples import AFTER, CITY, CLERK, CLOSES, DISTRICT, DURING, EARLY, TERMS, digest
from tests.server import Server

NINE = DURING
"""09:00 on the third day of voting, local time: `Election` opens it then."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Voted:
    """A round with a burst, a night and slips that fell short, and the two kiosks it came by."""

    election: Election
    kiosks: tuple[UUID, UUID]


def vote(engine: Engine, title: str = TERMS.title, label: str = "Kiosk") -> Voted:
    election = Election(engine, terms=replace(TERMS, title=title)).drafted().reviewed({"1": 500}).opened()
    for day in range(3):
        for hour in range(5):
            election.cast([["1"]] * 4, at=NINE + day * DAY + hour * HOUR)
        if day == 1:
            election.cast([["1"]] * 60, at=NINE + DAY + 4 * HOUR)
            election.cast([["1"]] * 12, at=NINE + DAY + 15 * HOUR)
    return Voted(election, _delivered(engine, label))


def _delivered(engine: Engine, label: str) -> tuple[UUID, UUID]:
    kiosks = (uuid4(), uuid4())
    with engine.store.deciding() as decision:
        for number, kiosk_id in enumerate(kiosks):
            invited = Kiosk.invite(
                kiosk_id,
                label=f"{label} {number}",
                place="School 5",
                code_digest=digest("code"),
                expires=CLOSES,
                by=CLERK,
                at=EARLY,
            )
            decision.save(invited)
    with engine.datastore.get_connection() as connection:
        for kiosk_id, delivered, recorded in zip(kiosks, (60, 100), (57, 75), strict=True):
            connection.execute(
                "INSERT INTO dauys.kiosk_progress VALUES (%s, 9, sha256(''), '[]', %s, %s)",
                [kiosk_id, delivered, recorded],
            )
        connection.execute(
            "INSERT INTO dauys.refused_deliveries VALUES (%s, %s, 'sequence_broken', 2)", [kiosks[0], NINE]
        )
        connection.execute(
            "INSERT INTO dauys.refused_deliveries VALUES (%s, %s, 'sequence_broken', 9)",
            [kiosks[0], NINE - 30 * DAY],  # of another round's time
        )
    return kiosks


def closed(voted: Voted) -> Voted:
    """Closed, with slips that add up but for the last pile of the city."""
    voted.election.closed()
    with voted.election.engine.store.deciding() as decision:
        roll = decision.get(Roll, Roll.create_id(voted.election.id))
        piles = (
            SlipCount(CITY, PEOPLE, handed_out=130, unused=370, spoiled=0, cast=132),
            SlipCount(DISTRICT, PEOPLE, handed_out=0, unused=PEOPLE, spoiled=0, cast=0),
        )
        round_ = decision.get(Round, voted.election.id)
        roll.reconcile_slips(round_, piles, by=CLERK, at=AFTER, explanation="two spares")
        decision.save(roll)
    return voted


@pytest.fixture
def site(server: Server) -> Site:
    return site_of(server)


def test_before_the_end_of_voting_nothing_is_told(site: Site) -> None:
    voted = vote(site.engine)
    answer = site.get(f"/v1/rounds/{voted.election.id}/anomalies")
    assert (answer.status_code, answer.json()["code"]) == (403, "results_not_public_yet")
    page = site.get(f"/en/rounds/{voted.election.id}/anomalies")
    assert (page.status_code, "Voting has not ended" in page.text) == (403, True)
    assert 'class="hours"' not in page.text


def test_each_anomaly_says_what_where_when_and_what_next(site: Site) -> None:
    voted = closed(vote(site.engine))
    told = site.get(f"/v1/rounds/{voted.election.id}/anomalies").json()
    mine = [each for each in told["anomalies"] if each["where"]["kiosk"] in (None, *map(str, voted.kiosks))]
    burst, refusals, night, sequence, slips = (
        next(each for each in mine if each["kind"] == kind)
        for kind in ("burst", "refusals", "night", "sequence", "slips_over")
    )
    at = (NINE + DAY + 4 * HOUR).isoformat().replace("+00:00", "Z")
    assert (burst["measured"], burst["expected"], burst["threshold"]) == (64, 4, 50)
    assert (burst["where"], burst["when"]["since"]) == ({"unit": None, "kiosk": None, "name": None}, at)
    assert refusals["where"] == {"unit": None, "kiosk": str(voted.kiosks[1]), "name": "Kiosk 1, School 5"}
    assert (refusals["measure"], refusals["measured"], refusals["threshold"]) == ("per_mille", 250, 50)
    assert (night["where"]["name"], night["measured"]) == (TERMS.units[0].name, 12)
    assert (sequence["measured"], sequence["measure"]) == (2, "deliveries")
    assert (slips["measured"], slips["expected"]) == (132, 130)
    for anomaly in told["anomalies"]:
        assert all(anomaly[words][language] for words in ("rule", "next") for language in LANGUAGES)
    assert told["thresholds"]["night_ballots"] == 10
    assert sum(hour["ballots"] for hour in told["hours"]) == 132


def test_it_is_told_of_a_round_cancelled_after_opening_and_of_no_other(site: Site) -> None:
    cancelled = vote(site.engine).election.cancelled()
    assert site.get(f"/v1/rounds/{cancelled.id}/anomalies").status_code == 200
    early = Election(site.engine).drafted().cancelled()
    assert site.get(f"/v1/rounds/{early.id}/anomalies").json()["code"] == "paper_not_frozen"
    assert site.get(f"/v1/rounds/{uuid4()}/anomalies").json()["code"] == "not_found"
    assert site.get("/en/rounds/x/anomalies").status_code == 404


def test_no_ballot_and_no_person_is_in_it(site: Site) -> None:
    voted = closed(vote(site.engine))
    for path in ("/v1/rounds/{}/anomalies", "/en/rounds/{}/anomalies"):
        text = site.get(path.format(voted.election.id)).text
        assert not [secret for secret in ("choices", "s" * 22, "g" * 86, "credential") if secret in text]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_it_in_the_language_asked_for(site: Site, lang: str) -> None:
    voted = closed(vote(site.engine))
    page = site.get(f"/{lang}/rounds/{voted.election.id}/anomalies")
    assert page.headers["content-language"] == lang
    for kind in (Kind.BURST, Kind.REFUSALS, Kind.NIGHT, Kind.SEQUENCE, Kind.SLIPS_OVER):
        assert saying(lang, TITLES)(kind) in page.text
    assert saying(lang, PAGE)("no_verdict") in page.text.replace("&#39;", "'")
    assert "25,0\N{NO-BREAK SPACE}%" in page.text
    start = page.text.index('<svg class="hours"')
    svg = page.text[start : page.text.index("</svg>", start) + 6]
    bars = [rect for rect in ET.fromstring(svg) if rect.get("class") in ("bar", "odd")]  # noqa: S314 - our own text
    assert len(bars) == 16
    assert sum(rect.get("class") == "odd" for rect in bars) == 2


def test_what_somebody_typed_is_not_run(site: Site) -> None:
    voted = closed(vote(site.engine, "<script>alert(1)</script>", "<img src=x>"))
    page = site.get(f"/en/rounds/{voted.election.id}/anomalies")
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "style-src 'self'" in page.headers["content-security-policy"]
    assert "style=" not in page.text


def test_every_phrase_is_there_in_each_language() -> None:
    for table, keys in (
        *(((phrases, Kind)) for phrases in (TITLES, RULES, NEXT)),
        (UNTOLD, Untold),
        (MEASURES, Measure),
    ):
        assert set(table) == set(keys)
        assert all(len({translated(language, said) for language in LANGUAGES}) > 1 for said in table.values())


def test_the_chart_is_of_voting_only_and_of_bounded_size() -> None:
    hours = {NINE + place * HOUR: 1 + place % 7 for place in range(50)}
    chart = hour_chart(hours, (), NINE, NINE + 9 * HOUR, range(22, 30))
    assert chart is not None
    assert len(chart.bars) == 10
    assert hour_chart({}, (), NINE, NINE + HOUR, range(22, 30)) is None
    long = hour_chart({NINE: 3}, (), NINE - 4_000 * DAY, NINE, range(22, 30))
    assert long is not None
    assert (len(long.bars), len(long.nights), sum(bool(day.text) for day in long.days)) == (1, 800, 12)


@pytest.fixture
def log(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine whose database the command is configured with."""
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAUYS_LOG_ORIGIN", ORIGIN)
    monkeypatch.setenv("DAUYS_DATABASE_URL", engine.url)
    give_log_key(tmp_path / "home")
    with engine.datastore.get_connection() as connection:
        projections.prepare(connection)
    return engine


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["audit", "anomalies", *map(str, arguments)])


def test_the_command_tells_the_same_and_writes_a_page_that_stands_alone(log: Engine, tmp_path: Path) -> None:
    voted = closed(vote(log))
    place = tmp_path / "page.html"
    told = json.loads(run(voted.election.id, "--json", "--html", place, "--lang", "ru").stdout)
    assert {anomaly["kind"] for anomaly in told["anomalies"]} >= {"burst", "night", "refusals"}
    page = place.read_text(encoding="utf-8")
    assert saying("ru", TITLES)(Kind.NIGHT) in page
    assert ".hours" in page
    assert "href" not in page
    assert isinstance(run(voted.election.id, "--html", place).exception, FileExists)
    printed = run(voted.election.id, "--lang", "kk").stdout
    assert all(saying("kk", TITLES)(kind) in printed for kind in (Kind.BURST, Kind.NIGHT))


def test_the_command_refuses_like_the_route(log: Engine) -> None:
    voted = vote(log)
    assert isinstance(run(voted.election.id).exception, ResultsNotPublicYet)
    assert isinstance(run(uuid4()).exception, NotFound)


def test_kiosks_that_served_other_rounds_are_told_as_such(log: Engine) -> None:
    first = closed(vote(log))
    assert "kiosks_of_other_rounds" not in _untold(first)
    second = Election(log).drafted().reviewed({"1": 500}).opened().cast([["1"]])
    assert "kiosks_of_other_rounds" in _untold(first)
    assert second.id != first.election.id


def _untold(voted: Voted) -> list[str]:
    return [each["code"] for each in json.loads(run(voted.election.id, "--json").stdout)["untold"]]


def test_slips_by_day_are_compared_with_the_ballots_of_the_local_day(log: Engine) -> None:
    voted = vote(log)
    with psycopg.connect(log.url) as connection:
        for day, slips in enumerate((20, 92, 20)):
            connection.execute(
                "INSERT INTO dauys.slips_handed_out VALUES (%s, %s, %s, %s)",
                [voted.election.id, CITY, _local_day(NINE + day * DAY), slips],
            )
    voted.election.closed()
    told = json.loads(run(voted.election.id, "--json").stdout)
    assert "slips_by_day" not in [each["code"] for each in told["untold"]]
    assert not [each for each in told["anomalies"] if each["kind"].startswith("slips")]


def _local_day(at: datetime) -> date:
    return at.astimezone(KAZAKHSTAN).date()
