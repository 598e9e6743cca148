"""What one would write without us: FastAPI, a pydantic body, an async psycopg pool, an INSERT a request. No log, no signatures."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

CONNECTIONS = 16

TABLE = """
CREATE TABLE IF NOT EXISTS plain_ballots (
    credential text PRIMARY KEY, round_id uuid NOT NULL, choices jsonb NOT NULL, cast_at timestamptz NOT NULL DEFAULT now()
)
"""

PGBENCH_INSERT = """
INSERT INTO plain_ballots (credential, round_id, choices)
VALUES (gen_random_uuid()::text, '00000000-0000-4000-8000-000000000000', '["1","2","3"]')
"""
"""The same row without anything in front of the database."""


class BallotIn(BaseModel):
    credential: str
    round: str
    choices: list[str]


def create_app() -> FastAPI:
    """The application; `PLAIN_DATABASE_URL` says where its table is."""
    pool = AsyncConnectionPool(
        os.environ["PLAIN_DATABASE_URL"], min_size=CONNECTIONS, max_size=CONNECTIONS, open=False
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/healthz")
    async def healthz() -> str:
        return "ok"

    @app.post("/ballots")
    async def post_ballot(ballot: BallotIn) -> dict[str, bool]:
        choices = "[" + ",".join(f'"{choice}"' for choice in ballot.choices) + "]"
        async with pool.connection() as connection:
            done = await connection.execute(
                "INSERT INTO plain_ballots (credential, round_id, choices) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                (ballot.credential, ballot.round, choices),
            )
        return {"recorded": done.rowcount == 1}

    return app
