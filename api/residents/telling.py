"""What a refusal says on a resident's page: beside the field it is about and on top, in the words of who fills in a form."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fastapi import Request

from api.problems import texts
from api.web.page import language_of
from api.web.words import N_, translated
from api.wording import number, tenge
from domain.errors import Refused

_FIELD: Final = MappingProxyType(
    {
        "unknown_unit": "unit",
        "unknown_category": "category",
        "amount_invalid": "estimate",
        "cost_over_cap": "estimate",
        "point_invalid": "latitude",
        "language_invalid": "languages-kk",
        "photo_invalid": "photo",
        "photo_missing": "photo",
        "too_many_photos": "photo",
        "address_invalid": "address",
        "too_many_challenges": "address",
        "age_not_declared": "adult",
        "proof_invalid": "answer",
    }
)
_NAMED: Final = frozenset({"title", "description", "place", "reason", "unit", "category"})
"""Fields of the domain that have the same name in our forms."""
_TITLES: Final = MappingProxyType(
    {
        "title": N_("Title"),
        "description": N_("Description"),
        "place": N_("Place"),
        "reason": N_("Reason"),
        "unit": N_("Unit"),
        "category": N_("Category"),
        "estimate": N_("Rough estimate, in tenge"),
    }
)
_IN_OTHER_WORDS: Final[Mapping[tuple[str, object], str]] = MappingProxyType(
    {
        ("text_invalid", "empty"): N_("fill this in"),
        ("text_invalid", "too_long"): N_("at most %(longest)s characters, please"),
        ("text_invalid", "personal_number"): N_(
            "there is an IIN in it; take it out, everybody will read this"
        ),
        ("text_invalid", "control_character"): N_(
            "there is a character in it that can't be shown; type it anew"
        ),
        ("amount_invalid", None): N_("write an amount in digits, as 1 500 000"),
        ("cost_over_cap", None): N_("at most %(cap)s for one project here"),
        ("unknown_unit", None): N_("choose one"),
        ("unknown_category", None): N_("choose one"),
    }
)
"""By code and problem. The API's own words speak of members and tiyn."""


def problems_of(request: Request, refused: Refused) -> list[tuple[str, str]]:
    """For `ui.errors`: the field it is about, and what to do about it."""
    language, facts = language_of(request), refused.facts
    about = facts.get("field")
    field = str(about) if about in _NAMED else _FIELD.get(refused.code, "")
    words = _IN_OTHER_WORDS.get((refused.code, facts.get("problem")))
    if words is None or field not in _TITLES:
        title, detail = texts(refused.code, language)
        return [(field, f"{title}. {detail}")]
    longest, cap_tiyn = facts.get("longest"), facts.get("cap_tiyn")
    said = translated(language, words) % {
        "longest": number(longest) if isinstance(longest, int) else "",
        "cap": tenge(cap_tiyn) if isinstance(cap_tiyn, int) else "",
    }
    return [(field, f"{translated(language, _TITLES[field])}: {said}.")]
