"""Calls: what is the same for every function. Arguments are counted, converted, and unwrapped; an unknown one makes
the result unknown, a sensitive one makes it sensitive; errors are reported at the argument."""

from __future__ import annotations

from typing import Any

from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics, Lines, Span
from language.functions.contract import Compile, Function, FunctionError, Parameter, Result, bounded
from language.limits import TOO_MANY_DIGITS
from language.marks import marked, marks_in, unmark, unmark_all
from language.scope import Compiled, Scope
from language.sizes import WORK, excess, size
from language.syntax.nodes import Node
from language.types import ANY
from language.values import BROKEN, SetValue, Unknown, is_wholly_known

_LONGEST_DETAIL = 1_000
"""Characters of an error's text: an argument in it may be of any length."""


def compile_call(function: Function, node: Node, lines: Lines, compile_node: Compile) -> Compiled:
    """The closure of a call."""
    arguments = [compile_node(argument, lines) for argument in node[4]]
    call = _Call(function, node, lines, compile_node)
    if function.lazy:
        return lambda scope, diagnostics: function.implementation(call, arguments, scope, diagnostics)
    expand = node[5]

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        before = len(diagnostics)
        values = [argument(scope, diagnostics) for argument in arguments]
        if len(diagnostics) > before or any(value is BROKEN for value in values):  # what is wrong is reported already
            return BROKEN
        marks = 0
        if expand:
            last, marks = unmark(values.pop())
            if isinstance(last, Unknown):
                return marked(Unknown(), marks)
            if not isinstance(last, tuple | SetValue):
                return call.report(diagnostics, FunctionError("The expanded argument must be a list, tuple or set."))
            values.extend(last)
        result = call.apply(values, scope, diagnostics)
        return marked(result, marks)

    return evaluate


class _Call:
    """One call in the text: applies the function to values, and reports with the place."""

    def __init__(self, function: Function, node: Node, lines: Lines, compile_node: Compile) -> None:
        self._function = function
        self._compile = compile_node
        self._node = node
        self._lines = lines

    def apply(self, values: list[Any], scope: Scope, diagnostics: Diagnostics) -> Any:
        function = self._function
        try:
            parameters = self._parameters(len(values))
            if function.raw:
                return function.implementation(*values)
            prepared, unknown, marks = _prepare(parameters, values)
            if unknown:
                result: Any = _unknown_result(function.result, prepared)
            else:
                if function.scoped or function.compiles:
                    prepared.append(scope)
                if function.compiles:
                    prepared.append(self._compile)
                result = self._compute(prepared, marks)
            _bound(result, scope)
        except FunctionError as failure:
            return self.report(diagnostics, failure)
        return marked(result, marks)

    def _compute(self, prepared: list[Any], marks: int) -> Any:
        try:
            result = self._function.implementation(*prepared)
            if isinstance(result, str):
                bounded(len(result))
            return result
        except (FunctionError, ConversionError, ArithmeticError) as failure:
            position = failure.argument if isinstance(failure, FunctionError) else None
            problem = TOO_MANY_DIGITS if isinstance(failure, ArithmeticError) else str(failure)
            if marks:
                problem = "an argument is sensitive, so that it is not told what is wrong with it"
            raise FunctionError(problem, position) from None

    def _parameters(self, given: int) -> list[Parameter]:
        function = self._function
        wanted = len(function.parameters)
        if given < wanted or (given > wanted and function.variadic is None):
            names = ", ".join(parameter.name for parameter in function.parameters)
            least = "at least " if function.variadic else ""
            few = "Not enough" if given < wanted else "Too many"
            plural = "" if wanted == 1 else "s"
            detail = f'{few} arguments: "{function.name}" takes {least}{wanted} argument{plural}'
            raise FunctionError(f"{detail} ({names})." if names else f"{detail}.")
        extra = [function.variadic] * (given - wanted) if function.variadic else []
        return [*function.parameters, *extra]

    def report(self, diagnostics: Diagnostics, failure: FunctionError) -> Unknown:
        position = failure.argument
        arguments = self._node[4]
        if position is not None and position < len(arguments):
            where = arguments[position]
            name = self._name(position)
            summary, detail = "Invalid function argument", f'Invalid value for "{name}" parameter: {failure}'
        else:
            where = self._node
            summary, detail = "Error in function call", f'Call to function "{self._function.name}" failed: {failure}'
        if len(detail) > _LONGEST_DETAIL:
            detail = f"{detail[:_LONGEST_DETAIL]}..."
        detail = detail if detail.endswith(".") else f"{detail}."
        diagnostics.error(summary, detail, self.span(where))
        return BROKEN

    def _name(self, position: int) -> str:
        parameters = self._function.parameters
        if position < len(parameters):
            return parameters[position].name
        return self._function.variadic.name if self._function.variadic else ""

    def span(self, node: Node) -> Span:
        return self._lines.span(node[1], node[2])


def _bound(result: Any, scope: Scope) -> None:
    """Raise FunctionError for a result that is too large, or too much for the loop that the call stands in."""
    if not isinstance(result, tuple | dict | SetValue):
        return
    problem = excess(result)
    if not problem and (work := scope.names.get(WORK)) is not None:
        problem = work.take(size(result))
    if problem:
        raise FunctionError(problem)


def _unknown_result(result: Result, prepared: list[Any]) -> Any:
    if callable(result):
        return result(*prepared)
    return Unknown(result, not_null=result is not ANY)


def _prepare(parameters: list[Parameter], values: list[Any]) -> tuple[list[Any], bool, int]:
    """The arguments as the implementation takes them, whether any was unknown, and the marks of all."""
    unknown, marks = False, 0
    prepared: list[Any] = []
    for position, (parameter, value) in enumerate(zip(parameters, values, strict=True)):
        if type(value) is not str:
            value, own = unmark(value) if parameter.shallow or parameter.unknown else unmark_all(value)
            marks |= own
        if value is None and not parameter.null:
            raise FunctionError("argument must not be null", position)
        try:
            value, own = unmark(convert(value, parameter.type))  # what is in a set marks the whole of it
            marks |= own
        except ConversionError as failure:
            raise FunctionError(str(failure), position) from None
        if isinstance(value, Unknown):
            _refuse_other_kinds(value, parameter, position)
        known = not isinstance(value, Unknown) if parameter.shallow else is_wholly_known(value)
        unknown = unknown or not (known or parameter.unknown)
        prepared.append(value)
    if unknown:  # it may become any part of any argument
        for value in values:
            marks |= marks_in(value)
    return prepared, unknown, marks


def _refuse_other_kinds(value: Unknown, parameter: Parameter, position: int) -> None:
    if parameter.takes and value.type is not ANY and not isinstance(value.type, parameter.takes):
        kinds = ", ".join(kind.__name__.lower() for kind in parameter.takes)
        raise FunctionError(f"one of these is required: {kinds}", position)
