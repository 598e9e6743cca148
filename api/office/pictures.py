"""Photos in the office's forms: each is sent by itself, kept at once, and stays in the form with its words until an act names it.

What an abandoned form leaves behind is seen by its sender alone, and deleted in a month.
"""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Annotated, Final
from uuid import UUID

from fastapi import UploadFile
from pydantic import Field

from api.composition import Engine
from api.office.reading import Reading
from api.photos import sent_photo
from api.web.forms import Posted
from application.photos.photos import Photo
from domain.implementation import MOST_PICTURES, Picture
from domain.proposal import TooManyItems
from domain.text import TITLE_CHARS, check_text

_Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_Words = Annotated[str, Field(max_length=TITLE_CHARS)]
ADD: Final = "photo"


class Picturing(Posted):
    """`photos` that were sent before, by digest, and what each `shows`; `photo` is one more, `drop` the digest of one to take out.

    `do` is `ADD` where the form is to be seen again with the new one.
    """

    photos: list[_Digest] = Field(default_factory=list, max_length=MOST_PICTURES)
    shows: list[_Words] = Field(default_factory=list, max_length=MOST_PICTURES)
    photo: UploadFile | None = None
    photo_shows: _Words = ""
    do: _Words = ""
    drop: _Words = ""

    @property
    def is_unfinished(self) -> bool:
        """Whether the person only added or took out a photo, and goes on with the form."""
        return self.do == ADD or self.drop != ""


@dataclass(frozen=True, slots=True)
class Added:
    """A photo of the form, and its words as they were typed."""

    photo: Photo
    shows: str


def keep_photo(engine: Engine, account_id: UUID, form: Picturing) -> None:
    """Take out of the form the photo that is to go, store the one it brought; PhotoInvalid, TooManyPhotos or TooManyItems."""
    words = {digest: shows for digest, shows in zip_longest(form.photos, form.shows, fillvalue="") if digest}
    if form.drop:
        engine.photos.drop(account_id, form.drop)
        words.pop(form.drop, None)
    form.photos, form.shows = [*words], [*words.values()]
    if form.photo is None or not form.photo.size:
        return
    if len(words) >= MOST_PICTURES:
        raise TooManyItems(field="pictures", most=MOST_PICTURES)
    words[engine.photos.add(account_id, sent_photo(form.photo)).digest] = form.photo_shows
    form.photos, form.shows, form.photo_shows = [*words], [*words.values()], ""


def added(engine: Engine, account_id: UUID, form: Picturing) -> list[Added]:
    """The form's photos; without one that waited too long and is gone."""
    words = dict(zip(form.photos, form.shows, strict=True))
    return [Added(photo, words[photo.digest]) for photo in engine.photos.of(account_id, form.photos)]


def pictures_of(form: Picturing) -> tuple[Picture, ...]:
    """As the act names them; TextInvalid where one is without words."""
    return tuple(
        Picture(digest, check_text("shows", shows, TITLE_CHARS))
        for digest, shows in zip(form.photos, form.shows, strict=True)
    )


def read_pictures(form: Picturing, reading: Reading, *, needed: bool) -> None:
    """Note what is not there: any photo where one is `needed`, or the file that words were typed for."""
    if form.photo_shows:
        reading.note("photo", reading.words.gettext("Choose the file that these words are about."))
    elif needed and not form.photos:
        reading.note("photo", reading.words.gettext("Add at least one photo."))
