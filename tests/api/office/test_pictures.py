"""Photos of a project's way: sent one by one, said in words, recorded with an update, and seen by everybody after that."""

from io import BytesIO
from uuid import UUID

import httpx
import pytest
from PIL import Image

from api.composition import Engine
from api.worker import catch_up
from application.accounts.roles import Role
from application.photos.photos import PhotoMissing
from domain.implementation import MOST_PICTURES, Implementation, Picture
from tests.application.residents.desk import jpeg
from tests.elections import Election, times
from tests.examples import DISTRICT
from tests.implementations import DUE, begun, went_on
from tests.office_desk import SEE_OTHER, UNPROCESSABLE, Enter, Person, topics
from tests.signed_in import whole_engine

GPS, MAKE = 0x8825, 0x010F
SHOWS = "Жаңа <b>шам</b> бағаны"
ESCAPED = "Жаңа &lt;b&gt;шам&lt;/b&gt; бағаны"
PICTURED = Implementation.Pictured.TOPIC


@pytest.fixture(scope="module")
def clerk(enter: Enter) -> Person:
    return enter(Role.OFFICE)


@pytest.fixture
def election(clerk: Person) -> Election:
    """Project 1 is funded and under contract."""
    election = Election(clerk.server.engine).drafted().reviewed({"1": 900_000_000}).opened()
    election.cast(times(**{"1": 12})).closed().concluded().published()
    begun(election, "1", 900_000_000)
    went_on(election, "1", "contract", "ЖШС «Жарық»", 800_000_000, DUE, by="clerk-1")
    return election


def path(election: Election, act: str) -> str:
    return f"/office/rounds/{election.id}/projects/1/{act}"


def recorded(election: Election) -> list[str]:
    return topics(election.engine, Implementation.create_id(election.id, "1"))


def file(body: bytes, name: str = "photo.jpg") -> dict[str, tuple[str, bytes, str]]:
    return {"photo": (name, body, "image/jpeg")}


def digest_in(answer: httpx.Response) -> str:
    return answer.text.rpartition('name="photos" value="')[2][:64]


def sent(clerk: Person, election: Election, body: bytes, shows: str = SHOWS) -> str:
    """The digest of a photo that was added to the form of an update."""
    answer = clerk.post(path(election, "show"), do="photo", photo_shows=shows, files=file(body))
    assert answer.status_code == 200, answer.text
    return digest_in(answer)


