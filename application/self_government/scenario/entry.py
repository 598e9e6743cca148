"""One entry of a scenario: what was done and when, in a shape of its own for each kind, told apart by `entry`.

Kinds are named after what they add to the log. An entry only translates; every rule is the domain's.
"""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from application.self_government.scenario.book import Book, Moment

Code = Annotated[str, Meta(pattern="^[a-z_]{0,64}$")]
"""Of a refusal; the pattern keeps anything else from being told back."""


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="entry"):
    """`at`: when it was done; unset: at the time of the entry before.

    `refused`: the code of the refusal that is expected, so that nothing comes of it. `note`: words for whoever reads the
    outcome; the log does not get them.
    """

    at: Moment | None = None
    refused: Code = ""
    note: str = ""

    @property
    def word(self) -> str:
        """Its word in the file."""
        return str(self.__struct_config__.tag)

    def record(self, book: Book) -> UUID | None:
        """Give it to the use case; the id of what it begins, if it begins something."""
        raise NotImplementedError


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line inside an entry."""
