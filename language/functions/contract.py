"""What a function is: its parameters, its result's type, and the Python that computes it from known values."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from language.diagnostics import Lines
from language.limits import MAX_ELEMENTS, MAX_TEXT, TOO_LARGE, TOO_LONG
from language.scope import Compiled
from language.syntax.nodes import Node
from language.types import ANY, Type


class FunctionError(Exception):
    """A call is in error; `argument` is the position of the one to blame, or None for the call as a whole."""

    def __init__(self, message: str, argument: int | None = None) -> None:
        super().__init__(message)
        self.argument = argument


def bounded(length: Any) -> None:
    """Refuse to make a text of so many characters, before memory is taken for it."""
    if length > MAX_TEXT:
        raise FunctionError(TOO_LONG)


def bounded_elements(count: int) -> None:
    """Refuse to make a value of so many elements, before memory is taken for it."""
    if count > MAX_ELEMENTS:
        raise FunctionError(TOO_LARGE)


Compile: TypeAlias = Callable[[Node, Lines], Compiled]
"""Gives the closure of a node and all below it."""
Kinds: TypeAlias = tuple[type[Type], ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter. `shallow` takes values with unknown and sensitive parts inside, `unknown` also what is unknown as a
    whole; `null` takes null. `takes` are the kinds of types it can be of, where `type` does not say."""

    name: str
    type: Type = ANY
    null: bool = False
    shallow: bool = False
    unknown: bool = False
    takes: Kinds = ()


Implementation: TypeAlias = Callable[..., Any]
Result: TypeAlias = "Type | Callable[..., Any]"
"""The type of a result that is not known yet; or what gives an unknown that says more, of the arguments."""


@dataclass(frozen=True, slots=True)
class Function:
    """`lazy` functions are given closures and the scope instead of values; `raw` ones get marks and unknowns too.

    `scoped` ones get the scope after the values; one that `compiles` gets also how a node is compiled.

    `about` is what people read: "name(arguments): what it gives".
    """

    name: str
    parameters: tuple[Parameter, ...]
    implementation: Implementation
    variadic: Parameter | None = None
    result: Result = ANY
    lazy: bool = False
    raw: bool = False
    scoped: bool = False
    compiles: bool = False
    about: str = ""


Table: TypeAlias = dict[str, Function]


def registrar(table: Table) -> Callable[..., Callable[[Implementation], Implementation]]:
    """A decorator that puts a function into `table`."""

    def function(name: str, *parameters: Parameter, **options: Any) -> Callable[[Implementation], Implementation]:
        def register(implementation: Implementation) -> Implementation:
            about = options.pop("about", None) or inspect.getdoc(implementation) or ""
            table[name] = Function(name, parameters, implementation, **options, about=about)
            return implementation

        return register

    return function
