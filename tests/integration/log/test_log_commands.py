"""`gridwright anchor` and `gridwright verify-log` as people run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ledger_district import District

SCRIPT = Path(sys.executable).parent / "gridwright"


@pytest.fixture
def run(district: District):
    """Run a command on the district's installation."""
    settings = district.town.services.settings
    shutil.copytree(district.anchors, settings.instance / "anchors", dirs_exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    known = {"GRIDWRIGHT_INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url, "LANG": "C.UTF-8"}

    def call(*arguments: str, **more: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [SCRIPT, *arguments], env=kept | known | more, capture_output=True, text=True, check=False, timeout=120
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    call.environment = kept | known  # type: ignore[attr-defined]
    return call


def test_a_clean_log_exits_with_0_and_an_altered_one_with_1(district: District, run) -> None:
    code, out, _ = run("verify-log")
    assert (code, out.splitlines()) == (0, ["harbour：4 个案件，38 个事件，0 处问题"])
    district.tamper("UPDATE case_event SET type = 'moved' WHERE case_id = :waiting AND seq = 2")
    code, out, _ = run("verify-log", "harbour")
    assert code == 1
    first, advice, last = out.splitlines()
    assert first.startswith("harbour HB20260302-0001 " + district.cases["waiting"] + " #2 ")
    assert first.endswith("[event-altered]") and advice.startswith("  → ")
    assert "1 处问题" in last
    code, out, _ = run("--language", "en", "verify-log", "--fast")
    assert code == 1 and "event 2 has been altered" in out and "find out who" in out


def test_json_names_everything_in_both_languages(district: District, run) -> None:
    district.tamper(district.rewrite("handled", lambda events: events[:4]))
    code, out, _ = run("verify-log", "--format", "json", "--photos")
    found = json.loads(out)
    assert code == 1 and found["ok"] is False
    ((finding,), told) = found["findings"], found["localities"]["harbour"]
    assert (finding["code"], finding["case"], finding["seq"]) == ("chain-cut", district.cases["handled"], 4)
    assert set(finding["message"]) == set(finding["hint"]) == {"zh", "en"}
    assert told["findings"] == 1 and told["anchored_until"]


def test_one_case_is_found_by_id_and_by_number(district: District, run) -> None:
    number = district.town.get(f"/cases/{district.cases['late']}").json["number"]
    assert run("verify-log", "harbour", "--case", number)[0] == 0
    district.tamper("UPDATE case_task SET state = 'x' WHERE case_id = :late")
    assert run("verify-log", "--case", district.cases["late"])[0] == 1
    assert run("verify-log", "--case", district.cases["open"])[0] == 0
    code, _, err = run("verify-log", "--case", "nowhere")
    assert code == 1 and "[case-unknown]" in err
    assert "[locality-unknown]" in run("verify-log", "nowhere")[2]


def test_anchors_are_said_to_be_missing_and_may_be_kept_elsewhere(district: District, run, tmp_path: Path) -> None:
    settings = district.town.services.settings
    (settings.instance / "anchors").rename(tmp_path / "elsewhere")
    district.tamper(district.rewrite("handled", lambda events: events[:4]))
    code, out, _ = run("verify-log")
    assert code == 0 and "没有锚定日志" in out
    for place in (tmp_path / "elsewhere", tmp_path / "elsewhere" / "harbour.jsonl"):
        code, out, _ = run("verify-log", "--anchors", str(place))
        assert code == 1 and "[chain-cut]" in out
    assert run("verify-log", "--anchors", str(tmp_path / "not there"))[0] == 2


def test_anchor_prints_the_line_to_publish(district: District, run) -> None:
    code, before, _ = run("anchor", "--newest")
    assert code == 0 and json.loads(before)["number"] == 2
    code, out, _ = run("anchor", "harbour")
    line = json.loads(out)
    assert code == 0 and line["previous"] and line["cases"] == 4
    assert run("anchor", "--newest")[1] == out
    own = district.town.services.settings.instance / "anchors" / "harbour.jsonl"
    assert own.read_text().endswith(out)
    own.unlink()
    assert "[anchors-none]" in run("anchor", "--newest")[2]
    code, _, err = run("anchor", GRIDWRIGHT_ANCHORS=str(own.parent.parent / "cursor.key"))
    assert code == 1 and "[system-refused]" in err


def test_an_interruption_says_how_far_it_came(run, district: District) -> None:
    program = "import os, signal, core.casework.verifying as v\nfrom core.factory import main\n"
    program += "old = v._walked\n"
    program += "v._walked = lambda *a: (os.kill(os.getpid(), signal.SIGINT), old(*a))[1]\n"
    program += "import sys; sys.argv = ['gridwright', 'verify-log', '--format', 'json']; main()"
    done = subprocess.run([sys.executable, "-c", program], env=run.environment, capture_output=True, text=True)
    assert done.returncode == 130, done.stderr
    assert json.loads(done.stdout)["interrupted"] is True
    assert "Traceback" not in done.stderr and "已中断" in done.stderr
