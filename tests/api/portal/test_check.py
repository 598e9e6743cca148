"""Check my ballot as the server answers it: where a code leads, what is not told while a round is open, and never a choice."""

from base64 import urlsafe_b64encode
from uuid import UUID

import httpx
import pytest

from application.short_codes import ballot_code, position_code
from tests.api.reading import Site, site_of, voting
from tests.elections import Election
from tests.server import Server


@pytest.fixture
def site(server: Server) -> Site:
    return site_of(server)


def ballots(site: Site, election: Election) -> list[tuple[int, UUID]]:
    """Positions and ids of the round's ballots."""
    with site.engine.datastore.get_connection() as connection:
        rows = connection.execute(
            "SELECT notification_id, originator_id FROM dauys.events WHERE topic = 'ballot.cast.v1'"
            " AND convert_from(state, 'UTF8')::jsonb ->> 'round_id' = %s ORDER BY notification_id",
            [str(election.id)],
        ).fetchall()
    return [(row["notification_id"], row["originator_id"]) for row in rows]


def asked(site: Site, brought: str) -> str:
    """The page that the form without scripts is answered with."""
    site.get("/v1/rounds")
    answer = site.server.client.post(
        "/en/check", data={"brought": brought}, headers={"sec-fetch-site": "same-origin"}
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return answer.text


def looked_up(site: Site, code: str) -> httpx.Response:
    return site.server.client.post(
        "/v1/ballots/position", json={"code": code}, headers={"sec-fetch-site": "same-origin"}
    )


def test_a_ballot_is_found_by_its_code_and_no_other_is(site: Site) -> None:
    position, ballot_id = ballots(site, voting(site.engine))[3]
    assert looked_up(site, ballot_code(ballot_id).lower()).json() == {"position": position}
    unknown = looked_up(site, ballot_code(UUID(int=ballot_id.int ^ 1 << 127)))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "ballot_not_found")
    assert looked_up(site, "not a code").status_code == 404
    assert looked_up(site, "x" * 65).status_code == 422


def test_a_code_of_something_else_than_a_ballot_finds_nothing(site: Site) -> None:
    election = voting(site.engine)
    assert looked_up(site, ballot_code(election.id)).status_code == 404


def test_another_site_can_not_ask(site: Site) -> None:
    answer = site.server.client.post(
        "/v1/ballots/position", json={"code": "1"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("form", ["position code", "ballot code", "receipt", "receipt's QR", "slip's QR"])
def test_without_scripts_the_server_says_what_it_holds_and_what_that_does_not_prove(
    site: Site, form: str
) -> None:
    election = voting(site.engine)
    position, ballot_id = ballots(site, election)[0]
    brought = {
        "position code": position_code(position),
        "ballot code": ballot_code(ballot_id),
        "receipt": site.engine.reader.receipt(position),
        "receipt's QR": f"https://a.example/check#{urlsafe_b64encode(site.engine.reader.receipt(position).encode()).decode()}",
        "slip's QR": f"https://a.example/check#{position_code(position)}.bm90ZQ",
    }[form]
    open_ = asked(site, brought)
    assert "Ballot found" in open_
    assert "It does not prove" in open_
    assert election.terms.title not in open_.split("<template")[0]
    election.closed()
    closed = asked(site, brought)
    assert f"It is a ballot of the round «{election.terms.title}»" in closed
    assert "It is counted." in closed


def test_what_was_chosen_is_on_no_page(site: Site) -> None:
    election = (
        Election(site.engine)
        .drafted()
        .reviewed({"unmistakable-731": 500})
        .opened()
        .cast([["unmistakable-731"]])
        .closed()
    )
    assert "unmistakable" not in asked(site, position_code(ballots(site, election)[0][0]))


def test_what_was_typed_is_kept_and_is_text(site: Site) -> None:
    shown = asked(site, "</textarea><script>alert(1)</script>")
    assert "This is neither a code nor a receipt" in shown
    assert "&lt;/textarea&gt;&lt;script&gt;alert" in shown
    assert "<script>alert" not in shown


def test_a_position_that_the_log_has_not_reached_is_not_found(site: Site) -> None:
    assert "No ballot has this code" in asked(site, position_code(99_999_999))


def test_an_entry_that_is_no_ballot_is_not_called_one(site: Site) -> None:
    election = voting(site.engine).closed()
    first = site.engine.reader.position_of(election.id)
    assert first is not None
    assert "It is a ballot" not in asked(site, position_code(first)).split("<template")[0]
