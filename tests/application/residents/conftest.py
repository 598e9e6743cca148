"""Fixtures of the residents' tests."""

from tests.application.residents.desk import desk
from tests.engine import engine, migrated_url

__all__ = ["desk", "engine", "migrated_url"]
