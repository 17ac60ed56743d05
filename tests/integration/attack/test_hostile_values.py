"""Values that are legal JSON and meant to do harm: times at the edge, text that looks like code, keys, tags, photos."""

from __future__ import annotations

import io
import json
import random
import struct
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from town import Town, jpeg

from core.casework.photo import read_photo
from core.errors import GridwrightError

GOOD = {"intake": "patrol", "category": "0102", "cell": "HB-01"}
TEXTS = (
    '\'; DROP TABLE "case"; --',
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{7*7}}{% import os %}",
    "{0.__class__.__mro__}{zh.__init__.__globals__}{limit!r:>999999999}",
    "%s%n%(password)s",
    "\u202egnp.exe\u2066\u200b",
    "👩‍👩‍👧‍👦" * 20,
    '\r\nSet-Cookie: a=b\r\n\r\n{"level":"error"}',
    "=cmd|' /C calc'!A0",
    "../../../../etc/passwd",
    "\x1b[31m\x07\u2028",
)


@pytest.mark.parametrize(
    "instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+00:01"]
)
def test_an_instant_outside_the_calendar_is_refused(town: Town, instant: str) -> None:
    before = town.rows()
    for name in ("opened_from", "opened_to"):
        answer = town.client.get(town.url("/cases"), query_string={name: instant}, headers=town.headers("operator"))
        assert answer.status_code == 422, answer.json
        assert answer.json["faults"][0]["pointer"] == name
    assert town.post("/cases", GOOD | {"occurred_at": instant}).status_code == 422
    assert town.rows() == before


@pytest.mark.parametrize("instant", ["2016-12-31T23:59:60Z", "2026-02-30T00:00:00Z", "2026-03-02T25:00:00Z", "1", ""])
def test_an_instant_that_is_none_is_refused(town: Town, instant: str) -> None:
    answer = town.post("/cases", GOOD | {"occurred_at": instant})
    assert (answer.status_code, answer.json["faults"][0]["pointer"]) == (422, "/occurred_at")


def test_an_action_is_not_claimed_to_be_older_than_its_case(town: Town) -> None:
    case = town.report()
    before = town.rows()
    deed: dict[str, Any] = {"inputs": {"assignee": "handler"}}
    early = town.act(case, "assign", "head", **deed, occurred_at="2026-03-02T08:54:00+08:00")
    assert (early.status_code, early.json["faults"][0]["code"]) == (422, "time-before-report")
    assert town.rows() == before
    skewed = town.act(case, "assign", "head", **deed, occurred_at="2026-03-02T08:57:00+08:00")
    assert skewed.status_code == 200
    events = town.get(f"/cases/{case['id']}/events").json["events"]
    assert min(event["occurred_at"] for event in events) == events[0]["occurred_at"]


def test_what_was_done_offline_after_an_offline_report_is_taken(town: Town) -> None:
    case = town.report(occurred_at="2026-03-02T08:00:00+08:00")
    done = town.act(case, "assign", "head", inputs={"assignee": "handler"}, occurred_at="2026-03-02T08:10:00+08:00")
    assert done.status_code == 200, done.json


def test_a_clock_that_jumps_back_breaks_no_case(town: Town) -> None:
    case = town.report()
    town.clock.set(town.clock.now().replace(year=2025))
    done = town.act(case, "assign", "head", inputs={"assignee": "handler"})
    assert done.status_code in (200, 403, 422), done.json
    assert town.get(f"/cases/{case['id']}").status_code == 200
    assert town.services.store.verify_chain("harbour", case["id"]) == ()


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_text_stays_text(town: Town, text: str) -> None:
    case = town.report(category="0101", facts={"remark": text[:500]}, description=text, contact={"name": text[:100]})
    done = town.act(case, "assign", "head", inputs={"assignee": "handler", "opinion": text}, note=text)
    assert done.status_code == 200, done.json
    read = town.get(f"/cases/{case['id']}").json
    bodies = [entry["body"] for entry in read["texts"]]
    assert {"description": text, "facts": {"remark": text[:500]}} in bodies
    assert {"action": "assign", "inputs": {"opinion": text}, "note": text} in bodies
    events = town.get(f"/cases/{case['id']}/events").get_data(as_text=True)
    assert json.dumps(text, ensure_ascii=False)[1:-1] not in events
    for path in ("/", "/?lang=en", "/api/v1/docs"):
        page = town.client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.get_data(as_text=True)
    assert town.services.store.verify_chain("harbour", case["id"]) == ()


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_refusal_repeats_text_without_reading_it_as_a_pattern(town: Town, text: str) -> None:
    wrong = [
        town.post("/cases", GOOD | {"category": text[:100]}),
        town.post("/cases", GOOD | {text[:90]: 1}),
        town.post("/cases", GOOD | {"facts": {text[:90]: {"zh": text, "en": text}}}),
        town.client.get(town.url("/cases"), query_string={text[:90]: text}, headers=town.headers("operator")),
        town.get("/nothing", Accept_Language="{0.__class__},en;q=0.5"),
    ]
    for answer in wrong:
        said = answer.get_data(as_text=True)
        assert 400 <= answer.status_code < 500, said
        assert answer.mimetype == "application/problem+json"
        assert "<class" not in said
        assert len(said) < 20_000


