"""The law as pure code: aggregates, events and rules; no clock, no random, no I/O."""
