"""A syntax tree to closures, once; a closure gives the value of its expression in a scope.

Errors are reported with the exact place and the result is unknown, so that evaluation goes on and tells all that is
wrong. The semantics are Go hcl's, expression by expression.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from language import operators
from language.diagnostics import Diagnostics, Lines
from language.expressions import Scope, static_traversal
from language.functions import lookup
from language.graphemes import safe_prefix
from language.limits import MAX_TEXT, TOO_LONG
from language.operators import OperationError
from language.syntax import nodes as n
from language.syntax.nodes import Node
from language.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    Collection,
    ConversionError,
    List,
    Object,
    Tuple,
    Type,
    convert,
    parse_number,
    unify,
)
from language.values import ListValue, SetValue, Unknown, bounds, marked, type_of, unmark, within

Compiled: TypeAlias = Callable[[Scope, Diagnostics], Any]

_ITEM = "*"
"""The name of a splat's element among the names of a scope; no identifier can be this."""


def compile_node(node: Node, lines: Lines) -> Compiled:
    """The closure of one node and all below it."""
    return _COMPILERS[node[0]](node, lines)


def _report(diagnostics: Diagnostics, failure: OperationError, node: Node, lines: Lines) -> Unknown:
    span = lines.span(node[1], node[2])
    diagnostics.error(failure.summary, failure.detail, span, advice=failure.advice)
    return Unknown()


def _blamed(node: Node, failure: OperationError) -> Node:
    """The operand of an operation that is wrong, or the whole."""
    return node if failure.operand is None else node[4 + failure.operand]


def _literal(node: Node, lines: Lines) -> Compiled:
    value = node[3]
    return lambda scope, diagnostics: value


def _number(node: Node, lines: Lines) -> Compiled:
    try:
        value = parse_number(node[3])
    except ConversionError as problem:
        failure = OperationError("Number too large", f"{problem}.".capitalize())
        return lambda scope, diagnostics: _report(diagnostics, failure, node, lines)
    return lambda scope, diagnostics: value


def _invalid(node: Node, lines: Lines) -> Compiled:
    return lambda scope, diagnostics: Unknown()


def _inner(node: Node, lines: Lines) -> Compiled:
    return compile_node(node[3], lines)


def _item(node: Node, lines: Lines) -> Compiled:
    return lambda scope, diagnostics: scope.names[_ITEM]


# -- references ------------------------------------------------------------------------------------------------------


def _reference(node: Node, lines: Lines) -> Compiled:
    """A reference that is static as a whole; else the last accessor, on what comes before it."""
    traversal = static_traversal(node, lines)
    if traversal is None:
        return _attribute(node, lines) if node[0] == n.ATTRIBUTE else _index(node, lines)
    root = traversal.root
    steps = [
        (operators.attribute, step) if isinstance(step, str) else (operators.index, step.value)
        for step in traversal.steps
    ]

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        if root in scope.names:
            value, taken = scope.names[root], 0
        else:
            value, taken = scope.resolve(traversal, diagnostics)
        try:
            for access, step in steps[taken:]:
                value = access(value, step)
        except OperationError as failure:
            return _report(diagnostics, failure, node, lines)
        return value

    return evaluate


def _attribute(node: Node, lines: Lines) -> Compiled:
    inner, name = compile_node(node[3], lines), node[4]

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        try:
            return operators.attribute(inner(scope, diagnostics), name)
        except OperationError as failure:
            return _report(diagnostics, failure, node, lines)

    return evaluate


def _index(node: Node, lines: Lines) -> Compiled:
    inner, key = compile_node(node[3], lines), compile_node(node[4], lines)

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        try:
            return operators.index(inner(scope, diagnostics), key(scope, diagnostics))
        except OperationError as failure:
            return _report(diagnostics, failure, node, lines)

    return evaluate


def _splat(node: Node, lines: Lines) -> Compiled:
    source, each = compile_node(node[3], lines), compile_node(node[4], lines)

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        value, marks = unmark(source(scope, diagnostics))
        if isinstance(value, Unknown):
            return marked(Unknown(), marks)
        if value is None:
            items: Any = ()
        else:
            items = value if isinstance(value, tuple | SetValue) else (value,)
        names: dict[str, Any] = {**scope.names}
        inner = scope.within(names)
        results = []
        for item in items:
            names[_ITEM] = item
            results.append(each(inner, diagnostics))
        return marked(_splatted(value, tuple(results)), marks)

    return evaluate


