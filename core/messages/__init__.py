"""Message catalogues in Chinese and English: from a stable code and its parameters to a sentence and a hint.

Rendering happens at the doors only. A catalogue is a TOML file under `catalogue/`, one an area; an entry is

    [unknown-stage]
    severity = "error"            # findings only: error, warning or note
    status = 409                  # problems only, when it differs from the exception's class
    zh = "没有名为“{name}”的阶段"
    en = "no stage is called '{name}'"
    hint_zh = "最接近的是“{nearest}”"
    hint_en = "the nearest is '{nearest}'"
    words = {reach = "reach"}     # parameters that are words of the kernel: `subtree` is said as [word-reach-subtree]

Placeholders are plain names. A parameter that is missing shows as its name in braces instead of failing; one that is a
label, a mapping with a text for each language, shows in the reader's; a mapping of codes to labels shows as a list.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a catalogue; `area` is the file that it stands in."""

    code: str
    area: str
    text: Mapping[Language, str]
    hint: Mapping[Language, str]
    severity: str | None = None
    status: int | None = None
    words: Mapping[str, str] = field(default_factory=dict)


class _Keep(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@cache
def catalogue() -> Mapping[str, Message]:
    """Every message by its code. A code that two files define raises ValueError."""
    found: dict[str, Message] = {}
    for file in sorted(files(__package__).joinpath("catalogue").iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".toml"):
            continue
        for code, entry in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if code in found:
                raise ValueError(f"{code} is in {found[code].area} and in {file.name}")
            found[code] = Message(
                code=code,
                area=file.name.removesuffix(".toml"),
                text={"zh": entry["zh"], "en": entry["en"]},
                hint={"zh": entry.get("hint_zh", ""), "en": entry.get("hint_en", "")},
                severity=entry.get("severity"),
                status=entry.get("status"),
                words=entry.get("words", {}),
            )
    return found


def render(code: str, params: Mapping[str, Any], language: Language = "zh") -> str:
    """The sentence for a code; an unknown code renders as itself with its parameters, never an exception."""
    message = catalogue().get(code)
    if message is None:
        return f"{code} {dict(params)}" if params else code
    return message.text[language].format_map(_filled(message, params, language))


def hint(code: str, params: Mapping[str, Any], language: Language = "zh") -> str:
    """What to do about it, or an empty string."""
    message = catalogue().get(code)
    return message.hint[language].format_map(_filled(message, params, language)) if message else ""


def _filled(message: Message, params: Mapping[str, Any], language: Language) -> _Keep:
    return _Keep({name: _said(message.words.get(name), value, language) for name, value in params.items()})


def _said(vocabulary: str | None, value: Any, language: Language) -> Any:
    if vocabulary is not None:
        word = catalogue().get(f"word-{vocabulary}-{value}")
        return word.text[language] if word else value
    if isinstance(value, list | tuple):
        return ("、" if language == "zh" else ", ").join(str(item) for item in value)
    if not isinstance(value, Mapping):
        return value
    if _is_label(value):
        return value[language]
    if value and all(isinstance(item, Mapping) and _is_label(item) for item in value.values()):
        shown, joint = ("{}（{}）", "、") if language == "zh" else ("{} ({})", ", ")
        return joint.join(shown.format(code, item[language]) for code, item in value.items())
    return value


def _is_label(value: Mapping[str, Any]) -> bool:
    return set(LANGUAGES) <= value.keys()
