"""Proposing over HTTP, from the empty draft to the revised version; and every way to do what is not one's own to do."""

import struct
import zlib
from threading import Event, Thread
from time import monotonic, sleep
from uuid import UUID

import httpx
import pytest

from api.worker import Worker
from domain.proposal import Proposal
from tests.api.residents.visiting import TYPED, Site, Visit
from tests.application.residents.desk import jpeg
from tests.examples import CLERK
from tests.faults import no_file_longer_than

AIGUL, BOLAT = "aigul", "bolat"
EVIL = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


def photo(body: bytes, name: str = "photo.jpg") -> dict[str, tuple[str, bytes, str]]:
    return {"photo": (name, body, "image/jpeg")}


def test_a_draft_becomes_a_public_proposal_with_its_photo(site: Site) -> None:
    visit = site.resident(AIGUL)
    draft_id = visit.draft()
    here = f"/kk/my/drafts/{draft_id}"
    visit.post(here, do="photo", files=photo(jpeg()), **TYPED)
    assert "Саябаққа шамдар" in visit.shown
    assert "/my/photos/" in visit.page
    visit.post(here, do="preview", **(TYPED | {"latitude": "43,238949", "longitude": "76.889709"}))
    assert "Балалар қорқады." in visit.shown
    visit.post(f"{here}/hand-in")
    public = site.visitor().get(f"/ru/proposals/{draft_id}")
    assert public.status_code == 200
    for shown in ("Саябаққа шамдар", "Абай саябағы", "43.238949", "/v1/photos/", "geo:43.238949,76.889709"):
        assert shown in public.text
    proposal = site.server.engine.store.load(Proposal, draft_id)
    assert proposal.author not in public.text
    assert proposal.author.startswith("resident-")


@pytest.mark.parametrize("room", [0, 4_096], ids=["nothing is written", "a part is written"])
def test_a_photo_that_the_disk_has_no_room_for_is_refused_and_comes_again_later(
    site: Site, room: int
) -> None:
    """A long body lies in a file of no name while it arrives."""
    visit = site.resident(AIGUL)
    here = f"/kk/my/drafts/{visit.draft()}"
    long = jpeg() + bytes(2_000_000)
    with no_file_longer_than(room):
        visit.post(here, 503, do="photo", files=photo(long), **TYPED)
    assert "Дерекқор жауап бермейді" in visit.shown
    visit.get(here)
    assert "/my/photos/" not in visit.page
    visit.post(here, do="photo", files=photo(long), **TYPED)
    assert "/my/photos/" in visit.page


def test_a_returned_proposal_comes_back_as_a_new_version_with_what_changed(site: Site) -> None:
    visit = site.resident(AIGUL)
    proposal_id = visit.hand_in()
    site.proposals.return_for_revision(proposal_id, f"Қай жерде? {EVIL}", by=CLERK)
    visit.get("/kk/my/notices")
    assert "Қай жерде?" in visit.shown
    visit.get(f"/kk/my/proposals/{proposal_id}")
    answer = visit.post(f"/kk/my/proposals/{proposal_id}/revise")
    here = answer.url.path
    visit.post(
        here, do="preview", **(TYPED | {"place": "Абай көшесі, 5", "description": "Кешке өте қараңғы."})
    )
    visit.post(f"{here}/hand-in")
    public = site.visitor().get(f"/kk/proposals/{proposal_id}").text
    assert "Абай көшесі, 5" in public
    assert "<ins>" in public
    assert "<del>" in public
    assert "Қай жерде?" in public
    assert EVIL not in public


def test_nothing_typed_is_lost_when_it_is_refused(site: Site) -> None:
    visit = site.resident(AIGUL)
    draft_id = visit.draft()
    here = f"/kk/my/drafts/{draft_id}"
    visit.post(here, 422, do="preview", **(TYPED | {"estimate": "көп"}))
    assert 'value="көп"' in visit.shown
    assert 'aria-invalid="true"' in visit.page
    visit.post(here, 422, do="preview", **dict.fromkeys(TYPED, ""))
    assert visit.page.count('aria-invalid="true"') == 5
    too_long = TYPED | {"title": "т" * 301}
    visit.post(here, 422, **too_long)
    assert "т" * 301 in visit.page


