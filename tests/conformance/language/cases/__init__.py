"""Configurations that both sides are asked about: what they accept, what they refuse, and where they differ.

In the files, `==== name` begins a configuration, and `==== name: words` one whose refusal has to say these words; where
the sides differ the words are the reason. `---- m/main.tf` begins another of its files, the first being main.tf, and
`---- then` another configuration, which comes after the first was applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.language.cases import conversions

_HEADING = re.compile(r"^==== ([\w-]+)(?:: (.*))?\n", re.MULTILINE)
_FILE = re.compile(r"^---- (\S+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """A configuration by its files, after those before it."""

    name: str
    words: str
    stages: tuple[dict[str, str], ...]


def accepted() -> list[Case]:
    return [*_of_folder("accepted"), *(_case(name, "", text) for name, text in conversions.ACCEPTED.items())]


def refused() -> list[Case]:
    return [*_of_folder("refused"), *(_case(name, "", text) for name, text in conversions.REFUSED.items())]


def different() -> list[Case]:
    return list(_of_file(Path(__file__).with_name("different.txt")))


def deferred() -> list[Case]:
    return list(_of_file(Path(__file__).with_name("deferred.txt")))


def _of_folder(name: str) -> Iterator[Case]:
    for path in sorted(Path(__file__).with_name(name).glob("*.txt")):
        yield from _of_file(path)


def _of_file(path: Path) -> Iterator[Case]:
    _, *parts = _HEADING.split(path.read_text())
    for name, words, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        yield _case(name, words or "", text)


def _case(name: str, words: str, text: str) -> Case:
    return Case(name, words, tuple(_files(stage) for stage in text.split("---- then\n")))


def _files(text: str) -> dict[str, str]:
    first, *others = _FILE.split(text)
    return {"main.tf": first, **dict(zip(others[::2], others[1::2], strict=True))}
