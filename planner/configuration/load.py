"""From a folder of HCL to a `Configuration`: reads the files of the stack and of all modules that it calls.

Called by every command. Reports all that is wrong; nothing is evaluated here but what has to be constant (a variable's
default, a flag).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from language.cache import ParseCache
from language.diagnostics import Diagnostics, FreeholdError, Sources, error
from language.memory import gc_paused
from language.parsing import parse_bytes
from language.schema import Schema
from planner.configuration import shapes
from planner.configuration.blocks import MISSING, Configuration, ModuleCall, Stack
from planner.configuration.readers import clusters, modules, resources, values
from planner.configuration.readers.reader import Reader

if TYPE_CHECKING:
    from language.body import Block, Body
    from planner.configuration.modules.install import Installed

MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
"""Modules inside of modules."""
STACK_FILES = (".hcl", ".hcl.json")
MODULE_FILES = (*STACK_FILES, ".tf", ".tf.json")
READERS: dict[str, Callable[[Reader, Block], None]] = {
    "stack": clusters.stack,
    "cluster": clusters.cluster,
    "app": clusters.app,
    "terraform": modules.terraform,
    "module": modules.module,
    "variable": values.variable,
    "locals": values.local_values,
    "output": values.output,
    "provider": resources.provider,
    "resource": resources.resource,
    "data": resources.data,
    "moved": resources.moved,
    "removed": resources.removed,
    "import": resources.import_,
    "check": resources.check,
}


class Install(Protocol):
    """Gives the folder of a module; `planner.configuration.modules.install.Installer.install` is one."""

    def __call__(self, source: str, version: str, *, folder: Path, package: Path) -> Installed:
        """Give the folder that a module's source and version are in. Raises FreeholdError."""


def files_of(directory: Path, endings: tuple[str, ...] = STACK_FILES, unsaved: Iterable[Path] = ()) -> list[Path]:
    """The configuration files of a folder but lock files and hidden ones, by name; also those not saved there yet."""
    folder = directory.resolve()
    new = {directory / path.name for path in unsaved if path.parent == folder}
    found = {path for path in directory.iterdir() if path.is_file()} | new
    return sorted(
        path
        for path in found
        if path.name.endswith(endings)
        and not path.name.endswith((".lock.hcl", ".terraform.lock.hcl"))
        and not path.name.startswith(".")
    )


def load(
    directory: Path,
    cloud_blocks: frozenset[str],
    app: Callable[[], Schema],
    install: Install,
    unsaved: Mapping[Path, str] | None = None,
) -> tuple[Configuration, Diagnostics]:
    """Read the stack in `directory`. `cloud_blocks` are the names of the blocks that only one cloud has; `app` is
    called for what an app's block may hold, where there is one.

    `unsaved` are texts that an editor has of some files, by their resolved paths.

    Raises FreeholdError when the folder holds no configuration or a file cannot be read.
    """
    if not directory.is_dir():
        raise FreeholdError([error("No such folder", f"{directory} is not a folder.")])
    if not files_of(directory, unsaved=unsaved or ()):
        advice = "Write a stack in a file such as main.hcl, or name its folder with -chdir=DIR."
        raise FreeholdError(
            [error("No configuration", f"There is no *.hcl file in {directory.resolve()}.", advice=advice)]
        )
    loader = _Loader(directory, cloud_blocks, app, install, unsaved or {})
    with gc_paused(for_good=True):
        configuration = loader.stack()
    return configuration, loader.problems()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a module is: its folder, and the root of the package that it came in, with the package's name."""

    folder: Path
    package: Path
    origin: str = ""

    def display_path(self, path: Path, directory: Path) -> str:
        """A path as people know it: in its package, or from the stack's folder where that is shorter."""
        if self.origin:
            return f"{self.origin}//{os.path.relpath(path, self.package)}"
        return min(os.path.relpath(path, directory), str(path), key=len)


