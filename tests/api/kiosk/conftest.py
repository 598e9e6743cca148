"""Fixtures of the edge."""

from tests.engine import engine, migrated_url, template
from tests.server import server

__all__ = ["engine", "migrated_url", "server", "template"]
