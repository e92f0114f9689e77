"""What a field is: the types of the API compiled from its published schemas, once a version, and only those asked for.

Everything that walks an object walks one of these beside it: decoding, defaulting, structured merge, field sets,
strategic merge. Built-in types come from the `kubernetes-validate` package (the schemas) and `traits.json.gz` (what
the Go types say besides); those of custom resources are compiled by `customresources`.
"""

from __future__ import annotations

import functools
import gzip
import json
import threading
from pathlib import Path
from typing import Any

from language.overriding import override

OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

SCALAR, MAP, LIST, ANY = "scalar", "map", "list", "any"


class Type:
    """A node of the type tree. Which attributes mean something depends on `kind`.

    scalar: `scalar` is string, integer, int32, int64, number, boolean, quantity, int-or-string, time or bytes.
    map: `fields` by name (a struct), `element` for any other name, or both; `atomic` when owned as a whole.
    list: `element`; `keys` (a map keyed by these fields), `is_set`, or neither (atomic).
    any: whatever JSON there is; its maps are merged by name, its lists are replaced.
    """

    __slots__ = (
        "always",
        "atomic",
        "default",
        "element",
        "embedded",
        "fields",
        "is_set",
        "key_defaults",
        "keys",
        "kind",
        "name",
        "nullable",
        "omitted",
        "patch_key",
        "patch_strategy",
        "preserve",
        "pruned",
        "required",
        "rules",
        "scalar",
        "structs",
    )

    def __init__(self, kind: str, name: str = "") -> None:
        self.kind = kind
        self.name = name
        self.scalar = ""
        self.fields: dict[str, Type] = {}
        self.element: Type | None = None
        self.atomic = False
        self.keys: tuple[str, ...] = ()
        self.key_defaults: dict[str, Any] = {}
        self.is_set = False
        self.structs: tuple[str, ...] = ()
        self.omitted: frozenset[str] = frozenset()
        self.always: dict[str, Any] = {}
        self.required: tuple[str, ...] = ()
        self.patch_key = ""
        self.patch_strategy: tuple[str, ...] = ()
        self.preserve = False
        self.pruned = False
        self.embedded = False
        self.nullable = False
        self.default: Any = None
        self.rules: dict[str, Any] | None = None

    def field(self, name: str) -> Type | None:
        """The type of a field or of any other key; None when there may be no such."""
        return self.fields.get(name) or self.element

    @property
    def short_name(self) -> str:
        """The type's name in Go: `DeploymentSpec`."""
        return self.name.rpartition(".")[2]

    @override
    def __repr__(self) -> str:
        return f"<Type {self.name or self.scalar or self.kind}>"


def scalar(name: str) -> Type:
    """The type of one scalar, by its name."""
    made = Type(SCALAR)
    made.scalar = name
    return made


UNTYPED = Type(ANY)

_SPECIAL = {  # definitions whose JSON is not what their schema says
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "time",
}
_OPAQUE = frozenset(
    {
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON",
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray",
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool",
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray",
        "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1",
        "io.k8s.apimachinery.pkg.runtime.RawExtension",
    }
)
_SCALARS = {("string", "byte"): "bytes", ("integer", "int32"): "int32", ("integer", "int64"): "int64"}
_KEY_DEFAULTS = {"protocol": "TCP"}  # the only list key that has a default in the API


