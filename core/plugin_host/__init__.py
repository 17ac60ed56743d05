"""Finds plugins and packs, checks them, and makes what one district's plugins provide. Imports no plugin by name.

A plugin that is broken is a finding of the districts that use it; every other district goes on.
"""

from core.plugin_host.host import PluginHost
from core.plugin_host.inspection import inspect_plugin
from core.plugin_host.outside import Outside
from core.plugin_host.packs import SHIPPED, Pack, find_packs
from core.plugin_host.plugin import Plugin

__all__ = ["SHIPPED", "Outside", "Pack", "Plugin", "PluginHost", "find_packs", "inspect_plugin"]
"""`SHIPPED` is the folder of the plugins that come with the kernel."""
