"""Fixtures of the kiosk's side: a real server to deliver to."""

from tests.deployment import deployment

__all__ = ["deployment"]
