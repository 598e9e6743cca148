"""The HTTP application, served on a loopback port by a thread of this process, beside a test's own engine on the same database."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pydantic import SecretStr

import projections
from api.composition import Engine as WholeEngine
from api.composition import attach_engine
from api.main import create_app
from api.whole_deliveries import WholeDeliveries
from application.settings import Settings
from tests.deliveries import AUDIENCE
from tests.engine import LOG_SEED, ORIGIN, Engine, open_engine
from tests.listening import listening
from tests.postgres import fresh_database

JOSE = {"Content-Type": "application/jose"}
PLAIN: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak plain HTTP on loopback: it trusts nobody, so none of them reads all the world's certificates."""

CHEAP: Final[dict[str, Any]] = {"password_memory_kib": 32, "password_passes": 1}
"""Settings under which a password costs half a millisecond."""


@dataclass(frozen=True)
class Server:
    """`client` speaks to the server; `engine` sees what it stored."""

    engine: Engine
    settings: Settings
    client: httpx.Client
    port: int
    closing: ExitStack = field(repr=False)
    """Ends with the server."""

    @cached_property
    def whole(self) -> WholeEngine:
        """What the composition root builds, on the server's database and keys, with cheap passwords."""
        settings = self.settings.model_copy(update=CHEAP)
        return self.closing.enter_context(attach_engine(settings, self.engine.url))

    def deliver(self, body: bytes, **headers: str) -> httpx.Response:
        return self.client.post("/v1/deliveries", content=body, headers=JOSE | headers)

    def stored(self) -> tuple[Any, ...]:
        """Everything a request could have changed: the log's size, and what is kept of kiosks."""
        with self.engine.datastore.get_connection() as connection:
            progress = connection.execute("SELECT * FROM dauys.kiosk_progress ORDER BY kiosk_id").fetchall()
        return self.engine.reader.size(), progress


@contextmanager
def serve(engine: Engine, home: Path, **changes: Any) -> Iterator[Server]:
    """A server process's life on the engine's database, signing with the same log key; the reading side is empty."""
    with engine.datastore.get_connection() as connection:
        projections.prepare(connection)
    keys = home / "keys"
    keys.mkdir(mode=0o700, parents=True)
    (keys / "log.key").write_text(LOG_SEED.hex())
    (keys / "log.key").chmod(0o600)
    settings = Settings(
        home=home, database_url=SecretStr(engine.url), log_origin=ORIGIN, audience=AUDIENCE, **changes
    )
    with (
        listening(create_app(settings), http=WholeDeliveries, proxy_headers=False) as port,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False, verify=PLAIN
        ) as client,
        ExitStack() as closing,
    ):
        yield Server(engine, settings, client, port, closing)


@pytest.fixture(scope="session")
def server(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Shared by tests that each bring a round and kiosks of their own. The whole log is checked at the end."""
    home = tmp_path_factory.mktemp("server")
    with fresh_database(cluster, template) as url, open_engine(url) as engine:
        with serve(engine, home) as server:
            yield server
        engine.check()
