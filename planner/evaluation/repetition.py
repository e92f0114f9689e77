"""`count` and `for_each`: which instances a resource or a module call has, and what `count` or `each` is in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from graph.addresses import WILDCARD, Key
from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics
from language.explanations import values_of
from language.marks import unmark
from language.types import NUMBER, STRING
from language.values import BROKEN, EPHEMERAL, Sensitive, SetValue, Unknown, contains, contains_sensitive
from planner.configuration.blocks import ModuleCall, TypedBlock

if TYPE_CHECKING:
    from language.expressions import Expression
    from language.scope import Scope

MAX_INSTANCES = 100_000
Repetition: TypeAlias = dict[Key, dict[str, Any]]
"""The instances of a block: what `each` or `count` is in each, by its key."""


def repetition(block: TypedBlock | ModuleCall, scope: Scope, diagnostics: Diagnostics) -> Repetition | None:
    """The instances of a block; None where that is in error. Where they are not known, one stands for all of them."""
    if block.count is not None:
        return _counted(block.count, scope, diagnostics)
    if block.for_each is not None:
        return _each(block.for_each, scope, diagnostics)
    return {None: {}}


def standing_for_all(block: TypedBlock | ModuleCall) -> Repetition:
    """One instance for all that there may be, with nothing known of what `count` or `each` is in it."""
    if block.count is not None:
        return {WILDCARD: {"count": {"index": Unknown(NUMBER)}}}
    return {WILDCARD: {"each": {"key": Unknown(STRING), "value": Unknown()}}}


def _counted(expression: Expression, scope: Scope, diagnostics: Diagnostics) -> Repetition | None:
    before = len(diagnostics)
    value, marks = unmark(expression.evaluate(scope, diagnostics))
    if len(diagnostics) > before or value is BROKEN:
        return None
    problem = ""
    try:
        value = convert(value, NUMBER)
    except ConversionError as failure:
        problem = f"The count is not suitable: {failure}."
    if marks & EPHEMERAL:
        problem = "An ephemeral value is gone after the run, and the number of instances is not: it cannot be a count."
    elif isinstance(value, Unknown):
        return {WILDCARD: {"count": {"index": Unknown(NUMBER)}}}
    elif not isinstance(value, int) or value < 0:
        problem = problem or "The count has to be a whole number that is not negative."
    elif value > MAX_INSTANCES:
        problem = f"A count may be at most {MAX_INSTANCES}."
    if problem:
        matter = values_of(expression.references, scope)
        diagnostics.error("Invalid count argument", problem, expression.span, values=matter)
        return None
    return {index: {"count": {"index": index}} for index in range(int(value))}


def _each(expression: Expression, scope: Scope, diagnostics: Diagnostics) -> Repetition | None:
    found = _elements(expression, scope, diagnostics, _INSTANCES)
    if found is None:
        return None
    return {
        WILDCARD if isinstance(key, Unknown) else key: {"each": {"key": key, "value": value}} for key, value in found
    }


def elements_of(expression: Expression, scope: Scope, diagnostics: Diagnostics) -> list[dict[str, Any]] | None:
    """What `each` is for an import's for_each, which takes any collection; None where that is in error."""
    found = _elements(expression, scope, diagnostics, _IMPORTS)
    return None if found is None else [{"each": {"key": key, "value": value}} for key, value in found]


@dataclass(frozen=True, slots=True)
class _Use:
    """What a for_each is for: what its keys show, what it takes, and whether it may be known later."""

    shown: str
    takes: str
    deferrable: bool = False
    any_collection: bool = False


_INSTANCES = _Use(
    "the keys of the instances", "a map, or a set of texts; turn a list into a set with toset()", deferrable=True
)
_IMPORTS = _Use("what is imported", "a map, a set or a list", any_collection=True)


def _elements(
    expression: Expression, scope: Scope, diagnostics: Diagnostics, use: _Use
) -> list[tuple[Any, Any]] | None:
    """The keys and values that a for_each goes over, unknown ones for all where they are not known yet; None where it
    is in error."""
    before = len(diagnostics)
    value = expression.evaluate(scope, diagnostics)
    if len(diagnostics) > before or value is BROKEN:
        return None
    suits = isinstance(value, dict) or (isinstance(value, SetValue) and _texts(value))
    if unmark(value)[1] & EPHEMERAL:
        problem = f"An ephemeral value is gone after the run, and {use.shown} are not: it cannot be used for for_each."
    elif isinstance(value, Sensitive) or (isinstance(value, SetValue) and contains_sensitive(value)):
        problem = f"A sensitive value would be shown by {use.shown}, and cannot be used for for_each."
    elif isinstance(value, Unknown) or (isinstance(value, SetValue) and contains(value, Unknown)):
        if use.deferrable:
            return [(Unknown(STRING), Unknown())]
        problem = "What is imported depends on values that are known only after apply."
    elif not suits and not (use.any_collection and isinstance(value, SetValue | tuple)):
        problem = f"for_each takes {use.takes}."
    elif len(value) > MAX_INSTANCES:
        problem = f"At most {MAX_INSTANCES} instances are possible."
    elif isinstance(value, dict):
        return sorted(value.items())
    else:
        return [(element, element) for element in value] if isinstance(value, SetValue) else list(enumerate(value))
    diagnostics.error(
        "Invalid for_each argument", problem, expression.span, values=values_of(expression.references, scope)
    )
    return None


def _texts(value: SetValue) -> bool:
    return all(isinstance(element, str) for element in value)
