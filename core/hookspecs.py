"""Every hook that a plugin may implement, in the order of a case's life. Signatures only.

A plugin's module has one function `create(setup: PluginSetup)` that answers an object whose methods, marked with
`hookimpl`, are its hooks. It is called once for each district that uses the plugin. Hooks that are called while
deciding take frozen values and return values; only `deliver_notice` may do I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pluggy

from core.scheme.extensions import Holidays, Notice, Sighting, Suggestion

PROJECT = "gridwright"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, slots=True)
class PluginSetup:
    """What a plugin is told when it is made for a district.

    `config` is the district's configuration, checked against the plugin's own schema and with its defaults.
    `secret(name)` answers a secret of the installation for this district and plugin (never part of a manifest).
    `address(host)` answers the address to connect to for a host, checked against what the installation allows:
    PermanentFailure `host-malformed` or `host-not-allowed`, TemporaryFailure `host-unresolved`. A plugin that takes a
    host from its configuration asks here and connects to the answer, never to the name.
    """

    locality: str
    config: Mapping[str, Any]
    secret: Callable[[str], str]
    address: Callable[[str], str]


@hookspec
def provide_calendars() -> Sequence[Holidays]:
    """Holidays and make-up workdays that calendars of timers.yaml may follow. Called when a manifest is checked and
    when it is published; must answer the same for the same version of the plugin."""
    raise NotImplementedError


@hookspec
def suggest_duplicates(report: Sighting, nearby: Sequence[Sighting]) -> Sequence[Suggestion]:
    """Which open cases of the neighbourhood may be what is being reported, the likeliest first. Pure: no I/O.

    `nearby` are open cases of the same cell and the cells around it, at most a few hundred; an answer that names
    another case is left out. Reasons that have their sentence in the kernel: `duplicate-same-object`,
    `duplicate-same-class`, `duplicate-sibling-class`, `duplicate-near` {metres}, `duplicate-same-cell`,
    `duplicate-recent` {hours}; another code is shown as it is.
    """
    raise NotImplementedError


@hookspec
def deliver_notice(notice: Notice, dry_run: bool) -> None:
    """Tell the recipients, after the commit. May do I/O and may be called again with the same `notice.id`.

    With `dry_run` nothing may leave the machine: check what can be checked. Raises TemporaryFailure of core.errors to
    be called again later, PermanentFailure to be given up; anything else is taken as temporary. Codes that have their
    sentence in the kernel: `notice-unreachable` {host}, `notice-postponed` and `notice-rejected` {host, status},
    `notice-without-address` {recipients}, `notice-secret-wrong` {name}.
    """
    raise NotImplementedError
