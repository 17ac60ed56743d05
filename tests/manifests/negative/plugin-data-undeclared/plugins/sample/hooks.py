"""A sample that is wrong on purpose."""

from core.hookspecs import hookimpl
from core.scheme.extensions import Holidays
from core.scheme.label import Label


class Sample:
    @hookimpl
    def provide_calendars(self):
        """Answer what is wrong."""
        return [Holidays(name, Label("日"), frozenset(), frozenset(), frozenset()) for name in ("days", "nights")]


def create(setup):
    return Sample()
