"""Fixtures of the edge: a server for all, and engines on databases of one test alone."""

from tests.engine import engine, migrated_url
from tests.server import server, template

__all__ = ["engine", "migrated_url", "server", "template"]
