"""`fmt` beside `terraform fmt`: the same bytes, for texts in many styles."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from language.formatting import format_text
from tests.language.configurations import many

FILES = 600


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_files_are_formatted_as_terraform_formats_them(tmp_path: Path) -> None:
    texts = many(FILES, seed=11)
    for number, text in enumerate(texts):
        (tmp_path / f"{number:04}.tf").write_bytes(text.encode())
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    command = ["terraform", "fmt", "-list=false", str(tmp_path)]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
    assert len(texts) >= FILES
    for number, text in enumerate(texts):
        theirs = (tmp_path / f"{number:04}.tf").read_bytes().decode()
        assert format_text(text, "main.tf")[0] == theirs, repr(text)
