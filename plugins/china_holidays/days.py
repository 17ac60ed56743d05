"""China's public holidays and make-up workdays (调休) as the `chinesecalendar` library has them.

Only years that the library covers are announced: for another one it has nothing, and nothing is guessed here. The
next year comes with a newer version of the library, after the State Council's office has announced it.
"""

from __future__ import annotations

from collections.abc import Sequence

from chinese_calendar import __version__
from chinese_calendar.constants import holidays, workdays

from core.hookspecs import PluginSetup, hookimpl
from core.scheme.extensions import Holidays
from core.scheme.label import Label


class ChinaHolidays:
    """One calendar, `china`."""

    @hookimpl
    def provide_calendars(self) -> Sequence[Holidays]:
        """The days off that are announced, weekends inside them too, and the weekend days that are worked."""
        closed, open_ = frozenset(holidays), frozenset(workdays)
        return [
            Holidays(
                id="china",
                label=Label("中国法定节假日", "public holidays of China"),
                closed=closed,
                open=open_,
                announced=frozenset(day.year for day in closed),
                source=f"chinesecalendar {__version__}",
            )
        ]


def create(setup: PluginSetup) -> ChinaHolidays:
    """The same for every district."""
    return ChinaHolidays()
