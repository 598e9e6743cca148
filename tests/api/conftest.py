"""Fixtures of the edge: a server for all."""

from tests.server import server

__all__ = ["server"]