@pytest.mark.parametrize("key", ["a b", "é", "\t", "a" * 201, "\u4f60".encode().decode("latin-1")])
def test_a_strange_idempotency_key_is_refused(town: Town, key: str) -> None:
    before = town.rows()
    answer = town.client.post(town.url("/cases"), json=GOOD, headers=town.headers("walker", Idempotency_Key=key))
    assert (answer.status_code, answer.json["code"]) in {
        (400, "idempotency-key-malformed"),
        (400, "idempotency-key-missing"),
    }
    assert town.rows() == before


def test_a_key_is_of_one_person_one_district_and_one_request(town: Town) -> None:
    first = town.post("/cases", GOOD, key="same")
    case = first.json
    assert town.post("/cases", GOOD, key="same").json == case
    assert town.post("/cases", GOOD | {"cell": "HB-02"}, key="same").json["code"] == "idempotency-key-reused"
    other_path = town.post(f"/cases/{case['id']}/actions", GOOD, "walker", key="same", If_Match='"1"')
    assert other_path.status_code == 422
    other_person = town.post("/cases", GOOD, "operator", key="same")
    assert other_person.status_code == 201
    assert other_person.json["id"] != case["id"]
    refused = town.post("/cases", GOOD | {"cell": "HB-99"}, key="again")
    assert refused.status_code == 422
    assert town.post("/cases", GOOD, key="again").status_code == 201


def test_an_answer_that_was_lost_is_given_again_after_the_case_moved_on(town: Town) -> None:
    case = town.report()
    path, deed = f"/cases/{case['id']}/actions", {"action": "assign", "inputs": {"assignee": "handler"}}
    tag = f'"{case["version"]}"'
    first = town.post(path, deed, "head", key="lost", If_Match=tag)
    assert town.act(first.json, "accept", "handler").status_code == 200
    again = town.post(path, deed, "head", key="lost", If_Match=tag)
    assert (again.status_code, again.json, again.headers["ETag"]) == (200, first.json, first.headers["ETag"])


def test_fifty_at_once_with_one_key_open_one_case(town: Town) -> None:
    answers = _at_once(50, lambda _: town.post("/cases", GOOD, key="one"))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["number"] for answer in answers}) == 1
    assert town.rows()["case"] == 1


def test_of_two_actions_at_once_exactly_one_wins(town: Town) -> None:
    case = town.report()
    answers = _at_once(8, lambda _: town.act(case, "assign", "head", inputs={"assignee": "handler"}))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7


@pytest.mark.parametrize(
    "tag", ["*", 'W/"6"', '"6", "7"', "6", '"-6"', '"6.0"', '"٦"', '"99999999999999999999999"', '""']
)
def test_a_tag_that_is_not_the_version_changes_nothing(town: Town, tag: str) -> None:
    case = town.report()
    assert case["version"] == 6
    before = town.rows()
    header = tag.encode().decode("latin-1")
    path, deed = f"/cases/{case['id']}/actions", {"action": "assign", "inputs": {"assignee": "handler"}}
    assert town.post(path, deed, "head", If_Match=header).status_code == 412
    assert town.rows() == before


