"""Outputs as terraform writes them, and what is kept of secrets: nothing."""

import json

import pytest

from language.diagnostics import FreeholdError
from planner.render import outputs
from state import codec
from state.secrets import Digest
from state.snapshot import OutputState
from tests.planner.render.recorded_plan import recorded

SECRET = OutputState(Digest("hmac-sha256:" + "0" * 64), "string", True)


def test_json_is_terraforms():
    theirs = recorded("outputs.json")
    values = {name: codec.loads(json.dumps(each["value"]).encode()) for name, each in theirs.items()}
    made = {name: OutputState(values[name], each["type"]) for name, each in theirs.items()}

    assert json.loads(codec.dumps(outputs.to_json(made))) == theirs


def test_the_value_of_a_sensitive_one_is_null():
    assert outputs.to_json({"token": SECRET}) == {"token": {"sensitive": True, "type": "string", "value": None}}


def test_text_is_hcl_by_name():
    made = {
        "zones": OutputState(("a", "b"), ["list", "string"]),
        "conf": OutputState("a\nb\n", "string"),
        "none": OutputState(None),
        "token": SECRET,
    }

    assert list(outputs.text(made)) == [
        "conf = <<-EOT",
        "  a",
        "  b",
        "EOT",
        "none = null",
        "token = (sensitive value)",
        'zones = ["a", "b"]',
    ]


def test_one_alone_has_no_name():
    assert list(outputs.one(OutputState("x", "string"))) == ['"x"']
    assert list(outputs.one(SECRET)) == ["(sensitive value)"]


@pytest.mark.parametrize(
    ("value", "text"),
    [("a\nb", "a\nb"), (7, "7"), (True, "true"), (False, "false"), ("", ""), (10**21, "1" + "0" * 21)],
)
def test_raw_is_the_text_alone(value, text):
    assert outputs.raw("x", OutputState(value)) == text


@pytest.mark.parametrize("output", [OutputState(("a",)), OutputState({"a": 1}), OutputState(None), SECRET])
def test_raw_refuses_what_is_no_text(output):
    with pytest.raises(FreeholdError) as failure:
        outputs.raw("x", output)

    assert failure.value.diagnostics[0].advice


def test_a_name_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(FreeholdError, match="it has: a, b"):
        outputs.named({"b": SECRET, "a": SECRET}, "c")


def test_names_that_are_part_of_a_secret_are_not_in_an_outputs_type(freehold, folder, monkeypatch):
    monkeypatch.setenv("FREEHOLD_VAR_s", "hunter2")
    (folder / "main.hcl").write_text(
        'variable "s" { sensitive = true }\n'
        'output "o" {\n  sensitive = true\n  value = { a = var.s, b = sensitive({ (nonsensitive(var.s)) = 1 }) }\n}\n'
    )

    freehold("apply", "-auto-approve")

    assert "hunter2" not in (folder / "freehold.state").read_text()
    assert '"type":"dynamic"' in freehold("output", "-json")
