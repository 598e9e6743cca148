"""The rules, without a database: given past events, when a command, then new events or a refusal."""
