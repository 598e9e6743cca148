"""The design system's own page: every token and every part in all its states, drawn by the macros that the other pages use."""

from typing import Final

from fastapi import APIRouter, Request, Response

from api.web.page import page

router = APIRouter(include_in_schema=False)

SHEETS: Final = ("tokens", "base", "components")
"""The style sheets of every page, below `static/design`, in the order in which they are read."""

COLOURS: Final = (
    ("page", "surface", "sunken", "text", "quiet", "line", "line-strong"),
    ("brand", "brand-strong", "brand-page", "link", "bar", "accent", "focus"),
    ("info", "good", "wait", "bad", "info-page", "good-page", "wait-page", "bad-page"),
)
CHART_SERIES: Final = ("1", "2", "3", "4", "5", "6", "rest")


@router.get("/design")
def design(request: Request) -> Response:
    return page(request, "design.html", colours=COLOURS, chart_series=CHART_SERIES)
