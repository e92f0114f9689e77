"""A stack in a folder, driven through the command line as a person would: write it, plan, apply, destroy, look."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TIMEOUT = 120.0
_ANSWERS = {0, 1, 2}


@dataclass(frozen=True)
class Result:
    """How a command ended: its exit code, what it printed, and what it complained of."""

    code: int
    output: str
    errors: str

    @property
    def text(self) -> str:
        """Everything that a person would have seen."""
        return self.output + self.errors

    @property
    def words(self) -> str:
        """The same on one line, without the lines' ends and frames that depend on the terminal's width."""
        return " ".join(self.text.replace("│", " ").split())

    def lines(self, type_: str) -> list[dict[str, Any]]:
        """The machine-readable lines of a type, of a command that was given -json."""
        read = [json.loads(line) for line in self.output.splitlines()]
        return [line for line in read if line["type"] == type_]


@dataclass(frozen=True)
class Planned(Result):
    """A plan: what it printed, and as Terraform's plan JSON."""

    document: dict[str, Any]

    @functools.cached_property
    def changes(self) -> dict[str, dict[str, Any]]:
        """The changes that are any, by address: actions, before, after and the rest."""
        found = {each["address"]: each["change"] for each in self.document["resource_changes"]}
        return {address: change for address, change in found.items() if change["actions"] != ["no-op"]}

    @property
    def actions(self) -> dict[str, list[str]]:
        return {address: change["actions"] for address, change in self.changes.items()}


class Stack:
    """A folder with a stack in it. Of the environment its commands get `environment` alone, beside PATH."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "NO_COLOR": "1",
            "COLUMNS": "200",
            **(environment or {}),
        }
        folder.mkdir(exist_ok=True)

    def write(self, text: str, name: str = "main.hcl") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "cli.py"), f"-chdir={self.folder}", *arguments]

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """A command that goes on meanwhile."""
        return subprocess.Popen(
            self.command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            **options,
        )

    def run(self, *arguments: str) -> Result:
        """A command, to its end. A traceback is never a result."""
        done = subprocess.run(
            self.command(*arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
            env=self.environment,
        )
        result = Result(done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in result.text, result.text
        assert done.returncode in _ANSWERS, result.text
        return result

    def plan(self, *arguments: str) -> Planned:
        """A plan that can be made."""
        made = self.run("plan", "-out=test.plan", "-detailed-exitcode", *arguments)
        assert made.code in (0, 2), made.text
        shown = self.run("show", "-json", "test.plan")
        assert shown.code == 0, shown.text
        return Planned(made.code, made.output, made.errors, json.loads(shown.output))

    def apply(self, *arguments: str) -> Result:
        """An apply that succeeds."""
        done = self.run("apply", "-auto-approve", *arguments)
        assert done.code == 0, done.text
        return done

    def destroy(self, *arguments: str) -> Result:
        """A destruction that succeeds."""
        done = self.run("destroy", "-auto-approve", *arguments)
        assert done.code == 0, done.text
        return done

    def unchanged(self) -> Result:
        """A plan without changes: what every apply has to be followed by."""
        made = self.run("plan", "-detailed-exitcode")
        assert made.code == 0, made.text
        return made

    def addresses(self) -> list[str]:
        """What the state holds."""
        return self.run("state", "list").output.split()
