"""Whatever is done to a manifest, the check answers with findings and never with an exception."""

import copy
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.manifest.pipeline import check
from core.manifest.source import read_source, source_of
from core.manifest.yaml_text import read_yaml

EVERYTHING = read_source(Path(__file__).parents[2] / "manifests" / "positive" / "everything")
YAMLS = sorted(name for name in EVERYTHING.files if name.endswith(".yaml"))
TABLES = sorted(name for name in EVERYTHING.files if name.endswith(".csv"))
ODD = st.sampled_from(["", "x", "网格", "post:", 0, -1, 1.5, True, None, [], {}, ["a"], {"a": "b"}, [{}], {"id": []}])


VALUES = {name: read_yaml(name, EVERYTHING.files[name])[0].value for name in YAMLS}
CELLS = ["", "x", "网格", "-1", "1e9", "post:", ";", "2026-02-30", "99:99", "D01"]


class _Dumper(yaml.SafeDumper):
    """Writes exact numbers as plain ones, and every repeated value out."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_Dumper.add_representer(Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", str(value)))


def written(value) -> bytes:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True).encode()


def places(value, path=()):
    """Every path inside a value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in entries:
        yield (*path, step)
        yield from places(item, (*path, step))


PLACES = [(name, path) for name in YAMLS for path in places(VALUES[name])]


def replaced(value, path, new):
    """A copy with one value replaced, or removed for an ellipsis."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    copy = dict(value) if isinstance(value, dict) else list(value)
    if new is Ellipsis and not rest:
        del copy[step]
    else:
        copy[step] = replaced(value[step], rest, new)
    return copy


def test_written_out_again_it_has_no_errors():
    assert check(source_of("again", EVERYTHING.files | {name: written(VALUES[name]) for name in YAMLS})).errors == 0


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.sampled_from(PLACES), new=st.one_of(ODD, st.just(...)))
def test_one_value_of_a_document_replaced_or_removed(place, new):
    name, path = place
    data = written(replaced(VALUES[name], path, new))
    report = check(source_of("odd", {**EVERYTHING.files, name: data}))
    assert report.scheme is not None or report.errors


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_one_cell_of_a_table_replaced(data):
    name = data.draw(st.sampled_from(TABLES))
    lines = EVERYTHING.files[name].decode().split("\n")
    row = data.draw(st.integers(0, len(lines) - 2))
    cells = lines[row].split(",")
    column = data.draw(st.integers(0, len(cells) - 1))
    cells[column] = data.draw(
        st.sampled_from(["", "x", "网格", "-1", "1e9", "post:", ";", "2026-02-30", "99:99", "D01"])
    )
    lines[row] = ",".join(cells)
    report = check(source_of("odd", {**EVERYTHING.files, name: "\n".join(lines).encode()}))
    assert report.scheme is not None or report.errors


@pytest.mark.parametrize("window", ["", "x", "网格", "08:30", "-", "12:00-08:30-09:00"])
def test_a_window_that_is_none_is_told_once(window):
    timers = copy.deepcopy(VALUES["timers.yaml"])
    timers["calendars"][0]["weekdays"]["mon"] = [window]
    report = check(source_of("odd", {**EVERYTHING.files, "timers.yaml": written(timers)}))
    assert [finding.code for finding in report.findings if finding.severity == "error"] == ["schema-pattern"]
