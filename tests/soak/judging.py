"""What must hold after a kill: every promise kept, nothing twice, nothing half, every chain whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from hashlib import sha256

from clients import Clients, Write
from installation import DISTRICT
from sqlalchemy import text

from core.casework import Depth
from core.casework.case_log import case_faults
from core.factory import Services
from core.store import Reading
from core.store.anchor_log import AnchorLog, BrokenLine
from core.store.anchored import Anchored
from core.store.unit import look


def judge_round(services: Services, clients: Clients) -> None:
    """The promises of a round against the database."""
    promised = [write for write in clients.writes if write.promised]
    opened = {write.answer["id"]: write for write in promised if write.kind == "open"}
    anchors = Anchored(AnchorLog.of(services.settings.anchor_folder, DISTRICT), DISTRICT)  # read before the cases
    with anchors as anchored, services.store.read(DISTRICT) as reading:
        for write in promised:
            if write.kind == "photo":
                _photo(services, reading, write)
            elif write.kind == "comment":
                _comment(reading, write)
        for case_id, write in opened.items():
            assert reading.cases.get(case_id).number == write.answer["number"]
            texts = [payload.body for payload in reading.payloads.of_case(case_id, "report")]
            assert [body and body["inputs"]["description"] for body in texts] == [write.text]
        heads = anchored.take(sorted(opened))
        for entry in reading.log.read(sorted(opened)):
            known = heads.get(entry.row.id, [])
            faults = list(case_faults(services.casework, reading, entry, known, anchored.until, Depth(photos=True)))
            assert faults == [], (entry.row.id, faults)
    assert len({write.answer["number"] for write in opened.values()}) == len(opened)
    _nothing_half(services)


def _photo(services: Services, reading: Reading, write: Write) -> None:
    attachment = reading.attachments.get(write.answer["id"])
    data = services.store.blobs.read(DISTRICT, attachment.digest)
    assert data in write.body and sha256(data).hexdigest() == attachment.digest
    assert services.store.blobs.read(DISTRICT, attachment.public_digest or "")


def _comment(reading: Reading, write: Write) -> None:
    case_id, version = write.answer["id"], write.answer["version"]
    assert reading.cases.get(case_id).version >= version
    said = Counter(
        payload.body["inputs"]["text"] for payload in reading.payloads.of_case(case_id, "action") if payload.body
    )
    assert said[write.text] == 1, (write.key, said)
    acted = [event for event in reading.cases.events(case_id) if event.data.get("action") == "comment"]
    assert len(acted) == sum(said.values())
    assert any(event.seq <= version for event in acted)


def _nothing_half(services: Services) -> None:
    """No row hangs on nothing, no key waits for its answer, no photo is a part of one, no anchor line is altered."""
    with services.store.read(DISTRICT) as reading:
        assert list(reading.log.without_case()) == []
        revision = reading.revisions.current()
        assert revision is not None and reading.revisions.files(revision.number)
    unanswered = look(
        services.store.database, lambda link: link.scalar(text("SELECT count(*) FROM idempotency WHERE status IS NULL"))
    )
    assert unanswered == 0
    lines = AnchorLog.of(services.settings.anchor_folder, DISTRICT).lines()
    assert not any(isinstance(line, BrokenLine) for line in lines)


def judge_all(services: Services, opened: Collection[str]) -> int:
    """The whole installation at the end: as many cases as were promised, the log whole. Answers its events."""
    log = AnchorLog.of(services.settings.anchor_folder, DISTRICT)
    walked = list(services.casework.verify_log(DISTRICT, log, Depth(photos=True)))
    assert [finding for part in walked for finding in part.findings] == []
    cases = sum(part.cases for part in walked)
    assert cases == len(opened), "lost or doubled"
    return sum(part.events for part in walked)


def judge_timers(services: Services) -> int:
    """Every reach has fired at most once; answers how many have."""
    fired: Counter[tuple[str, str, int, str]] = Counter()
    after = ""
    while True:
        with services.store.read(DISTRICT) as reading:
            ids = reading.log.ids(after)
            for case_id in ids:
                for event in reading.cases.events(case_id):
                    if event.type == "clock_reached":
                        fired[case_id, event.data["limit"], event.data["occurrence"], event.data["reach"]] += 1
        if not ids:
            break
        after = ids[-1]
    assert max(fired.values(), default=0) <= 1
    return len(fired)


def overdue(services: Services) -> int:
    """Timers that are due and have not fired."""
    now = services.clock.now()
    found = 0
    with services.store.read(DISTRICT) as reading:
        after = ""
        while ids := reading.log.ids(after):
            for entry in reading.log.read(ids):
                found += sum(row.done_at is None and row.due_at <= now for row in entry.timers)
            after = ids[-1]
    return found
