"""Which findings a waiver covers, and what is said about a waiver that does nothing."""

from typing import Any

import pytest

from core.errors import Finding, Place
from core.manifest.waiver import apply_waivers

REASON = {"zh": "按街道现状划分", "en": "as the streets are"}


def warning(path: str = "$.tiers[1].id", code: str = "few-cells", severity: Any = "warning") -> Finding:
    return Finding(code, severity, Place("grid.yaml", 3, 1, path))


def applied(findings: list[Finding], *waivers: Any) -> list[Finding]:
    return apply_waivers(findings, waivers, lambda index: Place("locality.yaml", 9 + index, 5, f"$.waivers[{index}]"))


def waiver(**changes: Any) -> dict[str, Any]:
    return {"code": "few-cells", "file": "grid.yaml", "path": "$.tiers[1]", "reason": REASON, **changes}


@pytest.mark.parametrize("path", ["$.tiers[1].id", "$.tiers[1]", "$.tiers", "$"])
def test_covers_the_path_and_what_lies_below(path: str) -> None:
    assert applied([warning()], waiver(path=path)) == [warning().waive(REASON)]


@pytest.mark.parametrize(
    "changes",
    [
        *({"path": path} for path in ("$.tier", "$.tiers[1].i", "$.tiers[10]", "$.tiers[1].id.x")),
        {"code": "few"},
        {"file": "roster.yaml"},
    ],
)
def test_covers_nothing_else(changes: dict[str, str]) -> None:
    found = applied([warning()], waiver(**changes))
    assert found[0] == warning()
    assert [(finding.code, finding.severity) for finding in found[1:]] == [("waiver-unused", "warning")]
    assert str(found[1].place) == "locality.yaml:9:5 $.waivers[0]"


def test_an_index_is_no_prefix_of_another() -> None:
    assert applied([warning("$.tiers[10]")], waiver())[0].waived is None


def test_without_a_path_the_whole_file_is_covered() -> None:
    entry = waiver()
    del entry["path"]
    assert all(finding.waived == REASON for finding in applied([warning(), warning("$[3].code")], entry))


@pytest.mark.parametrize("severity", ["error", "note"])
def test_only_warnings_can_be_waived(severity: str) -> None:
    standing = warning(severity=severity)
    found = applied([standing], waiver())
    assert found[0] == standing
    assert [(finding.code, finding.severity) for finding in found[1:]] == [("waiver-not-waivable", "error")]
    assert found[1].params == {"waived": "few-cells", "file": "grid.yaml", "is": severity}


def test_the_first_of_two_waivers_gives_the_reason_and_the_second_is_used_too() -> None:
    found = applied([warning()], waiver(reason="第一"), waiver(path="$", reason="第二"))
    assert [finding.waived for finding in found] == ["第一"]


@pytest.mark.parametrize(
    "shape", [None, "x", {}, {"code": "few-cells"}, waiver(reason=None), waiver(path=3), waiver(code=[])]
)
def test_what_is_no_waiver_is_left_to_the_schema(shape: Any) -> None:
    assert applied([warning()], shape) == [warning()]
