"""Fixtures of the write side: other processes that write beside it."""

from tests.engine import processes

__all__ = ["processes"]
