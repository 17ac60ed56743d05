"""The load: many clients in one process with raw asyncio connections, kept cheap so that it is not what is measured.

Run as a process of its own: reads a job (JSON) from standard input, writes figures (JSON) to standard output.
A new connection for each request, since gunicorn's sync workers keep none.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import resource
import sys
import time
import uuid
from collections.abc import Mapping
from typing import Any

try:
    from figures import Tally
except ImportError:
    from load.figures import Tally

TIMEOUT = 60.0
MOST = 400
"""Virtual users at most; what would need more is dropped and counted, as the peer's tool does."""


class Refused(Exception):
    """An answer that was not expected, or none."""


class Clients:
    """Virtual users that share a job: each walks through the script again and again, or once for each arrival."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        self.job = job
        self.root = f"/api/v1/localities/{job['district']['locality']}"
        self.tally = Tally()
        self.began = time.monotonic()
        self.measuring_from = 0.0
        self.started = 0
        self.chance = random.Random(job.get("seed", 1))

    @property
    def now(self) -> float:
        return time.monotonic() - self.began

    async def call(
        self, name: str, method: str, path: str, token: str, body: Any = None, headers: str = "", good: int = 200
    ) -> Any:
        """The answer's JSON; its time goes to the tally. Raises Refused for any other status and for no answer."""
        started = time.monotonic()
        try:
            status, content = await asyncio.wait_for(self._exchange(method, path, token, body, headers), TIMEOUT)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError) as error:
            self.tally.error(name, self.now, type(error).__name__)
            raise Refused(name) from error
        if status != good:
            code = json.loads(content).get("code") if content[:1] == b"{" else ""
            self.tally.error(name, self.now, f"{status} {code}")
            raise Refused(name)
        if started - self.began >= self.measuring_from:
            self.tally.call(name, self.now, (time.monotonic() - started) * 1000)
        return json.loads(content)

    async def _exchange(self, method: str, path: str, token: str, body: Any, headers: str) -> tuple[int, bytes]:
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n"
            head += f"Idempotency-Key: {uuid.uuid4()}\r\n"
        reader, writer = await asyncio.open_connection(self.job["host"], self.job["port"])
        try:
            writer.write((head + headers + "\r\n").encode() + raw)
            received = await reader.read()
        finally:
            writer.close()
        first, _, content = received.partition(b"\r\n\r\n")
        if not first:
            raise ValueError("no answer")
        return int(first[9:12]), content

    async def lifecycle(self) -> None:
        """The peer's four calls: create, assign, resolve, read back."""
        district = self.job["district"]
        self.started += 1
        number = self.started
        reporter = district["reporters"][number % len(district["reporters"])]
        assigner = district["assigners"][number % len(district["assigners"])]
        report = self.chance.choice(district["reports"])
        cases = f"{self.root}/cases"
        await self.think()
        case = await self.call("create", "POST", cases, reporter, report, good=201)
        await self.think()
        case = await self.act("assign", case, assigner, district["assign"])
        await self.think()
        handler = district["resolvers"].get(owner_of(case), assigner)
        case = await self.act("resolve", case, handler, district["resolve"])
        await self.think()
        found = await self.call("read", "GET", f"{cases}/{case['id']}", reporter)
        if found["version"] != case["version"]:
            self.tally.error("read", self.now, "another version")
            raise Refused("read")

    async def act(self, name: str, case: Mapping[str, Any], token: str, deed: Mapping[str, Any]) -> Any:
        path = f"{self.root}/cases/{case['id']}/actions"
        return await self.call(name, "POST", path, token, deed, f'If-Match: "{case["version"]}"\r\n')

    async def report(self) -> None:
        """One report, and no more."""
        district = self.job["district"]
        self.started += 1
        token = district["reporters"][self.started % len(district["reporters"])]
        path = self.job.get("path", f"{self.root}/cases")
        await self.call("create", "POST", path, token, self.chance.choice(district["reports"]), good=201)

    async def reads(self) -> None:
        """One of the job's pages; its name may hold `{case}`."""
        self.started += 1
        name, path, token = self.job["pages"][self.started % len(self.job["pages"])]
        case = self.chance.choice(self.job["cases"])
        await self.call(name, "GET", self.root + path.format(case=case), token)

    async def think(self) -> None:
        low, high = self.job.get("think", (0, 0))
        if high:
            await asyncio.sleep(self.chance.uniform(low, high))

    async def once(self) -> None:
        started = time.monotonic()
        try:
            await getattr(self, self.job["script"])()
        except Refused:
            return
        if started - self.began >= self.measuring_from:
            self.tally.round(self.now, (time.monotonic() - started) * 1000)

    async def closed(self) -> dict[str, Any]:
        """So many clients, each going on as soon as it is answered, for so many seconds after a warm-up."""
        self.measuring_from = self.job["warm_up"]
        end = self.measuring_from + self.job["seconds"]

        async def client() -> None:
            while self.now < end:
                await self.once()

        told = asyncio.create_task(self._say_when_warm())
        await asyncio.gather(*(client() for _ in range(self.job["clients"])))
        await told
        return self.tally.summary(self.now - self.measuring_from)

    async def _say_when_warm(self) -> None:
        await asyncio.sleep(self.measuring_from)
        print("warm", file=sys.stderr, flush=True)

    async def shaped(self) -> dict[str, Any]:
        """Arrivals at a rate that moves from stage to stage, whether those before have been answered or not."""
        print("warm", file=sys.stderr, flush=True)
        running: set[asyncio.Task[None]] = set()
        rate, begun, owed, most = self.job["start_rate"], 0.0, 0.0, 0
        edges = []
        for stage in self.job["stages"]:
            last = begun
            while self.now < begun + stage["seconds"]:
                now = self.now
                share = (now - begun) / stage["seconds"]
                owed += (now - last) * (rate + (stage["rate"] - rate) * share)
                last = now
                while owed >= 1:
                    owed -= 1
                    if len(running) >= MOST:
                        self.tally.dropped += 1
                        continue
                    task = asyncio.create_task(self.once())
                    running.add(task)
                    task.add_done_callback(running.discard)
                most = max(most, len(running))
                await asyncio.sleep(0.01)
            edges.append((stage["name"], begun, begun + stage["seconds"]))
            rate, begun = stage["rate"], begun + stage["seconds"]
        await asyncio.gather(*running)
        drained = self.now - begun
        phases = {name: self.tally.between(start, end) for name, start, end in edges}
        figures = {"phases": phases, "most_users": most, "drained_in_seconds": round(drained, 1)}
        return self.tally.summary(self.now) | figures | {"recovery_seconds": self._recoveries(edges)}

    def _recoveries(self, edges: list[tuple[str, float, float]]) -> dict[str, float | None]:
        """For each spike: how many seconds after its peak until three seconds in a row are within twice the warm-up's
        p95 (or 50 ms) without an error; None when that does not come before the next spike."""
        usual = max(2 * (self.tally.between(edges[0][1], edges[0][2])["p95_ms"] or 0.0), 50.0)
        found: dict[str, float | None] = {}
        spikes = [edge for edge in edges if edge[0].startswith("spike")]
        for place, (name, _, end) in enumerate(spikes):
            limit = spikes[place + 1][1] if place + 1 < len(spikes) else edges[-1][2]
            calm = (
                second
                for second in range(int(end), int(limit) - 2)
                if all(self._calm(at, usual) for at in range(second, second + 3))
            )
            first = next(calm, None)
            found[name] = None if first is None else first - end
        return found

    def _calm(self, second: int, usual: float) -> bool:
        figures = self.tally.between(second, second + 1)
        return figures["errors"] == 0 and (figures["p95_ms"] or 0.0) <= usual


def owner_of(case: Mapping[str, Any]) -> str:
    """Who holds the last open task, as `district.resolvers` names it."""
    owners = [task["owner"] for task in case["tasks"] if task["state"] == "open"]
    owner = owners[-1] if owners else {}
    if "account" in owner:
        return f"account:{owner['account']}"
    if "post" in owner:
        return f"post:{owner['post']}:{owner.get('cell') or ''}"
    return f"organisation:{owner.get('organisation')}"


def main() -> None:
    job = json.load(sys.stdin)
    clients = Clients(job)
    gc.freeze()
    found = asyncio.run(clients.shaped() if "stages" in job else clients.closed())
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps(found | {"client_processor_seconds": round(usage.ru_utime + usage.ru_stime, 2)}))


if __name__ == "__main__":
    main()
