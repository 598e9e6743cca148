"""What the application says of itself in OpenAPI holds for requests that a machine makes up from it, right ones and wrong ones."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
)

from tests.server import Server

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, unsupported_method]
ENDLESS = "/v1/stream"


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_one_that_the_schema_announces(mode: GenerationMode, server: Server) -> None:
    schema = schemathesis.openapi.from_url(f"{server.client.base_url}/openapi.json").exclude(path=ENDLESS)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert operations
    before = server.stored()

    @settings(max_examples=20 * len(operations), deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        operation = data.draw(st.sampled_from(operations))
        data.draw(operation.as_strategy(generation_mode=mode)).call_and_validate(checks=CHECKS)

    ask()
    assert server.stored() == before
