"""Parsing and evaluating by themselves, beside Go's own hcl as pygohcl brings it to Python."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from benchmarks.harness import Contestant, Race, race

BLOCK = """resource "aws_instance" "web_{number}" {{
  ami           = "ami-{number}"
  instance_type = "m7i.large"
  count         = 3 + {number}
  tags = {{
    Name  = "web-${{upper("x")}}-{number}"
    Owner = "platform"
  }}
  network {{
    subnet = ["a", "b", "c"][1]
    ports  = [for port in [80, 443] : port + 1]
  }}
  user_data = <<-EOT
    number {number}
  EOT
}}
"""
PARSE = """
import os, sys
from pathlib import Path
from language.parsing import parse_file
from language.cache import ParseCache
from language.memory import collect_rarely, gc_paused
collect_rarely()
cache = ParseCache(Path(sys.argv[3]) if len(sys.argv) > 3 else None)
with gc_paused(for_good=True):
    body, diagnostics = parse_file(Path(sys.argv[1]), "main.hcl", cache=cache)
assert len(body.blocks) == int(sys.argv[2]) and not diagnostics
"""
EVALUATE = (
    PARSE
    + """
from language.diagnostics import Diagnostics
from language.scope import Scope
scope, problems = Scope.constant(), Diagnostics()
def walk(body):
    for attribute in body.attributes.values():
        attribute.expression.evaluate(scope, problems)
    for block in body.blocks:
        walk(block.body)
walk(body)
assert not problems
"""
)
GO = """
import sys
import pygohcl
with open(sys.argv[1]) as file:
    made = pygohcl.loads(file.read())
assert len(made["resource"]["aws_instance"]) == int(sys.argv[2])
"""


def measure(folder: Path) -> Iterator[Race]:
    """Parse many blocks of 15 lines; then compile and evaluate all that they say besides."""
    for count, title, script, cached in (
        (5000, "parse of 5,000 blocks", PARSE, False),
        (5000, "parse of 5,000 blocks, second run", PARSE, True),
        (10000, "parse and evaluation of 10,000 blocks", EVALUATE, False),
    ):
        file = folder / f"{count}.hcl"
        file.write_text("".join(BLOCK.format(number=number) for number in range(count)))
        requested = [str(file), str(count)]
        ours = [sys.executable, "-c", script, *requested, *([str(folder / "parsed")] if cached else [])]
        contestants = {"freehold": Contestant(ours, folder)}
        if find_spec("pygohcl"):
            contestants["pygohcl"] = Contestant([sys.executable, "-c", GO, *requested], folder)
        yield Race(title, "pygohcl", race(contestants, 5))
