"""The documents tell the truth: generated pages are current, and nothing that a user meets is undocumented."""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from core.errors import Refused
from core.messages import catalogue
from core.settings import Settings

ROOT = Path(__file__).parent.parent


def test_generated_pages_are_current() -> None:
    done = subprocess.run([sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("setting", [field.metadata["name"] for field in fields(Settings)])
def test_every_setting_is_documented(setting: str) -> None:
    assert f"`{setting}`" in (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")


def raised_codes() -> set[str]:
    """Every code that the kernel raises, or names in a fault, a reason or a finding."""
    pattern = re.compile(
        r"(?:"
        + "|".join(["Fault", "Reason", "Finding", *(kind.__name__ for kind in every_refusal())])
        + r")\(\s*\"([a-z][a-z0-9-]+)\""
    )
    found: set[str] = set()
    for path in (ROOT / "core").rglob("*.py"):
        found.update(pattern.findall(path.read_text(encoding="utf-8")))
    return found


def every_refusal() -> list[type[Refused]]:
    return [Refused, *Refused.__subclasses__()]


@pytest.mark.parametrize("code", sorted(raised_codes()))
def test_every_code_has_its_sentence_in_both_languages(code: str) -> None:
    message = catalogue()[code]
    assert message.text["zh"] and message.text["en"]
    assert re.search(r"[一-鿿]", message.text["zh"])


def test_both_languages_fill_the_same_places() -> None:
    for message in catalogue().values():
        zh, en = (set(re.findall(r"{(\w+)}", message.text[language])) for language in ("zh", "en"))
        assert zh == en, message.code


@pytest.mark.parametrize("code", sorted(code for code, message in catalogue().items() if message.severity))
def test_every_finding_has_a_negative_manifest(code: str) -> None:
    expected = [
        path.read_text(encoding="utf-8") for path in (ROOT / "tests/manifests/negative").glob("*/expected.yaml")
    ]
    assert any(re.search(rf"code: ['\"]?{code}['\"]?\b", text) for text in expected)


def test_nothing_points_to_a_page_that_is_not_there() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
