"""The field's standard vocabulary: meanings of stages, actions and posts, clock units, and the closed set of effects.

A meaning is a tag without behaviour. Locality-specific meanings are allowed (`x_...`); the ones here are the
standard core that scores, Open311 and comparison between districts read. Terms: domain glossary, standards
CJJ/T 106, CJ/T 315, GB/T 30428.8.
"""

from __future__ import annotations

STAGE_MEANINGS = frozenset(
    {
        "reported", "accepted", "verifying", "filed", "dispatched", "acknowledged", "handling", "handled", "checking",
        "closed", "archived", "suspended", "voided",
    }
)  # fmt: skip
ACTION_MEANINGS = frozenset(
    {
        "report", "accept", "verify", "file", "reject", "dispatch", "claim", "acknowledge", "return", "self_handle",
        "act_first", "handle", "feed_back", "check_pass", "rework", "request_extension", "approve_extension", "suspend",
        "resume", "urge", "supervise", "intervene", "escalate", "rule_ownership", "merge", "split", "comment", "rate",
        "reopen", "close", "archive", "void", "correct", "triage",
    }
)  # fmt: skip
TRACK_MEANINGS = frozenset({"acting", "watching"})

UNITS = ("urgent_hour", "work_hour", "work_day", "calendar_day")
"""紧急工作时 (continuous), 工作时, 工作日, 自然日: the units of a limit."""

EFFECTS = (
    "move",
    "open_task",
    "assign_task",
    "close_task",
    "start_clock",
    "stop_clock",
    "pause_clock",
    "resume_clock",
    "extend_clock",
    "set_fact",
    "count",
    "correct",
    "request_approval",
    "answer_approval",
    "answer_card",
    "link_case",
    "open_case",
    "enter_object",
    "update_object",
    "notify",
    "raise_alert",
    "lower_alert",
)
"""The closed set: what an action does is composed of these and of nothing else."""
