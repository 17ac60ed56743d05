"""A sample that is wrong on purpose."""

from core.hookspecs import hookimpl


class Sample:
    @hookimpl
    def provide_calendars(self):
        """Answer what is wrong."""
        return []


def create(setup):
    return Sample()
