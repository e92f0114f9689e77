"""`python -m tools.packages`: build, install beside others, use, and see that the others are whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TAKEN = ("editor", "graph", "language", "state", "cli")
"""What the other distribution has at its top, beside the module of its provider."""
SETUP = f"""
from setuptools import setup
setup(name="other", packages={list(TAKEN)}, py_modules=["acme"],
      entry_points={{"freehold.providers": ["acme = acme:provider"]}})
"""
STACK = """
stack "packaged" {}
variable "name" { default = "world" }
data "acme_greeting" "hello" { name = var.name }
resource "terraform_data" "greeting" { input = upper(data.acme_greeting.hello.text) }
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
        _write_package(other / name, f"OWNER = 'other {name}'\n")
    shutil.copy(Path(__file__).with_name("acme.py"), other)
    (other / "setup.py").write_text(SETUP)
    venv.create(folder / "environment", with_pip=True)
    python = folder / "environment" / "bin" / "python"
    _run(python, "-m", "pip", "install", "--quiet", "setuptools>=77", wheel)
    _run(python, "-m", "pip", "install", "--quiet", "--no-build-isolation", other)
    return python


def _check_both(folder: Path, python: Path) -> None:
    stack, freehold = folder / "stack", python.with_name("freehold")
    for name in (*TAKEN, "sandbox"):
        _write_package(stack / name, "raise SystemExit('the folder of the stack was imported')\n")
    (stack / "main.hcl").write_text(STACK)
    environment = {**os.environ, "PYTHONPATH": ".", "NO_COLOR": "1", "FREEHOLD_SANDBOX_DIR": str(folder / "sandbox")}
    for arguments in (["version"], ["validate"], ["plan", "-out=p.plan"], ["apply", "p.plan"], ["output", "-json"]):
        said = _run(freehold, *arguments, cwd=stack, env=environment)
    assert "HELLO WORLD" in said, said
    environment["PYTHONPATH"] += os.pathsep + sysconfig.get_path("purelib")  # moto's; installing it again takes long
    for arguments in (["sandbox", "start"], ["sandbox", "stop"]):
        _run(freehold, *arguments, cwd=stack, env=environment)
    check = "".join(f"import {name}; assert {name}.OWNER == 'other {name}'\n" for name in TAKEN)
    _run(python, "-c", check, cwd=folder)


def _write_package(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(text)


if __name__ == "__main__":
    main()
