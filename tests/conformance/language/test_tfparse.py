"""Whole modules, evaluated by tfparse (Trivy's evaluator) and by a plan of ours: every resource has the same values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.testing import running
from tests.conformance.language import tfparse_values
from tests.conformance.language.folders import FOLDERS, files_of
from tests.conformance.language.tfparse_values import KNOWN_WRONG, Values, differences
from tests.conformance.stack import Stack

pytest.importorskip("tfparse")


@pytest.fixture(scope="module")
def sandbox() -> Any:
    with running() as started:
        yield started


@pytest.mark.parametrize("name", FOLDERS)
def test_modules_are_evaluated_as_tfparse_does(name: str, tmp_path: Path, sandbox: Any) -> None:
    theirs = tfparse_values.evaluated(FOLDERS[name])
    ours = _planned(name, tmp_path, sandbox)

    found = differences(ours, theirs)

    assert len(ours.resources) > 10
    assert found.keys() == KNOWN_WRONG[name].keys(), found


def _planned(name: str, folder: Path, sandbox: Any) -> Values:
    stack = Stack(folder / "stack", sandbox.env)
    for path, text in files_of(FOLDERS[name]).items():
        target = stack.folder / (path if "/" in path else path.replace(".tf", ".hcl"))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return tfparse_values.planned(stack.plan().document)
