"""Values for a stack's variables, in Terraform's order of precedence.

Weakest first: the default, FREEHOLD_VAR_<name>, freehold.hclvars, *.auto.hclvars by name, then -var and -var-file in
the order given. What is missing is asked for on a terminal, and is an error without one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.addresses import suggest
from language.body import parse_expression, parse_file
from language.diagnostics import Diagnostics, Sources, Span
from language.expressions import Scope
from language.types import ANY, BOOL, NUMBER, STRING, ConversionError, convert
from language.values import Sensitive, Unknown, unmark
from planner.configuration import MISSING, Configuration, Variable

PREFIX = "FREEHOLD_VAR_"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One `-var name=value` or `-var-file path`, in the order of the command line."""

    name: str = ""
    value: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A value for a variable, and where it comes from."""

    value: Any
    source: str
    span: Span | None = None


def assign(
    configuration: Configuration,
    assignments: tuple[Assignment, ...],
    environment: Mapping[str, str],
    ask: Callable[[Variable], str] | None,
    diagnostics: Diagnostics,
    *,
    required: bool = True,
) -> dict[str, Any]:
    """A value for every variable: converted, marked sensitive where declared so; unknown where it is in error.

    Without `required` what is not set is unknown, too.
    """
    collector = _Collector(configuration, diagnostics)
    given = collector.collect(assignments, environment)
    values: dict[str, Any] = {}
    for name, variable in configuration.variables.items():
        if name not in given and variable.default is MISSING and required and not collector.missing:
            if ask is None:
                diagnostics.error(
                    "No value for required variable",
                    f'The variable "{name}" is not set, and has no default value.',
                    variable.span,
                    advice=f"Set it with -var {name}=..., a -var-file, or {PREFIX}{name} in the environment.",
                )
                continue
            given[name] = Given(_from_text(variable, ask(variable), "the prompt", diagnostics), "the prompt")
        values[name] = finished(variable, given.get(name), diagnostics)
    return values


def finished(variable: Variable, given: Given | None, diagnostics: Diagnostics) -> Any:
    """The variable's value, converted to its type and marked; its default where nothing is given."""
    value = variable.default if given is None else given.value
    if value is None and not variable.nullable:
        if variable.default is MISSING or given is None:
            diagnostics.error("Null value", f'The variable "{variable.name}" may not be null.', variable.span)
        else:
            value = variable.default
    if given is not None:
        try:
            value = convert(value, variable.type)
        except ConversionError as failure:
            detail = f'The value for "{variable.name}" from {given.source} is not suitable: {failure}.'
            diagnostics.error("Invalid value for variable", detail, given.span or variable.span)
            value = Unknown(variable.type)
    if value is MISSING:
        value = Unknown(variable.type)
    return Sensitive(unmark(value)[0]) if variable.sensitive else value


class _Collector:
    """Gathers what was given, the stronger replacing the weaker."""

    def __init__(self, configuration: Configuration, diagnostics: Diagnostics) -> None:
        self._declared = configuration.variables
        self._directory = configuration.directory
        self._sources: Sources = configuration.sources
        self._diagnostics = diagnostics
        self._given: dict[str, Given] = {}
        self.missing = False
        """Whether a file could not be read, which may set any variable."""

    def collect(self, assignments: tuple[Assignment, ...], environment: Mapping[str, str]) -> dict[str, Given]:
        for name, variable in self._declared.items():
            if PREFIX + name in environment:
                self._text(variable, environment[PREFIX + name], f"{PREFIX}{name}")
        for path in self._automatic():
            self._file(path, path.name)
        for assignment in assignments:
            if assignment.file:
                self._file(Path(assignment.file), assignment.file)
            elif assignment.name in self._declared:
                self._text(self._declared[assignment.name], assignment.value, "-var")
            else:
                self._undeclared(assignment.name)
        return self._given

    def _automatic(self) -> Iterator[Path]:
        for name in ("freehold.hclvars", "freehold.hclvars.json"):
            if (self._directory / name).is_file():
                yield self._directory / name
        yield from sorted(path for ending in ("", ".json") for path in self._directory.glob(f"*.auto.hclvars{ending}"))

    def _undeclared(self, name: str) -> None:
        meant = suggest(name, self._declared)
        advice = f'Did you mean "{meant}"?' if meant else f'Declare it with: variable "{name}" {{}}'
        self._diagnostics.error("Undeclared variable", f'There is no variable "{name}" in this stack.', advice=advice)

    def _text(self, variable: Variable, text: str, source: str) -> None:
        self._given[variable.name] = Given(_from_text(variable, text, source, self._diagnostics), source)

    def _file(self, path: Path, shown: str) -> None:
        if not path.is_file():
            self._diagnostics.error("No such file", f"The variables file {shown} does not exist.")
            self.missing = True
            return
        try:
            body, diagnostics = parse_file(path, shown, self._sources)
        except OSError as failure:
            self._diagnostics.error("Cannot read file", f"{shown}: {failure.strerror}.")
            self.missing = True
            return
        self.missing |= diagnostics.has_errors
        self._diagnostics.extend(diagnostics)
        for block in body.blocks:
            self._diagnostics.error("Unexpected block", "A variables file holds assignments only.", block.span)
        for attribute in body.attributes.values():
            if attribute.name not in self._declared:
                detail = f'{shown} sets "{attribute.name}", and there is no such variable in this stack.'
                self._diagnostics.warning("Value for undeclared variable", detail, attribute.name_span)
                continue
            value = attribute.expression.evaluate(Scope.constant(), self._diagnostics)
            self._given[attribute.name] = Given(value, shown, attribute.expression.span)


def _from_text(variable: Variable, text: str, source: str, diagnostics: Diagnostics) -> Any:
    """A primitive is taken as it is; anything else is an expression, as it would stand in a file."""
    if variable.type in (STRING, NUMBER, BOOL, ANY):
        return text
    expression, problems = parse_expression(text, source)
    if problems.has_errors:
        detail = f'The value for "{variable.name}" from {source} is not a valid expression: {problems[0].detail}'
        diagnostics.error("Invalid value for variable", detail, variable.span)
        return variable.default
    return expression.evaluate(Scope.constant(), diagnostics)
