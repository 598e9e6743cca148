"""The pages of residents: signing in, proposing, following, notices; and every proposal's public page."""