def _splatted(source: Any, results: tuple[Any, ...]) -> Any:
    """Of a list or a set it is a list, where the results have a type in common; of anything else a tuple."""
    if not isinstance(source, ListValue | SetValue):
        return results
    try:
        return convert(results, List(ANY))
    except ConversionError:
        return results


# -- operators -------------------------------------------------------------------------------------------------------


def _unary(node: Node, lines: Lines) -> Compiled:
    operator, operand = node[3], compile_node(node[4], lines)

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        try:
            return operators.unary(operator, operand(scope, diagnostics))
        except OperationError as failure:
            return _report(diagnostics, failure, _blamed(node, failure), lines)

    return evaluate


def _binary(node: Node, lines: Lines) -> Compiled:
    if node[3] in ("&&", "||"):
        return _logical(node, lines)
    operate = operators.binary(node[3])
    left, right = compile_node(node[4], lines), compile_node(node[5], lines)

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        try:
            return operate(left(scope, diagnostics), right(scope, diagnostics))
        except OperationError as failure:
            return _report(diagnostics, failure, _blamed(node, failure), lines)

    return evaluate


def _logical(node: Node, lines: Lines) -> Compiled:
    """`&&` and `||`: an operand that decides alone does so whatever is wrong with the other one, as in HCL 2.24.

    Where the one that is known does not decide, the unknown one is all that counts.
    """
    operator = node[3]
    deciding = operator == "||"
    left, right = compile_node(node[4], lines), compile_node(node[5], lines)

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        first, second = Diagnostics(), Diagnostics()
        given = left(scope, first), right(scope, second)
        try:
            (one, one_marks), (other, other_marks) = (
                operators.operand_of_logic(each, operator, position) for position, each in enumerate(given)
            )
        except OperationError as failure:
            diagnostics.extend(first)
            diagnostics.extend(second)
            return _report(diagnostics, failure, _blamed(node, failure), lines)
        result, told = _decided(deciding, one, other, first, second)
        for problems in told:
            diagnostics.extend(problems)
        return marked(result, one_marks | other_marks)

    return evaluate


def _decided(
    deciding: bool, one: Any, other: Any, first: Diagnostics, second: Diagnostics
) -> tuple[Any, tuple[Diagnostics, ...]]:
    """What two operands come to, and which of the problems with them count."""
    if one is deciding:
        return deciding, (first,)
    if other is deciding:
        return deciding, (second,)
    if isinstance(one, Unknown):
        both = isinstance(other, Unknown) and first.has_errors
        return Unknown(BOOL, not_null=True), (first, second) if both else (first,)
    if isinstance(other, Unknown):
        return Unknown(BOOL, not_null=True), (second,)
    return not deciding, (first, second)


def _conditional(node: Node, lines: Lines) -> Compiled:
    """Both results are evaluated, since their types decide the result's; only the taken one can be in error.

    The result has the marks of all three, so that it never tells which of two was taken because of a secret.
    """
    test, yes, no = (compile_node(part, lines) for part in node[3:6])

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        when_yes, when_no = Diagnostics(), Diagnostics()
        results = yes(scope, when_yes), no(scope, when_no)
        try:
            common = _common(*map(type_of, results))
        except OperationError as failure:
            return _report(diagnostics, failure, node, lines)
        chosen, marks = unmark(test(scope, diagnostics))
        (yes_value, yes_marks), (no_value, no_marks) = map(unmark, results)
        marks |= yes_marks | no_marks
        try:
            chosen = _chosen(chosen)
        except OperationError as failure:
            _report(diagnostics, failure, node[3], lines)
            return Unknown(common)
        unknown = isinstance(chosen, Unknown)
        if not unknown:
            diagnostics.extend(when_yes if chosen else when_no)
        try:
            result = _either(None if unknown else chosen, yes_value, no_value, common)
        except OperationError as failure:
            return _report(diagnostics, failure, node, lines)
        return marked(result, marks)

    return evaluate


