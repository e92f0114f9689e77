"""Addresses as people type them: what stands below what, and which ones a `-target` names.

An address is a block ("cluster.main", "aws_vpc.extra"), an instance of it (`aws_vpc.extra["a"]`), or what a block
expands into ("cluster.main/aws_subnet.private-a", "app.shop/apps/Deployment/shop/web"), all of them below
"module.NAME." where they are in a module.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_BELOW = ("/", "[", ".")


def covers(target: str, address: str) -> bool:
    """Whether `target` is `address` or something that it stands below."""
    if not address.startswith(target):
        return False
    return len(address) == len(target) or address[len(target)] in _BELOW or target[-1] in _BELOW


def covered(targets: Iterable[str], address: str) -> bool:
    """Whether any of `targets` covers `address`."""
    return any(covers(target, address) for target in targets)


def block_of(address: str) -> str:
    """The block that an address stands below: "cluster.main" of "cluster.main/aws_vpc", "aws_vpc.a" of "aws_vpc.a[0]".

    An index can hold anything, slashes included, so it is looked for first.
    """
    bracket, slash = address.find("["), address.find("/")
    if bracket >= 0 and (slash < 0 or bracket < slash):
        return address[:bracket]
    return address[:slash] if slash >= 0 else address


def suggest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, or an empty text."""
    found = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""
