"""Scenarios: a unit's year written down by its clerk in one YAML file, read strictly and recorded through the use cases."""
