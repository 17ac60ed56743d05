"""Eight clients that write until the server is killed, and remember what they were promised.

Each write has its own key. What was answered with 2xx is a promise; what got no answer is sent again, the same in every
byte, when the server is back: it must happen once, whether the first try came through or not.
"""

from __future__ import annotations

import io
import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from installation import Installation
from PIL import Image

CLIENTS = 8


@dataclass
class Write:
    """`status` and `answer` are None until the server has answered. `text` is like no other write's."""

    kind: str
    key: str
    path: str
    who: str
    body: bytes
    headers: dict[str, str]
    text: str = ""
    status: int | None = None
    answer: Any = None

    @property
    def promised(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass
class Clients:
    """Writes of one round. `journal` gets a line for each promise, on disk before the client goes on."""

    installation: Installation
    turn: int
    journal: Path
    writes: list[Write] = field(default_factory=list)
    refused: list[Write] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        self._threads = [threading.Thread(target=self._client, args=(number,)) for number in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def promises(self) -> int:
        with self._lock:
            return sum(write.promised for write in self.writes)

    def send_again(self) -> int:
        """Send what got no answer once more; answers how many. A change of a case that has moved on is refused."""
        unanswered = [write for write in self.writes if write.status is None]
        for write in unanswered:
            self._send(write)
        return len(unanswered)

    def send_promised_again(self, share: float) -> int:
        """Send a share of what was promised once more: the answer must be the first one. Answers how many."""
        again = random.sample(kept := [write for write in self.writes if write.promised], int(len(kept) * share))
        for write in again:
            promised = write.answer
            self._send(write)
            assert write.promised and write.answer == promised, (write, promised)
        return len(again)

    def _client(self, number: int) -> None:
        people = self.installation.people()
        for serial, write in enumerate(self._story(number, people)):
            write.key = f"{self.turn}-{number}-{serial}"
            with self._lock:
                self.writes.append(write)
            try:
                self._send(write)
            except (OSError, HTTPException, ValueError):
                return  # the server is gone, perhaps in the middle of its answer

    def _story(self, number: int, people: dict[str, dict[str, str]]) -> Iterator[Write]:
        """A photo and the report that it belongs to, or a telephone call; then two comments."""
        serial = 0
        while not self._stop.is_set():
            serial += 1
            text = f"第{self.turn}轮{number}-{serial}"
            if serial % 2:
                photo = _photo_of(text)
                yield photo
                if not photo.promised:
                    return
                evidence = [{"kind": "photo", "meaning": "before", "attachment": photo.answer["id"]}]
                told = {"intake": "reporter_path", "channel": "city_app", "evidence": evidence}
                opening = _write("open", "/cases", "street_cleaner", told | _about(people, text), text)
            else:
                told = {"intake": "hotline_path", "channel": "phone"}
                opening = _write("open", "/cases", "platform_operator", told | _about(people, text), text)
            yield opening
            if not opening.promised:
                return
            case, version = opening.answer["id"], opening.answer["version"]
            for comment in range(2):
                words = f"{text}备注{comment}"
                said = {"action": "comment", "inputs": {"text": words}}
                write = _write("comment", f"/cases/{case}/actions", "grid_head", said, words)
                write.headers["If-Match"] = f'"{version}"'
                yield write
                if not write.promised:
                    break  # a timer was faster: the case has moved on
                version = write.answer["version"]

    def _send(self, write: Write) -> None:
        token = self.installation.people()[write.who]["token"]
        headers = write.headers | {"Idempotency-Key": write.key}
        status, answer = self.installation.send("POST", write.path, token, write.body, headers)
        write.answer, write.status = answer, status
        if write.promised:
            with self._lock, self.journal.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": write.key, "kind": write.kind, "id": answer["id"]}) + "\n")
        elif status != 412:
            self.refused.append(write)


def _about(people: dict[str, dict[str, str]], text: str) -> dict[str, Any]:
    cell = people["grid_head"]["cell"]
    return {"category": "04040", "cell": cell, "severity": "ordinary", "inputs": {"description": text}}


def _write(kind: str, path: str, who: str, body: dict[str, Any], text: str) -> Write:
    return Write(kind, "", path, who, json.dumps(body).encode(), {}, text)


def _photo_of(text: str) -> Write:
    """A picture that is like no other."""
    picture = io.BytesIO()
    noise = Image.effect_noise((160, 120), random.uniform(20, 90))
    noise.save(picture, "JPEG", comment=f"{text} {time.monotonic_ns()}".encode())
    form = (
        b'--limit\r\nContent-Disposition: form-data; name="file"; filename="p.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    headers = {"Content-Type": "multipart/form-data; boundary=limit"}
    body = form + picture.getvalue() + b"\r\n--limit--\r\n"
    return Write("photo", "", "/attachments", "street_cleaner", body, headers, text)
