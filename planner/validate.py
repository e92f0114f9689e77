"""`validate`: everything that can be known of a stack without credentials and without a call.

Blocks are decoded by their schemas with unknown values in place of what is not known yet; clusters and apps are
expanded as far as they can be.
"""

from __future__ import annotations

from pathlib import Path

from language.diagnostics import Diagnostics, Sources
from language.values import Unknown
from planner.apps import Apps
from planner.clusters import Clusters
from planner.configuration import MISSING
from planner.decode import decode
from planner.evaluate import Evaluator, Results
from planner.instances import Instances
from planner.workspace import check
from providers import Registry


def validate_stack(directory: Path) -> tuple[Diagnostics, Sources]:
    """All that is wrong with the stack in `directory`. Raises FreeholdError when there is none."""
    registry = Registry()
    configuration, references, diagnostics = check(directory, registry)
    if diagnostics.has_errors:
        return diagnostics, configuration.sources
    variables = {
        name: Unknown(variable.type) if variable.default is MISSING else variable.default
        for name, variable in configuration.variables.items()
    }
    evaluator = Evaluator(configuration, variables, Results())
    for block in configuration.providers.values():
        provider = registry.get(block.name)
        if provider is None:
            detail = f'There is no provider "{block.name}" here; there are: {", ".join(registry.names)}.'
            diagnostics.error("Unknown provider", detail, block.span)
        else:
            decode(block.body, provider.schema, evaluator.scope, f'provider "{block.name}"', diagnostics)
    instances = Instances(registry, evaluator)
    clusters = Clusters(registry, configuration, evaluator)
    apps = Apps(registry, configuration, evaluator)
    for address in references.order:
        root, _, name = address.partition(".")
        if root == "cluster":
            clusters.of(configuration.clusters[name], diagnostics)
        elif root == "app":
            spec = apps.spec(configuration.apps[name], diagnostics)
            if spec is not None:
                diagnostics.extend(apps.host.expand(spec, frozenset()).diagnostics)
        elif root == "local":
            configuration.locals[name].value.evaluate(evaluator.scope, diagnostics)
        elif address in configuration.resources:
            for wanted in instances.of(configuration.resources[address], (), diagnostics):
                for path, problem in wanted.kind.validate(wanted.values):
                    where = ".".join(str(step) for step in path)
                    diagnostics.error("Invalid value", f"{where}: {problem}", wanted.span, address=wanted.address)
    return diagnostics, configuration.sources
