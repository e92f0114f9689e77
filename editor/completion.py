"""What may be typed next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from editor.hover import about_function
from editor.members import Member
from editor.place import Place, place_at
from editor.stack import Stack
from language import functions

INSIDE = ("each.key", "each.value", "count.index")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A name, what is inserted for it in place of what is typed (`$0` is where the cursor goes), and what it is."""

    name: str
    insert: str
    kind: Literal["argument", "block", "function", "reference", "label"]
    detail: str = ""
    about: str = ""


def proposals(stack: Stack, text: str, offset: int) -> tuple[str, list[Proposal]]:
    """What is typed already, and what it may become."""
    place = place_at(text, offset)
    if place.role == "name":
        found = _names(stack, place)
    elif place.role == "label":
        found = [Proposal(name, name, "label") for name in stack.members.labels(place.header)]
    elif place.role == "value":
        found = [*_references(stack, place), *_functions(place.typed)]
    else:
        found = []
    return place.typed, [each for each in found if each.name.startswith(place.typed)]


def _names(stack: Stack, place: Place) -> Iterable[Proposal]:
    for member in stack.inside(place.path).values():
        yield _block(member) if member.is_block else _argument(member)


def _block(member: Member) -> Proposal:
    first, inside = (' "$0"' + ' ""' * (member.labels - 1), "") if member.labels else ("", "  $0\n")
    return Proposal(member.name, f"{member.name}{first} {{\n{inside}}}", "block", "block", member.about)


def _argument(member: Member) -> Proposal:
    detail = ", ".join(part for part in (member.type, "required" if member.required else "") if part)
    return Proposal(member.name, f"{member.name} = $0", "argument", detail, member.about)


def _references(stack: Stack, place: Place) -> Iterable[Proposal]:
    for name, member in stack.names(place.typed).items():
        yield Proposal(name, name, "reference", member.type, member.about)
    yield from (Proposal(name, name, "reference") for name in INSIDE)


def _functions(typed: str) -> Iterable[Proposal]:
    for name in functions.names():
        if name.startswith(typed):  # what is said of a function imports its family
            yield Proposal(name, f"{name}($0)", "function", *about_function(name))
