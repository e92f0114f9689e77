"""Who refers to whom: every reference of a stack and its modules resolved to a block, or reported with a suggestion.

The graph's nodes are addresses of blocks as the configuration has them, without instances ("var.cloud", "aws_vpc.a",
"cluster.main", "module.net.output.id"). A module's nodes come after its call, which knows how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from graph.addresses import suggest
from graph.digraph import Cycle, Digraph
from language.diagnostics import Diagnostics, Span
from planner.configuration.blocks import (
    App,
    Check,
    Cluster,
    Configuration,
    Data,
    Import,
    Local,
    ModuleCall,
    Node,
    Output,
    Placed,
    ProviderBlock,
    Removal,
    Resource,
    TypedBlock,
    Variable,
)
from planner.configuration.expressions import expressions_of
from planner.configuration.inheritance import configured, local_name

if TYPE_CHECKING:
    from language.body import Body
    from language.expressions import Expression
    from language.traversal import Traversal

EVERYWHERE = frozenset({"path", "terraform"})
NAMED = {"var": "variables", "local": "locals", "cluster": "clusters", "app": "apps", "module": "calls"}
"""Roots that are followed by a name, and the configuration's table of such names."""
_WORDS = {
    "var": "input variable",
    "local": "local value",
    "cluster": "cluster",
    "app": "app",
    "module": "module call",
}
_NOWHERE: frozenset[str] = frozenset()
MAX_MEMBERS = 20
"""Of a cycle that are told."""


