"""A damaged file read again by its layout, so that one run reports all that is wrong with it, and nothing that is not.

A quote, bracket or brace that is never closed swallows what follows it. So each block, and each argument of a block in
which something is wrong, is parsed alone: it ends where the next one begins at the same indentation. Of each, the first
error is reported; what follows from it is not.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator

from language.diagnostics import Diagnostics, Lines
from language.syntax import scanner
from language.syntax.expressions import MAX_ERRORS
from language.syntax.nodes import INVALID
from language.syntax.parser import BodyParser, RawAttribute, RawBlock, first_of
from language.syntax.scanner import Tokens

Tree = tuple[tuple[RawAttribute, ...], tuple[RawBlock, ...]]

MAX_DEPTH = 8
MOST_READ = 50
"""How often a text is read again, all in all; blocks in blocks that none closes are looked through for each."""
"""Blocks in blocks that are taken apart; what is wrong with deeper ones is reported once."""
_NAME = r"[^\W\d][\w-]*"
_LABELS = rf'(?:[ \t]+(?:{_NAME}|"[^"\n]*"))*'
_OPENS = re.compile(rf"[ \t]*{_NAME}{_LABELS}[ \t]*\{{")
_HEADER = re.compile(rf"{_OPENS.pattern[:-2]}(\{{)[ \t]*(?:#.*|//.*)?\r?\n")
_BLOCK = re.compile(rf'{_NAME}(?:{_LABELS}[ \t]*\{{|[ \t]+")')
_ATTRIBUTE = re.compile(rf'({_NAME}|"[^"\n]*")[ \t]*(?:=(?![=>])|:(?!:))')
_INDENT = re.compile(r"[ \t]*")
_MARKER = re.compile(rf"^[ \t]*({_NAME})[ \t]*\r?$", re.MULTILINE)
_HEREDOC = re.compile(rf"<<-?({_NAME})\r?$")


def recover(text: str, lines: Lines, first: Tree, diagnostics: Diagnostics) -> Tree:
    """The tree of a file in which something is wrong; `first` and `diagnostics` are what parsing it whole gave."""
    if len(diagnostics) >= MAX_ERRORS:
        return first
    reader = _Reader(text, lines)
    tree = reader.body(0, len(text), "")
    if reader.problems:
        diagnostics[:] = reader.problems[:MAX_ERRORS]
    return tree if reader.problems else first


def _moved(tokens: Tokens, by: int) -> Tokens:
    """The tokens of a stretch of the text, as of the whole."""
    problems = [(start + by, end + by, summary, detail) for start, end, summary, detail in tokens.problems]
    starts, ends = (array("I", [offset + by for offset in offsets]) for offsets in (tokens.starts, tokens.ends))
    return Tokens(tokens.kinds, starts, ends, problems)


class _Reader:
    """Stretches of the text by offsets; what is wrong with them gathers in `problems`."""

    def __init__(self, text: str, lines: Lines) -> None:
        self.text = text
        self.lines = lines
        self.problems = Diagnostics()
        self._depth = 0
        self._left = MOST_READ * len(text)
        self._last_marker = {found[1]: found.start() for found in _MARKER.finditer(text)}
        self._last_comment_end = text.rfind("*/")

    def body(self, start: int, end: int, indent: str) -> Tree:
        """What stands between two offsets, where blocks and arguments begin at lines that are indented so."""
        attributes: list[RawAttribute] = []
        blocks: list[RawBlock] = []
        starts = [*self._starts(start, end, indent), end]
        at = 0
        while at < len(starts) - 1 and len(self.problems) < MAX_ERRORS and self._left > 0:
            begun, until = starts[at], starts[at + 1]
            tree, problems = self._parsed(begun, until)
            if problems and (closed := self._closed(begun, until, end, indent)) is not None:
                tree, until = closed
            elif problems:
                tree = self._damaged(begun, until, indent, tree, problems)
            attributes += tree[0]
            blocks += tree[1]
            at += 1
            while starts[at] < until:
                at += 1
        return self._once(attributes), tuple(blocks)

    def _parsed(self, start: int, end: int) -> tuple[Tree, Diagnostics]:
        self._left -= end - start
        return self._tree(_moved(scanner.scan(self.text[start:end]), start))

    def _tree(self, tokens: Tokens) -> tuple[Tree, Diagnostics]:
        diagnostics = Diagnostics()
        return BodyParser(self.text, tokens, self.lines, diagnostics).file(), diagnostics

    def _once(self, attributes: list[RawAttribute]) -> tuple[RawAttribute, ...]:
        """The attributes, where of those with one name the first counts."""
        found: dict[str, RawAttribute] = {}
        for raw in attributes:
            if found.setdefault(raw[0], raw) is not raw:
                line = self.lines.span(found[raw[0]][1], found[raw[0]][1]).start_line
                detail = f'The argument "{raw[0]}" was already set at line {line}. Each argument may be set only once.'
                self.problems.error("Attribute redefined", detail, self.lines.span(raw[1], raw[2]))
        return tuple(found.values())

    # -- where things begin ---------------------------------------------------------------------------------------

    def _starts(self, start: int, end: int, indent: str) -> Iterator[int]:
        """The offsets at which something begins; the first is `start`. At the top of a file of blocks only they do."""
        yield start
        begun = only_blocks = False
        for line in self._lines(start, end):
            at = line + len(indent)
            if self._indented(line, end) != indent:
                continue
            block = _BLOCK.match(self.text, at, end)
            if block or (not only_blocks and _ATTRIBUTE.match(self.text, at, end)):
                if begun:
                    yield line
                elif start == 0:
                    only_blocks = block is not None
                begun = True

    def _indented(self, start: int, end: int) -> str:
        found = _INDENT.match(self.text, start, end)
        return found.group() if found is not None else ""

    def _lines(self, start: int, end: int) -> Iterator[int]:
        """The offsets at which lines begin but those of heredocs and comments, where these end."""
        while start < end:
            yield start
            until = self._line_end(start, end)
            if (heredoc := _HEREDOC.search(self.text, start, until - 1)) is not None:
                until = self._heredoc_end(heredoc.group(1), until, end)
            elif start <= self._last_comment_end and self.text.startswith(
                "/*", start + len(self._indented(start, end))
            ):
                closed = self.text.find("*/", start, end)
                until = self._line_end(closed, end) if closed >= 0 else until
            start = until

    def _line_end(self, start: int, end: int) -> int:
        return self.text.find("\n", start, end) + 1 or end

    def _heredoc_end(self, marker: str, start: int, end: int) -> int:
        """Behind the line that ends a heredoc, or `start` where another one with its marker begins before that."""
        if self._last_marker.get(marker, -1) < start:
            return start
        line = re.compile(rf"^[ \t]*{re.escape(marker)}[ \t]*\r?$|<<-?{re.escape(marker)}\r?$", re.MULTILINE)
        found = line.search(self.text, start, end)
        return self._line_end(found.end(), end) if found is not None and found.group()[:2] != "<<" else start

    # -- what is damaged ------------------------------------------------------------------------------------------

    def _closed(self, start: int, until: int, end: int, indent: str) -> tuple[Tree, int] | None:
        """The tree of what is well but for its indentation, up to a line that closes it, and where that ends."""
        closing = re.compile(rf"^{indent}[\]}})]", re.MULTILINE).search(self.text, until, end)
        if closing is None:
            return None
        behind = self._line_end(closing.end(), end)
        tree, problems = self._parsed(start, behind)
        return None if problems else (tree, behind)

    def _damaged(self, start: int, end: int, indent: str, tree: Tree, problems: Diagnostics) -> Tree:
        """A block, an argument, or neither, of which `problems` are reported."""
        begins = self._first(start, end)
        header = _HEADER.match(self.text, begins, end)
        if header is not None and self._depth < MAX_DEPTH:
            self._depth += 1
            tree = self._block(begins, header, end, indent, problems)
            self._depth -= 1
            return tree
        self.problems += first_of(problems)
        opened = _OPENS.match(self.text, begins, end)
        if opened is not None and not tree[1]:
            return (), tuple((*raw[:5], end, *raw[6:]) for raw in self._header(begins, opened.end() - 1))
        named = _ATTRIBUTE.match(self.text, begins + len(indent), end)
        if named is None:
            return tree
        return ((named[1], named.start(1), named.end(1), (INVALID, named.end(), end)),), ()

    def _block(self, start: int, header: re.Match[str], end: int, indent: str, problems: Diagnostics) -> Tree:
        brace, inside = header.start(1), header.end()
        before = len(self.problems)
        headed = self._header(start, brace)
        closing = re.compile(rf"^{indent}(\}})", re.MULTILINE).search(self.text, inside, end)
        until = closing.start() if closing else end
        attributes, blocks = self.body(inside, until, self._indented(self._first(inside, until), until))
        rest: Tree = ((), ())
        if closing is None:
            name = self.text[start:brace].split()[0]
            detail = f'The block "{name}" that begins here is not closed: there is no "}}" for this "{{".'
            self.problems.error("Unclosed configuration block", detail, self.lines.span(brace, brace + 1))
        elif self.text[closing.end() : end].strip():
            rest = self.body(closing.end(), end, indent)
        if len(self.problems) == before:
            self.problems += first_of(problems)
        return rest[0], (*((*raw[:5], until, attributes, blocks, raw[8]) for raw in headed), *rest[1])

    def _header(self, start: int, brace: int) -> tuple[RawBlock, ...]:
        """The block that begins so, with nothing in it."""
        tokens = _moved(scanner.scan(self.text[start : brace + 1]), start)
        tokens.kinds.insert(-1, "}")
        for offsets in (tokens.starts, tokens.ends):
            offsets.append(brace + 1)
        return self._tree(tokens)[0][1]

    def _first(self, start: int, end: int) -> int:
        """The first line that is neither empty nor a comment."""
        for line in self._lines(start, end):
            at = line + len(self._indented(line, end))
            if self.text[at : at + 1] not in ("", "\r", "\n", "#", "/"):
                return line
        return start
