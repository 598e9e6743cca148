"""Fixtures of the residents' tests."""

from tests.application.residents.desk import desk

__all__ = ["desk"]
