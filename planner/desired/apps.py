"""App blocks to what they want: every object of their manifests, on the cluster that they name."""

from __future__ import annotations

import glob
from functools import cached_property
from pathlib import Path
from typing import Any

from language.diagnostics import Diagnostics, FreeholdError, Span, error
from language.expressions import Expression
from language.schema import Schema, optional
from language.traversal import Key as IndexKey
from language.traversal import Traversal
from language.types import ANY, BOOL, STRING
from language.values import is_wholly_known, unmark_deep
from planner.configuration.blocks import App, Lifecycle, ObjectBlock
from planner.desired.wanted import CLUSTER_PREFIX, Wanted
from planner.evaluation.decode import decode, decode_free
from planner.evaluation.durations import seconds
from planner.evaluation.dynamic import blocks_of
from planner.evaluation.evaluator import Evaluator
from providers import Registry
from providers.contract import AppHost, AppSpec, Expansion, ManifestSource, ObjectRule, Provider

SCHEMA = Schema(
    {
        "namespace": optional(STRING, description="Where its objects are put that name no namespace; created for it."),
        "manifests": optional(ANY, description="A folder, a file or a glob of YAML, or a list of these."),
        "timeout": optional(STRING, default="10m", description="For each of its objects to be ready."),
        "wait": optional(BOOL, default=True, description="Whether to wait until its objects are ready."),
        "force_conflicts": optional(BOOL, default=False, description="Take over fields that another applier holds."),
        "adopt": optional(BOOL, default=False, description="Take over objects that exist already."),
    }
)
MAX_MANIFEST_BYTES = 64 * 1024 * 1024


class Apps:
    """Turns app blocks into their objects, in the scope of the module instance that they are in."""

    def __init__(self, registry: Registry) -> None:
        self._texts: dict[Path, str] = {}
        self._registry = registry

    @cached_property
    def provider(self) -> Provider:
        """The provider of Kubernetes objects, loaded when the first app asks. Raises FreeholdError."""
        provider = self._registry.of_objects()
        if provider is None:
            detail = "Apps need a provider of objects on clusters, and none is installed."
            raise FreeholdError([error("Unknown provider", detail)])
        return provider

    @property
    def host(self) -> AppHost:
        host = self.provider.apps
        assert host is not None
        return host

    def spec(self, evaluator: Evaluator, app: App, diagnostics: Diagnostics) -> AppSpec | None:
        """The block evaluated, its manifests read."""
        before = len(diagnostics)
        where = evaluator.prefix + app.address
        own = app.body.without((), {block.type for block in app.body.blocks})
        values = decode(own, SCHEMA, evaluator.scope, where, diagnostics)
        values, _ = unmark_deep(values)
        for name, value in values.items():
            if not is_wholly_known(value):
                span = app.body.attributes[name].expression.span
                diagnostics.error("Value not known", f"The {name} of an app has to be known when it is planned.", span)
        if len(diagnostics) > before:
            return None
        read = self._read(evaluator, app, values["manifests"], diagnostics)
        sources = [*read, *self._written(evaluator, app, diagnostics)]
        cluster = cluster_of(evaluator, app, diagnostics)
        spec = AppSpec(
            name=app.name,
            namespace=values["namespace"],
            sources=tuple(sources),
            rules=tuple(self._rule(evaluator, block, diagnostics) for block in app.objects),
            wait=values["wait"],
            timeout=self._duration(app, values["timeout"], diagnostics),
            force_conflicts=values["force_conflicts"],
            adopt=values["adopt"],
            span=app.span,
        )
        evaluator.results.outputs[where] = {
            "name": app.name,
            "namespace": values["namespace"],
            "cluster": cluster,
        }
        return None if len(diagnostics) > before else spec

    def wanted(
        self, app: App, address: str, cluster: str, expansion: Expansion, depends_on: tuple[str, ...]
    ) -> list[Wanted]:
        """What the objects of the app at an address want."""
        return [
            Wanted(
                f"{address}/{item.name}",
                item.type,
                address,
                self.provider.kinds[item.type],
                self.provider,
                f"{CLUSTER_PREFIX}{cluster}",
                item.values,
                (*(f"{address}/{name}" for name in item.depends_on), *depends_on),
                item.ignore_changes,
                Lifecycle(prevent_destroy=item.prevent_destroy),
                item.span or app.span,
            )
            for item in expansion.resources
        ]

    # -- parts --------------------------------------------------------------------------------------------------

    def _read(self, evaluator: Evaluator, app: App, manifests: Any, diagnostics: Diagnostics) -> list[ManifestSource]:
        if manifests is None:
            return []
        span = app.body.attributes["manifests"].expression.span
        patterns = manifests if isinstance(manifests, tuple) else (manifests,)
        found: list[ManifestSource] = []
        for pattern in patterns:
            if not isinstance(pattern, str):
                diagnostics.error("Wrong type", "manifests takes a path, or a list of paths.", span)
                continue
            paths = _manifest_files(Path(evaluator.scope.folder) / Path(pattern).expanduser())
            if not paths:
                detail = (
                    f'There is no manifest at "{pattern}": neither a file, nor a folder or a glob with *.yaml in it.'
                )
                diagnostics.error("No manifests", detail, span)
            for path in paths:
                text = self._text(evaluator, path, span, diagnostics)
                if text is not None:
                    found.append(ManifestSource(span, text=text, file=str(path)))
        return found

    def _text(self, evaluator: Evaluator, path: Path, span: Span, diagnostics: Diagnostics) -> str | None:
        if path not in self._texts:
            try:
                if path.stat().st_size > MAX_MANIFEST_BYTES:
                    diagnostics.error("Manifest too large", f"{path} is over {MAX_MANIFEST_BYTES >> 20} MiB.", span)
                    return None
                self._texts[path] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as failure:
                reason = failure.strerror if isinstance(failure, OSError) else "it is not UTF-8 text"
                diagnostics.error("Cannot read manifest", f"{path}: {reason}.", span)
                return None
            evaluator.configuration.sources.add(str(path), self._texts[path])
        return self._texts[path]

    def _written(self, evaluator: Evaluator, app: App, diagnostics: Diagnostics) -> list[ManifestSource]:
        found: dict[str, ManifestSource] = {}
        for block in blocks_of(app.body, evaluator.scope, diagnostics):
            if not block.known:
                detail = "How many manifests there are has to be known when the app is planned."
                diagnostics.error("Value not known", detail, block.span)
            elif block.type == "manifest" and len(block.labels) == 1:
                name = block.labels[0]
                if name in found:
                    diagnostics.error("Duplicate manifest", f'There is another manifest named "{name}".', block.span)
                value = decode_free(block.body, block.scope, diagnostics)
                found[name] = ManifestSource(block.span, value=value, file=block.span.file)
        return list(found.values())

    def _rule(self, evaluator: Evaluator, block: ObjectBlock, diagnostics: Diagnostics) -> ObjectRule:
        scope = evaluator.scope
        ready = decode_free(block.ready, scope, diagnostics) if block.ready is not None else None
        ignore: Any = ()
        if block.ignore_changes is not None:
            ignore = block.ignore_changes.evaluate(scope, diagnostics)
            if not isinstance(ignore, tuple) or not all(isinstance(path, str) for path in ignore):
                detail = 'ignore_changes takes a list of paths in the object, as "spec.replicas".'
                diagnostics.error("Invalid ignore_changes", detail, block.ignore_changes.span)
                ignore = ()
        return ObjectRule(block.key, ready, tuple(ignore), block.prevent_destroy, block.span)

    def _duration(self, app: App, text: str, diagnostics: Diagnostics) -> float:
        try:
            return seconds(text)
        except ValueError as failure:
            attribute = app.body.attributes.get("timeout")
            span = attribute.expression.span if attribute else app.span
            diagnostics.error("Invalid duration", f"{str(failure).capitalize()}.", span)
            return 600.0


