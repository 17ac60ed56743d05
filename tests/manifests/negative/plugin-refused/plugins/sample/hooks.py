"""A sample that is wrong on purpose."""

from core.hookspecs import hookimpl


class Sample:
    @hookimpl(wrapper=True)
    def deliver_notice(self, notice, dry_run):
        """A wrapper that never yields."""


def create(setup):
    return Sample()
