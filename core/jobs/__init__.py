"""Background work in this process: the sweep of due timers and the relay of outside effects.

The database is the truth: what is due and what is owed are rows, claimed under a lease. A carrier for other processes
would run the same handlers.
"""

from core.jobs.anchoring import Anchoring
from core.jobs.handlers import Handler, Handlers
from core.jobs.worker import Fire, Ran, Worker

__all__ = ["Anchoring", "Fire", "Handler", "Handlers", "Ran", "Worker"]