def _chosen(value: Any) -> Any:
    """What a condition comes to: true, false or unknown."""
    if value is None:
        raise OperationError("Null condition", "The condition value is null. Conditions must be true or false.")
    try:
        return convert(value, BOOL)
    except ConversionError as failure:
        detail = f"The condition must be true or false: {failure}."
        raise OperationError("Incorrect condition type", detail) from None


def _common(yes_type: Type, no_type: Type) -> Type:
    """The type of a conditional whose results have these."""
    found = yes_type if yes_type == no_type else unify([yes_type, no_type])
    if found is None:
        detail = (
            "The true and false result expressions must have consistent types. "
            f"The 'true' value is {yes_type.friendly()}, but the 'false' value is {no_type.friendly()}."
        )
        raise OperationError("Inconsistent conditional result types", detail)
    return found


def _either(chosen: bool | None, yes: Any, no: Any, common: Type) -> Any:
    yes_type, no_type = type_of(yes), type_of(no)
    if chosen is None:
        return _of_either(yes, no, common, yes_type == no_type)
    taken = yes if chosen else no
    if common is ANY or yes_type == no_type or ANY in (yes_type, no_type):
        return taken
    try:
        return convert(taken, common)
    except ConversionError as failure:
        detail = f"The true and false result expressions must have consistent types: {failure}."
        raise OperationError("Inconsistent conditional result types", detail) from None


def _of_either(yes: Any, no: Any, common: Type, alike: bool) -> Any:
    """One of two values, it is not known which."""
    if yes is None and no is None:
        return None
    never_null = all(value.not_null if isinstance(value, Unknown) else value is not None for value in (yes, no))
    if not (never_null and alike and (common is NUMBER or isinstance(common, Collection))):
        return Unknown(common, never_null)
    (yes_least, yes_most), (no_least, no_most) = bounds(yes), bounds(no)
    least = None if yes_least is None or no_least is None else min(yes_least, no_least)
    most = None if yes_most is None or no_most is None else max(yes_most, no_most)
    return within(common, least, most)


# -- collections -----------------------------------------------------------------------------------------------------


def _tuple(node: Node, lines: Lines) -> Compiled:
    elements = [compile_node(element, lines) for element in node[3]]
    return lambda scope, diagnostics: tuple([element(scope, diagnostics) for element in elements])


def _object(node: Node, lines: Lines) -> Compiled:
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
        return marked(Unknown() if unknown else made, marks)

    return evaluate


def _object_key(value: Any, node: Node, lines: Lines, diagnostics: Diagnostics) -> Any:
    try:
        if value is None:
            raise OperationError("Null value as key", "Can't use a null value as a key.")
        return convert(value, STRING)
    except ConversionError as failure:
        incorrect = OperationError("Incorrect key type", f"Can't use this value as a key: {failure}.")
        return _report(diagnostics, incorrect, node, lines)
    except OperationError as failure:
        return _report(diagnostics, failure, node, lines)


def _for(node: Node, lines: Lines) -> Compiled:
    _, _, _, key_name, value_name, collection_node, key_node, value_node, condition_node, group = node
    collection, value = compile_node(collection_node, lines), compile_node(value_node, lines)
    key = compile_node(key_node, lines) if key_node is not None else None
    condition = compile_node(condition_node, lines) if condition_node is not None else None

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        source, marks = unmark(collection(scope, diagnostics))
        try:
            if isinstance(source, Unknown) and _may_iterate(source.type):
                return marked(Unknown(not_null=True), marks)
            items = _iterate(source)
        except OperationError as failure:
            return _report(diagnostics, failure, collection_node, lines)
        names: dict[str, Any] = {**scope.names}
        inner = scope.within(names)
        result = _Collected(group, key is not None)
        for position, item in items:
            if key_name is not None:
                names[key_name] = position
            names[value_name] = item
            if condition is not None:
                wanted = _wanted(condition(inner, diagnostics), condition_node, lines, diagnostics, result)
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
                _report(diagnostics, failure, key_node, lines)
        return marked(result.value(), marks | result.marks)

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
            shown = "(sensitive value)" if secret else f'"{name}"'
            detail = f"Two different items produced the key {shown} in this 'for' expression."
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


