"""Calls of providers' functions: found by the provider's name in the module, with the rules of all functions."""

from __future__ import annotations

import json

import pytest

from language.functions.contract import FunctionError, Parameter, registrar
from language.types import NUMBER

FUNCTIONS = {}


@registrar(FUNCTIONS)("double", Parameter("number", NUMBER), result=NUMBER)
def _double(number):
    """double(number): twice the number."""
    if number < 0:
        raise FunctionError("it is negative", 0)
    return number * 2


@pytest.fixture
def counting(made, monkeypatch):
    monkeypatch.setattr(type(made), "functions", FUNCTIONS)


def outputs(folder, freehold, text):
    folder.joinpath("main.hcl").write_text(text)
    freehold("apply", "-auto-approve")
    return {name: each["value"] for name, each in json.loads(freehold("output", "-json")).items()}


def test_terraforms_own(folder, freehold):
    text = """
    output "expr" { value = provider::terraform::encode_expr({ a = [1, null], bb = "x" }) }
    output "file" { value = provider::terraform::encode_tfvars({ b = 1, aa = {} }) }
    output "read" { value = provider::terraform::decode_tfvars("a = 1 + 1") }
    """

    assert outputs(folder, freehold, text) == {
        "expr": '{\n  a  = [1, null]\n  bb = "x"\n}',
        "file": "aa = {}\nb  = 1\n",
        "read": {"a": 2},
    }


def test_a_module_calls_a_provider_by_its_own_name(folder, freehold, counting):
    module = folder / "inner"
    module.mkdir()
    module.joinpath("main.hcl").write_text("""
        terraform {
          required_providers {
            mine = { source = "registry.terraform.io/tests/made" }
          }
        }
        output "o" { value = provider::mine::double(4) }
    """)
    text = 'module "inner" { source = "./inner" }\noutput "o" { value = module.inner.o + provider::made::double(1) }'

    assert outputs(folder, freehold, text) == {"o": 10}


def test_what_is_not_known_or_secret_stays_so(folder, freehold, counting):
    folder.joinpath("main.hcl").write_text("""
        variable "secret" {
          default   = 3
          sensitive = true
        }
        resource "terraform_data" "a" { input = 3 }
        output "later" { value = provider::made::double(terraform_data.a.output) }
        output "secret" {
          value     = provider::made::double(var.secret)
          sensitive = true
        }
    """)

    told = freehold("plan")

    assert "later  = (known after apply)" in told
    assert "secret = (sensitive value)" in told


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("provider::made::dubble(1)", 'There is no function named "provider::made::dubble".'),
        ("provider::made::dubble(1)", 'Did you mean "provider::made::double"?'),
        ("provider::nobody::double(1)", 'There is no function named "provider::nobody::double".'),
        ("provider::made(1)", 'There is no function named "provider::made".'),
        ("provider::made::double()", "Not enough arguments"),
        ("provider::made::double(-1)", 'Invalid value for "number" parameter: it is negative.'),
    ],
)
@pytest.mark.parametrize("command", ["validate", "plan"])
def test_what_is_wrong_is_told_with_its_place(folder, freehold, counting, call, why, command):
    folder.joinpath("main.hcl").write_text(f'output "o" {{\n  value = {call}\n}}\n')

    told = freehold(command, code=1)

    assert why in told
    assert "on main.hcl line 2" in told


def test_a_constant_calls_none(folder, freehold, counting):
    folder.joinpath("main.hcl").write_text('variable "v" { default = provider::made::double(1) }\n')

    assert "Unknown provider function" in freehold("plan", code=1)
