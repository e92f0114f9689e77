"""What becomes sensitive later is in no file beside the stack after the next write."""

from __future__ import annotations

import base64

import pytest

import cli
from state.snapshot import decode

SECRET = "hunter2 of the old harbour"
STACK = """
variable "password" {{
  {sensitive}
  default = "{secret}"
}}
variable "pin" {{
  {sensitive}
  default = 48151
}}
variable "hosts" {{
  {sensitive}
  default = {{ host = "{secret}" }}
}}
resource "terraform_data" "a" {{
  input = {{ password = var.password, url = "https://u:${{var.password}}@h/", plain = "stays" }}
}}
resource "terraform_data" "pin" {{ input = [var.pin, "stays"] }}
resource "terraform_data" "hosts" {{ input = var.hosts }}
resource "terraform_data" "encoded" {{ input = base64encode("x:${{var.password}}") }}
output "password" {{
  {sensitive}
  value = var.password
}}
{other}
"""
COPY = 'resource "terraform_data" "copy" {{ input = "{secret}" }}'


def stack(sensitive, other=""):
    return STACK.format(sensitive="sensitive = true" if sensitive else "", secret=SECRET, other=other)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.hcl").write_text(stack(False, COPY.format(secret=SECRET)))
    assert cli.main(["apply", "-auto-approve"]) == 0
    return tmp_path


def files(folder):
    return {path.name: path.read_bytes() for path in folder.glob("freehold.state*")}


def test_nothing_of_it_is_left(folder):
    assert SECRET.encode() in files(folder)["freehold.state"]
    (folder / "main.hcl").write_text(stack(True))  # and a copy goes

    assert cli.main(["apply", "-auto-approve"]) == 0

    encoded = base64.b64encode(b"x:" + SECRET.encode())
    for name, data in files(folder).items():
        assert SECRET.encode() not in data, name
        assert encoded not in data, name
        assert b"48151" not in data, name


def test_the_backup_is_a_state_that_still_says_all_else(folder, capsys):
    before = decode((folder / "freehold.state").read_bytes())
    (folder / "main.hcl").write_text(stack(True, COPY.format(secret="another")))
    assert cli.main(["apply", "-auto-approve"]) == 0

    backup = decode((folder / "freehold.state.backup").read_bytes())

    assert backup.resources.keys() == before.resources.keys()
    assert backup.resources["terraform_data.a"].attributes["input"]["plain"] == "stays"
    assert backup.resources["terraform_data.pin"].attributes["input"][1] == "stays"
    assert cli.main(["state", "push", "-force", "freehold.state.backup"]) == 0
    assert cli.main(["apply", "-auto-approve"]) == 0
    assert cli.main(["plan", "-detailed-exitcode"]) == 0
