"""Commands on the installation's schemes: publish and export."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.folder import FolderType
from core.cli.group import Composition, commands
from core.cli.installation import opened
from core.governance.checking import read_locality
from core.governance.publishing import export as export_revision
from core.governance.publishing import publish as publish_source


@commands.command()
@click.argument("folder", type=FolderType())
@click.option("--by", default="command-line", show_default=True, help="Who publishes 发布人")
@click.pass_obj
def publish(composition: Composition, folder: Path, by: str) -> None:
    """Check, test and publish a manifest folder 检查、测试并发布方案.

    Publishing the same files again changes nothing, unless a plugin they use now provides something else.
    """
    services = opened(composition)
    done = publish_source(services.store, read_locality(folder), services.clock.now(), by, services.plugins.resolve)
    services.store.close()
    code = "cli-published" if done.changed else "cli-unchanged"
    revision = done.revision
    composition.tell(code, locality=done.locality, number=revision.number, digest=revision.scheme_digest)


@commands.command()
@click.argument("locality")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--revision", type=click.IntRange(1), default=None, help="Number of the revision 修订号 (current 现行)")
@click.pass_obj
def export(composition: Composition, locality: str, folder: Path, revision: int | None) -> None:
    """Write a published revision's files to a folder 导出已发布的方案.

    Publishing the folder again gives the same two digests.
    """
    services = opened(composition)
    done = export_revision(services.store, locality, folder, revision)
    services.store.close()
    composition.tell("cli-exported", locality=locality, number=done.number, folder=folder)
