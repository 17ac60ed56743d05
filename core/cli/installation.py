"""Which installation a command works on, said before it does anything there.

On standard error: what a command prints is for other programs to read.
"""

from __future__ import annotations

from typing import Any

import click

from core.cli.group import Composition
from core.messages import render


def opened(composition: Composition) -> Any:
    """The services of the installation that the settings name; one line says its folder, and whether it is new."""
    settings = composition.settings()
    folder = settings.instance.resolve()
    new = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    services = composition.build(settings)
    code = "cli-installation-new" if new else "cli-installation"
    click.echo(render(code, {"folder": folder}, composition.language), err=True)
    return services
