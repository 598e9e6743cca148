"""Fixtures of people at their screens."""

from tests.office_desk import enter

__all__ = ["enter"]