def _at_once(count: int, call: Callable[[int], Any]) -> list[Any]:
    answers: list[Any] = [None] * count
    start = threading.Barrier(count)

    def run(index: int) -> None:
        start.wait()
        answers[index] = call(index)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _photo(kind: str, **save: Any) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 1.0, 2.0), 3: "E", 4: (120.0, 1.0, 2.0)})
    exif.get_ifd(0x8769).update({0x9003: "2026:03:02 08:00:00"})
    buffer = io.BytesIO()
    Image.effect_noise((40, 30), 50).convert("RGB").save(buffer, kind, exif=exif, **save)
    return buffer.getvalue()


def _with_preview() -> bytes:
    """What telephones write: a JPEG with a second picture behind the first."""
    return _photo("MPO", save_all=True, append_images=[Image.new("RGB", (8, 8))])


def test_a_photo_with_a_preview_behind_it_is_a_photo(town: Town) -> None:
    answer = town.upload(_with_preview())
    assert answer.status_code == 201, answer.json
    assert answer.json["media_type"] == "image/jpeg"
    public = town.get(f"/attachments/{answer.json['id']}", "walker").data
    assert Image.open(io.BytesIO(public)).format == "JPEG"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_public_copy_is_upright_and_says_nothing_beside_pixels(town: Town, kind: str) -> None:
    made = town.upload(_photo(kind)).json
    assert made["point"] is not None
    public = Image.open(io.BytesIO(town.get(f"/attachments/{made['id']}", "walker").data))
    assert public.size == (30, 40)
    assert dict(public.getexif()) == {}
    assert not {"exif", "icc_profile", "comment", "xmp", "photoshop"} & public.info.keys()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_hostile_orientations_leave_the_photo_as_it_is(orientation: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30)).save(buffer, "JPEG", exif=exif)
    photo = read_photo(buffer.getvalue(), "Asia/Shanghai")
    assert (photo.width, photo.height) == (40, 30)


@pytest.mark.filterwarnings("ignore")
def test_damaged_photos_are_refused_or_read_and_nothing_else() -> None:
    seeds = [_photo("JPEG"), _photo("PNG"), _photo("WEBP"), _with_preview()]
    chance = random.Random(7)
    kept = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(6000):
            content = bytearray(chance.choice(seeds))
            for _ in range(chance.randint(1, 5)):
                content[chance.randrange(min(400, len(content)))] = chance.choice(
                    (0, 1, 127, 255, chance.randrange(256))
                )
            try:
                read_photo(bytes(content), "Asia/Shanghai")
                kept += 1
            except GridwrightError as refusal:
                assert refusal.status in (413, 415, 422)
    assert 100 < kept < 6000


def test_a_polyglot_is_sent_as_the_picture_that_it_is(town: Town) -> None:
    made = town.upload(jpeg() + b"<html><script>alert(1)</script>", name='x.html"\r\nX: y').json
    for who, path in (("walker", ""), ("operator", "/original")):
        if path:
            town.report(evidence=[{"attachment": made["id"]}])
        answer = town.get(f"/attachments/{made['id']}{path}", who)
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert b"script" not in town.get(f"/attachments/{made['id']}", "walker").data


@pytest.mark.parametrize(
    "content", [b"GIF89a" + struct.pack("<HH", 1, 1) + b"\0" * 20, b"BM" + b"\0" * 60, b"%PDF-1.7"]
)
def test_other_formats_are_refused(town: Town, content: bytes) -> None:
    before = town.rows()
    assert town.upload(content).status_code == 415
    assert town.rows() == before


def test_few_photos_unfold_at_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kilobytes may unfold to hundreds of megabytes of pixels."""
    counted, most, lock = 0, 0, threading.Lock()

    def slow(image: Any, orientation: Any) -> tuple[bytes, int, int]:
        nonlocal counted, most
        with lock:
            counted += 1
            most = max(most, counted)
        time.sleep(0.05)
        with lock:
            counted -= 1
        return jpeg(), 1, 1

    monkeypatch.setattr("core.casework.photo._public_copy", slow)
    answers = _at_once(8, lambda _: town.upload(jpeg()))
    assert {answer.status_code for answer in answers} == {201}
    assert most == 2
