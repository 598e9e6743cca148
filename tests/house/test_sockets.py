"""No test reaches beyond this machine."""

import socket

import pytest


def test_a_connection_off_loopback_is_blocked() -> None:
    # pytest-socket warns before it blocks, and warnings are errors here.
    with socket.socket() as outward, pytest.raises(UserWarning, match=r"192\.0\.2\.1"):
        outward.connect(("192.0.2.1", 9))
