"""Fixtures of the write side: an engine on a fresh database, and other processes that write beside it."""

from tests.engine import engine, migrated_url, processes

__all__ = ["engine", "migrated_url", "processes"]
