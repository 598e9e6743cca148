"""A trail is every public event of one thing; of a ballot whose round is open it tells no more than of one never cast."""

from uuid import UUID

import pytest

from application.trail import NoTrail, beginning, trail
from domain.ballot import Ballot
from tests.elections import Election
from tests.engine import Engine

MOST = 100


@pytest.fixture
def election(engine: Engine) -> Election:
    return Election(engine).drafted().reviewed({"1": 500}).opened().cast([["1"]] * 2)


def test_a_trail_is_every_event_of_one_thing_in_order(election: Election) -> None:
    reader = election.engine.reader
    found = trail(reader, election.id, 0, MOST)
    entries = found.entries
    assert found.kind == "round"
    assert entries == [
        entry for entry in reader.entries(0, reader.size()) if entry.originator_id == election.id
    ]
    assert [entry.topic.split(".")[1] for entry in entries][-1] == "voting_opened"
    assert beginning(reader, election.id) == entries[0]


def test_it_is_read_in_pages_and_ends_with_an_empty_one(election: Election) -> None:
    reader = election.engine.reader
    whole = trail(reader, election.id, 0, MOST).entries
    paged, after = [], 0
    while page := trail(reader, election.id, after, 2).entries:
        paged += page
        after = page[-1].position
    assert paged == whole


@pytest.mark.parametrize("ended", [Election.closed, Election.cancelled], ids=["closed", "cancelled"])
def test_a_ballot_has_a_trail_when_its_round_has_ended(election: Election, ended) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - a method
    ballot_id, reader = Ballot.create_id(election.id, f"{1:043}"), election.engine.reader
    with pytest.raises(NoTrail) as while_open:
        trail(reader, ballot_id, 0, MOST)
    with pytest.raises(NoTrail) as never_cast:
        trail(reader, UUID(int=9), 0, MOST)
    assert while_open.value.facts == never_cast.value.facts == {}
    ended(election)
    (entry,) = trail(reader, ballot_id, 0, MOST).entries
    assert entry.topic == "ballot.cast.v1"
