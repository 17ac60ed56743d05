"""`new`: a first locality or plugin to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from core.cli.group import Composition, commands
from core.governance.skeleton import make_skeleton

FOLDER = click.option("--folder", type=click.Path(path_type=Path), default=None, help="Where to 目标目录")


@commands.group()
def new() -> None:
    """Start a locality or a plugin from a skeleton 从骨架新建."""


@new.command()
@click.argument("id")
@FOLDER
@click.pass_obj
def locality(composition: Composition, id: str, folder: Path | None) -> None:
    """A small district that checks clean and passes its test 新建地区方案.

    In `manifests/ID` unless a folder is given. Nothing is ever overwritten.
    """
    _make(composition, "locality", id, folder or Path(composition.settings().manifests) / id)


@new.command()
@click.argument("id")
@FOLDER
@click.pass_obj
def plugin(composition: Composition, id: str, folder: Path | None) -> None:
    """A plugin with one hook, its form and its test 新建插件.

    In `plugins/ID` unless a folder is given. Nothing is ever overwritten.
    """
    _make(composition, "plugin", id, folder or Path("plugins") / id)


def _make(composition: Composition, kind: Literal["locality", "plugin"], id: str, folder: Path) -> None:
    for name in make_skeleton(kind, id, folder):
        click.echo(f"  {folder / name}")
    composition.tell(f"cli-new-{kind}", folder=folder)
