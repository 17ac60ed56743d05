"""A sample that is wrong on purpose."""

NOTHING = None
