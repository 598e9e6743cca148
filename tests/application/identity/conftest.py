"""Fixtures of the identifiers' tests."""

from tests.engine import engine, migrated_url

__all__ = ["engine", "migrated_url"]
