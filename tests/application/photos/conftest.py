"""Fixtures of the photos' tests: a resident has some, as in the tests of drafts."""

from tests.application.residents.desk import desk

__all__ = ["desk"]
