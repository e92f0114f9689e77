"""What sources give, made into single objects: lists are taken apart, what is no object is reported, and one whose name
is not known yet is deferred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from language.diagnostics import Diagnostics, Span
from language.values import Sensitive, Unknown
from providers.contract import AppObject, DeferredObject, ValuePath, Values
from providers.kubernetes.lineage import reserved


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object and where it is written."""

    value: Values
    span: Span | None


@dataclass(slots=True)
class Manifests:
    """The objects of an app, and what is deferred of them."""

    found: list[Manifest] = field(default_factory=list)
    deferred: list[DeferredObject] = field(default_factory=list)


def manifests(objects: Iterable[AppObject], diagnostics: Diagnostics) -> Manifests:
    """What is in the objects that sources give."""
    made = Manifests()
    for item in _apart(objects):
        if not isinstance(item.value, dict):
            detail = "A manifest is a map with apiVersion, kind and metadata."
            diagnostics.error("Not a Kubernetes object", detail, item.span)
            continue
        unknown = next((path for path, value in _identifying(item.value) if isinstance(value, Unknown)), None)
        problems = [problem for problem in _missing(item.value) if problem]
        for problem in problems:
            diagnostics.error("Not a Kubernetes object", problem, item.span)
        for _, problem in reserved(item.value):
            diagnostics.error("Reserved label", problem, item.span)
        if unknown is not None and not problems:
            made.deferred.append(DeferredObject((*item.path, *unknown), _name(item.value)))
        elif not problems:
            made.found.append(Manifest(item.value, item.span))
    return made


def _apart(objects: Iterable[AppObject]) -> Iterator[AppObject]:
    """The objects, and those in lists."""
    for item in objects:
        value = item.value
        if isinstance(value, dict) and _is_list(value):
            inner = enumerate(value["items"])
            yield from _apart(replace(item, value=each, path=(*item.path, "items", index)) for index, each in inner)
        else:
            yield item


def _is_list(value: Values) -> bool:
    return str(value.get("kind", "")).endswith("List") and isinstance(value.get("items"), tuple)


def _identifying(value: Values) -> Iterator[tuple[ValuePath, Any]]:
    """What an object is known by."""
    yield ("apiVersion",), value.get("apiVersion")
    yield ("kind",), value.get("kind")
    metadata = value.get("metadata")
    yield ("metadata",), metadata
    if isinstance(metadata, dict):
        yield ("metadata", "name"), metadata.get("name")
        yield ("metadata", "namespace"), metadata.get("namespace")


def _missing(value: Values) -> Iterator[str]:
    for name in ("apiVersion", "kind"):
        yield _text(value.get(name), name)
    metadata = value.get("metadata")
    if isinstance(metadata, Unknown):
        return
    if not isinstance(metadata, dict):
        yield "The object has no metadata."
        return
    if "generateName" in metadata and "name" not in metadata:
        yield "An object with generateName gets another name each time; give it a name."
        return
    yield _text(metadata.get("name"), "metadata.name")
    if "namespace" in metadata and metadata["namespace"] is not None:
        yield _text(metadata["namespace"], "metadata.namespace")


def _text(value: Any, name: str) -> str:
    if isinstance(value, Sensitive):
        return f"The {name} of an object is shown in plans, and cannot be sensitive."
    if value is None or value == "":
        return f"The object has no {name}."
    return "" if isinstance(value, str | Unknown) else f"The {name} has to be a text; put it in quotes."


def _name(value: Values) -> str:
    """As far as it is known: "apps/Deployment/*"."""
    version, metadata = value["apiVersion"], value["metadata"]
    group = version.rpartition("/")[0] if isinstance(version, str) else "*"
    name = metadata.get("name") if isinstance(metadata, dict) else None
    parts = (group, value["kind"], metadata.get("namespace") if isinstance(metadata, dict) else None, name or "*")
    return "/".join(part if isinstance(part, str) else "*" for part in parts if part)
