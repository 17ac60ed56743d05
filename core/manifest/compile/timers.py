"""timers.yaml → Timers: calendars, limits, alerts and cadences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core.manifest.compile.expressions import Expressions
from core.manifest.compile.roster import amount
from core.manifest.compile.values import (
    days,
    file_origin,
    label,
    labels,
    minutes,
    number,
    origin,
    target,
    window,
)
from core.manifest.node import Node
from core.scheme.extensions import Holidays
from core.scheme.label import Label
from core.scheme.scheme import Parameter
from core.scheme.timers import Cadence, Calendar, Limit, Reaching, Scope, Timers

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Windows = tuple[tuple[int, int], ...]


def compile_timers(
    root: Node,
    parameters: Mapping[str, Parameter],
    expressions: Expressions,
    time_zone: str,
    holidays: Mapping[str, Holidays],
) -> Timers:
    """Calendars run in the district's zone unless they name their own, and may follow a plugin's `holidays`."""
    inherited = file_origin(root)
    return Timers(
        calendars={
            item["id"].value: _calendar(item, inherited, time_zone, holidays.get(item["follows"].text))
            for item in root["calendars"]
        },
        limits={item["id"].value: _limit(item, inherited, parameters, expressions) for item in root["limits"]},
        alerts=labels(root["alerts"]),
        cadences={item["id"].value: _cadence(item, inherited, expressions) for item in root["cadences"]},
    )


def _calendar(item: Node, inherited: str, time_zone: str, followed: Holidays | None) -> Calendar:
    """What the calendar says itself goes before what it follows, day by day."""
    weekdays = tuple(_windows(item["weekdays"][day]) for day in WEEKDAYS)
    closed = {day for text in item["holidays"].value or () for day in days(text)}
    made_up = dict(_made_up(each, weekdays) for each in item["make_up"])
    base = followed or Holidays("", Label(""), frozenset(), frozenset(), frozenset())
    usual = weekdays[WEEKDAYS.index(item["make_up_as"].value or WEEKDAYS[0])]
    return Calendar(
        id=item["id"].value,
        label=label(item["label"].value),
        time_zone=item["time_zone"].value or time_zone,
        weekdays=weekdays,
        closed=frozenset(closed | (base.closed - made_up.keys())),
        open=dict.fromkeys(sorted(base.open - closed), usual) | made_up,
        announced=base.announced | frozenset(item["announced"].value or ()),
        origin=origin(item, inherited),
    )


def _windows(item: Node) -> Windows:
    return tuple(sorted(window(text) for text in item.value or ()))


def _made_up(item: Node, weekdays: tuple[Windows, ...]) -> tuple[date, Windows]:
    follows = item["as"].value
    windows = weekdays[WEEKDAYS.index(follows)] if follows else _windows(item["windows"])
    return date.fromisoformat(item["date"].value), windows


def _limit(item: Node, inherited: str, parameters: Mapping[str, Parameter], expressions: Expressions) -> Limit:
    return Limit(
        id=item["id"].value,
        label=label(item["label"].value),
        kind=item["kind"].value,
        track=item["track"].value,
        start=item["start"].value,
        stop=item["stop"].value,
        amount=amount(item["amount"], parameters),
        unit=item["unit"].value,
        calendar=item["calendar"].value,
        starts_on=item["starts_on"].value or "recorded",
        pause=frozenset(item["pause"].value or ()),
        layer=item["layer"].value or "local",
        scope=_scope(item["scope"], expressions),
        reaches=tuple(_reaching(each) for each in item["reaches"]),
        origin=origin(item, inherited),
    )


def _reaching(item: Node) -> Reaching:
    return Reaching(
        id=item["id"].value,
        share=number(item["share"].value),
        action=item["action"].value,
        alert=item["alert"].value,
        notify=target(item["notify"].value) if item["notify"] else None,
    )


def _scope(item: Node, expressions: Expressions) -> Scope:
    def any_of(name: str) -> frozenset[str]:
        return frozenset(item[name].value or ())

    return Scope(
        case_kinds=any_of("case_kinds"),
        categories=any_of("categories"),
        cells=any_of("cells"),
        area_kinds=any_of("area_kinds"),
        grades=any_of("grades"),
        channels=any_of("channels"),
        severities=any_of("severities"),
        filing_conditions=any_of("filing_conditions"),
        when=expressions.at(item["when"]),
    )


def _cadence(item: Node, inherited: str, expressions: Expressions) -> Cadence:
    return Cadence(
        id=item["id"].value,
        label=label(item["label"].value),
        mode=item["mode"].value,
        target=target(item["target"].value),
        scope=_scope(item["scope"], expressions),
        at=minutes(item["at"].value) if item["at"] else None,
        origin=origin(item, inherited),
    )
