"""Fixtures of the photos' tests: a resident has some, as in the tests of drafts."""

from tests.application.residents.desk import desk
from tests.engine import engine, migrated_url

__all__ = ["desk", "engine", "migrated_url"]
