"""`gridwright fit` on the district of problems: what would help a community of eighteen cells and eleven staff."""

from __future__ import annotations

import json
from pathlib import Path

from console import ROOT, run

DISTRICT = ROOT / "manifests" / "xinhua_cangzhou"


def test_says_what_would_help(tmp_path: Path) -> None:
    done = run(tmp_path, "--language", "en", "fit", DISTRICT, "--post", "baihe_worker")
    assert done.code == 0, done.err
    assert "Baihe Community): 18 cells, 6000 households, 11 holders" in done.out
    assert "18 cells − 11 holders = 7 cells without a holder" in done.out
    assert "holders × cells: 7 × 2 + 4 × 1 = 18" in done.out
    assert "6000 households ÷ at most 300 a cell → 20 cells" in done.out
    assert "no price was given" in done.out
    assert "within every bound (positions to add): divide by the rule, one a cell (+9)" in done.out


def test_prices_and_bounds_are_the_users(tmp_path: Path) -> None:
    wishes = ("--cost-per-post", "30000", "--funded-share", "0.5", "--budget", "110000", "--households-per-cell", "400")
    done = run(tmp_path, "fit", DISTRICT, "--format", "json", *wishes)
    posts = {post["post"]: post for post in json.loads(done.out)["posts"]}
    options = {option["id"]: option for option in posts["baihe_worker"]["options"]}
    assert options["add"]["cost"] == 105000
    assert posts["baihe_worker"]["within"] == ["add"]
    (sum_,) = [told for told in options["add"]["arithmetic"] if told["code"] == "fit-cost"]
    assert sum_["message"]["zh"] == "7 岗 × 30000 × (1 − 0.5) = 105000"
    assert posts["grid_worker"]["options"] == []


def test_enough_staff_leaves_nothing_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, "fit", DISTRICT, "--staff", "baihe_worker=18", "--households-per-cell", "400")
    assert done.code == 0 and "没有岗位人少于格或超过限度" in done.out


def test_refuses_what_it_cannot_take(tmp_path: Path) -> None:
    assert run(tmp_path, "fit", DISTRICT, "--staff", "baihe_worker").code == 2
    assert run(tmp_path, "fit", DISTRICT, "--budget", "-1").code == 2
    assert run(tmp_path, "fit", DISTRICT, "--funded-share", "1.5").code == 2
    unknown = run(tmp_path, "fit", DISTRICT, "--post", "baihe_worke")
    assert unknown.code == 1 and "baihe_worker" in unknown.err
    crew = run(tmp_path, "fit", DISTRICT, "--staff", "office_clerk=1")
    assert crew.code == 1 and "post-without-cells" in crew.err
