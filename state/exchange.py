"""A state as a whole, out of its backend and into it: also one that is missing or damaged."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from language.diagnostics import Diagnostic, FreeholdError, error
from state import operations
from state.backends.contract import MAXIMUM_BYTES
from state.files import NotAFile, read_file, reason_of
from state.manager import StateManager
from state.recovery import MissingState, refuse_losing
from state.replay import replay
from state.snapshot import DamagedState, Snapshot, decode, encode


@dataclass(frozen=True, slots=True)
class Looked:
    """What there is: the snapshot as far as it can be read, its bytes, empty where there are none, and what is
    wrong with it: a warning where there is nothing that could not be read."""

    snapshot: Snapshot | None
    data: bytes
    problems: tuple[Diagnostic, ...] = ()


def look(manager: StateManager) -> Looked:
    """The state of a manager, whole or not. Raises FreeholdError when it cannot be read at all."""
    try:
        loaded = manager.open()
    except (MissingState, DamagedState) as problem:
        data = manager.backend.read().snapshot or b""
        snapshot = None
        with contextlib.suppress(FreeholdError):
            snapshot = decode(data, edited=True)
        lost = data and snapshot is None
        problems = (each if lost else replace(each, severity="warning") for each in problem.diagnostics)
        return Looked(snapshot, data, tuple(problems))
    return Looked(loaded.snapshot, b"" if loaded.fresh else encode(loaded.snapshot))


def push(manager: StateManager, data: bytes, place: str, *, force: bool = False) -> bool:
    """Write a state that comes from `place`, by the rules of `operations.push`; whether it was another than the
    present one.

    What is missing or damaged gives way; what its journal recorded upon the very state that is pushed is kept. Raises
    FreeholdError.
    """
    try:
        loaded = manager.open()
    except (MissingState, DamagedState):
        _put_back(manager, data, place, force=force)
        return True
    snapshot = operations.push(None if loaded.fresh else loaded.snapshot, data, place, force=force)
    if snapshot is not None:
        manager.replace(snapshot)
    return snapshot is not None


def _put_back(manager: StateManager, data: bytes, place: str, *, force: bool) -> None:
    stored = manager.backend.read()
    snapshot = decode(data, place, edited=force)
    replayed = replay(snapshot, stored.journal, manager.backend.identity)
    if not force:
        refuse_losing(snapshot, replayed.newest, manager.backend.identity)
    serial = max(snapshot.serial, replayed.newest) + 1  # no segment that is left over fits it
    manager.check_lock()
    manager.backend.write(encode(replayed.present.snapshot(serial, snapshot.version)), stored.token)


def read(file: str) -> bytes:
    """The bytes of a file that is to be pushed; "-" is standard input. Raises FreeholdError."""
    try:
        return sys.stdin.buffer.read(MAXIMUM_BYTES) if file == "-" else read_file(Path(file), MAXIMUM_BYTES)
    except (OSError, NotAFile) as failure:
        raise FreeholdError([error("Cannot read state", f"{file}: {reason_of(failure)}.")]) from failure
