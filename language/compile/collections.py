"""Tuples, objects and for expressions."""

from __future__ import annotations

from typing import Any

from language.compile.node import compile_node, report, within_limits
from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics, Lines
from language.marks import marked, unmark
from language.operators import OperationError
from language.scope import Compiled, Scope
from language.sizes import WORK, Work
from language.syntax.nodes import Node
from language.types import ANY, BOOL, STRING, Collection, Object, Tuple, Type
from language.values import BROKEN, SetValue, Unknown, type_of


def tuple_(node: Node, lines: Lines) -> Compiled:
    """`[a, b]`."""
    elements = [compile_node(element, lines) for element in node[3]]

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        made = tuple([element(scope, diagnostics) for element in elements])
        return within_limits(made, diagnostics, node, lines)

    return evaluate


def object_(node: Node, lines: Lines) -> Compiled:
    """`{ a = b }`; unknown as a whole while a key is."""
    items = [(compile_node(key, lines), compile_node(value, lines), key) for key, value in node[3]]

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        made: dict[str, Any] = {}
        unknown, marks = False, 0
        for key, value, key_node in items:
            name = key(scope, diagnostics)
            member = value(scope, diagnostics)
            if type(name) is not str:
                name, own = unmark(name)
                marks |= own
                name = _object_key(name, key_node, lines, diagnostics)
                if isinstance(name, Unknown):
                    unknown = True
                    continue
            made[name] = member
        return marked(Unknown() if unknown else within_limits(made, diagnostics, node, lines), marks)

    return evaluate


def _object_key(value: Any, node: Node, lines: Lines, diagnostics: Diagnostics) -> Any:
    try:
        if value is None:
            raise OperationError("Null value as key", "Can't use a null value as a key.")
        return convert(value, STRING)
    except ConversionError as failure:
        incorrect = OperationError("Incorrect key type", f"Can't use this value as a key: {failure}.")
        return report(diagnostics, incorrect, node, lines)
    except OperationError as failure:
        return report(diagnostics, failure, node, lines)


def for_(node: Node, lines: Lines) -> Compiled:
    """`[for ...]` and `{for ...}`."""
    _, _, _, key_name, value_name, collection_node, key_node, value_node, condition_node, group = node
    collection, value = compile_node(collection_node, lines), compile_node(value_node, lines)
    key = compile_node(key_node, lines) if key_node is not None else None
    condition = compile_node(condition_node, lines) if condition_node is not None else None

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        source, marks = unmark(collection(scope, diagnostics))
        try:
            if source is BROKEN:
                return source
            if isinstance(source, Unknown) and _may_iterate(source.type):
                return marked(Unknown(not_null=True), marks)
            items = _iterate(source)
            work: Work = scope.names.get(WORK) or Work()
            if problem := work.take(len(items)):
                raise OperationError("Too many turns", f"{problem}.".capitalize())
        except OperationError as failure:
            return report(diagnostics, failure, collection_node, lines)
        names: dict[str, Any] = {**scope.names, WORK: work}
        inner = scope.within(names)
        result = _Collected(group, key is not None)
        for position, item in items:
            if work.left < 0:  # reported where it was used up
                return BROKEN
            if key_name is not None:
                names[key_name] = position
            names[value_name] = item
            if condition is not None:
                wanted = _apply_condition(condition(inner, diagnostics), condition_node, lines, diagnostics, result)
                if not wanted:
                    continue
            if key is None:
                result.elements.append(value(inner, diagnostics))
                continue
            name, own = unmark(key(inner, diagnostics))
            result.marks |= own
            name = _object_key(name, key_node, lines, diagnostics)
            try:
                result.put(name, value(inner, diagnostics), bool(own))
            except OperationError as failure:
                report(diagnostics, failure, key_node, lines)
        return marked(within_limits(result.value(), diagnostics, node, lines), marks | result.marks)

    return evaluate


class _Collected:
    """What a for expression has made so far."""

    def __init__(self, group: bool, keyed: bool) -> None:
        self.elements: list[Any] = []
        self.members: dict[str, Any] = {}
        self.group = group
        self.keyed = keyed
        self.unknown, self.marks = False, 0

    def put(self, name: Any, value: Any, secret: bool) -> None:
        if isinstance(name, Unknown):
            self.unknown = True
        elif self.group:
            self.members.setdefault(name, []).append(value)
        elif name in self.members:
            text = "(sensitive value)" if secret else f'"{name}"'
            detail = f"Two different items produced the key {text} in this 'for' expression."
            advice = "If duplicates are expected, group them by key: write ... after the value expression."
            raise OperationError("Duplicate object key", detail, advice)
        else:
            self.members[name] = value

    def value(self) -> Any:
        if self.unknown:
            return Unknown(not_null=True)
        if not self.keyed:
            return tuple(self.elements)
        if self.group:
            return {name: tuple(values) for name, values in self.members.items()}
        return self.members


def _apply_condition(value: Any, node: Node, lines: Lines, diagnostics: Diagnostics, result: _Collected) -> bool:
    chosen, marks = unmark(value)
    result.marks |= marks
    if isinstance(chosen, Unknown):
        result.unknown = True
        return False
    try:
        if chosen is None:
            raise OperationError("Condition is null", "The 'if' clause value must not be null.")
        return bool(convert(chosen, BOOL))
    except ConversionError as failure:
        incorrect = OperationError("Invalid 'for' condition", f"The 'if' clause value is invalid: {failure}.")
        report(diagnostics, incorrect, node, lines)
    except OperationError as failure:
        report(diagnostics, failure, node, lines)
    return False


def _may_iterate(type_: Type) -> bool:
    return type_ is ANY or isinstance(type_, Collection | Object | Tuple)


def _iterate(source: Any) -> list[tuple[Any, Any]]:
    if isinstance(source, dict):
        return sorted(source.items())
    if isinstance(source, tuple):
        return list(enumerate(source))
    if isinstance(source, SetValue):
        return [(element, element) for element in source]
    what = "a null value" if source is None else f"a {type_of(source).friendly()}"
    advice = "A for expression needs a list, a set, a map, a tuple or an object."
    raise OperationError("Iteration over non-iterable value", f"{what.capitalize()} cannot be iterated over.", advice)
