"""What two well-known projects publish, as two apps of one stack, on a cluster that is still to be made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

MANIFESTS = Path(__file__).parents[1] / "fixtures" / "manifests"
APPS = {"boutique": "online-boutique.yaml", "argocd": "argo-cd.yaml"}


@pytest.fixture
def installation(stack):
    """A stack of the two, not yet applied."""
    stack.write("""
stack "big" {}
cluster "main" {
  provider = "aws"
  region   = "eu-west-1"
  version  = "1.34"
  aws { nat = "single" }
  node_pool "general" {
    machine_type = "m7i.2xlarge"
    min          = 4
    max          = 4
  }
}
""")
    for name, file in APPS.items():
        shutil.copy(MANIFESTS / file, stack.folder / file)
        stack.write(
            f"""
app "{name}" {{
  cluster   = cluster.main
  namespace = "{name}"
  manifests = "${{path.module}}/{file}"
}}
""",
            f"{name}.hcl",
        )
    return stack


def test_planned_before_the_cluster_is_there_then_applied_unchanged_and_destroyed(installation):
    wanted = {(app, *each) for app, file in APPS.items() for each in _objects(MANIFESTS / file)}

    plan = installation.plan()

    planned = {_object(address) for address in plan.actions if address.startswith("app.")}
    assert planned == wanted
    assert {"cluster.main/Namespace/boutique", "cluster.main/Namespace/argocd"} <= set(plan.actions)
    installation.apply("test.plan")
    assert "No changes." in installation.unchanged().output
    installation.destroy("-allow-data-loss")
    assert installation.addresses() == []


def _objects(path: Path) -> list[tuple[str, str]]:
    documents = yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader)
    return [(each["kind"], each["metadata"]["name"]) for each in documents if each]


def _object(address: str) -> tuple[str, str, str]:
    """App, kind and name of "app.shop/apps/Deployment/shop/web"; the kind is the segment with a capital."""
    app, *segments = address.removeprefix("app.").split("/")
    kind = next(segment for segment in segments if segment[0].isupper())
    return app, kind, segments[-1]
