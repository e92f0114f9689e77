"""Manifests for the tests of this folder."""

from __future__ import annotations

SETTINGS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {color: blue, size: large}
"""


def deployment(replicas: int | None = 2, image: str = "registry.example.com/web:1", label: str = "web") -> str:
    count = f"  replicas: {replicas}\n" if replicas is not None else ""
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
{count}  selector: {{matchLabels: {{app: {label}}}}}
  template:
    metadata: {{labels: {{app: {label}}}}}
    spec:
      containers:
        - name: web
          image: {image}
          resources: {{requests: {{cpu: 1000m, memory: 0.5Gi}}}}
          ports: [{{containerPort: 80}}]
"""


def definition(group: str) -> str:
    return f"""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: lamps.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{plural: lamps, singular: lamp, kind: Lamp, listKind: LampList}}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties: {{color: {{type: string, default: white}}, watts: {{type: integer}}}}
"""


def lamp(group: str, watts: int = 5) -> str:
    return f"""
apiVersion: {group}/v1
kind: Lamp
metadata: {{name: bright}}
spec: {{watts: {watts}}}
"""
