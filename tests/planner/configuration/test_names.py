"""Names of files that are none, or no text, are told as any other: as errors, or as they are."""

from __future__ import annotations

import os

import pytest

STACK = 'resource "terraform_data" "a" {}\n'
LONG = "x" * 5_000


def test_a_file_whose_name_is_no_text_is_read(freehold, folder):
    name = folder / os.fsdecode(b"a\xff.hcl")
    name.write_text(STACK)

    assert "1 to add" in freehold("plan")
    assert "Success" in freehold("validate")

    name.write_text("a {\n")
    assert "a\\udcff.hcl" in freehold("plan", code=1)


@pytest.mark.parametrize("source", [f"./{LONG}", "./a\\u0000b", f"git::https://127.0.0.1:1/{LONG}\\u0000"])
def test_a_module_whose_source_cannot_be_a_name(freehold, folder, source):
    (folder / "main.hcl").write_text(f'module "m" {{ source = "{source}" }}\n')

    assert "Error" in freehold("plan", code=1)


@pytest.mark.parametrize("command", [("plan", f"-var-file={LONG}"), ("fmt", LONG), ("apply", LONG), ("show", LONG)])
def test_an_argument_that_cannot_be_a_name(freehold, folder, command):
    (folder / "main.hcl").write_text(STACK)

    assert "Error" in freehold(*command, code=1)


def test_manifests_and_kubeconfigs_that_cannot_be_names(freehold, folder):
    app = f'app "a" {{\n  cluster = cluster.c\n  manifests = "{LONG}"\n}}\n'
    (folder / "main.hcl").write_text(f'cluster "c" {{ kubeconfig = "{LONG}" }}\n{app}')

    assert "Error" in freehold("plan", code=1)
