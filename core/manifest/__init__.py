"""From text to scheme: read, check shape, check references, lint, compile. Findings are collected, then reported.

Nothing here raises on the first fault of a manifest, and nothing here writes.
"""
