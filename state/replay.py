"""The present: a snapshot and what happened since. The one place that knows what a record does to a state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from language.diagnostics import Diagnostic, FreeholdError, error
from state.codec import Malformed
from state.formats import FORMAT
from state.records import Accepted, Begin, Done, Drop, Failed, Outputs, Put, Record
from state.resources import ResourceState
from state.segments import decode_segment
from state.snapshot import Snapshot


class Present:
    """A snapshot that records are applied to. Applying a record again that was applied before changes nothing."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._start = snapshot
        self._resources = dict(snapshot.resources)
        self._outputs, self._checks = snapshot.outputs, snapshot.checks
        self._in_flight = {begin.id: begin for begin in snapshot.in_flight}

    def apply(self, record: Record) -> None:
        """Let it happen."""
        match record:
            case Begin():
                self._in_flight[record.id] = record
            case Accepted():
                started = self._in_flight.get(record.id)
                if started is not None:
                    self._in_flight[record.id] = replace(
                        started, planned=record.planned, unknown=record.unknown, handle=record.handle
                    )
            case Done():
                begin = self._in_flight.pop(record.id, None)
                if begin is not None:
                    self._resources.pop(begin.key, None)
                self._keep(record.resource, record.predecessor)
            case Failed():
                self._in_flight.pop(record.id, None)
                self._keep(record.resource, record.predecessor)
            case Put():
                self._resources.pop(record.instead_of, None)
                self._keep(record.resource)
            case Drop():
                self._resources.pop(record.key, None)
            case Outputs():
                self._outputs, self._checks = record.outputs, record.checks

    def resource(self, key: str) -> ResourceState | None:
        """What is under this key now."""
        return self._resources.get(key)

    def _keep(self, *resources: ResourceState | None) -> None:
        self._resources.update((resource.key, resource) for resource in resources if resource is not None)

    def snapshot(self, serial: int, version: str) -> Snapshot:
        """What there is now, as a snapshot of this serial, in the newest format."""
        return replace(
            self._start,
            format=FORMAT,
            version=version,
            serial=serial,
            resources=dict(self._resources),
            outputs=self._outputs,
            checks=self._checks,
            in_flight=tuple(self._in_flight.values()),
        )


@dataclass(frozen=True, slots=True)
class Replayed:
    """The outcome: what is present, how many segments the journal holds upon the snapshot, and whether it is sealed.

    `newest`: the greatest serial that a segment builds upon.
    """

    present: Present
    segments: int
    sealed: bool
    newest: int


def replay(snapshot: Snapshot, journal: Iterable[bytes], place: str) -> Replayed:
    """Apply a journal to its snapshot. Segments that build upon another snapshot were folded into this one: ignored.

    Raises FreeholdError when a segment is damaged or missing.
    """
    present, expected, sealed, newest = Present(snapshot), 0, False, 0
    for number, data in enumerate(journal):
        try:
            header, records = decode_segment(data, place)
        except Malformed as cause:
            raise FreeholdError([_damaged(place, f"of segment {number}, {cause}")]) from cause
        if header.lineage != snapshot.lineage:
            continue
        newest = max(newest, header.base)
        if header.base != snapshot.serial:
            continue
        if header.sequence != expected:
            raise FreeholdError([_damaged(place, f"segment {expected} of serial {header.base} is missing")])
        for record in records:
            present.apply(record)
        expected, sealed = expected + 1, header.seal
    return Replayed(present, expected, sealed, newest)


def _damaged(place: str, why: str) -> Diagnostic:
    return error(
        "The journal of the state is damaged",
        f"The journal in {place} cannot be read: {why}. What it recorded after the last snapshot would be lost.",
        advice="Restore it from a backup or an earlier version of the objects. If there is none, move the journal away "
        "and run `freehold plan`: what it knew of resources since the last snapshot has to be imported again.",
    )