def test_proposals_like_it_are_shown_before_handing_in(site: Site) -> None:
    first = site.resident(AIGUL).hand_in()
    site.follow_log()
    visit = site.resident(BOLAT)
    draft_id = visit.draft()
    visit.post(f"/kk/my/drafts/{draft_id}", do="preview", **(TYPED | {"title": "Абай саябағына шам орнату"}))
    assert f"/kk/proposals/{first}" in visit.page
    hints = site.server.client.get(
        f"/v1/rounds/{site.round_id}/similar", params={"text": "шамдар саябаққа"}
    ).json()
    assert [hint["proposal_id"] for hint in hints] == [str(first)]
    assert not site.server.client.get(f"/v1/rounds/{site.round_id}/similar", params={"text": "көпір"}).json()


def test_nobody_reaches_what_is_anothers(site: Site) -> None:
    aigul, bolat = site.resident(AIGUL), site.resident(BOLAT)
    draft_id = aigul.draft()
    aigul.post(f"/kk/my/drafts/{draft_id}", do="photo", files=photo(jpeg(33)), **TYPED)
    digest = aigul.page.partition("/my/photos/")[2][:64]
    proposal_id = aigul.hand_in(title="Басқа")
    bolat.get("/kk/my")
    for path in (
        f"/kk/my/drafts/{draft_id}",
        f"/kk/my/drafts/{draft_id}/preview",
        f"/kk/my/photos/{digest}/large",
    ):
        bolat.get(path, 404)
        bolat.get("/kk/my")
    for path, status in (
        (f"/kk/my/drafts/{draft_id}", 404),
        (f"/kk/my/drafts/{draft_id}/hand-in", 404),
        (f"/kk/my/drafts/{draft_id}/delete", 404),
        (f"/kk/my/proposals/{proposal_id}/revise", 403),
    ):
        bolat.get("/kk/my")
        bolat.post(path, status)
    bolat.get("/kk/my")
    bolat.post(f"/kk/my/proposals/{proposal_id}/withdraw", 403, reason="менікі емес")
    for path in (f"/v1/photos/{digest}/large", f"/v1/photos/{'0' * 64}/small"):
        assert site.server.client.get(path).status_code == 404
    aigul.get(f"/kk/my/drafts/{draft_id}")
    assert "Саябаққа шамдар" in aigul.shown


def test_an_author_withdraws_with_a_reason_that_everybody_reads(site: Site) -> None:
    visit = site.resident(AIGUL)
    proposal_id = visit.hand_in()
    here = f"/kk/my/proposals/{proposal_id}"
    visit.get(here)
    visit.post(f"{here}/withdraw", 422, reason=" ")
    visit.post(f"{here}/withdraw", reason="Көшіп кеттім")
    assert "Көшіп кеттім" in site.visitor().get(f"/kk/proposals/{proposal_id}").text


def test_another_resident_follows_and_hears_of_it(site: Site) -> None:
    proposal_id = site.resident(AIGUL).hand_in()
    bolat = site.resident(BOLAT)
    here = f"/kk/my/proposals/{proposal_id}"
    bolat.get(here)
    bolat.post(f"{here}/follow")
    site.proposals.return_for_revision(proposal_id, "Қай жерде?", by=CLERK)
    bolat.get("/kk/my/notices")
    assert "Қай жерде?" in bolat.shown
    bolat.post("/kk/my/notices/read", position=bolat.hidden("position"))
    site.follow_log()
    bolat.get("/kk/my")
    assert "Саябаққа шамдар" in bolat.shown
    bolat.get(here)
    bolat.post(f"{here}/unfollow")
    bolat.get("/kk/my")
    assert "Саябаққа шамдар" not in bolat.shown


