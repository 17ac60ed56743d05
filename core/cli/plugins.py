"""`plugins`: what the installation finds, what is wrong with it, and which district uses which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from core.cli.group import Composition, commands, print_json
from core.cli.installation import opened
from core.cli.table import show_table
from core.governance.plugin_list import list_plugins
from core.messages import LANGUAGES, hint, render


@commands.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def plugins(composition: Composition, form: str) -> None:
    """List plugins and packs, their errors and who uses them 列出插件、错误与使用的地区.

    Exits with 1 when a plugin has an error or a district's plugin does not run.
    """
    services = opened(composition)
    found = list_plugins(services.plugins, services.store)
    services.store.close()
    used = [(locality, id, each) for locality, all_ in found["districts"].items() for id, each in all_.items()]
    stopped = [item for item in used if item[2]["installed"] is None]
    faulty = any(plugin["errors"] for plugin in found["plugins"]) or any(pack["fault"] for pack in found["packs"])
    if form == "json":
        print_json(_told(found))
    else:
        _show(composition, found)
        for locality, id, each in stopped:
            composition.tell("cli-plugin-not-running", locality=locality, plugin=id, version=each["published"])
    raise SystemExit(1 if faulty or stopped else 0)


def _show(composition: Composition, found: Mapping[str, Any]) -> None:
    language = composition.language
    users: dict[str, list[str]] = {}
    for locality, used in found["districts"].items():
        for id in used:
            users.setdefault(id, []).append(locality)
    rows = []
    for plugin in found["plugins"]:
        origin = plugin["from"]
        where = f"{origin['pack']} {origin['version']}".strip() if origin["kind"] != "folder" else plugin["folder"]
        provides = [each for all_ in plugin["provides"].values() for each in all_]
        asks = [f"{ask['kind']}（{ask['reason'].get(language, ask['reason']['zh'])}）" for ask in plugin["asks"]]
        label = plugin["label"].get(language, plugin["label"]["zh"])
        cells = (plugin["id"], plugin["version"], label, where, ", ".join(provides), ", ".join(asks))
        rows.append((*cells, ", ".join(users.get(plugin["id"], ()))))
    show_table(composition, ("plugin", "version", "title", "from", "provides", "asks", "used_by"), rows)
    for pack in found["packs"]:
        if pack["fault"]:
            composition.tell("pack-unreadable", pack=pack["id"], reason=pack["fault"])
    for plugin in found["plugins"]:
        for fault in plugin["errors"]:
            click.echo(f"✗ {render(fault['code'], fault['params'], language)} [{fault['code']}]")
            click.echo(f"  {hint(fault['code'], fault['params'], language)}")
    for id, folder in found["localities"].items():
        composition.tell("cli-pack-locality", locality=id, folder=folder)


def _told(found: Mapping[str, Any]) -> dict[str, Any]:
    """The same with every error's sentence in both languages."""
    plugins = [
        plugin
        | {
            "errors": [
                error
                | {"message": {language: render(error["code"], error["params"], language) for language in LANGUAGES}}
                for error in plugin["errors"]
            ]
        }
        for plugin in found["plugins"]
    ]
    return {**found, "plugins": plugins}
