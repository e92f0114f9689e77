"""What is not known yet, and what is secret, in generated expressions: a plan knows, hides and refuses what Terraform's
does.

Each expression is the input of a resource, so that the plan's JSON tells which parts of it are known, and which are
sensitive. Expressions in error are taken out until Terraform plans the rest; freehold has to refuse the same ones.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from language.diagnostics import Diagnostics
from language.parsing import parse_expression
from language.scope import Scope
from language.types import BOOL, NUMBER, STRING, List
from language.values import Sensitive, Unknown
from planner.render.json_values import flags, plain
from tests.conformance.language.expressions import expressions

pytestmark = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
SEED = 7
WANTED = 600
PREAMBLE = """
resource "terraform_data" "u" {}
locals {
  text    = terraform_data.u.id
  number  = length(split("-", terraform_data.u.id))
  flag    = terraform_data.u.id == "x"
  list    = split(",", terraform_data.u.id)
  map     = { for n in ["a", "b"] : n => terraform_data.u.id }
  secret  = sensitive("abc")
  secrets = sensitive(["a", "b"])
  digits  = sensitive(3)
}
"""
IN_PLACE = {
    '"Hello World"': "local.text",
    '"  pad "': "local.secret",
    '"x-y_z"': "local.text",
    "2.25": "local.number",
    "-7": "local.digits",
    "100": "local.number",
    "true": "local.flag",
    "[]": "local.list",
    "{}": "local.map",
    "toset([])": "local.secrets",
}
"""What stands in a generated expression, and what is put in its place."""
UNKNOWN = Unknown(STRING, not_null=True)
OURS = {
    "text": UNKNOWN,
    "number": Unknown(NUMBER, not_null=True, least=0),
    "flag": Unknown(BOOL, not_null=True),
    "list": Unknown(List(STRING), not_null=True),
    "map": {"a": UNKNOWN, "b": UNKNOWN},
    "secret": Sensitive("abc"),
    "secrets": Sensitive(("a", "b")),
    "digits": Sensitive(3),
}
EARLIER = {
    "Incorrect condition type",
    "Incorrect key type",
    "Invalid template interpolation value",
    "Invalid 'for' condition",
    "Invalid function argument",
}
"""What is wrong with a value's type is told as soon as that is known."""
_TOKENS = re.compile("|".join(rf"(?<![\w.\])}}\"]){re.escape(each)}(?![\w.\[])" for each in IN_PLACE))


def _generated() -> list[str]:
    found: dict[str, None] = {}

    @seed(SEED)
    @settings(
        max_examples=8 * WANTED,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(expressions())
    def keep(expression: str) -> None:
        changed = _TOKENS.sub(lambda match: IN_PLACE[match.group()], expression)
        # later versions of Terraform take && and || as decided where one operand decides, and so does freehold
        if changed != expression and not re.search(r"\n|&&|\|\|", changed):
            found[changed] = None

    keep()
    return list(found)[: 2 * WANTED]


def _plan(expressions: dict[int, str], folder: Path) -> tuple[dict[int, Any], set[int]]:
    """What Terraform plans for each expression, by its number, and which it refuses."""
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}

    def terraform(*arguments: str) -> str:
        command = ["terraform", *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
        return done.stdout

    refused: set[int] = set()
    (folder / "main.tf").write_text(PREAMBLE)
    terraform("init", "-input=false")
    lines = PREAMBLE.count("\n") + 1
    while True:
        kept = [number for number in expressions if number not in refused]
        text = "".join(
            f'resource "terraform_data" "e{number}" {{ input = {expressions[number]} }}\n' for number in kept
        )
        (folder / "main.tf").write_text(PREAMBLE + text)
        wrong = set()
        for line in terraform("plan", "-json", "-input=false", "-out=plan").splitlines():
            diagnostic = json.loads(line).get("diagnostic")
            if diagnostic and diagnostic["severity"] == "error":
                wrong.add(kept[diagnostic["range"]["start"]["line"] - lines])
        if not wrong:
            break
        refused |= wrong
    planned = json.loads(terraform("show", "-json", "plan"))["resource_changes"]
    changes = {each["name"]: each["change"] for each in planned}
    return {number: _told(changes[f"e{number}"]) for number in kept}, refused


def _told(change: dict[str, Any]) -> Any:
    """Value, what of it is unknown, and what is sensitive, which is left out of the value."""
    after, unknown, secret = (change[part].get("input") for part in ("after", "after_unknown", "after_sensitive"))
    return _hidden(after, secret), _bare(unknown), _bare(secret)


def _hidden(value: Any, secret: Any) -> Any:
    if secret is True:
        return None
    if isinstance(value, dict) and isinstance(secret, dict):
        return {name: _hidden(member, secret.get(name)) for name, member in value.items()}
    if isinstance(value, list) and isinstance(secret, list):
        return [_hidden(*pair) for pair in zip(value, [*secret, *[None] * len(value)], strict=False)]
    return value


def _bare(flagged: Any) -> Any:
    """Flags without the collections in which none is set."""
    if isinstance(flagged, dict):
        return {name: inner for name, each in flagged.items() if (inner := _bare(each))} or None
    if isinstance(flagged, list):
        inner = [_bare(each) for each in flagged]
        return inner if any(inner) else None
    return flagged or None


def _ours(text: str) -> tuple[Any, list[str]]:
    """What freehold has for an expression, or why it refuses it."""
    expression, diagnostics = parse_expression(text, "test.hcl")
    assert not diagnostics, text

    def resolve(traversal: Any, problems: Diagnostics) -> tuple[Any, int]:
        return OURS[traversal.steps[0]], 1

    value = expression.evaluate(Scope(resolve, planning=True), diagnostics)
    shown = {
        "after": {"input": plain(value)},
        "after_unknown": {"input": flags(value, Unknown)},
        "after_sensitive": {"input": flags(value, Sensitive)},
    }
    errors = [each.summary for each in diagnostics if each.severity == "error"]
    return None if errors else _told(shown), errors


def _agrees(theirs: Any, ours: Any, errors: list[str]) -> bool:
    """The same; or better here: an error that Terraform finds when it applies, a mark that it loses on the way."""
    if theirs is None or ours is None:
        return theirs is ours or (theirs is not None and set(errors) <= EARLIER)
    (value, unknown, secret), (our_value, our_unknown, our_secret) = theirs, ours
    return unknown == our_unknown and _covers(our_secret, secret) and _hidden(value, our_secret) == our_value


def _covers(more: Any, less: Any) -> bool:
    """Whether all that is flagged in `less` is in `more`."""
    if more is True or not less:
        return True
    if isinstance(more, dict) and isinstance(less, dict):
        return all(_covers(more.get(name), inner) for name, inner in less.items())
    if isinstance(more, list) and isinstance(less, list):
        return all(_covers(*pair) for pair in zip(more, less, strict=True))
    return False


@pytest.mark.timeout(280)
def test_a_plan_knows_and_hides_what_terraforms_does(tmp_path: Path) -> None:
    expressions = dict(enumerate(_generated()))
    planned, refused = _plan(expressions, tmp_path)

    assert len(planned) >= WANTED
    assert refused
    both = {text: (planned.get(number), *_ours(text)) for number, text in expressions.items()}
    assert {text: found for text, found in both.items() if not _agrees(*found)} == {}
