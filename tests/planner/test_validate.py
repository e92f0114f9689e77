"""What `validate` tells of a stack, and what it leaves to be told by something else."""

from __future__ import annotations

import json

import pytest

import cli


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """The summaries and lines of what is told of a stack, in its order."""

    def validate(text, **files):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "main.hcl").write_text(text)
        for name, content in files.items():
            (tmp_path / name.replace("__", ".")).write_text(content)
        cli.main(["validate", "-json"])
        found = json.loads(capsys.readouterr().out)["diagnostics"]
        return [(each["summary"], each.get("range", {}).get("start", {}).get("line", 0)) for each in found]

    return validate


def test_what_a_broken_block_lacks_and_who_refers_to_it_is_not_told(told):
    text = """
variable "size" { type = number default = 1 }
output "size" { value = var.size }
output "a" {
  valeu = 'x'
}
output "b" { valeu = 1 }
"""

    assert told(text) == [
        ("Invalid single-argument block definition", 2),
        ("Invalid quotes", 5),
        ("Missing required argument", 7),
        ("Unsupported argument", 7),
    ]


def test_what_a_file_declares_that_cannot_be_read_is_not_missed(told):
    broken = '{"variable": {"size": {"default": 1}'

    assert told('output "size" { value = var.size }\n', vars__hcl__json=broken) == [("Missing comma", 1)]
