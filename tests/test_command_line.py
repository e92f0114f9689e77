"""The command line's own manners: help, versions, options in Terraform's forms, and what is mistyped."""

from __future__ import annotations

import os

import pytest

import cli


@pytest.mark.parametrize("arguments", [["--help"], ["-help"], ["help"], ["help", "plan"], ["plan", "-help"], []])
def test_help_is_given_and_is_no_error(arguments, capsys):
    assert cli.main(arguments) == 0

    shown = capsys.readouterr()
    assert "Usage" in shown.out
    assert "Traceback" not in shown.err


def test_version_is_told_by_all_of_its_names(capsys):
    for arguments in (["version"], ["-version"], ["--version"]):
        assert cli.main(arguments) == 0
        assert capsys.readouterr().out.startswith("freehold v")


def test_a_mistyped_command_is_answered_with_the_nearest(capsys):
    assert cli.main(["aply"]) == 1

    assert 'Did you mean "apply"?' in capsys.readouterr().err


@pytest.mark.parametrize("form", [["-detailed-exitcode"], ["--detailed-exitcode"], ["-detailed-exitcode=true"]])
def test_options_take_one_dash_or_two_and_a_value(form, tmp_path, capsys):
    (tmp_path / "main.hcl").write_text('resource "terraform_data" "a" {}\n')
    arguments = [f"-chdir={tmp_path}", "plan", *form]

    here = os.getcwd()
    try:
        assert cli.main(arguments) == 2
    finally:
        os.chdir(here)
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in capsys.readouterr().out
