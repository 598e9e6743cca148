"""Fixtures of the edge: a server for all, and the kiosk that sends it what is wrong."""

import pytest

from tests.deliveries import Device, enrol
from tests.server import Server, server
from tests.wrong_deliveries import DEVICE

__all__ = ["known", "server"]


@pytest.fixture(scope="session")
def known(server: Server) -> Device:
    """The kiosk of all wrong deliveries, enrolled; nothing it sent is ever taken."""
    return enrol(server.engine, DEVICE.name, DEVICE.id)
