"""The law of local self-government: units, offices, gatherings, the Council, its decisions, the dismissal initiative."""
