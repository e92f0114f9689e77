"""What freehold asks of a cluster, by the API server's own audit log: a plan writes nothing, and reads by kind."""

from __future__ import annotations

import pytest

from tests.conformance.control_plane import running_or_skip
from tests.conformance.kubernetes.clusters import Cluster
from tests.conformance.kubernetes.stacks.installation import Installation
from tests.conformance.kubernetes.stacks.manifests import deployment
from tools.control_plane.client import Client

COUNT = 60
READING = {"get", "list", "watch"}


@pytest.fixture(scope="module")
def plane():
    with running_or_skip() as started:
        yield started


@pytest.fixture
def installation(tmp_path, plane, name):
    cluster = Cluster("control-plane", Client.of_kubeconfig(plane.kubeconfig), plane.kubeconfig)
    return Installation(tmp_path / "stack", cluster, f"app-{name}")


def _maps(count):
    maps = [f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{n}}}\ndata: {{n: '{n}'}}\n" for n in range(count)]
    return "---\n".join(maps)


def test_a_plan_of_many_objects_asks_by_kind(installation, plane):
    installation.app(f"{_maps(COUNT)}---{deployment()}")
    installation.apply()
    before = len(plane.requests())

    installation.unchanged()

    asked = plane.requests()[before:]
    assert {verb for verb, _ in asked} <= READING
    assert len(asked) <= 12  # discovery, and a list a kind


def test_a_plan_writes_nothing(installation, plane):
    installation.app(f"{_maps(3)}---{deployment()}")
    installation.run("plan")
    installation.apply()
    before = len(plane.requests())
    installation.app(f"{_maps(4)}---{deployment(replicas=5, image='registry.example.com/web:2')}")

    assert installation.run("plan", "-detailed-exitcode").code == 2

    writing = [path for verb, path in plane.requests()[before:] if verb not in READING]
    assert writing
    assert all("dryRun=All" in path for path in writing)


def test_an_apply_of_a_plan_asks_about_once_an_object(installation, plane):
    installation.app(_maps(COUNT))
    installation.plan()
    before = len(plane.requests())

    installation.apply("test.plan")

    asked = plane.requests()[before:]
    assert len([path for verb, path in asked if verb == "patch" and "dryRun" not in path]) == COUNT + 1
    assert len(asked) <= COUNT * 2  # the rest asks whether what was applied is ready
