"""A whole election, end to end: what `dauys demo` and `dauys replay` take through the engine."""
