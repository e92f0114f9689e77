"""The state as the planner uses it: opened, locked, told of each step, and folded into a snapshot at the end.

    manager = StateManager(backend, directory=stack)
    with manager.locked("apply", timeout=60):
        loaded = manager.open()
        manager.begin(...), manager.done(...)     # from any thread, a small record each
        manager.checkpoint()

Without `locked` nothing stands between two runs but the conditional writes, which are enough to keep the state whole.
"""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from language.diagnostics import FreeholdError
from state import secrets
from state.backends.contract import Backend, LockInfo, Stored
from state.journal import Journal
from state.lease import TTL, Lease, Notify
from state.ledger import Ledger, position_of
from state.records import Accepted, Begin, Done, Drop, Failed, Outputs, Put, Record, encode_record
from state.records import Path as ValuePath
from state.recovery import refuse_missing, refuse_older, with_way_back
from state.replay import Present, replay
from state.rescue import RESCUE_NAME, rescue
from state.resources import OutputState, ResourceState
from state.snapshot import DamagedState, Snapshot, decode


@dataclass(frozen=True, slots=True)
class Loaded:
    """What `open` found. `fresh`: nothing was ever written. `in_flight`: calls whose outcome nobody recorded.

    `position` changes with every write, also with those that leave the serial alone; saved plans hold it.
    """

    snapshot: Snapshot
    in_flight: tuple[Begin, ...]
    fresh: bool
    position: str


@dataclass(slots=True)
class _Session:
    """From one `open` to the next."""

    present: Present
    ledger: Ledger
    journal: Journal


