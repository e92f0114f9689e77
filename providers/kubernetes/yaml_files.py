"""YAML as people write it, to what is in it: a document an object, each with its line; errors told."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from language.diagnostics import Diagnostics, Span
from language.yaml import Document, YamlError, load_documents
from providers.contract import AppObject
from providers.kubernetes.objects import values


@lru_cache(maxsize=64)
def _documents(text: str) -> tuple[tuple[Document, ...], YamlError | None]:
    """The documents of a text up to the first error; remembered, since they are asked for again while applying."""
    found: list[Document] = []
    try:
        for document in load_documents(text):
            found.append(Document(values(document.value), document.line, document.end_line))
    except YamlError as failure:
        return tuple(found), failure
    return tuple(found), None


def objects(text: str, file: str, diagnostics: Diagnostics) -> Iterator[AppObject]:
    """What is in a text. What is no YAML is reported, with its line."""
    documents, failure = _documents(text)
    for document in documents:
        yield AppObject(document.value, Span(file, document.line, 1, document.line, 1))
    if failure is not None:
        span = Span(file, failure.line, failure.column, failure.line, failure.column + 1)
        diagnostics.error("Invalid YAML", f"{failure.problem[:1].upper()}{failure.problem[1:]}.", span)
