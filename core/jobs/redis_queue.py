"""Delivery through Redis: what is owed becomes RQ jobs, and this process carries the jobs that Redis hands out.

Redis is a carrier and never the truth. A job holds a locality and an id; the row is read, leased and finished in the
database, and retries and what was given up stay there. A row that is handed over is leased to `QUEUE`: a job that
is lost (a killed worker, an emptied Redis) comes again when that lease has run out, and one that comes twice finds
nothing to do. While Redis is away, slow or full, rows are given back without spending an attempt.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextvars import ContextVar
from threading import Event
from typing import Any

import structlog
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from core.jobs.carrier import Carrier
from core.jobs.pace import Pace, Ran
from core.store import Clock, OutboxItem, Store

QUEUE = "redis"
"""Owner of the rows that wait in Redis; no worker has this name."""
SECONDS = 2
"""How long Redis may take to answer."""
LONGEST_PAUSE = 15.0
FORGET_FAILED = 60
"""Seconds for which Redis keeps a job whose worker was killed: nobody asks for it."""

log = structlog.get_logger(__name__)
_carry: ContextVar[Callable[[str, str], None]] = ContextVar("carry")


def carry(locality: str, stable_id: str) -> None:
    """The function of every job; RQ finds it by its name, and the thread that works knows what to carry it with."""
    _carry.get()(locality, stable_id)


class RedisQueue:
    """One worker's share in delivery through Redis. Connects on first use; `stop` ends it between two effects."""

    def __init__(self, store: Store, carrier: Carrier, clock: Clock, pace: Pace, stop: Event, redis_url: str) -> None:
        self._store = store
        self._carrier = carrier
        self._clock = clock
        self._pace = pace
        self._stop = stop
        self._redis = Redis.from_url(
            redis_url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, retry=Retry(NoBackoff(), 1)
        )
        self._queue = Queue(_queue_name(store), connection=self._redis, serializer=JSONSerializer)
        self._away = 0
        self._again_at = 0.0
        self._ran = Ran()

    def run_once(self) -> Ran:
        """Hand over what is owed and carry what Redis hands out, until there is neither. Redis may be away."""
        total = Ran()
        while not self._stop.is_set() and time.monotonic() >= self._again_at:
            self._ran = Ran()
            try:
                self._hand_over()
                self._work()
            except RedisError as error:
                self._redis_is_away(error)
            else:
                self._redis_is_there()
            total += self._ran
            if not self._ran:
                break
        return total

    def _hand_over(self) -> None:
        room = self._pace.room - self._queue.count  # asked first: while Redis is away, no row is touched
        while room > 0 and not self._stop.is_set():
            now = self._clock.now()
            size = min(room, self._pace.batch)
            owed = self._store.outbox.claim_due(now, QUEUE, self._pace.lease_seconds, size)
            try:
                self._queue.enqueue_many([_job(item) for item in owed])
            except BaseException:
                self._store.outbox.release(owed, QUEUE)
                raise
            self._ran += Ran(queued=len(owed))
            room -= len(owed)
            if len(owed) < size:
                return

    def _work(self) -> None:
        """Carry at most a batch of jobs, as one of RQ's workers."""
        worker = _Worker([self._queue], connection=self._redis, serializer=JSONSerializer)
        worker.stop = self._stop
        known = _carry.set(self._carry_job)
        try:
            worker.work(burst=True, max_jobs=self._pace.batch, logging_level="CRITICAL")
        finally:
            _carry.reset(known)

    def _carry_job(self, locality: str, stable_id: str) -> None:
        self._ran += self._carrier.carry(locality, stable_id, holder=QUEUE)

    def _redis_is_away(self, error: RedisError) -> None:
        if not self._away:
            log.warning("redis-away", error=type(error).__name__)
        self._again_at = time.monotonic() + min(2.0**self._away, LONGEST_PAUSE)
        self._away += 1

    def _redis_is_there(self) -> None:
        if self._away:
            log.info("redis-back")
        self._away = 0


class _Worker(SimpleWorker):
    """RQ's worker in a thread, without what belongs to a process of its own: signals, alarms, a channel for commands.

    It never waits: not for jobs, and not for a Redis that is away (RQ's own would, for ever and deaf to `stop`).
    """

    death_penalty_class = TimerDeathPenalty
    connection_timeout = SECONDS  # RQ's own raises the connection's to minutes
    stop: Event

    def dequeue_job_and_maintain_ttl(self, timeout: int | None, max_idle_time: int | None = None) -> Any:
        if self.stop.is_set():
            return None
        self.heartbeat()
        return Queue.dequeue_any(self.queues, None, self.connection, serializer=self.serializer)

    def _install_signal_handlers(self) -> None:
        pass

    def subscribe(self) -> None:
        pass

    def unsubscribe(self) -> None:
        pass


def _job(item: OutboxItem) -> Any:
    """One job: its id is the effect's stable id in letters that RQ takes; Redis keeps neither results nor failures."""
    name = hashlib.sha256(f"{item.locality}\n{item.id}".encode()).hexdigest()
    return Queue.prepare_data(
        f"{__name__}.{carry.__name__}",
        args=(item.locality, item.id),
        job_id=name,
        timeout=-1,
        result_ttl=0,
        failure_ttl=FORGET_FAILED,
    )


def _queue_name(store: Store) -> str:
    """A queue of this database's own, so that installations may share a Redis."""
    url = store.database.engine.url.render_as_string(hide_password=True)
    return f"gridwright-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
