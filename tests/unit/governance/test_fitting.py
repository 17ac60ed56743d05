"""`fit`: sums that can be checked by hand, for any cells and holders; options and bounds as they are given."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.governance.fitting import Fitted, fit
from core.governance.fitting_load import one_each, shared, with_one_away
from core.governance.fitting_options import Option, Site, Wishes
from core.scheme.label import Label

CELLS = st.lists(st.integers(0, 2000), min_size=1, max_size=40)
HOLDERS = st.integers(1, 60)


def site(households: tuple[int, ...], staff: int, **more: object) -> Site:
    return Site("worker", Label("网格员"), Label("社区"), households, len(households), staff, **more)  # type: ignore[arg-type]


def fitted(one: Site, wishes: Wishes | None = None) -> Fitted:
    (found,) = fit([one], wishes or Wishes(), ["worker"])
    return found


def by_id(found: Fitted) -> dict[str, Option]:
    return {option.id: option for option in found.options}


# ------------------------------------------------------------------------------------------------------------- loads
@given(CELLS, HOLDERS)
def test_shared_cells_are_all_somebodys(households: list[int], holders: int) -> None:
    load = shared(households, holders)
    assert load.holders == holders and load.uncovered == 0
    assert sum(number for _, number in load.shares) == holders
    if holders < len(households):
        assert sum(cells * number for cells, number in load.shares) == len(households)
        assert max(sum(households) / holders, max(households)) <= load.households
        assert load.households <= sum(households) / holders + max(households)
    else:
        assert load.cells == 1 and load.households <= max(households)


@given(CELLS, HOLDERS)
def test_one_each_leaves_the_smallest_cells(households: list[int], holders: int) -> None:
    load = one_each(households, holders)
    assert load.uncovered == max(len(households) - holders, 0)
    assert load.without == sum(sorted(households)[: load.uncovered])


@given(CELLS, st.integers(2, 60))
def test_while_one_is_away_the_others_have_all_cells(households: list[int], holders: int) -> None:
    away, cells, moved = with_one_away(households, holders)
    whole = min(holders, len(households))
    assert away.holders == whole - 1
    if whole > 1:
        assert sum(count * number for count, number in away.shares) == len(households)
        assert away.households >= max(sum(households) / (whole - 1), 0)
    assert cells >= 1 and moved >= sum(households) / whole


def test_nobody_shares_nothing() -> None:
    with pytest.raises(ValueError, match="nobody"):
        shared([1], 0)
    with pytest.raises(ValueError, match="nothing"):
        shared([], 1)
    assert one_each([300, 200], 0).uncovered == 2


def test_eighteen_cells_of_eleven() -> None:
    assert shared([333] * 18, 11).sum == "7 × 2 + 4 × 1 = 18"


# ----------------------------------------------------------------------------------------------------------- options
@given(CELLS, st.integers(0, 60), st.integers(20, 1000))
def test_every_option_keeps_its_own_count(households: list[int], staff: int, maximum: int) -> None:
    wishes = Wishes(cost_per_post=Decimal(7))
    found = fitted(site(tuple(households), staff, maximum=Decimal(maximum), rule="size"), wishes)
    assert found.options[0].id == "now"
    for option in found.options:
        assert option.added == option.positions - staff
        assert option.cost == 7 * max(option.added, 0)
        assert bool(option.exceeds) == (option.load.households > maximum)
    covering = [option.id for option in found.options if not option.load.uncovered]
    assert [option.id for option in found.covering] == covering
    assert {option.id for option in found.within} <= set(covering)


def test_what_would_help_eighteen_cells_with_eleven() -> None:
    found = fitted(site((333,) * 18, 11, maximum=Decimal(300), rule="households"))
    assert found.short
    options = by_id(found)
    assert list(options) == ["now", "share", "pair", "merge", "add", "divide"]
    assert (options["now"].load.uncovered, options["now"].load.without) == (7, 7 * 333)
    assert (options["share"].load.cells, options["share"].load.households) == (2, 666)
    assert (options["merge"].cells, options["merge"].load.households) == (11, 545)
    assert (options["add"].positions, options["add"].added) == (18, 7)
    assert (options["divide"].cells, options["divide"].added) == (20, 9)
    assert [option.id for option in found.within] == ["divide"]


def test_there_is_no_cost_without_a_price() -> None:
    for option in fitted(site((333,) * 18, 11), Wishes(budget=Decimal(1))).options:
        assert option.cost is None and not [told for told in option.arithmetic if told.code == "fit-cost"]


def test_a_budget_buys_whole_positions_at_ones_own_price() -> None:
    wishes = Wishes(cost_per_post=Decimal(30000), funded_share=Decimal("0.5"), budget=Decimal(70000))
    options = by_id(fitted(site((333,) * 18, 11), wishes))
    assert (options["afford"].added, options["afford"].cost) == (4, 60000)
    assert [told.code for told in options["add"].exceeds] == ["fit-above-budget"]
    assert not options["afford"].exceeds


def test_hours_are_those_of_each_cell_and_ones_own() -> None:
    one = site((100, 100), 1, cell_hours=Decimal(10), own_hours=Decimal(2))
    options = by_id(fitted(one, Wishes(hours_per_week=Decimal(20))))
    assert (options["share"].hours, options["now"].hours) == (22, 12)
    assert [told.code for told in options["share"].exceeds] == ["fit-above-hours"]


def test_cells_of_many_households_get_second_holders() -> None:
    options = by_id(fitted(site((100, 350, 700), 3, maximum=Decimal(300), rule="r")))
    assert list(options) == ["now", "pair", "second", "divide"]
    assert (options["second"].positions, options["second"].load.households) == (6, 234)


def test_small_cells_may_be_merged_up_to_the_rule() -> None:
    options = by_id(fitted(site((100, 100, 100, 100), 4, maximum=Decimal(300), rule="r")))
    assert (options["merge"].cells, options["merge"].added) == (2, -2)


def test_posts_at_ease_have_no_options_unless_they_are_named() -> None:
    easy = site((100, 100), 2, maximum=Decimal(300), rule="r")
    (found,) = fit([easy], Wishes())
    assert not found.options and not found.exceeds
    assert fitted(easy).options
    (short,) = fit([site((100, 100), 1)], Wishes())
    assert short.options
    (other,) = fit([site((100, 100), 1)], Wishes(), ["another"])
    assert not other.options
