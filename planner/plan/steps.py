"""The steps of a plan: one frozen dataclass a kind of work. Renderers and `apply` match over the same union.

Values are the language's: known ones plain, `Unknown` where they come with the apply, `Sensitive` around secrets (a
saved plan keeps a `Digest` in their place). `pending` tells that the configuration itself had unknown or secret values,
which are asked for again when the step runs; `unknown` that some were unknown: the kind, too, is asked again then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from language.diagnostics import Span
from language.values import is_wholly_known, value_at
from providers.contract import Note, ValuePath, Values

Reason: TypeAlias = Literal[
    "",
    "immutable",  # a value changed that cannot be changed in place
    "tainted",  # its creation failed half-way
    "requested",  # -replace names it
    "triggered",  # replace_triggered_by
    "cluster",  # the cluster that it lives in is created anew
    "container",  # what it cannot outlive is replaced
    "gone",  # it was deleted outside
    "not-configured",  # nothing in the configuration asks for it any more
    "not-counted",  # its index is not below the count
    "not-a-key",  # its key is not in for_each
    "repeated-otherwise",  # its block has instances of another sort, or just one
    "no-module",  # there is no such instance of its module
    "moved-away",  # it was moved to where nothing is
    "destroy",  # the plan destroys all
    "deposed",  # the old one of an interrupted replacement
    "in-flight",  # an interrupted apply may have made it
    "config-unknown",  # what data is to be read is known only during the apply
    "dependency-pending",  # something that the data depends on has changes to come
]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a step is about. `block` is the block that it stands below ("cluster.main"), or its own address.

    `provider` is the configured provider's key: a provider's name, or "kubernetes@" and a cluster's address.
    `view`: the attribute that people read in a diff, where it is not the whole. `previous`: its address in the state,
    where it was moved.
    """

    address: str
    type: str
    provider: str
    source: str
    block: str
    span: Span | None = None
    view: str | None = None
    holds_data: bool = False
    previous: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBase:
    """What all steps say: `before` is what exists, `after` what will; empty where there is nothing."""

    subject: Subject = field(kw_only=False)
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    reason: Reason = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBase(StepBase):
    """What steps say that hand values to a provider. `private` is what the kind's plan gave."""

    private: Mapping[str, Any] = field(default_factory=dict)
    pending: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Create(ChangeBase):
    """Make what is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(ChangeBase):
    """Change in place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace(ChangeBase):
    """Delete and create; the other way round with `create_first`. `paths` are the values that force it."""

    paths: tuple[ValuePath, ...] = ()
    reason: Reason = "immutable"
    create_first: bool = False

    @property
    def is_open(self) -> bool:
        """Whether none of the values that force it is known: they may turn out to be what exists."""
        forcing = [value_at(self.after, path) for path in self.paths]
        return self.reason == "immutable" and bool(forcing) and not any(is_wholly_known(value) for value in forcing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(StepBase):
    """`deposed` names which old one, where an interrupted create-before-destroy left several."""

    reason: Reason = "not-configured"
    deposed: str | None = None


def deposed_name(begun: str) -> str:
    """What is replaced by a create that was begun under this id goes by this name."""
    return begun[:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget(StepBase):
    """Drop it from state, and leave what exists alone (or it is gone already)."""

    reason: Reason = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import(ChangeBase):
    """Take into the state what exists under an `id`, as it is; where it `changes`, then change it to `after`.

    `identity` and `known` are what the provider told of it when it was read.
    """

    id: str
    changes: bool = False
    identity: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopt(ChangeBase):
    """Take into the state what an interrupted apply left in flight, or create it; then change it to `after`."""

    reason: Reason = "in-flight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(StepBase):
    """Wait for an operation that an interrupted apply began and that goes on; `after` is what it is to make.

    `begin` is its id in the journal, `since` when it began (RFC 3339). `followed`: what changed since is another step
    of the address; where none follows, what is left undone of the operation is done as well.
    """

    begin: str
    action: Literal["create", "update", "delete"]
    since: str = ""
    deposed: str | None = None
    followed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(StepBase):
    """A data source that can only be read during the apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOp(StepBase):
    """Nothing to do: `after` is `before`."""

    after: Values = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "after", self.before)


Step: TypeAlias = Create | Update | Replace | Delete | Forget | Import | Adopt | Resume | Read | NoOp
