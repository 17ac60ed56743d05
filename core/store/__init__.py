"""What is kept: rows, repositories, the unit of work (the only commit), timers, outbox, accounts, blobs.

The whole interface is listed in docs/reference/store.md. It decides nothing and reads no clock (`core.store.clock` is
for doors and jobs): `now` is an argument.
"""

from core.store.accounts import DEMO, Account, Token
from core.store.assignments import Held
from core.store.attachments import Attachment, vouching_id
from core.store.blobs import Blobs, FolderBlobs
from core.store.cases import Change
from core.store.chain import ChainFault
from core.store.clock import Clock, FastClock, ManualClock, SystemClock
from core.store.clock_file import clock_of, set_clock
from core.store.idempotency import StoredAnswer
from core.store.ids import new_id
from core.store.leases import Backlog
from core.store.listing import (
    EVERYTHING,
    CaseFilter,
    CaseRow,
    Holder,
    Order,
    Page,
    TaskRow,
    Visibility,
)
from core.store.nearby import NearbyCase
from core.store.outbox import OutboxItem
from core.store.payloads import Payload
from core.store.receipts import Receipt
from core.store.repositories import Reading, Unit
from core.store.revisions import Revision
from core.store.standing import Standing
from core.store.store import Purged, Store, open_store
from core.store.timers import ClaimedTimer, TimerRow

__all__ = [
    "DEMO",
    "EVERYTHING",
    "Account",
    "Attachment",
    "Backlog",
    "Blobs",
    "CaseFilter",
    "CaseRow",
    "ChainFault",
    "Change",
    "ClaimedTimer",
    "Clock",
    "FastClock",
    "FolderBlobs",
    "Held",
    "Holder",
    "ManualClock",
    "NearbyCase",
    "Order",
    "OutboxItem",
    "Page",
    "Payload",
    "Purged",
    "Reading",
    "Receipt",
    "Revision",
    "Standing",
    "Store",
    "StoredAnswer",
    "SystemClock",
    "TaskRow",
    "TimerRow",
    "Token",
    "Unit",
    "Visibility",
    "clock_of",
    "new_id",
    "open_store",
    "set_clock",
    "vouching_id",
]
