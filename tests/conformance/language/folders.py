"""The folders of modules beside this file, in the style of published ones: networks and clusters of three clouds."""

from __future__ import annotations

from pathlib import Path

_MODULES = Path(__file__).with_name("modules")
FOLDERS = {name: _MODULES / name for name in ("vpc", "eks", "gke", "aks")}
"""Each is a stack that calls its modules."""
_ALONE = {"vpc/network/layout.tf": (), "eks/cluster/settings.tf": ("summary.tftpl",)}
"""Files of a module that need nothing of a cloud, with those that they read."""


def files_of(folder: Path) -> dict[str, str]:
    """All files below a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in paths}


def without_clouds() -> dict[str, dict[str, str]]:
    """The files of what can be applied anywhere: stacks as they are, and some files of modules as stacks."""
    found = {name: files_of(FOLDERS[name]) for name in ("gke", "aks")}
    for name, read in _ALONE.items():
        path = _MODULES / name
        found[name] = {each.name: each.read_text() for each in (path, *(path.with_name(other) for other in read))}
    return found