def taken_in_a_place(shade: int) -> bytes:
    """As a phone takes it: with its make, and where it was."""
    exif = Image.Exif()
    exif[MAKE] = "Telefon"
    exif.get_ifd(GPS)[1] = "N"
    out = BytesIO()
    Image.new("RGB", (400, 300), (shade, 120, 0)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_an_update_and_its_photos_become_public_together(clerk: Person, election: Election) -> None:
    size = election.engine.reader.size()
    progress = {"per_cent": "40", "note": "Бағандар тұр"}
    here = path(election, "progress")
    first = clerk.post(here, do="photo", photo_shows=SHOWS, files=file(taken_in_a_place(10)), **progress)
    assert 'value="40"' in first.text
    assert ESCAPED in first.text
    digest = digest_in(first)
    own = clerk.client.get(f"/en/office/photos/{digest}/small")
    assert (own.headers["content-type"], own.headers["cache-control"]) == ("image/webp", "no-store")
    public = f"/v1/photos/{digest}/large"
    assert clerk.client.get(public).status_code == 404
    confirm = clerk.post(here, photos=[digest], shows=[SHOWS], **progress)
    assert f'name="photos" value="{digest}"' in confirm.text
    assert election.engine.reader.size() == size
    done = clerk.post(here, photos=[digest], shows=[SHOWS], confirmed="yes", **progress)
    assert done.status_code == SEE_OTHER
    assert recorded(election)[-2:] == [Implementation.Progressed.TOPIC, PICTURED]
    shown = clerk.server.client.get(public)
    assert shown.headers["content-type"] == "image/webp"
    assert "immutable" in shown.headers["cache-control"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert not Image.open(BytesIO(shown.content)).getexif()
    assert b"Telefon" not in shown.content


def test_the_public_timeline_shows_them_with_their_words_and_moves_nothing(
    clerk: Person, election: Election
) -> None:
    digest = sent(clerk, election, taken_in_a_place(20))
    round_page = f"/kk/rounds/{election.id}"
    catch_up(clerk.server.engine.datastore, clerk.server.settings)
    assert "/v1/photos/" not in clerk.server.client.get(round_page).text
    clerk.post(path(election, "show"), photos=[digest], shows=[SHOWS], confirmed="yes")
    catch_up(clerk.server.engine.datastore, clerk.server.settings)
    text = clerk.server.client.get(round_page).text
    image = next(
        part for part in text.split("<img ") if part.startswith(f'src="/v1/photos/{digest}')
    ).partition(">")[0]
    assert f'alt="{ESCAPED}"' in image
    assert 'width="400" height="300" loading="lazy"' in image
    assert SHOWS not in text


def test_what_is_sent_twice_is_recorded_once(clerk: Person, election: Election) -> None:
    digest = sent(clerk, election, jpeg(33))
    for _ in range(2):
        answer = clerk.post(path(election, "show"), photos=[digest], shows=[SHOWS], confirmed="yes")
        assert answer.status_code == SEE_OTHER
    assert recorded(election).count(PICTURED) == 1


def test_an_update_that_is_refused_makes_no_photo_public(clerk: Person, election: Election) -> None:
    """Less progress than was told before: neither the report nor its photo is recorded, and both stay in the form."""
    went_on(election, "1", "report_progress", 60, "Бағандар тұр", by="clerk-1")
    digest, before = sent(clerk, election, jpeg(44)), recorded(election)
    answer = clerk.post(
        path(election, "progress"), per_cent="50", note="…", photos=[digest], shows=[SHOWS], confirmed="yes"
    )
    assert answer.status_code == UNPROCESSABLE
    assert f'name="photos" value="{digest}"' in answer.text
    assert recorded(election) == before
    assert clerk.client.get(f"/v1/photos/{digest}/small").status_code == 404


def test_a_photo_that_is_not_there_takes_the_update_with_it(clerk: Person, election: Election) -> None:
    """Stored but not named is what a crash leaves; named but not stored is what nothing leaves."""
    before = recorded(election)
    answer = clerk.post(
        path(election, "progress"), per_cent="70", note="…", photos=["0" * 64], shows=[SHOWS], confirmed="yes"
    )
    assert answer.status_code == 404
    assert recorded(election) == before


def test_nobody_shows_what_another_has_sent(enter: Enter, clerk: Person, election: Election) -> None:
    digest, other = sent(clerk, election, jpeg(55)), enter(Role.OFFICE)
    assert other.client.get(f"/en/office/photos/{digest}/small").status_code == 404
    stolen = other.post(path(election, "show"), photos=[digest], shows=[SHOWS], confirmed="yes")
    assert stolen.status_code == 404
    assert PICTURED not in recorded(election)
    stranger = enter(Role.OFFICE, units=(DISTRICT,))
    assert stranger.post(path(election, "show"), do="photo", files=file(jpeg())).status_code == 403
    for role in (Role.DESK, Role.AUDITOR):
        assert enter(role).client.get(f"/en/office/photos/{digest}/small").status_code == 403


def test_a_photo_without_words_and_words_without_a_photo_are_told_in_the_form(
    clerk: Person, election: Election
) -> None:
    digest = sent(clerk, election, jpeg(66), shows="")
    dumb = clerk.post(path(election, "show"), photos=[digest], shows=["  "])
    assert dumb.status_code == UNPROCESSABLE
    assert 'aria-invalid="true"' in dumb.text
    assert digest in dumb.text
    blind = clerk.post(path(election, "show"), photo_shows=SHOWS)
    assert (blind.status_code, "Choose the file" in blind.text) == (UNPROCESSABLE, True)
    empty = clerk.post(path(election, "show"))
    assert (empty.status_code, "Add at least one photo" in empty.text) == (UNPROCESSABLE, True)
    named = clerk.post(path(election, "show"), photos=[digest], shows=["ЖСН 900101300017"], confirmed="yes")
    assert named.status_code == UNPROCESSABLE
    assert PICTURED not in recorded(election)


def test_a_photo_is_taken_out_of_the_form_and_forgotten(clerk: Person, election: Election) -> None:
    kept, dropped = sent(clerk, election, jpeg(77)), sent(clerk, election, jpeg(88))
    answer = clerk.post(
        path(election, "show"), photos=[kept, dropped], shows=["kept", "dropped"], drop=dropped
    )
    assert kept in answer.text
    assert dropped not in answer.text
    assert clerk.client.get(f"/en/office/photos/{dropped}/small").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', id="SVG"),
        pytest.param(jpeg()[:-90], id="cut off"),
        pytest.param(jpeg() + bytes(10 * 1024 * 1024), id="over 10 MB"),
    ],
)
def test_what_is_no_photo_is_refused_and_the_others_stay(
    clerk: Person, election: Election, body: bytes
) -> None:
    digest = sent(clerk, election, jpeg(99))
    answer = clerk.post(path(election, "show"), photos=[digest], shows=[SHOWS], do="photo", files=file(body))
    assert answer.status_code == UNPROCESSABLE
    assert digest in answer.text


def test_more_than_an_update_may_show_is_refused_before_it_is_worked_on(
    clerk: Person, election: Election
) -> None:
    waiting = [f"{n:064}" for n in range(MOST_PICTURES + 1)]
    for photos in (waiting[:-1], waiting):
        answer = clerk.post(path(election, "show"), do="photo", files=file(jpeg()), photos=photos)
        assert answer.status_code == UNPROCESSABLE


def test_the_event_and_the_photo_are_one_transaction(clerk: Person, election: Election) -> None:
    with whole_engine(clerk.server) as engine:
        account_id = account_of(engine, clerk.login)
        photo = engine.photos.add(account_id, jpeg(111))
        pictures = (Picture(photo.digest, SHOWS), Picture("f" * 64, SHOWS))
        id_ = Implementation.create_id(election.id, "1")
        with pytest.raises(PhotoMissing):
            engine.implementations.picture(id_, account_id, pictures, by=clerk.login)
    assert PICTURED not in recorded(election)
    assert clerk.client.get(f"/v1/photos/{photo.digest}/small").status_code == 404


def account_of(engine: Engine, login: str) -> UUID:
    with engine.datastore.get_connection() as connection:
        row = connection.execute("SELECT id FROM dauys.accounts WHERE login = %s", [login]).fetchone()
    assert row
    account_id: UUID = row["id"]
    return account_id
