"""Authors of twins answer over HTTP: both texts and the merged one, yes or no, and what everybody reads afterwards."""

from dataclasses import replace
from uuid import UUID

from application.mergings import Mergings
from domain.proposal import Sketch
from tests.api.residents.visiting import Site, Visit
from tests.examples import DISTRICT, EARLY
from tests.residents import seeded

EVIL = "<script>alert('x')</script>"
WORDING = Sketch(
    "Саябаққа шам орнату", "Кешке қараңғы. Екеуінен.", DISTRICT, 1_600_000_000, "lighting", "Абай саябағы"
)


def mergings(site: Site) -> Mergings:
    return Mergings(site.server.engine.store, lambda: EARLY, seeded(f"merging {site.round_id}"))


def asked(site: Site, aigul: Visit, bolat: Visit) -> tuple[UUID, UUID, UUID]:
    """Two proposals, and the merging of the second into the first that waits for their authors."""
    into, twin = aigul.hand_in(), bolat.hand_in(title="Абай саябағына шамдар")
    reason = f"Екеуі де бір саябақ. {EVIL}"
    return into, twin, mergings(site).propose(into, twin, WORDING, reason, by="expert-1")


def test_both_authors_see_both_texts_and_consent_and_everybody_reads_what_became_of_them(site: Site) -> None:
    aigul, bolat = site.resident("aigul"), site.resident("bolat")
    into, twin, merging_id = asked(site, aigul, bolat)
    here = f"/kk/my/mergings/{merging_id}"
    for visit in (aigul, bolat):
        visit.get("/kk/my")
        assert here in visit.page
        visit.get("/kk/my/notices")
        assert here in visit.page
    bolat.get(f"/kk/my/proposals/{twin}")
    assert here in bolat.page
    bolat.get(here)
    for shown in ("Саябаққа шамдар", "Абай саябағына шамдар", "Саябаққа шам орнату", "Екеуі де бір саябақ."):
        assert shown in bolat.shown
    assert "<ins>" in bolat.page
    assert EVIL not in bolat.page
    bolat.post(f"{here}/consent")
    assert f"{here}/consent" not in bolat.page
    assert "Екінші автор әлі жауап берген жоқ" in bolat.shown
    aigul.get(here)
    assert "Авторы келісті" in aigul.shown
    aigul.post(f"{here}/consent")
    assert "екі ұсыныс біреу болды" in aigul.shown
    site.follow_log()
    kept = site.visitor().get(f"/ru/proposals/{into}").text
    assert "Саябаққа шам орнату" in kept
    assert f"/ru/proposals/{twin}" in kept
    ended = site.visitor().get(f"/ru/proposals/{twin}").text
    assert "Объединено с другим предложением" in ended
    assert f"/ru/proposals/{into}" in ended
    listed = site.visitor().get(f"/ru/rounds/{site.round_id}").text
    assert "продолжается там" in listed
    for thing in (into, twin, merging_id):
        assert "объединен" in site.visitor().get(f"/ru/trail/{thing}").text.lower()
    bolat.get(f"/kk/my/proposals/{twin}")
    assert "/withdraw" not in bolat.page
    bolat.get(f"/kk/my/proposals/{into}")
    assert "/unfollow" in bolat.page


def test_a_no_is_told_with_its_reason_and_changes_neither(site: Site) -> None:
    aigul, bolat = site.resident("aigul"), site.resident("bolat")
    into, twin, merging_id = asked(site, aigul, bolat)
    here = f"/kk/my/mergings/{merging_id}"
    aigul.get(here)
    aigul.post(f"{here}/consent")
    bolat.get(here)
    bolat.post(f"{here}/decline", reason=f"Менікі басқа. {EVIL}")
    assert "Сіз бас тарттыңыз" in bolat.shown
    aigul.get(here)
    assert "Менікі басқа." in aigul.shown
    assert EVIL not in aigul.page
    assert f"{here}/decline" not in aigul.page
    aigul.post(f"{here}/consent")
    aigul.get("/kk/my")
    bolat.get(here)
    bolat.post(f"{here}/consent", 409)
    for proposal_id in (into, twin):
        assert "Нұсқа 2" not in site.visitor().get(f"/kk/proposals/{proposal_id}").text


def test_what_lapsed_meanwhile_says_so_and_takes_no_answer(site: Site) -> None:
    aigul, bolat = site.resident("aigul"), site.resident("bolat")
    into, _, merging_id = asked(site, aigul, bolat)
    here = f"/kk/my/mergings/{merging_id}"
    bolat.get(here)
    site.proposals.revise(into, replace(WORDING, title="Басқа"))
    bolat.post(f"{here}/consent", 409)
    assert "Енді біріктіруге болмайды" in bolat.shown
    bolat.get("/kk/my")
    assert here not in bolat.page


def test_an_answer_too_long_is_shown_again_as_it_was_typed(site: Site) -> None:
    aigul, bolat = site.resident("aigul"), site.resident("bolat")
    *_, merging_id = asked(site, aigul, bolat)
    here = f"/kk/my/mergings/{merging_id}"
    bolat.get(here)
    bolat.post(f"{here}/decline", 422, reason="ж" * 2_001)
    assert "ж" * 2_001 in bolat.page
    assert mergings(site).get(merging_id).waits


def test_nobody_else_sees_the_page_or_answers(site: Site) -> None:
    aigul, bolat, dana = (site.resident(name) for name in ("aigul", "bolat", "dana"))
    *_, merging_id = asked(site, aigul, bolat)
    here = f"/kk/my/mergings/{merging_id}"
    dana.get(here, 403)
    for answer in ("consent", "decline"):
        dana.get("/kk/my")
        dana.post(f"{here}/{answer}", 403)
    assert site.visitor().get(here).status_code in {302, 303}
    assert mergings(site).get(merging_id).waits
