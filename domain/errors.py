"""Refusals: a command broke a rule and nothing was recorded.

One small tree; a class per rule, declared beside the rule it guards. `code` is public API and never changes.
"""

from typing import ClassVar


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Base of all refusals. `facts` go to the client and the log: no IIN, name, key, voting code or choice in them."""

    code: ClassVar[str] = "refused"

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({told})" if told else self.code
