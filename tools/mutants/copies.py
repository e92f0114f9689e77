"""Copies of the checkout, in which lines are changed; the checkout itself never is."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.mutants.sites import Mutant

ROOT = Path(__file__).parents[2]


@contextmanager
def copies(count: int) -> Iterator[list[Path]]:
    """So many copies: what git tracks, and what is new and not ignored."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    with tempfile.TemporaryDirectory(prefix="freehold-mutants-") as folder:
        trees = [Path(folder).resolve() / str(number) for number in range(count)]
        for tree in trees:
            for name in filter(None, names):
                if (ROOT / name).is_file():
                    (tree / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / name, tree / name)
        yield trees


@contextmanager
def changed(tree: Path, mutant: Mutant) -> Iterator[None]:
    """The copy with a change in it. Afterwards its file is as before, and what Python compiled of it is good again."""
    path = tree / mutant.path
    original, times = path.read_text(encoding="utf-8"), path.stat()
    path.write_text(mutant.applied(original), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(original, encoding="utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