class StateManager:
    """One run's hold of one state. `lost` is set when the lock is; every write raises LockLost from then on.

    `directory` is where the state goes when the backend does not take it; `ids` gives unique texts; `who` and `version`
    are told to whoever meets the lock.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        directory: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ids: Callable[[], str] = lambda: str(uuid.uuid4()),
        sleep: Callable[[float], None] = time.sleep,
        who: str = "",
        version: str = "",
        ttl: float = TTL,
        linger: float = 0.1,
    ) -> None:
        self.backend = backend
        self.lost = threading.Event()
        self._directory = directory
        self._clock, self._ids, self._sleep = clock, ids, sleep
        self._who, self._version = who, version
        self._ttl, self._linger = ttl, linger
        self._lease: Lease | None = None
        self._guarding = threading.Lock()  # what is present, and the order in which it came about
        self._writing = threading.Lock()  # the ledger
        self._session: _Session | None = None
        self._unfolded = False  # whether something happened since the last snapshot

    def open(self) -> Loaded:
        """Read snapshot and journal; writes nothing, needs no lock. May be called again for what is new by then.

        Raises MissingState, DamagedState, FreeholdError.
        """
        self.close()
        stored = self.backend.read()
        start = self._start(stored)
        replayed = replay(start, stored.journal, self.backend.identity)
        refuse_older(self.backend, start, replayed.newest, stored.journal)
        ledger = Ledger(
            self.backend,
            position_of(start, replayed, stored.token),
            start,
            writer=self._lease.info.id if self._lease else self._ids(),
            guard=self.check_lock,
            present=lambda serial: self._snapshot(session, serial),
        )

        def write_group(lines: list[bytes]) -> None:
            with self._writing:
                ledger.append(lines)

        session = _Session(replayed.present, ledger, Journal(write_group, linger=self._linger))
        self._session, self._unfolded = session, replayed.segments > 0
        snapshot = replayed.present.snapshot(start.serial, start.version)
        position = f"{start.serial}.{replayed.segments}"
        return Loaded(snapshot, snapshot.in_flight, stored.snapshot is None, position)

    def _start(self, stored: Stored) -> Snapshot:
        """The snapshot that the journal builds upon."""
        if stored.snapshot is None:
            refuse_missing(self.backend, stored.journal, self._directory / RESCUE_NAME)
            return Snapshot(self._ids(), secrets.new_key())
        try:
            return decode(stored.snapshot, self.backend.identity)
        except DamagedState as damaged:
            raise with_way_back(damaged, self.backend, stored.snapshot) from damaged

    def snapshot(self) -> Snapshot:
        """What is present now, all records included, also those that are not durable yet."""
        session = self._opened()
        return self._snapshot(session, session.ledger.position.serial)

    def resource(self, key: str) -> ResourceState | None:
        """What is present under this key now; costs nothing, unlike a snapshot."""
        session = self._opened()
        with self._guarding:
            return session.present.resource(key)

    def _snapshot(self, session: _Session, serial: int) -> Snapshot:
        with self._guarding:
            return session.present.snapshot(serial, self._version)

    @contextlib.contextmanager
    def locked(
        self, operation: str, timeout: float = 0, notify: Notify | None = None, info: str = ""
    ) -> Iterator[LockInfo]:
        """Hold the lock; wait up to `timeout` seconds for it, telling `notify` who has it and how long we still wait.

        What was recorded is durable when it ends, also by an exception. Raises Locked.
        """
        holder = LockInfo(
            id=self._ids(),
            operation=operation,
            who=self._who,
            version=self._version,
            created=self._clock().isoformat(),
            path=self.backend.identity,
            info=info,
        )
        self.lost.clear()
        lease = Lease(self.backend, holder, lost=self.lost, ttl=self._ttl)
        lease.acquire(timeout, notify, self._sleep)
        self._lease = lease
        try:
            yield holder
        finally:
            try:
                self.close()
            finally:
                self._lease = None
                lease.release()

    def force_unlock(self, lock_id: str) -> None:
        """Release a lock that somebody left. Raises LockLost when it is not of this id."""
        self.backend.unlock(lock_id)

    def check_lock(self) -> None:
        """Raise LockLost where the lock was taken and is not ours any more."""
        if self._lease is not None:
            self._lease.check()

    def begin(
        self,
        address: str,
        action: str,
        type: str,
        provider: str,
        *,
        identity: Mapping[str, Any] | None = None,
        token: str = "",
        planned: Mapping[str, Any] | None = None,
        deposed: str | None = None,
        durable: bool = True,
    ) -> str:
        """Record that a call is about to leave; returns the id under which its outcome is reported.

        `durable`: return only when the record is. Needed where nothing but the record would tell of a lost call; what
        shows when its object is read again may ride with the next group. Of a fresh state every begin is durable: what
        is made carries its lineage, which has to be there to find it again.
        """
        begin = Begin(
            self._ids(), address, action, type, provider, identity, token, planned, self._clock().isoformat(), deposed
        )
        self._record(begin, durable=durable or self._opened().ledger.position.token is None)
        return begin.id

    def accepted(
        self,
        id: str,
        handle: Mapping[str, Any],
        *,
        planned: Mapping[str, Any] | None = None,
        unknown: tuple[ValuePath, ...] = (),
    ) -> None:
        """The service goes on with it by itself; `handle` asks for it. Durable when this returns.

        `planned` is what is to become of it, sealed, and null at the paths in `unknown`.
        """
        self._record(Accepted(id, handle, planned, unknown), durable=True)

    def done(self, id: str, resource: ResourceState | None, *, predecessor: ResourceState | None = None) -> None:
        """It succeeded: `resource` takes the place of what it was about, or that is gone.

        `predecessor` is what was replaced and is still to be deleted: it is kept beside, deposed.
        """
        self._record(Done(id, resource, predecessor))

    def failed(
        self,
        id: str,
        reason: str,
        resource: ResourceState | None = None,
        *,
        predecessor: ResourceState | None = None,
    ) -> None:
        """It failed, and left `resource` behind (tainted, say), or nothing that was not there before."""
        self._record(Failed(id, reason, resource, predecessor))

    def put(self, resource: ResourceState, *, instead_of: str = "") -> None:
        """Something is known without a call of ours: refreshed, imported, or moved from the key `instead_of`."""
        self._record(Put(resource, instead_of))

    def drop(self, key: str) -> None:
        """What was under this key is forgotten, or was found to be gone."""
        self._record(Drop(key))

    def outputs(self, outputs: Mapping[str, OutputState], checks: Mapping[str, str] | None = None) -> None:
        """All outputs, and what the checks said."""
        self._record(Outputs(outputs, checks or {}))

    def _record(self, record: Record, *, durable: bool = False) -> None:
        session = self._opened()
        line = encode_record(record)
        with self._guarding:
            session.present.apply(record)
            self._unfolded = True
            ticket = session.journal.add(line)
        if durable:
            session.journal.wait(ticket)

    def checkpoint(self) -> None:
        """Fold all that happened into the next snapshot; nothing is written if nothing did.

        When the backend does not take it, it goes to `errored.freehold.state`, and the error says so.
        """
        session = self._opened()
        with contextlib.suppress(FreeholdError):  # the snapshot holds what the journal could not take
            session.journal.wait()
        self._fold(session)

    def replace(self, snapshot: Snapshot) -> None:
        """Write this snapshot, as an operation on the state made it, in place of what was opened. Raises StaleWrite."""
        session = self._opened()
        with self._writing, self._guarding:
            session.ledger.replace(snapshot)
            session.present = Present(snapshot)
            self._unfolded = False

    def close(self) -> None:
        """Make durable what was recorded, and let go of the state. A manager that is not open stays as it is.

        What the journal could not take is folded into a snapshot, as in `checkpoint`.
        """
        session, self._session = self._session, None
        if session is None:
            return
        try:
            session.journal.close()
        except Exception:  # whoever waited was told
            self._fold(session)

    def _fold(self, session: _Session) -> None:
        with self._writing:
            if not self._unfolded:
                return
            try:
                session.ledger.fold()
            except Exception as cause:
                present = self._snapshot(session, session.ledger.position.serial + 1)
                raise rescue(present, self._directory, cause) from cause
            finally:
                self._unfolded = False

    def _opened(self) -> _Session:
        if self._session is None:
            raise RuntimeError("the state is not open")
        return self._session
