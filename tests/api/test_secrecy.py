"""Promises 6 and 7 from outside: while a round is open nothing that leaves the server tells who voted, how, or how many for what.

Everything is collected that a server says: log lines, problem documents, all GET routes. Then it is searched, and compared with
what another server says to which people voted otherwise.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from api.composition import Engine as WholeEngine
from api.composition import open_engine as open_whole_engine
from api.election.people import assign
from api.election.plan import Plan, Planned
from api.election.plan import Voter as PlannedVoter
from api.election.staff import Staff, announce
from api.errors import problem_of
from api.problems import LANGUAGES
from application.codes import credential_key
from application.delivery import open_delivery
from application.group_commit import GroupCommit, StorageAway
from domain.ballot import Ballot
from domain.errors import Refused
from domain.paper import BallotForm, BallotType, RoundKind, Rules, Unit
from domain.proposal import Sketch
from tests.deliveries import AUDIENCE, Device, Json, Voter, close_round, enrol, open_round, text_of
from tests.deployment import Quiet
from tests.engine import Engine, open_engine
from tests.hearing import heard
from tests.postgres import fresh_database
from tests.projections.rows import follow_all
from tests.routes import addresses, answer
from tests.server import Server, serve

UNIT, PEOPLE = "990000000", 12
CHOSEN, OTHER, INVENTED = "unmistakable-731", "unmistakable-732", "invented-999"
SOME = 6
"""Of the people, how many vote while the round is watched."""


@dataclass(frozen=True)
class SlipHolder(Voter):
    """A voter whose key comes from the code on a real slip."""

    code: str = field(default="", repr=False)

    @property
    def key(self):  # type: ignore[no-untyped-def] # noqa: ANN201 - as in Voter
        return credential_key(self.code, self.round_id)


@dataclass
class Watched:
    """An election while its round is open. `secrets`: what must be nowhere, by kind; `said`: what left the server, by source."""

    server: Server
    whole: WholeEngine
    round_id: UUID
    secrets: dict[str, set[str]]
    said: dict[str, str]


def plan() -> Plan:
    return Plan(
        kind=RoundKind.CITY,
        title="Watched election",
        units=(Unit(UNIT, "Unit", 10**9),),
        form=BallotForm(BallotType.APPROVAL, 2),
        rules=Rules(),
        proposals=tuple(
            Planned(Sketch(f"Project {number}", "A project.", UNIT, 10**8), number, 10**8)
            for number in (CHOSEN, OTHER)
        ),
        voters=(PlannedVoter(UNIT, [CHOSEN]),) * PEOPLE,
        early_reason="",
        at_desk=True,
    )


def everything(server: Server, round_id: UUID, voters: list[Voter]) -> dict[str, str]:
    """What every GET route answers about the round, its unit, two voters and the whole log, in all languages for people.

    The voters are the first, who has voted if anybody has, and the last, who has not: of the others the same is told.
    """
    size = server.engine.reader.size()
    asked_about = (voters[0], voters[-1])
    values = {
        "round_id": [str(round_id)],
        "path": ["0/000", f"0/000.p/{size}", "entries/000", f"entries/000.p/{size}", "entries/000.p/1"],
        "index": [str(index) for index in range(size)],
        "credential": [voter.credential for voter in asked_about],
        "thing_id": [
            str(round_id),
            *(str(Ballot.create_id(round_id, voter.credential)) for voter in asked_about),
        ],
        "unit": [voters[0].unit],
        "finding_id": [str(round_id)],
    }
    told = {address: answer(server.client, address) for address in addresses(values)}
    for language in LANGUAGES:
        for page in ("/", f"/rounds/{round_id}", f"/trail/{round_id}"):
            told[f"{page} in {language}"] = answer(server.client, page, **{"accept-language": language})
    return told


def refusals_of(whole: WholeEngine, round_id: UUID, iins: list[str]) -> Iterator[str]:
    """What the registrar says to wrong lists and wrong people, as problem documents and as log lines would show it."""
    stranger = assign({UNIT: PEOPLE + 1})[-1][0]
    wrong_digit = iins[0][:-1] + str((int(iins[0][-1]) + 1) % 10)
    lines = [b"iin,unit\n", *(f"{iin},{UNIT}\n".encode() for iin in (iins[0], iins[0], wrong_digit))]
    for command in (
        lambda: whole.serving.serve(round_id, iins[0], by="desk-1"),
        lambda: whole.serving.serve(round_id, stranger, by="desk-1"),
        lambda: whole.serving.serve(round_id, wrong_digit, by="desk-1"),
        lambda: whole.serving.serve(uuid4(), iins[0], by="desk-1"),
        lambda: whole.registrar.import_roll(round_id, lines),
        lambda: whole.registrar.register_credentials(round_id, lines, by="clerk-1"),
        lambda: whole.proposals.submit(
            round_id, "author-1", Sketch(f"By {iins[0]}", f"Call {iins[1]}", UNIT, 1)
        ),
    ):
        try:
            yield repr(command())
        except Refused as refused:
            yield f"{refused} {refused!r} {problem_of(refused, 'en')}"


@pytest.fixture(scope="module")
def watched(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Read by every test."""
    folder = tmp_path_factory.mktemp("watched")
    with (
        fresh_database(cluster, template) as url,
        open_engine(url) as engine,
        ExitStack() as serving,
    ):
        with heard() as lines:
            server = serving.enter_context(serve(engine, folder / "home"))
            whole = serving.enter_context(open_whole_engine(server.settings))
            watched = watch(engine, server, whole, folder)
        watched.said["log lines"] = lines.getvalue()
        yield watched


