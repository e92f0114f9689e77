"""Stacks of tests, run by the command line in this process, with a provider of the tests' own."""

from __future__ import annotations

import pytest

import cli
import providers
from tests.planner.made_provider import Made


@pytest.fixture
def made(monkeypatch):
    """The installed provider "made"."""
    provider = Made()

    class Installed:
        name = "made"

        def load(self):
            return provider

    installed = providers.entry_points
    monkeypatch.setattr(providers, "entry_points", lambda group: [*installed(group=group), Installed()])
    return provider


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The stack's folder, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def freehold(folder, capsys):
    """`freehold("plan")`: what a command printed, errors behind it; its exit code is 0 unless another one is `code`."""

    def command(*arguments, code=0):
        ended = cli.main([*arguments, *(["-no-color"] if "-json" not in arguments else [])])
        printed = capsys.readouterr()
        assert ended == code, printed.out + printed.err
        assert "Traceback" not in printed.err
        return printed.out + printed.err

    return command
