"""The house's shape: what may import what, what stands in one place only, how large things may grow."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = sorted(path for path in (ROOT / "core").rglob("*.py") if "versions" not in path.parts)
PYTHON = [*CORE, *sorted((ROOT / "plugins").rglob("*.py"))]


@pytest.mark.parametrize("package", ["core.engine.decide", "core.scheme.scheme", "core.manifest.pipeline"])
def test_lower_rows_load_neither_flask_nor_sql(package: str) -> None:
    script = (
        f"import sys, {package}\n"
        "print([name for name in ('flask', 'sqlalchemy', 'rq', 'redis', 'marshmallow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_the_import_contract_holds() -> None:
    lint_imports = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint_imports, "--no-cache"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


ALLOWED = ("core.hookspecs", "core.scheme", "core.engine", "core.expression", "core.errors")
"""What a plugin may import of the kernel."""


def imported(path: Path) -> set[str]:
    """Every module that a file names in an import."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


PLUGIN_MODULES = [path for path in PYTHON if path.is_relative_to(ROOT / "plugins")]
SAMPLES = [*ROOT.glob("tests/plugins/packs/**/*.py"), *ROOT.glob("core/governance/skeletons/plugin/*.py.txt")]


@pytest.mark.parametrize("path", [*PLUGIN_MODULES, *SAMPLES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_plugin_imports_only_what_it_may(path: Path) -> None:
    of_kernel = {name for name in imported(path) if name.split(".")[0] == "core" and name != "core"}
    assert all(name.startswith(ALLOWED) for name in of_kernel), of_kernel


def test_the_kernel_imports_no_plugin() -> None:
    assert not [path for path in CORE if any(name.split(".")[0] == "plugins" for name in imported(path))]


def test_one_file_commits() -> None:
    committing = [path for path in CORE if ".commit(" in path.read_text(encoding="utf-8")]
    assert [path.relative_to(ROOT).as_posix() for path in committing] == ["core/store/unit.py"]


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_says_what_it_is_for_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module opens with a docstring"
    assert len(text.splitlines()) <= 400, "a file of more than 400 lines has two subjects"
    assert path.stem not in {"utils", "helpers", "common", "misc"}


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_clock_below_the_store(path: Path) -> None:
    row = path.relative_to(ROOT / "core").parts[0]
    if row in {"engine", "scheme", "expression", "manifest"}:
        text = path.read_text(encoding="utf-8")
        for word in ("datetime.now", "utcnow", "time.time", "random.", "uuid"):
            assert word not in text, f"{word}: a decision takes its instant and its chance as arguments"


def test_no_district_stands_in_the_kernel() -> None:
    districts = [folder.name for folder in (ROOT / "manifests").iterdir() if folder.is_dir()]
    words = [word for name in districts for word in name.split("_") if len(word) > 3]
    for path in CORE:
        text = path.read_text(encoding="utf-8").lower()
        assert not [word for word in words if word in text], path
