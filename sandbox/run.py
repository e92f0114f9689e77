"""The file that tells of a running sandbox: which process, on which port, by which token it is controlled.

It lies in a directory of the user's alone, and is readable by the user alone.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

_FILE = "sandbox.json"
LOG = "sandbox.log"


@dataclass(frozen=True)
class Run:
    """A sandbox that was started. `started` tells its process from a later one with the same id."""

    pid: int
    started: str
    port: int
    token: str
    speed: float

    @property
    def endpoint(self) -> str:
        """The URL that clients are given."""
        return f"http://127.0.0.1:{self.port}"

    def is_alive(self) -> bool:
        """Whether the process is still there, and is the one that wrote this."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return False  # another user's now
        return start_of(self.pid) == self.started


def start_of(pid: int) -> str:
    """When a process started, as the kernel tells it; empty where it does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]  # a zombie has ended


def default_directory() -> Path:
    """$FREEHOLD_SANDBOX_DIR, else a place of this user's that does not outlive the session."""
    if chosen := os.environ.get("FREEHOLD_SANDBOX_DIR"):
        return Path(chosen)
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(runtime) / "freehold" / "sandbox"
    return Path.home() / ".cache" / "freehold" / "sandbox"


def prepare(directory: Path) -> None:
    """Make the directory, for this user alone."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)


def read(directory: Path) -> Run | None:
    """The run that was written last, alive or not; None when there is none that can be understood."""
    try:
        return Run(**json.loads((directory / _FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(directory: Path, run: Run) -> None:
    """Write it in one step, so that nobody reads half of it."""
    temporary = directory / f"{_FILE}.{os.getpid()}"
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(run), file)
    temporary.replace(directory / _FILE)


def remove(directory: Path, pid: int) -> None:
    """Take it away, if it is that of process `pid`."""
    run = read(directory)
    if run is not None and run.pid == pid:
        (directory / _FILE).unlink(missing_ok=True)
