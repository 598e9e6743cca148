"""How a route gets at the engine that the composition root built for this process."""

from typing import Annotated

from fastapi import Depends, Request

from api.composition import Engine


async def engine_of(request: Request) -> Engine:
    """On the event loop: a thread would cost every request more than asking."""
    engine = request.app.state.engine
    assert isinstance(engine, Engine)
    return engine


EngineOf = Annotated[Engine, Depends(engine_of)]
