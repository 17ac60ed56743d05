"""The bare endpoint as a program: `python bare.py kind address rows.pickle port workers`, under gunicorn."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from floor import bare
from gunicorn.app.base import BaseApplication


class Bare(BaseApplication):
    """Gunicorn with sync workers, set as `gridwright serve` sets it."""

    def load_config(self) -> None:
        for name, value in {"bind": f"127.0.0.1:{sys.argv[4]}", "workers": int(sys.argv[5]), "backlog": 2048}.items():
            self.cfg.set(name, value)
        self.cfg.set("control_socket_disable", True)
        self.cfg.set("loglevel", "warning")

    def load(self) -> object:
        rows = pickle.loads(Path(sys.argv[3]).read_bytes())  # noqa: S301  (written by the benchmark a moment ago)
        return bare(sys.argv[1], sys.argv[2], rows)


if __name__ == "__main__":
    Bare().run()
