"""The syntax tree: plain tuples, so that a tree is made fast and `marshal` can keep it.

Every node begins with its kind and the offsets of its first character and behind its last:

    (LITERAL, s, e, value)                  a text, true, false or null
    (NUMBER, s, e, text)                    as written
    (TEMPLATE, s, e, parts)                 two or more parts, or one that is not a text
    (WRAP, s, e, expression)                a template of one interpolation: keeps its type
    (VARIABLE, s, e, name)                  the root of a reference
    (ATTRIBUTE, s, e, object, name)         object.name; a legacy index is INDEX
    (INDEX, s, e, object, key)
    (SPLAT, s, e, object, each, full)       `each` has ITEM where the element goes; full is [*], otherwise .*
    (ITEM, s, e)
    (CALL, s, e, name, arguments, expand, name_end)
    (UNARY, s, e, operator, operand)
    (BINARY, s, e, operator, left, right)
    (CONDITIONAL, s, e, condition, yes, no)
    (TUPLE, s, e, elements)
    (OBJECT, s, e, ((key, value), ...))     a key that is a bare word is a LITERAL; (word) is its value
    (FOR, s, e, key_name, value_name, collection, key, value, condition, group)   key is None for a tuple
    (JOIN, s, e, loop)                      a template's %{for}: a FOR whose texts are joined
    (PAREN, s, e, expression)
    (INVALID, s, e)                         what could not be parsed, and was reported
"""

from __future__ import annotations

from typing import Any, TypeAlias

Node: TypeAlias = tuple[Any, ...]

LITERAL, NUMBER, TEMPLATE, WRAP = "literal", "number", "template", "wrap"
VARIABLE, ATTRIBUTE, INDEX, SPLAT, ITEM = "variable", "attribute", "index", "splat", "item"
CALL, UNARY, BINARY, CONDITIONAL = "call", "unary", "binary", "conditional"
TUPLE, OBJECT, FOR, JOIN, PAREN, INVALID = "tuple", "object", "for", "join", "paren", "invalid"
