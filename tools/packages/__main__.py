"""`python -m tools.packages`: build, install beside others, use, and see that the others are whole."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import venv
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TAKEN = ("editor", "graph", "language", "state", "cli")
"""What the other distribution has at its top."""
STACK = """
stack "packaged" {}
variable "name" { default = "world" }
resource "terraform_data" "greeting" { input = upper("hello ${var.name}") }
output "greeting" { value = terraform_data.greeting.output }
"""


def main() -> None:
    """Build and try. An error ends it with another exit code than 0."""
    with tempfile.TemporaryDirectory(prefix="freehold-packages-") as name:
        folder = Path(name)
        wheel, sdist = _built(folder / "dist")
        _check_contents(wheel, sdist)
        python = _installed(folder, wheel)
        _check_both(folder, python)
    print(f"{wheel.name} and {sdist.name}: installed beside {', '.join(TAKEN)}, and both work.")


def _run(*command: str | Path, **options: Any) -> str:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, timeout=600, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    output: str = done.stdout
    return output


def _built(dist: Path) -> tuple[Path, Path]:
    """The sdist, and the wheel built from it."""
    _run(sys.executable, "-m", "build", "--outdir", dist, ROOT)
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    return wheel, sdist


def _check_contents(wheel: Path, sdist: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"freehold", wheel.name.partition("-py3")[0] + ".dist-info"}, tops
    for needed in ("cli.py", "start.py", "language/yaml.py", "sandbox/kubernetes/traits.json.gz"):
        assert f"freehold/{needed}" in names, needed
    with tarfile.open(sdist) as archive:
        assert any(name.endswith("/setup.py") for name in archive.getnames())


def _installed(folder: Path, wheel: Path) -> Path:
    """The Python of a fresh environment with both."""
    other = folder / "other"
    for name in TAKEN:
        (other / name).mkdir(parents=True)
        (other / name / "__init__.py").write_text(f"OWNER = 'other {name}'\n")
    (other / "setup.py").write_text(f"from setuptools import setup\nsetup(name='other', packages={list(TAKEN)})\n")
    venv.create(folder / "environment", with_pip=True)
    python = folder / "environment" / "bin" / "python"
    _run(python, "-m", "pip", "install", "--quiet", "setuptools>=77", wheel)
    _run(python, "-m", "pip", "install", "--quiet", "--no-build-isolation", other)
    return python


def _check_both(folder: Path, python: Path) -> None:
    stack, freehold = folder / "stack", python.with_name("freehold")
    (stack / "language").mkdir(parents=True)
    (stack / "language" / "__init__.py").write_text("raise SystemExit('the folder of the stack was imported')\n")
    (stack / "main.hcl").write_text(STACK)
    environment = {**os.environ, "PYTHONPATH": ".", "NO_COLOR": "1"}
    for arguments in (["version"], ["validate"], ["plan", "-out=p.plan"], ["apply", "p.plan"], ["output", "-json"]):
        said = _run(freehold, *arguments, cwd=stack, env=environment)
    assert "HELLO WORLD" in said, said
    check = "".join(f"import {name}; assert {name}.OWNER == 'other {name}'\n" for name in TAKEN)
    _run(python, "-c", textwrap.dedent(check), cwd=folder)


if __name__ == "__main__":
    main()