def test_more_proposals_than_the_terms_allow_are_told_on_the_form(site: Site) -> None:
    visit = site.resident(AIGUL)
    for number in range(3):
        visit.hand_in(title=f"Жоба {number}")
    draft_id = visit.draft()
    visit.post(f"/kk/my/drafts/{draft_id}", do="preview", **TYPED)
    visit.post(f"/kk/my/drafts/{draft_id}/hand-in", 409)
    assert "Саябаққа шамдар" in visit.shown


@pytest.mark.parametrize("field", ["title", "description", "place"])
def test_html_in_a_text_is_shown_as_text_on_every_page(site: Site, field: str) -> None:
    visit = site.resident(AIGUL)
    draft_id = visit.draft()
    here = f"/kk/my/drafts/{draft_id}"
    pages = [visit.post(here, do="save", **(TYPED | {field: EVIL})).text]
    pages += [visit.get(f"{here}/preview").text, visit.post(f"{here}/hand-in").text]
    site.follow_log()
    site.proposals.return_for_revision(draft_id, EVIL, by=CLERK)
    pages += [visit.get(path).text for path in ("/kk/my", "/ru/my/notices", f"/en/my/proposals/{draft_id}")]
    pages += [visit.post(f"/kk/my/proposals/{draft_id}/revise").text]
    pages += [
        site.visitor().get(f"/kk/{path}").text
        for path in (f"proposals/{draft_id}", f"rounds/{site.round_id}")
    ]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert sum("&lt;script&gt;" in page for page in pages) >= len(pages) - 2


def bomb() -> bytes:
    header = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return b"\x89PNG\r\n\x1a\n" + chunk


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 422, id="SVG"),
        pytest.param(b"<html><script>alert(1)</script>", 422, id="a page"),
        pytest.param(bomb(), 422, id="100 megapixels"),
        pytest.param(jpeg()[:-90], 422, id="cut off"),
        pytest.param(jpeg() + bytes(10 * 1024 * 1024), 422, id="over 10 MB"),
    ],
)
def test_what_is_no_photo_is_refused_and_the_text_stays(site: Site, body: bytes, status: int) -> None:
    visit = site.resident(AIGUL)
    draft_id = visit.draft()
    visit.post(f"/kk/my/drafts/{draft_id}", status, do="photo", files=photo(body), **TYPED)
    assert "Саябаққа шамдар" in visit.shown
    assert "/my/photos/" not in visit.page


def test_a_body_far_too_large_is_not_even_read(site: Site) -> None:
    visit = site.resident(AIGUL)
    draft_id = visit.draft()
    answer = visit.client.post(f"/kk/my/drafts/{draft_id}", files=photo(bytes(12 * 1024 * 1024)))
    assert answer.status_code == 413
    elsewhere = visit.client.post("/kk/my/letters", files=photo(bytes(100_000)))
    assert elsewhere.status_code == 413


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "C:\\evil.exe", "a\x00b.svg", "я" * 300, ".htaccess"]
)
def test_a_files_name_is_nobodys_business(site: Site, name: str) -> None:
    visit = site.resident(AIGUL)
    draft_id = visit.draft()
    visit.post(f"/kk/my/drafts/{draft_id}", do="photo", files=photo(jpeg(), name), **TYPED)
    digest = visit.page.partition("/my/photos/")[2][:64]
    own = visit.client.get(f"/kk/my/photos/{digest}/small")
    assert own.headers["content-type"] == "image/webp"
    assert own.headers["cache-control"] == "no-store"


def test_a_public_photo_is_kept_for_ever_under_its_own_type(site: Site) -> None:
    visit = site.resident(AIGUL)
    draft_id = visit.draft()
    visit.post(f"/kk/my/drafts/{draft_id}", do="photo", files=photo(jpeg()), **TYPED)
    digest = visit.page.partition("/my/photos/")[2][:64]
    visit.post(f"/kk/my/drafts/{draft_id}/hand-in")
    answer = site.server.client.get(f"/v1/photos/{digest}/large")
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    again = site.server.client.get(
        f"/v1/photos/{digest}/large", headers={"if-none-match": answer.headers["etag"]}
    )
    assert again.status_code == 304


