"""A sample that is wrong on purpose."""

from core.hookspecs import hookimpl


class Sample:
    @hookimpl
    def deliver_notice(self, notice, trial):
        """Tell nobody."""


def create(setup):
    return Sample()
