"""Nothing of a request goes to OpenTelemetry, as the framework would have it wherever a provider is there: it may hold persons."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import trace

from tests.listening import listening
from tests.server import Server


class Eavesdropper(trace.TracerProvider):
    """A provider as an operator's distribution installs one for every library of the process; counts who asks it for a tracer."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_tracer(self, instrumenting_module_name: str, *_: Any, **__: Any) -> trace.Tracer:
        self.asked.append(instrumenting_module_name)
        return trace.NoOpTracer()


@pytest.fixture
def eavesdropper(monkeypatch: pytest.MonkeyPatch) -> Eavesdropper:
    provider = Eavesdropper()
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)  # once set publicly it could not be taken away
    return provider


def test_no_request_is_told_to_a_provider(server: Server, eavesdropper: Eavesdropper) -> None:
    for path in ("/healthz", "/ru", "/v1/rounds", "/log/checkpoint", "/not-there"):
        assert server.client.get(path, follow_redirects=True).status_code in (200, 404)
    assert server.client.post("/v1/deliveries", content=b"x").status_code == 415
    assert eavesdropper.asked == []


def test_the_framework_tells_one_unless_it_is_told_not_to(eavesdropper: Eavesdropper) -> None:
    """The test above would see it."""
    with listening(FastAPI()) as port:
        httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)
    assert eavesdropper.asked
