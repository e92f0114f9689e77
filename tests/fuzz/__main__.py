"""Texts made to break the language, by the million: python -m tests.fuzz [COUNT] [SEED].

Every text is read as a file (native or JSON), formatted, and its expressions are evaluated where nothing can be
referred to, and read as types, references and addresses. It is a template too, a stack, a variables file and a lock
file. Whatever it is, the answer is a value or diagnostics; what is raised is a fault, and printed with the text.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from language.body import Body
from language.constraints import parse_type
from language.diagnostics import Diagnostics, FreeholdError
from language.formatting import format_text
from language.parsing import parse_bytes, parse_expression
from language.scope import Scope
from language.values import Unknown
from planner.commands.validate import validate_stack
from planner.configuration.modules.lock import LockFile
from planner.evaluation.variables import assign
from tests.language.configurations import SAMPLES
from tests.language.terraform_expressions import EXPRESSIONS

COUNT = 1_000_000
CHUNK = 5_000
MAX_LENGTH = 2_000
"""Longer texts are cut, so that a run ends."""
JSON = (
    '{"a": [1, -2.5e3, true, null, "${1 + 1}", {"b": "%{ if true }x%{ endif }"}], "//": "c"}',
    '{"variable": {"x": {"type": "map(string)", "default": {"k": "\\u00e9\\n"}}}}',
)
READ_AS_STACK = 0.2
"""Of the texts: each takes a folder."""
STACK = """
stack "s" {
  backend "local" { path = "x" }
}
variable "a" {
  type      = object({ b = string, c = optional(list(number), [1]) })
  default   = { b = "x" }
  sensitive = true
  validation {
    condition     = var.a.b != ""
    error_message = "No ${var.a.b}."
  }
}
locals { d = [for e in var.a.c : e + 1] }
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
resource "aws_vpc" "v" {
  provider   = aws.west
  for_each   = { x = 1, y = 2 }
  cidr_block = "10.${each.value}.0.0/16"
  lifecycle {
    ignore_changes       = [tags["x"]]
    replace_triggered_by = [terraform_data.t]
    postcondition {
      condition     = self.id != each.key
      error_message = "No."
    }
  }
}
resource "terraform_data" "t" {
  count = length(local.d)
  input = aws_vpc.v["x"].id
}
module "m" {
  source = "./m"
  count  = 2
}
moved {
  from = terraform_data.old[0]
  to   = terraform_data.t[0]
}
import {
  to = aws_vpc.v["x"]
  id = "vpc-1"
}
removed {
  from = aws_vpc.gone
  lifecycle { destroy = false }
}
check "c" {
  assert {
    condition     = length(aws_vpc.v) > 1
    error_message = "Few."
  }
}
cluster "k" {
  provider = "aws"
  region   = "eu-west-1"
  network { cidr = "10.40.0.0/16" }
  dynamic "node_pool" {
    for_each = { p = 2 }
    labels   = [node_pool.key]
    content { cpu = node_pool.value }
  }
}
app "w" {
  cluster = cluster.k
  manifest "x" {
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "x" }
    data       = { api = cluster.k.endpoint }
  }
}
output "o" {
  value      = nonsensitive(var.a.b)
  depends_on = [app.w]
}
"""
SLOW = ("fileset", "bcrypt")
"""What takes long by its nature: walks through folders, and hashes made to be slow."""
PIECES = (
    *'{}[]()"\\$%~<>=!?:.,*/+-&|^#\n\r\t \0\ufeff\u2028éğ',
    *("${", "%{", "<<EOT\n", "<<-EOT\n", "\nEOT\n", "for ", "in ", "if ", "endif", "else", "endfor", "...", "=>", "::"),
    *(
        "null",
        "true",
        "1e999999",
        "0x",
        "9" * 40,
        "a.0.1",
        "[*]",
        ".*",
        "\\u00zz",
        "/*",
        "*/",
        "//",
        "each.key",
        "\ud7ff",
    ),
)


def texts(count: int, seed: int) -> Iterator[bytes]:
    """Seeds, bent a few times each."""
    chance = random.Random(seed)
    tame = (expression for expression in EXPRESSIONS if not any(word in expression for word in SLOW))
    seeds = [*SAMPLES, *JSON, *[STACK] * 20, *(f"x = {expression}\n" for expression in tame)]
    for _ in range(count):
        text = chance.choice(seeds)
        for _ in range(chance.choice((1, 1, 2, 3, 6))):
            text = _bent(text, seeds, chance)
        data = text[:MAX_LENGTH].encode(errors="replace")
        if chance.random() < 0.05 and data:
            at = chance.randrange(len(data))
            data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        yield data


def _bent(text: str, seeds: list[str], chance: random.Random) -> str:
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.choice((0, 1, 1, 3, 20)))
    kind = chance.randrange(5)
    if kind == 0:
        return text[:start] + text[end:]
    if kind == 1:
        return text[:start] + text[start:end] * chance.choice((2, 3, 50)) + text[end:]
    if kind == 2:
        other = chance.choice(seeds)
        return text[:start] + other[chance.randrange(len(other)) :] + text[end:]
    if kind == 3:
        return text[:start] + "".join(chance.choices(PIECES, k=chance.choice((1, 2, 5)))) + text[end:]
    return text[:start] + chance.choice(PIECES) + text[start:]


def exercise(data: bytes) -> None:
    """Everything that the language does with a text."""
    name = "main.hcl.json" if data.startswith(b"{") else "main.hcl"
    body, diagnostics = parse_bytes(data, name)
    if not diagnostics.has_errors:
        if name == "main.hcl":
            assert not format_text(data.decode("utf-8-sig"), name)[1].has_errors
        _evaluate(body)
    for each in diagnostics:
        assert each.span is not None
        assert 0 <= each.span.start <= each.span.end <= len(data) + 1
    _render(data)
    if random.Random(data).random() < READ_AS_STACK:
        _read_as_stack(data, name)


def _render(data: bytes) -> None:
    """The text as a template, which a function renders."""
    text = data.decode(errors="replace").replace("\0", "")
    expression, diagnostics = parse_expression("templatestring(text, { a = 1 })", "main.hcl")
    expression.evaluate(Scope.constant().child({"text": text}), diagnostics)


def _read_as_stack(data: bytes, name: str) -> None:
    """The text as each of the files of a stack, as far as `validate` and `plan` read them without a provider."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Path(folder)
        (stack / name).write_bytes(data)
        (stack / name.replace("main.hcl", "freehold.hclvars")).write_bytes(data)
        with contextlib.suppress(FreeholdError):
            found = validate_stack(stack)
            assign(found.configuration, (), {}, None, Diagnostics())
        (stack / "freehold.lock.hcl").write_bytes(data)
        with contextlib.suppress(FreeholdError):
            LockFile(stack)