def watch(engine: Engine, server: Server, whole: WholeEngine, folder: Path) -> Watched:
    """An open round in which some have voted."""
    round_id = uuid4()
    announce(whole, plan(), round_id)
    opened = Staff(whole, plan(), Quiet(), folder).open_round(round_id)
    voters: list[Voter] = [
        SlipHolder(opened.round_id, number, UNIT, code) for number, code in enumerate(opened.slips[UNIT])
    ]
    invitation = whole.kiosks.invite("Hall", "The hall", by="clerk-1")
    device = Device("hall", invitation.kiosk_id)
    key = text_of(device.key.public_key().public_bytes_raw())
    enrolment = {"code": invitation.code, "public_key": key}
    follow(engine)
    quiet = everything(server, opened.round_id, voters)
    assert server.client.post("/v1/kiosks", json=enrolment).status_code == HTTPStatus.CREATED
    ballots = [voter.ballot([CHOSEN], salt=bytes([voter.number]) * 16) for voter in voters[:SOME]]
    said = {
        **said_to_kiosks(server, device, voters, ballots),
        "to a second enrolment": server.client.post(
            "/v1/kiosks", json=enrolment | {"public_key": "A" * 43}
        ).text,
    }
    break_a_batch(engine, whole, ballots[0])
    follow(engine)
    after = everything(server, opened.round_id, voters)
    iins = [iin for iin, _ in assign({UNIT: PEOPLE})]
    said["refused by the registrar"] = "\n".join(refusals_of(whole, opened.round_id, iins))
    said |= {address: grown(quiet.get(address, ""), told) for address, told in after.items()}
    secrets = {
        "iin": set(iins),
        "code": {code.replace("-", "") for code in opened.slips[UNIT]} | set(opened.slips[UNIT]),
        "enrolment code": {invitation.code},
        "choice": {CHOSEN, OTHER, INVENTED},
        "salt": {ballot["salt"] for ballot in ballots},
        "signature": {ballot["signature"] for ballot in ballots},
        "credential": {voter.credential for voter in voters[:SOME]},
    }
    return Watched(server, whole, opened.round_id, secrets, said)


def follow(engine: Engine) -> None:
    with engine.datastore.get_connection() as connection:
        follow_all(connection)


def said_to_kiosks(
    server: Server, device: Device, voters: list[Voter], ballots: list[Json]
) -> dict[str, str]:
    """Answers to deliveries, right and wrong; what a kiosk knows itself it is not told again."""
    first = device.deliver(*ballots[:-1])
    told = {"to a good delivery": server.deliver(first).text, "to the same again": server.deliver(first).text}
    wrong = [
        voters[0].ballot([OTHER]),
        voters[-1].ballot([INVENTED]),
        voters[-1].ballot([CHOSEN, CHOSEN]),
        {**ballots[1], "choices": [OTHER]},
        {**ballots[1], "surprise": ballots[1]["salt"]},
        Voter(voters[0].round_id, 99).ballot([CHOSEN]),
        ballots[-1],
    ]
    told["to a mixed delivery"] = server.deliver(device.deliver(*wrong)).text
    told["to a stale delivery"] = server.deliver(first).text
    told["to a broken delivery"] = server.deliver(first[:-4] + b"AAAA").text
    told["to a strange delivery"] = server.deliver(json.dumps(ballots[0]).encode()).text
    told["to a wrong body"] = server.client.post("/v1/deliveries", json=ballots[0]).text
    assert json.loads(told["to a mixed delivery"])["results"][-1]["status"] == "recorded"
    return told


def break_a_batch(engine: Engine, whole: WholeEngine, ballot: Json) -> None:
    """A fault that nobody foresaw, in the middle of a ballot: its traceback is logged."""
    body = enrol(engine, "spare").deliver(ballot)
    opened = open_delivery(body, whole.polls.kiosk_key, audience=AUDIENCE, most_ballots=1)
    broken = replace(opened, ballots=(*opened.ballots, cast("Any", None)))

    async def submit() -> None:
        group_commit = GroupCommit(whole.ballot_box, whole.settings)
        group_commit.start()
        with pytest.raises(StorageAway):
            await group_commit.submit(broken)
        await group_commit.stop()

    asyncio.run(submit())


def grown(before: str, after: str) -> str:
    """What a route says now, without the projects' numbers that it said as often before anybody had voted: those of the paper."""
    for number in (CHOSEN, OTHER):
        if after.count(number) == before.count(number):
            after = after.replace(number, "(a number on the paper)")
    return after


