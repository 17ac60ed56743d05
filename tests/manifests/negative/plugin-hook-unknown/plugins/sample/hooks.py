"""A sample that is wrong on purpose."""

from core.hookspecs import hookimpl


class Sample:
    @hookimpl
    def deliver_notice(self, notice, dry_run):
        """Tell nobody."""

    @hookimpl
    def deliver_notices(self, notice):
        """No such hook."""


def create(setup):
    return Sample()
