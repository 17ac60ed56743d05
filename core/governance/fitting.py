"""`fit`: from households, staff and a budget to what each post carries, and what would lighten it.

Pure: counts, wishes and prices in, options with their arithmetic out. Nothing is invented: without a price there is no
cost, without a rule or a wish no bound. Proposes; decides and writes nothing. `fitting_ground` reads a scheme.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.engine.decision import Reason
from core.governance.fitting_load import Load, shared
from core.governance.fitting_options import Option, Site, Wishes, bounds_broken, hours_of, options, plain


@dataclass(frozen=True)
class Fitted:
    """One post with its load (None when nobody holds it), the bounds that it breaks, and what may be done."""

    site: Site
    load: Load | None
    hours: Decimal | None
    exceeds: tuple[Reason, ...]
    options: tuple[Option, ...] = ()

    @property
    def short(self) -> bool:
        return self.site.staff < len(self.site.households)

    @property
    def covering(self) -> tuple[Option, ...]:
        """What leaves no cell without a holder."""
        return tuple(option for option in self.options if not option.load.uncovered)

    @property
    def within(self) -> tuple[Option, ...]:
        """What covers every cell and keeps every bound that was given."""
        return tuple(option for option in self.covering if not option.exceeds)

    def as_dict(self) -> dict[str, Any]:
        site = self.site
        return {
            "post": site.post,
            "label": site.label.as_dict(),
            "place": site.place.as_dict(),
            "cells": len(site.households),
            "households": sum(site.households),
            "households_unknown": site.unknown,
            "positions_by_quota": site.quota,
            "staff": site.staff,
            "load": load_as_dict(self.load, self.hours),
            "maximum": plain(site.maximum),
            "rule": site.rule,
            "exceeds": [reason.as_dict() for reason in self.exceeds],
            "options": [_option_as_dict(option) for option in self.options],
            "covering": [option.id for option in self.covering],
            "within": [option.id for option in self.within],
        }


def fit(sites: Sequence[Site], wishes: Wishes, posts: Collection[str] = ()) -> tuple[Fitted, ...]:
    """Every post's load; options for the posts named, or else for those that lack staff or break a bound."""
    return tuple(_fitted(site, wishes, site.post in posts, not posts) for site in sites)


def _fitted(site: Site, wishes: Wishes, named: bool, every: bool) -> Fitted:
    load = shared(site.households, site.staff) if site.staff else None
    hours = hours_of(site, load.cells) if load else None
    exceeds = bounds_broken(site, wishes, load.households, hours) if load else ()
    wanted = named or (every and (site.staff < len(site.households) or bool(exceeds)))
    return Fitted(site, load, hours, exceeds, options(site, wishes) if wanted else ())


def load_as_dict(load: Load | None, hours: Decimal | None) -> dict[str, Any] | None:
    if load is None:
        return None
    return {
        "holders": load.holders,
        "cells_each": {str(cells): holders for cells, holders in load.shares},
        "most_cells": load.cells,
        "most_households": load.households,
        "most_hours_a_week": plain(hours),
        "cells_uncovered": load.uncovered,
        "households_uncovered": load.without,
    }


def _option_as_dict(option: Option) -> dict[str, Any]:
    return {
        "id": option.id,
        "cells": option.cells,
        "positions": option.positions,
        "added": option.added,
        "load": load_as_dict(option.load, option.hours),
        "cost": plain(option.cost),
        "exceeds": [reason.as_dict() for reason in option.exceeds],
        "arithmetic": [reason.as_dict() for reason in option.arithmetic],
    }
