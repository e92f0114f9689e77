"""`python -m benchmarks [-json] [NAME...]`: figures of this machine, beside other tools' in the same run."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks import kubernetes_objects, language, report, startup, terraform_data
from benchmarks.harness import Benchmark, Race
from tools.control_plane import build

BENCHMARKS: Mapping[str, Benchmark] = {
    "startup": startup.measure,
    "language": language.measure,
    "terraform_data": terraform_data.measure,
    "kubernetes_objects": kubernetes_objects.measure,
}


def main(arguments: list[str]) -> int:
    """Run the benchmarks that are named, or all of them."""
    as_json = "-json" in arguments
    names = [name for name in arguments if name != "-json"] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {unknown[0]}; there are: {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    if not as_json:
        print(f"{report.machine()}\nMedians of whole processes, run in turn; peak memory.\n\n{report.heading()}")
    races = []
    with tempfile.TemporaryDirectory(prefix="freehold-benchmarks-") as folder:
        for name in names:
            races += _run(name, Path(folder, name), quiet=as_json)
    if as_json:
        print(report.document(races))
    elif not build.path().exists():
        print("\nA real control plane is not built here (`make control-plane` does), so none was measured.")
    return 0


def _run(name: str, folder: Path, *, quiet: bool) -> list[Race]:
    folder.mkdir()
    races = []
    for race in BENCHMARKS[name](folder):
        races.append(race)
        if not quiet:
            print(report.line(race), flush=True)
    return races


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
