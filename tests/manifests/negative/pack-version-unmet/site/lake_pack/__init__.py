"""A pack."""
