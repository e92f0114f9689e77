"""What parses, beside Go's own parser: listed texts and mutations of them, accepted or refused alike."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest

from language.parsing import parse
from tests.language.test_syntax import BROKEN, STRUCTURES

pygohcl = pytest.importorskip("pygohcl")

EXPRESSIONS = r"""
1 2
x -1
x - -1
1 -1.5
1.
.5
1.5.2
1e
1e+
1e5x
0x10
1_000
a.b.c
a.0
a.0.b
a.0.1
a.1.5
a.b[0]
a[0][1]
a[ 0 ]
a[]
a[*]
a[*].b[*].c
a[*\n]
a[\n*]
a[ * ]
a.*
a.*.b
a.*.b.*.c
a.*.b[0]
a.*[0]
a.
a..b
a.b.
a."b"
a["b"]
a[b
a[0:1]
f()
f(1)
f(1,)
f(,)
f(1 2)
f(1...)
f(1...,)
f(1..., 2)
f(...)
f (1)
f(\n1,\n2\n)
f(\n)
ns::f(1)
ns::f
ns::a::f(1)
ns:: f(1)
ns ::f(1)
::f(1)
[]
[,]
[1,]
[1,,2]
[1 2]
[1\n,2]
[\n1\n]
[1,\n2\n,\n]
{}
{,}
{a=1}
{a:1}
{a=1,}
{a=1,,b=2}
{a=1 b=2}
{a=1\nb=2}
{\na=1\n\n\nb=2\n}
{a=1,\nb=2}
{a=1\n,b=2}
{a\n=1}
{a=\n1}
{"a"=1}
{"${a}"=1}
{(a)=1}
{a.b=1}
{1=2}
{null=1}
{true=1}
{for=1}
{for: 1}
{for x in y: x=>x}
{for x,y in z: x=>y if y}
{for x in y: x=>x...}
{for x in y: x=>x... if x}
{for x in y: x}
{for x in y x=>x}
{for x in y: x=>}
{for x y: x=>x}
{\nfor x in y:\nx\n=>\nx\n}
[for x in y: x]
[for x in y: x if x]
[for x in y: x...]
[for x in y: x=>x]
[for x in y:]
[for x, y, z in w: x]
[for 1 in y: x]
[for x in y: x if]
[for if in if: if if if]
[for x in y: x,]
[for x in y: x\nif z]
[\nfor\nx\nin\ny\n:\nx\n]
(1)
()
(1
(1))
(1\n+\n1)
1\n+1
1 +\n1
1 + 1
a ? b : c
a ? b
a ? b :
a ? : c
a ?\nb : c
(a ?\nb\n:\nc)
a ? b : c ? d : e
a ? b ? c : d : e
!a
!!a
! a
-a
--a
- - a
-!a
!-a
a!
a !b
a == b == c
a = b
a < b < c
a <> b
a => b
a && b || c
a & b
a | b
a and b
a ++ b
a ** b
a // b
a /* c */
a # c
a % b
a ^ b
~a
a ; b
'a'
`a`
"a"
"a
"a\nb"
"\\n\\t\\r\\"\\\\"
"\\x"
"\\u00e9"
"\\u00"
"\\U0001F600"
"\\U0001F6"
"\\$"
"$"
"$$"
"$${"
"$${a}"
"$$${a}"
"${a}"
"${ a }"
"${\na\n}"
"${}"
"${a"
"${a}}"
"${a b}"
"${a}${b}"
"${"a"}"
"${"${"a"}"}"
"${~a~}"
"${~ a ~}"
"${a ~}"
"${ ~a }"
"${{a=1}}"
"${{a=1}["a"]}"
"%"
"%%"
"%%{"
"%{"
"%{}"
"%{a}"
"%{if a}%{endif}"
"%{ if a }b%{ else }c%{ endif }"
"%{ if a }b%{ else }c%{ else }d%{ endif }"
"%{ if a }b"
"%{ else }"
"%{ endif }"
"%{ endfor }"
"%{ if }%{ endif }"
"%{ for x in y }${x}%{ endfor }"
"%{ for x, y in z }%{ endfor }"
"%{ for x in y }"
"%{ for x in y }%{ endif }"
"%{ if a }%{ endfor }"
"%{ for in y }%{ endfor }"
"%{ if a }%{ for x in y }%{ endif }%{ endfor }"
"%{ if a ~}\\n%{~ endif ~}"
"%{ else if a }%{ endif }"
"%{ if a }%{ else if b }%{ endif }"
<<E\na\nE
<<E\na\nE\n
<<E\nE\n
<<E\na\n E\n
<<E\na\nE b\n
<<E\na\n
<< E\na\nE\n
<<-E\n  a\n  E\n
<<"E"\na\nE\n
<<E a\nE\n
<<E\n${a}\nE\n
<<E\n${a\nE\n
<<E\n${\na\n}\nE\n
<<E\n"${"\\q"}"\nE\n
<<E\n%{ if a }\nx\n%{ endif }\nE\n
<<E\n%{ if a }\nE\n
<<E\n$${a} %%{b} $ % \\q\nE\n
<<1\na\n1\n
<<é\na\né\n
<<_E\na\n_E\n
<<E-F\na\nE-F\n
[<<E\na\nE\n]
[<<E\na\nE\n, 1]
{a = <<E\nx\nE\n}
{a = <<E\nx\nE\nb = 1\n}
f(<<E\nx\nE\n)
"a${<<E\nx\nE\n}"
true
truex
nullable
é
_a
a-b
a-1
a -1
-a-b
$a
@a
a?b:c
a?b::c
a::b
a:b
...
null.a
true.a
1.a
1[0]
"a"[0]
"a".b
"a" "b"
[1][0]
[1].0
{a=1}.a
(a).b
(a)[0]
f().a
f()[0]
f()()
a.b()
a[0]()
"a"()
if
for
in
a in b
each.value
-1.a
!a.b
a.b-c
a.-b
a. b
a .b
a\n.b
(a\n.b)
[a\n.b]
a[\n0\n]
a /* x */ .b
a./* x */b
"“"
“a”
\u00a0
a\u00a0
\ufeff1
\t1\t
1\r
""
"" ""
" ${a} %{ if b } c %{ endif } "
"""

FILES = [
    *STRUCTURES.values(),
    *BROKEN.values(),
    'resource "a" "b" {\n  c = d\n  e {\n    f = [1, 2]\n  }\n}\n',
    "b {\n  a = 1 }\n",
    "b { a = 1\n}\n",
    "b {\n a = 1\n}}\n",
    "b {\n}\n\n\nc {\n}",
    "b {} # x\n",
    "b {} /* x */ c {}\n",
    "b { }\n",
    "b {\n\n}\n",
    "b { a = [\n1\n] }\n",
    'b { a = "x" }\n',
    "b { a {} }\n",
    "b { a = 1, b = 2 }\n",
    "b { a = 1 b = 2 }\n",
    "b { # x\n a = 1\n}\n",
    "b { /* x */ a = 1 }\n",
    "b { /* x\n */ a = 1 }\n",
    "b /* x */ {}\n",
    "b c d e {}\n",
    'b "c" d "e" {}\n',
    'b "c${d}" {}\n',
    'b "c\\n" {}\n',
    'b "$${c}" {}\n',
    'b "%{" {}\n',
    "b {\n  a = 1\n  a = 2\n}\n",
    "b {}\nb {}\n",
    "a = 1\na {}\n",
    "a = 1 # x\nb = 2 // y\nc = 3 /* z */\n",
    "a = 1;\nb = 2\n",
    "a = 1,\n",
    "a\n= 1\n",
    "a =\n1\n",
    "a == 1\n",
    "a.b = 1\n",
    "a[0] = 1\n",
    "1 = 1\n",
    "-a = 1\n",
    "(a) = 1\n",
    "a = b = 1\n",
    "a b = 1\n",
    "a {\n",
    "a }\n",
    "}\n",
    "{\n}\n",
    "{}\n",
    "[]\n",
    '"a" {}\n',
    "a {} b = 1\n",
    "a = 1 b {}\n",
    "a = {\n}\nb = 1\n",
    "a = <<E\nx\nE\nb = 1\n",
    "a = <<E\nx\nE b = 1\n",
    "a = [\n  # x\n  1, # y\n  2 # z\n]\n",
    "a = {\n  # x\n  b = 1 # y\n  /* z */ c = 2\n}\n",
    "a = 1\r\nb {\r\n  c = 2\r\n}\r\n",
    "a = 1\rb = 2\n",
    "\n\n\n",
    "   \t  ",
    "#",
    "# x",
    "//",
    "/**/",
    "/*",
    "/* /* */ */",
    "a /* x */ = 1",
    "a = /* x\n */ 1\n",
    "\ta = 1\n",
    "\x0ba = 1\n",
    "a = 1 \\\n",
    "b {\n  c {} }\n",
    "b {\n  c {}\n d {\n}}\n",
    "b { c = 1 } }\n",
    "a = 1 }\n",
    "b {}}\n",
    'a = "x\ry"\n',
    "a = <<E\nx\ry\nE\n",
    "a = <<E\nx\r\nE\r\n",
    "a = <<E\nx\r\r\nE\n",
    "a = <<E\nx${y}\rz\nE\n",
    "# x\ry\n",
    "a = [1.2.3, 4]\n",
    "a = b.1.2.3\n",
]


_ESCAPE = re.compile(r"\\(?:(\\)|u([0-9a-f]{4})|([ntr]))")


def _unescaped(found: re.Match[str]) -> str:
    backslash, code, letter = found.groups()
    return backslash or (chr(int(code, 16)) if code else {"n": "\n", "t": "\t", "r": "\r"}[letter])


def _listed() -> list[str]:
    return [f"a = {_ESCAPE.sub(_unescaped, line)}\n" for line in EXPRESSIONS.strip("\n").split("\n")]


def of_go(text: str) -> bool:
    """Whether Go's parser accepts a text."""
    try:
        pygohcl.loads(text)
    except pygohcl.HCLParseError:
        return False
    except pygohcl.HCLInternalError:
        pass  # it parsed, and could not be made a value of Python
    return True


def ours(text: str) -> bool:
    return not parse(text, "test.hcl")[1].has_errors


@pytest.mark.parametrize("text", [*_listed(), *FILES])
def test_accepts_what_go_accepts(text):
    assert ours(text) == of_go(text)


_PIECES = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    '"',
    "${",
    "%{",
    "~}",
    "\n",
    ",",
    "=",
    ":",
    ".",
    "*",
    "...",
    "=>",
    "?",
    "<<E\n",
]
_PIECES += ["a", "1", " ", "for ", " in ", "if ", "!", "-", "#", "/*", "*/", "\\", "$", "%", "E\n", "::", "é", "0.5"]


def _mutated(text: str, chance: random.Random) -> str:
    """The text with a piece put in, or put in place of a few characters."""
    at = chance.randrange(len(text) + 1)
    until = min(len(text), at + chance.choice([0, 0, 1, 1, 2, 5]))
    return text[:at] + chance.choice(["", *_PIECES]) + text[until:]


def _spliced(text: str, other: str, chance: random.Random) -> str:
    """The text with the value of another in place of one of its words."""
    words = list(re.finditer(r"\b(?:[a-z]|[0-9]+)\b", text))
    if not words:
        return other
    word = chance.choice(words)
    inserted = other.removeprefix("a = ").removesuffix("\n")
    return text[: word.start()] + inserted + text[word.end() :]


@cache
def _accepted() -> list[str]:
    return [text for text in [*_listed(), *FILES] if of_go(text)]


def _generated(chance: random.Random) -> str:
    accepted = _accepted()
    text = chance.choice(accepted)
    for _ in range(chance.randint(0, 3)):
        text = _spliced(text, chance.choice(accepted), chance)
    for _ in range(chance.choice([0, 1, 1, 2])):
        text = _mutated(text, chance)
    return text


@pytest.mark.parametrize("seed", range(20))
def test_accepts_what_go_accepts_of_mutations(seed):
    chance = random.Random(seed)
    texts = [_generated(chance) for _ in range(200)]

    assert [text for text in texts if ours(text) != of_go(text)] == []
