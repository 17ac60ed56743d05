"""A vendor's pack: built as a wheel, installed with pip into a clean environment, used, and taken out again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACK = Path(__file__).parent / "packs" / "lakeside"
OPEN_A_CASE = """
import sys
from core.factory import build_services
from core.governance.demo_cases import open_demo_cases
from core.governance.demo_people import settle_demo_people
from core.governance.checking import read_locality
from core.manifest.documents import read_documents
services = build_services()
with services.store.read("lakeside_town") as reading:
    scheme = services.casework.schemes.current(reading)
settle_demo_people(services.store, scheme, services.settings.instance / "tokens.json", services.clock.now())
folder = services.plugins.localities()["lakeside_town"]
tests = read_documents(read_locality(folder))[0].tests()
print(open_demo_cases(services.casework, "lakeside_town", tests))
"""
RECALL = """
from core.factory import build_services
services = build_services()
with services.store.read("lakeside_town") as reading:
    scheme = services.casework.schemes.current(reading)
    print(len(reading.cases.list().rows), sorted(scheme.timers.calendars["office"].closed)[0])
"""


@dataclass(frozen=True)
class Site:
    """A clean environment with gridwright in it, and an installation of its own."""

    bin: Path
    home: Path

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "GRIDWRIGHT_INSTANCE": str(self.home / "instance"),
        }
        return subprocess.run(
            [str(part) for part in command], cwd=self.home, env=environment, capture_output=True, text=True, check=False
        )

    def gridwright(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return self.run(self.bin / "gridwright", *arguments)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(PACK, folder / "source", ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"]
    done = subprocess.run([*build, "-w", folder, folder / "source"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """What gridwright depends on comes from the environment of the tests by a path file, so that nothing is fetched."""
    home = tmp_path_factory.mktemp("site")
    venv.create(home / "venv", with_pip=False)
    python = home / "venv" / "bin" / "python"
    base = {"base": str(home / "venv"), "platbase": str(home / "venv")}
    packages = Path(sysconfig.get_path("purelib", "venv", base))
    here = sysconfig.get_path("purelib")
    (packages / "tests_environment.pth").write_text(f"{here}\n{ROOT}\n", encoding="utf-8")
    script = home / "venv" / "bin" / "gridwright"
    script.write_text(f"#!{python}\nfrom core.factory import main\nmain()\n", encoding="utf-8")
    script.chmod(0o755)
    return Site(script.parent, home)


def pip(site: Site, *arguments: str | Path) -> None:
    done = site.run(site.bin / "python", "-m", "pip", *arguments)
    assert done.returncode == 0, done.stderr


def test_a_pack_from_its_wheel_to_a_case_and_out_again(wheel: Path, site: Site) -> None:
    before = site.gridwright("check", "lakeside_town")
    assert before.returncode == 2, "nobody carries it yet"

    pip(site, "install", "--no-deps", "--no-index", "--quiet", wheel)
    listed = json.loads(site.gridwright("plugins", "--format", "json").stdout)
    found = {plugin["id"]: plugin for plugin in listed["plugins"]}
    assert found["lakeside_days"]["from"] == {"kind": "installed", "pack": "lakeside", "version": "1.2"}
    assert found["lakeside_days"]["asks"][0]["kind"] == "file" and found["lakeside_days"]["errors"] == []
    assert set(listed["localities"]) == {"lakeside_town"}

    checked = site.gridwright("check", "lakeside_town")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert site.gridwright("test", "lakeside_town").returncode == 0
    published = site.gridwright("publish", "lakeside_town")
    assert published.returncode == 0, published.stderr
    opened = site.run(site.bin / "python", "-c", OPEN_A_CASE)
    assert opened.stdout.strip() == "1", opened.stderr
    assert "lakeside_town" in site.gridwright("plugins").stdout

    copied = site.home / "copy"
    shutil.copytree(listed["localities"]["lakeside_town"], copied)
    pip(site, "uninstall", "--yes", "--quiet", "gridwright-lakeside")
    gone = site.gridwright("check", copied)
    assert gone.returncode == 1 and "[pack-unknown]" in gone.stdout and "pip install" in gone.stdout
    told = site.gridwright("plugins")
    assert told.returncode == 1 and "lakeside_town" in told.stdout and "lakeside_days" in told.stdout
    recalled = site.run(site.bin / "python", "-c", RECALL)
    assert recalled.stdout.split() == ["1", "2026-05-01"], "the scheme and its case go on: " + recalled.stderr
