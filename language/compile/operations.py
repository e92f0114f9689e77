"""Operators and conditionals."""

from __future__ import annotations

from typing import Any

from language import operators
from language.compile.node import compile_node, operand_at_fault, report
from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics, Lines
from language.marks import marked, unmark
from language.operators import OperationError
from language.refinements import bounds, within
from language.scope import Compiled, Scope
from language.syntax.nodes import Node
from language.types import ANY, BOOL, NUMBER, Collection, Type
from language.unification import unify
from language.values import BROKEN, Unknown, type_of


def unary(node: Node, lines: Lines) -> Compiled:
    """`-x` and `!x`."""
    operator, operand = node[3], compile_node(node[4], lines)

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        try:
            return operators.unary(operator, operand(scope, diagnostics))
        except OperationError as failure:
            return report(diagnostics, failure, operand_at_fault(node, failure), lines)

    return evaluate


def binary(node: Node, lines: Lines) -> Compiled:
    """Operators between two operands."""
    if node[3] in ("&&", "||"):
        return _logical(node, lines)
    operate = operators.binary(node[3])
    left, right = compile_node(node[4], lines), compile_node(node[5], lines)

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        one, other = left(scope, diagnostics), right(scope, diagnostics)
        if one is BROKEN or other is BROKEN:
            return BROKEN
        try:
            return operate(one, other)
        except OperationError as failure:
            return report(diagnostics, failure, operand_at_fault(node, failure), lines)

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
            return report(diagnostics, failure, operand_at_fault(node, failure), lines)
        result, reported = _decided(deciding, one, other, first, second)
        for problems in reported:
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


def conditional(node: Node, lines: Lines) -> Compiled:
    """Both results are evaluated, since their types decide the result's; only the taken one can be in error.

    The result has the marks of all three, so that it never reveals which of two was taken because of a secret.
    """
    test, yes, no = (compile_node(part, lines) for part in node[3:6])

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        when_yes, when_no = Diagnostics(), Diagnostics()
        results = yes(scope, when_yes), no(scope, when_no)
        try:
            common = _common(*map(type_of, results))
        except OperationError as failure:
            return report(diagnostics, failure, node, lines)
        chosen, marks = unmark(test(scope, diagnostics))
        if chosen is BROKEN:
            return chosen
        (yes_value, yes_marks), (no_value, no_marks) = map(unmark, results)
        marks |= yes_marks | no_marks
        try:
            chosen = _chosen(chosen)
        except OperationError as failure:
            report(diagnostics, failure, node[3], lines)
            return Unknown(common)
        unknown = isinstance(chosen, Unknown)
        if not unknown:
            diagnostics.extend(when_yes if chosen else when_no)
        try:
            result = _either(None if unknown else chosen, yes_value, no_value, common)
        except OperationError as failure:
            return report(diagnostics, failure, node, lines)
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
