"""Full-width punctuation: what a Chinese input method types where the language wants a half-width character."""

from __future__ import annotations

from core.expression.fault import FaultList

HALF: dict[str, str] = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    "。": ".",
    "、": ",",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "「": '"',
    "」": '"',
    "《": "<",
    "》": ">",
    "【": "{",
    "】": "}",
    "［": "{",
    "］": "}",
    "—": "-",
    "–": "-",
    "−": "-",
    "×": "*",
    "÷": "/",
    "\u3000": " ",
    "\u00a0": " ",
}
QUOTES = frozenset("'\"")


def visible(character: str) -> str:
    """The character, or its code point (`U+200B`) when nothing would be seen of it."""
    blank = len(character) == 1 and (not character.isprintable() or character.isspace())
    return f"U+{ord(character):04X}" if blank else character


def half_width(text: str, faults: FaultList) -> str:
    """The text with each full-width character outside quotes replaced (one for one, so columns stay), and reported.

    Inside quotes everything stands for itself. A text opened by a full-width quote is closed by any such quote.
    """
    written: list[str] = []
    closing: frozenset[str] = frozenset()  # what ends the text that we are inside of
    for column, character in enumerate(text, 1):
        half = HALF.get(character, character)
        if closing:
            ends = character in closing
            if not ends:
                written.append(character)
                continue
            closing = frozenset()
        elif half in QUOTES:
            wide = character != half
            closing = frozenset({half, *(key for key in HALF if HALF[key] == half)} if wide else {half})
        if character != half:
            faults.add("expression-full-width", column, written=visible(character), meant=half)
        written.append(half)
    return "".join(written)
