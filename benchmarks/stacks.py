"""The stacks that are measured, written into folders of their own."""

from __future__ import annotations

from pathlib import Path

NAMESPACES = 3


def terraform_data(folder: Path, count: int) -> Path:
    """`count` terraform_data resources, chained in tens, for freehold and terraform alike."""
    blocks = []
    for index in range(count):
        before = f"terraform_data.r{index - 1}.id" if index % 10 else '"first"'
        blocks.append(f'resource "terraform_data" "r{index}" {{\n  input = {{ n = {index}, after = {before} }}\n}}\n')
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("main.hcl", "main.tf"):
        (folder / name).write_text("".join(blocks))
    return folder


def objects(folder: Path, kubeconfig: Path, count: int, prefix: str) -> Path:
    """`count` Deployments, Services and ConfigMaps in three namespaces: a stack, and a folder `k8s` for kubectl.

    The namespaces, named after `prefix`, are three of the `count`. freehold does not wait for readiness, as kubectl
    does not.
    """
    apps = []
    namespaces = [f"{prefix}-{number}" for number in range(NAMESPACES)]
    for number, namespace in enumerate(namespaces):
        own = folder / "k8s" / namespace
        own.mkdir(parents=True, exist_ok=True)
        documents = [_document(index, namespace) for index in range(number, count - NAMESPACES, NAMESPACES)]
        (own / "objects.yaml").write_text("---\n".join(documents))
        apps.append(
            f'app "{namespace}" {{\n  cluster   = cluster.main\n  namespace = "{namespace}"\n'
            f'  manifests = "k8s/{namespace}"\n  wait      = false\n}}\n'
        )
    made = [f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {namespace}}}\n" for namespace in namespaces]
    (folder / "k8s" / "0-namespaces.yaml").write_text("---\n".join(made))
    cluster = f'cluster "main" {{\n  kubeconfig = "{kubeconfig}"\n}}\n'
    (folder / "main.hcl").write_text(cluster + "".join(apps))
    return folder


def _document(index: int, namespace: str) -> str:
    metadata = f"metadata: {{name: o{index}, namespace: {namespace}}}"
    kind = index // NAMESPACES % 3
    if kind == 0:
        spec = "spec:\n  selector: {app: web}\n  ports: [{port: 80, targetPort: 8080}]\n"
        return f"apiVersion: v1\nkind: Service\n{metadata}\n{spec}"
    if kind == 1:
        return f"apiVersion: v1\nkind: ConfigMap\n{metadata}\ndata: {{key: value-{index}}}\n"
    labels = f"metadata: {{labels: {{app: o{index}}}}}"
    pod = f"{labels}, spec: {{containers: [{{name: web, image: registry.example.com/web}}]}}"
    spec = f"spec:\n  replicas: 1\n  selector: {{matchLabels: {{app: o{index}}}}}\n  template: {{{pod}}}\n"
    return f"apiVersion: apps/v1\nkind: Deployment\n{metadata}\n{spec}"
