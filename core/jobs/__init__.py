"""Background work: the sweep of due timers, the delivery of outside effects, upkeep.

The database is the truth: what is due and what is owed are rows, claimed under a lease. Redis, where there is one,
carries effects between processes; the handlers are the same.
"""

from core.jobs.anchoring import Anchoring
from core.jobs.handlers import Handler, Handlers
from core.jobs.pace import Pace, Ran
from core.jobs.sweep import Fire
from core.jobs.worker import Worker

__all__ = ["Anchoring", "Fire", "Handler", "Handlers", "Pace", "Ran", "Worker"]
