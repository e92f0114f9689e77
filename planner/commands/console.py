"""`console`: expressions in the scope of the stack as its state has it, one after another; data is read where an
expression needs it.

`type(x)` is there only here, and has to be the whole expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph.addresses import block_of, split_index
from language import functions
from language.diagnostics import Diagnostics, FreeholdError, Sources, error
from language.expressions import Expression
from language.marks import unmark_deep
from language.parsing import parse_expression
from language.scope import Scope
from language.unicode import is_unicode
from language.values import type_of
from planner.evaluation.evaluator import Evaluator, Results
from planner.prior.data_reader import DataReader
from planner.prior.reading import Prior, Reader
from planner.prior.workspace import Workspace
from planner.render.values import format_type, format_value
from providers import Registry

INPUT = "<console-input>"
_WORD = re.compile(r"[\w.]*\Z")
_CLOSED = {"(": ")", "[": "]", "{": "}"}


class Console:
    """Answers expressions, in the scope of a stack; without one there are just the functions."""

    def __init__(self, workspace: Workspace | None) -> None:
        self.sources = workspace.configuration.sources if workspace else Sources()
        self._evaluator = _evaluator(workspace) if workspace else None
        self._references = workspace.references if workspace else None
        self._data = _data(workspace) if workspace else None

    @property
    def _scope(self) -> Scope:
        return self._evaluator.scope if self._evaluator else Scope.constant(functions=Registry().functions)

    def answer(self, text: str) -> tuple[str, Diagnostics]:
        """What an expression comes to, as it is shown, and what is wrong with it."""
        if not is_unicode(text):
            return "", Diagnostics([error("Invalid character encoding", "The expression is not UTF-8 text.")])
        self.sources.add(INPUT, text)
        expression, diagnostics = parse_expression(f"{text}\n", INPUT)  # a line end belongs to what ends a heredoc
        if self._references is not None:
            diagnostics += self._references.undeclared(expression)
        if diagnostics.has_errors:
            return "", diagnostics
        call = expression.call()
        requested = call is not None and call[0] == "type" and len(call[1]) == 1
        self._read_dependencies(expression, diagnostics)
        value = (call[1][0] if call and requested else expression).evaluate(self._scope, diagnostics)
        if diagnostics.has_errors:
            return "", diagnostics
        return format_type(type_of(unmark_deep(value)[0])) if requested else format_value(value), diagnostics

    def _read_dependencies(self, expression: Expression, diagnostics: Diagnostics) -> None:
        if self._data is None or self._evaluator is None or not self._data.references.has_data:
            return
        try:
            for traversal in expression.references:
                for address in self._data.references.named(traversal):
                    self._data.read_dependencies(self._evaluator, address)
        except FreeholdError as failure:
            diagnostics.extend(failure.diagnostics)

    def completions(self, text: str) -> list[str]:
        """What may follow a text that has been typed so far, whole words."""
        found = _WORD.search(text)
        word = found.group() if found else ""
        return sorted(name for name in self._names() if name.startswith(word))

    def _names(self) -> Iterator[str]:
        yield from (f"{name}(" for name in functions.names())
        yield from ("type(", "path.module", "path.root", "path.cwd")
        if self._evaluator is not None:
            configuration = self._evaluator.configuration
            for node in configuration.nodes():
                if not node.address.startswith(("output.", "provider.", "check.")):
                    yield node.address
            for name, module in configuration.modules.items():
                yield from (f"module.{name}.{output}" for output in module.outputs)


def _evaluator(workspace: Workspace) -> Evaluator:
    """The stack with the values that the state has."""
    reader = Reader(workspace.registry, workspace.clients, workspace.environment.clock, workspace.listener, 1)
    prior: Prior = reader.read(workspace.manager.open().snapshot, refresh=False, diagnostics=Diagnostics())
    results = Results()
    for key, observed in prior.stored.items():
        address = prior.snapshot.resources[key].address
        results.values[address] = observed.values
        if "/" not in address:
            block = block_of(address)
            results.keys[block] = (*results.keys.get(block, ()), split_index(address)[1])
    for address, record in prior.clusters().items():
        results.outputs[address] = record["outputs"]
    return workspace.evaluator.with_results(results, planning=False)


def _data(workspace: Workspace) -> DataReader:
    """Reads in silence: what is printed are answers."""
    clock = workspace.environment.clock
    return DataReader(workspace.registry, workspace.references, workspace.clients, clock, lambda event: None)


def is_open(text: str) -> bool:
    """Whether a bracket or a heredoc is still open, so that more lines belong to the expression."""
    heredoc = re.search(r"<<-?(\w+)\s*\n", text + "\n")
    if heredoc and not re.search(rf"^\s*{heredoc.group(1)}\s*$", text[heredoc.end() :], re.MULTILINE):
        return True
    plain = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    return sum(plain.count(opening) - plain.count(closing) for opening, closing in _CLOSED.items()) > 0
