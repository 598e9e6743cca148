"""Step 12 passes whatever self-government may lawfully do: the built-in year of a rural district, with a contest in it."""

import re
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from functools import reduce
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

import projections
from api.bundle import take_stock, write_bundle
from api.composition import open_engine
from api.self_government.year import built_in, play_year
from application.settings import Settings
from application.storage.database import prepare
from tests.audit.conftest import Verify
from tests.audit.election import Good
from tests.audit.lies_of_acts import later
from tests.deployment import Quiet
from tests.postgres import fresh_database


@pytest.fixture(scope="module")
def year(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bundle of a log that holds the year."""
    out, home = BytesIO(), tmp_path_factory.mktemp("year") / "home"
    with fresh_database(cluster) as url:
        prepare(url)
        with psycopg.connect(url) as connection:
            projections.prepare(connection)
        with open_engine(Settings(home=home, database_url=SecretStr(url))) as engine:
            play_year(engine, built_in(), Quiet())
            write_bundle(engine, take_stock(engine, None), out)
    return out.getvalue()


def test_a_played_year_passes(year: bytes, verify: Verify) -> None:
    record = verify(year)
    assert record.code == 0, record.screen
    step = record.report["steps"][11]
    assert step["status"] == "passed"
    # Not even that somebody acted alone: two people lead the year's contest (ADR 13).
    assert step["remarks"] == []
    assert step["items"] > 200


DECISIVE = (
    *("council.formed.v1", "council.members_elected.v1", "council.chair_elected.v1", "council.dissolved.v1"),
    *("sitting.opened.v1", "decision.vote_closed.v1", "decision.signed.v1", "decision.published.v1"),
    *("gathering.opened.v1", "gathering.item_voted.v1", "gathering.representatives_chosen.v1"),
    *("dismissal.raised.v1", "dismissal.decided.v1", "dismissal.lapsed.v1", "dismissal.withdrawn.v1"),
)
FREE = {
    *(
        "by",
        "timestamp",
        "originator_topic",
        "name",
        "where",
        "reason",
        "statement",
        "grounds",
        "description",
    ),
    *("digest", "text_digest", "rating", "representatives", "akim", "present", "deputies"),
}
"""Members that are people's own word, or a number beside which another would be as lawful."""


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to everything in a value that is no list or object."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from leaves(each, (*path, name))
    if not isinstance(value, dict | list):
        yield path


def changed(value: Any) -> Any:
    """Something else that could stand there."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value and re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", value):
        return later(value, -400)
    return "00" * 32


def unnoticed(module: Any, bundle: Path) -> Iterator[str]:
    """`topic member` of what is not `FREE` and can be changed in a decisive act without step 12 failing; the last of each topic is
    tried.
    """
    with closing(module.Archive(str(bundle))) as archive:
        audit = module.Audit(archive, module.arguments([str(bundle)]))
        audit.run()
        last = {each["topic"]: (at, each) for at, each in enumerate(audit.log.acts)}
        for place, event in (last[topic] for topic in DECISIVE if topic in last):
            for path in leaves(event["state"]):
                names = [each for each in path if isinstance(each, str)]
                if names[-1] in FREE:
                    continue
                lied = deepcopy(event)
                holder = reduce(lambda value, name: value[name], path[:-1], lied["state"])
                holder[path[-1]] = changed(holder[path[-1]])
                step = audit.steps[12] = module.Step(12)
                told = audit.log.acts
                audit.log.acts = [*told[:place], lied, *told[place + 1 :]]
                module.step_12_council(audit, step)
                audit.log.acts = told
                if not step.failed:
                    yield f"{event['topic']} {'.'.join(names)}"


def test_nothing_of_an_act_can_be_changed_unnoticed(
    good: Good, year: bytes, verifier: Any, tmp_path: Path
) -> None:
    found = set()
    for name, bundle in (("good", good.bundle), ("year", year)):
        (tmp_path / name).write_bytes(bundle)
        found |= set(unnoticed(verifier, tmp_path / name))
    assert found == set()