def _wanted(value: Any, node: Node, lines: Lines, diagnostics: Diagnostics, result: _Collected) -> bool:
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
        _report(diagnostics, incorrect, node, lines)
    except OperationError as failure:
        _report(diagnostics, failure, node, lines)
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


# -- templates -------------------------------------------------------------------------------------------------------


def _template(node: Node, lines: Lines) -> Compiled:
    parts = [(compile_node(part, lines), part) for part in node[3]]

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        texts: list[str] = []
        unknown, marks = False, 0
        for part, part_node in parts:
            text, own = _text(part(scope, diagnostics), part_node, lines, diagnostics)
            marks |= own
            unknown = unknown or isinstance(text, Unknown)
            if not unknown:
                texts.append(text)
        if unknown:
            prefix = safe_prefix("".join(texts)[:_LONGEST_PREFIX])
            return marked(Unknown(STRING, not_null=True, prefix=prefix), marks)
        return marked(_joined(texts, node, lines, diagnostics), marks)

    return evaluate


_LONGEST_PREFIX = 128
"""Characters of a text that is not known whole; more would not tell much."""


def _joined(texts: list[str], node: Node, lines: Lines, diagnostics: Diagnostics) -> Any:
    if sum(map(len, texts)) > MAX_TEXT:
        return _report(diagnostics, OperationError("Text too long", f"{TOO_LONG}.".capitalize()), node, lines)
    return "".join(texts)


def _text(value: Any, node: Node, lines: Lines, diagnostics: Diagnostics) -> tuple[Any, int]:
    if type(value) is str:
        return value, 0
    value, marks = unmark(value)
    try:
        if value is None:
            detail = "The expression result is null. Cannot include a null value in a string template."
            raise OperationError("Invalid template interpolation value", detail)
        try:
            return convert(value, STRING), marks
        except ConversionError as failure:
            detail = f"Cannot include the given value in a string template: {failure}."
            raise OperationError("Invalid template interpolation value", detail) from None
    except OperationError as failure:
        return _report(diagnostics, failure, node, lines), marks


def _join(node: Node, lines: Lines) -> Compiled:
    loop, loop_node = compile_node(node[3], lines), node[3]

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        parts, marks = unmark(loop(scope, diagnostics))
        if isinstance(parts, Unknown):
            return marked(Unknown(STRING, not_null=True), marks)
        texts = []
        unknown = False
        for part in parts:
            text, own = _text(part, loop_node[7], lines, diagnostics)
            marks |= own
            unknown |= isinstance(text, Unknown)
            texts.append(text)
        if unknown:
            return marked(Unknown(STRING, not_null=True), marks)
        return marked(_joined(texts, node, lines, diagnostics), marks)

    return evaluate


# -- calls -----------------------------------------------------------------------------------------------------------


def _call(node: Node, lines: Lines) -> Compiled:
    from language.functions.calling import compile_call

    function, problem = lookup(node[3])
    if function is None:
        span = lines.span(node[1], node[6])

        def missing(scope: Scope, diagnostics: Diagnostics) -> Any:
            diagnostics.error("Call to unknown function", problem[0], span, advice=problem[1])
            return Unknown()

        return missing
    return compile_call(function, node, lines, compile_node)


_COMPILERS: dict[str, Callable[[Node, Lines], Compiled]] = {
    n.LITERAL: _literal,
    n.NUMBER: _number,
    n.TEMPLATE: _template,
    n.WRAP: _inner,
    n.PAREN: _inner,
    n.VARIABLE: _reference,
    n.ATTRIBUTE: _reference,
    n.INDEX: _reference,
    n.SPLAT: _splat,
    n.ITEM: _item,
    n.CALL: _call,
    n.UNARY: _unary,
    n.BINARY: _binary,
    n.CONDITIONAL: _conditional,
    n.TUPLE: _tuple,
    n.OBJECT: _object,
    n.FOR: _for,
    n.JOIN: _join,
    n.INVALID: _invalid,
}
