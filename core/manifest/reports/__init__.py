"""Reports of checks for people, programs and code-review services. Renders; decides and sorts out nothing."""

from core.manifest.reports.as_json import as_json, render_json
from core.manifest.reports.sarif import render_sarif
from core.manifest.reports.text import render_text

__all__ = ["as_json", "render_json", "render_sarif", "render_text"]