class _Loader:
    """Reads the stack's folder, then the module of each call, each file once."""

    def __init__(
        self,
        directory: Path,
        clouds: frozenset[str],
        app: Callable[[], Schema],
        install: Install,
        unsaved: Mapping[Path, str],
    ) -> None:
        self._unsaved = unsaved
        self.diagnostics = Diagnostics()
        self._directory = directory
        self._clouds = clouds
        self._app = app
        self._install = install
        self._sources = Sources()
        self._digest = hashlib.sha256()
        self._bodies: dict[Path, Body] = {}
        self._syntax = Diagnostics()
        self._cache = ParseCache.of_user(os.environ)
        self._stack = Configuration(directory, Stack(directory.resolve().name), self._sources)

    def stack(self) -> Configuration:
        configuration = self._stack
        place = _Place(self._directory, Path("/"))
        self._read(configuration, place, STACK_FILES, shapes.TOP)
        self._calls(configuration, place, ())
        configuration.digest = self._digest.hexdigest()
        return configuration

    def problems(self) -> Diagnostics:
        """All that is wrong, each thing once, but what a block seems to lack that has an error in its syntax."""
        found = dict.fromkeys(self.diagnostics)  # a module that is called many times is wrong once
        return Diagnostics((*self._syntax, *(each for each in found if not self._stack.is_damaged_at(each.span))))

    def _calls(self, caller: Configuration, place: _Place, above: tuple[Path, ...]) -> None:
        for call in caller.calls.values():
            found = self._fetched(call, place)
            if found is None:
                continue
            folder = found.folder.resolve()
            if folder in above or len(above) > MAX_DEPTH:
                detail = f"{call.address} calls a module that it is itself inside of, without an end."
                self.diagnostics.error("Module calls itself", detail, call.span)
                continue
            module = Configuration(found.folder, caller.stack, self._sources, path=(*caller.path, call.name))
            inside = _Place(found.folder, found.package, found.origin or place.origin)
            if not self._has_files(inside, call):
                continue
            self._read(module, inside, MODULE_FILES, shapes.MODULE)
            caller.modules[call.name] = module
            self._arguments(call, module)
            self._calls(module, inside, (*above, folder))

    def _fetched(self, call: ModuleCall, place: _Place) -> Installed | None:
        if not call.source:
            return None
        try:
            return self._install(call.source, call.version, folder=place.folder, package=place.package)
        except FreeholdError as failure:
            self.diagnostics.extend(replace(d, span=d.span or call.source_span) for d in failure.diagnostics)
            return None

    def _has_files(self, place: _Place, call: ModuleCall) -> bool:
        try:
            found = files_of(place.folder, MODULE_FILES, self._unsaved)
        except OSError as failure:
            detail = f'The module "{call.name}" cannot be read: {place.folder}: {failure.strerror}.'
            self.diagnostics.error("Cannot read module", detail, call.source_span)
            return False
        if not found:
            detail = f"There is neither a *.hcl nor a *.tf file in {place.display_path(place.folder, self._directory)}."
            self.diagnostics.error("No configuration in module", detail, call.source_span)
        return bool(found)

    def _arguments(self, call: ModuleCall, module: Configuration) -> None:
        """Report arguments that the module has no variable for, and variables that have no value."""
        where = f'module "{call.name}"'
        for name, attribute in call.body.attributes.items():
            if name not in module.variables:
                shapes.unknown_name(name, module.variables, where, attribute.name_span, self.diagnostics)
        for variable in module.variables.values():
            if variable.default is MISSING and variable.name not in call.body.attributes:
                detail = f'The argument "{variable.name}" is required in {where}.'
                self.diagnostics.error("Missing required argument", detail, call.span)

    # -- files ----------------------------------------------------------------------------------------------------

    def _read(self, configuration: Configuration, place: _Place, endings: tuple[str, ...], shape: shapes.Shape) -> None:
        reader = Reader(configuration, self._clouds, self._app, self.diagnostics)
        for path in files_of(configuration.directory, endings, self._unsaved):
            body = reader.body(self._body(path, place), shape, configuration.where)
            for block in body.blocks:
                if block.type in shape.blocks and len(block.labels) == shape.blocks[block.type]:
                    shapes.check_names(block, self.diagnostics)
                    READERS[block.type](reader, block)

    def _body(self, path: Path, place: _Place) -> Body:
        if path not in self._bodies:
            display_path = place.display_path(path, self._directory)
            try:
                unsaved = self._unsaved.get(path.resolve()) if self._unsaved else None
                size = path.stat().st_size if unsaved is None else len(unsaved)
                if size > MAX_FILE_BYTES:
                    raise FreeholdError(
                        [error("File too large", f"{display_path} is over {MAX_FILE_BYTES >> 20} MiB.")]
                    )
                data = path.read_bytes() if unsaved is None else unsaved.encode()
                self._digest.update(os.fsencode(display_path) + b"\0" + data + b"\0")
                body, diagnostics = parse_bytes(data, display_path, self._sources, self._cache)
            except OSError as failure:
                raise FreeholdError([error("Cannot read file", f"{display_path}: {failure.strerror}.")]) from failure
            self._syntax.extend(diagnostics)
            if diagnostics.has_errors:
                self._note_damage(body, diagnostics)
            self._bodies[path] = body
        return self._bodies[path]

    def _note_damage(self, body: Body, diagnostics: Diagnostics) -> None:
        """What of a file is broken; names are read where every error is inside of a block that has one."""
        wrong = [diagnostic.span for diagnostic in diagnostics if diagnostic.span]
        spans = [block.whole_span for block in body.blocks] + [each.span for each in body.attributes.values()]
        named = [block.whole_span for block in body.blocks if block.type != "locals"]
        self._stack.damaged += [span for span in spans if any(map(span.holds, wrong))]
        self._stack.has_all_names &= all(any(span.holds(each) for span in named) for each in wrong)
