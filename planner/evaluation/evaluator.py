"""What references mean: variables, locals, modules' outputs, blocks' values, asked for when needed and remembered.

There is one evaluator for each instance of a module, the stack's own at the root of them. The same ones serve planning
(values are planned, some unknown) and applying (values are what came out): only the `Results` behind them differ.
Cycles were refused before (`planner.configuration.references`), so nothing here can meet itself.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.addresses import WILDCARD, Key, indexed, module_prefix, split_index, split_modules
from language.diagnostics import Diagnostics
from language.expressions import Expression
from language.marks import marked, marks_in, unmark, unmark_deep
from language.overriding import override
from language.scope import Functions, Scope
from language.traversal import Key as IndexKey
from language.traversal import Traversal
from language.values import BROKEN, EPHEMERAL, Sensitive, Unknown
from planner.configuration.blocks import Configuration, TypedBlock
from planner.configuration.inheritance import provider_name
from planner.evaluation.repetition import repetition, standing_for_all
from planner.evaluation.variables import Given, finished
from providers.contract import Reference


class _Values(dict[str, Any]):
    """Values by instance address. `changes` counts how often one of a block was set."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: Counter[str] = Counter()

    @override
    def __setitem__(self, address: str, value: Any) -> None:
        super().__setitem__(address, value)
        self.changes[split_index(address)[0]] += 1


@dataclass
class Results:
    """Values by instance address, which instances each block has, and what clusters and apps give to others.

    `hosts`: the key of the provider configuration that makes a cluster. Who makes a plan, applies one or validates
    writes here; what evaluates only reads, an evaluator's module instances apart.
    """

    values: _Values = field(default_factory=_Values)
    keys: dict[str, tuple[Key, ...]] = field(default_factory=dict)
    outputs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    _blocks: dict[str, tuple[tuple[Key, ...], int, Any]] = field(default_factory=dict, repr=False)

    def put_expansion(self, address: str, outputs: Mapping[str, Any], host: str = "") -> None:
        """Keep what a cluster or an app gives to others; of a cluster with the `host` that makes it."""
        self.outputs[address] = outputs
        if host:
            self.hosts[address] = host

    def block(self, address: str) -> Any:
        """The value of a block: of its one instance, a tuple with count, an object with for_each."""
        keys = self.keys.get(address)
        if keys is None:
            return BROKEN
        if keys == (WILDCARD,):
            return Unknown()
        if keys == (None,):
            return self.values.get(address, Unknown())
        changes = self.values.changes[address]
        known = self._blocks.get(address)
        if known is None or known[0] is not keys or known[1] != changes:  # each of many instances may ask for all
            known = self._blocks[address] = (keys, changes, self._gathered(address, keys))
        return known[2]

    def _gathered(self, address: str, keys: tuple[Key, ...]) -> Any:
        if keys and isinstance(keys[0], str):
            return {str(key): self.values.get(indexed(address, key), Unknown()) for key in keys}
        return tuple(self.values.get(indexed(address, key), Unknown()) for key in keys)

    def expanded(self, address: str) -> Any:
        """What a cluster or an app gives to others, with the values of its resources as they are by now."""
        outputs = self.outputs.get(address)
        if outputs is None:
            return Unknown()
        return {name: self.resolve(value, address) for name, value in outputs.items()}

    def resolve(self, value: Any, block: str) -> Any:
        """A value of an expansion with its `Reference`s replaced by what they refer to."""
        if isinstance(value, Reference):
            return self._referred(value, block)
        if isinstance(value, dict):
            return {name: self.resolve(member, block) for name, member in value.items()}
        if isinstance(value, tuple | list):
            return tuple(self.resolve(element, block) for element in value)
        if isinstance(value, Sensitive):
            return marked(self.resolve(value.value, block), value.marks)
        return value

    def _referred(self, reference: Reference, block: str) -> Any:
        value, marks = unmark(self.values.get(f"{block}/{reference.name}", Unknown()))
        for step in reference.path:
            if isinstance(value, Unknown) or value is None:
                return marked(Unknown(), marks)
            try:
                value, more = unmark(tuple(value)[step] if isinstance(step, int) else value[step])
            except (IndexError, KeyError):
                return marked(Unknown(), marks)
            marks |= more
        if isinstance(value, Unknown) or reference.then is None:
            return marked(value, marks)
        return marked(reference.then(value), marks)


