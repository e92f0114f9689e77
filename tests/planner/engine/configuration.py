"""A configuration as data: blocks that refer to earlier ones, written as HCL, and what the world is to be by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from graph.addresses import Key, indexed
from tests.planner.engine.brief import Brief

SECRET = "CANARY"
Repeat = Literal["", "count", "for_each"]


@dataclass(frozen=True, repr=False)
class Block(Brief):
    """One resource block. `number` is its place for ever: it refers only to blocks with smaller ones.

    `copies` counts its instances where it `repeat`s. `refs`, `anchor` (whose change replaces) and `after` (depends_on)
    are numbers of others. `name` is its name in the configuration, `key` what the service knows a mem_name by.
    """

    number: int
    named: bool = False
    slow: bool = False
    name: str = ""
    key: int = 0
    label: int = 0
    size: int = 0
    repeat: Repeat = ""
    copies: int = 1
    refs: frozenset[int] = frozenset()
    anchor: int | None = None
    after: frozenset[int] = frozenset()
    first: bool = False
    secret: bool = False

    @property
    def type(self) -> str:
        return "mem_name" if self.named else "mem_slow" if self.slow else "mem_unit"

    @property
    def address(self) -> str:
        return f"{self.type}.{self.name or f'r{self.number}'}"

    @property
    def keys(self) -> tuple[Key, ...]:
        if not self.repeat:
            return (None,)
        return tuple(range(self.copies)) if self.repeat == "count" else tuple("abc"[: self.copies])

    @property
    def addresses(self) -> list[str]:
        return [indexed(self.address, key) for key in self.keys]

    def named_by(self, key: Key) -> str:
        """What the service knows an instance by."""
        return f"n{self.number}-{self.key}" + ("" if key is None else f"-{key}")

    def all_of(self, attribute: str) -> str:
        """An expression: a list of an attribute of all instances."""
        each = f"values({self.address})" if self.repeat == "for_each" else self.address
        return f"{each}[*].{attribute}"


@dataclass(frozen=True)
class Model:
    """The whole configuration: blocks by number, the secret that some hold, statements about what was before.

    `imports` are ids by address; `moves` pairs of addresses; `removals` addresses that are given up, not destroyed.
    """

    blocks: Mapping[int, Block] = field(default_factory=dict)
    secret: int = 0
    imports: Mapping[str, str] = field(default_factory=dict)
    moves: tuple[tuple[str, str], ...] = ()
    removals: tuple[str, ...] = ()
    next: int = 0
    names_first: bool = False

    def with_block(self, block: Block) -> Model:
        """With a block that is new, or in place of that of the same number. Numbers are given once."""
        blocks = dict(sorted({**self.blocks, block.number: block}.items()))
        return replace(self, blocks=blocks, next=max(self.next, block.number + 1))

    def others(self, numbers: Iterable[int]) -> list[Block]:
        """Those of these blocks that there are."""
        return [self.blocks[number] for number in sorted(numbers) if number in self.blocks]

    def waits_for(self, block: Block) -> list[Block]:
        """What a block depends on, without anything between."""
        anchor = frozenset() if block.anchor is None else frozenset({block.anchor})
        return self.others(block.refs | block.after | anchor)

    def behind(self, block: Block) -> set[int]:
        """The numbers of all that a block depends on."""
        found: set[int] = set()
        left = [block]
        while left:
            for other in self.waits_for(left.pop()):
                if other.number not in found:
                    found.add(other.number)
                    left.append(other)
        return found

    def is_first(self, block: Block) -> bool:
        """Whether a block says create_before_destroy. What is known by a name of the configuration cannot have a
        successor beside it, so that neither it nor what depends on it says so, unless `names_first`."""
        named = any(self.blocks[number].named for number in (block.number, *self.behind(block)))
        return block.first and (self.names_first or not named)

    def instances(self) -> dict[str, tuple[Block, Key]]:
        return {indexed(b.address, key): (b, key) for b in self.blocks.values() for key in b.keys}

    def text(self) -> str:
        """As HCL."""
        parts = ['stack "engine" {}\n\nvariable "secret" {\n  sensitive = true\n}\n']
        parts += [self._block(block) for block in self.blocks.values()]
        parts += [f'import {{\n  to = {to}\n  id = "{id_}"\n}}\n' for to, id_ in self.imports.items()]
        parts += [f"moved {{\n  from = {old}\n  to   = {new}\n}}\n" for old, new in self.moves]
        gone = "removed {{\n  from = {}\n  lifecycle {{\n    destroy = false\n  }}\n}}\n"
        parts += [gone.format(address) for address in self.removals]
        ids = ", ".join(block.all_of("id") for block in self.blocks.values())
        parts.append(f'output "ids" {{\n  value = concat([], {ids or "[]"})\n}}\n')
        parts.append('output "secret" {\n  value     = var.secret\n  sensitive = true\n}\n')
        return "\n".join(parts)

    def _block(self, block: Block) -> str:
        type_, name = block.address.split(".")
        lines = [f'resource "{type_}" "{name}" {{']
        each = {"": "", "count": "-${count.index}", "for_each": "-${each.key}"}[block.repeat]
        if block.repeat == "count":
            lines.append(f"  count = {block.copies}")
        elif block.repeat:
            lines.append(f"  for_each = toset({list(block.keys)})".replace("'", '"'))
        if block.named:
            lines.append(f'  name = "n{block.number}-{block.key}{each}"')
        lines.append(f'  label = "l{block.label}"\n  size = "s{block.size}"')
        lines.append(f"  refs = concat([], {', '.join(b.all_of('id') for b in self.others(block.refs)) or '[]'})")
        if block.anchor in self.blocks:
            lines.append(f'  anchor = join("+", {self.blocks[block.anchor].all_of("id")})')
        if block.secret:
            lines.append("  secret = var.secret")
        if after := self.others(block.after):
            lines.append(f"  depends_on = [{', '.join(other.address for other in after)}]")
        if self.is_first(block):
            lines.append("  lifecycle {\n    create_before_destroy = true\n  }")
        return "\n".join((*lines, "}\n"))

    @property
    def secret_text(self) -> str:
        return f"{SECRET}-{self.secret}"