def cluster_of(evaluator: Evaluator, app: App, diagnostics: Diagnostics) -> str:
    """The full address of the cluster that an app is put on, followed through variables and modules' outputs."""
    found = _followed(evaluator, app.cluster)
    if found is None:
        detail = f'"{app.cluster}" does not lead to a cluster block, by a variable or an output that is one.'
        diagnostics.error("Not a cluster", detail, app.cluster.span)
    return found or ""


def _followed(evaluator: Evaluator, traversal: Traversal) -> str | None:
    name = traversal.steps[0] if traversal.steps else None
    if not isinstance(name, str):
        return None
    if traversal.root == "cluster" and len(traversal.steps) == 1:
        return f"{evaluator.prefix}cluster.{name}"
    expression: Expression | None = None
    if traversal.root == "var" and len(traversal.steps) == 1:
        expression = evaluator.argument(name)
        outer = evaluator.parent
    elif traversal.root == "module":
        key = traversal.steps[1].value if isinstance(traversal.steps[1], IndexKey) else None
        outer = evaluator.called(name, key)
        output = outer.configuration.outputs.get(str(traversal.steps[-1])) if outer else None
        expression = output.value if output is not None else None
    found = expression.traversal() if expression is not None else None
    return _followed(outer, found) if found is not None and outer is not None else None


def _manifest_files(path: Path) -> list[Path]:
    """The files that a folder, a file or a glob names; of a folder its YAML and JSON, those below it included."""
    endings = (".yaml", ".yml", ".json")
    if path.is_dir():
        return sorted(p for p in path.rglob("*") if p.suffix in endings and p.is_file())
    if path.is_file():
        return [path]
    found = (Path(name) for name in glob.glob(str(path), recursive=True))
    return sorted(p for p in found if p.is_file())
