"""One table for every kind of step, reason and operation: symbol, colour, and what they are called in text and JSON."""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.events import Verb
from planner.plan.plan import DeferredReason
from planner.plan.steps import Adopt, Create, Delete, Forget, Import, NoOp, Read, Reason, Replace, Resume, Step, Update


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of step looks. Colour is never the only sign: the symbol says the same.

    `does` stands behind a count ("3 to create") and, with `how`, in the legend; `will` behind an address. `actions` are
    Terraform's in plan JSON, `streamed` is its word for them in machine-readable lines.
    """

    symbol: str
    style: str
    does: str
    will: str
    actions: tuple[str, ...]
    streamed: str
    how: str = ""


_CREATE_FIRST = Look("+/-", "red", "replace", "must be replaced", ("create", "delete"), "replace", "creating first")
_CHANGED_IMPORT = Look("&~", "cyan", "import", "will be imported and updated in place", ("update",), "update")
LOOKS: dict[type, Look] = {
    Create: Look("+", "green", "create", "will be created", ("create",), "create"),
    Update: Look("~", "yellow", "update in place", "will be updated in place", ("update",), "update"),
    Replace: Look("-/+", "red", "replace", "must be replaced", ("delete", "create"), "replace", "destroying first"),
    Delete: Look("-", "red", "destroy", "will be destroyed", ("delete",), "delete"),
    Forget: Look(".", "bright_black", "forget", "will be forgotten", ("forget",), "remove"),
    Import: Look("&", "cyan", "import", "will be imported", ("no-op",), "import"),
    Adopt: Look("+", "cyan", "adopt or create", "will be adopted or created", ("create",), "create"),
    Resume: Look("...", "cyan", "resume", "goes on", ("update",), "update"),
    Read: Look("<=", "cyan", "read", "will be read during apply", ("read",), "read"),
    NoOp: Look(" ", "dim", "leave alone", "stays as it is", ("no-op",), "noop"),
}


def look(step: Step) -> Look:
    """How a step looks."""
    if isinstance(step, Replace) and step.create_first:
        return _CREATE_FIRST
    if isinstance(step, Import) and step.changes:
        return _CHANGED_IMPORT
    if isinstance(step, Resume):
        return replace(LOOKS[Resume], actions=(step.action,), streamed=step.action, how=step.action)
    return LOOKS[type(step)]


DEFERRED: dict[DeferredReason, str] = {
    "instance_count_unknown": "how many there are is not known",
    "resource_config_unknown": "has to be known",
    "deferred_prereq": "depends on what is deferred",
}
"""Why something is deferred, in words."""


@dataclass(frozen=True, slots=True)
class Why:
    """A reason: in words, as `action_reason` of Terraform's plan JSON, as `reason` of its machine-readable lines."""

    words: str
    action: str = ""
    streamed: str = ""


def _deleted(words: str, action: str) -> Why:
    return Why(words, action, action)


REASONS: dict[Reason, Why] = {
    "immutable": Why(
        "a value changes that cannot be changed in place", "replace_because_cannot_update", "cannot_update"
    ),
    "tainted": Why("its creation did not finish", "replace_because_tainted", "tainted"),
    "requested": Why("as requested with -replace", "replace_by_request", "requested"),
    "triggered": Why("something in its replace_triggered_by changes", "replace_by_triggers", "replace_triggered_by"),
    "cluster": Why("the cluster that it lives on is replaced", "replace_because_cannot_update", "cannot_update"),
    "container": Why("what it lives in is replaced", "replace_because_cannot_update", "cannot_update"),
    "gone": Why("it was deleted outside of freehold"),
    "not-configured": _deleted("it is not in the configuration", "delete_because_no_resource_config"),
    "not-counted": _deleted("its index is not below the count", "delete_because_count_index"),
    "not-a-key": _deleted("its key is not in for_each", "delete_because_each_key"),
    "repeated-otherwise": _deleted("its block has other instances now", "delete_because_wrong_repetition"),
    "no-module": _deleted("there is no such instance of its module", "delete_because_no_module"),
    "moved-away": _deleted("it was moved to where nothing is", "delete_because_no_move_target"),
    "deposed": Why("left over from an interrupted replacement"),
    "in-flight": Why("an interrupted apply may have made it"),
    "config-unknown": Why("what it looks up is not known yet", *["read_because_config_unknown"] * 2),
    "dependency-pending": Why("something that it depends on changes", *["read_because_dependency_pending"] * 2),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What an operation is called: "Creating", "Still creating", "Creation complete". `action` is Terraform's word."""

    doing: str
    still: str
    done: str
    failed: str
    style: str
    action: str


WORDS: dict[Verb, Words] = {
    "create": Words("Creating", "Still creating", "Creation complete", "Creation failed", "green", "create"),
    "update": Words(
        "Modifying", "Still modifying", "Modifications complete", "Modification failed", "yellow", "update"
    ),
    "delete": Words("Destroying", "Still destroying", "Destruction complete", "Destruction failed", "red", "delete"),
    "import": Words("Importing", "Still importing", "Import complete", "Import failed", "cyan", "import"),
    "adopt": Words("Adopting", "Still adopting", "Adoption complete", "Adoption failed", "cyan", "create"),
    "forget": Words("Forgetting", "Still forgetting", "Forgotten", "Forgetting failed", "bright_black", "remove"),
    "resume": Words("Resuming", "Still resuming", "Resumed and complete", "Resumed and failed", "cyan", "update"),
    "read": Words("Reading", "Still reading", "Read complete", "Reading failed", "cyan", "read"),
}


def counted(count: int, word: str) -> str:
    """ "1 change", "3 changes"."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