class Schemas:
    """The built-in types of one minor version ("1.35"). Shared by every cluster of that version."""

    def __init__(self, minor: str) -> None:
        self._path = _definitions_path(minor)
        self._lock = threading.RLock()
        self._types: dict[str, Type] = {}

    @functools.cached_property
    def _definitions(self) -> dict[str, Any]:
        made: dict[str, Any] = without_descriptions(self.documents())
        return made

    def documents(self) -> dict[str, Any]:
        """The definitions as they were published, descriptions included; read again at each call."""
        return dict(json.loads(self._path.read_bytes())["$defs"])

    def has(self, name: str) -> bool:
        """Whether there is a definition of this name."""
        return name in self._definitions

    def type(self, name: str) -> Type:
        """The type with this definition name, such as `io.k8s.api.apps.v1.Deployment`."""
        with self._lock:
            made = self._types.get(name)
            return made if made is not None else self._named(name)

    def _named(self, name: str) -> Type:
        if name in self._types:
            return self._types[name]
        if name in _SPECIAL:
            made = self._types[name] = scalar(_SPECIAL[name])
            return made
        if name in _OPAQUE:
            self._types[name] = UNTYPED
            return UNTYPED
        made = self._types[name] = Type(MAP, name)  # before its fields, some of which are of the same type
        definition = self._definitions[name]
        if "properties" in definition:
            self._fill_struct(made, definition)
            return made
        filled = self._inline(definition)
        for slot in Type.__slots__:
            if slot != "name":
                setattr(made, slot, getattr(filled, slot))
        return made

    def _fill_struct(self, made: Type, definition: dict[str, Any]) -> None:
        for field, schema in definition["properties"].items():
            made.fields[field] = self._inline(schema)
        made.required = tuple(definition.get("required", ()))
        made.atomic = definition.get("x-kubernetes-map-type") == "atomic"
        traits = _traits().get(made.name, {})
        made.omitted = frozenset(traits.get("omit", ()))
        made.structs = tuple(field for field in traits.get("structs", ()) if field in made.fields)
        made.always = {key: zero for key, zero in traits.get("always", {}).items() if key in made.fields}

    def _inline(self, schema: dict[str, Any]) -> Type:
        if reference := schema.get("$ref"):
            return self._referring(schema, reference.rpartition("/")[2])
        kinds = schema.get("type", ())
        kind = kinds if isinstance(kinds, str) else next(iter(kinds), "")
        if kind == "array":
            return self._list(schema)
        if kind == "object" or "additionalProperties" in schema:
            return self._map(schema)
        if not kind:
            return UNTYPED
        return scalar(_SCALARS.get((kind, schema.get("format", "")), kind))

    def _referring(self, schema: dict[str, Any], name: str) -> Type:
        target = self._named(name)
        own = {key for key in schema if key.startswith("x-kubernetes-")}
        if not own:
            return target
        made = _copy(target)
        made.fields = target.fields  # shared, since it may still be filling
        made.atomic = target.atomic or schema.get("x-kubernetes-map-type") == "atomic"
        made.patch_strategy = _strategies(schema)
        if target.kind == MAP and not made.fields:
            self._fill_struct(made, self._definitions[name])
        return made

    def _list(self, schema: dict[str, Any]) -> Type:
        made = Type(LIST)
        made.element = self._inline(schema.get("items", {}))
        how = schema.get("x-kubernetes-list-type")
        made.patch_key = schema.get("x-kubernetes-patch-merge-key", "")
        made.patch_strategy = _strategies(schema)
        if how == "map" or (how is None and made.patch_key):
            made.keys = tuple(sorted(schema.get("x-kubernetes-list-map-keys") or [made.patch_key]))
            made.key_defaults = {key: _KEY_DEFAULTS[key] for key in made.keys if key in _KEY_DEFAULTS}
        made.is_set = how == "set" or (how is None and not made.patch_key and "merge" in made.patch_strategy)
        return made

    def _map(self, schema: dict[str, Any]) -> Type:
        made = Type(MAP)
        inner = schema.get("additionalProperties")
        made.element = self._inline(inner) if isinstance(inner, dict) else UNTYPED
        made.atomic = schema.get("x-kubernetes-map-type") == "atomic"
        return made


def _strategies(schema: dict[str, Any]) -> tuple[str, ...]:
    given = schema.get("x-kubernetes-patch-strategy", "")
    return tuple(given.split(",")) if given else ()


def _copy(source: Type) -> Type:
    made = Type(source.kind, source.name)
    for slot in Type.__slots__:
        setattr(made, slot, getattr(source, slot))
    return made


def without_descriptions(document: Any) -> Any:
    """The same schema without its prose, which is most of its size."""
    if isinstance(document, dict):
        return {
            key: without_descriptions(value)
            for key, value in document.items()
            if not (key == "description" and isinstance(value, str))
        }
    if isinstance(document, list):
        return [without_descriptions(item) for item in document]
    return document


@functools.cache
def _traits() -> dict[str, Any]:
    return dict(json.loads(gzip.decompress(Path(__file__).with_name("traits.json.gz").read_bytes())))


def _schema_directory() -> Path:
    import kubernetes_validate

    return Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"


@functools.cache
def known_minors() -> tuple[str, ...]:
    """The minor versions there are schemas of, oldest first: ("1.25", ..., "1.37")."""
    found = [path.name[1:].split(".")[:2] for path in _schema_directory().glob("v*-local")]
    return tuple(".".join(minor) for minor in sorted(found, key=lambda parts: [int(part) for part in parts]))


def _definitions_path(minor: str) -> Path:
    if minor not in known_minors():
        raise ValueError(f"no schemas of Kubernetes {minor}; there are {', '.join(known_minors())}")
    return _schema_directory() / f"v{minor}.0-local" / "_definitions.json"


@functools.cache
def schemas(minor: str) -> Schemas:
    """The types of a minor version, shared."""
    return Schemas(minor)
