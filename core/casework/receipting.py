"""Who has read what: receipts of the notices whose cadence asks for them, the reading itself, and who sees it.

A receipt is a person's own; whoever may view every case of the district sees who has read a notice and who has not.
Tells nobody (`reminding` does).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.casework.office import Office, situation_of
from core.casework.once import once
from core.casework.requests import Answer, Principal, Repeatable
from core.casework.views import instant, label
from core.casework.visibility import visibility_of
from core.errors import Forbidden, NotFound
from core.scheme.codec import instant_from_text
from core.scheme.extensions import Recipient
from core.scheme.scheme import Scheme
from core.store import OutboxItem, Receipt


def receipted(today: Scheme, item: OutboxItem) -> bool:
    """Whether today's scheme wants this notice confirmed as read: its cadence says so."""
    cadence = today.timers.cadences.get(item.body.get("cadence", ""))
    return item.kind in ("notice", "summary") and cadence is not None and cadence.read_receipt


def owe_readings(office: Office, item: OutboxItem, recipients: Iterable[Recipient], now: datetime) -> None:
    """The notice is theirs to read: one row a person, however often and by however many plugins it is carried."""
    accounts = [one.account for one in recipients]
    if not accounts:
        return
    with office.store.unit(item.locality) as unit:
        unit.receipts.add(notice_of(item), item.body["cadence"], item.body.get("case"), accounts, now)
        unit.keep()


def notice_of(item: OutboxItem) -> str:
    """The id of a notice whichever plugin carries it."""
    via = item.body.get("via")
    return item.id if via is None else item.id.removesuffix(f":{via}")


def list_receipts(
    office: Office, locality: str, who: Principal, cursor: str | None = None, limit: int = 20, unread: bool = False
) -> Answer:
    """One page of what is the caller's own to read, newest first; `unread` leaves out what has been read."""
    bound = {"locality": locality, "account": who.account, "unread": unread}
    after = office.cursors.read(bound, cursor)
    with office.store.read(locality) as reading:
        today = situation_of(office, reading, who, office.clock.now()).today
        position = (instant_from_text(after[0]), str(after[1])) if after else None
        found = reading.receipts.of_account(who.account, unread, position, limit + 1)
    shown, last = found[:limit], found[limit - 1 : limit]
    more = len(found) > limit
    following = office.cursors.make(bound, (instant(last[0].owed_at), last[0].notice)) if more else None
    return Answer(200, {"receipts": [_view(today, one) for one in shown], "cursor": following})


def mark_read(office: Office, locality: str, who: Principal, repeat: Repeatable, notice: str) -> Answer:
    """The caller has read it; read again, the first time stays. NotFound `receipt-unknown` for what is not theirs."""
    now = office.clock.now()

    def work(unit: Any) -> Answer:
        today = situation_of(office, unit, who, now).today
        unit.receipts.read(notice, who.account, now)
        found = unit.receipts.get(notice, who.account)
        if found is None:
            raise NotFound("receipt-unknown", notice=notice)
        return Answer(200, _view(today, found))

    return once(office, locality, who, repeat, now, work)


def get_receipt(office: Office, locality: str, who: Principal, notice: str) -> Answer:
    """Who has read a notice and who has not, for whoever may view every case of the district.

    Raises Forbidden `receipts-not-visible` and NotFound `receipt-unknown`.
    """
    with office.store.read(locality) as reading:
        situation = situation_of(office, reading, who, office.clock.now())
        if not visibility_of(situation).everything:
            raise Forbidden("receipts-not-visible", locality=locality)
        found = reading.receipts.of_notice(notice)
    if not found:
        raise NotFound("receipt-unknown", notice=notice)
    first = _view(situation.today, found[0])
    people = [_person(office, one) for one in found]
    return Answer(
        200,
        {name: first[name] for name in ("notice", "cadence", "label", "case")}
        | {
            "read": [person for person in people if person["read_at"] is not None],
            "unread": [person for person in people if person["read_at"] is None],
        },
    )


def _view(today: Scheme, receipt: Receipt) -> dict[str, Any]:
    cadence = today.timers.cadences.get(receipt.cadence)
    return {
        "notice": receipt.notice,
        "cadence": receipt.cadence,
        "label": label(cadence.label if cadence else None, receipt.cadence),
        "case": receipt.case_id,
        **_times(receipt),
    }


def _person(office: Office, receipt: Receipt) -> dict[str, Any]:
    account = office.store.accounts.get(receipt.account)
    return {"account": receipt.account, "name": account.name if account else receipt.account, **_times(receipt)}


def _times(receipt: Receipt) -> dict[str, str | None]:
    return {name: instant(getattr(receipt, name)) for name in ("owed_at", "read_at", "reminded_at")}
