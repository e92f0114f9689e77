"""The process of the sandbox: puts the clouds behind one port, and serves until it is told to end.

`python -m sandbox.process` is what `sandbox start` leaves in the background; `serve` is what `-foreground` calls.
"""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sandbox import run as runs
from sandbox.aws.front import Aws
from sandbox.clock import DEFAULT_SPEED, Clock
from sandbox.control import PREFIX, Control
from sandbox.counters import Counters
from sandbox.faults import Faults, InvalidFaults, read_rules
from sandbox.httpserver import Server

log = logging.getLogger(__name__)

_PARENT_POLL_SECONDS = 0.5


class Sandbox:
    """Every cloud, behind one WSGI application."""

    def __init__(self, port: int, speed: float, rules: Any, token: str) -> None:
        self.ended = threading.Event()
        self._clock = Clock(speed)
        self._faults = Faults()
        self._faults.replace(rules)
        self._counters = Counters()
        self._aws = Aws(self._clock, self._faults, self._counters, lambda: f"127.0.0.1:{self.port}")
        self._control = Control(
            token,
            self._clock,
            self._faults,
            self._counters,
            clouds=lambda: {"port": self.port, "aws": self._aws.status()},
            reset=self.reset,
            stop=self.ended.set,
        )
        self._server = Server(port, self)

    @property
    def port(self) -> int:
        """On which it listens."""
        return self._server.server_port

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request (WSGI): one to control the sandbox, or one of AWS."""
        application = self._control if environ["PATH_INFO"].startswith(PREFIX) else self._aws
        return application(environ, start_response)

    def reset(self) -> None:
        """Everything as at the start, but for the speed."""
        self._clock.forget()
        self._faults.clear()
        self._aws.reset()
        self._counters.reset()

    def start(self) -> None:
        """Listen, in a thread of its own."""
        threading.Thread(target=self._server.serve_forever, name="sandbox-http", daemon=True).start()

    def stop(self) -> None:
        """End the server and what stands behind it."""
        self._server.shutdown()
        self._server.server_close()
        self._clock.stop()
        self._aws.stop()


def serve(directory: Path, port: int, speed: float, faults: Path | None, parent: int | None = None) -> runs.Run:
    """Serve until SIGTERM, SIGINT, a stop through the control endpoint, or the end of process `parent`.

    Returns what ran. Raises InvalidFaults for rules that cannot be understood, and OSError when a file or the port
    cannot be had.
    """
    rules = read_rules(faults) if faults is not None else None
    token = secrets.token_urlsafe(32)
    sandbox = Sandbox(port, speed, rules, token)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sandbox.ended.set())
    sandbox.start()
    pid = os.getpid()
    run = runs.Run(pid, runs.start_of(pid), sandbox.port, token, speed)
    runs.write(directory, run)
    log.info("serving on port %d at speed %g", sandbox.port, speed)
    try:
        while not sandbox.ended.wait(_PARENT_POLL_SECONDS if parent is not None else None):
            if parent is not None and not runs.start_of(parent):
                log.info("process %d has ended", parent)
                break
    finally:
        runs.remove(directory, pid)
        sandbox.stop()
        log.info("stopped")
    return run


def main() -> int:
    """The entry point of the background process."""
    parser = argparse.ArgumentParser(prog="sandbox")
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--speed", type=float, default=DEFAULT_SPEED)
    parser.add_argument("--faults", type=Path)
    parser.add_argument("--exit-with-parent", type=int, metavar="PID")
    options = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    try:
        serve(options.directory, options.port, options.speed, options.faults, options.exit_with_parent)
    except (InvalidFaults, OSError) as reason:
        log.error("%s", reason)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