def _evaluate(body: Body) -> None:
    diagnostics = Diagnostics()
    for attribute in body.attributes.values():
        expression = attribute.expression
        expression.evaluate(Scope.constant(), diagnostics)
        expression.evaluate(Scope.constant(planning=True).child({"a": Unknown(), "each": {"key": "k"}}), diagnostics)
        parse_type(expression, diagnostics)
        str([str(each) for each in expression.references])
        _ = expression.traversal(), expression.path(), expression.elements(), expression.pairs(), expression.call()
    for block in body.blocks:
        _evaluate(block.body)


def _run(count: int, seed: int) -> list[tuple[bytes, str]]:
    found = []
    for data in texts(count, seed):
        try:
            exercise(data)
        except Exception:
            found.append((data, traceback.format_exc(limit=-4)))
    return found


def main(count: int, seed: int) -> int:
    started = time.monotonic()
    shares = [(min(CHUNK, count - at), seed + at) for at in range(0, count, CHUNK)]
    failures = 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for number, found in enumerate(pool.map(_run, *zip(*shares, strict=True)), 1):
            failures += len(found)
            for data, trace in found[:5]:
                print(f"{data!r}\n{trace}", flush=True)
            if number % 20 == 0 or number == len(shares):
                print(f"{number * CHUNK:,} texts, {failures} failures, {time.monotonic() - started:.0f} s", flush=True)
            if failures > 50:
                break
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT, int(sys.argv[2]) if len(sys.argv) > 2 else 0))
