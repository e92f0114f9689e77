"""What names mean where an expression is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from language.diagnostics import Diagnostics
from language.traversal import Traversal
from language.values import Unknown

Resolve: TypeAlias = Callable[[Traversal, Diagnostics], tuple[Any, int]]
"""Gives the value that a reference begins with, and how many of its steps that took."""


def _nothing(traversal: Traversal, diagnostics: Diagnostics) -> tuple[Any, int]:
    detail = "The value here has to be constant: it may not refer to anything."
    diagnostics.error("Variables not allowed", detail, traversal.span)
    return Unknown(), len(traversal.steps)


Functions: TypeAlias = Callable[[str], Mapping[str, Any]]
"""Gives the functions (of `language.functions`) that a provider has, by the provider's local name."""


def _none(provider: str) -> Mapping[str, Any]:
    return {}


class Scope:
    """What names mean: `names` first (for variables, each, count, self), then `resolve`. `folder`: where paths begin.

    `planning`: what a function would make anew each time is left unknown. `planned_at`: when that was, as RFC 3339.
    `functions`: those of providers, by what a provider is called here.
    """

    __slots__ = ("folder", "functions", "names", "planned_at", "planning", "resolve")

    def __init__(
        self,
        resolve: Resolve,
        *,
        folder: str = ".",
        names: Mapping[str, Any] | None = None,
        planning: bool = False,
        planned_at: str = "",
        functions: Functions | None = None,
    ) -> None:
        self.resolve = resolve
        self.folder = folder
        self.planning = planning
        self.planned_at = planned_at
        self.functions = functions or _none
        self.names: Mapping[str, Any] = {} if names is None else names

    def child(self, names: Mapping[str, Any]) -> Scope:
        """The same scope with more names, which hide those of the outer one."""
        return self.within({**self.names, **names})

    def within(self, names: Mapping[str, Any]) -> Scope:
        """The same scope with other names."""
        return Scope(
            self.resolve,
            folder=self.folder,
            names=names,
            planning=self.planning,
            planned_at=self.planned_at,
            functions=self.functions,
        )

    @staticmethod
    def constant(*, planning: bool = False, functions: Functions | None = None) -> Scope:
        """A scope in which nothing can be referred to."""
        return Scope(_nothing, planning=planning, functions=functions)

    @property
    def is_constant(self) -> bool:
        """Whether nothing can be referred to in it."""
        return self.resolve is _nothing


Compiled: TypeAlias = Callable[[Scope, Diagnostics], Any]
"""An expression as a closure: its value in a scope. What is in error is reported and unknown."""
