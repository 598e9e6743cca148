"""Where people find this deployment, for what has to name itself in full: feeds, cards, open data."""

from fastapi import Request

from api.composition import Engine


def origin_of(request: Request, engine: Engine) -> str:
    """As configured; else as the request came. Without a slash at the end."""
    return engine.settings.site_url or str(request.base_url).rstrip("/")
