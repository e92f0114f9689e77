"""What happens while a plan is made and applied, as data: the live view, plain lines and `-json` are fed by these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from language.diagnostics import Diagnostic

Verb: TypeAlias = Literal["create", "update", "delete", "forget", "import", "adopt", "read", "resume", "join", "gone"]
"""What an operation does to its address. "join" and "gone" stand between blocks and do nothing."""


@dataclass(frozen=True, slots=True)
class Started:
    """Something began, at a time in seconds since the epoch."""

    address: str
    verb: Verb
    at: float


@dataclass(frozen=True, slots=True)
class Progressed:
    """Still at it: sent by the provider with a message, and by the clock without one."""

    address: str
    verb: Verb
    at: float
    elapsed: float
    message: str = ""


@dataclass(frozen=True, slots=True)
class Completed:
    """`unchanged`: it turned out that there was nothing to do."""

    address: str
    verb: Verb
    at: float
    elapsed: float
    identity: str = ""
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Errored:
    """It failed, `elapsed` seconds after it had begun."""

    address: str
    verb: Verb
    at: float
    elapsed: float
    diagnostic: Diagnostic


@dataclass(frozen=True, slots=True)
class Skipped:
    """Not done because `cause` (an address) failed, or because the run was interrupted (no cause)."""

    address: str
    verb: Verb
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Refreshing:
    """A batch of reads: how many objects of which provider, done or begun."""

    provider: str
    type: str
    count: int
    done: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """For the state lock; `holder` says who has it."""

    holder: str
    elapsed: float


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Ctrl-C: what is in flight finishes. `times` counts."""

    times: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The end of a plan or an apply."""

    operation: Literal["plan", "apply", "destroy"]
    add: int
    change: int
    destroy: int
    elapsed: float


Event: TypeAlias = Started | Progressed | Completed | Errored | Skipped | Refreshing | Waiting | Interrupted | Summary
