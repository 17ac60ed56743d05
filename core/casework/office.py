"""What every use case works with: the store, the schemes, the clock, the cursors; and the situation of a moment.

Built once by the composition root. Holds no state of a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.casework.cursor import Cursors
from core.casework.requests import Principal
from core.casework.schemes import Schemes
from core.engine.permission import visible
from core.errors import Forbidden, NotFound
from core.scheme.case import Case
from core.scheme.scheme import Scheme
from core.scheme.situation import SYSTEM_ACTOR, Actor, Situation
from core.store import Clock, Reading, Store


@dataclass(frozen=True)
class Office:
    """The services that use cases share."""

    store: Store
    schemes: Schemes
    clock: Clock
    cursors: Cursors
    lot_key: str  # of the lots that decide which cases are checked again


@dataclass(frozen=True)
class Seen:
    """A case that the caller may read, with the two schemes that say what it means."""

    case: Case
    pinned: Scheme
    situation: Situation


def situation_of(office: Office, reading: Reading, who: Principal | None, now: datetime) -> Situation:
    """Today's situation with `who` as the actor (None: the system).

    Raises NotFound for a locality without a published scheme, and Forbidden for a token of another one and for an
    account that has no assignment here now, unless its token was issued for this locality.
    """
    standing = reading.standing(now)
    if standing is None:
        raise NotFound("locality-unknown", locality=reading.locality)
    actor = SYSTEM_ACTOR
    if who is not None:
        own = standing.staff.by_account.get(who.account, ())
        if who.locality not in (None, reading.locality) or (not own and who.locality is None):
            raise Forbidden("not-of-this-locality", locality=reading.locality)
        actor = Actor(who.account, own, who.scopes)
    return Situation(
        today=office.schemes.of_revision(reading, standing.revision, standing.scheme_digest),
        actor=actor,
        staff=standing.staff.by_post,
        duty_mode=standing.staff.duty_mode,
        objects=standing.objects,
    )


def seen(office: Office, reading: Reading, who: Principal, case_id: str, now: datetime) -> Seen:
    """A case that `who` may read; raises NotFound `case-unknown` or Forbidden `case-not-visible` with the reasons."""
    situation = situation_of(office, reading, who, now)
    case = reading.cases.load(case_id, lock=False)
    if case is None:
        raise NotFound("case-unknown", case=case_id)
    pinned = office.schemes.by_digest(reading, case.scheme)
    permission = visible(situation, case, now=now, pinned=pinned)
    if not permission.allowed:
        raise Forbidden("case-not-visible", reasons=permission.reasons())
    return Seen(case, pinned, situation)