def test_nothing_secret_is_said_while_a_round_is_open(watched: Watched) -> None:
    leaks = {
        (kind, source)
        for source, text in watched.said.items()
        for kind, values in watched.secrets.items()
        for value in values
        if value in text
    }
    assert leaks == set()


def test_every_source_was_really_listened_to(watched: Watched) -> None:
    """The search would find a leak: what is no secret is found in it."""
    assert "already_served" in watched.said["refused by the registrar"]
    assert "iin_invalid" in watched.said["refused by the registrar"]
    assert str(watched.round_id) in watched.said[f"/v1/rounds/{watched.round_id}"]
    assert "already_voted" in watched.said["to a mixed delivery"]
    assert "unknown_choice" in watched.said["to a mixed delivery"]
    assert watched.said["/log/key"].startswith("200")
    assert (
        "round_still_open"
        in watched.said["/log/tile/entries/000.p/" + str(watched.server.engine.reader.size())]
    )
    assert "startup complete" in watched.said["log lines"]
    assert "batch_broke" in watched.said["log lines"]


def test_no_table_ties_a_person_or_a_kiosk_to_a_credential(watched: Watched) -> None:
    engine = watched.server.engine
    with engine.datastore.get_connection() as connection:
        tables = whole_database(connection)
    kiosk = str(watched.whole.kiosks.register()[0].kiosk_id)
    holding: dict[str, set[str]] = {"person": set(), "credential": set(), "kiosk": set()}
    for table, rows in tables.items():
        for row in rows:
            held = {"person", "credential"} & row.keys()
            held |= {"kiosk"} if kiosk in row.values() else set()
            held |= {"credential"} if any(c in str(row) for c in watched.secrets["credential"]) else set()
            assert len(held) <= 1, table
            for kind in held:
                holding[kind].add(table)
    assert holding == {
        "person": {"dauys.roll_people"},
        "credential": {"dauys.credentials", "dauys.events"},
        # The register that voters read the places from knows no ballot.
        "kiosk": {
            "dauys.events",
            "dauys.kiosk_progress",
            "dauys.refused_deliveries",
            "dauys_read.kiosks_1",
        },
    }
    for refused in tables[
        "dauys.refused_deliveries"
    ]:  # of these nothing was stored that they could be tied to
        assert set(refused) == {"kiosk_id", "hour", "code", "deliveries"}
    [progress] = tables["dauys.kiosk_progress"]
    assert set(progress) == {"kiosk_id", "sequence", "delivery_hash", "refusals", "delivered", "recorded"}
    assert json.loads(progress["refusals"]).count(None) == 1  # of the last delivery, and of no earlier one
    assert not any(code in str(tables) for code in watched.secrets["code"] | watched.secrets["iin"])


def whole_database(connection: Connection[dict[str, object]]) -> dict[str, list[dict[str, str]]]:
    """Every row of every table of ours as texts by column; bytes as UTF-8 where they are that, else in base64url."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        names = cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('dauys', 'dauys_read')"
        ).fetchall()
    rows = {
        f"{schema}.{table}": connection.execute(
            SQL("SELECT * FROM {}").format(Identifier(schema, table))
        ).fetchall()
        for schema, table in names
    }
    return {
        table: [{name: text(value) for name, value in row.items()} for row in found]
        for table, found in rows.items()
    }


def text(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return text_of(value)


# The same election, voted otherwise.


CHANCE = re.compile(
    r"'(etag|last-modified)': '[^']*', |(__Host-dauys-device=|name=\"csrf_token\" value=\")[\w-]{43}"
)
"""What differs between two answers that say the same."""


def public_face(cluster: str, template: str, home: Path, choices: list[list[str]]) -> dict[str, str]:
    """What every route says of a fixed election in which people chose this; but not the log's hashes, nor the kiosk's page, which
    holds the keys of its server.
    """
    with fresh_database(cluster, template) as url, open_engine(url) as engine, serve(engine, home) as server:
        voters = open_round(engine, len(choices) + 1, round_id=UUID(int=1))
        device = enrol(engine, kiosk_id=UUID(int=2))
        ballots = [voter.ballot(chosen) for voter, chosen in zip(voters, choices, strict=False)]
        results = server.deliver(device.deliver(*ballots)).json()["results"]
        assert {told["status"] for told in results} == {"recorded"}
        follow(engine)
        told = everything(server, voters[0].round_id, voters)
        engine.check()
        assert {"/v1/rounds", "/kk/"} <= told.keys()
        open_face = {
            address: CHANCE.sub("", text).replace(f":{server.port}/", "/")
            for address, text in told.items()
            if not re.match(r"/log/(checkpoint|proof|consistency|tile/\d)|/metrics|/kiosk(/|$)", address)
        }
        close_round(engine, voters[0].round_id)
        return open_face


def test_a_server_says_the_same_of_an_open_round_whatever_people_chose(
    cluster: str, template: str, tmp_path: Path
) -> None:
    one = public_face(cluster, template, tmp_path / "one", [["101"]] * 12)
    other = public_face(cluster, template, tmp_path / "other", [["102"], ["103", "104"]] * 6)
    assert one == other
