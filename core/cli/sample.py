"""`sample`: how many of a manifest's reports would need no person to dispatch them. Needs no database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from core.cli.group import Composition, commands, print_json
from core.cli.progress import watched
from core.cli.table import show_table
from core.governance.checking import compiled, read_locality
from core.governance.sampling import sample as draw

COLUMNS = ("reports", "layer", "rule", "basis", "handler", "place")


@commands.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--reports", type=click.IntRange(1, 10_000_000), default=20_000, show_default=True, help="How many 份数")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the draw 随机种子")
@click.option("--week", type=click.DateTime(["%Y-%m-%d"]), default="2026-03-02", show_default=True, help="Monday 周一")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def sample(composition: Composition, folder: Path, reports: int, seed: int, week: datetime, form: str) -> None:
    """Draw reports without looking at the rules and dispatch each 抽样检验自动派遣率.

    Classes, intakes, severities and times are drawn alike, cells by their households. A report needs a person when no
    rule settles it but one of the layer `fallback`.
    """
    scheme = compiled(read_locality(folder), composition.plugins(composition.settings()).resolve)
    found = draw(scheme, reports, seed, week.date(), lambda numbers: watched(composition, numbers, "cli-sampling"))
    if form == "json":
        print_json(found.as_dict())
        return
    share = f"{100 * found.share:.2f}"
    composition.tell("cli-sampled", automatic=found.automatic, reports=found.reports, share=share)
    if found.by_person:
        rows = [
            (str(group.reports), group.layer, group.rule, group.basis, group.handler, group.place)
            for group in found.by_person
        ]
        show_table(composition, COLUMNS, rows)
    if found.unanswered:
        composition.tell("cli-sample-unanswered", reports=found.unanswered)
