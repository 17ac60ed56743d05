"""timers.yaml → Timers: calendars, limits, alerts, cards and cadences; ladders become reaches of their limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from core.manifest.compile.expressions import Expressions
from core.manifest.compile.ladders import compile_ladders, rungs
from core.manifest.compile.roster import amount
from core.manifest.compile.scope import compile_scope
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
from core.scheme.dispatch import Pool
from core.scheme.extensions import Holidays
from core.scheme.label import Label
from core.scheme.scheme import Parameter
from core.scheme.timers import Cadence, Calendar, Card, Extension, Limit, Reaching, Suspension, Timers

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Windows = tuple[tuple[int, int], ...]
ALWAYS = "day_and_night"
"""The calendar of the limits of pools; a limit in urgent hours asks it for nothing but its zone."""


def compile_timers(
    root: Node,
    parameters: Mapping[str, Parameter],
    expressions: Expressions,
    time_zone: str,
    holidays: Mapping[str, Holidays],
    pools: Mapping[str, Pool],
) -> Timers:
    """Calendars run in the district's zone unless they name their own, and may follow a plugin's `holidays`. A pool
    whose unclaimed tasks go to somebody has a limit `claim:<pool>` on a calendar without hours off."""
    inherited = file_origin(root)
    ladders = compile_ladders(root, inherited, expressions)
    calendars = {
        item["id"].value: _calendar(item, inherited, time_zone, holidays.get(item["follows"].text))
        for item in root["calendars"]
    }
    limits = {item["id"].value: _limit(item, inherited, parameters, expressions) for item in root["limits"]}
    limits = {name: replace(limit, reaches=limit.reaches + rungs(ladders, name)) for name, limit in limits.items()}
    claims = {f"claim:{pool.id}": _claim(pool) for pool in pools.values() if pool.unclaimed is not None}
    if claims:
        calendars[ALWAYS] = Calendar(ALWAYS, Label("昼夜", "day and night"), time_zone, ((),) * 7)
    return Timers(
        calendars=calendars,
        limits=limits | claims,
        alerts=labels(root["alerts"]),
        cadences={item["id"].value: _cadence(item, inherited, expressions) for item in root["cadences"]},
        cards={item["id"].value: _card(item, inherited, parameters) for item in root["cards"]},
        ladders=ladders,
    )


def _claim(pool: Pool) -> Limit:
    """The time within which a task of the pool has to be claimed."""
    return Limit(
        id=f"claim:{pool.id}",
        label=pool.label,
        kind="target",
        track="",
        start="",
        stop="",
        amount=Decimal(pool.claim_minutes) / 60,
        unit="urgent_hour",
        calendar=ALWAYS,
        reaches=(Reaching("unclaimed", Decimal(1), notify=pool.unclaimed),),
        origin=pool.origin,
        pool=pool.id,
    )


def _card(item: Node, inherited: str, parameters: Mapping[str, Parameter]) -> Card:
    return Card(
        id=item["id"].value,
        label=label(item["label"].value),
        answer_within=amount(item["answer_within"], parameters) if item["answer_within"] else None,
        unit=item["unit"].value,
        origin=origin(item, inherited),
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
        start=item["start"].text,
        stop=item["stop"].text,
        amount=amount(item["amount"], parameters),
        unit=item["unit"].value,
        calendar=item["calendar"].value,
        starts_on=item["starts_on"].value or "recorded",
        pause=frozenset(item["pause"].value or ()),
        layer=item["layer"].value or "local",
        scope=compile_scope(item["scope"], expressions),
        reaches=tuple(_reaching(each) for each in item["reaches"]),
        origin=origin(item, inherited),
        by_filing_condition=bool(item["by_filing_condition"].value),
        task=item["task"].value,
        extension=_extension(item["extension"], parameters) if item["extension"] else None,
        suspension=_suspension(item["suspension"]) if item["suspension"] else None,
    )


def _extension(item: Node, parameters: Mapping[str, Parameter]) -> Extension:
    return Extension(
        times=int(item["times"].value),
        amount=amount(item["amount"], parameters) if item["amount"] else None,
        share=number(item["share"].value) if item["share"] else None,
        approval=item["approval"].value,
    )


def _suspension(item: Node) -> Suspension:
    return Suspension(
        days=int(item["days"].value),
        times=int(item["times"].value) if item["times"] else None,
        approval=item["approval"].value,
        action=item["action"].value,
    )


def _reaching(item: Node) -> Reaching:
    return Reaching(
        id=item["id"].value,
        share=number(item["share"].value),
        action=item["action"].value,
        alert=item["alert"].value,
        notify=target(item["notify"].value) if item["notify"] else None,
        card=item["card"].value,
    )


def _cadence(item: Node, inherited: str, expressions: Expressions) -> Cadence:
    return Cadence(
        id=item["id"].value,
        label=label(item["label"].value),
        mode=item["mode"].value,
        target=target(item["target"].value),
        scope=compile_scope(item["scope"], expressions),
        at=minutes(item["at"].value) if item["at"] else None,
        origin=origin(item, inherited),
        copies=tuple(target(each.value) for each in item["copies"]),
        read_receipt=bool(item["read_receipt"].value),
        remind_after=item["remind_after_minutes"].value,
    )
