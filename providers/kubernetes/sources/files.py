"""`manifests = "k8s"`: YAML and JSON in files, folders and globs."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from language.diagnostics import Diagnostics, Span
from language.marks import unmark_deep
from language.overriding import override
from language.schema import Schema, optional
from language.types import ANY
from language.values import is_wholly_known
from providers.contract import AppSource, Capabilities, DeferredObject, Rendered, SourceConfig
from providers.kubernetes.yaml_files import objects

ATTRIBUTE = "manifests"
ENDINGS = (".yaml", ".yml", ".json")
MAX_BYTES = 64 * 1024 * 1024


class ManifestFiles(AppSource):
    """The YAML files that `manifests` of an app names."""

    name = "files"
    schema = Schema(
        {ATTRIBUTE: optional(ANY, description="A folder, a file or a glob of YAML, or a list of these.")},
    )

    @override
    def render(self, config: SourceConfig, capabilities: Capabilities | None) -> Rendered:
        named = unmark_deep(config.values[ATTRIBUTE])[0]
        if not is_wholly_known(named):
            return Rendered(deferred=(DeferredObject((ATTRIBUTE,)),))
        diagnostics = Diagnostics()
        span = config.spans.get((ATTRIBUTE,))
        places = _places(config.folder, named, span, diagnostics)
        texts = {pattern: _read(place, span, diagnostics) for pattern, place in places.items()}
        files = {path: text for found in texts.values() for path, text in found.items()}
        found = tuple(each for path, text in files.items() for each in objects(text, path, diagnostics))
        return Rendered(found, texts=texts, diagnostics=tuple(diagnostics))

    @override
    def read(self, folder: Path, place: str) -> Mapping[str, str]:
        return _read(_place(folder, place), None, Diagnostics())


def _places(folder: Path, named: Any, span: Span | None, diagnostics: Diagnostics) -> dict[str, Path]:
    """The files, folders and globs that the attribute names, as it does."""
    found = {}
    for pattern in named if isinstance(named, tuple) else () if named is None else (named,):
        if not isinstance(pattern, str):
            diagnostics.error("Wrong type", "manifests takes a path, or a list of paths.", span)
            continue
        found[pattern] = _place(folder, pattern)
        if not _files(found[pattern]):
            detail = f'There is no manifest at "{pattern}": neither a file, nor a folder or a glob with *.yaml in it.'
            diagnostics.error("No manifests", detail, span)
    return found


def _place(folder: Path, pattern: str) -> Path:
    return folder / Path(pattern).expanduser()


def _files(place: Path) -> list[Path]:
    """The files that a folder, a file or a glob names; of a folder its YAML and JSON, those below it included."""
    if os.path.isdir(place):  # no error for what cannot be a name
        return sorted(path for path in place.rglob("*") if path.suffix in ENDINGS and path.is_file())
    if os.path.isfile(place):
        return [place]
    found = (Path(name) for name in glob.glob(str(place), recursive=True))
    return sorted(path for path in found if path.is_file())


def _read(place: Path, span: Span | None, diagnostics: Diagnostics) -> dict[str, str]:
    """The texts of the files at a place, by their paths."""
    texts = {}
    for path in _files(place):
        try:
            if path.stat().st_size > MAX_BYTES:
                diagnostics.error("Manifest too large", f"{path} is over {MAX_BYTES >> 20} MiB.", span)
                continue
            texts[str(path)] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as failure:
            reason = failure.strerror if isinstance(failure, OSError) else "it is not UTF-8 text"
            diagnostics.error("Cannot read manifest", f"{path}: {reason}.", span)
    return texts
