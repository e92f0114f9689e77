"""Types and marks: to* conversions, try, can, sensitive, nonsensitive, issensitive."""

from __future__ import annotations

from functools import partial
from typing import Any

from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics
from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.marks import marked, unmark
from language.scope import Scope
from language.types import ANY, BOOL, NUMBER, STRING, List, Map, Set, Type
from language.values import EPHEMERAL, SENSITIVE, Path, Sensitive, Unknown, is_wholly_known, transform

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)


def _convert(type_: Type, value: Any) -> Any:
    try:
        return convert(value, type_)
    except ConversionError as failure:
        raise FunctionError(str(failure), 0) from None


_TARGETS: dict[str, Type] = {
    "tostring": STRING,
    "tonumber": NUMBER,
    "tobool": BOOL,
    "tolist": List(ANY),
    "toset": Set(ANY),
    "tomap": Map(ANY),
}
for _name, _type in _TARGETS.items():
    _about = f"{_name}(v): the value as a {_type.friendly().partition(' of ')[0]}; one that cannot be that is an error."
    function(_name, Parameter("v", null=True), raw=True, about=_about)(partial(_convert, _type))


@function("sensitive", Parameter("value", null=True), raw=True)
def sensitive(value: Any) -> Any:
    """sensitive(value): the value, never to be shown."""
    return Sensitive(value)


@function("nonsensitive", Parameter("value", null=True), raw=True)
def nonsensitive(value: Any) -> Any:
    """nonsensitive(value): the value, to be shown."""
    inner, marks = unmark(value)
    return marked(inner, marks & ~SENSITIVE)


@function("issensitive", Parameter("value", null=True), raw=True)
def issensitive(value: Any) -> Any:
    """issensitive(value): whether the value is marked as sensitive; unknown while the value is, and may come to be."""
    inner, marks = unmark(value)
    if marks & SENSITIVE:
        return True
    return Unknown(BOOL, not_null=True) if isinstance(inner, Unknown) else False


@function("ephemeralasnull", Parameter("value", null=True), raw=True)
def ephemeralasnull(value: Any) -> Any:
    """ephemeralasnull(value): the value, with null in place of whatever in it is ephemeral."""

    def change(part: Any, path: Path) -> Any:
        own = unmark(part)[1]
        return marked(None, own & ~EPHEMERAL) if own & EPHEMERAL else part

    return transform(value, change)


@function("try", lazy=True)
def try_(call: Any, arguments: list[Any], scope: Scope, diagnostics: Diagnostics) -> Any:
    """try(expressions...): the first that has no error."""
    attempts: list[Diagnostics] = []
    for argument in arguments:
        attempt = Diagnostics()
        value = argument(scope, attempt)
        if not attempt.has_errors:
            # what is not wholly known may still come to be in error, and then another one is the result
            return value if is_wholly_known(value) else marked(Unknown(), unmark(value)[1])
        attempts.append(attempt)
    if not attempts:
        return call.report(diagnostics, FunctionError("at least one argument is required"))
    reasons = "\n".join(f"- {attempt[0].summary}: {attempt[0].detail}" for attempt in attempts)
    return call.report(diagnostics, FunctionError(f"no expression succeeded:\n{reasons}"))


@function("can", lazy=True)
def can(call: Any, arguments: list[Any], scope: Scope, diagnostics: Diagnostics) -> Any:
    """can(expression): whether it has no error; unknown while its value is."""
    if len(arguments) != 1:
        return call.report(diagnostics, FunctionError("exactly one argument is required"))
    attempt = Diagnostics()
    value = arguments[0](scope, attempt)
    if attempt.has_errors:
        return False
    return True if is_wholly_known(value) else Unknown(BOOL, not_null=True)
