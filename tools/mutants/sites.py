"""What can be changed in a source file, a small change at a time: the usual operators of mutation testing."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
_SKIPPED_FIELDS = ("annotation", "returns", "decorator_list", "type_params")
_CONDITION_FIELDS = ("test", "ifs", "guard")


@dataclass(frozen=True)
class Mutant:
    """One change: of a stretch of a file (offsets in characters) into `after`.

    `lines` are those of its statement, as far as the change goes; `at_import` says that they run when the module is
    imported.
    """

    path: str
    scope: str
    lines: range
    at_import: bool
    start: int
    end: int
    before: str
    after: str

    @property
    def key(self) -> str:
        """What it is listed by: the file, the function, what stood there, and what came in its place."""
        return " | ".join((self.path, self.scope, " ".join(self.before.split()), " ".join(self.after.split())))

    def applied(self, source: str) -> str:
        """The source with the change in it."""
        return source[: self.start] + self.after + source[self.end :]


class _Site(NamedTuple):
    node: ast.stmt | ast.expr
    scope: str
    """The names of the classes and functions around it."""
    at_import: bool
    first_line: int
    """Of the statement that it is part of."""
    is_condition: bool


def mutants(root: Path, path: str) -> list[Mutant]:
    """Every change of the file at `path` below `root`. Annotations, decorators and texts for people are left alone."""
    source = (root / path).read_text(encoding="utf-8")
    found = []
    for site in _sites(ast.parse(source), "", at_import=True, line=1):
        start, end = _offsets(source, site.node)
        before, lines = source[start:end], range(site.first_line, (site.node.end_lineno or 0) + 1)
        for changed in _changes(site):
            after = ast.unparse(changed) if isinstance(changed, ast.stmt) else f"({ast.unparse(changed)})"
            mutant = Mutant(path, site.scope, lines, site.at_import, start, end, before, after)
            if _parses(mutant.applied(source)):
                found.append(mutant)
    return found


def _sites(node: ast.AST, scope: str, *, at_import: bool, line: int, is_condition: bool = False) -> Iterator[_Site]:
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
        return
    if isinstance(node, ast.stmt):
        line = node.lineno
    if isinstance(node, ast.stmt | ast.expr):
        yield _Site(node, scope, at_import, line, is_condition)
    for name, value in ast.iter_fields(node):
        inner, imported = scope, at_import
        if name == "body" and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{scope}.{node.name}".lstrip(".")
            imported = at_import and isinstance(node, ast.ClassDef)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name not in _SKIPPED_FIELDS:
                condition = name in _CONDITION_FIELDS
                yield from _sites(child, inner, at_import=imported, line=line, is_condition=condition)


def _offsets(source: str, node: ast.stmt | ast.expr) -> tuple[int, int]:
    lines = source.split("\n")

    def at(line: int, column: int) -> int:
        before = sum(len(each) + 1 for each in lines[: line - 1])
        return before + len(lines[line - 1].encode()[:column].decode())

    return at(node.lineno, node.col_offset), at(node.end_lineno or 0, node.end_col_offset or 0)


def _parses(source: str) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def _changes(site: _Site) -> Iterator[ast.AST]:
    if isinstance(site.node, ast.stmt):
        yield from _of_statement(site.node)
        return
    if _is_type(site):
        return
    yield from _of_operator(site.node)
    yield from _of_operand(site.node)
    if site.is_condition and not isinstance(site.node, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), site.node)


def _is_type(site: _Site) -> bool:
    """Whether it only names a type, for the checker's sake: `Key = str | None`, `TypeVar(...)`."""
    match site.node:
        case ast.BinOp(op=ast.BitOr()):
            return site.at_import
        case ast.Call(func=ast.Name(id="TypeVar" | "cast" | "NewType")):
            return True
    return False


def _of_operator(node: ast.expr) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in _COMPARISONS:
            yield _with(node, ops=[_COMPARISONS[type(operator)]()])
        case ast.BoolOp():
            yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
            for index in range(len(node.values)):
                rest = _without(node.values, index)
                yield rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp(op=ast.BitOr()):  # of dictionaries, sets or types
            yield node.left
            yield node.right
        case ast.BinOp() if type(node.op) in _OPERATORS and not isinstance(node.left, ast.Constant):
            yield _with(node, op=_OPERATORS[type(node.op)]())


def _of_operand(node: ast.expr) -> Iterator[ast.AST]:
    match node:
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Call():
            for index, keyword in enumerate(node.keywords):
                if not _is_text_for_people(keyword.value):
                    yield _with(node, keywords=_without(node.keywords, index))
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            for index, generator in enumerate(node.generators):
                if generator.ifs:
                    made = copy.deepcopy(node)
                    made.generators[index].ifs = []
                    yield made


def _of_statement(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.AugAssign() | ast.Raise() | ast.Delete():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()


def _with(node: ast.expr, **fields: object) -> ast.AST:
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _without(values: list[Any], index: int) -> list[Any]:
    return values[:index] + values[index + 1 :]


def _is_text_for_people(value: ast.expr) -> bool:
    return isinstance(value, ast.JoinedStr) or (
        isinstance(value, ast.Constant) and isinstance(value.value, str) and " " in value.value
    )