class Evaluator:
    """Values for expressions of one module instance. `prefix` stands before its addresses: `module.net["a"].`.

    `functions` gives those of a provider by its name.
    """

    def __init__(
        self,
        configuration: Configuration,
        variables: Mapping[str, Any],
        results: Results,
        *,
        planning: bool = True,
        planned_at: str = "",
        functions: Functions | None = None,
    ) -> None:
        self.configuration = configuration
        self._functions = functions
        self.results = results
        self.prefix = ""
        self.path: tuple[tuple[str, Key], ...] = ()
        self._planning = planning
        self._planned_at = planned_at
        self._variables = dict(variables)
        self._locals: dict[str, Any] = {}
        self._outputs: dict[str, Any] = {}
        self._calls: dict[str, dict[Key, Evaluator]] = {}
        self._wholes: dict[str, Any] = {}
        self._broken: set[str] = set()
        self.parent: Evaluator | None = None
        self._here: Mapping[str, Any] = {}
        self._set_scope(configuration.directory)

    def _set_scope(self, stack: Path) -> None:
        """Names and files as they are in this module of a stack: all paths are relative to the stack's folder."""
        self._stack = stack
        folder = str(self.configuration.directory)
        shown = min(os.path.relpath(folder, stack), folder, key=len)
        paths = {"module": shown, "root": ".", "cwd": os.getcwd()}
        applying = Sensitive(not self._planning, EPHEMERAL)
        self._constants: dict[str, Any] = {
            "path": paths,
            "terraform": {"workspace": "default", "applying": applying},
        }
        self.scope = Scope(
            self._resolve,
            folder=str(stack),
            planning=self._planning,
            planned_at=self._planned_at,
            functions=self._functions_of,
        )

    def _functions_of(self, local: str) -> Mapping[str, Any]:
        """Those of the provider that has this name in the module."""
        return self._functions(provider_name(self.configuration, local)) if self._functions else {}

    def with_results(self, results: Results, *, planning: bool = True, planned_at: str = "") -> Evaluator:
        """The stack's evaluator with the same variables, and other results.

        `planning`: functions whose results are others each time are left unknown. `planned_at`: when the plan is made.
        """
        return Evaluator(
            self.configuration,
            self._variables,
            results,
            planning=planning,
            planned_at=planned_at,
            functions=self._functions,
        )

    # -- modules ------------------------------------------------------------------------------------------------

    def expand(
        self, name: str, diagnostics: Diagnostics | None = None, *, assume: bool = False
    ) -> dict[Key, Evaluator]:
        """The instances of a call, by their keys. Where these are not known, one stands for all of them; with `assume`
        where they are in error as well.

        What was not known when the plan was made is not looked at anew while it is applied.
        """
        if name not in self._calls:
            call, module = self.configuration.calls[name], self.configuration.modules.get(name)
            problems = Diagnostics() if diagnostics is None else diagnostics
            address = f"{self.prefix}{call.address}"
            deferred = self.results.keys.get(address) == (WILDCARD,)
            found = standing_for_all(call) if deferred else repetition(call, self.scope, problems)
            if found is None:
                self._broken.add(name)
                found = standing_for_all(call) if assume else None
            self.results.keys[address] = tuple(found or ())
            children = found.items() if module is not None and found else ()
            self._calls[name] = {key: self._child(module, name, key, here) for key, here in children}  # type: ignore[arg-type]
        return self._calls[name]

    def _child(self, module: Configuration, name: str, key: Key, here: Mapping[str, Any]) -> Evaluator:
        made = Evaluator(
            module,
            {},
            self.results,
            planning=self._planning,
            planned_at=self._planned_at,
            functions=self._functions,
        )
        made.parent, made._here = self, here
        made.path = (*self.path, (name, key))
        made.prefix = module_prefix(made.path)
        made._set_scope(self._stack)
        return made

    def instances(self, path: Sequence[str]) -> Iterator[Evaluator]:
        """Every instance of the module that a path of calls leads to."""
        if not path:
            yield self
            return
        for child in self.expand(path[0]).values():
            yield from child.instances(path[1:])

    def at(self, address: str) -> Evaluator | None:
        """The instance of a module that something with this full address is in, where there is one."""
        found: Evaluator | None = self
        for name, key in split_modules(address)[0]:
            found = found.called(name, key) if found is not None else None
        return found

    def _module(self, traversal: Traversal, diagnostics: Diagnostics) -> tuple[Any, int]:
        """A module's value, or just the output that is written out: others may wait for what asks."""
        name = str(traversal.steps[0])
        if name not in self.configuration.modules:
            return Unknown(), len(traversal.steps)
        instances = self.expand(name)
        if name in self._broken:
            return BROKEN, len(traversal.steps)
        steps, taken = traversal.steps[1:], 1
        call = self.configuration.calls[name]
        if WILDCARD in instances:
            return Unknown(), len(traversal.steps)
        if None in instances:
            return self._outputs_of(instances[None], steps, taken, diagnostics)
        if steps and isinstance(steps[0], IndexKey) and steps[0].value in instances:
            return self._outputs_of(instances[steps[0].value], steps[1:], taken + 1, diagnostics)
        if name not in self._wholes:
            values = {key: child.outputs(diagnostics) for key, child in instances.items()}
            keyed = call.for_each is not None
            self._wholes[name] = {str(k): each for k, each in values.items()} if keyed else tuple(values.values())
        return self._wholes[name], taken

    def _outputs_of(
        self, child: Evaluator, steps: tuple[str | IndexKey, ...], taken: int, diagnostics: Diagnostics
    ) -> tuple[Any, int]:
        if steps and isinstance(steps[0], str):
            if steps[0] not in child.configuration.outputs:  # reported with the references
                return Unknown(), taken + len(steps)
            return child.output(steps[0], diagnostics), taken + 1
        return child.outputs(diagnostics), taken

    def outputs(self, diagnostics: Diagnostics) -> dict[str, Any]:
        """The values of all outputs."""
        return {name: self.output(name, diagnostics) for name in self.configuration.outputs}

    def output(self, name: str, diagnostics: Diagnostics) -> Any:
        """The value of an output, marked where it is declared sensitive."""
        if name not in self._outputs:
            output = self.configuration.outputs[name]
            value = output.value.evaluate(self.scope, diagnostics)
            if marks_in(value) & EPHEMERAL and not output.ephemeral:
                detail = (
                    f'The output "{name}" is not declared as ephemeral, so its value may not come from one that is.'
                )
                diagnostics.error("Ephemeral value not allowed", detail, output.value.span)
                value = BROKEN
            self._outputs[name] = marked(unmark_deep(value)[0] if output.sensitive else value, output.marks)
        return self._outputs[name]

    # -- names --------------------------------------------------------------------------------------------------

    def _resolve(self, traversal: Traversal, diagnostics: Diagnostics) -> tuple[Any, int]:
        root = traversal.root
        if root in self._constants:
            return self._constants[root], 0
        name = traversal.steps[0] if traversal.steps else ""
        if not isinstance(name, str):
            return Unknown(), len(traversal.steps)
        if root == "var":
            return self.variable(name, diagnostics), 1
        if root == "local":
            return self.local(name, diagnostics), 1
        if root in ("cluster", "app"):
            return self.results.expanded(f"{self.prefix}{root}.{name}"), 1
        if root == "module":
            return self._module(traversal, diagnostics)
        if root == "data" and len(traversal.steps) < 2:  # reported with the references
            return Unknown(), len(traversal.steps)
        if root == "data":
            return self._typed(f"data.{name}.{traversal.steps[1]}", self.configuration.data), 2
        return self._typed(f"{root}.{name}", self.configuration.resources), 1

    def _typed(self, address: str, blocks: Mapping[str, TypedBlock]) -> Any:
        """The value of a block; of none with for_each it is an object as well."""
        value, block = self.results.block(self.prefix + address), blocks.get(address)
        return {} if value == () and block is not None and block.for_each is not None else value

    def variable(self, name: str, diagnostics: Diagnostics) -> Any:
        """The value of a variable; a module's is what its call says, in the caller's scope."""
        if name not in self._variables and self.parent is not None and name in self.configuration.variables:
            self._variables[name] = self._argument(name, self.parent, diagnostics)
        return self._variables.get(name, Unknown())

    def argument(self, name: str) -> Expression | None:
        """What the call of this module says for a variable."""
        if self.parent is None:
            return None
        attribute = self.parent.configuration.calls[self.path[-1][0]].body.attributes.get(name)
        return attribute.expression if attribute else None

    def called(self, name: str, key: Key) -> Evaluator | None:
        """One instance of a module that this one calls."""
        return self.expand(name).get(key) if name in self.configuration.calls else None

    def _argument(self, name: str, parent: Evaluator, diagnostics: Diagnostics) -> Any:
        variable = self.configuration.variables[name]
        expression = self.argument(name)
        if expression is None:
            return finished(variable, None, diagnostics)
        scope = parent.scope.child(self._here) if self._here else parent.scope
        value = expression.evaluate(scope, diagnostics)
        return finished(variable, Given(value, f"module.{self.path[-1][0]}", expression.span), diagnostics)

    def local(self, name: str, diagnostics: Diagnostics) -> Any:
        """The value of a local value."""
        if name not in self._locals:
            local = self.configuration.locals.get(name)
            if local is None:
                return Unknown()
            self._locals[name] = local.value.evaluate(self.scope, diagnostics)
        return self._locals[name]
