"""Applying objects to a cluster, and finding that nothing changed, beside kubectl's server-side apply and diff."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from benchmarks import clusters, stacks
from benchmarks.clusters import Cluster
from benchmarks.harness import FREEHOLD, Contestant, Race, race, tool

COUNT = 300


def measure(folder: Path) -> Iterator[Race]:
    """On each cluster that there is: first applies in new namespaces, then plans of the last of them."""
    for index, start in enumerate(clusters.available()):
        place = folder / str(index)
        place.mkdir()
        with start(place) as cluster:
            yield from _measured(place, cluster)


def _measured(folder: Path, cluster: Cluster) -> Iterator[Race]:
    numbers = itertools.count()

    def anew(place: Path) -> None:
        """Other namespaces in the place of those of the last run, and no state."""
        for file in (*place.glob("freehold.state*"), *place.glob("k8s/**/*.yaml")):
            file.unlink()
        stacks.objects(place, cluster.kubeconfig, COUNT, f"{place.name}{next(numbers)}")

    places = {name: folder / name for name in ("freehold", "kubectl")}
    for place in places.values():
        place.mkdir()
    kubectl = tool("kubectl")
    ours = Contestant([FREEHOLD, "apply", "-auto-approve"], places["freehold"], anew)
    contestants = {"freehold": ours}
    base = [kubectl or "", f"--kubeconfig={cluster.kubeconfig}", f"--cache-dir={folder / 'cache'}"]
    if kubectl:
        command = [*base, "apply", "--server-side", "--recursive", "--filename=k8s"]
        contestants["kubectl"] = Contestant(command, places["kubectl"], anew)
    figures = race(contestants, 3, requests=cluster.requests)
    yield Race(f"first apply of {COUNT} objects to {cluster.name}", "kubectl", figures)

    contestants = {"freehold": Contestant([FREEHOLD, "plan"], places["freehold"])}
    if kubectl:
        command = [*base, "diff", "--server-side", "--recursive", "--filename=k8s"]
        contestants["kubectl"] = Contestant(command, places["kubectl"])
    figures = race(contestants, 5, requests=cluster.requests)
    yield Race(f"plan of {COUNT} objects on {cluster.name}, nothing to do", "kubectl", figures)
