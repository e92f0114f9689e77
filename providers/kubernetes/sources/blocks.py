"""`manifest "settings" { ... }`: objects that are written in the configuration, an attribute a field."""

from __future__ import annotations

from language.overriding import override
from language.schema import NestedBlock, Schema
from language.values import Unknown
from providers.contract import AppObject, AppSource, Capabilities, DeferredObject, Rendered, SourceConfig

BLOCK = "manifest"


class ManifestBlocks(AppSource):
    """The `manifest` blocks of an app."""

    name = "blocks"
    schema = Schema(blocks={BLOCK: NestedBlock(Schema(any_attribute=True), "map", description="An object.")})

    @override
    def render(self, config: SourceConfig, capabilities: Capabilities | None) -> Rendered:
        blocks = config.values[BLOCK]
        if isinstance(blocks, Unknown):
            return Rendered(deferred=(DeferredObject((BLOCK,)),))
        paths = {name: (BLOCK, name) for name in blocks}
        return Rendered(tuple(AppObject(blocks[name], config.spans.get(path), path) for name, path in paths.items()))
