"""The tables, as typed models. Every table leads with `locality_id`, and its unique keys contain it, except the host
tables `account` and `token`. No query stands here.
"""

from core.store.models.cases import (
    AttachmentTable,
    CaseTable,
    EventTable,
    PayloadTable,
    TaskTable,
    TimerTable,
)
from core.store.models.delivery import CounterTable, IdempotencyTable, OutboxTable, ReceiptTable
from core.store.models.host import AccountTable, TokenTable
from core.store.models.locality import (
    AssignmentTable,
    DutyTable,
    LocalityTable,
    ObjectTable,
    RevisionFileTable,
    RevisionTable,
)

HOST_TABLES = frozenset({"account", "token"})

__all__ = [
    "HOST_TABLES",
    "AccountTable",
    "AssignmentTable",
    "AttachmentTable",
    "CaseTable",
    "CounterTable",
    "DutyTable",
    "EventTable",
    "IdempotencyTable",
    "LocalityTable",
    "ObjectTable",
    "OutboxTable",
    "PayloadTable",
    "ReceiptTable",
    "RevisionFileTable",
    "RevisionTable",
    "TaskTable",
    "TimerTable",
    "TokenTable",
]
