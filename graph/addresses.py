"""Addresses as people type them: what stands below what, and which ones a `-target` names.

An address is a block ("cluster.main", "aws_vpc.extra"), an instance of it (`aws_vpc.extra["a"]`), or what a block
expands into ("cluster.main/aws_subnet.private-a", "app.shop/apps/Deployment/shop/web"), all of them below
"module.NAME." where they are in a module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from language.overriding import override

Key = str | int | None
"""Of one instance of a block: None without count and for_each."""


class _Wildcard(str):
    """Equal to nothing but itself."""

    __slots__ = ()

    @override
    def __eq__(self, other: object) -> bool:
        return self is other

    @override
    def __hash__(self) -> int:
        return id(self)


WILDCARD = _Wildcard("*")
"""The key that stands for all instances of a block whose keys are not known: `aws_vpc.a[*]`."""
_BELOW = ("/", "[", ".")
_INDEX = r'\[(?:"(?:[^"\\]|\\.)*"|\d+|\*)\]'
_MODULE = re.compile(rf"module\.([^.\[/]+)({_INDEX})?\.")
_LAST_INDEX = re.compile(rf"{_INDEX}\Z", re.DOTALL)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNESCAPES = {escape: character for character, escape in _ESCAPES.items()}


def indexed(address: str, key: Key) -> str:
    """The address of one instance: `aws_vpc.a["x"]`, `aws_vpc.a[0]`, or the block's own."""
    if key is None:
        return address
    if isinstance(key, int) or key is WILDCARD:
        return f"{address}[{key}]"
    return f'{address}["{"".join(_ESCAPES.get(character, character) for character in key)}"]'


def split_index(address: str) -> tuple[str, Key]:
    """An instance's address without its index, and the index."""
    found = _LAST_INDEX.search(address) if address.endswith("]") else None
    return (address[: found.start()], _key(found.group())) if found else (address, None)


def _key(index: str) -> Key:
    inner = index[1:-1]
    if inner == "*":
        return WILDCARD
    if not inner.startswith('"'):
        return int(inner)
    return re.sub(r"\\.", lambda escape: _UNESCAPES.get(escape.group(), escape.group()), inner[1:-1])


def split_modules(address: str) -> tuple[tuple[tuple[str, Key], ...], str]:
    """The module calls that an address is below, with their keys, and what is left: the address in its module."""
    calls: list[tuple[str, Key]] = []
    at = 0
    while (found := _MODULE.match(address, at)) is not None:
        calls.append((found.group(1), _key(found.group(2)) if found.group(2) else None))
        at = found.end()
    return tuple(calls), address[at:]


def of_all_instances(address: str) -> Iterator[str]:
    """The block and the module calls in an address whose instances `[*]` stands for."""
    calls, _ = split_modules(address)
    for depth, (name, key) in enumerate(calls):
        if key is WILDCARD:
            yield f"{module_prefix(calls[:depth])}module.{name}"
    block, key = split_index(address)
    if key is WILDCARD:
        yield block


def is_data(address: str) -> bool:
    """Whether it is one of a data source: `data.aws_vpc.main` in whatever module."""
    if not address.startswith("module."):
        return address.startswith("data.")
    return split_modules(address)[1].startswith("data.")


def module_prefix(calls: Iterable[tuple[str, Key]]) -> str:
    """`module.net["a"].` of a path of calls and keys; empty for the root."""
    return "".join(f"{indexed(f'module.{name}', key)}." for name, key in calls)


def unkeyed(address: str) -> str:
    """The block that an instance is of, in whatever instance of its module: what the configuration calls it."""
    if not address.startswith("module."):
        return block_of(address)
    calls, rest = split_modules(address)
    return "".join(f"module.{name}." for name, _ in calls) + block_of(rest)


def covers(target: str, address: str) -> bool:
    """Whether `target` is `address` or something that it stands below."""
    if not target or not address.startswith(target):
        return False
    return len(address) == len(target) or address[len(target)] in _BELOW or target[-1] in _BELOW


def covered(targets: Iterable[str], address: str) -> bool:
    """Whether any of `targets` covers `address`."""
    return any(covers(target, address) for target in targets)


def block_of(address: str) -> str:
    """The block that an address stands below: "cluster.main" of "cluster.main/aws_vpc", "aws_vpc.a" of "aws_vpc.a[0]".

    An index can hold anything, slashes included, so it is looked for first. The module stays, with its keys.
    """
    start = 0
    if address.startswith("module."):
        start = len(address) - len(split_modules(address)[1])
    bracket, slash = address.find("[", start), address.find("/", start)
    if bracket >= 0 and (slash < 0 or bracket < slash):
        return address[:bracket]
    return address[:slash] if slash >= 0 else address


def suggest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, or an empty text."""
    found = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""
