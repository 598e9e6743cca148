"""Checks on the repository itself."""
