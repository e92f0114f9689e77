"""Two ways to run a folder of configuration: by Terraform, and by freehold."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import cli

TIMEOUT = 120


@dataclass(frozen=True)
class Verdict:
    """What one side makes of a configuration: its plan and outputs, or what it says when it is refused, and when that
    is: "validated", "planned" or "applied"."""

    refused: str = ""
    said: str = ""
    plan: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """A command failed: what it said."""


class Both:
    """One configuration in two folders, run by Terraform in one and by freehold in the other."""

    def __init__(self, theirs: Path, ours: Path, capsys: Any, monkeypatch: Any) -> None:
        self._theirs, self._ours = theirs, ours
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def write(self, files: dict[str, str]) -> None:
        """The files of the configuration, in place of those before; a stack's own files end in .hcl."""
        self._put(files)
        self._terraform("init", "-input=false")

    def _put(self, files: dict[str, str]) -> None:
        for folder, ending in ((self._theirs, ".tf"), (self._ours, ".hcl")):
            for old in (*folder.glob(f"*{ending}"), *folder.glob(f"*{ending}.json")):
                old.unlink()
            for name, text in files.items():
                path = folder / (name if "/" in name else re.sub(r"\.tf(?=$|\.json$)", ending, name))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)

    def applied(self) -> tuple[Any, Any]:
        """Apply on both sides, and give the outputs of each."""
        self._terraform("apply", "-auto-approve", "-input=false")
        self._freehold("apply", "-auto-approve", "-input=false")
        return json.loads(self._terraform("output", "-json")), json.loads(self._freehold("output", "-json"))

    def planned(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Plan on both sides, and give the JSON of each."""
        self._terraform("plan", "-input=false", "-out=plan")
        self._freehold("plan", "-input=false", "-out=plan")
        return json.loads(self._terraform("show", "-json", "plan")), json.loads(self._freehold("show", "-json", "plan"))

    def verdicts(self, files: dict[str, str]) -> tuple[Verdict, Verdict]:
        """Validate, plan and apply a configuration on both sides at once, be it refused or not."""
        self._put(files)
        needed = any("/" in name for name in files) or "providers" in files.get("main.tf", "")
        first = [("init", "-input=false")] if needed else []
        with ThreadPoolExecutor(1) as pool:
            theirs = pool.submit(_verdict, self._terraform, *first)
            ours = _verdict(self._freehold)
            return theirs.result(), ours

    def _terraform(self, *arguments: str) -> str:
        environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
        done = subprocess.run(
            ["terraform", *arguments, *(["-no-color"] if arguments[0] in ("plan", "apply", "init") else [])],
            cwd=self._theirs,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        if done.returncode:
            raise Refused(done.stdout + done.stderr)
        return done.stdout

    def _freehold(self, *arguments: str) -> str:
        self._monkeypatch.chdir(self._ours)
        self._capsys.readouterr()
        code = cli.main(list(arguments))
        shown = self._capsys.readouterr()
        if code:
            raise Refused(shown.out + shown.err)
        return shown.out


def _verdict(run: Callable[..., str], *first: tuple[str, ...]) -> Verdict:
    stage = "validated"
    try:
        for command in (*first, ("validate",)):
            run(*command)
        stage = "planned"
        run("plan", "-input=false", "-out=plan")
        plan = json.loads(run("show", "-json", "plan"))
        stage = "applied"
        run("apply", "-input=false", "plan")
        return Verdict(plan=plan, outputs=json.loads(run("output", "-json")))
    except Refused as refusal:
        return Verdict(stage, str(refusal))


@pytest.fixture
def both(tmp_path, capsys, monkeypatch):
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed")
    for name in ("theirs", "ours"):
        (tmp_path / name).mkdir()
    return Both(tmp_path / "theirs", tmp_path / "ours", capsys, monkeypatch)
