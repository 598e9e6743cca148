"""Photos: private until a proposal names them, then public and kept by the database itself."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import psycopg
import pytest

from application.photos.photos import MOST_WAITING, WAITING_DAYS, PhotoMissing, PhotoSize, TooManyPhotos
from projections.photos import shown
from tests.application.residents.desk import TYPED, Desk, jpeg


def public(desk: Desk, *digests: str) -> list[tuple[str, int, int]]:
    with desk.engine.datastore.get_connection() as connection:
        return [(each.digest, each.width, each.height) for each in shown(connection, digests)]


def test_a_photo_is_named_by_the_sha_256_of_what_is_shown(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    photo = desk.photos.add(aigul.account_id, jpeg())
    body, public = desk.photos.body(photo.digest, PhotoSize.LARGE, aigul.account_id)
    assert sha256(body).hexdigest() == photo.digest
    assert not public
    assert desk.photos.add(aigul.account_id, jpeg()) == photo
    assert len(desk.rows("photos")) == 1


def test_a_photo_is_seen_by_its_owner_alone_until_a_proposal_names_it(desk: Desk) -> None:
    aigul, bolat = desk.enter("aigul"), desk.enter("bolat")
    photo = desk.photos.add(aigul.account_id, jpeg())
    for other in (bolat.account_id, None):
        with pytest.raises(PhotoMissing):
            desk.photos.body(photo.digest, PhotoSize.SMALL, other)
    assert not public(desk, photo.digest)
    assert not desk.photos.of(bolat.account_id, [photo.digest])
    desk.handed_in(aigul, replace(TYPED, photos=(photo.digest,)))
    assert desk.photos.body(photo.digest, PhotoSize.SMALL, None)[1]
    assert public(desk, photo.digest) == [(photo.digest, photo.width, photo.height)]


def test_who_sends_the_same_photo_as_another_has_one_of_their_own(desk: Desk) -> None:
    aigul, bolat = desk.enter("aigul"), desk.enter("bolat")
    photo = desk.photos.add(aigul.account_id, jpeg())
    assert desk.photos.add(bolat.account_id, jpeg()) == photo
    desk.handed_in(bolat, replace(TYPED, photos=(photo.digest,)))
    desk.photos.drop(aigul.account_id, photo.digest)
    assert desk.photos.body(photo.digest, PhotoSize.LARGE, None)[1]


def test_only_ones_own_photo_that_no_proposal_names_can_be_dropped(desk: Desk) -> None:
    aigul, bolat = desk.enter("aigul"), desk.enter("bolat")
    kept, dropped = (desk.photos.add(aigul.account_id, jpeg(shade)) for shade in (10, 200))
    desk.handed_in(aigul, replace(TYPED, photos=(kept.digest,)))
    desk.photos.drop(bolat.account_id, dropped.digest)
    assert desk.photos.of(aigul.account_id, [dropped.digest, kept.digest]) == [dropped, kept]
    for digest in (kept.digest, dropped.digest):
        desk.photos.drop(aigul.account_id, digest)
    assert desk.photos.of(aigul.account_id, [dropped.digest, kept.digest]) == [kept]


def test_what_nobody_names_is_forgotten_in_time(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    old, named = (desk.photos.add(aigul.account_id, jpeg(shade)) for shade in (10, 200))
    desk.handed_in(aigul, replace(TYPED, photos=(named.digest,)))
    desk.clock.pass_by(timedelta(days=WAITING_DAYS, seconds=1))
    fresh = desk.photos.add(aigul.account_id, jpeg(90))
    assert desk.photos.of(aigul.account_id, [old.digest, named.digest, fresh.digest]) == [named, fresh]


def test_photos_waiting_are_bounded(desk: Desk) -> None:
    aigul = desk.enter("aigul")
    for shade in range(MOST_WAITING):
        desk.photos.add(aigul.account_id, jpeg(shade * 6))
    with pytest.raises(TooManyPhotos):
        desk.photos.add(aigul.account_id, jpeg(255))


@pytest.mark.parametrize(
    "tampering",
    ["DELETE FROM dauys.photos", "UPDATE dauys.photos SET large = ''", "TRUNCATE dauys.photos"],
)
def test_the_database_refuses_to_change_a_named_photo(desk: Desk, tampering: str) -> None:
    aigul = desk.enter("aigul")
    photo = desk.photos.add(aigul.account_id, jpeg())
    desk.handed_in(aigul, replace(TYPED, photos=(photo.digest,)))
    with psycopg.connect(desk.engine.url) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute(tampering)
