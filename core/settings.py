"""The settings of an installation, declared once: name, default, rule and description.

Read from the environment by the composition root, which hands each part only what it needs; nothing else imports
this. Secrets are not settings: they are made on first start and kept in the instance folder (mode 0600).
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from core.errors import Fault, Unprocessable
from core.plugin_host.outside import Outside

SECRET_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}(/[a-z][a-z0-9_]{0,63}){0,3}\Z")


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


def _folders(text: str) -> tuple[Path, ...]:
    found = tuple(Path(part) for part in text.split(os.pathsep) if part)
    missing = [str(folder) for folder in found if not folder.is_dir()]
    if missing:
        raise ValueError(", ".join(missing))
    return found


def _redis_address(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("redis:// | rediss:// | unix://")
    return text


def _hosts(text: str) -> tuple[str, ...]:
    found = tuple(re.split(r"[\s,]+", text.strip(" ,")))
    Outside.of(found)
    return found


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
        "REDIS_URL", "", _redis_address,
        "Redis 地址：对外任务经它分派给各工作进程（redis://、rediss:// 或 unix://）；缺省时由工作进程直接执行",
        "Redis that shares outside effects out among workers (redis://, rediss:// or unix://); without it each worker "
        "carries what it claims",
    )  # fmt: skip
    manifests: Path = _setting(  # noqa: RUF009
        "GRIDWRIGHT_MANIFESTS", Path("manifests"), Path,
        "各地方案文件所在目录", "folder with one folder of manifests per locality",
    )  # fmt: skip
    plugins: tuple[Path, ...] = _setting(
        "GRIDWRIGHT_PLUGINS", (), _folders,
        "另外的插件目录，以系统路径分隔符分隔", "further folders of plugins, separated as paths are (`:`)",
    )  # fmt: skip
    outside_hosts: tuple[str, ...] = _setting(
        "GRIDWRIGHT_OUTSIDE_HOSTS", (), _hosts,
        "公网之外允许插件连接的主机名、地址与网段（10.1.0.0/16），以逗号分隔；缺省都不允许",
        "host names, addresses and networks (10.1.0.0/16) beside the public internet that plugins may connect to,"
        " separated by commas; none by default",
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
    lease_seconds: int = _setting(
        "GRIDWRIGHT_LEASE_SECONDS", 30, _whole(1, 50),
        "工作进程一次领用的秒数；进程被强行终止后，其工作最迟在此之后由他人接手（1–50）",
        "seconds for which a worker holds what it has taken; what a killed one held is taken up after them (1–50)",
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
    """A secret of this installation: made on first use, readable by the owner only, the same ever after.

    `name` may have folders in it; ValueError for one that could lead anywhere else.
    """
    if not SECRET_NAME.match(name):
        raise ValueError(f"no name of a secret: {name!r}")
    path = folder / f"{name}.key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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
