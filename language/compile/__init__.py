"""A syntax tree to closures, once; a closure gives the value of its expression in a scope.

Errors are reported with the exact place and the result is unknown, so that evaluation goes on and reports all that is
wrong. The semantics are Go hcl's, expression by expression: `node`, `leaves`, `references`, `operations`,
`collections`, `templates`, `calls`.
"""

from __future__ import annotations

from language.compile import calls, collections, leaves, operations, references, templates
from language.compile.node import COMPILERS, compile_node
from language.scope import Compiled
from language.syntax import nodes as n

COMPILERS |= {
    n.LITERAL: leaves.literal,
    n.NUMBER: leaves.number,
    n.WRAP: leaves.inner,
    n.PAREN: leaves.inner,
    n.INVALID: leaves.invalid,
    n.VARIABLE: references.reference,
    n.ATTRIBUTE: references.reference,
    n.INDEX: references.reference,
    n.SPLAT: references.splat,
    n.ITEM: references.item,
    n.UNARY: operations.unary,
    n.BINARY: operations.binary,
    n.CONDITIONAL: operations.conditional,
    n.TUPLE: collections.tuple_,
    n.OBJECT: collections.object_,
    n.FOR: collections.for_,
    n.TEMPLATE: templates.template,
    n.JOIN: templates.join,
    n.CALL: calls.call,
}

__all__ = ["Compiled", "compile_node"]
