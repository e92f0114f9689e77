"""`validate`: everything that can be known of a stack without credentials and without a call.

Blocks are decoded by their schemas with unknown values in place of what is not known yet; clusters and apps are
expanded as far as they can be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from language.diagnostics import Diagnostics
from language.values import mark_paths, unmark_deep
from planner import moves, outputs
from planner.apps import Apps
from planner.clusters import Clusters
from planner.conditions import examine
from planner.configuration import (
    App,
    Cluster,
    Configuration,
    Data,
    Local,
    ModuleCall,
    Node,
    Output,
    ProviderBlock,
    Resource,
    TypedBlock,
    Variable,
)
from planner.decode import decode
from planner.evaluate import Evaluator, Results
from planner.inheritance import provider_name
from planner.instances import Instances
from planner.modules.install import Installer
from planner.references import References
from planner.variables import finished
from planner.wanted import Sought, Wanted
from planner.workspace import check
from providers import Registry
from providers.diff import proposed_new


@dataclass(frozen=True, slots=True)
class Validated:
    """A stack, what is wrong with it, and what is known of its values and outputs."""

    configuration: Configuration
    diagnostics: Diagnostics
    results: Results


def validate_stack(
    directory: Path,
    registry: Registry | None = None,
    installer: Installer | None = None,
    unsaved: Mapping[Path, str] | None = None,
) -> Validated:
    """The stack in `directory`, and all that is wrong with it. Raises FreeholdError when there is none."""
    registry = registry or Registry()
    configuration, references, diagnostics = check(directory, registry, installer, unsaved)
    if diagnostics.has_errors:
        return Validated(configuration, diagnostics, Results())
    moves.check(configuration, diagnostics)
    variables = {name: finished(each, None, diagnostics) for name, each in configuration.variables.items()}
    root = Evaluator(configuration, variables, Results())
    checker = _Checker(registry, configuration, diagnostics)
    for address in references.order:
        module, node = references.nodes[address]
        for evaluator in root.instances(module.path):
            checker.check(evaluator, node)
    warn_unused(references, diagnostics)
    return Validated(configuration, Diagnostics(dict.fromkeys(diagnostics)), root.results)


class _Checker:
    """Evaluates blocks with what is not known left unknown."""

    def __init__(self, registry: Registry, configuration: Configuration, diagnostics: Diagnostics) -> None:
        self._registry = registry
        self._diagnostics = diagnostics
        self._instances = Instances(registry, configuration, assume=True)
        self._clusters = Clusters(registry, configuration)
        self._apps = Apps(registry)

    def check(self, evaluator: Evaluator, node: Node) -> None:
        """One block, in one instance of its module."""
        match node:
            case ModuleCall():
                evaluator.expand(node.name, self._diagnostics, assume=True)
            case Variable():
                self._variable(evaluator, node)
            case ProviderBlock():
                self._provider(evaluator, node)
            case Local():
                node.value.evaluate(evaluator.scope, self._diagnostics)
            case Output():
                outputs.check(evaluator, node.name, self._diagnostics)
            case Resource():
                for wanted in self._instances.of(evaluator, node, (), self._diagnostics):
                    self._valid(wanted, node)
                    evaluator.results.values[wanted.address] = _proposed(wanted)
            case Data():
                for sought in self._instances.sought(evaluator, node, self._diagnostics):
                    self._valid(sought, node)
            case Cluster():
                self._clusters.of(evaluator, node, self._diagnostics)
            case App():
                spec = self._apps.spec(evaluator, node, self._diagnostics)
                if spec is not None:
                    self._diagnostics.extend(self._apps.host.expand(spec, frozenset()).diagnostics)

    def _variable(self, evaluator: Evaluator, variable: Variable) -> None:
        """Its value; the rules of a module's variable are asked, the stack's are when values are given."""
        evaluator.variable(variable.name, self._diagnostics)
        if evaluator.path:
            address = evaluator.prefix + variable.address
            examine(address, "var", variable.validations, evaluator.scope, "var", self._diagnostics)

    def _provider(self, evaluator: Evaluator, block: ProviderBlock) -> None:
        name = provider_name(evaluator.configuration, block.name)
        provider = self._registry.get(name)
        if provider is None:
            detail = f'There is no provider "{name}" here; there are: {", ".join(self._registry.names)}.'
            self._diagnostics.error("Unknown provider", detail, block.span)
        else:
            where = f'provider "{block.key}"'
            decode(block.body, provider.schema, evaluator.scope, where, self._diagnostics, kept=False)

    def _valid(self, instance: Wanted | Sought, block: TypedBlock) -> None:
        for path, problem in instance.kind.validate(instance.values):
            where = ".".join(str(step) for step in path)
            self._diagnostics.error("Invalid value", f"{where}: {problem}", block.span, address=instance.address)


def _proposed(wanted: Wanted) -> Any:
    """The values of an instance as its schema lets them be known; marks stay."""
    plain, paths = unmark_deep(wanted.values)
    return mark_paths(proposed_new(wanted.kind.schema, None, plain), paths)


def warn_unused(references: References, diagnostics: Diagnostics) -> None:
    """Tell which variables of the stack nothing refers to."""
    for variable in references.root.variables.values():
        if not references.graph.successors(variable.address):
            detail = f'Nothing refers to the variable "{variable.name}".'
            diagnostics.warning("Unused variable", detail, variable.span)
