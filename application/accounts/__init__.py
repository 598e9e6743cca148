"""Accounts of staff and residents: who they are, how they sign in, what they may do, and the record of it (ADR on accounts)."""
