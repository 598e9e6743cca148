"""What is said in Kazakh, Russian and English: gettext, with English where it is used and `api/locale/{kk,ru}/*.po` for the others.

The catalogs are read as they are, once in a process, when the first word of their language is needed; nothing is compiled.
"""

import io
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from types import MappingProxyType
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: Final[Mapping[str, str]] = MappingProxyType({"kk": "Қазақша", "ru": "Русский", "en": "English"})
"""By code: what each is called in itself."""
WRITTEN_IN: Final = "en"

_CONTEXT: Final = "\x04"
"""What gettext puts between a message's context and the message."""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for a message that is translated where it is shown
    """Marks a message of a table; `saying` or `_()` translates it."""
    return message


def NP_(context: str, message: str) -> str:  # noqa: N802 - as N_
    """Marks a message that other languages say differently elsewhere, as `new` of a round and of a decision."""
    return f"{context}{_CONTEXT}{message}"


def translated(language: str, marked: str) -> str:
    """What `N_` or `NP_` marked, in one of `LANGUAGES`."""
    return gettext_for(language).gettext(marked).rpartition(_CONTEXT)[2]


@cache
def gettext_for(language: str) -> NullTranslations:
    """All catalogs of one of `LANGUAGES` in one; English is the messages themselves."""
    if language == WRITTEN_IN:
        return NullTranslations()
    whole, *others = (_read(language, catalog) for catalog in catalogs(language))
    for message in chain.from_iterable(others):
        if message.id:  # that of a catalog's head is empty
            whole[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return GNUTranslations(compiled)


def catalogs(language: str) -> list[Traversable]:
    """Its .po files, one an area, in order."""
    found = files("api").joinpath("locale", language).iterdir()
    return sorted((each for each in found if each.name.endswith(".po")), key=lambda each: each.name)


def _read(language: str, catalog: Traversable) -> Catalog:
    with catalog.open("rb") as source:
        return read_po(source, locale=language)
