"""What a refusal says beside a form's fields, in the language of the page."""

from typing import Final

from fastapi import Request

from api.problems import texts
from api.web.page import language_of
from api.web.words import gettext_for
from domain.errors import Refused

_FIELD: Final = {
    "login_invalid": "login",
    "login_taken": "login",
    "one_time_code_wrong": "code",
    "setup_code_wrong": "setup_code",
    "password_unfit": "password",
    "roles_invalid": "roles",
    "roles_not_separate": "roles",
    "kato_invalid": "other_units",
    "too_many_units": "units",
}
_MINUTE_SECONDS: Final = 60


def problems_of(request: Request, refused: Refused) -> list[tuple[str, str]]:
    """For `ui.errors`: the field it is about, and what to do about it."""
    language = language_of(request)
    title, detail = texts(refused.code, language)
    if wait := refused.facts.get("wait_seconds"):
        assert isinstance(wait, int)
        words, minutes = gettext_for(language), -(-wait // _MINUTE_SECONDS)
        told = words.ngettext(
            "You can try again in %(n)s minute.", "You can try again in %(n)s minutes.", minutes
        )
        detail = f"{detail} {told % {'n': minutes}}"
    about = refused.facts.get("field")
    return [(_FIELD.get(refused.code, about if isinstance(about, str) else ""), f"{title}. {detail}")]
