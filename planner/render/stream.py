"""Terraform's machine-readable UI: a line of JSON for everything that happens.

Every line has @level, @message, @module, @timestamp and a type, with what belongs to it beside them. Reads come in
batches, so refresh_start and refresh_complete are of a type and tell its `count`.
Source: Terraform's "Machine-Readable UI", version 1.2.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TextIO

from graph.addresses import is_data, split_modules
from language import __version__
from language.diagnostics import Diagnostic, Sources
from language.values import Sensitive
from planner.apply.outcome import Result
from planner.configuration.inheritance import local_name
from planner.evaluation.durations import format_duration
from planner.events import (
    Completed,
    Errored,
    Event,
    Interrupted,
    Progressed,
    Refreshing,
    Skipped,
    Started,
    Summary,
    Verb,
    Waiting,
)
from planner.plan.plan import Plan
from planner.plan.steps import Import, NoOp, Step
from planner.render import outputs
from planner.render.diagnostics import to_json
from planner.render.json_values import place
from planner.render.plan_text import done, left, summary
from planner.render.theme import REASONS, WORDS, look
from state import codec

UI = "1.2"
_LEVELS = {"error": "error", "warning": "warn"}


class StreamListener:
    """Writes lines; may be called from many threads. `now` gives the time that lines are stamped with."""

    def __init__(self, file: TextIO, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file = file
        self._now = now
        self._lock = threading.RLock()  # a signal's handler may come in between
        self._steps: dict[str, Step] = {}
        self._write("info", f"freehold {__version__}", "version", freehold=__version__, terraform=__version__, ui=UI)

    def __call__(self, event: Event) -> None:
        """Print the event as a line of JSON, in Terraform's words. From any thread."""
        match event:
            case Started(address, verb):
                existing = "" if verb in ("create", "adopt") else self._identity(address)
                self._hook("apply_start", address, verb, f"{WORDS[verb].doing}...", identity=existing)
            case Progressed(address, verb, _, elapsed, message):
                text = f"{WORDS[verb].still}... [{format_duration(elapsed)} elapsed] {message}".rstrip()
                self._hook("apply_progress", address, verb, text, elapsed)
            case Completed(address, verb, _, elapsed, identity):
                text = f"{WORDS[verb].done} after {format_duration(elapsed)}"
                self._hook("apply_complete", address, verb, text, elapsed, "" if verb == "delete" else identity)
            case Errored(address, verb, _, elapsed, _):
                self._hook(
                    "apply_errored", address, verb, f"{WORDS[verb].failed} after {format_duration(elapsed)}", elapsed
                )
            case Refreshing():
                self._refreshing(event)
            case Skipped(address, _, cause):
                self._log("warn", f"{address}: Skipped" + (f", since {cause} failed" if cause else ""))
            case Waiting(holder, _):
                self._log("info", f"Waiting for the state's lock, held by {holder}")
            case Interrupted():
                self._log("warn", "Interrupted: finishing what is in flight, starting nothing new")
            case Summary():
                pass  # written with the outputs, by `applied`

    # -- lines at the end of a command --------------------------------------------------------------------------------

    def planned(self, plan: Plan, sources: Sources | None) -> None:
        """The lines of a plan."""
        self._steps = {step.subject.address: step for step in plan.steps}
        for drift in plan.drift:
            action = "update" if drift.after is not None else "delete"
            change = {"resource": self._resource(drift.address, drift.type), "action": action}
            self._write("info", f"{drift.address}: Drift detected ({action})", "resource_drift", change=change)
        for step in plan.steps:
            if not isinstance(step, NoOp):
                self._planned_change(step)
        for each in plan.deferred:
            address, subject = each.subject.address, each.subject
            change = {"resource": self._resource(address, subject.type), "reason": each.reason}
            self._write("info", f"{address}: Deferred ({each.reason})", "deferred_change", change=change)
        counts = plan.counts
        self._changes("plan", summary(plan), counts.add, counts.change, counts.destroy, counts.import_)
        changes = {
            output.name: {"sensitive": output.sensitive, "action": output.action.replace("-", "")}
            for output in plan.outputs
        }
        if changes:
            self._write("info", f"Outputs: {len(changes)}", "outputs", outputs=changes)
        self.diagnostics(plan.diagnostics, sources)

    def applying(self, plan: Plan) -> None:
        """The plan that the events to come are of."""
        self._steps = {step.subject.address: step for step in plan.steps}

    def applied(self, plan: Plan, result: Result, made: outputs.Outputs, sources: Sources | None) -> None:
        """The lines at the end of an apply; `made` are the outputs that the state has now."""
        self.diagnostics(result.diagnostics, sources)
        operation = "destroy" if plan.mode == "destroy" else "apply"
        self._changes(operation, done(plan, result), result.added, result.changed, result.destroyed, result.imported)
        if plan.deferred and not result.diagnostics.has_errors:
            self._log("info", "".join(text for text, _ in left(plan)))
        if not result.diagnostics.has_errors and not result.interrupted:
            values = outputs.to_json(made)
            for name in [name for name, output in made.items() if output.sensitive]:
                del values[name]["value"]
            self._write("info", f"Outputs: {len(made)}", "outputs", outputs=values)

    def diagnostics(self, diagnostics: Iterable[Diagnostic], sources: Sources | None) -> None:
        """A line for each."""
        for each in to_json(diagnostics, sources):
            message = f"{each['severity'].capitalize()}: {each['summary']}"
            self._write(_LEVELS[each["severity"]], message, "diagnostic", diagnostic=each)

    # -- lines --------------------------------------------------------------------------------------------------------

    def _planned_change(self, step: Step) -> None:
        address, action = step.subject.address, look(step).streamed
        change = {"resource": self._resource(address), "action": action}
        if isinstance(step, Import):
            change["importing"] = {"id": step.id}
        why = REASONS.get(step.reason)
        if why and why.streamed and action in ("replace", "delete", "read"):
            change["reason"] = why.streamed
        self._write("info", f"{address}: Plan to {action}", "planned_change", change=change)

    def _hook(
        self, type_: str, address: str, verb: Verb, message: str, elapsed: float | None = None, identity: str = ""
    ) -> None:
        hook: dict[str, Any] = {"resource": self._resource(address), "action": WORDS[verb].action}
        if identity:
            hook |= {"id_key": "id", "id_value": identity}
            message += f" [id={identity}]"
        if elapsed is not None:
            hook["elapsed_seconds"] = int(elapsed)
        level = "error" if type_ == "apply_errored" else "info"
        self._write(level, f"{address}: {message}", type_, hook=hook)

    def _refreshing(self, event: Refreshing) -> None:
        type_, said = ("refresh_complete", "Read") if event.done else ("refresh_start", "Reading")
        resource = {**self._resource("", event.type), "implied_provider": event.provider.partition("@")[0]}
        hook = {"resource": resource, "count": event.count}
        self._write("info", f"{said} {event.count} of {event.type}", type_, hook=hook)

    def _changes(self, operation: str, message: str, add: int, change: int, remove: int, imported: int) -> None:
        changes = {"add": add, "change": change, "import": imported, "remove": remove, "operation": operation}
        self._write("info", message, "change_summary", changes=changes)

    def _resource(self, address: str, type_: str = "") -> dict[str, Any]:
        step = self._steps.get(address)
        if step is not None:
            type_ = step.subject.type
        elif is_data(address):  # read while the plan is made
            type_ = split_modules(address)[1].split(".")[1]
        source = step.subject.source if step else local_name(type_)
        where = place(address, type_)
        return {
            "addr": address,
            "module": "",
            "resource": address,
            "implied_provider": source.rpartition("/")[2],
            "resource_type": type_,
            "resource_name": where["name"],
            "resource_key": where.get("index"),
        }

    def _identity(self, address: str) -> str:
        step = self._steps.get(address)
        identity = step.before.get("id") if step is not None else None
        return identity if isinstance(identity, str) and not isinstance(identity, Sensitive) else ""

    def _log(self, level: str, message: str) -> None:
        self._write(level, message, "log")

    def _write(self, level: str, message: str, type_: str, **more: Any) -> None:
        line = {
            "@level": level,
            "@message": message,
            "@module": "freehold.ui",
            "@timestamp": self._now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "type": type_,
            **more,
        }
        data = codec.dumps(line).decode() + "\n"
        with self._lock:
            self._file.write(data)
            self._file.flush()
