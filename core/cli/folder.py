"""The folder of a locality or plugin as an argument: a path, or the id of a locality that an installed pack carries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from core.cli.group import Composition


class FolderType(click.Path):
    """A folder that exists; a pack's locality goes by its id unless there is a folder of that name."""

    def __init__(self) -> None:
        super().__init__(exists=True, file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> Any:
        if context is not None and not Path(value).exists() and str(value).isidentifier():
            composition: Composition = context.obj
            carried = composition.plugins(composition.settings()).localities().get(str(value))
            value = carried or value
        return super().convert(value, param, context)
