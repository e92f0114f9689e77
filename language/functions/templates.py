"""Texts as templates: templatefile, templatestring. Their callers give them how to compile one."""

from __future__ import annotations

from typing import Any

from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics, Lines
from language.functions.contract import Compile, FunctionError, Parameter, Table, registrar
from language.functions.files import file
from language.scope import Scope
from language.syntax.parser import parse_template
from language.traversal import references_of
from language.types import ANY, STRING
from language.values import Unknown, contains_sensitive

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_VARIABLES = Parameter("vars", ANY, shallow=True)


@function("templatefile", Parameter("path", STRING), _VARIABLES, compiles=True)
def templatefile(path: str, variables: Any, scope: Scope, compile_node: Compile) -> Any:
    """templatefile(path, vars): the file as a template, with the members of vars as its names."""
    if not isinstance(variables, dict):
        raise FunctionError("vars must be an object", 1)
    if _INSIDE in scope.names:
        raise FunctionError("templatefile cannot be called from inside a template", 0)
    return _render(path, file(path, scope), variables, scope, compile_node)


@function("templatestring", Parameter("template", STRING), _VARIABLES, compiles=True)
def templatestring(text: str, variables: Any, scope: Scope, compile_node: Compile) -> Any:
    """templatestring(template, vars): a computed text as a template, with the members of vars as its names."""
    if not isinstance(variables, dict):
        raise FunctionError("vars must be an object", 1)
    if _INSIDE in scope.names:
        raise FunctionError("templatestring cannot be called from inside a template", 0)
    return _render("<templatestring argument>", text, variables, scope, compile_node)


_INSIDE = "*template"
"""A name that nobody can write: while a template is rendered it is set."""


def _render(path: str, text: str, variables: dict[str, Any], scope: Scope, compile_node: Compile) -> Any:
    diagnostics = Diagnostics()
    lines = Lines(path, text)
    node = parse_template(text, lines, diagnostics)
    unknown = [t for t in references_of(node, lines) if t.root not in variables]
    for traversal in unknown:
        diagnostics.error(
            "Invalid template variable", f'vars map does not contain key "{traversal.root}"', traversal.span
        )
    if not diagnostics.has_errors:
        inner = scope.child({**variables, _INSIDE: True})
        result = compile_node(node, lines)(inner, diagnostics)
    if diagnostics.has_errors:
        first = diagnostics[0]
        line = first.span.start_line if first.span else 1
        raise FunctionError(f"{path}:{line}: {first.summary}; {first.detail}", 0)
    if isinstance(result, Unknown) or contains_sensitive(result):
        return result
    try:
        return convert(result, STRING)
    except ConversionError:
        return result
