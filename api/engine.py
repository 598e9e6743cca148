"""How a route gets at the engine that the composition root built for this process."""

from typing import Annotated

from fastapi import Depends, Request

from api.composition import Engine


def engine_of(request: Request) -> Engine:
    engine = request.app.state.engine
    assert isinstance(engine, Engine)
    return engine


EngineOf = Annotated[Engine, Depends(engine_of)]
