"""One table for every kind of step: its symbol, its colour, what it is called before, while and after it happens."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan import Verb
from planner.steps import Adopt, Create, Delete, Forget, NoOp, Read, Reason, Replace, Step, Update


@dataclass(frozen=True, slots=True)
class Look:
    """`will`: "will be created". Colour is never the only sign: the symbol says the same."""

    symbol: str
    style: str
    will: str
    actions: tuple[str, ...]


LOOKS: dict[type, Look] = {
    Create: Look("+", "green", "will be created", ("create",)),
    Update: Look("~", "yellow", "will be updated in place", ("update",)),
    Replace: Look("-/+", "red", "must be replaced", ("delete", "create")),
    Delete: Look("-", "red", "will be destroyed", ("delete",)),
    Forget: Look(".", "dim", "is gone and will be forgotten", ("forget",)),
    Adopt: Look("+", "cyan", "will be adopted or created", ("create",)),
    Read: Look("<=", "cyan", "will be read during apply", ("read",)),
    NoOp: Look(" ", "dim", "stays as it is", ("no-op",)),
}
_CREATE_FIRST = Look("+/-", "red", "must be replaced", ("create", "delete"))

REASONS: dict[Reason, str] = {
    "immutable": "a value changes that cannot be changed in place",
    "tainted": "its creation did not finish",
    "requested": "as requested with -replace",
    "triggered": "something in its replace_triggered_by changes",
    "cluster": "the cluster that it lives on is replaced",
    "gone": "it was deleted outside of freehold",
    "not-configured": "it is not in the configuration",
    "deposed": "left over from an interrupted replacement",
    "in-flight": "left in flight by an interrupted apply",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What an operation is called: "Creating", "Still creating", "Creation complete"."""

    doing: str
    still: str
    done: str
    failed: str
    style: str


WORDS: dict[Verb, Words] = {
    "create": Words("Creating", "Still creating", "Creation complete", "Creation failed", "green"),
    "update": Words("Modifying", "Still modifying", "Modifications complete", "Modification failed", "yellow"),
    "delete": Words("Destroying", "Still destroying", "Destruction complete", "Destruction failed", "red"),
    "adopt": Words("Adopting", "Still adopting", "Adoption complete", "Adoption failed", "cyan"),
    "forget": Words("Forgetting", "Still forgetting", "Forgotten", "Forgetting failed", "dim"),
    "read": Words("Reading", "Still reading", "Read complete", "Reading failed", "cyan"),
}


def look(step: Step) -> Look:
    """How a step looks."""
    if isinstance(step, Replace) and step.create_first:
        return _CREATE_FIRST
    return LOOKS[type(step)]


def counted(count: int, word: str) -> str:
    """ "1 change", "3 changes"."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
