"""The stacks that are measured, written into folders of their own."""

from __future__ import annotations

from pathlib import Path


def data(folder: Path, count: int) -> None:
    """`count` terraform_data resources, chained in tens, for freehold and terraform alike."""
    blocks = []
    for index in range(count):
        before = f"terraform_data.r{index - 1}.id" if index % 10 else '"first"'
        blocks.append(f'resource "terraform_data" "r{index}" {{\n  input = {{ n = {index}, after = {before} }}\n}}\n')
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.hcl").write_text("".join(blocks))
    (folder / "main.tf").write_text("".join(blocks))


def objects(folder: Path, kubeconfig: Path, count: int) -> None:
    """`count` objects in three namespaces: Deployments, Services and ConfigMaps."""
    folder.mkdir(parents=True, exist_ok=True)
    apps = []
    for number in range(3):
        (folder / f"n{number}").mkdir(exist_ok=True)
        documents = [_document(index) for index in range(number, count - 3, 3)]
        (folder / f"n{number}" / "all.yaml").write_text("---\n".join(documents))
        apps.append(
            f'app "n{number}" {{\n  cluster = cluster.main\n  namespace = "n{number}"\n  manifests = "n{number}"\n}}\n'
        )
    cluster = f'cluster "main" {{\n  kubeconfig = "{kubeconfig}"\n}}\n'
    (folder / "main.hcl").write_text(cluster + "".join(apps))


def _document(index: int) -> str:
    kind = index // 3 % 3
    if kind == 0:
        spec = "spec:\n  selector: {app: web}\n  ports: [{port: 80, targetPort: 8080}]\n"
        return f"apiVersion: v1\nkind: Service\nmetadata: {{name: o{index}}}\n{spec}"
    if kind == 1:
        return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: o{index}}}\ndata: {{key: value-{index}}}\n"
    containers = "[{name: web, image: registry.example.com/web}]"
    pod = f"metadata: {{labels: {{app: o{index}}}}}, spec: {{containers: {containers}}}"
    spec = f"spec:\n  replicas: 1\n  selector: {{matchLabels: {{app: o{index}}}}}\n  template: {{{pod}}}\n"
    return f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: o{index}}}\n{spec}"
