"""`init`: fetches the modules of a stack and pins them in the lock file. Called by the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from language.diagnostics import Diagnostics, Sources
from planner.configuration.modules.install import Installer
from planner.prior.workspace import check
from providers import Registry


def initialize(directory: Path, *, upgrade: bool, listener: Callable[[str], None]) -> tuple[Diagnostics, Sources, bool]:
    """What is wrong with the stack, the texts of it, and whether the lock file was written.

    The lock file is written where the configuration has no errors. Raises FreeholdError when there is no stack.
    """
    installer = Installer(directory, upgrade=upgrade, listener=listener)
    configuration, _, diagnostics = check(directory, Registry(), installer)
    written = not diagnostics.has_errors and installer.finish()
    return diagnostics, configuration.sources, written
