"""A stack on a cluster that exists, with one app in a namespace of its own."""

from __future__ import annotations

from pathlib import Path

from tests.conformance.kubernetes.clusters import Cluster
from tests.conformance.stack import Stack


class Installation(Stack):
    """A stack on a cluster that exists, with an app whose manifests are in a folder."""

    def __init__(self, folder: Path, cluster: Cluster, namespace: str) -> None:
        super().__init__(folder)
        self.cluster = cluster
        self.namespace = namespace
        self.write(
            f"""
stack "test" {{}}
cluster "main" {{ kubeconfig = "{cluster.kubeconfig}" }}
""",
            "stack.hcl",
        )

    def app(self, manifests: str, more: str = "") -> None:
        """The app: its manifests, and more arguments and blocks of it."""
        self.write(manifests, "k8s/manifests.yaml")
        self.write(
            f"""
app "shop" {{
  cluster   = cluster.main
  namespace = "{self.namespace}"
  manifests = "${{path.module}}/k8s"
  timeout   = "30s"
{more}
}}
""",
            "app.hcl",
        )

    def path(self, plural: str, name: str, group: str = "") -> str:
        """The API's path of an object of the app."""
        return f"{'/apis/' + group if group else '/api/v1'}/namespaces/{self.namespace}/{plural}/{name}"

    def live(self, plural: str, name: str, group: str = "") -> dict:
        """An object of the app as it is on the cluster."""
        answer = self.cluster.client.get(self.path(plural, name, group))
        assert answer.status == 200, answer.body
        return answer.body
