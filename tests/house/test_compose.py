"""`docker-compose.yml` checked without Docker: commands and files exist, no secret inside, no service may do too much."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.files import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
LASTING = [name for name in SERVICES if name != "migrate"]


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_a_command_of_ours_with_options_it_has(name: str) -> None:
    from tests.commands import found  # noqa: PLC0415 - the command line is imported only where it is looked at

    script, command, *arguments = SERVICES[name]["command"]
    assert script == "dauys"
    assert found(command)
    known = {
        option
        for parameter in found(command).params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert {argument for argument in arguments if argument.startswith("--")} <= known


def test_every_file_it_names_is_in_the_repository_or_brought_by_the_operator_as_a_secret() -> None:
    bound = [
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume.startswith(".")
    ]
    built = [SERVICES[name]["build"]["dockerfile"] for name in OURS]
    assert not [name for name in (*bound, *built) if not (ROOT / name).is_file()]
    assert {Path(secret["file"]).parent for secret in COMPOSE["secrets"].values()} == {Path("deploy/secrets")}


def test_every_file_the_image_copies_passes_the_ignore_file() -> None:
    let_through = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    needed = {"requirements/runtime.txt", "deploy/entrypoint.sh", "pyproject.toml", "README.md"}
    assert needed <= let_through
    assert {"domain", "application", "projections", "api"} <= let_through


def test_no_secret_is_written_down() -> None:
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            assert not re.search(r"PASSWORD|SECRET|KEY|TOKEN", key) or key.endswith("_FILE"), key
            assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), key


def test_every_secret_is_declared_and_every_declared_secret_is_used() -> None:
    used = {
        secret if isinstance(secret, str) else secret["source"]
        for service in SERVICES.values()
        for secret in service.get("secrets", [])
    }
    assert used == set(COMPOSE["secrets"])


def test_the_owner_of_the_tables_is_known_only_to_postgres_and_migrate() -> None:
    holders = {
        name
        for name, service in SERVICES.items()
        if any(
            secret in ("postgres_password", {"source": "postgres_password", "target": "database_password"})
            for secret in service.get("secrets", [])
        )
    }
    assert holders == {"postgres", "migrate"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_writes_only_where_it_must_and_has_limits(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    # postgres is the exception: its image drops root by itself, after preparing the volume.
    assert name == "postgres" or service["user"].split(":")[0] != "0"


@pytest.mark.parametrize("name", LASTING)
def test_a_lasting_service_comes_back_by_itself(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_only_nginx_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert COMPOSE["networks"]["inner"] == {"internal": True}
    assert [name for name, service in SERVICES.items() if service["networks"] != ["inner"]] == [
        "worker",
        "nginx",
    ]


def test_the_proxy_packs_nothing_that_holds_a_form_s_token() -> None:
    """BREACH: beside words from the address, how short a page packs tells its token. `api/web/packing.py` knows which may be."""
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    assert re.findall(r"^ *(gzip\w* [^;]*);", nginx, re.MULTILINE) == ["gzip off"]


def test_the_proxy_takes_whole_deliveries_and_streams_unbuffered() -> None:
    from application.settings import Settings  # noqa: PLC0415 - one test's limit

    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    size = re.search(r"client_max_body_size (\d+)m;", nginx)
    assert size
    assert int(size[1]) * 1024 * 1024 >= Settings.model_fields["delivery_bytes"].default
    stream = re.search(r"location = /v1/stream \{(.*?)\}", nginx, re.DOTALL)
    assert stream
    assert "proxy_buffering off;" in stream[1]
