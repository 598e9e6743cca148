"""What every page for people stands on: its language, its words, its files, its headers."""
