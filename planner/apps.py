"""App blocks to what they want: every object of their manifests, on the cluster that they name."""

from __future__ import annotations

import glob
from functools import cached_property
from pathlib import Path
from typing import Any

from language.diagnostics import Diagnostics, FreeholdError, Span, error
from language.types import ANY, BOOL, STRING
from language.values import is_wholly_known, unmark_deep
from planner.configuration import App, Configuration, Lifecycle, ObjectBlock
from planner.decode import decode, decode_free
from planner.durations import seconds
from planner.evaluate import Evaluator
from planner.wanted import Wanted
from providers import Registry
from providers.contract import AppHost, AppSpec, Expansion, ManifestSource, ObjectRule, Provider
from providers.schema import Schema, optional

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
    """Turns app blocks into their objects, in the evaluator's scope."""

    def __init__(self, registry: Registry, configuration: Configuration, evaluator: Evaluator) -> None:
        self._configuration = configuration
        self._evaluator = evaluator
        self._texts: dict[Path, str] = {}
        self._registry = registry

    @cached_property
    def provider(self) -> Provider:
        """The provider of Kubernetes objects, loaded when the first app asks. Raises FreeholdError."""
        provider = self._registry.get("kubernetes")
        if provider is None or provider.apps is None:
            raise FreeholdError(
                [error("Unknown provider", "Apps need the kubernetes provider, which is not installed.")]
            )
        return provider

    @property
    def host(self) -> AppHost:
        host = self.provider.apps
        assert host is not None
        return host

    def spec(self, app: App, diagnostics: Diagnostics) -> AppSpec | None:
        """The block evaluated, its manifests read."""
        before = len(diagnostics)
        where = app.address
        values = decode(app.body, SCHEMA, self._evaluator.scope, where, diagnostics)
        values, _ = unmark_deep(values)
        for name, value in values.items():
            if not is_wholly_known(value):
                span = app.body.attributes[name].expression.span
                diagnostics.error("Value not known", f"The {name} of an app has to be known when it is planned.", span)
        if len(diagnostics) > before:
            return None
        sources = [*self._read(app, values["manifests"], diagnostics), *self._written(app, diagnostics)]
        spec = AppSpec(
            name=app.name,
            namespace=values["namespace"],
            sources=tuple(sources),
            rules=tuple(self._rule(block, diagnostics) for block in app.objects),
            wait=values["wait"],
            timeout=self._duration(app, values["timeout"], diagnostics),
            force_conflicts=values["force_conflicts"],
            adopt=values["adopt"],
            span=app.span,
        )
        self._evaluator.results.outputs[app.address] = {
            "name": app.name,
            "namespace": values["namespace"],
            "cluster": str(app.cluster),
        }
        return None if len(diagnostics) > before else spec

    def wanted(self, app: App, expansion: Expansion, depends_on: tuple[str, ...]) -> list[Wanted]:
        """What the app's objects want."""
        address = app.address
        return [
            Wanted(
                f"{address}/{item.name}",
                item.type,
                address,
                self.provider.kinds[item.type],
                self.provider,
                f"kubernetes@{app.cluster}",
                item.values,
                (*(f"{address}/{name}" for name in item.depends_on), *depends_on),
                item.ignore_changes,
                Lifecycle(prevent_destroy=item.prevent_destroy),
                item.span or app.span,
            )
            for item in expansion.resources
        ]

    # -- parts --------------------------------------------------------------------------------------------------

    def _read(self, app: App, manifests: Any, diagnostics: Diagnostics) -> list[ManifestSource]:
        if manifests is None:
            return []
        span = app.body.attributes["manifests"].expression.span
        patterns = manifests if isinstance(manifests, tuple) else (manifests,)
        found: list[ManifestSource] = []
        for pattern in patterns:
            if not isinstance(pattern, str):
                diagnostics.error("Wrong type", "manifests takes a path, or a list of paths.", span)
                continue
            paths = _manifest_files(self._configuration.directory / Path(pattern).expanduser())
            if not paths:
                detail = (
                    f'There is no manifest at "{pattern}": neither a file, nor a folder or a glob with *.yaml in it.'
                )
                diagnostics.error("No manifests", detail, span)
            for path in paths:
                text = self._text(path, span, diagnostics)
                if text is not None:
                    found.append(ManifestSource(span, text=text, file=str(path)))
        return found

    def _text(self, path: Path, span: Span, diagnostics: Diagnostics) -> str | None:
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
            self._configuration.sources.add(str(path), self._texts[path])
        return self._texts[path]

    def _written(self, app: App, diagnostics: Diagnostics) -> list[ManifestSource]:
        scope = self._evaluator.scope
        return [
            ManifestSource(block.span, value=decode_free(block.body, scope, diagnostics), file=block.span.file)
            for block in app.manifests
        ]

    def _rule(self, block: ObjectBlock, diagnostics: Diagnostics) -> ObjectRule:
        scope = self._evaluator.scope
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


def _manifest_files(path: Path) -> list[Path]:
    """The files that a folder, a file or a glob names; of a folder its YAML and JSON, those below it included."""
    endings = (".yaml", ".yml", ".json")
    if path.is_dir():
        return sorted(p for p in path.rglob("*") if p.suffix in endings and p.is_file())
    if path.is_file():
        return [path]
    found = (Path(name) for name in glob.glob(str(path), recursive=True))
    return sorted(p for p in found if p.is_file())
