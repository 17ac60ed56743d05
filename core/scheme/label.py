"""What people read: a text in each language. Nothing may depend on a label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """Chinese first; English falls back to Chinese where the district wrote none."""

    zh: str
    en: str = ""

    def __post_init__(self) -> None:
        if not self.en:
            object.__setattr__(self, "en", self.zh)

    def as_dict(self) -> Mapping[str, str]:
        return {"zh": self.zh, "en": self.en}
