"""A stack opened for work: its configuration checked, its variables set, its providers and its state at hand."""

from __future__ import annotations

import getpass
import hashlib
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from language import __version__
from language.diagnostics import Diagnostics, FreeholdError
from language.marks import unmark_deep
from language.redaction import REDACTOR
from planner.configuration.blocks import Configuration, Variable
from planner.configuration.load import load
from planner.configuration.modules.install import Installer
from planner.configuration.references import References
from planner.configuration.versions import check_required
from planner.evaluation.conditions import examine
from planner.evaluation.evaluator import Evaluator, Results
from planner.evaluation.variables import Assignment, Planned, assign
from planner.events import Event
from planner.prior.backends import opened
from planner.prior.clients import Clients
from planner.prior.data_reader import DataReader
from planner.prior.remote_state import outputs_of
from providers import Registry
from providers.contract import Environment
from state.manager import StateManager


@dataclass(frozen=True)
class Settings:
    """What the command line asks for. Timeouts in seconds."""

    mode: Literal["normal", "destroy", "refresh-only"] = "normal"
    refresh: bool = True
    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    explain: tuple[str, ...] = ()
    allow_data_loss: bool = False
    parallelism: int = 10
    lock: bool = True
    lock_timeout: float = 0.0


@dataclass
class Workspace:
    """Everything that a command needs of a stack."""

    configuration: Configuration
    references: References
    variables: dict[str, Any]
    registry: Registry
    environment: Environment
    evaluator: Evaluator
    clients: Clients
    data: DataReader
    manager: StateManager
    listener: Callable[[Event], None]
    warnings: Diagnostics = field(default_factory=Diagnostics)
    opened: frozenset[str] = frozenset()
    """The files that were read to open it: the configuration's, and those of variables."""

    @property
    def files_digest(self) -> str:
        """Of the files that were read since it was opened: manifests."""
        whole = hashlib.sha256()
        sources = self.configuration.sources
        for file in sorted(sources.files() - self.opened):
            whole.update(file.encode() + b"\0" + (sources.text(file) or "").encode() + b"\0")
        return whole.hexdigest()


def check(
    directory: Path,
    registry: Registry,
    installer: Installer | None = None,
    unsaved: Mapping[Path, str] | None = None,
) -> tuple[Configuration, References, Diagnostics]:
    """The configuration and all that is wrong with it as far as its files alone tell. Raises when there is none.

    Without an `installer`, who pins what it fetches, a module that is not pinned is warned of. `unsaved`: what an
    editor has of files, by their resolved paths.
    """
    own = installer or Installer(directory)
    clouds = frozenset(registry.clouds())
    configuration, diagnostics = load(directory, clouds, lambda: registry.apps.schema, own.install, unsaved)
    if own.unpinned and installer is None:
        detail = f"The lock file does not pin {', '.join(own.unpinned)}: the next run may get something else."
        diagnostics.warning("Module not pinned", detail, advice="Run freehold init, and commit freehold.lock.hcl.")
    check_required(configuration.stack, diagnostics)
    found = Diagnostics()
    references = References(configuration, found)
    if configuration.has_all_names:  # else what seems to be undeclared may stand in what could not be read
        diagnostics.extend(each for each in found if not configuration.is_damaged_at(each.span))
    return configuration, references, diagnostics


def open_workspace(
    directory: Path,
    *,
    assignments: tuple[Assignment, ...] = (),
    ask: Callable[[Variable], str] | None = None,
    environment: Environment | None = None,
    registry: Registry | None = None,
    listener: Callable[[Event], None] = lambda event: None,
    planned: Planned | None = None,
    needed: bool = True,
) -> Workspace:
    """Open the stack in `directory`, with the variables that were `planned`; where they are not `needed`, to look at
    the state, those without a value are unknown. Raises FreeholdError with everything that is wrong."""
    registry = registry or Registry()
    REDACTOR.forget()
    environment = _with_states(environment or Environment(directory=directory))
    configuration, references, diagnostics = check(directory, registry)
    raise_with_sources(diagnostics, configuration)
    variables = assign(configuration, assignments, environment.variables, ask, diagnostics, planned, needed=needed)
    evaluator = Evaluator(configuration, variables, Results(), functions=registry.functions)
    if needed:
        _validate_variables(configuration, evaluator, diagnostics)
    raise_with_sources(diagnostics, configuration)
    unmark_deep(variables)  # which remembers the sensitive ones, for what is read before anything is sent
    manager = _open_state(configuration, environment)
    clients = Clients(registry, configuration, evaluator.with_results(Results()), environment)
    data = DataReader(registry, references, clients, environment.clock, listener)
    clients.read_dependencies = data.read_dependencies
    return Workspace(
        configuration,
        references,
        variables,
        registry,
        environment,
        evaluator,
        clients,
        data,
        manager,
        listener,
        diagnostics,
        frozenset(configuration.sources.files()),
    )


def _with_states(environment: Environment) -> Environment:
    """The environment in which providers are told the outputs of other stacks."""
    directory, variables = environment.directory, environment.variables
    return replace(environment, outputs_of=lambda type_, config: outputs_of(type_, config, directory, variables))


class SourcedError(FreeholdError):
    """A FreeholdError that knows the texts its spans point into."""

    def __init__(self, diagnostics: Diagnostics, configuration: Configuration) -> None:
        super().__init__(diagnostics)
        self.sources = configuration.sources


def raise_with_sources(diagnostics: Diagnostics, configuration: Configuration) -> None:
    """Raise what is in error, with the texts to show it in."""
    if diagnostics.has_errors:
        raise SourcedError(diagnostics, configuration)


def _validate_variables(configuration: Configuration, evaluator: Evaluator, diagnostics: Diagnostics) -> None:
    """What can be known of the stack's variables before anything is read."""
    for variable in configuration.variables.values():
        if variable.validations:
            examine(variable.address, "var", variable.validations, evaluator.scope, "var", diagnostics)


def _open_state(configuration: Configuration, environment: Environment) -> StateManager:
    try:
        backend = opened(configuration.stack.backend, configuration.directory, environment.variables)
    except FreeholdError as refused:
        raise SourcedError(Diagnostics(refused.diagnostics), configuration) from refused
    return StateManager(
        backend,
        directory=configuration.directory,
        ids=environment.new_id,
        who=f"{_user()}@{socket.gethostname()}",
        version=__version__,
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
