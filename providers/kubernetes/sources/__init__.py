"""Where objects of apps come from, a module a source: `files` (manifests) and `blocks` (written in the configuration).

Sources of others are found by the entry point `freehold.app_sources`.
"""

from __future__ import annotations

from importlib.metadata import entry_points

from providers.contract import AppSource
from providers.kubernetes.sources.blocks import ManifestBlocks
from providers.kubernetes.sources.files import ManifestFiles

GROUP = "freehold.app_sources"


def installed() -> dict[str, AppSource]:
    """All sources, by name, in the order in which their objects are taken."""
    others = [entry.load() for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)]
    return {source.name: source for source in (ManifestFiles(), ManifestBlocks(), *others)}
