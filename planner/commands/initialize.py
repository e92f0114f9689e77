"""`init`: fetches the modules of a stack and what its apps are made from, and pins them in the lock file. Called by the
command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from language.diagnostics import Diagnostics, Sources
from planner.configuration.blocks import Configuration
from planner.configuration.modules.install import Installer
from planner.configuration.modules.lock import LockFile
from planner.desired.apps import Apps, EvaluatedApp
from planner.evaluation.evaluator import Evaluator, Results
from planner.evaluation.variables import defaults
from planner.prior.clients import diagnostic_of
from planner.prior.workspace import check
from providers import Registry
from providers.contract.errors import ProviderError


def initialize(directory: Path, *, upgrade: bool, listener: Callable[[str], None]) -> tuple[Diagnostics, Sources, bool]:
    """What is wrong with the stack, the texts of it, and whether the lock file was written.

    The lock file is written where the configuration has no errors. Raises FreeholdError when there is no stack.
    """
    installer = Installer(directory, upgrade=upgrade, listener=listener)
    registry = Registry()
    configuration, _, diagnostics = check(directory, registry, installer)
    if not diagnostics.has_errors:
        _fetch_apps(configuration, registry, installer.lock, diagnostics, upgrade=upgrade)
    written = not diagnostics.has_errors and installer.finish()
    return diagnostics, configuration.sources, written


def _fetch_apps(
    configuration: Configuration, registry: Registry, lock: LockFile, diagnostics: Diagnostics, *, upgrade: bool
) -> None:
    """What the sources of apps are made from, by the defaults of variables; what these leave open is fetched later."""
    modules = [module for module in configuration.tree() if module.apps]
    if not modules:
        return
    apps, root = (
        Apps(registry, configuration, lock),
        Evaluator(configuration, defaults(configuration), Results(), functions=registry.functions),
    )
    if upgrade:
        for source in apps.host.sources:
            lock.pins_of(source).clear()
    for module in modules:
        for evaluator in root.instances(module.path):
            for node in module.apps.values():
                app = apps.evaluated(evaluator, node, Diagnostics())
                if isinstance(app, EvaluatedApp):
                    try:
                        apps.host.fetch(app.spec)
                    except ProviderError as failure:
                        diagnostics.append(diagnostic_of(failure, app.address))
