"""Photos on the ballot: the first of each project, small, in one list that every kiosk fetches whole, and all of it public."""

from collections.abc import Iterable
from hashlib import sha256
from uuid import uuid4

import httpx

from api.worker import catch_up
from tests.application.residents.desk import jpeg
from tests.elections import Election
from tests.photos import stored
from tests.server import Server
from tests.signed_in import whole_engine

NOWHERE = "0" * 64
COSTS = {"1": 100, "2": 100, "3": 100, "4": 100}


def photos(server: Server, public: Iterable[int], private: Iterable[int]) -> list[str]:
    """Digests of photos of these shades, of which those named by some event are public."""
    with whole_engine(server) as engine:
        return stored(engine, map(jpeg, public)) + stored(engine, map(jpeg, private), public=False)


def get(server: Server, path: str) -> httpx.Response:
    catch_up(server.engine.datastore, server.settings)
    return server.client.get(path)


def test_the_list_has_the_first_public_photo_of_each_project_on_the_paper(server: Server) -> None:
    first, second, hidden = photos(server, [11, 12], [13])
    election = Election(server.engine).drafted()
    election.propose("not on the paper", photos=(second,))
    election.reviewed(COSTS, photos={"1": (first, second), "2": (hidden, second), "3": (hidden, NOWHERE)})
    address = f"/kiosk/rounds/{election.id}/photos"
    assert get(server, address).json() == {"photos": []}  # there is no paper yet
    election.opened()
    listed = get(server, address).json()["photos"]
    assert [(each["project"], each["digest"]) for each in listed] == [("1", first), ("2", second)]
    for each in listed:
        photo = get(server, f"/kiosk/photos/{each['digest']}")
        assert photo.content == server.client.get(f"/v1/photos/{each['digest']}/small").content
        assert len(photo.content) == each["bytes"]


def test_a_photo_is_kept_for_ever_and_runs_nothing(server: Server) -> None:
    (public,) = photos(server, [21], [])
    answer = get(server, f"/kiosk/photos/{public}")
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    again = server.client.get(f"/kiosk/photos/{public}", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_no_event_names_is_nobodys_to_see(server: Server) -> None:
    (private,) = photos(server, [], [31])
    for path in (f"/kiosk/photos/{private}", f"/kiosk/photos/{NOWHERE}", f"/kiosk/rounds/{uuid4()}/photos"):
        assert get(server, path).status_code == 404


def test_the_paper_that_is_voted_on_is_the_same_with_photos_and_without(server: Server) -> None:
    """Its digest is what voting opened on; photos lie beside it."""
    (public,) = photos(server, [41], [])
    election = Election(server.engine).drafted().reviewed(COSTS, photos={"1": (public,)}).opened()
    paper = get(server, f"/v1/rounds/{election.id}/paper")
    assert public not in paper.text
    digest = server.client.get(f"/v1/rounds/{election.id}").json()["paper_digest"]
    assert sha256(paper.content).hexdigest() == digest