def test_a_photo_is_removed_from_a_draft(site: Site) -> None:
    visit = site.resident(AIGUL)
    draft_id = visit.draft()
    here = f"/kk/my/drafts/{draft_id}"
    visit.post(here, do="photo", files=photo(jpeg(77)), **TYPED)
    digest = visit.page.partition("/my/photos/")[2][:64]
    visit.post(here, drop=digest, **TYPED)
    assert "/my/photos/" not in visit.page
    assert visit.client.get(f"/kk/my/photos/{digest}/large").status_code == 404


def test_a_photo_that_was_forgotten_does_not_hold_the_draft_up(site: Site) -> None:
    visit = site.resident(AIGUL)
    draft_id = visit.draft()
    here = f"/kk/my/drafts/{draft_id}"
    visit.post(here, do="photo", files=photo(jpeg(55)), **TYPED)
    with site.server.engine.datastore.get_connection() as connection:
        connection.execute("DELETE FROM dauys.photos WHERE NOT named")
    visit.post(here, do="preview", **TYPED)
    visit.post(f"{here}/hand-in")
    assert site.visitor().get(f"/kk/proposals/{draft_id}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/my", "/my/notices", "/my/letters", f"/my/drafts/{UUID(int=7)}", f"/my/proposals/{UUID(int=7)}"]
)
def test_who_is_not_signed_in_is_sent_to_the_residents_sign_in(site: Site, path: str) -> None:
    answer = site.visitor().get(f"/kk{path}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/kk/residents/sign-in?next=%2Fmy")


@pytest.mark.parametrize("path", [f"/kk/proposals/{UUID(int=7)}", f"/kk/proposals/{CLERK}"])
def test_what_is_no_proposal_is_not_found(site: Site, path: str) -> None:
    assert site.visitor().get(path).status_code == 404


def test_letters_are_asked_for_and_given_up(site: Site) -> None:
    visit = site.resident(AIGUL)
    visit.get("/kk/my/letters")
    visit.post("/kk/my/letters", 422, address="nobody", language="ru")
    assert 'value="nobody"' in visit.page
    visit.post("/kk/my/letters", address="news@example.kz", language="ru")
    visit.get("/kk/my/letters")
    assert 'value="news@example.kz"' in visit.page


def test_the_worker_writes_to_who_asked_for_letters(site: Site) -> None:
    visit = site.resident(AIGUL)
    proposal_id = visit.hand_in()
    address = f"news.{site.round_id.hex[:8]}@example.kz"
    visit.get("/kk/my/letters")
    visit.post("/kk/my/letters", address=address, language="ru")
    site.proposals.return_for_revision(proposal_id, "Қай жерде?", by=CLERK)
    settings = site.server.settings.model_copy(
        update={"letters_pause_seconds": 0.05, "site_url": "https://dauys.test"}
    )
    stop = Event()
    worker = Thread(target=Worker(settings, site.server.engine.url).run, args=(stop,))
    worker.start()
    try:
        until = monotonic() + 30
        while not site.letters_to(address) and monotonic() < until:
            sleep(0.05)
    finally:
        stop.set()
        worker.join()
    (letter,) = site.letters_to(address)
    assert "Қай жерде?" in letter.get_content()
    assert f"https://dauys.test/ru/proposals/{proposal_id}" in letter.get_content()


def test_a_public_page_is_the_same_for_everybody(site: Site) -> None:
    visit = site.resident(AIGUL)
    proposal_id = visit.hand_in()
    mine = visit.client.get(f"/kk/proposals/{proposal_id}")
    theirs: httpx.Response = site.visitor().get(f"/kk/proposals/{proposal_id}")
    assert mine.text == theirs.text
    assert "set-cookie" not in theirs.headers


def test_a_form_without_its_token_changes_nothing(site: Site) -> None:
    visit: Visit = site.resident(AIGUL)
    draft_id = visit.draft()
    visit.page = ""
    visit.post(f"/kk/my/drafts/{draft_id}", 403, do="save", **TYPED)
    visit.get(f"/kk/my/drafts/{draft_id}")
    assert "Саябаққа шамдар" not in visit.shown
