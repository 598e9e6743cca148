"""Fixtures of the identifiers' tests."""

from tests.engine import engine, migrated_url, template

__all__ = ["engine", "migrated_url", "template"]
