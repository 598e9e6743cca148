"""What staff forms share: a refusal told in the form, in the person's language, with what was typed kept and the next step named.

Only what a person can mend is told in a form; a missing role or unit, or something that is not there, is a page of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from fastapi import Request, Response

from api.composition import Engine
from api.office.words import field_name
from api.problems import status_of, texts
from api.web.access import Actor
from api.web.page import language_of, page, redirect
from application.accounts.access_log import Outcome
from application.accounts.actor import NotYourUnit, RoleMissing
from application.store import NotFound
from domain.errors import Refused
from domain.round import Round

_NOT_OF_THE_FORM: Final = (RoleMissing, NotYourUnit, NotFound)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a form: the field's name, or none, and what to do about it."""

    status: int = HTTPStatus.OK
    problems: tuple[tuple[str, str], ...] = ()

    def of(self, field: str) -> str:
        """What stands at the field itself."""
        return next((text for name, text in self.problems if name == field), "")


NOTHING_WRONG: Final = Wrong()


def refused(request: Request, why: Refused) -> Wrong:
    """Told in the form, and written into the access log."""
    if isinstance(why, _NOT_OF_THE_FORM):
        raise why
    language = language_of(request)
    title, detail = texts(why.code, language)
    field = str(why.facts.get("field", ""))
    named = field_name(field, language)
    visit = request.state.visit
    visit.engine.access.record(
        visit.actor, f"{request.method} {request.url.path}", request.url.path, Outcome.REFUSED, why.code
    )
    text = f"{title}. {detail}"
    return Wrong(status_of(why.code), ((field, f"{named}: {text}" if named else text),))


def mistyped(problems: Iterable[tuple[str, str]]) -> Wrong:
    return Wrong(HTTPStatus.UNPROCESSABLE_ENTITY, tuple(problems))


def form_page(request: Request, template: str, wrong: Wrong = NOTHING_WRONG, **facts: Any) -> Response:
    return page(request, template, status=wrong.status, private=True, wrong=wrong, **facts)


def done(request: Request, path: str, message: str) -> Response:
    return redirect(request, path, message)


def own_round(engine: Engine, actor: Actor, round_id: UUID) -> Round:
    """As it stands in the log; NotYourUnit unless the person acts for the units whose round it is."""
    round_ = engine.store.load(Round, round_id)
    actor.must_act_in(*round_.terms.roots)
    return round_
