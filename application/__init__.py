"""Use cases: the event store, the ballot box, keys, settings, import and export."""
