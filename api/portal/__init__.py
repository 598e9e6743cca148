"""The public portal: rounds now and before, results with their reasons, check-my-ballot, open data, what others may embed."""
