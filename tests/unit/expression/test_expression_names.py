"""The names that an expression may read."""

import re

from core.expression import compile_expression, names_for
from core.expression.kinds import TYPES
from core.expression.names import FAMILIES, NAMES

FIXED = {
    **dict.fromkeys(["category", "kind", "cell", "area_kind", "grade", "channel", "severity", "alert"], "text"),
    **dict.fromkeys(["intake", "object_kind", "object_status", "duty_mode"], "text"),
    **dict.fromkeys(["draw", "hour", "weekday"], "number"),
    **{"act_first": "boolean", "dispatch_layer": "text"},
}


def test_the_fixed_names_are_always_there():
    assert names_for() == FIXED


def test_what_a_scheme_declares_is_added_with_its_type():
    added = names_for(
        tracks=["main", "dark"],
        tasks=["repair"],
        facts={"depth_cm": "number", "tags": "set", "opinion_given": "boolean"},
        inputs={"level": "text"},
        counters=["return"],
        parameters={"response_hours": "number", "title": "text"},
        approvals=["more"],
        overlays=["safety"],
    )
    assert {name: type_ for name, type_ in added.items() if name not in FIXED} == {
        "stage.main": "text",
        "stage.dark": "text",
        "open.repair": "boolean",
        "fact.depth_cm": "number",
        "fact.tags": "set",
        "fact.opinion_given": "boolean",
        "input.level": "text",
        "count.return": "number",
        "parameter.response_hours": "number",
        "parameter.title": "text",
        "approval.more": "text",
        "area.safety": "text",
    }
    assert compile_expression(" and ".join(f"known({name})" for name in added), added).names == set(added)


def test_every_name_is_described_in_both_languages():
    for described in (*NAMES, *FAMILIES):
        assert re.search(r"[\u4e00-\u9fff]", described.zh)
        assert described.en.isascii()
        assert described.type is None or described.type in TYPES
