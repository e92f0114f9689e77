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
from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics, Sources, Span
from language.marks import marked, marks_in, unmark
from language.parsing import parse_expression, parse_file
from language.scope import Scope
from language.types import ANY, BOOL, NUMBER, STRING
from language.values import BROKEN, EPHEMERAL, Unknown, equal
from planner.configuration.blocks import MISSING, Configuration, Variable
from planner.evaluation.stored import store
from state.secrets import Digest

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


@dataclass(frozen=True, slots=True)
class Planned:
    """The values that a saved plan was made with, the sensitive ones as digests."""

    values: Mapping[str, Any]

    def holds(self, name: str) -> bool:
        """Whether the value itself is there, not just its digest."""
        return name in self.values and not isinstance(unmark(self.values[name])[0], Digest)


def compare(variable: Variable, planned: Any, value: Any, key: str, diagnostics: Diagnostics) -> None:
    """Report a value that is another one than what was planned, or than that was of which a digest under `key` is."""
    planned, value = unmark(planned)[0], unmark(value)[0]
    same = planned.matches(store(value, key), key) if isinstance(planned, Digest) else equal(planned, value)
    if not same:
        detail = f'The plan was made with another value of "{variable.name}".'
        advice = "Make a new plan with this value, look at it, and apply that."
        diagnostics.error("Variable differs from its plan", detail, variable.span, advice=advice)


def assign(
    configuration: Configuration,
    assignments: tuple[Assignment, ...],
    environment: Mapping[str, str],
    ask: Callable[[Variable], str] | None,
    diagnostics: Diagnostics,
    planned: Planned | None = None,
    *,
    needed: bool = True,
) -> dict[str, Any]:
    """A value for every variable: converted, marked as declared; unknown where it is in error.

    Of a saved plan's variables just those are given again that it does not hold (`compare` is for the others). Where
    they are not `needed`, those without a value are unknown.
    """
    collector = _Collector(configuration, diagnostics)
    given = collector.collect(assignments, environment)
    values: dict[str, Any] = {}
    for name, variable in configuration.variables.items():
        if planned is not None and planned.holds(name) and name not in collector.explicit:
            values[name] = planned.values[name]
            continue
        if name not in given and variable.default is MISSING:
            if not needed or collector.missing:
                values[name] = marked(Unknown(variable.type), variable.marks)
                continue
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


def defaults(configuration: Configuration) -> dict[str, Any]:
    """The values of a stack's variables where nothing is given; unknown for those that have no default."""
    return {each.name: finished(each, None, Diagnostics()) for each in configuration.variables.values()}


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
            _not_suitable(variable, given, failure, diagnostics)
            value = BROKEN
    if value is MISSING:
        value = Unknown(variable.type)
    if marks_in(value) & EPHEMERAL and not variable.ephemeral:
        detail = (
            f'The variable "{variable.name}" is not declared as ephemeral, so its value may not come from one that is.'
        )
        advice = "Add ephemeral = true to the variable, if all that refers to it can do without its being kept."
        diagnostics.error("Ephemeral value not allowed", detail, given.span if given else None, advice=advice)
        value = BROKEN
    return marked(value, variable.marks)


def _not_suitable(variable: Variable, given: Given, failure: ConversionError, diagnostics: Diagnostics) -> None:
    """Report a value of another type; one that is sensitive is neither quoted, nor where in it the fault is."""
    detail, span = f'The value for "{variable.name}" from {given.source}', given.span or variable.span
    if not variable.sensitive:
        detail += f" is not suitable: {failure}."
    else:
        where = f" It stands at {span.file} line {span.start_line}." if given.span else ""
        detail, span = f"{detail}, which is sensitive, is not suitable: {failure.message}.{where}", variable.span
    diagnostics.error("Invalid value for variable", detail, span)


class _Collector:
    """Gathers what was given, the stronger replacing the weaker."""

    def __init__(self, configuration: Configuration, diagnostics: Diagnostics) -> None:
        self._declared = configuration.variables
        self._directory = configuration.directory
        secret = any(variable.sensitive for variable in configuration.variables.values())
        # a line of a variables file is not shown where it may hold what is sensitive, under a name that is misspelt too
        self._sources = Sources() if secret else configuration.sources
        self._diagnostics = diagnostics
        self._given: dict[str, Given] = {}
        self.missing = False
        """Whether a file could not be read, which may set any variable."""
        self.explicit: set[str] = set()
        """What the command line sets."""

    def collect(self, assignments: tuple[Assignment, ...], environment: Mapping[str, str]) -> dict[str, Given]:
        for name, variable in self._declared.items():
            if PREFIX + name in environment:
                self._text(variable, environment[PREFIX + name], f"{PREFIX}{name}")
        for path in self._automatic():
            self._file(path, path.name)
        outside = dict(self._given)
        for assignment in assignments:
            if assignment.file:
                self._file(Path(assignment.file), assignment.file)
            elif assignment.name in self._declared:
                self._text(self._declared[assignment.name], assignment.value, "-var")
            else:
                self._undeclared(assignment.name)
        self.explicit = {name for name, given in self._given.items() if given is not outside.get(name)}
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
        why = "" if variable.sensitive else f": {problems[0].detail}"
        detail = f'The value for "{variable.name}" from {source} is not a valid expression{why}'
        diagnostics.error("Invalid value for variable", detail, variable.span)
        return variable.default
    return expression.evaluate(Scope.constant(), diagnostics)
