"""The functions of Terraform's built-in provider, of values that hypothesis makes: the same texts and values."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import cli

pytestmark = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")

NEEDS = """
terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}
"""
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Co")), max_size=8)
NAMES = st.sampled_from(["a", "b1", "long_name", "for", "null", "é", "a-b", "_x"])
NUMBERS = st.integers(-(10**20), 10**20) | st.floats(-1e6, 1e6, width=32).map(lambda number: number + 0.0)
"""There is one zero here."""
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXTS.filter(bool), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)
WANTED = 150


def generated(strategy, number):
    found = []

    @seed(7)
    @settings(max_examples=number, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def keep(value):
        found.append(value)

    keep()
    return found


def decoding(value):
    return f"jsondecode({json.dumps(json.dumps(value)).replace('${', '$${').replace('%{', '%%{')})"


@pytest.fixture
def both(tmp_path, monkeypatch, capsys):
    """`both([...])`: the value of each expression here and by Terraform, as outputs have it."""

    def outputs(expressions):
        named = {f"o{number}": expression for number, expression in enumerate(expressions)}
        text = NEEDS + "".join(f"output {json.dumps(name)} {{\n  value = {e}\n}}\n" for name, e in named.items())
        for folder, name in (("theirs", "main.tf"), ("ours", "main.hcl")):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / name).write_text(text)
        for command in (["init"], ["apply", "-auto-approve"]):
            subprocess.run(["terraform", *command], cwd=tmp_path / "theirs", capture_output=True, check=True)
        shown = subprocess.run(
            ["terraform", "output", "-json"], cwd=tmp_path / "theirs", capture_output=True, check=True
        )
        monkeypatch.chdir(tmp_path / "ours")
        ended = cli.main(["apply", "-auto-approve"])
        printed = capsys.readouterr()
        assert ended == 0, printed.out + printed.err
        cli.main(["output", "-json"])
        ours, theirs = json.loads(capsys.readouterr().out), json.loads(shown.stdout)
        return [(ours[name], theirs[name]) for name in named]

    return outputs


def test_values_are_written_as_terraform_writes_them(both):
    values = [value for value in generated(VALUES, WANTED) if value is not None]
    written = [f"provider::terraform::encode_expr({decoding(value)})" for value in values]
    files = [f"provider::terraform::encode_tfvars({decoding(each)})" for each in generated(OBJECTS, WANTED)]

    for ours, theirs in both(written + files):
        assert ours == theirs


def test_what_was_written_is_read_as_it_was(both):
    written = (f"provider::terraform::encode_tfvars({decoding(each)})" for each in generated(OBJECTS, WANTED))
    read = [f'try(provider::terraform::decode_tfvars({each}), "refused")' for each in written]

    found = both(read)

    for ours, theirs in found:
        assert ours == theirs
    good = sum(ours["value"] != "refused" for ours, _ in found)
    assert WANTED // 2 < good < WANTED  # what is called "for" inside cannot be read again


EXPRESSIONS = [
    'provider::terraform::encode_expr({ t = toset(["b"]), m = tomap({ k = "v" }), l = tolist([1]), e = [] })',
    'provider::terraform::encode_expr("$${x} %%{if} $ $$ % %% \\n\\r\\t\\"\\\\ \\u0001\\u00a0\\u2028")',
    'provider::terraform::encode_tfvars(tomap({ b = "1", a = "2" }))',
    "provider::terraform::encode_tfvars({})",
    'provider::terraform::decode_tfvars("a = 1 + 1\\nb = \\"${1}x\\"\\nc = [for x in [1, 2] : x]\\nd = null")',
    'provider::terraform::decode_tfvars("")',
]
REFUSED = [
    "provider::terraform::encode_expr(null)",
    'provider::terraform::encode_tfvars("x")',
    "provider::terraform::encode_tfvars([1])",
    'provider::terraform::encode_tfvars({ "a b" = 1 })',
    'provider::terraform::encode_tfvars({ "1a" = 1 })',
    'provider::terraform::decode_tfvars("a {}")',
    'provider::terraform::decode_tfvars("a = var.x")',
    'provider::terraform::decode_tfvars("a = upper(\\"x\\")")',
    'provider::terraform::decode_tfvars("a = ")',
    'provider::terraform::decode_tfvars("a = 1\\na = 2")',
]


def test_single_expressions_are_the_same(both):
    refused = [f'try({each}, "refused")' for each in REFUSED]

    found = both(EXPRESSIONS + refused)

    for ours, theirs in found:
        assert ours == theirs
    assert [ours["value"] for ours, _ in found[len(EXPRESSIONS) :]] == ["refused"] * len(REFUSED)