class References:
    """The graph of a stack's blocks. Reports undeclared references and cycles as it is made.

    `nodes` has the block of each address, and the module that it is in.
    """

    def __init__(self, configuration: Configuration, diagnostics: Diagnostics) -> None:
        self.root = configuration
        self.diagnostics = diagnostics
        self._spans: dict[tuple[str, str], Span] = {}
        self.explicit: dict[str, set[str]] = {}
        """By address, what it waits for only because its `depends_on` says so."""
        self.graph: Digraph[str] = Digraph()
        self.nodes: dict[str, tuple[Configuration, Node]] = {
            module.prefix + node.address: (module, node) for module in configuration.tree() for node in module.nodes()
        }
        for address in self.nodes:
            self.graph.add(address)
        for module in configuration.tree():
            _Module(self, module, diagnostics).build()
        self.order = self._order()

    def blocks(self) -> Digraph[str]:
        """The same graph with only what is placed somewhere: variables, locals, outputs and the like drawn out."""
        placed = {address for address, (_, node) in self.nodes.items() if isinstance(node, Placed)}
        return self.graph.without({node for node in self.graph if node not in placed})

    @property
    def has_data(self) -> bool:
        """Whether anything is read."""
        return any(module.data for module in self.root.tree())

    def readers(self) -> Digraph[str]:
        """As `blocks`, with what reads data between them."""
        kept = {address for address, (_, node) in self.nodes.items() if isinstance(node, Placed | Data)}
        return self.graph.without({node for node in self.graph if node not in kept})

    def blocks_delaying_read(self, address: str) -> set[str]:
        """The placed blocks whose pending changes put off the reading of a data block, as in Terraform.

        Those that it refers to itself or in its depends_on, where that names something else than a block all that is
        behind it, as behind its module's depends_on. Where it has conditions, all that is behind any of its references:
        an upstream change may be what makes them hold.
        """
        module, node = self.nodes[address]
        assert isinstance(node, Data)
        roots = {each for each in self.explicit.get(address, ()) if not isinstance(self.nodes[each][1], Placed | Data)}
        for depth in range(len(module.path)):
            roots |= self.explicit.get(".".join(f"module.{name}" for name in module.path[: depth + 1]), set())
        if node.lifecycle.preconditions or node.lifecycle.postconditions:
            roots.add(address)
        found = {*self.graph.predecessors(address), *self.graph.reachable(roots, forward=False)}
        return {each for each in found if isinstance(self.nodes[each][1], Placed)}

    def named(self, traversal: Traversal) -> list[str]:
        """The blocks of the stack that a reference names, as far as there are any: of a module its outputs."""
        names = [str(step) for step in traversal.steps[: 2 if traversal.root == "data" else 1]]
        address = ".".join((traversal.root, *names))
        if traversal.root == "module":
            return [each for each in self.nodes if each.startswith(f"{address}.output.")]
        return [address] if address in self.nodes else []

    def connect(self, first: str, second: str, span: Span | None = None) -> None:
        """`second` waits for `first`."""
        if span is not None:
            self._spans.setdefault((first, second), span)
        self.graph.connect(first, second)

    def undeclared(self, expression: Expression) -> Diagnostics:
        """What is wrong with the references of an expression that is in no block of the stack."""
        found = Diagnostics()
        module = _Module(self, self.root, found)
        for traversal in expression.references:
            module.target(traversal, _NOWHERE)
        return found

    def _order(self) -> list[str]:
        try:
            return self.graph.order()
        except Cycle as cycle:
            members = [str(member) for member in cycle.members]
            lines = [self._waits(member, members[(index + 1) % len(members)]) for index, member in enumerate(members)]
            if len(lines) > MAX_MEMBERS:
                lines[MAX_MEMBERS // 2 : -MAX_MEMBERS // 2] = [f"  - and {len(lines) - MAX_MEMBERS} more"]
            span = self._spans.get((members[1 % len(members)], members[0]))
            self.diagnostics.error("Cycle", "These wait for each other:\n" + "\n".join(lines), span)
            return []

    def _waits(self, member: str, for_: str) -> str:
        span = self._spans.get((for_, member))
        if span is None:
            return f"  - {member} is part of {for_}"
        return f"  - {member} refers to {for_} ({span.file} line {span.start_line})"


class _Module:
    """The references of one module's blocks."""

    def __init__(self, references: References, module: Configuration, diagnostics: Diagnostics) -> None:
        self._all = references
        self._module = module
        self._prefix = module.prefix
        self._diagnostics = diagnostics

    def build(self) -> None:
        for node in self._module.nodes():
            self._node(self._prefix + node.address, node)
        if self._module.path:
            call = self._prefix.removesuffix(".")
            for node in self._module.nodes():
                self._all.connect(call, self._prefix + node.address)
        for each in self._module.imports:
            self._import(each)
        for removal in self._module.removals:
            self._removed(removal)

    def _node(self, address: str, node: Node) -> None:
        match node:
            case Variable():
                for validation in node.validations:
                    own = frozenset({node.address})
                    self._expressions(address, (validation.condition, validation.error_message), own)
            case Local():
                self._expressions(address, (node.value,))
            case Output():
                self._expressions(address, (node.value,))
                self._conditions(address, node)
                self._depends(address, node.depends_on)
            case ProviderBlock():
                self._body(address, node.body)
            case ModuleCall():
                self._call(address, node)
            case Check():
                for condition in node.asserts:
                    self._expressions(address, (condition.condition, condition.error_message))
            case TypedBlock():
                self._typed(address, node)
            case Cluster():
                self._depends(address, node.depends_on)
                self._body(address, node.body)
                for name in self._all.root.providers:
                    self._all.connect(f"provider.{name}", address)
            case App():
                self._app(address, node)

    def _typed(self, address: str, node: TypedBlock) -> None:
        self._depends(address, node.depends_on)
        self._expressions(address, [e for e in (node.count, node.for_each) if e is not None])
        inner = _repetition(node)
        self._body(address, node.body, inner)
        self._expressions(address, node.lifecycle.replace_triggered_by, inner)
        for condition in node.lifecycle.preconditions:
            self._expressions(address, (condition.condition, condition.error_message), inner)
        for condition in node.lifecycle.postconditions:
            self._expressions(address, (condition.condition, condition.error_message), inner | {"self"})
        self._provider(address, node)

    def _provider(self, address: str, node: TypedBlock) -> None:
        """A resource or a data source waits for what its provider's configuration refers to."""
        local = str(node.provider) if node.provider is not None else local_name(node.type)
        found = configured(self._all.root, self._module, local)
        if found is None:
            span = node.provider.span if node.provider is not None else node.span
            detail = f'There is no provider configuration "{local}" in {self._module.where}.'
            meant = suggest(local, self._all.root.providers)
            advice = f"Did you mean {meant}?" if meant else ""
            if self._module.path:
                advice = "Hand it down with providers = { ... } in the module block."
            self._diagnostics.error("Provider configuration not present", detail, span, advice=advice)
        elif found.block is not None:
            self._all.connect(found.module.prefix + found.block.address, address)

    def _app(self, address: str, node: App) -> None:
        self._depends(address, node.depends_on)
        self._body(address, node.body)
        for rule in node.objects:
            if rule.ready is not None:
                self._body(address, rule.ready)
        self._traversals(address, (node.cluster,), _NOWHERE)

    def _call(self, address: str, node: ModuleCall) -> None:
        self._depends(address, node.depends_on)
        self._expressions(address, [e for e in (node.count, node.for_each) if e is not None])
        inner = _repetition(node)
        module = self._module.modules.get(node.name)
        for name, attribute in node.body.attributes.items():
            if module is not None and name in module.variables:
                self._expressions(f"{module.prefix}var.{name}", (attribute.expression,), inner)

    def _import(self, block: Import) -> None:
        """What is imported waits for what the import refers to."""
        if not isinstance(self._all.nodes.get(block.block, (None, None))[1], Resource):
            meant = suggest(block.block, (a for a, (_, node) in self._all.nodes.items() if isinstance(node, Resource)))
            advice = f"Did you mean {meant}?" if meant else "Write the resource block that it is to belong to."
            detail = f"There is no resource {block.block} to import to."
            self._diagnostics.error("Import target does not exist", detail, block.to_span, advice=advice)
            return
        if block.for_each is not None:
            self._expressions(block.block, (block.for_each,))
        self._expressions(block.block, block.expressions, ("each",) if block.for_each is not None else ())

    def _removed(self, block: Removal) -> None:
        """What is said to be removed may not be there."""
        if self._prefix + str(block.source) in self._all.nodes:
            detail = f"{block.source} is said to be removed, and is still in {self._module.where}."
            advice = "Take out its block, or the removed block."
            self._diagnostics.error("Removed object still exists", detail, block.source.span, advice=advice)

    def _conditions(self, address: str, node: Output) -> None:
        for condition in node.preconditions:
            self._expressions(address, (condition.condition, condition.error_message))

    def _body(self, address: str, body: Body, allowed: frozenset[str] = _NOWHERE) -> None:
        for expression, hidden in expressions_of(body, allowed):
            self._traversals(address, expression.references, hidden)

    def _expressions(self, address: str, expressions: Iterable[Expression], allowed: Iterable[str] = ()) -> None:
        for expression in expressions:
            self._traversals(address, expression.references, frozenset(allowed))

    def _depends(self, address: str, traversals: Iterable[Traversal]) -> None:
        """`depends_on`: what is named as a whole, a module with all that is in it."""
        for traversal in traversals:
            target = self.target(traversal, _NOWHERE)
            if target is None:
                continue
            self._whole(traversal)
            targets = [target]
            if traversal.root == "module":
                called = self._module.modules.get(str(traversal.steps[0]))
                modules = called.tree() if called else ()
                targets += [module.prefix + node.address for module in modules for node in module.nodes()]
            self._all.explicit.setdefault(address, set()).update(targets)
            for each in targets:
                self._wait(address, each, traversal)

    def _whole(self, traversal: Traversal) -> None:
        """Report what is only a part of a block: an instance and an output are none."""
        rest = traversal.steps[2 if traversal.root == "data" else 1 :]
        if traversal.root not in ("var", "local") and rest and not isinstance(rest[0], str):
            rest = rest[1:]
        if traversal.root == "module":
            rest = rest[1:]
        if rest:
            detail = f"depends_on takes what is waited for as a whole: {traversal} is a part of it."
            self._diagnostics.error("Invalid depends_on reference", detail, traversal.span)

    def _traversals(self, address: str, traversals: Iterable[Traversal], allowed: frozenset[str]) -> None:
        for traversal in traversals:
            target = self.target(traversal, allowed)
            if target is None or target in allowed:
                continue
            self._wait(address, target, traversal)
            if traversal.root == "module" and target.endswith(f"module.{traversal.steps[0]}"):
                module = self._module.modules.get(str(traversal.steps[0]))
                for name in module.outputs if module else ():
                    self._wait(address, f"{target}.output.{name}", traversal)

    def _wait(self, address: str, target: str, traversal: Traversal) -> None:
        if target == address:
            detail = f"{address} refers to itself, and would wait for itself."
            self._diagnostics.error("Self-referencing block", detail, traversal.span)
            return
        if traversal.root == "data":
            self._in_scope(address, target.removeprefix(self._prefix), traversal)
        self._all.connect(target, address, traversal.span)

    def _in_scope(self, address: str, data: str, traversal: Traversal) -> None:
        """Data in a check is the check's own."""
        check = self._module.data[data].check
        if check and address != f"{self._prefix}check.{check}":
            detail = f"{data} stands in check.{check}, and only that can refer to it."
            advice = "Take the data block out of the check, if others need it as well."
            self._diagnostics.error("Reference to scoped data", detail, traversal.span, advice=advice)

    # -- names to blocks ------------------------------------------------------------------------------------------

    def target(self, traversal: Traversal, allowed: frozenset[str]) -> str | None:
        """The block that is referred to; None for what every scope has, and for what was reported."""
        root = traversal.root
        if root in EVERYWHERE or root in allowed:
            return None
        if root in ("each", "count", "self"):
            where = {"each": "for_each", "count": "count"}.get(root)
            advice = f'The block that refers to it has no "{where}".' if where else ""
            detail = f'"{root}" has no value here.'
            self._diagnostics.error("Reference in the wrong place", detail, traversal.span, advice=advice)
            return None
        name = traversal.steps[0] if traversal.steps else None
        if not isinstance(name, str):
            self._incomplete(traversal)
            return None
        if root == "module":
            return self._of_module(traversal, name)
        if root == "data":
            return self._of_data(traversal)
        address = f"{root}.{name}"
        if root in NAMED:
            if name in getattr(self._module, NAMED[root]):
                # a variable's own name, in its validation
                return address if address in allowed else self._prefix + address
            self._unnamed(traversal, root, name)
            return None
        if address in self._module.resources:
            return self._prefix + address
        self._undeclared(traversal, address)
        return None

    def _of_data(self, traversal: Traversal) -> str | None:
        names = traversal.steps[:2]
        if len(names) < 2 or not all(isinstance(name, str) for name in names):
            detail = f'"{traversal}" alone names nothing.'
            advice = 'A reference to a data source is written "data.TYPE.NAME".'
            self._diagnostics.error("Invalid reference", detail, traversal.span, advice=advice)
            return None
        address = ".".join(("data", *map(str, names)))
        if address in self._module.data:
            return self._prefix + address
        self._undeclared(traversal, address)
        return None

    def _of_module(self, traversal: Traversal, name: str) -> str | None:
        """The output that is referred to, or the call where that is not written out."""
        if name not in self._module.calls:
            self._unnamed(traversal, "module", name)
            return None
        module = self._module.modules.get(name)
        call = self._module.calls[name]
        repeated = call.count is not None or call.for_each is not None
        steps = traversal.steps[1:]
        if repeated and steps and not isinstance(steps[0], str):
            steps = steps[1:]
        elif repeated and steps:
            key = "[0]" if call.count is not None else '["KEY"]'
            detail = f"module.{name} has {'count' if call.count is not None else 'for_each'}, so there are several."
            advice = f"Say which one: module.{name}{key}.{steps[0]}"
            self._diagnostics.error("Missing module instance key", detail, traversal.span, advice=advice)
            return None
        if not steps or not isinstance(steps[0], str) or module is None:
            return f"{self._prefix}module.{name}"
        if steps[0] not in module.outputs:
            meant = suggest(steps[0], module.outputs)
            advice = f"Did you mean module.{name}.{meant}?" if meant else ""
            detail = f'The module "{name}" has no output "{steps[0]}".'
            self._diagnostics.error("Unsupported attribute", detail, traversal.span, advice=advice)
            return None
        return f"{self._prefix}module.{name}.output.{steps[0]}"

    def _unnamed(self, traversal: Traversal, root: str, name: str) -> None:
        meant = suggest(name, getattr(self._module, NAMED[root]))
        advice = f"Did you mean {root}.{meant}?" if meant else ""
        if root == "var" and not meant:
            advice = f'Declare it with: variable "{name}" {{}}'
        what = _WORDS[root]
        detail = f'There is no {what} named "{name}" in {self._module.where}.'
        self._diagnostics.error(f"Reference to undeclared {what}", detail, traversal.span, advice=advice)

    def _incomplete(self, traversal: Traversal) -> None:
        root = traversal.root
        meant = suggest(root, (*NAMED, "data", *EVERYWHERE))
        advice = (
            f'Did you mean "{meant}.NAME"?' if meant and meant != root else f'A reference is written "{root}.NAME".'
        )
        if not traversal.steps and root not in NAMED:
            advice = f'For the text, put it in quotes: "{root}".' if not meant else advice
        self._diagnostics.error("Invalid reference", f'"{root}" alone names nothing.', traversal.span, advice=advice)

    def _undeclared(self, traversal: Traversal, address: str) -> None:
        module = self._module
        known = [
            *module.resources,
            *module.data,
            *(f"{root}.{name}" for root, table in NAMED.items() for name in getattr(module, table)),
        ]
        meant = suggest(address, known)
        advice = f"Did you mean {meant}?" if meant else ""
        *data, type_, name = address.split(".")
        detail = f'No {"data source" if data else "resource"} "{type_}" "{name}" is declared in {module.where}.'
        self._diagnostics.error("Reference to undeclared resource", detail, traversal.span, advice=advice)


def _repetition(node: TypedBlock | ModuleCall) -> frozenset[str]:
    """The names that count or for_each give a meaning to."""
    return frozenset({"each"} if node.for_each is not None else {"count"} if node.count is not None else ())
