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
from language.marks import marked
from language.values import Unknown
from planner.configuration.blocks import (
    App,
    Check,
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
from planner.configuration.inheritance import provider_name
from planner.configuration.modules.install import Installer
from planner.configuration.references import References
from planner.desired.apps import Apps, EvaluatedApp
from planner.desired.clusters import Clusters
from planner.desired.desired import DataInstance, DesiredInstance
from planner.desired.instances import Instances
from planner.evaluation.conditions import check_types, examine
from planner.evaluation.decode import decode
from planner.evaluation.evaluator import Evaluator, Results
from planner.evaluation.marking import planned_object
from planner.evaluation.variables import defaults
from planner.plan import outputs
from planner.prior import moves
from planner.prior.backends import decoded
from planner.prior.workspace import check
from providers import Registry


@dataclass(frozen=True, slots=True)
class Validated:
    """A stack, and what is wrong with it."""

    configuration: Configuration
    diagnostics: Diagnostics


def validate_stack(
    directory: Path,
    registry: Registry | None = None,
    installer: Installer | None = None,
    unsaved: Mapping[Path, str] | None = None,
) -> Validated:
    """The stack in `directory`, and all that is wrong with it. Raises FreeholdError when there is none."""
    registry = registry or Registry()
    configuration, references, diagnostics = check(directory, registry, installer, unsaved)
    if len(references.order) < len(references.nodes):  # a cycle has no order
        return Validated(configuration, diagnostics)
    found = Diagnostics()
    moves.check(configuration, found)
    if configuration.stack.backend is not None:
        decoded(configuration.stack.backend, found)
    checker = _Checker(registry, configuration, found, expand=not diagnostics.has_errors)
    for address in references.order:
        checker.check(*references.nodes[address])
    diagnostics.extend(each for each in found if not configuration.is_damaged_at(each.span))
    if not diagnostics.has_errors:  # a name that is misspelled is a use that is not seen
        warn_unused(references, diagnostics)
    return Validated(configuration, Diagnostics(dict.fromkeys(diagnostics)))


class _Checker:
    """Evaluates blocks with what is not known left unknown: every variable too, as it may be given another value.

    Clusters and apps are expanded with the defaults of variables, without which they say little; and only with
    `expand`, where all that they may refer to is well.
    """

    def __init__(
        self, registry: Registry, configuration: Configuration, diagnostics: Diagnostics, *, expand: bool
    ) -> None:
        self._expand = expand
        self._registry = registry
        self._diagnostics = diagnostics
        variables = configuration.variables.values()
        functions = registry.functions
        unknown = {each.name: _unknown(each) for each in variables}
        self.root = Evaluator(configuration, unknown, Results(), functions=functions)
        usual = Results(outputs=self.root.results.outputs)
        self._usual = Evaluator(configuration, defaults(configuration), usual, functions=functions)
        self._instances = Instances(registry, configuration, assume=True)
        self._clusters = Clusters(registry, configuration)
        self._apps = Apps(registry, configuration)

    def check(self, module: Configuration, node: Node) -> None:
        """One block, in every instance of its module."""
        for evaluator in self.root.instances(module.path):
            self._block(evaluator, node)
        for evaluator in self._usual.instances(module.path) if self._expand else ():
            self._expanded(evaluator, node)

    def _block(self, evaluator: Evaluator, node: Node) -> None:
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
                check_types(node.preconditions, evaluator.scope, self._diagnostics)
            case Check():
                check_types(node.asserts, evaluator.scope, self._diagnostics)
            case Resource():
                self._resource(evaluator, node)
            case Data():
                evaluator.results.keys |= self._instances.keys(evaluator, node, self._diagnostics)
                for instance in self._instances.data_instances(evaluator, node, self._diagnostics):
                    self._valid(instance, node)
                    evaluator.results.values[instance.address] = planned_object(instance.kind, instance.values)

    def _expanded(self, evaluator: Evaluator, node: Node) -> None:
        match node:
            case ModuleCall():
                evaluator.expand(node.name, assume=True)
            case Cluster():
                cluster = self._clusters.expand(evaluator, node, self._diagnostics)
                if cluster is not None:
                    evaluator.results.put_expansion(cluster.address, cluster.outputs, cluster.host)
            case App():
                app = self._apps.evaluated(evaluator, node, self._diagnostics)
                if isinstance(app, EvaluatedApp):
                    evaluator.results.put_expansion(app.address, app.outputs)
                    self._apps.expand(app, None, self._diagnostics)

    def _variable(self, evaluator: Evaluator, variable: Variable) -> None:
        """Its value; the rules of a module's variable are asked, the stack's are when values are given."""
        evaluator.variable(variable.name, self._diagnostics)
        check_types(variable.validations, evaluator.scope, self._diagnostics)
        if evaluator.path:
            address = evaluator.prefix + variable.address
            examine(address, "var", variable.validations, evaluator.scope, "var", self._diagnostics)

    def _resource(self, evaluator: Evaluator, resource: Resource) -> None:
        evaluator.results.keys |= self._instances.keys(evaluator, resource, self._diagnostics)
        desired = self._instances.of(evaluator, resource, (), self._diagnostics)
        for each in desired:
            self._valid(each, resource)
            evaluator.results.values[each.address] = planned_object(each.kind, each.values)
        lifecycle = resource.lifecycle
        if desired and (lifecycle.preconditions or lifecycle.postconditions):
            address = desired[0].address
            scope = self._instances.scope(evaluator, resource, address)
            check_types(lifecycle.preconditions, scope, self._diagnostics)
            inner = scope.child({"self": evaluator.results.values[address]})
            check_types(lifecycle.postconditions, inner, self._diagnostics)

    def _provider(self, evaluator: Evaluator, block: ProviderBlock) -> None:
        name = provider_name(evaluator.configuration, block.name)
        provider = self._registry.get(name)
        if provider is None:
            detail = f'There is no provider "{name}" here; there are: {", ".join(self._registry.names)}.'
            self._diagnostics.error("Unknown provider", detail, block.span)
        else:
            where = f'provider "{block.key}"'
            decode(block.body, provider.schema, evaluator.scope, where, self._diagnostics, kept=False)

    def _valid(self, instance: DesiredInstance | DataInstance, block: TypedBlock) -> None:
        for path, problem in instance.kind.validate(instance.values):
            where = ".".join(str(step) for step in path)
            self._diagnostics.error("Invalid value", f"{where}: {problem}", block.span, address=instance.address)


def _unknown(variable: Variable) -> Any:
    return marked(Unknown(variable.type), variable.marks)


def warn_unused(references: References, diagnostics: Diagnostics) -> None:
    """Tell which variables of the stack nothing refers to."""
    for variable in references.root.variables.values():
        if not references.graph.successors(variable.address):
            detail = f'Nothing refers to the variable "{variable.name}".'
            diagnostics.warning("Unused variable", detail, variable.span)
