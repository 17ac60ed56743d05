"""Use cases on schemes: check, test, publish, export. No Flask and no SQL of its own; what is decided stays below."""
