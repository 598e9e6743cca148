"""The public reading of local self-government: registers as JSON and CSV, calendars, feeds, and pages for people."""
