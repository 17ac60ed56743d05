"""The settings of an installation, declared once: name, default, rule and description.

Read from the environment by the composition root, which hands each part only what it needs; nothing else imports
this. Secrets are not settings: they are made on first start and kept in the instance folder (mode 0600).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from core.errors import Fault, Unprocessable


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(f"{low}..{high}")
        return number

    return parse


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(" | ".join(allowed))
        return text

    return parse


def _setting(name: str, default: Any, parse: Callable[[str], Any], zh: str, en: str) -> Any:
    return field(default=default, metadata={"name": name, "parse": parse, "zh": zh, "en": en})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; `docs/reference/settings.md` lists the same."""

    instance: Path = _setting(  # noqa: RUF009
        "GRIDWRIGHT_INSTANCE", Path("instance"), Path,
        "实例目录：密钥、SQLite 数据库与照片存放处", "instance folder: secrets, the SQLite file and photos",
    )  # fmt: skip
    database_url: str = _setting(
        "DATABASE_URL", "", str,
        "数据库地址；缺省为实例目录中的 SQLite 文件", "database; by default an SQLite file in the instance folder",
    )  # fmt: skip
    redis_url: str = _setting(
        "REDIS_URL", "", str,
        "Redis 地址，供日后多进程承运对外任务；目前对外任务都在工作进程内执行",
        "Redis, for carriers of outside work in other processes; today the worker carries all of it itself",
    )  # fmt: skip
    manifests: Path = _setting(  # noqa: RUF009
        "GRIDWRIGHT_MANIFESTS", Path("manifests"), Path,
        "各地方案文件所在目录", "folder with one folder of manifests per locality",
    )  # fmt: skip
    host: str = _setting(
        "GRIDWRIGHT_HOST", "127.0.0.1", str,
        "监听地址", "address to listen on",
    )  # fmt: skip
    port: int = _setting(
        "PORT", 8000, _whole(1, 65535),
        "监听端口（1–65535）", "port to listen on (1–65535)",
    )  # fmt: skip
    threads: int = _setting(
        "GRIDWRIGHT_THREADS", 8, _whole(1, 64),
        "服务线程数（1–64）", "threads that serve requests (1–64)",
    )  # fmt: skip
    receive_seconds: int = _setting(
        "GRIDWRIGHT_RECEIVE_SECONDS", 60, _whole(1, 3600),
        "一个请求须在多少秒内收齐（1–3600）", "seconds within which a request has to arrive whole (1–3600)",
    )  # fmt: skip
    scheme_cache: int = _setting(
        "GRIDWRIGHT_SCHEME_CACHE", 16, _whole(1, 1000),
        "内存中保留的已编译方案数（1–1000）", "compiled schemes kept in memory (1–1000)",
    )  # fmt: skip
    sweep_seconds: int = _setting(
        "GRIDWRIGHT_SWEEP_SECONDS", 1, _whole(1, 60),
        "检查到期时钟的间隔秒数（1–60）", "seconds between two looks at due timers (1–60)",
    )  # fmt: skip
    anchors: str = _setting(
        "GRIDWRIGHT_ANCHORS", "", str,
        "锚定日志所在目录，宜为一次写入的共享目录；缺省为实例目录中的 anchors",
        "folder of the anchor logs, best a write-once share; by default `anchors` in the instance folder",
    )  # fmt: skip
    anchor_minutes: int = _setting(
        "GRIDWRIGHT_ANCHOR_MINUTES", 60, _whole(1, 1440),
        "两次锚定的间隔分钟数（1–1440）", "minutes between two anchorings (1–1440)",
    )  # fmt: skip
    log_level: str = _setting(
        "GRIDWRIGHT_LOG_LEVEL", "info", _one_of("debug", "info", "warning", "error"),
        "日志级别：debug、info、warning、error", "log level: debug, info, warning, error",
    )  # fmt: skip

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Settings from an environment; an empty value means the default.

        Raises Unprocessable with one fault for each setting that cannot be read.
        """
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for declared in fields(cls):
            name = declared.metadata["name"]
            text = environment.get(name, "").strip()
            if not text:
                continue
            try:
                values[declared.name] = declared.metadata["parse"](text)
            except ValueError:
                faults.append(
                    Fault(
                        "setting-invalid",
                        name,
                        {"setting": name, "value": text, "rule": declared.metadata["en"]},
                    )
                )
        if faults:
            raise Unprocessable("settings-invalid", faults)
        return cls(**values)

    @property
    def database(self) -> str:
        """The database URL that is used."""
        return self.database_url or f"sqlite:///{(self.instance / 'gridwright.sqlite3').resolve()}"

    @property
    def anchor_folder(self) -> Path:
        """Where the anchor logs are."""
        return Path(self.anchors) if self.anchors else self.instance / "anchors"

    @property
    def blobs(self) -> Path:
        """Where photos are kept."""
        return self.instance / "blobs"


def secret(folder: Path, name: str) -> str:
    """A secret of this installation: made on first use, readable by the owner only, the same ever after."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name}.key"
    made = secrets.token_urlsafe(48)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    return made
