"""`precedents` as people, programs and rules.csv take it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from console import Done

from core.casework import Deed, Principal, Repeatable, Report
from core.factory import build_services
from core.settings import Settings

Here = Callable[..., Done]
INPUTS = "{type: object, properties: {unit: {type: string, format: organisation, title: {zh: 单位, en: unit}}}}"
SETTLE = f"""
      - id: settle
        label: {{zh: 确权, en: settle}}
        meaning: rule_ownership
        track: main
        from: [reported]
        who: [{{role: head}}]
        inputs: {INPUTS}
        effects:
          - assign_task: {{task: handling, target: {{input: unit}}}}
    reactions:"""


def test_rows_are_offered_appended_and_covered(here: Here, changed: Callable[..., Path], instance: Path) -> None:
    folder = changed(("workflow.yaml", "\n    reactions:", SETTLE))
    assert here("publish", folder).code == 0
    here("staff", "assign", "minimal", "王强", "head", "--cell", "D01")
    here("staff", "assign", "minimal", "王强", "reporter", "--cell", "D01")
    assert "可采用 0 条" in here("precedents", "minimal").out
    number = settle(instance)
    shown = here("--language", "en", "precedents", "minimal").out.splitlines()
    assert shown[0].split() == ["rule", "CLASS", "CELL", "handler", "TIMES", "CASES", "NOTE"]
    assert shown[1].split() == ["P-0101-D", "0101", "D", "organisation:works", "1", number, "–"]
    assert shown[2] == "1 offered, 0 contradicted, 0 outdated, 0 covered by today's rules"
    told = json.loads(here("precedents", "minimal", "--json").out)
    assert [(one["id"], one["cases"], one["times"]) for one in told["offered"]] == [("P-0101-D", [number], 1)]
    assert told["counts"] == {"offered": 1, "contradicted": 0, "outdated": 0, "covered": 0}
    assert json.loads(here("precedents", "minimal", "--since", "2100-01-01", "--json").out)["offered"] == []
    rows = here("precedents", "minimal", "--csv").out
    with (folder / "rules.csv").open("a", encoding="utf-8") as table:
        table.write(rows)
    assert here("check", folder).code == 0
    assert here("publish", folder).code == 0
    assert here("precedents", "minimal", "--csv").out == ""
    assert "现行规则已涵盖 1 条" in here("precedents", "minimal").out
    assert here("precedents", "minimal", "--json", "--csv").code == 2
    assert here("precedents", "nowhere").code == 1


def settle(instance: Path) -> str:
    """A case that the head gives to the works company; its number."""
    services = build_services(replace(Settings(), instance=instance, log_level="error"))
    account = services.store.accounts.by_name("王强")
    assert account is not None
    head = Principal(account.id, locality="minimal")
    report = Report("request", "0101", channel="app", severity="ordinary", cell="D01", facts={"depth_cm": 1})
    case = services.casework.open_case("minimal", head, Repeatable("a", "a"), report).body
    deed = Deed("settle", inputs={"unit": "works"})
    services.casework.act("minimal", head, Repeatable("b", "b"), case["id"], case["version"], deed)
    services.store.close()
    return str(case["number"])
