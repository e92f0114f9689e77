"""`terraform_remote_state`: the outputs of another stack, of freehold's or of Terraform's."""

from __future__ import annotations

import json

import pytest

import cli

OTHER = """
resource "terraform_data" "t" { input = { a = [1, "x"], s = toset(["b"]) } }
variable "key" { default = "hush-hush" }
output "kept" { value = terraform_data.t.output }
output "secret" {
  value     = var.key
  sensitive = true
}
output "number" { value = 0.5 }
"""
READS = """
data "terraform_remote_state" "other" {
  backend = "local"
  config  = { path = "../other/%s" }
}
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """`run("mine", TEXT, "plan")`: a command on the stack in a folder, which has this text."""

    def command(folder, text, *arguments, code=0):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "main.hcl").write_text(text)
        monkeypatch.chdir(tmp_path / folder)
        ended = cli.main([*arguments, "-no-color"])
        shown = capsys.readouterr()
        assert ended == code, shown.out + shown.err
        return shown.out + shown.err

    return command


@pytest.fixture
def outputs(run, tmp_path):
    """`outputs("freehold.state", "...")`: what an expression of the stack that reads has come to in its state."""

    def read(path, expression):
        run("mine", READS % path + f'output "o" {{ value = {expression} }}', "apply", "-auto-approve")
        return json.loads((tmp_path / "mine" / "freehold.state").read_text())["outputs"]["o"]

    return read


def test_of_freeholds_own_there_is_all_but_secrets(run, outputs, tmp_path):
    run("other", OTHER, "apply", "-auto-approve")

    found = outputs("freehold.state", "jsonencode(data.terraform_remote_state.other.outputs)")

    assert json.loads(found["value"]) == {"kept": {"a": [1, "x"], "s": ["b"]}, "number": 0.5}
    assert "hush-hush" not in (tmp_path / "mine" / "freehold.state").read_text()


def test_values_keep_their_types(run, outputs):
    run("other", OTHER, "apply", "-auto-approve")

    found = outputs("freehold.state", "data.terraform_remote_state.other.outputs.kept")

    assert found["type"] == ["object", {"a": ["tuple", ["number", "string"]], "s": ["set", "string"]}]


def test_of_terraforms_secrets_are_secret(run, tmp_path):
    (tmp_path / "other").mkdir()
    state = {
        "version": 4,
        "terraform_version": "1.11.4",
        "outputs": {
            "open": {"value": "seen", "type": "string"},
            "secret": {"value": "hush-hush", "type": "string", "sensitive": True},
        },
    }
    (tmp_path / "other" / "terraform.tfstate").write_text(json.dumps(state))
    text = READS % "terraform.tfstate" + 'output "o" { value = data.terraform_remote_state.other.outputs.%s }\n'

    assert "seen" in run("mine", text % "open", "plan")
    told = run("mine", text % "secret", "plan", code=1)
    assert "Output refers to sensitive values" in told
    assert "hush-hush" not in told


def test_defaults_stand_in_for_what_is_not_there(run):
    run("other", OTHER, "apply", "-auto-approve")
    text = READS.replace("config", 'defaults = { number = 1, more = "default" }\n  config') % "freehold.state"

    told = run("mine", text + 'output "o" { value = data.terraform_remote_state.other.outputs }\n', "plan")

    assert '"default"' in told
    assert "number = 0.5" in " ".join(told.split())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (READS % "nowhere.state", "No state"),
        (READS.replace('"local"', '"locl"') % "x", 'Did you mean "local"?'),
        (READS.replace("path", "pth") % "x", "pth"),
        (READS.replace("config  =", 'workspace = "blue"\n  config =') % "x", 'none "blue"'),
        (READS.replace("config  =", "defaults = 1\n  config =") % "x", "defaults takes an object"),
        (READS % "other.json", "no state of freehold"),
        (READS % "old.tfstate", "version 3 of Terraform's format"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text, told, run, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "other.json").write_text("{}")
    (tmp_path / "other" / "old.tfstate").write_text('{"version": 3, "terraform_version": "0.11.0"}')

    shown = " ".join(run("mine", text, "plan", code=1).replace("│", " ").split())

    assert told in shown
    assert "main.hcl line 2" in shown
    assert "Traceback" not in shown
