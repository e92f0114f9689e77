"""freehold.lock.hcl: what each package was when it was pinned. Committed, so that everyone gets the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from language.body import Block, Body
from language.diagnostics import FreeholdError
from language.formatting import format_text, quote
from language.parsing import decoded, parse, parse_raw
from planner.configuration.modules.failures import failure
from state.codec import Malformed
from state.fields import TEXT, Codec, record
from state.files import NotAFile, read_file, reason_of, replace_file

NAME = "freehold.lock.hcl"
_HEAD = "# Written by freehold init. Commit this file: it pins what the stack is made of.\n"
_BLOCK = "module"
_FOR_ALL = 0o644
_MAX_BYTES = 16 << 20
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Pin:
    """A package as it was: what its constraint came to, its commit or manifest, and the digest of its content."""

    source: str
    constraint: str = ""
    version: str = ""
    revision: str = ""
    digest: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What the entry is found by."""
        return self.source, self.constraint


def _digest(raw: Any) -> str:
    if not _DIGEST.fullmatch(TEXT.decode(raw)):
        raise Malformed("is not of the form sha256:...")
    return str(raw)


_ARGUMENTS = tuple(field.name for field in fields(Pin))[1:]
_PIN = record(Pin, source=TEXT, constraint=TEXT, version=TEXT, revision=TEXT, digest=Codec(_digest))


class LockFile:
    """The pins of a stack: `pins` those of its modules. Blocks of types that nobody asks for are kept as they are."""

    def __init__(self, stack: Path) -> None:
        self._path = stack / NAME
        self.pins: dict[tuple[str, str], Pin] = {}
        self._others: list[tuple[str, str]] = []
        self._by_type: dict[str, dict[str, Mapping[str, str]]] = {}
        self._text, damage = decoded(_read(self._path), NAME)
        damage.raise_errors()
        _, blocks, diagnostics = parse_raw(self._text, NAME)
        diagnostics.raise_errors()
        for block in blocks:
            if block[0] != _BLOCK:
                self._others.append((block[0], self._text[block[1] : block[5]]))
        self._blocks = parse(self._text, NAME)[0].blocks
        for inner in self._blocks:
            if inner.type == _BLOCK:
                pin = _pin(inner)
                if pin.key in self.pins:
                    raise _damaged(f'"{pin.source}" is pinned twice')
                self.pins[pin.key] = pin

    def pins_of(self, type_: str) -> dict[str, Mapping[str, str]]:
        """The arguments of the blocks of another type, by their labels. What is put there is written as well."""
        if type_ not in self._by_type:
            found = (block for block in self._blocks if block.type == type_ and len(block.labels) == 1)
            self._by_type[type_] = {block.labels[0]: _texts(block.body) for block in found}
        return self._by_type[type_]

    def write(self) -> bool:
        """Write the file where it says something new, in one step. Returns whether it was written."""
        blocks = [_written(_BLOCK, pin.source, _arguments(pin)) for _, pin in sorted(self.pins.items())]
        blocks += [text for type_, text in self._others if type_ not in self._by_type]
        for type_, pins in sorted(self._by_type.items()):
            blocks += [_written(type_, label, arguments) for label, arguments in sorted(pins.items())]
        text, _ = format_text("\n".join([_HEAD, *(f"{block}\n" for block in blocks)]), NAME)
        if text == self._text or not (blocks or self._text):
            return False
        try:
            replace_file(self._path, text.encode(), mode=_FOR_ALL)
        except (OSError, NotAFile) as refused:
            raise failure("Cannot write lock file", f"{self._path}: {reason_of(refused)}.") from refused
        self._text = text
        return True


def _read(path: Path) -> bytes:
    try:
        return read_file(path, _MAX_BYTES)
    except FileNotFoundError:
        return b""
    except (OSError, NotAFile) as refused:
        raise failure("Cannot read lock file", f"{path}: {reason_of(refused)}.") from refused


def _pin(block: Block) -> Pin:
    """The pin of a block. Raises FreeholdError."""
    if len(block.labels) != 1:
        raise _damaged("a module block has not one label")
    given = {name: attribute.expression.static_string() for name, attribute in block.body.attributes.items()}
    try:
        for name in (*(inner.type for inner in block.body.blocks), *given):
            if name not in _ARGUMENTS:
                raise Malformed("is no argument of a pin", (name,))
            if given[name] is None:
                raise Malformed("is not a constant text", (name,))
        return _PIN.decode({"source": block.labels[0], "digest": None, **given})
    except Malformed as cause:
        raise _damaged(f'of the pin of "{block.labels[0]}", {cause}') from cause


def _damaged(what: str) -> FreeholdError:
    detail = f"{NAME} is not as freehold init writes it: {what}."
    advice = "Take the file from version control, or remove it and write it anew with: freehold init"
    return FreeholdError(failure("Damaged lock file", detail, advice).diagnostics)


def _texts(body: Body) -> dict[str, str]:
    return {name: each.expression.static_string() or "" for name, each in body.attributes.items()}


def _arguments(pin: Pin) -> dict[str, str]:
    return {name: getattr(pin, name) for name in _ARGUMENTS}


def _written(type_: str, label: str, arguments: Mapping[str, str]) -> str:
    lines = [f"{name} = {quote(text)}\n" for name, text in arguments.items() if text]
    return f"{type_} {quote(label)} {{\n{''.join(lines)}}}"
