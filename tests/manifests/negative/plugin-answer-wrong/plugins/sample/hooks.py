"""A sample that is wrong on purpose."""

from core.hookspecs import hookimpl


class Sample:
    @hookimpl
    def provide_calendars(self):
        """Answer what is wrong."""
        return ["2026-10-01"]


def create(setup):
    return Sample()
