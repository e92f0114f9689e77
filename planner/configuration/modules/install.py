"""From the `source` and `version` of a module call to the folder of the module.

A package is fetched once: what the lock file pins is taken from the cache, or fetched as it was pinned and compared
with the digest.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from language.cache import cache_folder
from planner.configuration.modules.cache import Cache
from planner.configuration.modules.content import digest_of
from planner.configuration.modules.failures import failure
from planner.configuration.modules.git import Git
from planner.configuration.modules.lock import LockFile, Pin
from planner.configuration.modules.sources import Source, parse_source
from planner.configuration.modules.unpack import unpack
from planner.configuration.versions import matches, parse_version

_MAX_REGISTRY_STEPS = 5


@dataclass(frozen=True, slots=True)
class Installed:
    """A module's folder, and the root of the package that it came in, which relative sources in it may not leave.

    `origin` names the package for people, empty for the stack's own files; `version` is what a constraint came to.
    """

    folder: Path
    package: Path
    origin: str = ""
    version: str = ""


class Repository(Protocol):
    """Where packages have tags, and are fetched by what those name."""

    def tags(self) -> dict[str, str]:
        """Every tag with the digest that it stands for."""

    def fetch(self, revision: str, into: Path) -> str:
        """Download one revision; the digest of what came."""


class Installer:
    """Gives the folders of modules to one stack. `upgrade` looks anew for what constraints and refs come to;
    `offline` fetches nothing.

    `unpinned` are the packages that the lock file says nothing of; `finish` pins them.
    """

    def __init__(
        self,
        stack: Path = Path(),
        environment: Mapping[str, str] | None = None,
        *,
        upgrade: bool = False,
        offline: bool = False,
        listener: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._cache = Cache(cache_folder(self._environment) / "modules")
        self._stack = stack
        self._upgrade = upgrade
        self._offline = offline
        self._listener = listener
        self._used: dict[tuple[Any, ...], tuple[Pin, Path]] = {}
        self.unpinned: list[str] = []

    def install(self, source: str, version: str, *, folder: Path, package: Path) -> Installed:
        """The module at `source`, which a module in `folder` of `package` calls. Raises FreeholdError."""
        if "\0" in source:
            raise failure("Invalid source", "A source has no character of the code 0.")
        parsed = parse_source(source)
        if parsed.kind == "local":
            return _local(source, version, folder, package)
        if version and parsed.options.keys() & {"ref", "tag", "digest"}:
            raise failure("Version said twice", f'The source "{parsed.package}" names a version, and so does version.')
        key = (parsed.address, tuple(sorted(parsed.options.items())), version)
        if key not in self._used:
            self._used[key] = self._package(parsed, version)
        pin, root = self._used[key]
        inside = (root / parsed.subfolder).resolve()
        if not inside.is_relative_to(root.resolve()) or not os.path.isdir(inside):
            raise failure("Module not found", f'There is no folder "{parsed.subfolder}" in {parsed.package}.')
        return Installed(root / parsed.subfolder, root, parsed.package, pin.version)

    def finish(self) -> bool:
        """Write the lock file: what was used is pinned, what is not used any more is dropped. Whether it changed."""
        lock = self.lock
        lock.pins = {pin.key: pin for pin, _ in self._used.values()}
        return lock.write()

    @cached_property
    def lock(self) -> LockFile:
        """The stack's lock file. Raises FreeholdError where it is damaged."""
        return LockFile(self._stack)

    def _package(self, source: Source, constraint: str) -> tuple[Pin, Path]:
        pin = None if self._upgrade else self.lock.pins.get((source.package, constraint))
        if pin is None:
            self.unpinned.append(source.package)
        else:
            cached = self._cache.get(pin.digest, source.package)
            if cached is not None:
                return pin, cached
        if self._offline:
            raise failure("Module not fetched", f"{source.package} is not in the cache.", "Run freehold init.")
        self._listener(f"Fetching {source.package}")
        with self._cache.staging() as staging:
            version, revision = self._fetch(source, constraint, pin, staging / "package")
            digest = digest_of(staging / "package", source.package)
            if pin is not None and digest != pin.digest:
                detail = f"{source.package} is not what was pinned: its content is {digest}, and was {pin.digest}."
                raise failure("Module has changed", detail, "If that is meant to be: freehold init -upgrade")
            made = pin or Pin(source.package, constraint, version, revision, digest)
            return made, self._cache.put(staging / "package", digest, source.package)

    def _fetch(self, source: Source, constraint: str, pin: Pin | None, into: Path) -> tuple[str, str]:
        """Fetch a package; its version and its revision."""
        if source.kind == "registry":
            return self._from_registry(source, constraint, pin, into), ""
        if source.kind == "archive":
            if constraint:
                raise failure("Version of an archive", f"{source.package} is one version, and takes no constraint.")
            self._archive(source, into)
            return "", ""
        repository = self._repository(source)
        version = revision = ""
        if pin is not None:
            version, revision = pin.version, pin.revision
        elif constraint:
            tags = repository.tags()
            version = newest(tags, constraint, source.package)
            revision = tags[version]
        return version, repository.fetch(revision, into)

    def _repository(self, source: Source) -> Repository:
        if source.kind == "git":
            return Git(source, self._environment)
        from planner.configuration.modules.oci import Oci  # requests takes a while to import

        return Oci(source, self._environment)

    def _from_registry(self, source: Source, constraint: str, pin: Pin | None, into: Path) -> str:
        from planner.configuration.modules.registry import Registry

        registry = Registry(source, self._environment)
        versions = registry.versions()
        version = pin.version if pin is not None else newest(versions, constraint, source.package)
        if version not in versions:
            raise failure("No such version", f"{source.package} has no version {version} any more.")
        behind = parse_source(registry.package(versions[version]))
        if behind.kind in ("local", "registry"):
            raise failure("Unexpected answer", f"The registry sends for {source.package} to another registry.")
        whole = into.with_name("whole")
        self._fetch(behind, "", None, whole)
        inside = (whole / behind.subfolder).resolve()
        if not inside.is_relative_to(whole.resolve()) or not inside.is_dir():
            raise failure("Module not found", f'There is no folder "{behind.subfolder}" in {behind.package}.')
        inside.rename(into)
        return version

    def _archive(self, source: Source, into: Path) -> None:
        from planner.configuration.modules import http

        desired = source.options.get("checksum", "").removeprefix("sha256:").lower()
        if desired and len(desired) != 64:
            raise failure("Invalid checksum", f"The checksum of {source.package} is written as sha256:<64 digits>.")
        archive = into.with_suffix(".archive")
        response = http.fetch(http.Session(self._environment), source.address, source.package)
        found = http.save(response, archive, source.package)
        if desired and found != desired:
            raise failure("Wrong checksum", f"{source.package} has the checksum sha256:{found}.")
        into.mkdir()
        unpack(archive, into, source.package)


def newest(versions: Iterable[str], constraint: str, what: str) -> str:
    """The newest of the versions that meets a constraint. Raises FreeholdError."""
    found = []
    for version in versions:
        try:
            number = parse_version(version)
        except ValueError:
            continue
        if "-" not in version or version == constraint:
            found.append((number, version))
    found.sort(reverse=True)
    try:
        fitting = [version for _, version in found if matches(version, constraint or ">= 0")]
    except ValueError as problem:
        raise failure("Invalid version constraint", f"{problem}.") from problem
    if not fitting:
        known = ", ".join(version for _, version in found[:5]) or "none"
        raise failure("No such version", f'No version of {what} meets "{constraint}". The newest are: {known}.')
    return fitting[0]


def _local(source: str, version: str, folder: Path, package: Path) -> Installed:
    if version:
        detail = "A module in a folder of its own package has the package's version, and takes none."
        raise failure("Version of a local module", detail)
    found = folder / source
    if not found.resolve().is_relative_to(package.resolve()):
        detail = f'"{source}" leads out of the package that the calling module came in.'
        raise failure("Module outside of its package", detail)
    if not os.path.isdir(found):  # no error for what cannot be a name
        raise failure("Module not found", f"There is no folder {found}.")
    return Installed(found, package)
