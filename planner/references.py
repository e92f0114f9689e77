"""Who refers to whom: every reference of a configuration resolved to a block, or reported with a suggestion.

The graph's nodes are addresses of blocks ("var.cloud", "local.tags", "aws_vpc.a", "cluster.main", "output.url").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from graph.addresses import suggest
from graph.digraph import Cycle, Digraph
from language.diagnostics import Diagnostics, Span
from planner.configuration import App, Cluster, Configuration, Resource

if TYPE_CHECKING:
    from language.body import Body
    from language.expressions import Expression, Traversal

EVERYWHERE = frozenset({"path", "terraform"})
NAMED = {"var": "variables", "local": "locals", "cluster": "clusters", "app": "apps"}
"""Roots that are followed by a name, and the configuration's table of such names."""
_WORDS = {"var": "input variable", "local": "local value", "cluster": "cluster", "app": "app"}


class References:
    """The graph of a configuration's blocks. Reports undeclared references and cycles as it is made."""

    def __init__(self, configuration: Configuration, diagnostics: Diagnostics) -> None:
        self._configuration = configuration
        self._diagnostics = diagnostics
        self._spans: dict[tuple[str, str], Span] = {}
        self.graph: Digraph[str] = Digraph()
        self._build()
        self.order = self._order()

    def blocks(self) -> Digraph[str]:
        """The same graph with only what is placed somewhere: variables, locals, outputs and providers drawn out."""
        placed = {block.address for block in self._configuration.placed()}
        return self.graph.without({node for node in self.graph if node not in placed})

    def _build(self) -> None:
        configuration = self._configuration
        for variable in configuration.variables.values():
            self.graph.add(variable.address)
            for validation in variable.validations:
                own = frozenset({variable.address})
                self._expressions(variable.address, (validation.condition, validation.error_message), allowed=own)
        for local in configuration.locals.values():
            self._expressions(local.address, (local.value,))
        for provider in configuration.providers.values():
            self._expressions(provider.address, body_expressions(provider.body))
        for block in configuration.placed():
            self.graph.add(block.address)
            self._placed(block)
        for output in configuration.outputs.values():
            self._expressions(output.address, (output.value,))
            self._traversals(output.address, output.depends_on, frozenset())

    def _placed(self, block: Resource | Cluster | App) -> None:
        address = block.address
        self._traversals(address, block.depends_on, frozenset())
        match block:
            case Resource():
                meta = [expression for expression in (block.count, block.for_each) if expression is not None]
                self._expressions(address, meta)
                inner = {"each"} if block.for_each is not None else {"count"} if block.count is not None else set()
                self._expressions(address, body_expressions(block.body), frozenset(inner))
                self._traversals(address, block.lifecycle.replace_triggered_by, frozenset(inner))
                self._provider(address, block.type)
            case Cluster():
                bodies = [block.body, *(pool.body for pool in block.node_pools), *(b for b, _ in block.clouds.values())]
                for body in bodies:
                    self._expressions(address, body_expressions(body))
                for name in self._configuration.providers:
                    self.graph.connect(f"provider.{name}", address)
            case App():
                self._expressions(address, body_expressions(block.body))
                for manifest in block.manifests:
                    self._expressions(address, body_expressions(manifest.body))
                for rule in block.objects:
                    if rule.ready is not None:
                        self._expressions(address, body_expressions(rule.ready))
                self._traversals(address, (block.cluster,), frozenset())

    def _provider(self, address: str, type_: str) -> None:
        """A resource waits for what its provider's configuration refers to."""
        for name in self._configuration.providers:
            if type_.startswith(name + "_") or type_ == name:
                self.graph.connect(f"provider.{name}", address)

    def _expressions(
        self, address: str, expressions: Iterable[Expression], allowed: frozenset[str] = frozenset()
    ) -> None:
        self.graph.add(address)
        for expression in expressions:
            self._traversals(address, expression.references, allowed)

    def _traversals(self, address: str, traversals: Iterable[Traversal], allowed: frozenset[str]) -> None:
        self.graph.add(address)
        for traversal in traversals:
            target = self._target(traversal, allowed)
            if target is None or target in allowed:
                continue
            if target == address:
                self._diagnostics.error(
                    "Self-referencing block", f"{address} refers to itself, and would wait for itself.", traversal.span
                )
                continue
            self._spans.setdefault((target, address), traversal.span)
            self.graph.connect(target, address)

    def _target(self, traversal: Traversal, allowed: frozenset[str]) -> str | None:
        """The block that is referred to; None for what every scope has, and for what was reported."""
        root = traversal.root
        if root in EVERYWHERE or root in allowed:
            return None
        if root in ("each", "count", "self"):
            where = {"each": "for_each", "count": "count"}.get(root)
            advice = f'The block that refers to it has no "{where}".' if where else ""
            self._diagnostics.error(
                "Reference in the wrong place", f'"{root}" has no value here.', traversal.span, advice=advice
            )
            return None
        name = traversal.steps[0] if traversal.steps else None
        if not isinstance(name, str):
            self._incomplete(traversal)
            return None
        if root in NAMED:
            return self._named(traversal, root, name)
        address = f"{root}.{name}"
        if address in self._configuration.resources:
            return address
        self._undeclared(traversal, address)
        return None

    def _named(self, traversal: Traversal, root: str, name: str) -> str | None:
        known = getattr(self._configuration, NAMED[root])
        if name in known:
            return f"{root}.{name}"
        meant = suggest(name, known)
        advice = f"Did you mean {root}.{meant}?" if meant else ""
        if root == "var" and not meant:
            advice = f'Declare it with: variable "{name}" {{}}'
        what = _WORDS[root]
        self._diagnostics.error(
            f"Reference to undeclared {what}",
            f'There is no {what} named "{name}" in this stack.',
            traversal.span,
            advice=advice,
        )
        return None

    def _incomplete(self, traversal: Traversal) -> None:
        root = traversal.root
        meant = suggest(root, (*NAMED, *EVERYWHERE))
        advice = (
            f'Did you mean "{meant}.NAME"?' if meant and meant != root else f'A reference is written "{root}.NAME".'
        )
        if not traversal.steps and root not in NAMED:
            advice = f'For the text, put it in quotes: "{root}".' if not meant else advice
        self._diagnostics.error("Invalid reference", f'"{root}" alone names nothing.', traversal.span, advice=advice)

    def _undeclared(self, traversal: Traversal, address: str) -> None:
        known = [
            *self._configuration.resources,
            *(f"{root}.{name}" for root, t in NAMED.items() for name in getattr(self._configuration, t)),
        ]
        meant = suggest(address, known)
        advice = f"Did you mean {meant}?" if meant else ""
        detail = f'No resource "{traversal.root}" "{address.partition(".")[2]}" is declared in this stack.'
        self._diagnostics.error("Reference to undeclared resource", detail, traversal.span, advice=advice)

    def _order(self) -> list[str]:
        try:
            return self.graph.order()
        except Cycle as cycle:
            members = [str(member) for member in cycle.members]
            lines = [self._waits(member, members[(index + 1) % len(members)]) for index, member in enumerate(members)]
            span = self._spans.get((members[1 % len(members)], members[0]))
            self._diagnostics.error("Cycle", "These wait for each other:\n" + "\n".join(lines), span)
            return []

    def _waits(self, member: str, for_: str) -> str:
        span = self._spans.get((for_, member))
        place = f" ({span.file} line {span.start_line})" if span else ""
        return f"  - {member} refers to {for_}{place}"


def body_expressions(body: Body) -> Iterator[Expression]:
    """Every expression of a body and of the blocks in it."""
    for attribute in body.attributes.values():
        yield attribute.expression
    for block in body.blocks:
        yield from body_expressions(block.body)
