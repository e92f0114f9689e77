"""What may happen to a file of ours: bytes that are others or gone, and values that are not as its format says."""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Iterator
from typing import Any

COUNT = int(os.environ.get("FREEHOLD_CORRUPTIONS", "150"))
"""Cases of each sort."""
SEED = int(os.environ.get("FREEHOLD_SEED", "1"))
WRONG: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2.5,
    10**400,
    "",
    "text",
    [],
    [None],
    [["list", 5], [1]],
    {},
    {"a": 1},
    {"$set": 5},
    {"$set": [5, 5]},
    {"$set": [["object", 5], [{}]]},
    {"$map": ["string", []]},
    {"$list": [{}, []]},
    {"$unknown": []},
    {"$marked": {"$marked": 1}},
    {"$sensitive": "text"},
    {"$object": 1},
)
"""What stands for a value of another type, and tags with wrong insides."""


def with_wrong_values(whole: Any, sample: random.Random, count: int) -> Iterator[tuple[str, Any]]:
    """Copies of parsed JSON, each with one value that is another, is gone, or is there twice; and what was done."""
    places = list(_places(whole))
    for _ in range(count):
        path = sample.choice(places)
        made = copy.deepcopy(whole)
        *above, last = path
        inside = made
        for step in above:
            inside = inside[step]
        action = sample.randrange(len(WRONG) + 3)
        if action < len(WRONG):
            inside[last] = copy.deepcopy(WRONG[action])
        elif action == len(WRONG):
            del inside[last]
        elif isinstance(inside, list):
            inside.append(copy.deepcopy(inside[last]))
        else:
            inside["extra" if action % 2 else ""] = inside[last]
        yield f"{path}: {action}", made


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield (*at, step)
        yield from _places(item, (*at, step))


def with_wrong_bytes(data: bytes, sample: random.Random, count: int) -> Iterator[tuple[str, bytes]]:
    """Copies of a file that was cut, or has bytes flipped, taken out, or twice; and what was done."""
    for _ in range(count):
        at = sample.randrange(len(data))
        length = sample.choice((1, 1, 7, 100))
        match sample.randrange(4):
            case 0:
                yield f"cut at {at}", data[:at]
            case 1:
                flipped = bytes([data[at] ^ (1 << sample.randrange(8))])
                yield f"flipped at {at}", data[:at] + flipped + data[at + 1 :]
            case 2:
                yield f"{length} gone at {at}", data[:at] + data[at + length :]
            case _:
                yield f"{length} twice at {at}", data[: at + length] + data[at:]
