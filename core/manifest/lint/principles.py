"""Lint of what no scheme may hold: a registry keeps things, premises, places and organisations, not people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding
from core.scheme.scheme import Scheme

FORBIDDEN = (
    (
        {"zh": "身份", "en": "identity"},
        r"身份证|身份号|证件号|\b(id|identity) (card|number|no)\b|\b(passport|national id)",
    ),
    (
        {"zh": "健康", "en": "health"},
        r"健康|疾病|病史|病情|病人|患者|残疾(?!人?(专用|无障碍|设施|通道|坡道|厕|卫生间|车位|停车))"
        r"|\b(disease|illness|disabilit|diagnos|patient|mental)|\bstate of health"
        r"|\b(medical|health) (condition|history|record|state|status)",
    ),
    ({"zh": "生育", "en": "fertility"}, r"生育|计生|怀孕|孕妇|\b(fertility|pregnan|birth control|family planning)"),
    ({"zh": "宗教", "en": "religion"}, r"宗教|信仰|教徒|\b(religio|faith\b|belief)"),
    ({"zh": "信访", "en": "petitions"}, r"信访|上访|\bpetition"),
)
"""What a registry may not keep, with the words in a column's id or labels that give it away. English words count from
their beginning: `environmental` is not mental."""


def registry_columns(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A column for identity, health, fertility, religion or petitions."""
    for kind in documents.root("registry")["kinds"]:
        for column in kind["columns"]:
            texts = (column["id"].text, column["label"]["zh"].text, column["label"]["en"].text)
            told = " ; ".join(texts).lower().replace("_", " ")
            subject = next((subject for subject, words in FORBIDDEN if re.search(words, told)), None)
            if subject is not None:
                place = column["id"].place()
                yield finding("lint-registry-column-forbidden", place, column=column["id"].text, subject=subject)
