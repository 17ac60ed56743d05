"""Each hook, called through the kernel: what it is told, what becomes of its answer, and of its failure."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from plugin_folders import locality_of, module, write_plugin

from core import hookspecs
from core.errors import PermanentFailure
from core.plugin_host.hooks import HOOKS
from core.scheme.extensions import Notice, Sighting
from core.scheme.label import Label
from core.testing import plugins_of

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NOTICE = Notice("n1", "notice", "assigned", (), Label("有新任务", "a new task"), {"case": "c1"}, NOW)
REPORT = Sighting(None, "", "0101", "D01", NOW, (108.7, 34.4))
NEAR = Sighting("c1", "M1", "0101", "D01", NOW, (108.7, 34.4))

SECRET = "a-secret-that-an-installation-made"


def test_hook_provide_calendars(tmp_path: Path) -> None:
    hooks = module(
        "    @hookimpl\n    def provide_calendars(self):\n"
        "        off = frozenset({date.fromisoformat(self.setup.config['off'])})\n"
        "        return [Holidays('days', Label('日'), off, frozenset(), frozenset({2026}))]\n",
        "from datetime import date\nfrom core.scheme.extensions import Holidays\nfrom core.scheme.label import Label\n",
    )
    form = "config: {type: object, properties: {off: {type: string}}}\n"
    write_plugin(
        tmp_path,
        "sample",
        f"module: hooks\nprovides: {{hooks: [provide_calendars], calendars: [days]}}\n{form}",
        hooks=hooks,
    )
    host = plugins_of(tmp_path)
    east = host.resolve(locality_of("east", {"id": "sample", "config": {"off": "2026-05-01"}}))
    west = host.resolve(locality_of("west", {"id": "sample", "config": {"off": "2026-10-01"}}))
    assert east.findings == west.findings == ()
    assert east.extensions.holidays["days"].closed == {date(2026, 5, 1)}
    assert west.extensions.holidays["days"].closed == {date(2026, 10, 1)}, "each district has its own configuration"


def test_hook_suggest_duplicates(tmp_path: Path) -> None:
    hooks = module(
        "    @hookimpl\n    def suggest_duplicates(self, nearby):\n"
        "        return [Suggestion(each.id, Decimal('0.5')) for each in nearby]\n",
        "from decimal import Decimal\nfrom core.scheme.extensions import Suggestion\n",
    )
    write_plugin(tmp_path, "sample", "module: hooks\nprovides: {hooks: [suggest_duplicates]}\n", hooks=hooks)
    found = plugins_of(tmp_path).resolve(locality_of("east", {"id": "sample"})).extensions
    (suggestion,) = found.suggest_duplicates["sample"](REPORT, [NEAR])
    assert (suggestion.case, suggestion.likeness) == ("c1", Decimal("0.5"))


def test_hook_deliver_notice(tmp_path: Path) -> None:
    hooks = module(
        "    @hookimpl\n    def deliver_notice(self, notice, dry_run):\n"
        "        self.setup.config['told'].append((notice.id, dry_run, self.setup.secret('token')))\n"
    )
    form = "config: {type: object, properties: {told: {type: array}}}\n"
    write_plugin(tmp_path, "sample", f"module: hooks\nprovides: {{hooks: [deliver_notice]}}\n{form}", hooks=hooks)
    host = plugins_of(tmp_path)
    locality = locality_of("east", {"id": "sample", "config": {"told": []}})
    found = host.resolve(locality).extensions
    found.deliver_notice["sample"](NOTICE, True)
    found.deliver_notice["sample"](NOTICE, False)
    told = host.manager(locality).get_plugin("sample").setup.config["told"]
    assert told == [("n1", True, SECRET), ("n1", False, SECRET)], "the hook is told of a dry run"


def test_every_hook_has_its_test() -> None:
    assert {f"test_hook_{name}" for name in HOOKS} <= set(globals())
    specified = {name for name, found in vars(hookspecs).items() if hasattr(found, f"{hookspecs.PROJECT}_spec")}
    assert set(HOOKS) == specified
    for name, shown in HOOKS.items():
        parameters = inspect.signature(getattr(hookspecs, name)).parameters
        assert shown == f"{name}({', '.join(parameters)})"


@pytest.mark.parametrize("hook", ["suggest_duplicates", "deliver_notice"])
def test_what_a_hook_raises_is_for_its_caller_to_judge(tmp_path: Path, hook: str) -> None:
    hooks = module(f"    @hookimpl\n    def {hook}(self):\n        raise RuntimeError('no line')\n")
    write_plugin(tmp_path, "sample", f"module: hooks\nprovides: {{hooks: [{hook}]}}\n", hooks=hooks)
    found = plugins_of(tmp_path).resolve(locality_of("east", {"id": "sample"})).extensions
    with pytest.raises(RuntimeError, match="no line"):
        if hook == "deliver_notice":
            found.deliver_notice["sample"](NOTICE, False)
        else:
            found.suggest_duplicates["sample"](REPORT, [NEAR])


def test_a_plugin_says_itself_that_trying_again_is_useless(tmp_path: Path) -> None:
    hooks = module(
        "    @hookimpl\n    def deliver_notice(self):\n        raise PermanentFailure('gone')\n",
        "from core.errors import PermanentFailure\n",
    )
    write_plugin(tmp_path, "sample", "module: hooks\nprovides: {hooks: [deliver_notice]}\n", hooks=hooks)
    found = plugins_of(tmp_path).resolve(locality_of("east", {"id": "sample"})).extensions
    with pytest.raises(PermanentFailure, match="gone"):
        found.deliver_notice["sample"](NOTICE, False)
