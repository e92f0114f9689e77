"""Calls of functions: the language's own, and those of providers."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import Any

from language.compile.node import compile_node
from language.diagnostics import Diagnostics, Lines
from language.functions import lookup
from language.functions.calling import compile_call
from language.functions.contract import Function
from language.scope import Compiled, Scope
from language.syntax.nodes import Node
from language.values import BROKEN


def call(node: Node, lines: Lines) -> Compiled:
    """The call of a function, or the error where there is no such function."""
    if node[3].startswith("provider::"):
        return _providers_call(node, lines)
    function, problem = lookup(node[3])
    if function is None:
        span = lines.span(node[1], node[6])

        def missing(scope: Scope, diagnostics: Diagnostics) -> Any:
            diagnostics.error("Call to unknown function", problem[0], span, advice=problem[1])
            return BROKEN

        return missing
    return compile_call(function, node, lines, compile_node)


def _providers_call(node: Node, lines: Lines) -> Compiled:
    """The call of a provider's function, `provider::NAME::FUNCTION`, which the scope knows."""
    whole: str = node[3]
    provider, _, name = whole.removeprefix("provider::").partition("::")
    span = lines.span(node[1], node[6])

    @cache
    def compiled(function: Function) -> Compiled:
        return compile_call(function, node, lines, compile_node)

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        functions = scope.functions(provider)
        if name in functions:
            return compiled(functions[name])(scope, diagnostics)
        meant = get_close_matches(name, functions, n=1)
        advice = f'Did you mean "provider::{provider}::{meant[0]}"?' if meant else ""
        diagnostics.error("Unknown provider function", f'There is no function named "{whole}".', span, advice=advice)
        return BROKEN

    return evaluate
