"""Terraform's machine-readable UI: a line of JSON for everything that happens.

The format is Terraform's documented one: @level, @message, @module, @timestamp and a type, with what belongs to it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TextIO

from language import __version__
from language.diagnostics import Diagnostic, Sources
from planner.apply import Result
from planner.durations import shown
from planner.events import (
    Completed,
    Errored,
    Event,
    Interrupted,
    Progressed,
    Refreshing,
    Skipped,
    Started,
    Waiting,
)
from planner.plan import Plan
from planner.render.diagnostics import ordered, to_json
from planner.render.plan_json import named, plain
from planner.render.plan_text import summary
from planner.render.theme import LOOKS, WORDS
from planner.steps import NoOp, Subject
from state import codec

_ACTIONS = {"create": "create", "update": "update", "delete": "delete", "adopt": "create", "forget": "remove", "read": "read"}


class Stream:
    """Writes lines; may be called from many threads."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._subjects: dict[str, Subject] = {}
        self._write("info", f"freehold {__version__}", "version", terraform=__version__, ui="1.2")

    def _write(self, level: str, message: str, type_: str, **more: Any) -> None:
        line = {
            "@level": level,
            "@message": message,
            "@module": "freehold.ui",
            "@timestamp": datetime.now(UTC).isoformat(timespec="microseconds"),
            "type": type_,
            **more,
        }
        with self._lock:
            self._file.write(codec.dumps(line).decode() + "\n")
            self._file.flush()

    def __call__(self, event: Event) -> None:
        match event:
            case Started(address, verb):
                self._hook("apply_start", address, verb, f"{address}: {WORDS[verb].doing}...")
            case Progressed(address, verb, _, elapsed, message):
                text = f"{address}: {WORDS[verb].still}... [{shown(elapsed)} elapsed] {message}".rstrip()
                self._hook("apply_progress", address, verb, text, elapsed_seconds=int(elapsed))
            case Completed(address, verb, _, elapsed, identity):
                text = f"{address}: {WORDS[verb].done} after {shown(elapsed)}"
                more = {"id_key": "id", "id_value": identity} if identity else {}
                self._hook("apply_complete", address, verb, text, elapsed_seconds=int(elapsed), **more)
            case Errored(address, verb, _, elapsed, _):
                text = f"{address}: {WORDS[verb].failed} after {shown(elapsed)}"
                self._hook("apply_errored", address, verb, text, elapsed_seconds=int(elapsed))
            case Skipped(address, _, cause):
                self._write("warn", f"{address}: Skipped" + (f", since {cause} failed" if cause else ""), "log")
            case Refreshing(provider, type_, count, done):
                kind = "refresh_complete" if done else "refresh_start"
                hook = {"resource": {"resource_type": type_, "implied_provider": provider}, "count": count}
                self._write("info", f"Reading {count} {type_}", kind, hook=hook)
            case Waiting(holder, _):
                self._write("info", f"Waiting for the state's lock, held by {holder}", "log")
            case Interrupted():
                self._write("warn", "Interrupted", "log")

    def _hook(self, type_: str, address: str, verb: str, message: str, **more: Any) -> None:
        hook = {"resource": self._resource(address), "action": _ACTIONS[verb], **more}
        self._write("error" if type_ == "apply_errored" else "info", message, type_, hook=hook)

    def _resource(self, address: str) -> dict[str, Any]:
        subject = self._subjects.get(address)
        type_ = subject.type if subject else ""
        name, index = named(address, type_)
        return {
            "addr": address,
            "module": "",
            "resource": address,
            "implied_provider": subject.source.rpartition("/")[2] if subject else "",
            "resource_type": type_,
            "resource_name": name,
            "resource_key": index,
        }

    def planned(self, plan: Plan, sources: Sources) -> None:
        """The lines of a plan."""
        self._subjects = {step.subject.address: step.subject for step in plan.steps}
        for drift in plan.drift:
            change = {"resource": self._resource(drift.address), "action": "update" if drift.after is not None else "delete"}
            self._write("info", f"{drift.address}: Drift detected", "resource_drift", change=change)
        for step in plan.steps:
            if isinstance(step, NoOp):
                continue
            actions = LOOKS[type(step)].actions
            action = "replace" if len(actions) > 1 else actions[0]
            change = {"resource": self._resource(step.subject.address), "action": action}
            self._write("info", f"{step.subject.address}: Plan to {action}", "planned_change", change=change)
        counts = plan.counts
        self._summary("plan", summary(plan), counts.add, counts.change, counts.destroy)
        outputs = {
            output.name: {"sensitive": output.sensitive, "action": output.action}
            for output in plan.outputs
            if output.action != "no-op"
        }
        if outputs:
            self._write("info", f"Outputs: {len(outputs)}", "outputs", outputs=outputs)
        self.diagnostics(plan.diagnostics, sources)

    def _summary(self, operation: str, message: str, add: int, change: int, remove: int) -> None:
        changes = {"add": add, "change": change, "import": 0, "remove": remove, "operation": operation}
        self._write("info", message, "change_summary", changes=changes)

    def applied(self, plan: Plan, result: Result, sources: Sources) -> None:
        """The lines at the end of an apply."""
        self.diagnostics(result.diagnostics, sources)
        if result.diagnostics.has_errors or result.interrupted:
            return
        operation = "destroy" if plan.mode == "destroy" else "apply"
        name = operation.capitalize()
        message = f"{name} complete! Resources: {result.added} added, {result.changed} changed, {result.destroyed} destroyed."
        self._summary(operation, message, result.added, result.changed, result.destroyed)
        outputs = {
            output.name: {"sensitive": output.sensitive, "value": None if output.sensitive else plain(output.after)}
            for output in plan.outputs
            if output.action != "delete"
        }
        self._write("info", f"Outputs: {len(outputs)}", "outputs", outputs=outputs)

    def diagnostics(self, diagnostics: Iterable[Diagnostic], sources: Sources | None) -> None:
        """A line for each."""
        for diagnostic in ordered(diagnostics):
            level = "error" if diagnostic.severity == "error" else "warn"
            message = f"{diagnostic.severity.capitalize()}: {diagnostic.summary}"
            self._write(level, message, "diagnostic", diagnostic=to_json(diagnostic, sources))
