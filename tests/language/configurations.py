"""Configuration in many styles, as people write it, and more of it made by moving its white space and comments."""

from __future__ import annotations

import random

from language.formatting.tokens import tokens_of
from language.parsing import parse
from language.syntax import scanner as s

SAMPLES = r"""
a=1
bbb   = 2 # c
cc= "x"//d
=====
resource aws_vpc "x" {
a=1


  tags={
   a=1
     b  =   "${var.x}"
  }
}
=====
variable "x" { type = "string" }
variable "y" {
 type = "list"
 default = "${   var.x }"
}
variable "z" {
 type = map
 default = -1
}
variable "w" {
 type = list ( object({a=string,b=number}))
}
=====
a = [
1,2,
3]
b = [for x in [foo]:x]
c = {for k,v in var.x:k=>v if v!=""}
d = foo (1,2 , 3 ...)
e = a . b . c [ 0 ] [ "x" ]
f = - 1
g = 1 - -2
h = ! a
i = a ? b:c
j = { }
k = {}
l = {a=1}
=====
a = <<EOT
  hello ${ var.x }
     there %{if x}y%{endif}
EOT
b = <<-EOT
      hello
    EOT
cccc = 1
=====
a = "${
 foo
}"
b = "${foo ?
 bar : baz}"
c = "${(foo ?
 bar : baz)}"
d = "${foo}${bar}"
e = "${foo("${bar}")}"
f = "${foo("x${bar}y")}"
g = "${"x"}"
h = "%{ if x }y%{ else }z%{ endif }"
=====
foo { a = 1 }
foo "x" {a=1}
foo {}
foo { }
foo {

}
=====
# c1
   # c2
a = 1 # x
# y
bb = 1 # x
ccc = 2 /* z */
/* multi
   line */
dd = 1
=====
a = foo([
1,
2
], {
a=1
})
b = merge({
  x=1
},
{
y=2
})
c = [{
a=1
},
{
b=1
}]
=====
é = 1
e = "日本語" # x
bbbb = 2 # y
=====
a = 1
b = {
c = 1
ddd = [ 1 , 2 ] # x
eeeee = <<EOT
x
EOT
f = 1 # z
}
=====
a = "x" # no newline at end
=====
module x {
source="./x"
providers={
aws=aws.x
}
lifecycle {
ignore_changes=["a","b"]
}
}
=====
a = 1



b = 2
""".strip("\n").split("\n=====\n")
_TEXTS = {s.QUOTE_OPEN: s.QUOTE_CLOSE, s.HEREDOC_OPEN: s.HEREDOC_CLOSE}


def is_valid(text: str) -> bool:
    return not parse(text, "x")[1].has_errors


def shuffled(text: str, chance: random.Random) -> str:
    """The text with other white space between its tokens, and comments and lines put in. May not parse any more."""
    made = ""
    open_: list[str] = []
    before = ""
    for token in tokens_of(text):
        if open_ and token.kind == _TEXTS.get(open_[-1]):
            open_.pop()
            made += token.text
        elif open_ and open_[-1] in _TEXTS:
            made += token.text
        else:
            made += _gap(before, token.kind, chance) + token.text
        if token.kind in _TEXTS or token.kind in (s.INTERPOLATION, s.DIRECTIVE):
            open_.append(token.kind)
        elif token.kind == s.TEMPLATE_END:
            open_.pop()
        before = token.kind
    return made.replace("\n", "\r\n") if chance.random() < 0.1 else made


def _gap(before: str, kind: str, chance: random.Random) -> str:
    words = (s.IDENT, s.NUMBER)
    gap = chance.choice(["", " ", "  ", "\t", " "])
    if before in words and kind in words:
        gap = gap or " "
    if chance.random() < 0.02:
        gap += "/* c */"
    if kind == s.NEWLINE and chance.random() < 0.1:
        gap += chance.choice(["# c", "// é", "\n", "\n\n"])
    return gap + "\n" if chance.random() < 0.01 else gap


def many(count: int, seed: int) -> list[str]:
    """That many valid texts: the samples, and shuffled ones."""
    chance = random.Random(seed)
    texts = [text for text in SAMPLES if is_valid(text)]
    while len(texts) < count:
        text = shuffled("\n".join(chance.sample(SAMPLES, chance.choice([1, 1, 3]))), chance)
        if is_valid(text):
            texts.append(text)
    return texts
