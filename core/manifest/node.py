"""A value inside a document together with where it stands: how the passes walk a document without losing places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Place
from core.manifest.document import Document, Path


@dataclass(frozen=True, slots=True)
class Node:
    """`value` is None where the document has nothing at `path`; walking on from there gives more of the same."""

    document: Document
    path: Path
    value: Any

    def __getitem__(self, key: str) -> Node:
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(self.document, (*self.path, key), value)

    def __iter__(self) -> Iterator[Node]:
        """The items of a list; nothing for any other value."""
        if isinstance(self.value, list):
            for index, item in enumerate(self.value):
                yield Node(self.document, (*self.path, index), item)

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Keys and values of a mapping; nothing for any other value."""
        if isinstance(self.value, Mapping):
            for key, item in self.value.items():
                yield key, Node(self.document, (*self.path, key), item)

    def __bool__(self) -> bool:
        return self.value is not None

    @property
    def text(self) -> str:
        """The value if it is text, otherwise an empty string."""
        return self.value if isinstance(self.value, str) else ""

    def place(self, key: bool = False) -> Place:
        return self.document.place(self.path, key)
