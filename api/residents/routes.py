"""All routers of residents' pages, for the application to include."""

from fastapi import APIRouter

from api import photos
from api.residents import drafting, following, mergings, mine, proposals, signing_in, similar

ROUTERS: tuple[APIRouter, ...] = (
    signing_in.router,
    mine.router,
    drafting.router,
    following.router,
    mergings.router,
    photos.of_residents,
    proposals.router,
    similar.router,
)
"""Each route of theirs names its guard itself."""
