"""From the `source` and `version` of a module call to the folder of the module."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from language.diagnostics import FreeholdError, error

LOCAL = ("./", "../", ".\\", "..\\")


@dataclass(frozen=True, slots=True)
class Installed:
    """A module's folder, and the root of the package that it came in, which relative sources in it may not leave.

    `version` is what a constraint came to; `digest` is that of the package's content, empty for the stack's own files.
    """

    folder: Path
    package: Path
    source: str
    version: str = ""
    digest: str = ""


class Installer:
    """Gives the folders of modules."""

    def install(self, source: str, version: str, *, folder: Path, package: Path) -> Installed:
        """The module at `source`, which a module in `folder` of `package` calls. Raises FreeholdError."""
        return _local(source, version, folder, package)


def _local(source: str, version: str, folder: Path, package: Path) -> Installed:
    if version:
        detail = "A module in a folder of its own package has the package's version, and takes none."
        raise FreeholdError([error("Version of a local module", detail)])
    found = folder / source
    if not found.resolve().is_relative_to(package.resolve()):
        detail = f'"{source}" leads out of the package that the calling module came in.'
        raise FreeholdError([error("Module outside of its package", detail)])
    if not found.is_dir():
        raise FreeholdError([error("Module not found", f"There is no folder {found}.")])
    return Installed(Path(found), package, source)
