"""What a refusal says on a resident's page: beside the field it is about, and on top."""

from typing import Final

from fastapi import Request

from api.problems import texts
from api.web.page import language_of
from api.wording import tenge
from domain.errors import Refused

_FIELD: Final = {
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
_NAMED: Final = frozenset({"title", "description", "place", "reason", "unit", "category"})
"""Fields of the domain that have the same name in our forms."""


def problems_of(request: Request, refused: Refused) -> list[tuple[str, str]]:
    """For `ui.errors`: the field it is about, and what to do about it."""
    title, detail = texts(refused.code, language_of(request))
    about = refused.facts.get("field")
    field = about if about in _NAMED else _FIELD.get(refused.code, "")
    cap_tiyn = refused.facts.get("cap_tiyn")
    amount = f" ({tenge(cap_tiyn)})" if isinstance(cap_tiyn, int) else ""
    return [(str(field), f"{title}{amount}. {detail}")]
