"""What is said of the name under the cursor, as Markdown."""

from __future__ import annotations

from editor.members import Member
from editor.place import place_at, word_at
from editor.stack import Stack
from language import functions
from planner.configuration.blocks import Data, Node, Output, TypedBlock, Variable
from planner.render.values import format_type


def about(stack: Stack, text: str, offset: int) -> tuple[str, int, int] | None:
    """The words, and the offsets of what they are about."""
    start, end = word_at(text, offset)
    word = text[start:end]
    if not word:
        return None
    said = _about(stack, text, start, end, word)
    return (said, start, end) if said else None


def about_function(name: str) -> tuple[str, str]:
    """A function's signature, and what it does."""
    found, _ = functions.lookup(name)
    signature, _, does = (found.about if found else name).partition(":")
    return signature, does.strip()


def _about(stack: Stack, text: str, start: int, end: int, word: str) -> str:
    if text[end : end + 1] == "(" and functions.lookup(word)[0] is not None:
        signature, does = about_function(word)
        return f"```\n{signature}\n```\n{does}"
    place = place_at(text, end)
    if place.role == "name":
        member = stack.inside(place.path).get(word)
        return _member(word, member) if member else ""
    if place.role != "value":
        return ""
    member = stack.names(word).get(word)
    found = stack.declaration(word)
    if member is not None and word.count(".") >= 2 and (found is None or found.address != word):
        return _member(word, member)
    return _declared(found) if found else ""


def _member(word: str, member: Member) -> str:
    return _code(f"{word}: {member.type}" if member.type else word, member.about)


def _declared(block: Node) -> str:
    match block:
        case Variable():
            return _code(f"{block.address}: {format_type(block.type)}", block.description)
        case Output():
            return _code(block.address, block.description)
        case TypedBlock():
            word = "data" if isinstance(block, Data) else "resource"
            return _code(f'{word} "{block.type}" "{block.name}"', "")
    return _code(block.address, "")


def _code(line: str, words: str) -> str:
    return f"```\n{line}\n```\n{words}".rstrip("\n")
