"""The language server: the protocol's requests to the questions of the other modules, and their answers back."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from editor import completion, hover, symbols
from editor.members import Members
from editor.place import word_at
from editor.stack import Stack
from language import __version__
from language.diagnostics import Diagnostic, Span
from language.formatting import format_text

PAUSE = 0.25
"""Seconds without typing after which a folder is checked."""
_KINDS = {
    "argument": lsp.CompletionItemKind.Property,
    "block": lsp.CompletionItemKind.Struct,
    "function": lsp.CompletionItemKind.Function,
    "reference": lsp.CompletionItemKind.Variable,
    "label": lsp.CompletionItemKind.Class,
}
_SEVERITIES = {"error": lsp.DiagnosticSeverity.Error, "warning": lsp.DiagnosticSeverity.Warning}


class Server(LanguageServer):
    """Keeps the stack of each folder as it was last read."""

    def __init__(self) -> None:
        super().__init__("freehold", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental)
        self._members = Members()
        self._stacks: dict[Path, Stack] = {}
        self._reported: dict[Path, set[str]] = {}
        self._waiting: dict[Path, asyncio.TimerHandle] = {}

    # -- folders ------------------------------------------------------------------------------------------------------

    def folder(self, uri: str) -> Path:
        """The folder of a file, which is taken for a stack."""
        return Path(uris.to_fs_path(uri) or ".").resolve().parent

    def stack(self, uri: str) -> Stack:
        """The stack of a file."""
        folder = self.folder(uri)
        return self._stacks[folder] if folder in self._stacks else self._read(folder)

    def changed(self, uri: str, pause: float = PAUSE) -> None:
        """Check the folder of a file, a while after the last change."""
        folder = self.folder(uri)
        if folder in self._waiting:
            self._waiting.pop(folder).cancel()
        self._waiting[folder] = asyncio.get_running_loop().call_later(pause, self._check, folder)

    def _check(self, folder: Path) -> None:
        self._waiting.pop(folder, None)
        self._publish(self._read(folder))

    def _read(self, folder: Path) -> Stack:
        unsaved = {
            Path(document.path).resolve(): document.source for document in self.workspace.text_documents.values()
        }
        read = Stack.read(folder, self._members, unsaved)
        known = self._stacks.get(folder)
        if read.configuration is None and known is not None:
            read.configuration = known.configuration
        self._stacks[folder] = read
        return read

    def _publish(self, stack: Stack) -> None:
        """Tell what is wrong in each file, and that nothing is wrong any more where something was."""
        found: dict[str, list[lsp.Diagnostic]] = {uri: [] for uri in self._reported.get(stack.directory, ())}
        for diagnostic in stack.diagnostics:
            path = stack.path(diagnostic.span) if diagnostic.span else None
            if path is not None and diagnostic.span is not None:
                uri = path.as_uri()
                found.setdefault(uri, []).append(self._problem(uri, diagnostic, diagnostic.span))
        for uri, problems in found.items():
            self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, problems))
        self._reported[stack.directory] = {uri for uri, problems in found.items() if problems}

    def _problem(self, uri: str, diagnostic: Diagnostic, span: Span) -> lsp.Diagnostic:
        words = "\n\n".join(part for part in (diagnostic.summary, diagnostic.detail, diagnostic.advice) if part)
        document = self.workspace.get_text_document(uri)
        return lsp.Diagnostic(_span_range(document, span), words, _SEVERITIES[diagnostic.severity], source="freehold")


def _span_range(document: TextDocument, span: Span) -> lsp.Range:
    """A span in the units that the editor counts in."""
    start = lsp.Position(span.start_line - 1, span.start_column - 1)
    end = lsp.Position(span.end_line - 1, span.end_column - 1)
    return document.position_codec.range_to_client_units(document.lines, lsp.Range(start, end))


def _range(document: TextDocument, start: int, end: int) -> lsp.Range:
    return lsp.Range(_position(document, start), _position(document, end))


def _position(document: TextDocument, offset: int) -> lsp.Position:
    before = document.source[:offset]
    line = before.count("\n")
    position = lsp.Position(line, offset - (before.rfind("\n") + 1))
    return document.position_codec.position_to_client_units(document.lines, position)


server = Server()


@server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
def opened(ls: Server, given: lsp.DidOpenTextDocumentParams) -> None:
    """Check the stack of a file that was opened."""
    ls.changed(given.text_document.uri, 0)


@server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
def edited(ls: Server, given: lsp.DidChangeTextDocumentParams) -> None:
    """Check the stack once typing pauses."""
    ls.changed(given.text_document.uri)


@server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
def saved(ls: Server, given: lsp.DidSaveTextDocumentParams) -> None:
    """Check the stack of a file that was saved."""
    ls.changed(given.text_document.uri, 0)


@server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[".", '"']))
def complete(ls: Server, given: lsp.CompletionParams) -> list[lsp.CompletionItem]:
    """What could be written at the cursor."""
    document = ls.workspace.get_text_document(given.text_document.uri)
    offset = document.offset_at_position(given.position)
    typed, found = completion.proposals(ls.stack(document.uri), document.source, offset)
    where = _range(document, offset - len(typed), offset)
    return [
        lsp.CompletionItem(
            each.name,
            kind=_KINDS[each.kind],
            detail=each.detail or None,
            documentation=each.about or None,
            text_edit=lsp.TextEdit(where, each.insert),
            insert_text_format=lsp.InsertTextFormat.Snippet if "$0" in each.insert else None,
            filter_text=each.name,
        )
        for each in found
    ]


@server.feature(lsp.TEXT_DOCUMENT_HOVER)
def hovered(ls: Server, given: lsp.HoverParams) -> lsp.Hover | None:
    """What is known of the name under the cursor."""
    document = ls.workspace.get_text_document(given.text_document.uri)
    found = hover.about(ls.stack(document.uri), document.source, document.offset_at_position(given.position))
    if found is None:
        return None
    words, start, end = found
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, words), _range(document, start, end))


@server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
def defined(ls: Server, given: lsp.DefinitionParams) -> lsp.Location | None:
    """Where the name under the cursor is defined."""
    document = ls.workspace.get_text_document(given.text_document.uri)
    stack = ls.stack(document.uri)
    start, end = word_at(document.source, document.offset_at_position(given.position))
    found = stack.declaration(document.source[start:end])
    path = stack.path(found.span) if found else None
    if found is None or path is None:
        return None
    return lsp.Location(path.as_uri(), _span_range(ls.workspace.get_text_document(path.as_uri()), found.span))


@server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def outlined(ls: Server, given: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    """The blocks of a file, as the outline shows them."""
    document = ls.workspace.get_text_document(given.text_document.uri)
    return [_symbol(document, each) for each in symbols.outline(document.source, document.uri)]


def _symbol(document: TextDocument, symbol: symbols.Symbol) -> lsp.DocumentSymbol:
    where = _span_range(document, symbol.span)
    inside = [_symbol(document, each) for each in symbol.inside]
    return lsp.DocumentSymbol(symbol.name, lsp.SymbolKind.Struct, where, where, symbol.detail, children=inside)


@server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
def formatted(ls: Server, given: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
    """The edit that `freehold fmt` would make, if any."""
    document = ls.workspace.get_text_document(given.text_document.uri)
    text, _ = format_text(document.source, document.uri)
    if text == document.source:
        return []
    return [lsp.TextEdit(_range(document, 0, len(document.source)), text)]
