"""When the machine or the installation is not in order: a sentence and a code in both languages, never a trace."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from console import MINIMAL, ROOT, Done, free_port, run

from core.cli.group import failure
from core.messages import catalogue, hint, render

Here = Callable[..., Done]


def refused(done: Done, code: str) -> None:
    assert done.code == 1
    assert f"[{code}]" in done.err
    assert "Traceback" not in done.err + done.out


def test_a_file_that_is_no_database(here: Here, instance: Path) -> None:
    instance.mkdir()
    (instance / "gridwright.sqlite3").write_text("this is not a database, nor was it ever one " * 50)
    refused(here("publish", MINIMAL), "database-failed")


def test_a_database_that_has_been_cut_off(here: Here, instance: Path) -> None:
    here("publish", MINIMAL)
    path = instance / "gridwright.sqlite3"
    with sqlite3.connect(path) as link:
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(path.read_bytes()[:8192])
    refused(here("publish", MINIMAL), "database-failed")


def test_a_database_of_a_newer_program(here: Here, instance: Path) -> None:
    here("publish", MINIMAL)
    with sqlite3.connect(instance / "gridwright.sqlite3") as link:
        link.execute("UPDATE alembic_version SET version_num = 'from_the_future'")
    refused(here("publish", MINIMAL), "database-failed")


def test_a_database_that_another_program_keeps_locked(
    here: Here, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here("publish", MINIMAL)
    monkeypatch.setattr("core.store.database.BUSY_SECONDS", 0.1)
    with sqlite3.connect(instance / "gridwright.sqlite3", isolation_level=None) as link:
        link.execute("BEGIN EXCLUSIVE")
        refused(here("publish", MINIMAL), "database-busy")
        link.execute("ROLLBACK")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("mysql://host/name", "database-unsupported"),
        ("nonsense", "database-failed"),
        ("postgresql://nobody@127.0.0.1:1/none", "database-failed"),
    ],
)
def test_a_database_address_that_leads_nowhere(here: Here, url: str, code: str) -> None:
    refused(here("publish", MINIMAL, DATABASE_URL=url), code)


def test_an_instance_folder_that_cannot_be(here: Here, instance: Path) -> None:
    instance.write_text("a file")
    refused(here("publish", MINIMAL), "system-refused")
    refused(here("publish", MINIMAL, GRIDWRIGHT_INSTANCE="/proc/gridwright"), "system-refused")


def test_a_setting_that_makes_no_sense(here: Here) -> None:
    done = here("publish", MINIMAL, PORT="http")
    refused(done, "settings-invalid")
    assert "PORT" in done.err


def test_a_port_that_is_taken(instance: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        done = run(instance, "serve", "--demo", "--port", str(port))
    refused(done, "port-in-use")
    assert str(port) in done.err and "占用" in done.err
    assert not instance.exists(), "nothing is prepared for a server that cannot start"


def test_an_address_that_is_not_this_machines(here: Here) -> None:
    done = here("--language", "en", "serve", "--host", "203.0.113.9", "--port", str(free_port()))
    refused(done, "address-unusable")
    assert "203.0.113.9" in done.err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])  # noqa: S104
def test_the_demo_stays_on_this_machine(here: Here, instance: Path, host: str) -> None:
    refused(here("serve", "--demo", "--host", host), "demo-not-on-loopback")
    assert not instance.exists()


def test_a_demo_without_manifests(here: Here, tmp_path: Path) -> None:
    done = here("serve", "--demo", "--port", str(free_port()), GRIDWRIGHT_MANIFESTS=str(tmp_path / "none"))
    refused(done, "manifests-missing")


def test_a_defect_is_reported_without_a_trace(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("what the user should not see")

    monkeypatch.setattr("core.cli.manifests.check_source", broken)
    done = here("check", MINIMAL)
    refused(done, "command-broke")
    assert "ZeroDivisionError" in done.err and "test_cli_machine.py" in done.err
    assert "what the user should not see" not in done.err


def test_a_defect_shows_its_trace_to_whoever_asks(monkeypatch: pytest.MonkeyPatch, here: Here) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("core.cli.manifests.check_source", broken)
    with pytest.raises(ZeroDivisionError):
        here("check", MINIMAL, GRIDWRIGHT_LOG_LEVEL="debug")


def test_every_sentence_of_the_command_line_reads_in_both_languages() -> None:
    own = [message for message in catalogue().values() if message.area == "cli"]
    assert own
    for message in own:
        assert render(message.code, {}, "zh") != render(message.code, {}, "en")
        assert bool(hint(message.code, {}, "zh")) == bool(hint(message.code, {}, "en"))


def test_a_full_disk_is_named_with_its_path() -> None:
    told = failure(OSError(28, "No space left on device", "/somewhere/file"), {})
    assert (told.code, told.params) == (
        "system-refused",
        {"path": "/somewhere/file", "reason": "No space left on device"},
    )


def test_no_command_of_the_readme_is_unknown(here: Here) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = {line.split("gridwright ")[1].split()[0] for line in readme.splitlines() if "bin/gridwright " in line}
    assert named
    for name in named:
        assert here(name, "--help").code == 0
