"""For people who write plugins: the kernel's expectations on a plugin, as one function for their tests.

    from core.testing import check_plugin

    def test_it_keeps_the_contract():
        check_plugin(Path("my_plugin"), config={"days": 3})

Uses no test framework and touches no installation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from core.errors import Finding
from core.manifest.document import Document
from core.manifest.node import Node
from core.messages import hint, render
from core.plugin_host import SHIPPED, Pack, PluginHost, inspect_plugin
from core.plugin_host.plugin import read_plugin
from core.scheme.extensions import Extensions, Holidays, Notice, Recipient, Sighting
from core.scheme.label import Label

LOCALITY = "contract"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class ContractBroken(AssertionError):
    """What a plugin does not keep, one line each."""


def plugins_of(*folders: Path) -> PluginHost:
    """The plugins in some folders, and no others; secrets are some text of the length of a made one."""
    packs = [Pack(folder.name, folder.resolve(), "folder") for folder in folders]
    return PluginHost(packs, version("gridwright"), lambda *_: "a-secret-that-an-installation-made")


def shipped_plugins() -> PluginHost:
    """The plugins that come with the kernel, and no others."""
    return plugins_of(SHIPPED)


def check_plugin(folder: Path, config: Mapping[str, Any] | None = None, *beside: Path) -> Extensions:
    """Hold a plugin to everything that the kernel expects; what it provides is answered for further tests.

    `config` is a district's configuration; `beside` are the folders of plugins that it requires. Raises ContractBroken.
    """
    report = inspect_plugin(folder, version("gridwright"))
    _no_findings(report.findings)
    plugin = read_plugin(folder.resolve(), Pack(folder.name, folder.resolve(), "folder"))
    named = {
        "id": LOCALITY,
        "plugins": [*({"id": id} for id in plugin.requires()), {"id": plugin.id, "config": dict(config or {})}],
    }
    found = [plugins_of(folder, *beside).resolve(Node(Document("locality.yaml", named), (), named)) for _ in range(2)]
    _no_findings(found[0].findings)
    extensions, again = (each.extensions for each in found)
    broken = []
    if (extensions.holidays, extensions.code_lists) != (again.holidays, again.code_lists):
        broken.append("data differs between two makings of the same version")
    for holidays in extensions.holidays.values():
        broken += _calendar(holidays)
    for id in extensions.suggest_duplicates:
        broken += _suggestions(extensions, id)
    for id in extensions.deliver_notice:
        extensions.deliver_notice[id](_notice(), True)
    if broken:
        raise ContractBroken("\n".join(broken))
    return extensions


def _no_findings(findings: Sequence[Finding]) -> None:
    if findings:
        told = (f"{each.place} [{each.code}] {render(each.code, each.params, 'en')}" for each in findings)
        advice = {hint(each.code, each.params, "en") for each in findings} - {""}
        raise ContractBroken("\n".join((*told, *sorted(advice))))


def _calendar(holidays: Holidays) -> list[str]:
    broken = []
    if holidays.closed & holidays.open:
        broken.append(f"{holidays.id}: days that are both off and worked: {sorted(holidays.closed & holidays.open)}")
    years = {day.year for day in holidays.closed | holidays.open} - holidays.announced
    if years:
        broken.append(f"{holidays.id}: days in years that are not announced: {sorted(years)}")
    return broken


def _suggestions(extensions: Extensions, id: str) -> list[str]:
    """Twice the same answer; only cases that were offered, once each, with a likeness from 0 to 1."""
    suggest = extensions.suggest_duplicates[id]
    report = _sighting(None, NOW, 0)
    nearby = [_sighting(f"case-{number}", NOW - timedelta(hours=number), number) for number in range(5)]
    first, again = suggest(report, nearby), suggest(report, nearby)
    offered = {sighting.id for sighting in nearby}
    named = [suggestion.case for suggestion in first]
    broken = []
    if tuple(first) != tuple(again):
        broken.append("suggest_duplicates: two answers to the same question")
    if len(set(named)) != len(named) or not set(named) <= offered:
        broken.append(f"suggest_duplicates: cases that were not offered, or twice: {named}")
    if any(not 0 <= suggestion.likeness <= 1 for suggestion in first):
        broken.append("suggest_duplicates: a likeness that is not from 0 to 1")
    if suggest(report, []):
        broken.append("suggest_duplicates: a suggestion where there is nothing nearby")
    return broken


def _sighting(case: str | None, at: datetime, number: int) -> Sighting:
    return Sighting(case, case or "", "0101", "C01", at, (108.7 + number / 10_000, 34.4))


def _notice() -> Notice:
    recipient = Recipient("account-1", "张三", "head", "C01")
    about = {"case": "case-1", "number": "M1"}
    return Notice("notice-1", "notice", "assigned", (recipient,), Label("有新任务", "a new task"), about, NOW)
