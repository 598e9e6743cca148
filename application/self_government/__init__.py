"""Use cases of local self-government, each alone behind the log's lock."""
