"""Screens of the Council's and the maslikhat's secretaries: what organs of self-government did, entered by forms."""
