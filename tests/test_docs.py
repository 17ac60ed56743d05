"""The documents tell the truth: generated pages are current, and nothing that a user meets is undocumented."""

import inspect
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from core import hookspecs
from core.errors import GridwrightError
from core.messages import catalogue
from core.plugin_host.hooks import HOOKS
from core.settings import Settings

ROOT = Path(__file__).parent.parent


def test_generated_pages_are_current() -> None:
    done = subprocess.run([sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("setting", [field.metadata["name"] for field in fields(Settings)])
def test_every_setting_is_documented(setting: str) -> None:
    assert f"`{setting}`" in (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")


NAMING = ("Fault", "Reason", "Finding", "finding", "render", "hint", "tell", "_fault", "_known", "unknown")
"""What takes a code as its first argument, beside the exceptions."""


def raised_codes() -> set[str]:
    """Every code that the kernel raises, says, or names in a fault, a reason or a finding."""
    names = [*NAMING, *(kind.__name__ for kind in every_exception(GridwrightError))]
    pattern = re.compile(rf"(?<![\w.])(?:\w+\.)?(?:{'|'.join(names)})\(\s*\"([a-z][a-z0-9]*(?:-[a-z0-9]+)+)\"")
    found: set[str] = set()
    for path in (ROOT / "core").rglob("*.py"):
        found.update(pattern.findall(path.read_text(encoding="utf-8")))
    return found


def every_exception(kind: type[GridwrightError]) -> list[type[GridwrightError]]:
    return [kind, *(inner for below in kind.__subclasses__() for inner in every_exception(below))]


PUT_TOGETHER = ("api-group-", "api-operation-", "clock-", "page-")
"""Beginnings of codes whose rest comes from a name; f-strings that begin with one are found by themselves."""


def test_every_message_is_said_somewhere() -> None:
    """A sentence that nothing can say any more is taken out."""
    kernel = [path for path in (ROOT / "core").rglob("*.*") if path.suffix in (".py", ".html")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in kernel)
    whole = set(re.findall(r"[\"'`]([a-z][a-z0-9-]+)[\"'`]", text))
    begun = tuple(re.findall(r"f[\"']([a-z][a-z0-9-]*-){", text)) + PUT_TOGETHER
    ended = tuple(re.findall(r"f[\"']{[^}]+}(-[a-z0-9-]+)[\"']", text))
    silent = [
        code for code in catalogue() if code not in whole and not code.startswith(begun) and not code.endswith(ended)
    ]
    assert silent == []


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


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_as_it_is(hook: str) -> None:
    text = (ROOT / "docs/reference/hooks.md").read_text(encoding="utf-8")
    found = getattr(hookspecs, hook)
    assert f"## {hook}\n" in text and f"def {hook}{inspect.signature(found)}" in text
    assert inspect.getdoc(found) in text


def test_every_shipped_plugin_is_documented() -> None:
    text = (ROOT / "docs/reference/plugins.md").read_text(encoding="utf-8")
    shipped = [path.parent.name for path in (ROOT / "plugins").glob("*/plugin.yaml")]
    assert shipped and all(f"## {name}\n" in text for name in shipped)


def test_nothing_points_to_a_page_that_is_not_there() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_link_to_a_common_definition_has_its_heading() -> None:
    reference = ROOT / "docs" / "reference"
    headings = set(re.findall(r"^## (.+)$", (reference / "schema-common-1.md").read_text(encoding="utf-8"), re.M))
    linked = {
        name
        for page in reference.glob("schema-*.md")
        for name in re.findall(r"schema-common-1\.md#([\w-]+)", page.read_text(encoding="utf-8"))
    }
    assert linked and linked <= headings


@pytest.mark.parametrize("command", ["gridwright explain deadline", "gridwright serve", "gridwright demo"])
def test_every_command_stands_on_its_page(command: str) -> None:
    text = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")
    assert f"## {command}\n" in text and f"Usage: {command} " in text
