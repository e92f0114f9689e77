"""From a folder of HCL to a `Configuration`: reads the files and sorts their blocks, reporting all that is wrong.

Called by every command. Nothing is evaluated here but what has to be constant (a variable's default, a flag).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from language.body import parse_file
from language.diagnostics import Diagnostics, FreeholdError, Sources, error
from language.expressions import Scope
from language.types import ANY, BOOL, STRING, ConversionError, Type, convert, parse_type
from planner import shapes
from planner.configuration import (
    MISSING,
    App,
    BackendBlock,
    Cluster,
    Condition,
    Configuration,
    Lifecycle,
    Local,
    ManifestBlock,
    NodePoolBlock,
    ObjectBlock,
    Output,
    ProviderBlock,
    Resource,
    Stack,
    Variable,
)

if TYPE_CHECKING:
    from language.body import Block, Body
    from language.expressions import Expression, Traversal

MAX_FILE_BYTES = 16 * 1024 * 1024


def stack_files(directory: Path) -> list[Path]:
    """Every `*.hcl` of the folder but lock files and hidden ones, by name."""
    return sorted(
        path
        for path in directory.glob("*.hcl")
        if not path.name.endswith(".lock.hcl") and not path.name.startswith(".") and path.is_file()
    )


def load(directory: Path, cloud_blocks: frozenset[str]) -> tuple[Configuration, Diagnostics]:
    """Read the stack in `directory`. `cloud_blocks` are the names of the blocks that only one cloud has.

    Raises FreeholdError when the folder holds no configuration or a file cannot be read.
    """
    if not directory.is_dir():
        raise FreeholdError([error("No such folder", f"{directory} is not a folder.")])
    files = stack_files(directory)
    if not files:
        advice = "Write a stack in a file such as main.hcl, or name its folder with -chdir=DIR."
        raise FreeholdError(
            [error("No configuration", f"There is no *.hcl file in {directory.resolve()}.", advice=advice)]
        )
    loader = _Loader(directory, cloud_blocks)
    digest = hashlib.sha256()
    for path in files:
        loader.read(path, digest.update)
    loader.configuration.digest = digest.hexdigest()
    return loader.configuration, loader.diagnostics


Named = TypeVar("Named")


class _Loader:
    """Turns top-level blocks into the configuration's dataclasses."""

    def __init__(self, directory: Path, cloud_blocks: frozenset[str]) -> None:
        self.diagnostics = Diagnostics()
        self.configuration = Configuration(directory, Stack(directory.resolve().name), Sources())
        self._clouds = cloud_blocks
        self._by_type: dict[str, Callable[[Block], None]] = {
            "stack": self._stack,
            "variable": self._variable,
            "locals": self._locals,
            "output": self._output,
            "provider": self._provider,
            "resource": self._resource,
            "cluster": self._cluster,
            "app": self._app,
        }
        self._stack_block: Block | None = None

    def read(self, path: Path, digest: Callable[[bytes], None]) -> None:
        shown = path.name
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise FreeholdError([error("File too large", f"{shown} is over {MAX_FILE_BYTES >> 20} MiB.")])
            digest(shown.encode() + b"\0" + path.read_bytes() + b"\0")
        except OSError as failure:
            raise FreeholdError([error("Cannot read file", f"{shown}: {failure.strerror}.")]) from failure
        body, diagnostics = parse_file(path, shown, self.configuration.sources)
        self.diagnostics.extend(diagnostics)
        shapes.check(body, shapes.TOP, "a stack", self.diagnostics)
        for block in body.blocks:
            if block.type in self._by_type and len(block.labels) == shapes.TOP.blocks[block.type]:
                self._by_type[block.type](block)

    # -- one method a block -------------------------------------------------------------------------------------

    def _stack(self, block: Block) -> None:
        if self._stack_block is not None:
            first = self._stack_block.span
            detail = f"A stack is named once; there is one at {first.file} line {first.start_line}."
            if first.file != block.span.file:
                self.diagnostics.error("Duplicate stack block", detail, block.span)
            return
        self._stack_block = block
        shapes.check(block.body, shapes.STACK, 'a "stack" block', self.diagnostics)
        backend = next(
            (BackendBlock(b.labels[0], b.span, b.body) for b in block.body.blocks if b.type == "backend"), None
        )
        version = self._constant(block.body, "required_version", STRING, "")
        self.configuration.stack = Stack(block.labels[0], block.span, version, backend)

    def _variable(self, block: Block) -> None:
        body, name = block.body, block.labels[0]
        shapes.check(body, shapes.VARIABLE, f'variable "{name}"', self.diagnostics)
        type_: Type = ANY
        if "type" in body.attributes:
            type_ = parse_type(body.attributes["type"].expression, self.diagnostics)
        default = self._constant(body, "default", ANY, MISSING)
        if default is not MISSING and default is not None:
            default = self._converted(default, type_, body.attributes["default"].expression, f"variable {name}")
        variable = Variable(
            name,
            block.span,
            type_,
            default,
            sensitive=self._constant(body, "sensitive", BOOL, False),
            nullable=self._constant(body, "nullable", BOOL, True),
            description=self._constant(body, "description", STRING, ""),
            validations=tuple(self._condition(b) for b in body.blocks if b.type == "validation" and self._whole(b)),
        )
        self._put(self.configuration.variables, name, variable, "variable")

    def _locals(self, block: Block) -> None:
        shapes.check(block.body, shapes.Shape(open_attributes=True), 'a "locals" block', self.diagnostics)
        for attribute in block.body.attributes.values():
            local = Local(attribute.name, attribute.name_span, attribute.expression)
            self._put(self.configuration.locals, attribute.name, local, "local value")

    def _output(self, block: Block) -> None:
        body, name = block.body, block.labels[0]
        if not shapes.check(body, shapes.OUTPUT, f'output "{name}"', self.diagnostics):
            return
        output = Output(
            name,
            block.span,
            body.attributes["value"].expression,
            sensitive=self._constant(body, "sensitive", BOOL, False),
            description=self._constant(body, "description", STRING, ""),
            depends_on=self._references(body, "depends_on"),
        )
        self._put(self.configuration.outputs, name, output, "output")

    def _provider(self, block: Block) -> None:
        name = block.labels[0]
        self._put(
            self.configuration.providers, name, ProviderBlock(name, block.span, block.body), "provider configuration"
        )

    def _resource(self, block: Block) -> None:
        type_, name = block.labels
        shapes.check(block.body, shapes.RESOURCE, f'resource "{type_}" "{name}"', self.diagnostics)
        attributes = block.body.attributes
        count, for_each = (
            attributes[meta].expression if meta in attributes else None for meta in ("count", "for_each")
        )
        if count is not None and for_each is not None:
            self.diagnostics.error(
                'Both "count" and "for_each"',
                "A block can have one of them, not both.",
                attributes["for_each"].name_span,
            )
        lifecycle = next((b for b in block.body.blocks if b.type == "lifecycle"), None)
        resource = Resource(
            type_,
            name,
            block.span,
            block.body.without(shapes.META, ("lifecycle",)),
            count,
            for_each,
            self._references(block.body, "depends_on"),
            self._lifecycle(lifecycle) if lifecycle else Lifecycle(),
        )
        self._put(self.configuration.resources, resource.address, resource, "resource")

    def _lifecycle(self, block: Block) -> Lifecycle:
        body = block.body
        shapes.check(body, shapes.LIFECYCLE, 'a "lifecycle" block', self.diagnostics)
        ignore = body.attributes.get("ignore_changes")
        keyword = ignore.expression.traversal() if ignore else None
        ignore_all = keyword is not None and keyword.root == "all" and not keyword.steps
        return Lifecycle(
            create_before_destroy=self._constant(body, "create_before_destroy", BOOL, False),
            prevent_destroy=self._constant(body, "prevent_destroy", BOOL, False),
            ignore_changes=() if ignore_all else self._references(body, "ignore_changes"),
            ignore_all=ignore_all,
            replace_triggered_by=self._references(body, "replace_triggered_by"),
        )

    def _cluster(self, block: Block) -> None:
        body, name = block.body, block.labels[0]
        where = f'cluster "{name}"'
        shapes.check(body, shapes.CLUSTER, where, self.diagnostics)
        pools: dict[str, NodePoolBlock] = {}
        clouds: dict[str, tuple[Body, Any]] = {}
        for inner in body.blocks:
            if inner.type == "node_pool" and len(inner.labels) == 1:
                self._put(pools, inner.labels[0], NodePoolBlock(inner.labels[0], inner.span, inner.body), "node pool")
            elif inner.type in self._clouds:
                if shapes.check_labels(inner, 0, self.diagnostics):
                    clouds[inner.type] = (inner.body, inner.span)
            elif inner.type not in shapes.CLUSTER.blocks:
                shapes.check_unknown_block(inner, (*shapes.CLUSTER.blocks, *self._clouds), where, self.diagnostics)
        cluster = Cluster(
            name,
            block.span,
            body.without(("depends_on",), ("node_pool", *self._clouds)),
            tuple(pools.values()),
            clouds,
            self._references(body, "depends_on"),
        )
        self._put(self.configuration.clusters, name, cluster, "cluster")

    def _app(self, block: Block) -> None:
        body, name = block.body, block.labels[0]
        shapes.check(body, shapes.APP, f'app "{name}"', self.diagnostics)
        if "cluster" not in body.attributes:
            return
        expression = body.attributes["cluster"].expression
        cluster = expression.traversal()
        if cluster is None or cluster.root != "cluster" or len(cluster.steps) != 1:
            detail = "An app is put on a cluster block, named as it is: cluster.NAME."
            self.diagnostics.error("Not a cluster", detail, expression.span)
            return
        manifests: dict[str, ManifestBlock] = {}
        objects: dict[str, ObjectBlock] = {}
        for inner in body.blocks:
            if len(inner.labels) != 1:
                continue
            if inner.type == "manifest":
                self._put(
                    manifests, inner.labels[0], ManifestBlock(inner.labels[0], inner.span, inner.body), "manifest"
                )
            elif inner.type == "object":
                self._put(objects, inner.labels[0], self._object(inner), "object")
        app = App(
            name,
            block.span,
            body.without(("cluster", "depends_on"), ("manifest", "object")),
            cluster,
            tuple(manifests.values()),
            tuple(objects.values()),
            self._references(body, "depends_on"),
        )
        self._put(self.configuration.apps, name, app, "app")

    def _object(self, block: Block) -> ObjectBlock:
        shapes.check(block.body, shapes.OBJECT, f'object "{block.labels[0]}"', self.diagnostics)
        inner = {b.type: b.body for b in block.body.blocks}
        lifecycle = inner.get("lifecycle")
        if lifecycle is None:
            return ObjectBlock(block.labels[0], block.span, inner.get("ready"))
        shapes.check(lifecycle, shapes.OBJECT_LIFECYCLE, "an object's lifecycle", self.diagnostics)
        ignore = lifecycle.attributes.get("ignore_changes")
        prevent = self._constant(lifecycle, "prevent_destroy", BOOL, False)
        return ObjectBlock(
            block.labels[0], block.span, inner.get("ready"), ignore.expression if ignore else None, prevent
        )

    # -- parts of blocks ----------------------------------------------------------------------------------------

    def _put(self, into: dict[str, Named], name: str, item: Named, what: str) -> None:
        span = item.span  # type: ignore[attr-defined]
        if name in into:
            first = into[name].span  # type: ignore[attr-defined]
            detail = f'A {what} named "{name}" is already there, at {first.file} line {first.start_line}.'
            self.diagnostics.error(f"Duplicate {what}", detail, span)
            return
        into[name] = item

    def _whole(self, block: Block) -> bool:
        return shapes.check(block.body, shapes.VALIDATION, 'a "validation" block', self.diagnostics)

    def _condition(self, block: Block) -> Condition:
        attributes = block.body.attributes
        return Condition(attributes["condition"].expression, attributes["error_message"].expression, block.span)

    def _constant(self, body: Body, name: str, type_: Type, default: Any) -> Any:
        """The value of an attribute that may refer to nothing."""
        attribute = body.attributes.get(name)
        if attribute is None:
            return default
        value = attribute.expression.evaluate(Scope.constant(), self.diagnostics)
        return self._converted(value, type_, attribute.expression, name)

    def _converted(self, value: Any, type_: Type, expression: Expression, what: str) -> Any:
        try:
            return convert(value, type_)
        except ConversionError as failure:
            self.diagnostics.error("Wrong type", f"The value of {what} is not suitable: {failure}.", expression.span)
            return value

    def _references(self, body: Body, name: str) -> tuple[Traversal, ...]:
        """A list of bare references, as `depends_on` holds."""
        attribute = body.attributes.get(name)
        if attribute is None:
            return ()
        elements = attribute.expression.elements()
        if elements is None:
            self.diagnostics.error("Not a list", f"{name} takes a list of references.", attribute.expression.span)
            return ()
        found = []
        for element in elements:
            traversal = element.traversal()
            if traversal is None:
                detail = f"{name} takes references as they are, without quotes or operators."
                self.diagnostics.error("Not a reference", detail, element.span)
            else:
                found.append(traversal)
        return tuple(found)
