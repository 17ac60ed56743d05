"""The anchor log: only what changed is written, a crash costs no line, an altered line is told, two writers wait."""

from __future__ import annotations

import json
import multiprocessing
from datetime import timedelta
from pathlib import Path

import pytest
from ledger_district import District
from town import START

from core.casework import Depth
from core.jobs import Anchoring
from core.store.anchor_log import AnchorLog, BrokenLine
from core.store.anchored import Anchored
from core.store.anchoring import anchor


def log_of(district: District) -> AnchorLog:
    return AnchorLog.of(district.anchors, "harbour")


def anchored(log: AnchorLog) -> list[set[str]]:
    """Case ids by run."""
    runs: list[set[str]] = [set()]
    for line in log.lines():
        assert not isinstance(line, BrokenLine)
        runs[-1] |= {head[0] for head in line.heads}
        if line.closing is not None:
            runs.append(set())
    return runs[:-1]


def test_a_run_writes_the_heads_that_have_changed(district: District) -> None:
    cases = district.cases
    district.town.clock.advance(hours=2)
    district.anchor()
    district.town.clock.advance(minutes=1)
    district.anchor()
    runs = anchored(log_of(district))
    assert runs == [{cases["waiting"], cases["handled"], cases["late"]}, set(cases.values()), set()]
    newest = log_of(district).newest()
    assert newest is not None
    assert (newest["cases"], newest["revision"], newest["revisions"]) == (4, 1, [])


def test_what_commits_late_is_anchored_by_the_next_run(district: District) -> None:
    clock = district.town.clock
    clock.advance(hours=2)
    district.anchor()
    now = clock.now()
    clock.set(now - timedelta(minutes=50))  # a clock that is slow, or a transaction that took its time
    late = district.town.report()["id"]
    clock.set(now + timedelta(minutes=30))
    district.anchor()
    assert anchored(log_of(district))[-1] == {late}
    clock.advance(hours=3)
    district.anchor()
    assert anchored(log_of(district))[-1] == set()
    district.cases["slow"] = late
    assert district.found() == []


@pytest.mark.parametrize("cut", [1, 40, 100_000])
def test_a_line_cut_short_by_a_crash_is_passed_over(district: District, cut: int) -> None:
    log = log_of(district)
    whole = log.path.read_bytes()
    log.path.write_bytes(whole + whole.splitlines()[-1][:-1][-cut:])
    assert district.found() == []
    district.town.clock.advance(hours=2)
    district.anchor()
    assert log.path.read_bytes().startswith(whole)
    assert district.found() == []
    assert anchored(log)[-1] == set(district.cases.values())


def test_the_last_line_without_its_end_is_written_again(district: District) -> None:
    log = log_of(district)
    whole = log.path.read_bytes()
    log.path.write_bytes(whole[:-1])
    district.town.clock.advance(hours=2)
    district.anchor()
    numbers = [line.number for line in log.lines() if not isinstance(line, BrokenLine)]
    assert numbers == [1, 2, 3, 4]  # heads and closing, twice
    assert district.found() == []


@pytest.mark.parametrize("attack", ["altered", "removed", "swapped", "forged"])
def test_an_altered_log_is_told(district: District, attack: str) -> None:
    district.town.clock.advance(hours=2)
    district.anchor()
    log = log_of(district)
    lines = log.path.read_bytes().splitlines(keepends=True)
    if attack == "altered":
        lines[1] = lines[1].replace(b'"cases":3', b'"cases":2')
    elif attack == "removed":
        del lines[1]
    elif attack == "swapped":
        lines[0], lines[1] = lines[1], lines[0]
    else:
        line = json.loads(lines[0])
        line["heads"][0][1] = "x"
        lines[0] = json.dumps(line).encode() + b"\n"
    log.path.write_bytes(b"".join(lines))
    assert {code for code, _, _ in district.found()} >= {"anchor-altered"}


def _append(path: Path, name: str, barrier: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    for number in range(50):
        with AnchorLog(path).writing() as log:
            assert log is not None
            log.append("harbour", START, heads=[(f"{name}-{number}", 1, "00")])


def test_two_writers_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "anchors" / "harbour.jsonl"
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    writers = [context.Process(target=_append, args=(path, name, barrier)) for name in ("a", "b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    lines = list(AnchorLog(path).lines())
    assert not any(isinstance(line, BrokenLine) for line in lines)
    assert len(lines) == 100
    assert path.stat().st_mode & 0o777 == 0o600


def test_of_many_workers_one_anchors_when_it_is_time(district: District) -> None:
    store, clock = district.town.services.store, district.town.clock
    workers = [Anchoring(store, district.anchors, timedelta(hours=1), clock) for _ in range(3)]
    clock.advance(hours=2)
    assert [worker() for worker in workers] == [1, 0, 0]
    clock.advance(minutes=30)
    assert [worker() for worker in workers] == [0, 0, 0]
    clock.advance(minutes=31)
    with AnchorLog.of(district.anchors, "harbour").writing():
        assert workers[0]() == 0, "somebody else is at it"
    clock.advance(minutes=2)
    assert [worker() for worker in workers] == [1, 0, 0]


def test_a_folder_that_is_away_keeps_nobody_waiting(district: District, tmp_path: Path) -> None:
    (tmp_path / "away").write_text("a file where the folder should be")
    chore = Anchoring(district.town.services.store, tmp_path / "away", timedelta(hours=1), district.town.clock)
    assert chore() == 0


def test_a_long_log_is_read_from_its_end(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.store.anchor_log.BLOCK", 64)
    log = log_of(district)
    newest = log.newest()
    assert newest is not None
    assert json.loads(log.path.read_bytes().splitlines()[-1]) == newest
    with log.writing() as writer:
        assert writer is not None
        assert writer.anchored_since(START).keys() == {district.cases[name] for name in ("waiting", "handled", "late")}


def test_a_name_that_is_no_name_is_no_file(tmp_path: Path, district: District) -> None:
    with pytest.raises(Exception, match="locality-unknown"):
        anchor(district.town.services.store, tmp_path, "../harbour", START)


def test_a_case_that_goes_on_while_it_is_verified_is_whole(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, casework = district.cases["handled"], district.town.services.casework

    class Slow(Anchored):
        """While the anchors are being read, the case moves on and is anchored."""

        def __init__(self, log: AnchorLog, locality: str, only: str | None = None) -> None:
            case = district.town.get(f"/cases/{case_id}").json
            finished = [{"attachment": district.town.photo("handler"), "meaning": "after"}]
            assert case and district.town.act(case, "finish", "handler", evidence=finished).status_code == 200
            district.anchor()
            super().__init__(log, locality, only)

    monkeypatch.setattr("core.casework.verifying.Anchored", Slow)
    assert casework.verify_case("harbour", case_id, log_of(district), Depth()).findings == ()
