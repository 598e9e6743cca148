"""HTTP, pages and the `dauys` command line; the composition root."""
