"""Read models: tally, results, turnout; dropped and rebuilt at any time."""
