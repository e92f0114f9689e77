"""What is said of the name under the cursor, as Markdown."""

from __future__ import annotations

from editor.place import place_at, word_at
from editor.stack import Stack
from language import functions
from planner.configuration import Output, Resource, Variable
from planner.render.values import shown_type


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
        member = stack.members.of(place.path, stack.arguments(place.path[-1][-1]) if place.path else {}).get(word)
        return _code(f"{member.name}: {member.type}" if member.type else member.name, member.about) if member else ""
    if place.role != "value":
        return ""
    member = stack.names(word).get(word)
    if member is not None and word.count(".") >= 2:
        return _code(f"{word}: {member.type}" if member.type else word, member.about)
    found = stack.declaration(word)
    return _declared(found[1]) if found else ""


def _declared(block: object) -> str:
    if isinstance(block, Variable):
        return _code(f"{block.address}: {shown_type(block.type)}", block.description)
    if isinstance(block, Output):
        return _code(block.address, block.description)
    if isinstance(block, Resource):
        return _code(f'resource "{block.type}" "{block.name}"', "")
    return _code(str(getattr(block, "address", "")), "")


def _code(line: str, words: str) -> str:
    return f"```\n{line}\n```\n{words}".rstrip("\n")
