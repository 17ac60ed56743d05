"""Gridwright's kernel: four verbs (open a case, take an action, fire a timer, score a period) and no district's word.

Nothing is imported here, so that `import core.engine` stays free of Flask and SQL (tests/test_architecture.py).
"""
