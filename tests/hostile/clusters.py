"""A stack with a namespace, a ConfigMap and a Deployment on a cluster behind a front that may lie."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from tests.hostile.front import Front
from tests.hostile.running import Freehold

STACK = """
variable "v" { default = "1" }
cluster "main" { kubeconfig = "kubeconfig" }
app "web" {
  cluster   = cluster.main
  namespace = "NAMESPACE"
  manifest "settings" {
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "settings" }
    data       = { v = var.v }
  }
  manifest "web" {
    apiVersion = "apps/v1"
    kind       = "Deployment"
    metadata   = { name = "web" }
    spec = {
      replicas = 1
      selector = { matchLabels = { app = "web" } }
      template = {
        metadata = { labels = { app = "web" } }
        spec     = { containers = [{ name = "web", image = "registry.example.com/web:${var.v}" }] }
      }
    }
  }
}
output "v" { value = var.v }
"""
SPACE = "/api/v1/namespaces/NAMESPACE"
OBJECTS = (SPACE, f"{SPACE}/configmaps/settings", "/apis/apps/v1/namespaces/NAMESPACE/deployments/web")


def kubeconfig(endpoint: str) -> str:
    """Nobody in particular, at a front: it is the administrator behind it."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": endpoint}}],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "c",
    }
    return yaml.safe_dump(config)


@dataclass
class Reached:
    """The stack, and the front through which it reaches its cluster."""

    freehold: Freehold
    front: Front
    namespace: str

    def exists(self) -> tuple[bool, ...]:
        """Which of the three objects the server has."""
        found = []
        for path in OBJECTS:
            status, _, body = self.front.forward("GET", path.replace("NAMESPACE", self.namespace), {}, b"")
            found.append(status == 200 and b"deletionTimestamp" not in body)
        return tuple(found)
