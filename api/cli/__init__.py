"""The `dauys` command line."""
