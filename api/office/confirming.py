"""The page between a form and its act: what will happen, that it is public, and what was typed, to be sent on or mended."""

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Request, Response

from api.web.forms import Posted
from api.web.page import page

Pairs = Sequence[tuple[str, Any]]


def confirm_page(
    request: Request,
    *,
    title: str,
    will: str,
    button: str,
    action: str,
    back: str,
    form: Posted | None = None,
    facts: Pairs = (),
    kind: str = "primary",
) -> Response:
    """`action`: where the confirmed form goes; `form`: what it holds, sent again as it was typed; `facts`: shown to be judged."""
    return page(
        request,
        "office/confirm.html",
        private=True,
        title=title,
        will=will,
        button=button,
        action=action,
        back=back,
        hidden=list(_hidden(form)) if form else [],
        facts=facts,
        kind=kind,
    )


def _hidden(form: Posted) -> Iterable[tuple[str, str]]:
    """A file is not sent twice: by now it is stored, and its digest is a field."""
    for name, value in form.model_dump(
        mode="json", exclude={"csrf_token", "confirmed", "file", "photo"}
    ).items():
        for each in value if isinstance(value, list) else [value]:
            yield name, str(each)
