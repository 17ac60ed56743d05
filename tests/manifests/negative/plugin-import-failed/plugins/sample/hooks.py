"""A sample that is wrong on purpose."""

raise ImportError("there is no such library")
