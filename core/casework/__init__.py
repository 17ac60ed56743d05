"""Use cases on cases: open, act, attach, fire, list, read, explain. Knows no HTTP, writes no SQL.

Each use case takes a `Principal` and plain values, works in one transaction and gives back an `Answer`.
"""

from core.casework.attaching import Content
from core.casework.case_log import Depth
from core.casework.cursor import Cursors
from core.casework.duplicates import Intended
from core.casework.explaining import SUBJECTS
from core.casework.inspecting import Due, Inspections
from core.casework.reminding import Reminders
from core.casework.requests import Answer, Building, Deed, Point, Principal, Repeatable, Report, Wanted
from core.casework.schemes import Schemes
from core.casework.service import Casework
from core.casework.summing_up import Summaries
from core.casework.verifying import LogFinding, Walked

__all__ = [
    "SUBJECTS",
    "Answer",
    "Building",
    "Casework",
    "Content",
    "Cursors",
    "Deed",
    "Depth",
    "Due",
    "Inspections",
    "Intended",
    "LogFinding",
    "Point",
    "Principal",
    "Reminders",
    "Repeatable",
    "Report",
    "Schemes",
    "Summaries",
    "Walked",
    "Wanted",
]
