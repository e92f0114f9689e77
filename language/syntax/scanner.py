"""Characters to tokens: one master regular expression, with modes for quoted templates and heredocs.

Fills parallel lists of kinds and offsets, which the parser walks by index. Newlines that mean nothing - inside
parentheses, square brackets and interpolations - are dropped here; those inside braces are the parser's.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field

IDENT, NUMBER, STRING, NEWLINE, EOF = "identifier", "number", "string", "newline", "end of file"
QUOTE_OPEN, QUOTE_CLOSE = "opening quote", "closing quote"
HEREDOC_OPEN, HEREDOC_CLOSE = "heredoc", "heredoc end"
LITERAL, HEREDOC_LINE = "literal", "heredoc line"
INTERPOLATION, DIRECTIVE, TEMPLATE_END = "${", "%{", "}~"

_NORMAL = re.compile(
    r"""[\ \t]*(?:
    ([^\W\d][\w-]*)                                                    # 1 identifier
  | ([0-9]+(?:\.[0-9]+)*(?:[eE][+-]?[0-9]+)?)                          # 2 number
  | ("(?:[^"\\$%\r\n]++|\$(?!\{|\$\{)|%(?!\{|%\{))*+")                     # 3 text without escapes or templates
  | (\r?\n|(?:\#|//)[^\n]*(?:\n|\Z))                                   # 4 newline, also after a comment
  | (/\*(?:[^*]++|\*(?!/))*+\*/|\Z)                                    # 5 nothing
  | (==|!=|<=|>=|&&|\|\||=>|\.\.\.|::|~\}|/(?!\*)|[(){}\[\].,=:?+\-*%!<>])  # 6 operator or bracket
  | (")                                                                # 7 a template begins
    )""",
    re.VERBOSE,
)
_SPACE = re.compile(r"[ \t]*")
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)\r?\n")
_QUOTED_LITERAL = re.compile(r'(?:[^"\\$%\n]++|\\[^\n]|\$\$\{|%%\{|\$(?!\{)|%(?!\{))++')
_HEREDOC_LITERAL = re.compile(r"(?:[^$%\n]++|\$\$\{|%%\{|\$(?!\{)|%(?!\{))*+\n?")

_WRONG_QUOTES = re.compile(r"'[^'\n]*'|`[^`\n]*`|[“”][^“”\n]*[“”]")
MAX_PROBLEMS = 100
"""With so many the rest is not looked at: the text is no configuration."""

_CLOSES = {"(": ")", "[": "]", "{": "}"}


@dataclass
class Tokens:
    """Parallel lists; the last token is EOF. `problems` are (start, end, summary, detail)."""

    kinds: list[str] = field(default_factory=list)
    starts: array[int] = field(default_factory=lambda: array("I"))
    ends: array[int] = field(default_factory=lambda: array("I"))
    problems: list[tuple[int, int, str, str]] = field(default_factory=list)

    def add(self, kind: str, start: int, end: int) -> None:
        """Add a token by its kind and offsets."""
        self.kinds.append(kind)
        self.starts.append(start)
        self.ends.append(end)


def scan(text: str, start: int = 0, *, template: bool = False) -> Tokens:
    """The tokens of a text; with `template` the whole text is the inside of a template, as in a template file."""
    return _Scanner(text, start).run(template)


class _Scanner:
    """`stack` holds what is open: a bracket, `${`, a quote, or a heredoc as ("<<", marker)."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.position = start
        self.tokens = Tokens()
        self.stack: list[str | tuple[str, str]] = []

    def run(self, template: bool) -> Tokens:
        if template:
            self.stack.append(("file", ""))
            self._template()
        while self._normal():
            pass
        end = len(self.text)
        self.tokens.add(EOF, end, end)
        return self.tokens

    def _problem(self, start: int, end: int, summary: str, detail: str) -> None:
        self.tokens.problems.append((start, end, summary, detail))
        if len(self.tokens.problems) >= MAX_PROBLEMS:
            self.position = len(self.text)

    def _normal(self) -> bool:
        """Scan up to a change of mode. Returns False at the end of the text."""
        text, stack = self.text, self.stack
        add_kind, add_start, add_end = self.tokens.kinds.append, self.tokens.starts.append, self.tokens.ends.append
        match = _NORMAL.scanner(text, self.position).match  # type: ignore[attr-defined]
        end = self.position
        while (found := match()) is not None:
            group = found.lastindex
            start, end = found.span(group)
            if group == 5:
                if start == end:
                    break
                continue
            if group == 6:
                kind = found.group(group)
                if kind in "([{":
                    stack.append(kind)
                elif kind in ")]}" or kind == "~}":
                    if stack and stack[-1] in (INTERPOLATION, DIRECTIVE) and kind in ("}", "~}"):
                        self.position = end
                        self.tokens.add(TEMPLATE_END, start, end)
                        stack.pop()
                        return self._template()
                    if stack and _CLOSES.get(stack[-1]) == kind:  # type: ignore[arg-type]
                        stack.pop()
                elif kind == "<" and text.startswith("<<", start) and (heredoc := _HEREDOC.match(text, start)):
                    self.position = heredoc.end()
                    self.tokens.add(HEREDOC_OPEN, start, heredoc.end())
                    stack.append(("<<", heredoc.group(2)))
                    return self._template()
            elif group == 4:
                if stack and stack[-1] != "{":
                    continue
                kind = NEWLINE
            elif group == 7:
                self.position = end
                self.tokens.add(QUOTE_OPEN, start, end)
                stack.append('"')
                return self._template()
            else:
                kind = _KIND[group]
            add_kind(kind)
            add_start(start)
            add_end(end)
        self.position = end
        return self._invalid()

    def _invalid(self) -> bool:
        """At the end of the text, or at a character that begins nothing: report it and go on behind it."""
        start = self.position = _SPACE.match(self.text, self.position).end()  # type: ignore[union-attr]
        if start >= len(self.text):
            return False
        character = self.text[start]
        self.position = end = start + 1
        if (quoted := _WRONG_QUOTES.match(self.text, start)) is not None:
            self.position = end = quoted.end()
            self.tokens.add(STRING, start, end)
        if self.text.startswith("/*", start):
            self.position = len(self.text)
            self._problem(start, start + 2, "Unterminated comment", "A comment that begins with /* ends with */.")
        elif character in "'`“”":
            self._problem(start, end, "Invalid quotes", 'Texts are written in double quotes: "...".')
        elif character == "$":
            detail = "Outside of texts a reference has neither a dollar sign nor braces: var.name."
            self._problem(start, end, "Invalid character", detail)
        elif character in "&|":
            self._problem(start, start + 1, "Unsupported operator", f'Write "{character * 2}" for a logical operator.')
        else:
            while self.text.startswith(character, self.position):
                self.position += 1
            self._problem(start, self.position, "Invalid character", f"{character!r} is not used in the language.")
        return True

    def _template(self) -> bool:
        """Inside a quoted text or a heredoc: literals up to what ends it or interrupts it."""
        top = self.stack[-1]
        return self._quoted() if top == '"' else self._heredoc(top[1])

    def _quoted(self) -> bool:
        if (found := _QUOTED_LITERAL.match(self.text, self.position)) is not None:
            self.tokens.add(LITERAL, found.start(), found.end())
            self.position = found.end()
        start = self.position
        character = self.text[start : start + 1]
        if character in ("$", "%"):
            return self._open_sequence()
        self.stack.pop()
        if character == '"':
            self.tokens.add(QUOTE_CLOSE, start, start + 1)
            self.position = start + 1
            return True
        self._unclosed(start)
        self.tokens.add(QUOTE_CLOSE, start, start)
        return True

    def _unclosed(self, end: int) -> None:
        """Tell what the line of a quoted text ends without: the brace of a sequence in it, or its own quote."""
        opened = self._opened(QUOTE_OPEN, QUOTE_CLOSE, len(self.tokens.kinds))
        if self.stack and self.stack[-1] in (INTERPOLATION, DIRECTIVE):
            opened = self._opened(self.stack[-1], TEMPLATE_END, opened)
            start, until = self.tokens.starts[opened], self.tokens.ends[opened]
            detail = f'There is no "}}" for this "{self.text[start:until]}" before the text or its line ends.'
            self._problem(start, until, "Unclosed template sequence", detail)
        else:
            detail = "This text is not closed on its line; one of several lines is a heredoc, or has \\n in it."
            self._problem(self.tokens.starts[opened], end, "Unclosed text", detail)

    def _opened(self, opening: object, closing: str, at: int) -> int:
        """The token before `at` that opened what is open there."""
        depth, kinds = 1, self.tokens.kinds
        while depth and at > 0:
            at -= 1
            depth += (kinds[at] == closing) - (kinds[at] == opening)
        return at

    def _heredoc(self, marker: str) -> bool:
        text = self.text
        terminator = re.compile(rf"[ \t]*{re.escape(marker)}[ \t]*(?=\r?\n)") if marker else None
        while self.position < len(text):
            start = self.position
            line_start = start == 0 or text[start - 1] == "\n"
            if terminator is not None and line_start and (found := terminator.match(text, start)) is not None:
                self.stack.pop()
                self.tokens.add(HEREDOC_CLOSE, start, found.end())
                self.position = found.end()
                return True
            literal = _HEREDOC_LITERAL.match(text, start)
            if literal is not None and literal.end() > start:
                self.tokens.add(HEREDOC_LINE, start, literal.end())
                self.position = literal.end()
                if text[self.position - 1] == "\n":
                    continue
            if self.position < len(text):
                return self._open_sequence()
        end = len(text)
        if marker:
            opened = self._opened(HEREDOC_OPEN, HEREDOC_CLOSE, len(self.tokens.kinds))
            start = self.tokens.starts[opened]
            detail = f"No line after it holds just {marker}, which ends it."
            self._problem(start, start + len(marker) + 2, "Unterminated heredoc", detail)
        self.stack.pop()
        self.tokens.add(HEREDOC_CLOSE, end, end)
        return True

    def _open_sequence(self) -> bool:
        """`${` or `%{`, with its `~`."""
        start = self.position
        kind = INTERPOLATION if self.text[start] == "$" else DIRECTIVE
        end = start + 3 if self.text.startswith("~", start + 2) else start + 2
        self.tokens.add(kind, start, end)
        self.stack.append(kind)
        self.position = end
        return True


_KIND = {1: IDENT, 2: NUMBER, 3: STRING}
