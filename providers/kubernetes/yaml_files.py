"""Manifests as people write them, to objects: YAML documents with their lines, lists taken apart, errors told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from language.diagnostics import Diagnostics, Span
from language.values import Sensitive, Unknown
from language.yaml import Document, YamlError, load_documents
from providers.contract import ManifestSource, Values
from providers.kubernetes.objects import values


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object and where it is written."""

    value: Values
    span: Span | None


@lru_cache(maxsize=64)
def _documents(text: str) -> tuple[tuple[Document, ...], YamlError | None]:
    """The documents of a text up to the first error; remembered, since an app's manifests are asked for often."""
    found: list[Document] = []
    try:
        for document in load_documents(text):
            found.append(Document(values(document.value), document.line, document.end_line))
    except YamlError as failure:
        return tuple(found), failure
    return tuple(found), None


def manifests(source: ManifestSource, diagnostics: Diagnostics) -> Iterator[Manifest]:
    """The objects of a source. What is none is reported, with its own file and line."""
    if source.text is None:
        yield from _objects(source.value, source.span, diagnostics)
        return
    documents, failure = _documents(source.text)
    for document in documents:
        span = Span(source.file, document.line, 1, document.line, 1)
        yield from _objects(document.value, span, diagnostics)
    if failure is not None:
        span = Span(source.file, failure.line, failure.column, failure.line, failure.column + 1)
        diagnostics.error("Invalid YAML", f"{failure.problem[:1].upper()}{failure.problem[1:]}.", span)


def _objects(value: Any, span: Span | None, diagnostics: Diagnostics) -> Iterator[Manifest]:
    if not isinstance(value, dict):
        diagnostics.error("Not a Kubernetes object", "A manifest is a map with apiVersion, kind and metadata.", span)
        return
    if str(value.get("kind", "")).endswith("List") and isinstance(value.get("items"), tuple):
        for item in value["items"]:
            yield from _objects(item, span, diagnostics)
        return
    problems = [problem for problem in _missing(value) if problem]
    for problem in problems:
        diagnostics.error("Not a Kubernetes object", problem, span)
    if not problems:
        yield Manifest(value, span)


def _missing(value: Values) -> Iterator[str]:
    for name in ("apiVersion", "kind"):
        yield _text(value.get(name), name)
    metadata = value.get("metadata")
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
    if isinstance(value, Unknown | Sensitive):
        return f"The {name} of an object has to be known when it is planned, and cannot be sensitive."
    if value is None or value == "":
        return f"The object has no {name}."
    return "" if isinstance(value, str) else f"The {name} has to be a text; put it in quotes."
