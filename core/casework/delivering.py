"""Delivering an owed notice: who is meant is found out now, and the plugin that the row names tells them.

No transaction is open while a plugin works. What a plugin raises beside the two failures of its contract is recorded
by its type alone, since its text may quote what residents wrote. What is to be confirmed as read is recorded before
the plugin is called: whom it cannot reach has not read it either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from core.casework.noticing import about_case, said, subject_of_case, subject_of_reminder, subject_of_summary
from core.casework.office import Office, situation_of
from core.casework.receipting import owe_readings, receipted
from core.casework.recipients import Staff
from core.casework.references import refuse, unknown
from core.engine.reach import chain
from core.errors import Fault, GridwrightError, PermanentFailure, TemporaryFailure
from core.scheme.case import Owner
from core.scheme.codec import owner_from_dict
from core.scheme.extensions import DeliverNotice, Notice, Recipient
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation
from core.store import OutboxItem, Reading, new_id

ABSENT_DELAY = 60.0
"""Seconds until a plugin that is not there is asked for again."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a test notice on one way: None when it was taken."""

    plugin: str
    failure: GridwrightError | None


def deliver(office: Office, item: OutboxItem) -> None:
    """Tell by the plugin under `via`; without one the log does, and names opaque ids only.

    Raises TemporaryFailure (`notice-plugin-missing`, `notice-plugin-broke`, or the plugin's own) to be called again,
    and the plugin's PermanentFailure.
    """
    via = item.body.get("via")
    if via is None:
        log.info("notice", locality=item.locality, id=item.id, **{"case": item.body.get("case")})
        if "cadence" not in item.body:
            return
    now = office.clock.now()
    with office.store.read(item.locality) as reading:
        today = situation_of(office, reading, None, now).today
        function = None if via is None else today.extensions.deliver_notice.get(via)
        if via is not None and function is None:
            raise TemporaryFailure("notice-plugin-missing", delay=ABSENT_DELAY, plugin=via)
        notice = COMPOSE[item.kind](office, reading, today, item, now)
    if notice is not None and receipted(today, item):
        owe_readings(office, item, notice.recipients, now)
    if notice is not None and function is not None and via is not None:
        _call(via, function, notice, dry_run=False)


def try_notice(
    office: Office,
    locality: str,
    post: str,
    cell: str | None = None,
    plugins: Sequence[str] = (),
    dry_run: bool = False,
) -> tuple[tuple[Recipient, ...], tuple[Tried, ...]]:
    """Send a test notice to the holders of a post by the named plugins (none: every one that delivers), or with
    `dry_run` let them check what they can. Answers who is meant and what became of each.

    Raises NotFound for a locality without a scheme, Unprocessable for a post, cell or plugin that it does not have.
    """
    now = office.clock.now()
    with office.store.read(locality) as reading:
        today = office.schemes.current(reading)
        ways = today.extensions.deliver_notice
        refuse(_unknown(today, post, cell, plugins))
        staff = _staff(office, reading, today, now)
        meant = staff.of_owner(Owner(post=post, cell=cell), ()) if cell is not None else staff.of_post(post)
    notice = Notice(f"{locality}:test:{new_id()}", "notice", "test", meant, said("notice-test"), {}, now)
    chosen = plugins or tuple(ways)
    return meant, tuple(Tried(plugin, _tried(plugin, ways[plugin], notice, dry_run)) for plugin in chosen)


def _of_case(office: Office, reading: Reading, today: Scheme, item: OutboxItem, now: datetime) -> Notice:
    case = reading.cases.get(item.body["case"])
    pinned = office.schemes.by_digest(reading, case.scheme)
    cells = chain(Situation(today), case.cell, pinned)
    meant = _staff(office, reading, today, now).of_owner(owner_from_dict(item.body["target"]), cells)
    return Notice(
        id=_id(item),
        kind="notice",
        template=item.body["template"],
        recipients=meant,
        subject=subject_of_case(today, pinned, case, item.body),
        about=about_case(case, item.body),
        at=item.created_at,
    )


def _summary(office: Office, reading: Reading, today: Scheme, item: OutboxItem, now: datetime) -> Notice:
    target = item.body["target"]
    staff = _staff(office, reading, today, now)
    if target["kind"] == "post":
        meant = staff.of_post(target["value"])
    else:
        meant = staff.of_owner(Owner(organisation=target["value"]), ()) if target["kind"] == "organisation" else ()
    return Notice(
        id=_id(item),
        kind="summary",
        template=item.body["cadence"],
        recipients=meant,
        subject=subject_of_summary(today, item.body),
        about={name: value for name, value in item.body.items() if name not in ("via", "target")},
        at=item.created_at,
    )


def _reminder(office: Office, reading: Reading, today: Scheme, item: OutboxItem, now: datetime) -> Notice | None:
    """None when it has been read meanwhile: there is nothing to remind of."""
    body = item.body
    receipt = reading.receipts.get(body["notice"], body["account"])
    if receipt is None or receipt.read_at is not None:
        return None
    case = reading.cases.get(body["case"]) if "case" in body else None
    pinned = office.schemes.by_digest(reading, case.scheme) if case is not None else today
    meant = _staff(office, reading, today, now).of_owner(Owner(account=body["account"]), ())
    about = {name: body[name] for name in ("cadence", "notice", "case") if name in body}
    return Notice(
        id=_id(item),
        kind="reminder",
        template=body["cadence"],
        recipients=tuple(one for one in meant if one.account == body["account"]),
        subject=subject_of_reminder(today, pinned, case, receipt),
        about=about | ({"number": case.number} if case is not None else {}),
        at=item.created_at,
    )


COMPOSE: Mapping[str, Callable[[Office, Reading, Scheme, OutboxItem, datetime], Notice | None]] = {
    "notice": _of_case,
    "summary": _summary,
    "reminder": _reminder,
}
"""What is told, by the kind of the owed effect."""


def _id(item: OutboxItem) -> str:
    """Stable, and unlike that of any other district."""
    return f"{item.locality}:{item.id}"


def _staff(office: Office, reading: Reading, today: Scheme, now: datetime) -> Staff:
    def name_of(account: str) -> str:
        found = office.store.accounts.get(account)
        return found.name if found else account

    standing = reading.standing(now)
    return Staff(today, standing.staff.by_post if standing else {}, name_of)


def _unknown(today: Scheme, post: str, cell: str | None, plugins: Sequence[str]) -> list[Fault]:
    ways = today.extensions.deliver_notice
    faults = [unknown("notice-plugin-unknown", name, ways, "via") for name in plugins if name not in ways]
    if post not in today.roster.posts:
        faults.append(unknown("post-unknown", post, today.roster.posts, "post"))
    if cell is not None and cell not in today.grid.cells:
        faults.append(unknown("cell-unknown", cell, today.grid.cells, "cell"))
    return faults


def _tried(plugin: str, function: DeliverNotice, notice: Notice, dry_run: bool) -> GridwrightError | None:
    try:
        _call(plugin, function, notice, dry_run)
    except (TemporaryFailure, PermanentFailure) as failure:
        return failure
    return None


def _call(plugin: str, function: DeliverNotice, notice: Notice, dry_run: bool) -> None:
    try:
        function(notice, dry_run)
    except (TemporaryFailure, PermanentFailure):
        raise
    except Exception as error:  # noqa: BLE001  (a plugin may raise anything; its text may quote a resident)
        raise TemporaryFailure("notice-plugin-broke", plugin=plugin, error=type(error).__name__) from None
