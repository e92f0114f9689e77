"""States that are whole by their checksum and wrong in a value: every command tells it, or does without it.

FREEHOLD_CORRUPTIONS: how many cases, FREEHOLD_SEED: of which draw.
"""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import pytest

import cli
from state.records import Begin
from state.secrets import Digest, digest
from state.snapshot import decode, encode
from tests.corruptions import COUNT, SEED, with_wrong_values

STACK = """
variable "key" {
  sensitive = true
  default   = "hunter2"
}
resource "terraform_data" "a" { input = { key = var.key, zones = toset(["x"]) } }
resource "terraform_data" "b" {
  count            = 2
  input            = [terraform_data.a.id, { n = 1.5 }]
  triggers_replace = [terraform_data.a.id]
}
output "id" { value = terraform_data.b[0].id }
output "key" {
  sensitive = true
  value     = var.key
}
"""


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """The JSON of a state in which there is something of everything."""
    folder = tmp_path_factory.mktemp("stack")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "main.hcl").write_text(STACK)
        assert cli.main(["apply", "-auto-approve", "-input=false"]) == 0
    snapshot = decode((folder / "freehold.state").read_bytes())
    secret = Digest(digest("hunter2", snapshot.digest_key))
    lost = Begin("1", "terraform_data.c", "create", "terraform_data", "terraform", planned={"input": secret})
    old = next(iter(snapshot.resources.values()))
    deposed = type(old)(old.address, old.type, old.provider, old.attributes, old.identity, deposed="a1b2c3d4")
    whole = type(snapshot)(
        snapshot.lineage,
        snapshot.digest_key,
        snapshot.serial,
        {**snapshot.resources, deposed.key: deposed},
        snapshot.outputs,
        {"terraform_data.a": "pass"},
        (lost,),
    )
    return json.loads(encode(whole))


def whole(raw: dict[str, Any]) -> bytes:
    """The bytes of a state whose checksum is right."""
    raw.pop("checksum", None)
    data = json.dumps(raw).encode()[:-1]
    return data + b',"checksum":"sha256:%s"}\n' % hashlib.sha256(data).hexdigest().encode()


@pytest.mark.parametrize(
    "command",
    [
        ("plan",),
        ("plan", "-refresh=false", "-destroy"),
        ("apply", "-auto-approve"),
        ("destroy", "-auto-approve"),
        ("show",),
        ("show", "-json"),
        ("output", "-json"),
    ],
    ids=" ".join,
)
def test_a_wrong_value_is_told(command, state, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.hcl").write_text(STACK)
    refused = 0
    for what, made in with_wrong_values(state, random.Random(f"{SEED} {command}"), COUNT // 5):
        for left in Path().glob("*freehold.state*"):
            left.unlink()
        Path("freehold.state").write_bytes(whole(made) if isinstance(made, dict) else b"")
        try:
            refused += cli.main([*command, "-input=false", "-no-color"])
        except Exception as failure:
            failure.add_note(what)
            raise
        assert "hunter2" not in "".join(capsys.readouterr())
    assert refused > COUNT / 20


CLUSTER = """
cluster "main" { kubeconfig = "kubeconfig" }
app "a" {
  cluster   = cluster.main
  manifests = "k8s"
}
"""
REACH = {"host": "kubernetes", "outputs": {"kubeconfig": "kubeconfig", "context": None}, "anchor": ""}


@pytest.mark.parametrize("command", [("plan",), ("destroy", "-auto-approve"), ("kubeconfig",)], ids=" ".join)
@pytest.mark.parametrize(
    ("field", "wrong"),
    [("host", 5), ("host", None), ("outputs", 5), ("outputs", {"kubeconfig": 5}), ("anchor", {}), ("anchor", None)],
)
def test_a_cluster_whose_record_is_wrong_is_told(command, field, wrong, state, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.hcl").write_text(CLUSTER)
    (tmp_path / "k8s").mkdir()
    record = {
        "address": "cluster.main",
        "type": "cluster",
        "provider": "kubernetes",
        "attributes": {**REACH, field: wrong},
    }
    held = {"address": "app.a/ConfigMap/x/y", "type": "kubernetes_manifest", "provider": "kubernetes@cluster.main"}
    Path("freehold.state").write_bytes(whole({**state, "resources": [record, held], "in_flight": [], "count": 2}))

    assert cli.main([*command, "-input=false", "-no-color"]) == 1
    assert "Error: " in capsys.readouterr().err
